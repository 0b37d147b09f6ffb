-- What a monitoring system asks of the published file.

-- name: metrics_feeds
SELECT
    count(*) FILTER (status = 'active') AS active,
    count(*) FILTER (status = 'gone') AS gone,
    count(*) FILTER (status = 'active' AND (next_poll_at IS NULL OR next_poll_at <= $now)) AS due,
    count(*) FILTER (status = 'active' AND failures >= $failures) AS failing,
    max(last_success_at) AS last_success_at
FROM feeds;

-- name: metrics_news
SELECT
    (SELECT max(loaded_at) FROM loads) AS last_load_at,
    (SELECT count(*) FROM events WHERE first_seen_at > $now::TIMESTAMPTZ - INTERVAL 1 DAY) AS events_of_day,
    (SELECT count(*) FROM articles WHERE fetched_at > $now::TIMESTAMPTZ - INTERVAL 1 DAY) AS articles_of_day,
    (SELECT count(*) FROM page_states WHERE status = 'pending') AS pages_waiting;

-- name: metrics_tables
SELECT table_name FROM duckdb_tables()
WHERE database_name = current_database() AND NOT temporary AND NOT starts_with(table_name, 'schema_')
ORDER BY table_name;

-- name: metrics_rows
-- One table; DuckDB counts whole groups of rows. (Its `estimated_size` counts rows that were deleted, too.)
SELECT '{table}', count(*) FROM {table};

-- name: metrics_rejections
SELECT stage, reason, count(*) FROM rejections GROUP BY ALL ORDER BY ALL;

-- name: metrics_loaded
SELECT run_id, batch FROM loaded_batches WHERE run_id IN (SELECT unnest($runs::VARCHAR[]));
