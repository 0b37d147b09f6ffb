-- Merging: the current mentions of some days into events.

-- name: widen_blocks
-- Days around the changed blocks: `is_inner` are those whose events can have changed, the others are needed to see how.
CREATE OR REPLACE TEMP TABLE window_blocks AS
SELECT b.event_type, b.merge_country, b.event_day + o.apart AS event_day,
    bool_or(o.apart BETWEEN -$days AND 2 * $days) AS is_inner
FROM changed_blocks AS b, (SELECT unnest(range(-4 * $days, 4 * $days + 1))::INTEGER AS apart) AS o
GROUP BY ALL;

-- name: read_reports
-- `event_columns` are those that mentions and events share (`EventColumns`) and that come as they stand.
WITH chosen AS (
    SELECT m.*, b.is_inner
    FROM mentions AS m
    JOIN window_blocks AS b USING (event_type, merge_country, event_day)
    WHERE m.is_current AND m.realis = 'actual'
), published AS (
    -- A time that names no zone says no more than its day, and one without a date was published by when it was fetched:
    -- not by the instant, as the order in which one run fetches says nothing.
    SELECT
        article_id, article_version_id, outlet, url, fetched_at,
        coalesce(
            CASE WHEN is_timed THEN published_at END,
            date_trunc('day', published_at),
            date_trunc('hour', fetched_at)
        ) AS reported_at,
        reported_at + CASE WHEN published_at IS NULL OR is_timed THEN INTERVAL 0 HOUR ELSE INTERVAL 24 HOUR END
            AS reported_by
    FROM (
        SELECT *, published_precision IN ('second', 'minute') AND published_utc_offset_s IS NOT NULL AS is_timed
        FROM articles
        WHERE article_id IN (SELECT article_id FROM chosen)
    )
), first_seen AS (
    SELECT article_id, min(fetched_at) AS first_seen_at, min(reported_by) AS first_reported_at
    FROM published
    GROUP BY article_id
)
SELECT
    c.is_inner, c.event_id,
    c.mention_id, c.article_id,
    coalesce(nullif(a.outlet, ''), regexp_extract(a.url, '^[a-z]+://(?:www\.)?([^/:]+)', 1)) AS outlet,
    a.url, f.first_reported_at, a.reported_at, f.first_seen_at, a.fetched_at AS seen_at,
    c.merge_country, c.sentence_start, c.coder, {event_columns},
    list_filter(list_transform(c.actors, lambda who: who.name), lambda name: name <> '') AS actor_names,
    list_filter(list_transform(c.recipients, lambda who: who.name), lambda name: name <> '') AS recipient_names,
    list_transform(c.weapons, lambda weapon: weapon."text") AS weapons
FROM chosen AS c
JOIN published AS a USING (article_version_id)
JOIN first_seen AS f ON f.article_id = c.article_id;

-- name: read_lost_mentions
-- Mentions that belong to an event but count no more.
SELECT mention_id, article_id, event_id FROM mentions WHERE event_id IS NOT NULL AND NOT is_current;

-- name: read_events
-- By their places, since those of the latest events lie together: else all columns of all events are read.
SELECT * EXCLUDE (load_id) FROM events
WHERE rowid IN (SELECT rowid FROM events WHERE event_id IN (SELECT event_id FROM touched_events));

-- name: describe_events
SELECT * EXCLUDE (load_id, admin1_name) FROM events LIMIT 0;

-- name: write_events
DELETE FROM events WHERE event_id IN (SELECT event_id FROM gone_events);
INSERT INTO events BY NAME
    SELECT n.*, coalesce(d.name, '') AS admin1_name, $load_id AS load_id
    FROM new_events AS n
    LEFT JOIN divisions AS d USING (country, admin1);
UPDATE mentions SET event_id = n.event_id FROM new_members AS n WHERE mentions.mention_id = n.mention_id;
DELETE FROM event_aliases WHERE old_event_id IN (SELECT event_id FROM new_events);
UPDATE event_aliases SET event_id = n.event_id FROM new_aliases AS n WHERE event_aliases.event_id = n.old_event_id;
DELETE FROM event_aliases WHERE old_event_id IN (SELECT old_event_id FROM new_aliases);
INSERT INTO event_aliases BY NAME SELECT old_event_id, event_id, $load_id AS load_id FROM new_aliases;
