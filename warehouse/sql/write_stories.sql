UPDATE article_stories SET root_id = n.root_id, story_id = n.story_id, load_id = $load_id
FROM new_roots AS n
WHERE article_stories.article_id = n.article_id;

UPDATE articles SET story_id = s.story_id
FROM article_stories AS s
WHERE articles.article_id = s.article_id
    AND articles.article_id IN (SELECT article_id FROM new_roots UNION SELECT article_id FROM ungrouped_articles)
    AND articles.story_id IS DISTINCT FROM s.story_id;
