-- What the site reads. `{where}` is the condition of a filter on a row of `events`.

-- name: browse_attach
ATTACH '{path}' AS dateline (READ_ONLY);

-- name: browse_shut
SET GLOBAL TimeZone = 'UTC';
SET GLOBAL enable_external_access = false;
SET GLOBAL lock_configuration = true;

-- name: browse_use
USE dateline;

-- name: browse_shown
SELECT *
FROM events
WHERE {where}
ORDER BY event_day DESC, event_id;

-- name: browse_if_actor
(
    contains(lower(actor), lower($actor)) OR contains(lower(recipient), lower($actor))
    OR contains(lower(array_to_string(actor_names, '; ')), lower($actor))
    OR contains(lower(array_to_string(recipient_names, '; ')), lower($actor))
  );

-- name: browse_if_text
(
    contains(lower(sentence), lower($text)) OR contains(lower(place_name), lower($text))
    OR contains(lower(admin1_name), lower($text))
  );

-- name: browse_count
SELECT count(*) FROM events WHERE {where};

-- name: browse_page
SELECT * FROM events
WHERE {where} AND {after}
ORDER BY event_day DESC, event_id
LIMIT $most;

-- name: browse_after
($day::DATE IS NULL OR event_day < $day OR (event_day = $day AND event_id > $id));

-- name: browse_newest
SELECT e.*, coalesce(nullif(c.name, ''), e.country) AS country_name
FROM (SELECT * FROM events WHERE {where} ORDER BY first_seen_at DESC, event_id LIMIT $most) AS e
LEFT JOIN countries AS c ON c.iso3 = e.country
ORDER BY e.first_seen_at DESC, e.event_id;

-- name: browse_cells
WITH parts AS (
    SELECT
        floor(lat / $size) AS row_number, floor(lon / $size) AS column_number, event_type, place_name,
        count(*) AS n, avg(lat) AS lat, avg(lon) AS lon, sum(killed_best) AS killed, min(event_id) AS event_id
    FROM events
    WHERE {where} AND lat IS NOT NULL AND lon IS NOT NULL
    GROUP BY ALL
), cells AS (
    SELECT row_number, column_number, event_type, arg_max(place_name, (n, place_name)) AS place, max(n) AS most, sum(n) AS n,
        sum(lat * n) AS lat, sum(lon * n) AS lon, sum(killed) AS killed, min(event_id) AS event_id
    FROM parts
    GROUP BY ALL
)
SELECT
    round(sum(lat) / sum(n), 5) AS lat, round(sum(lon) / sum(n), 5) AS lon, sum(n)::BIGINT AS events,
    sum(killed)::BIGINT AS killed, arg_max(event_type, (n, event_type)) AS "type",
    CASE WHEN sum(n) = 1 THEN min(event_id) END AS event_id, arg_max(place, (most, place)) AS place,
    $size::DOUBLE AS size
FROM cells
GROUP BY row_number, column_number
ORDER BY events DESC, lat, lon
LIMIT $most;

-- name: browse_timeline
WITH days AS (
    SELECT event_day, event_type, count(*) AS events, sum(killed_best) AS killed FROM events WHERE {where} GROUP BY ALL
), span AS (
    SELECT
        coalesce($from_day::DATE, min(event_day)) AS first, coalesce($to_day::DATE, max(event_day)) AS last,
        CASE WHEN last - first < $by_day THEN 'day' WHEN last - first < $by_week THEN 'week' ELSE 'month' END AS unit
    FROM days
)
SELECT
    any_value(unit) AS unit, any_value(first) AS first, any_value(last) AS last,
    date_trunc(unit, event_day)::DATE AS start, event_type AS "type",
    sum(events)::BIGINT AS events, sum(killed)::BIGINT AS killed
FROM days, span
GROUP BY start, event_type
ORDER BY start, event_type;

-- name: browse_country_names
SELECT iso3, name FROM countries WHERE name <> '';

-- name: browse_countries
SELECT e.country AS code, coalesce(c.name, e.country) AS name, e.events
FROM (SELECT country, count(*) AS events FROM events WHERE {where} AND country <> '' GROUP BY country) AS e
LEFT JOIN countries AS c ON c.iso3 = e.country
ORDER BY name, code;

-- name: browse_types
SELECT event_type AS code, mode, count(*) AS events FROM events WHERE {where} GROUP BY ALL ORDER BY ALL;

-- name: browse_outlets
SELECT name, count(*) AS events
FROM (SELECT unnest(outlet_names) AS name FROM events WHERE {where})
WHERE name <> ''
GROUP BY name
ORDER BY events DESC, name
LIMIT $most;

