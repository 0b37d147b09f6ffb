-- What was polled: each feed with its answers, in order, and what is to be said of it.
SELECT
    f.outlet,
    f.title AS feed,
    string_agg(CASE WHEN t.status = 0 THEN t.error ELSE t.status::VARCHAR END, ', ' ORDER BY t.requested_at) AS answers,
    count(DISTINCT t.fetch_id) AS polls,
    (SELECT count(DISTINCT e.entry_id) FROM entries AS e WHERE e.feed_id = f.feed_id) AS entries,
    CASE
        WHEN f.status = 'gone' THEN 'gone for good: never asked again'
        WHEN f.poll_url <> f.url THEN 'moved for good: now asked at ' || f.poll_url
        ELSE ''
    END AS remark
FROM feeds AS f
LEFT JOIN fetches AS t ON t.feed_id = f.feed_id AND t.kind = 'feed'
GROUP BY ALL
ORDER BY f.outlet, f.title;
