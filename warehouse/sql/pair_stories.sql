-- Articles told between two instants that share enough keys with one told between them whose link is to be found.
WITH there AS (
    SELECT s.article_id, s.told_at, unnest(f.keys) AS key, unnest(f.weights) AS weight -- of terms, which come first
    FROM article_stories AS s
    JOIN fingerprints AS f USING (article_version_id)
    WHERE s.told_at BETWEEN $first - $window AND $last + $window
        AND f.told_at BETWEEN $first - $window AND $last + $window
)
SELECT a.article_id, b.article_id AS other_id
FROM there AS a
JOIN there AS b USING (key)
WHERE a.article_id IN (SELECT article_id FROM relinked_stories WHERE told_at BETWEEN $first AND $last)
    AND a.article_id <> b.article_id
    AND b.told_at BETWEEN a.told_at - $window AND a.told_at + $window
GROUP BY ALL
HAVING count(*) >= $least
    AND sum(CASE WHEN starts_with(key, '#') THEN 1 ELSE a.weight * b.weight END) >= $least_weight;
