-- The copy in PostgreSQL, in its dialect: `%s` are bound values, `{names}` our own tables and columns.

-- name: pg_find_schema
SELECT to_regnamespace('dateline') IS NOT NULL

-- name: pg_create_schema
CREATE SCHEMA dateline

-- name: pg_create_state
-- What the copy holds: another version of Dateline, or another warehouse, sees by it what differs.
CREATE TABLE IF NOT EXISTS dateline.copied_tables (
    table_name text PRIMARY KEY, columns text NOT NULL, copied_at timestamptz NOT NULL
);
COMMENT ON TABLE dateline.copied_tables IS 'The tables of this copy, their columns, and when each was last brought up to date';
CREATE TABLE IF NOT EXISTS dateline.copied_days (
    table_name text, day date, version text NOT NULL, PRIMARY KEY (table_name, day)
);
COMMENT ON TABLE dateline.copied_days IS 'The days of each table that are copied, and which version of each'

-- name: pg_lock
-- One process at a time writes; readers do not wait for it.
LOCK TABLE dateline.copied_tables IN SHARE ROW EXCLUSIVE MODE

-- name: pg_read_columns
SELECT columns FROM dateline.copied_tables WHERE table_name = %s AND to_regclass(%s) IS NOT NULL

-- name: pg_read_days
SELECT day, version FROM dateline.copied_days WHERE table_name = %s

-- name: pg_create_table
CREATE TABLE dateline.{table} ({columns}, PRIMARY KEY ({key}))

-- name: pg_create_index
CREATE INDEX ON dateline.{table} ({column})

-- name: pg_comment_table
COMMENT ON TABLE dateline.{table} IS {comment}

-- name: pg_comment_column
COMMENT ON COLUMN dateline.{table}."{column}" IS {comment}

-- name: pg_drop_table
DROP TABLE IF EXISTS dateline.{table}

-- name: pg_rename_table
ALTER TABLE dateline.{table}_new RENAME TO {table}

-- name: pg_create_incoming
CREATE TEMP TABLE incoming (LIKE dateline.{table}) ON COMMIT DROP

-- name: pg_drop_incoming
DROP TABLE incoming

-- name: pg_copy
COPY {table} ({columns}) FROM STDIN

-- name: pg_delete_gone
DELETE FROM dateline.{table} AS t
WHERE t.day = ANY(%s) AND NOT EXISTS (SELECT FROM incoming AS i WHERE i.{key} = t.{key})

-- name: pg_upsert
INSERT INTO dateline.{table} AS t ({columns})
SELECT {columns} FROM incoming
ON CONFLICT ({key}) DO UPDATE SET ({columns}) = ROW ({given})
WHERE (t.*) IS DISTINCT FROM (excluded.*)

-- name: pg_delete_days
DELETE FROM dateline.copied_days WHERE table_name = %s AND day = ANY(%s)

-- name: pg_insert_day
INSERT INTO dateline.copied_days VALUES (%s, %s, %s)

-- name: pg_write_columns
INSERT INTO dateline.copied_tables VALUES (%s, %s, %s)
ON CONFLICT (table_name) DO UPDATE SET columns = excluded.columns, copied_at = excluded.copied_at
