SELECT format('load {} {}: {} rows in, but {} new + {} known + {} rejected', load_id, table_name, rows_in, rows_new, rows_known, rows_rejected)
FROM load_counts
WHERE rows_in <> rows_new + rows_known + rows_rejected
UNION ALL
SELECT format('load {}: {} rows in, its tables have {}', l.load_id, l.rows_in, coalesce(sum(c.rows_in), 0)::BIGINT)
FROM loads AS l
LEFT JOIN load_counts AS c USING (load_id)
GROUP BY l.load_id, l.rows_in
HAVING l.rows_in <> coalesce(sum(c.rows_in), 0)
UNION ALL
SELECT format('load {}: {} rows rejected, the table has {}', l.load_id, l.rows_rejected, count(r.load_id))
FROM loads AS l
LEFT JOIN rejections AS r ON r.load_id = l.load_id AND r.stage = 'load'
GROUP BY l.load_id, l.rows_rejected
HAVING l.rows_rejected <> count(r.load_id);
