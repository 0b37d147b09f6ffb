CREATE OR REPLACE VIEW feed_health AS
WITH counts AS (
    SELECT
        e.feed_id,
        count(DISTINCT e.entry_id) AS entries,
        count(DISTINCT e.entry_id) FILTER (e.seen_at > f.last_attempt_at - INTERVAL 7 DAY) / 7.0 AS entries_a_day,
        max(e.seen_at) AS last_entry_at
    FROM entries AS e
    JOIN feeds AS f USING (feed_id)
    GROUP BY e.feed_id
)
SELECT
    f.feed_id,
    f.outlet,
    f.title,
    f.poll_url AS url,
    f.status,
    f.last_success_at,
    f.last_attempt_at,
    f.next_poll_at,
    f.failures,
    f.last_error,
    coalesce(c.entries, 0) AS entries,
    coalesce(c.entries_a_day, 0.0) AS entries_a_day,
    c.last_entry_at
FROM feeds AS f
LEFT JOIN counts AS c USING (feed_id);
COMMENT ON VIEW feed_health IS 'Per feed: when it last answered, what went wrong, how much it brings';
COMMENT ON COLUMN feed_health.entries_a_day IS 'Mean over the seven days before the feed was last asked';
