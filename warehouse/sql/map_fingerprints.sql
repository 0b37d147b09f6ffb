SELECT
    f.article_version_id, coalesce(a.published_at, a.fetched_at) AS told_at, f.terms, f.weights, f.shingles, f.keys,
    NULL::VARCHAR AS problem, f.filename
FROM read_parquet($files, filename = true) AS f
LEFT JOIN articles AS a ON a.article_version_id = f.article_version_id
