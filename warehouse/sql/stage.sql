-- Staging: the rows of a batch's Parquet files as those of their table, each with its problem, if it has one.
-- `map_NAME` reads the files STEP.NAME.parquet; `stage` makes the temporary table staged_NAME of it.

-- name: stage
CREATE OR REPLACE TEMP TABLE staged_{name} AS
WITH mapped AS (
{mapping}
)
SELECT * REPLACE (CASE {checks} ELSE problem END AS problem), list_position($files, filename) AS file_nth
FROM mapped;

-- name: stage_none
-- Same columns as `stage` makes, no rows.
CREATE OR REPLACE TEMP TABLE staged_{name} AS
SELECT * EXCLUDE (load_id), NULL::VARCHAR AS problem, '' AS filename, 0 AS file_nth FROM {table} LIMIT 0;

-- name: required_columns
SELECT column_name FROM duckdb_columns() WHERE table_name = $table AND NOT is_nullable;

-- name: count_staged
SELECT count(*) FROM staged_{name};

-- name: reject
INSERT INTO rejections BY NAME
SELECT
    parse_path(filename)[-3] AS run_id, parse_path(filename)[-2] AS batch, 'load' AS stage,
    coalesce({item}::VARCHAR, '') AS item_id, '' AS feed_id, '' AS url, 'row_invalid' AS reason,
    '{table}: ' || problem AS detail, $now AS rejected_at, $load_id AS load_id
FROM staged_{name}
WHERE problem IS NOT NULL;

-- name: map_feeds
SELECT feed_id, url, title, outlet, country, language, tags, NULL::VARCHAR AS problem, filename
FROM read_parquet($files, filename = true);

-- name: map_states
SELECT
    feed_id, url AS poll_url, status, etag, last_modified, interval_s, next_poll_at, last_attempt_at, last_success_at,
    failures, last_error, entries_read,
    CASE WHEN status NOT IN ('active', 'gone', 'removed') THEN 'unknown status ' || status END AS problem,
    filename
FROM read_parquet($files, filename = true);

-- name: map_fetches
SELECT *, CASE WHEN kind NOT IN ('feed', 'page', 'listing') THEN 'unknown kind ' || kind END AS problem
FROM read_parquet($files, filename = true);

-- name: map_entries
SELECT *, seen_at AS last_seen_at, NULL::VARCHAR AS problem
FROM read_parquet($files, filename = true);

-- name: map_page_states
SELECT *, CASE WHEN status NOT IN ('pending', 'done', 'failed') THEN 'unknown status ' || status END AS problem
FROM read_parquet($files, filename = true);

-- name: map_articles
SELECT *, false AS is_current, fetched_at AS last_fetched_at, NULL::VARCHAR AS problem
FROM read_parquet($files, filename = true);

-- name: map_fingerprints
SELECT *, NULL::VARCHAR AS problem
FROM read_parquet($files, filename = true);

-- name: map_codings
SELECT *, NULL::VARCHAR AS problem
FROM read_parquet($files, filename = true);

-- name: map_mentions
-- `event_fields` are the fields of the coder's event that are columns as they stand (`EVENT_FIELDS` of load.py).
-- An event without a date of its own is taken to have happened on the day its article was published, by the clock
-- there, unless the article only recalls it. What is planned or possible did not happen that day: it has no day.
WITH reported AS (
    SELECT m.*, m.event AS e, coalesce(
        (a.published_at + to_seconds(coalesce(a.published_utc_offset_s, 0))) AT TIME ZONE 'UTC',
        a.fetched_at AT TIME ZONE 'UTC'
    )::DATE AS published_day
    FROM read_parquet($files, filename = true) AS m
    LEFT JOIN articles AS a ON a.article_version_id = m.article_version_id
), dated AS (
    SELECT
        *,
        NOT e.background AND e.realis NOT IN ('planned', 'hypothetical') AS is_of_the_news,
        try_cast(e.date_start || CASE length(e.date_start) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END AS DATE)
            AS start_day
    FROM reported
)
SELECT
    mention_id, article_id, article_version_id, NULL::VARCHAR AS event_id, false AS is_current,
    {event_fields},
    coalesce(nullif(e.actors[1].name, ''), e.actors[1]."text", '') AS actor,
    coalesce(e.actors[1].country, '') AS actor_country,
    coalesce(e.actors[1].sector, '') AS actor_sector,
    coalesce(nullif(e.recipients[1].name, ''), e.recipients[1]."text", '') AS recipient,
    coalesce(e.recipients[1].country, '') AS recipient_country,
    coalesce(e.recipients[1].sector, '') AS recipient_sector,
    CASE
        WHEN e.date_start <> '' THEN start_day
        WHEN is_of_the_news THEN published_day
    END AS event_day,
    CASE WHEN e.date_start <> '' THEN 'text' WHEN is_of_the_news THEN 'published' ELSE '' END AS date_source,
    coalesce(
        nullif(e.place.country, ''),
        list_filter(e.recipients, lambda who: who.country <> '')[1].country,
        list_filter(e.actors, lambda who: who.country <> '')[1].country,
        ''
    ) AS merge_country,
    coalesce(e.place."text", '') AS place_text,
    coalesce(e.place.name, '') AS place_name,
    coalesce(e.place.country, '') AS country,
    coalesce(e.place.admin1, '') AS admin1,
    e.place.lat AS lat, e.place.lon AS lon, e.place.geonameid AS geonameid,
    coalesce(e.place.precision, '') AS place_precision,
    CASE
        WHEN e.date_start <> '' AND start_day IS NULL THEN 'no such date: ' || e.date_start
        WHEN abs(e.place.lat) > 90 OR abs(e.place.lon) > 180 THEN 'no such point on Earth'
        WHEN e.realis NOT IN ('actual', 'planned', 'hypothetical', 'negated') THEN 'unknown realis ' || e.realis
        WHEN e.killed_min > e.killed_max OR e.injured_min > e.injured_max THEN 'a toll whose least is above its most'
        WHEN least(e.killed_min, e.killed_max, e.injured_min, e.injured_max) < 0 THEN 'a toll below zero'
    END AS problem,
    filename
FROM dated;

-- name: map_places
SELECT
    article_version_id, place."text" AS "text", place."start" AS text_start, place."end" AS text_end,
    place.name AS name, place.country AS country, place.lat AS lat, place.lon AS lon, place.geonameid AS geonameid,
    CASE
        WHEN abs(place.lat) > 90 OR abs(place.lon) > 180 THEN 'no such point on Earth'
        WHEN place."end" <= place."start" THEN 'ends before it starts'
    END AS problem,
    filename
FROM read_parquet($files, filename = true);

-- name: map_rejections
SELECT
    parse_path(filename)[-3] AS run_id, parse_path(filename)[-2] AS batch,
    stage, item_id, feed_id, url, reason, detail, rejected_at, NULL::VARCHAR AS problem, filename
FROM read_parquet($files, filename = true);

-- name: map_counts
SELECT
    *,
    CASE WHEN least(taken, passed, unchanged, rejected) < 0 THEN 'a count below zero' END AS problem
FROM read_parquet($files, filename = true);

-- name: map_windows
SELECT
    *,
    CASE WHEN state NOT IN ('complete', 'partial', 'gap', 'excluded', 'unknown') THEN 'unknown state ' || state END
        AS problem
FROM read_parquet($files, filename = true);

-- name: map_coverage
SELECT
    *,
    CASE WHEN state NOT IN ('complete', 'partial', 'gap', 'excluded', 'unknown') THEN 'unknown state ' || state END
        AS problem
FROM read_parquet($files, filename = true);
