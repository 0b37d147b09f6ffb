SELECT format('article {} has {} current versions', article_id, count(*) FILTER (is_current))
FROM articles
GROUP BY article_id
HAVING count(*) FILTER (is_current) <> 1;
