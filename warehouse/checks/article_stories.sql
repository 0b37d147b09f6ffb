-- Every article has a story, the one of all its versions and of its root.
SELECT format('article version {} has no story', article_version_id)
FROM articles
WHERE story_id IS NULL
UNION ALL
SELECT format('article version {} is in story {}, its article in {}', a.article_version_id, a.story_id, s.story_id)
FROM articles AS a
JOIN article_stories AS s USING (article_id)
WHERE a.story_id <> s.story_id
UNION ALL
SELECT format('article {} has no row in article_stories for its current version', article_id)
FROM articles AS a
WHERE is_current AND NOT EXISTS (SELECT 1 FROM article_stories AS s WHERE s.article_version_id = a.article_version_id)
UNION ALL
SELECT format('article {} is in another story than its root {}', s.article_id, s.root_id)
FROM article_stories AS s
LEFT JOIN article_stories AS r ON r.article_id = s.root_id
WHERE r.story_id IS DISTINCT FROM s.story_id;
