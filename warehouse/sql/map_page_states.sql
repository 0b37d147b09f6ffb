SELECT *, CASE WHEN status NOT IN ('pending', 'done', 'failed') THEN 'unknown status ' || status END AS problem
FROM read_parquet($files, filename = true)
