-- What a report of some days holds, and the events that alerts and the end of the demo name.

-- name: news_events
-- The events that matter first: several outlets, or deaths; of equals what is surer, then what is newer.
SELECT
    e.event_id, e.event_type, e.mode, e.event_day, e.date_start, e.date_source,
    e.country, coalesce(nullif(c.name, ''), e.country) AS country_name, e.place_name, e.lat, e.lon,
    e.actor, e.recipient, e.killed_min, e.killed_max, e.injured_min, e.injured_max, e.toll_claimed,
    e.sentence, e.sentence_url, e.outlet_names, e.urls, e.articles, e.outlets
FROM (SELECT * FROM events WHERE {condition}) AS e
LEFT JOIN countries AS c ON c.iso3 = e.country
ORDER BY
    least(e.outlets, 5) + log2(1 + coalesce(e.killed_best, 0)) DESC,
    e.articles DESC, coalesce(e.quad, 0) DESC, e.confidence DESC, e.event_day DESC, e.event_id
LIMIT {most};

-- name: report_totals
SELECT
    count(*) AS events,
    coalesce(sum(killed_min), 0)::BIGINT AS killed_least,
    coalesce(sum(killed_max), 0)::BIGINT AS killed_most,
    coalesce(sum(injured_min), 0)::BIGINT AS injured_least,
    coalesce(sum(injured_max), 0)::BIGINT AS injured_most,
    count(DISTINCT nullif(country, '')) AS countries,
    count(*) FILTER (outlets > 1) AS by_several,
    count(*) FILTER (lat IS NULL OR place_precision = 'country') AS without_place
FROM events
WHERE NOT background AND event_day BETWEEN $first AND $last;

-- name: report_places
-- Where something happened: one row a place, with the type of its deadliest event, else the one that most have.
SELECT
    first(place_name ORDER BY event_id) AS name,
    round(avg(lat), 3) AS lat,
    round(avg(lon), 3) AS lon,
    count(*) AS events,
    coalesce(sum(killed_best), 0)::BIGINT AS killed,
    CASE
        WHEN sum(killed_best) > 0 THEN first(event_type ORDER BY coalesce(killed_best, 0) DESC, event_type)
        ELSE mode(event_type ORDER BY event_type)
    END AS event_type
FROM events
WHERE NOT background AND event_day BETWEEN $first AND $last AND lat IS NOT NULL AND lon IS NOT NULL
    AND place_precision <> 'country'
GROUP BY round(lat, 1), round(lon, 1)
ORDER BY killed DESC, events DESC, name, lat, lon
LIMIT $most;

-- name: report_days
SELECT event_day, event_type, count(*) AS events, coalesce(sum(killed_best), 0)::BIGINT AS killed
FROM events
WHERE NOT background AND event_day BETWEEN $first AND $last
GROUP BY event_day, event_type
ORDER BY event_day, event_type;

-- name: report_countries
SELECT coalesce(nullif(c.name, ''), e.country) AS name, count(*) AS events, coalesce(sum(e.killed_best), 0)::BIGINT AS killed
FROM events AS e
LEFT JOIN countries AS c ON c.iso3 = e.country
WHERE NOT e.background AND e.event_day BETWEEN $first AND $last
GROUP BY 1
ORDER BY events DESC, killed DESC, name
LIMIT $most;

-- name: report_types
SELECT event_type, count(*) AS events, coalesce(sum(killed_best), 0)::BIGINT AS killed
FROM events
WHERE NOT background AND event_day BETWEEN $first AND $last
GROUP BY event_type
ORDER BY events DESC, event_type;

-- name: report_sources
-- The outlets by how many of the events they report; articles are those that report one.
SELECT a.outlet, count(DISTINCT e.event_id) AS events, count(DISTINCT a.article_id) AS articles
FROM events AS e
JOIN mentions AS m USING (event_id)
JOIN articles AS a USING (article_version_id)
WHERE NOT e.background AND e.event_day BETWEEN $first AND $last AND m.is_current
GROUP BY a.outlet
ORDER BY events DESC, articles DESC, a.outlet
LIMIT $most;

-- name: report_articles
-- Articles that were published on the days, and those that gave no event.
WITH published AS (
    SELECT article_version_id
    FROM current_articles
    WHERE ((coalesce(published_at + to_seconds(coalesce(published_utc_offset_s, 0)), fetched_at)) AT TIME ZONE 'UTC')::DATE
        BETWEEN $first AND $last
)
SELECT
    count(*) AS articles,
    count(*) FILTER (article_version_id NOT IN (SELECT article_version_id FROM mentions WHERE is_current)) AS without_event
FROM published;

-- name: report_rejections
-- Entries that were published on the days and came to nothing, or not to all that they could, by reason.
WITH dated AS (
    SELECT entry_id, (max_by(coalesce(published_at, seen_at), seen_at) AT TIME ZONE 'UTC')::DATE AS day
    FROM entries
    GROUP BY entry_id
), refused AS (
    SELECT DISTINCT coalesce(a.entry_id, r.item_id) AS entry_id, r.reason
    FROM rejections AS r
    LEFT JOIN articles AS a ON a.article_version_id = r.item_id
    WHERE r.stage IN ('page', 'article', 'code')
)
SELECT r.reason, count(*) AS entries
FROM refused AS r
JOIN dated AS d USING (entry_id)
WHERE d.day BETWEEN $first AND $last
GROUP BY r.reason
ORDER BY entries DESC, r.reason;

-- name: report_waiting
-- Pages of the days that are still to be had.
SELECT count(DISTINCT e.entry_id) AS pages
FROM entries AS e
JOIN page_states AS p USING (entry_id)
WHERE p.status = 'pending' AND (coalesce(e.published_at, e.seen_at) AT TIME ZONE 'UTC')::DATE BETWEEN $first AND $last;
