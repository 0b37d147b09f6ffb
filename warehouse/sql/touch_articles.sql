UPDATE articles SET last_fetched_at = s.fetched_at
FROM (SELECT article_version_id, max(fetched_at) AS fetched_at FROM staged_articles WHERE problem IS NULL GROUP BY 1) AS s
WHERE articles.article_version_id = s.article_version_id AND articles.last_fetched_at < s.fetched_at;
