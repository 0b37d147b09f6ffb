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
