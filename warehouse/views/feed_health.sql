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
COMMENT ON COLUMN feed_health.feed_id IS 'feeds.feed_id';
COMMENT ON COLUMN feed_health.outlet IS 'Publisher';
COMMENT ON COLUMN feed_health.title IS 'Name of the feed';
COMMENT ON COLUMN feed_health.url IS 'Where it is asked now';
COMMENT ON COLUMN feed_health.status IS 'active, gone or removed';
COMMENT ON COLUMN feed_health.last_success_at IS 'Last time the feed answered with a feed or with 304';
COMMENT ON COLUMN feed_health.last_attempt_at IS 'When it was last asked';
COMMENT ON COLUMN feed_health.next_poll_at IS 'When it is due';
COMMENT ON COLUMN feed_health.failures IS 'Failures in a row';
COMMENT ON COLUMN feed_health.last_error IS 'What went wrong last';
COMMENT ON COLUMN feed_health.entries IS 'How many entries it has brought';
COMMENT ON COLUMN feed_health.entries_a_day IS 'Mean over the seven days before the feed was last asked';
COMMENT ON COLUMN feed_health.last_entry_at IS 'When the last of them was first seen';
