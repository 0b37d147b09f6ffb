SELECT
    feed_id, url AS poll_url, status, etag, last_modified, interval_s, next_poll_at, last_attempt_at, last_success_at,
    failures, last_error,
    CASE WHEN status NOT IN ('active', 'gone', 'removed') THEN 'unknown status ' || status END AS problem,
    filename
FROM read_parquet($files, filename = true)
