WITH told AS (
    SELECT (coalesce(published_at, fetched_at) AT TIME ZONE 'UTC')::DATE AS day, count(*) AS articles
    FROM current_articles GROUP BY day
), happened AS (
    SELECT event_day AS day, count(*) AS events, sum(killed_best)::BIGINT AS killed FROM events GROUP BY day
)
SELECT day, coalesce(articles, 0), coalesce(events, 0), killed
FROM told
FULL JOIN happened USING (day)
ORDER BY day DESC
LIMIT ?;
