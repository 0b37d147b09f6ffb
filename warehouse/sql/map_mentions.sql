-- An event without a date of its own is taken to have happened on the day its article was published, unless
-- the article only recalls it.
WITH told AS (
    SELECT m.*, m.event AS e, a.published_at, a.fetched_at
    FROM read_parquet($files, filename = true) AS m
    LEFT JOIN articles AS a ON a.article_version_id = m.article_version_id
), dated AS (
    SELECT
        *,
        try_cast(e.date_start || CASE length(e.date_start) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END AS DATE)
            AS told_day
    FROM told
)
SELECT
    mention_id, article_id, article_version_id, NULL::VARCHAR AS event_id, false AS is_current,
    e.event_type, e.mode, e.realis,
    coalesce(nullif(e.actors[1].name, ''), e.actors[1]."text", '') AS actor,
    coalesce(e.actors[1].country, '') AS actor_country,
    coalesce(e.actors[1].sector, '') AS actor_sector,
    coalesce(nullif(e.recipients[1].name, ''), e.recipients[1]."text", '') AS recipient,
    coalesce(e.recipients[1].country, '') AS recipient_country,
    coalesce(e.recipients[1].sector, '') AS recipient_sector,
    e.date_start, e.date_end, e.date_text,
    CASE
        WHEN e.date_start <> '' THEN told_day
        WHEN NOT e.background THEN (coalesce(published_at, fetched_at) AT TIME ZONE 'UTC')::DATE
    END AS event_day,
    CASE WHEN e.date_start <> '' THEN 'text' WHEN NOT e.background THEN 'published' ELSE '' END AS date_source,
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
    e.killed_min, e.killed_max, e.injured_min, e.injured_max,
    e.cameo, e.goldstein, e.quad, e.acled_type, e.acled_subtype,
    e.sentence, e.sentence_start, e.sentence_end, e.confidence, e.background, e.coder,
    e.actors, e.recipients, e.weapons,
    CASE
        WHEN e.date_start <> '' AND told_day IS NULL THEN 'no such date: ' || e.date_start
        WHEN abs(e.place.lat) > 90 OR abs(e.place.lon) > 180 THEN 'no such point on Earth'
        WHEN e.realis NOT IN ('actual', 'planned', 'hypothetical', 'negated') THEN 'unknown realis ' || e.realis
        WHEN e.killed_min > e.killed_max OR e.injured_min > e.injured_max THEN 'a toll whose least is above its most'
        WHEN least(e.killed_min, e.killed_max, e.injured_min, e.injured_max) < 0 THEN 'a toll below zero'
    END AS problem,
    filename
FROM dated
