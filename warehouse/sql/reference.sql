-- Reference tables: what the seed tables say.

-- name: read_seed_files
SELECT name, sha256 FROM seed_files;

-- name: delete_reference
DELETE FROM {table};

-- name: insert_reference
INSERT INTO {table} BY NAME SELECT *, $load_id AS load_id FROM given_rows;

-- name: delete_seed_file
DELETE FROM seed_files WHERE name = ?;

-- name: insert_seed_file
INSERT INTO seed_files VALUES (?, ?, ?);
