-- Tables and views of the file with their columns.
SELECT table_name, list(column_name ORDER BY column_index) AS columns
FROM duckdb_columns()
WHERE database_name = current_database() AND NOT internal
GROUP BY table_name
ORDER BY table_name;
