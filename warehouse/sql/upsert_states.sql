MERGE INTO feeds AS f
USING (
    SELECT * FROM staged_states WHERE problem IS NULL
    QUALIFY row_number() OVER (PARTITION BY feed_id ORDER BY last_attempt_at DESC NULLS LAST, file_nth DESC) = 1
) AS s
ON f.feed_id = s.feed_id
WHEN MATCHED
    AND coalesce(s.last_attempt_at, TIMESTAMPTZ '0001-01-01 00:00:00+00')
        >= coalesce(f.last_attempt_at, TIMESTAMPTZ '0001-01-01 00:00:00+00')
    AND (f.poll_url, f.status, f.etag, f.last_modified, f.interval_s, f.next_poll_at, f.last_attempt_at,
        f.last_success_at, f.failures, f.last_error)
    IS DISTINCT FROM (s.poll_url, s.status, s.etag, s.last_modified, s.interval_s, s.next_poll_at, s.last_attempt_at,
        s.last_success_at, s.failures, s.last_error)
THEN UPDATE SET
    poll_url = s.poll_url, status = s.status, etag = s.etag, last_modified = s.last_modified,
    interval_s = s.interval_s, next_poll_at = s.next_poll_at, last_attempt_at = s.last_attempt_at,
    last_success_at = s.last_success_at, failures = s.failures, last_error = s.last_error, load_id = $load_id
WHEN NOT MATCHED THEN INSERT VALUES (
    s.feed_id, s.poll_url, '', '', '', '', [], s.poll_url, s.status, s.etag, s.last_modified, s.interval_s,
    s.next_poll_at, s.last_attempt_at, s.last_success_at, s.failures, s.last_error, $load_id
);
