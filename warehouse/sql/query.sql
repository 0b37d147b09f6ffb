-- What an analyst can list, describe and export (an export's query is put into a COPY).

-- name: list_tables
SELECT table_name AS name, coalesce(comment, '') AS comment FROM duckdb_tables()
WHERE database_name = current_database() AND NOT internal AND table_name NOT LIKE 'schema\_%' ESCAPE '\'
UNION ALL
SELECT view_name, coalesce(comment, '') FROM duckdb_views()
WHERE database_name = current_database() AND NOT internal
ORDER BY name;

-- name: describe_table
SELECT column_name, data_type, coalesce(comment, '') AS comment
FROM duckdb_columns()
WHERE database_name = current_database() AND NOT internal AND table_name = ?
ORDER BY column_index;

-- name: export_all
SELECT * FROM "{table}" ORDER BY ALL;

-- name: export_rows
SELECT * FROM "{table}"
WHERE ($first::DATE IS NULL OR ({day})::DATE >= $first::DATE) AND ($last::DATE IS NULL OR ({day})::DATE <= $last::DATE)
ORDER BY ALL;
