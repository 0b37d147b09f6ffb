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

-- name: postpone_tidying
-- Joining the small groups of rows that loads leave costs as much as the archive is large. Finalizing a day does it.
SET max_vacuum_tasks = 0;

-- name: tidy
-- Write the file's changes down and join the small groups of rows that loads have left.
CHECKPOINT;

-- name: read_stamp
-- What a publication holds: the last load (by time as well: a replay begins to count loads again), migrations and views.
SELECT
    (SELECT coalesce(max(load_id), 0) FROM loads),
    (SELECT max(loaded_at) FROM loads),
    (SELECT string_agg(checksum, ',' ORDER BY version) FROM schema_migrations),
    (SELECT checksum FROM schema_views);
