CREATE OR REPLACE VIEW events_daily AS
SELECT
    event_day,
    country,
    event_type,
    count(*) AS events,
    sum(mentions)::BIGINT AS mentions,
    sum(articles)::BIGINT AS articles,
    sum(killed_best)::BIGINT AS killed_best,
    sum(killed_min)::BIGINT AS killed_min,
    sum(killed_max)::BIGINT AS killed_max,
    sum(injured_best)::BIGINT AS injured_best,
    avg(confidence) AS confidence,
    count(*) FILTER (outlets > 1) AS events_of_several_outlets
FROM events
GROUP BY event_day, country, event_type;
COMMENT ON VIEW events_daily IS 'Events and tolls a day, country and event type';
COMMENT ON COLUMN events_daily.killed_best IS 'Sum of the best numbers; events without a number add nothing';
