SELECT s.article_id, s.seen_at, s.told_at, s.parent_id, s.likeness, f.article_version_id, f.terms, f.weights, f.shingles, f.keys
FROM article_stories AS s
JOIN fingerprints AS f USING (article_version_id)
WHERE s.article_id IN (SELECT article_id FROM wanted_articles)
    AND s.told_at BETWEEN $first AND $last AND f.told_at BETWEEN $first AND $last;
