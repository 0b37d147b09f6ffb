-- What alerts ask of the published file.

-- name: alert_old_ids
-- The ids that merging has replaced by others; NULL where nothing took an event's place.
SELECT event_id, old_event_id FROM event_aliases WHERE event_id IN (SELECT unnest($ids::VARCHAR[]));

-- name: alert_silent_feeds
-- Feeds that answer and bring nothing: no new entry for ten times their usual gap, and for three days at least.
WITH brought AS (
    SELECT feed_id, count(DISTINCT entry_id) AS entries, min(seen_at) AS first_at, max(seen_at) AS last_at
    FROM entries
    GROUP BY feed_id
), asked AS (
    SELECT feed_id, min(requested_at) AS first_at FROM fetches WHERE kind = 'feed' GROUP BY feed_id
), known AS (
    SELECT
        f.feed_id, f.outlet, f.poll_url, f.failures, f.last_success_at,
        coalesce(b.last_at, a.first_at) AS since, b.last_at IS NULL AS is_empty,
        coalesce((epoch(b.last_at) - epoch(b.first_at)) / nullif(b.entries - 1, 0), 0) AS usual_s
    FROM feeds AS f
    LEFT JOIN brought AS b USING (feed_id)
    LEFT JOIN asked AS a USING (feed_id)
    WHERE f.status = 'active'
)
SELECT feed_id, outlet, poll_url, since,
    CASE WHEN is_empty THEN 'no entry ever' WHEN usual_s > 0 THEN format('usually one every {:.1f} hours', usual_s / 3600) ELSE '' END
FROM known
WHERE failures = 0 AND last_success_at IS NOT NULL
    AND since < $now::TIMESTAMPTZ - to_seconds(greatest(3 * 86400, 10 * usual_s))
ORDER BY feed_id;

-- name: alert_failing_feeds
SELECT feed_id, outlet, poll_url, last_success_at,
    CASE WHEN status = 'gone' THEN 'gone for good' ELSE format('{} failures in a row', failures) END
        || CASE WHEN last_error = '' THEN '' ELSE ': ' || last_error END
FROM feeds
WHERE status = 'gone' OR (status = 'active' AND failures >= $least_failures)
ORDER BY feed_id;

-- name: alert_gaps
-- Days of which entries were lost, as polls and backfills say, unless another source has the whole day.
SELECT g.feed_id, f.outlet, f.poll_url, g.day, string_agg(DISTINCT g.evidence, '; ' ORDER BY g.evidence)
FROM coverage_evidence AS g
JOIN feeds AS f USING (feed_id)
WHERE g.state = 'gap' AND g.day >= $since
    AND NOT EXISTS (FROM coverage_evidence AS w WHERE w.feed_id = g.feed_id AND w.day = g.day AND w.state = 'complete')
GROUP BY ALL
ORDER BY g.feed_id, g.day;
