INSERT INTO {table} BY NAME
SELECT s.* EXCLUDE (problem, filename, file_nth), $load_id AS load_id
FROM staged_{name} AS s
WHERE s.problem IS NULL;
