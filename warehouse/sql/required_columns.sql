SELECT column_name FROM duckdb_columns() WHERE table_name = $table AND NOT is_nullable;
