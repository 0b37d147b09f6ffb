-- A feed that never answered counts from when it was first asked.
WITH asked AS (
    SELECT feed_id, min(requested_at) AS first_asked_at FROM fetches WHERE kind = 'feed' GROUP BY feed_id
)
SELECT format('{} has not answered since {}: {}', f.poll_url,
    coalesce(f.last_success_at, a.first_asked_at), coalesce(nullif(f.last_error, ''), 'no error is known'))
FROM feeds AS f
LEFT JOIN asked AS a USING (feed_id)
WHERE f.status = 'active'
    AND coalesce(f.last_success_at, a.first_asked_at, f.last_attempt_at) < $now - to_seconds($stale_feed_s);