-- name: browse_whole
SELECT count(*) AS events, min(event_day) AS first, max(event_day) AS last FROM events WHERE {where};

-- name: browse_if_party
(actor = $party OR recipient = $party OR list_contains(actor_names, $party) OR list_contains(recipient_names, $party));

-- name: browse_roles
SELECT
    count(*) FILTER (actor = $name OR list_contains(actor_names, $name)) AS actor,
    count(*) FILTER (recipient = $name OR list_contains(recipient_names, $name)) AS recipient
FROM events
WHERE {where};

-- name: browse_known_actor
SELECT kind, country, sector, aliases FROM actors WHERE name = $name LIMIT 1;

-- name: browse_place
SELECT geonameid, name, country, lat, lon
FROM places
WHERE geonameid = $place
LIMIT 1;

-- name: browse_place_of_events
SELECT geonameid, place_name AS name, country, lat, lon FROM events WHERE geonameid = $place LIMIT 1;

-- name: browse_event
SELECT e.*, coalesce(c.name, e.country) AS country_name
FROM events AS e
LEFT JOIN countries AS c ON c.iso3 = e.country
WHERE e.event_id = $id;

-- name: browse_successor
SELECT event_id FROM event_aliases WHERE old_event_id = $id;

-- name: browse_aliases
SELECT old_event_id FROM event_aliases WHERE event_id = $id ORDER BY old_event_id;

-- name: browse_mentions
SELECT
    m.*, a.title AS article_title,
    coalesce(nullif(a.outlet, ''), regexp_extract(a.url, '^[a-z]+://(?:www\.)?([^/:]+)', 1)) AS outlet,
    a.url, a.published_at, a.fetched_at, a.language, a.fetch_id
FROM mentions AS m
JOIN articles AS a USING (article_version_id)
WHERE m.event_id = $id
ORDER BY coalesce(a.published_at, a.fetched_at), m.mention_id
LIMIT $most;

-- name: browse_archived
SELECT fetch_id, warc_file, warc_offset, archive_url FROM fetches WHERE fetch_id IN $fetches;

-- name: browse_others
WITH stories AS (
    SELECT DISTINCT story_id FROM article_stories WHERE article_id IN $articles
), reported AS (
    SELECT DISTINCT article_id FROM article_stories WHERE story_id IN (FROM stories)
), found AS (
    SELECT DISTINCT event_id FROM mentions WHERE article_id IN (FROM reported) AND event_id IS NOT NULL AND event_id <> $id
)
SELECT * FROM events WHERE event_id IN (FROM found)
ORDER BY background, outlets DESC, event_day DESC, event_id
LIMIT $most;

-- name: browse_feeds
SELECT * FROM feed_health ORDER BY status, failures DESC, lower(outlet), url;

-- name: browse_last_poll
SELECT (max(last_attempt_at) AT TIME ZONE 'UTC')::DATE FROM feeds;

-- name: browse_entries_a_day
SELECT feed_id, date_diff('day', (seen_at AT TIME ZONE 'UTC')::DATE, $last::DATE) AS days_ago, count(DISTINCT entry_id) AS entries
FROM entries
WHERE (seen_at AT TIME ZONE 'UTC')::DATE BETWEEN $last::DATE - $days + 1 AND $last::DATE
GROUP BY ALL;

-- name: browse_gaps
-- as the view coverage_days has it, which counts articles as well and takes seconds for that
SELECT feed_id, count(*) AS gaps
FROM (
    SELECT feed_id, day FROM coverage_evidence
    GROUP BY ALL
    HAVING bool_or(state = 'gap') AND NOT bool_or(state IN ('complete', 'partial'))
)
GROUP BY feed_id;

-- name: browse_waiting
SELECT e.feed_id, count(DISTINCT p.entry_id) AS waiting
FROM page_states AS p
JOIN entries AS e USING (entry_id)
WHERE p.status = 'pending'
GROUP BY e.feed_id;

-- name: browse_rejections
SELECT
    stage, reason, count(*) AS count,
    arg_max({'url': coalesce(nullif(url, ''), item_id), 'detail': detail, 'rejected_at': rejected_at}, rejected_at, 3) AS examples
FROM rejections
GROUP BY stage, reason
ORDER BY count DESC, stage, reason;

-- name: browse_columns
SELECT table_name, column_name AS name, data_type AS "type", coalesce(comment, '') AS comment
FROM duckdb_columns()
WHERE database_name = current_database() AND NOT internal
ORDER BY table_name, column_index;
