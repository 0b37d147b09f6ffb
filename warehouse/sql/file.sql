-- A database file as a whole: its migrations and views, its upkeep, and what tells two of them apart.

-- name: create_schema_tables
CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER NOT NULL, name VARCHAR NOT NULL, checksum VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS schema_views (checksum VARCHAR NOT NULL);

-- name: read_migrations
SELECT version, checksum FROM schema_migrations;

-- name: read_schema_version
SELECT coalesce(max(version), 0) FROM schema_migrations;

-- name: insert_migration
INSERT INTO schema_migrations VALUES (?, ?, ?);

-- name: read_views_checksum
SELECT checksum FROM schema_views;

-- name: delete_views_checksum
DELETE FROM schema_views;

-- name: insert_views_checksum
INSERT INTO schema_views VALUES (?);

-- name: lend_comments
-- Columns that a view takes over say what they say there: statements that make it so.
SELECT format('COMMENT ON COLUMN {}."{}" IS {}', v.table_name, v.column_name,
    chr(39) || replace(c.comment, chr(39), repeat(chr(39), 2)) || chr(39))
FROM duckdb_columns() AS v
JOIN duckdb_columns() AS c ON c.database_name = v.database_name AND c.column_name = v.column_name
    AND c.table_name = CASE v.table_name
        WHEN 'current_articles' THEN 'articles'
        WHEN 'event_points' THEN 'events'
        ELSE v.table_name || '_all'
    END
WHERE v.database_name = current_database() AND v.comment IS NULL AND c.comment IS NOT NULL
ORDER BY ALL;

-- name: write_down
CHECKPOINT;

-- name: read_storage
SELECT tags FROM duckdb_databases() WHERE database_name = current_database();

-- name: read_compaction
-- The rows of all tables, and the bytes and rows of the file when it was compact.
SELECT
    (
        SELECT coalesce(sum(estimated_size), 0)::BIGINT FROM duckdb_tables()
        WHERE database_name = current_database() AND NOT temporary
    ),
    coalesce((SELECT max(bytes) FROM schema_compaction), 0),
    coalesce((SELECT max(row_count) FROM schema_compaction), 0);

-- name: insert_compaction
INSERT INTO rewritten.schema_compaction
SELECT $bytes, coalesce(sum(estimated_size), 0)::BIGINT FROM duckdb_tables() WHERE database_name = 'rewritten';

-- name: read_stamp
-- What a publication holds: the last load (by time as well: a replay begins to count loads again), migrations and views.
SELECT
    (SELECT coalesce(max(load_id), 0) FROM loads),
    (SELECT max(loaded_at) FROM loads),
    (SELECT string_agg(checksum, ',' ORDER BY version) FROM schema_migrations),
    (SELECT checksum FROM schema_views);
