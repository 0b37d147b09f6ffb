SELECT
    parse_path(filename)[-3] AS run_id, parse_path(filename)[-2] AS batch,
    stage, item_id, feed_id, url, reason, detail, rejected_at, NULL::VARCHAR AS problem, filename
FROM read_parquet($files, filename = true)
