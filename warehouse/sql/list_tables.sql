SELECT table_name AS name, coalesce(comment, '') AS comment FROM duckdb_tables()
WHERE database_name = current_database() AND NOT internal AND table_name NOT LIKE 'schema\_%' ESCAPE '\'
UNION ALL
SELECT view_name, coalesce(comment, '') FROM duckdb_views()
WHERE database_name = current_database() AND NOT internal
ORDER BY name;
