-- The articles whose link is new and all that follow them, each with the root of the article that it follows.
WITH RECURSIVE below AS (
    SELECT article_id FROM moved_articles
    UNION
    SELECT s.article_id FROM article_stories AS s JOIN below AS b ON s.parent_id = b.article_id
)
SELECT s.article_id, s.seen_at, s.told_at, s.parent_id, p.root_id AS parent_root_id, r.told_at AS parent_root_told_at
FROM article_stories AS s
LEFT JOIN article_stories AS p ON p.article_id = s.parent_id
LEFT JOIN article_stories AS r ON r.article_id = p.root_id
WHERE s.article_id IN (SELECT article_id FROM below);
