SELECT column_name, data_type, coalesce(comment, '') AS comment
FROM duckdb_columns()
WHERE database_name = current_database() AND NOT internal AND table_name = ?
ORDER BY column_index;
