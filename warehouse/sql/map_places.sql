SELECT
    article_version_id, place."text" AS "text", place."start" AS text_start, place."end" AS text_end,
    place.name AS name, place.country AS country, place.lat AS lat, place.lon AS lon, place.geonameid AS geonameid,
    CASE
        WHEN abs(place.lat) > 90 OR abs(place.lon) > 180 THEN 'no such point on Earth'
        WHEN place."end" <= place."start" THEN 'ends before it starts'
    END AS problem,
    filename
FROM read_parquet($files, filename = true)
