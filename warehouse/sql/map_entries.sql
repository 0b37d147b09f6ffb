SELECT *, seen_at AS last_seen_at, NULL::VARCHAR AS problem
FROM read_parquet($files, filename = true)
