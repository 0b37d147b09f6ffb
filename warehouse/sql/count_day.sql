CREATE OR REPLACE TEMP TABLE counted_day AS
SELECT
    event_day, country, event_type, count(*) AS events, sum(mentions)::BIGINT AS mentions,
    sum(articles)::BIGINT AS articles, sum(killed_best)::BIGINT AS killed_best, sum(injured_best)::BIGINT AS injured_best
FROM events
WHERE event_day = $day
GROUP BY event_day, country, event_type;
