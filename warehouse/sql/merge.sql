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
), first_seen AS (
    SELECT article_id, min(fetched_at) AS first_seen_at
    FROM articles
    WHERE article_id IN (SELECT article_id FROM chosen)
    GROUP BY article_id
)
SELECT
    c.is_inner, c.event_id,
    c.mention_id, c.article_id,
    coalesce(nullif(a.outlet, ''), regexp_extract(a.url, '^[a-z]+://(?:www\.)?([^/:]+)', 1)) AS outlet,
    a.url, f.first_seen_at, a.fetched_at AS seen_at,
    c.merge_country, c.sentence_start, c.coder, {event_columns},
    list_filter(list_transform(c.actors, lambda who: who.name), lambda name: name <> '') AS actor_names,
    list_filter(list_transform(c.recipients, lambda who: who.name), lambda name: name <> '') AS recipient_names,
    list_transform(c.weapons, lambda weapon: weapon."text") AS weapons
FROM chosen AS c
JOIN articles AS a USING (article_version_id)
JOIN first_seen AS f ON f.article_id = c.article_id;

-- name: read_lost_mentions
-- Mentions that belong to an event but count no more.
SELECT mention_id, article_id, event_id FROM mentions WHERE event_id IS NOT NULL AND NOT is_current;

-- name: read_events
SELECT * EXCLUDE (load_id) FROM events WHERE event_id IN (SELECT event_id FROM touched_events);

-- name: describe_events
SELECT * EXCLUDE (load_id) FROM events LIMIT 0;

-- name: write_events
DELETE FROM events WHERE event_id IN (SELECT event_id FROM gone_events);
INSERT INTO events BY NAME SELECT *, $load_id AS load_id FROM new_events;
UPDATE mentions SET event_id = n.event_id FROM new_members AS n WHERE mentions.mention_id = n.mention_id;
DELETE FROM event_aliases WHERE old_event_id IN (SELECT event_id FROM new_events);
UPDATE event_aliases SET event_id = n.event_id FROM new_aliases AS n WHERE event_aliases.event_id = n.old_event_id;
DELETE FROM event_aliases WHERE old_event_id IN (SELECT old_event_id FROM new_aliases);
INSERT INTO event_aliases BY NAME SELECT old_event_id, event_id, $load_id AS load_id FROM new_aliases;
