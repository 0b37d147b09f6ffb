-- Reference tables: what the seeds tables say.

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

-- name: name_divisions_of_events
UPDATE events SET admin1_name = named.name
FROM (
    SELECT e.event_id, coalesce(d.name, '') AS name
    FROM events AS e
    LEFT JOIN divisions AS d USING (country, admin1)
    WHERE e.admin1_name <> coalesce(d.name, '')
) AS named
WHERE events.event_id = named.event_id;
