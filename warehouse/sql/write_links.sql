UPDATE article_stories SET parent_id = n.parent_id, likeness = n.likeness
FROM new_links AS n
WHERE article_stories.article_id = n.article_id;
