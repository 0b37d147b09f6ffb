SELECT *, CASE WHEN kind NOT IN ('feed', 'page') THEN 'unknown kind ' || kind END AS problem
FROM read_parquet($files, filename = true)
