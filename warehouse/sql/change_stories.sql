-- Articles that are new to grouping, or whose current version, first fetch or fingerprint is not what it was.
CREATE OR REPLACE TEMP TABLE ungrouped_articles AS
SELECT article_id FROM touched_articles
UNION
SELECT article_id FROM articles WHERE story_id IS NULL;

CREATE OR REPLACE TEMP TABLE changed_stories AS
WITH first_seen AS (
    SELECT article_id, min(fetched_at) AS seen_at
    FROM articles
    WHERE article_id IN (SELECT article_id FROM ungrouped_articles)
    GROUP BY article_id
)
SELECT a.article_id, a.article_version_id, f.seen_at, coalesce(a.published_at, a.fetched_at) AS told_at
FROM articles AS a
JOIN first_seen AS f USING (article_id)
LEFT JOIN article_stories AS s USING (article_id)
WHERE a.is_current AND (
    s.article_id IS NULL OR s.article_version_id <> a.article_version_id OR s.seen_at <> f.seen_at
    OR a.article_version_id IN (SELECT article_version_id FROM fingerprints WHERE load_id = $load_id)
);

DELETE FROM article_stories WHERE article_id IN (SELECT article_id FROM changed_stories);
INSERT INTO article_stories BY NAME
SELECT *, article_id AS root_id, '' AS story_id, $load_id AS load_id FROM changed_stories;

CREATE OR REPLACE TEMP TABLE relinked_stories AS
SELECT article_id, told_at, article_id IN (SELECT article_id FROM changed_stories) AS is_changed
FROM article_stories
WHERE article_id IN (SELECT article_id FROM changed_stories)
    OR parent_id IN (SELECT article_id FROM changed_stories);
