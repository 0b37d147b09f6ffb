-- With what articles only recall, in rows of its own.
CREATE OR REPLACE VIEW events_daily_all AS
SELECT
    event_day,
    country,
    event_type,
    background,
    count(*) AS events,
    sum(mentions)::BIGINT AS mentions,
    sum(articles)::BIGINT AS articles,
    sum(killed_best)::BIGINT AS killed_best,
    sum(killed_min)::BIGINT AS killed_min,
    sum(killed_max)::BIGINT AS killed_max,
    (sum(killed_best) FILTER (toll_claimed))::BIGINT AS killed_claimed,
    sum(injured_best)::BIGINT AS injured_best,
    avg(confidence) AS confidence,
    count(*) FILTER (outlets > 1) AS events_of_several_outlets
FROM events
GROUP BY event_day, country, event_type, background;
COMMENT ON VIEW events_daily_all IS 'As events_daily, and the events that are only recalled';
COMMENT ON COLUMN events_daily_all.event_day IS 'events.event_day';
COMMENT ON COLUMN events_daily_all.country IS 'events.country';
COMMENT ON COLUMN events_daily_all.event_type IS 'events.event_type';
COMMENT ON COLUMN events_daily_all.background IS 'events.background: true for a count of what is only recalled';
COMMENT ON COLUMN events_daily_all.events IS 'How many events';
COMMENT ON COLUMN events_daily_all.mentions IS 'How many mentions they have';
COMMENT ON COLUMN events_daily_all.articles IS 'How many articles report each, summed';
COMMENT ON COLUMN events_daily_all.killed_best IS 'Sum of the best numbers; events without a number add nothing';
COMMENT ON COLUMN events_daily_all.killed_min IS 'Sum of the least numbers';
COMMENT ON COLUMN events_daily_all.killed_max IS 'Sum of the greatest numbers';
COMMENT ON COLUMN events_daily_all.killed_claimed IS 'Of killed_best, what only those who did it claim';
COMMENT ON COLUMN events_daily_all.injured_best IS 'Sum of the best numbers';
COMMENT ON COLUMN events_daily_all.confidence IS 'Mean of events.confidence';
COMMENT ON COLUMN events_daily_all.events_of_several_outlets IS 'Events that more than one outlet reports';

-- The columns have the comments of those above.
CREATE OR REPLACE VIEW events_daily AS
SELECT * EXCLUDE (background) FROM events_daily_all WHERE NOT background;
COMMENT ON VIEW events_daily IS 'Events and tolls a day, country and event type, without what articles only recall';
