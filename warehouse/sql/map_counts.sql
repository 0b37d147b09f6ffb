SELECT
    *,
    CASE WHEN least(taken, passed, unchanged, rejected) < 0 THEN 'a count below zero' END AS problem
FROM read_parquet($files, filename = true)
