INSERT INTO rejections BY NAME
SELECT
    parse_path(filename)[-3] AS run_id, parse_path(filename)[-2] AS batch, 'load' AS stage,
    coalesce({item}::VARCHAR, '') AS item_id, '' AS feed_id, '' AS url, 'row_invalid' AS reason,
    '{table}: ' || problem AS detail, $now AS rejected_at, $load_id AS load_id
FROM staged_{name}
WHERE problem IS NOT NULL;
