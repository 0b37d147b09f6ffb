INSERT INTO {table} BY NAME
SELECT s.* EXCLUDE (problem, filename, file_nth), $load_id AS load_id
FROM staged_{name} AS s
WHERE s.problem IS NULL AND NOT EXISTS (SELECT 1 FROM {table} AS t WHERE {match})
QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {order}) = 1;
