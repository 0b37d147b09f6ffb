SELECT feed_id, url, title, outlet, country, language, tags, NULL::VARCHAR AS problem, filename
FROM read_parquet($files, filename = true)
