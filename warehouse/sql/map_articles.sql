SELECT *, false AS is_current, fetched_at AS last_fetched_at, NULL::VARCHAR AS problem
FROM read_parquet($files, filename = true)
