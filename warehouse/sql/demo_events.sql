-- The events of the news itself; what articles recall of the past is left to other queries.
SELECT
    event_day AS day,
    event_type || CASE WHEN mode = '' THEN '' ELSE '/' || mode END AS event,
    country,
    place_name AS place,
    actor,
    recipient,
    CASE WHEN killed_min = killed_max THEN killed_max::VARCHAR ELSE killed_min || '-' || killed_max END AS killed,
    CASE WHEN injured_min = injured_max THEN injured_max::VARCHAR ELSE injured_min || '-' || injured_max END AS injured,
    outlets,
    sentence
FROM events
WHERE NOT background
ORDER BY event_day, country, event_type, event_id;
