-- Finalizing a day.

-- name: choose_blocks_of_day
CREATE OR REPLACE TEMP TABLE changed_blocks AS
SELECT DISTINCT event_type, merge_country, event_day
FROM mentions
WHERE event_day = $day AND is_current AND realis = 'actual';

-- name: count_day
CREATE OR REPLACE TEMP TABLE counted_day AS
SELECT
    event_day, country, event_type, count(*) AS events, sum(mentions)::BIGINT AS mentions,
    sum(articles)::BIGINT AS articles, sum(killed_best)::BIGINT AS killed_best, sum(injured_best)::BIGINT AS injured_best
FROM events
WHERE event_day = $day
GROUP BY event_day, country, event_type;

-- name: count_differences
SELECT count(*) FROM (
    (FROM counted_day EXCEPT ALL SELECT * EXCLUDE (load_id) FROM finalized_days WHERE event_day = $day)
    UNION ALL
    (SELECT * EXCLUDE (load_id) FROM finalized_days WHERE event_day = $day EXCEPT ALL FROM counted_day)
);

-- name: delete_day
DELETE FROM finalized_days WHERE event_day = $day;

-- name: insert_day
INSERT INTO finalized_days BY NAME SELECT *, $load_id AS load_id FROM counted_day ORDER BY ALL;
