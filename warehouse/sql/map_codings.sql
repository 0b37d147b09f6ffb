SELECT *, NULL::VARCHAR AS problem
FROM read_parquet($files, filename = true)
