-- What an analyst can list, describe and export. `{where}` is a condition on a row of the table.

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

-- name: clean_text
CASE WHEN regexp_matches({value}, '{controls}') THEN regexp_replace({value}, '{controls}', '', 'g') ELSE {value} END;

-- name: clean_list
list_transform({value}, lambda {item}: {cleaned});

-- name: disarm_cell
CASE
    WHEN regexp_full_match({value}, '{formula}', 's') AND NOT regexp_full_match({value}, '{number}')
    THEN chr(39) || {value}
    ELSE {value}
END;

-- name: count_days
SELECT ({day})::DATE AS row_day, count(*) FROM "{table}" WHERE {where} GROUP BY row_day ORDER BY row_day DESC NULLS LAST;

-- name: rows_of_days
SELECT * {replaced} FROM "{table}"
WHERE {where} AND ({day}) >= $oldest::DATE AND ({day}) < $newest::DATE + 1
ORDER BY ({day})::DATE DESC, COLUMNS(*);

-- name: rows_without_day
SELECT * {replaced} FROM "{table}" WHERE {where} AND ({day}) IS NULL ORDER BY ALL;

-- name: all_rows
SELECT * {replaced} FROM "{table}" WHERE {where} ORDER BY ALL;

-- name: from_day_to_day
($first::DATE IS NULL OR ({day}) >= $first::DATE) AND ($last::DATE IS NULL OR ({day}) < $last::DATE + 1);

-- name: as_text
SELECT COLUMNS(*)::VARCHAR FROM ({query});

-- name: describe_features
SELECT json_object(
    'type', 'Feature',
    'geometry', CASE WHEN "{lon}" IS NOT NULL AND "{lat}" IS NOT NULL
        THEN json_object('type', 'Point', 'coordinates', [("{lon}")::DOUBLE, ("{lat}")::DOUBLE]) END,
    'properties', to_json(rows)
)::VARCHAR
FROM ({query}) AS rows;

-- name: as_json
SELECT to_json(rows)::VARCHAR FROM ({query}) AS rows;

-- name: find_box
SELECT min("{lon}")::DOUBLE, min("{lat}")::DOUBLE, max("{lon}")::DOUBLE, max("{lat}")::DOUBLE
FROM "{table}"
WHERE {where} AND "{lon}" IS NOT NULL AND "{lat}" IS NOT NULL;

-- name: add_wkb
SELECT *, ST_AsWKB(('POINT (' || "{lon}" || ' ' || "{lat}" || ')')::GEOMETRY)::BLOB AS geometry
FROM ({query});
