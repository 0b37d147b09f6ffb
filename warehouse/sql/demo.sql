-- What `dateline demo` shows at its end.

-- name: demo_feeds
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

-- name: demo_entries
-- What became of every entry: its article's kind and events, or why there are none.
WITH versions AS (
    SELECT entry_id, any_value(feed_id) AS feed_id, any_value(article_id) AS article_id, count(*) AS versions,
        arg_max(title, seen_at) AS title, arg_max(published_at, seen_at) AS published_at
    FROM entries
    GROUP BY entry_id
),
reported AS (
    SELECT article_id, count(*) AS mentions
    FROM mentions AS m
    JOIN current_articles AS a USING (article_version_id, article_id)
    GROUP BY article_id
),
reasons AS (
    SELECT coalesce(a.entry_id, r.item_id) AS entry_id, string_agg(DISTINCT r.reason, ', ') AS reasons
    FROM rejections AS r
    LEFT JOIN articles AS a ON a.article_version_id = r.item_id
    WHERE r.stage IN ('page', 'article', 'code')
    GROUP BY ALL
)
SELECT
    f.outlet,
    strftime(v.published_at, '%d %b %H:%M') AS published,
    v.title AS entry,
    v.versions,
    coalesce(a.page_kind, '') AS page,
    coalesce(a.text_source, '') AS "text from",
    coalesce(p.mentions, 0) AS events,
    coalesce(s.reasons, '') AS "rejected because"
FROM versions AS v
JOIN feeds AS f USING (feed_id)
LEFT JOIN current_articles AS a USING (article_id)
LEFT JOIN reported AS p USING (article_id)
LEFT JOIN reasons AS s ON s.entry_id = v.entry_id
ORDER BY f.outlet, v.published_at, v.title;

-- name: demo_score
-- What is compared with the newsroom's truth: the events of the news itself, with the articles that report them.
SELECT
    e.event_id, e.event_type, e.mode, e.date_start, e.country, e.place_name,
    e.killed_min, e.killed_max, e.injured_min, e.injured_max,
    list(DISTINCT a.url ORDER BY a.url) AS urls
FROM events AS e
JOIN mentions AS m USING (event_id)
JOIN articles AS a USING (article_version_id)
WHERE NOT e.background AND m.is_current
GROUP BY ALL
ORDER BY e.event_id;
