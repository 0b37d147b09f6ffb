-- Copies for many readers: what their rows are, by day, and what tells that a day has changed.
-- `mark` is the hash of what names a row and of all of it that a load may change later; the load that wrote a row, by
-- time as well, stands for the rest. So a few narrow columns are read to find the days that differ.

-- name: rows_of_events
SELECT e.*, e.event_day AS day, hash(e.event_id, e.admin1_name, e.load_id, l.loaded_at) AS mark
FROM events AS e
LEFT JOIN loads AS l USING (load_id)

-- name: rows_of_mentions
-- What is planned or only recalled has no day of its own: it lies with its article.
SELECT
    m.*,
    coalesce(m.event_day, a.published_at::DATE, a.fetched_at::DATE, DATE '1970-01-01') AS day,
    hash(m.mention_id, m.event_id, m.is_current, m.load_id, l.loaded_at) AS mark
FROM mentions AS m
LEFT JOIN (SELECT article_version_id, published_at, fetched_at FROM articles) AS a USING (article_version_id)
LEFT JOIN loads AS l USING (load_id)

-- name: rows_of_articles
SELECT
    a.*,
    coalesce(a.published_at, a.fetched_at)::DATE AS day,
    hash(a.article_version_id, a.is_current, a.story_id, a.last_fetched_at, a.load_id, l.loaded_at) AS mark
FROM articles AS a
LEFT JOIN loads AS l USING (load_id)

-- name: rows_of_stories
SELECT s.*, s.first_seen_at::DATE AS day, hash(s) AS mark
FROM stories AS s

-- name: describe_copied
DESCRIBE SELECT * EXCLUDE (day, mark) FROM ({rows});

-- name: read_copied_days
SELECT day, count(*) AS row_count, printf('%016x', bit_xor(mark)) AS mark
FROM ({rows})
GROUP BY day
ORDER BY day;

-- name: read_copied_rows
SELECT * EXCLUDE (mark)
FROM ({rows})
WHERE day IN (SELECT unnest($days::DATE[]))
ORDER BY day, {key};

-- name: read_comments
SELECT '' AS column_name, comment FROM duckdb_tables() WHERE table_name = $table AND comment IS NOT NULL
UNION ALL
SELECT '', comment FROM duckdb_views() WHERE view_name = $table AND comment IS NOT NULL
UNION ALL
SELECT column_name, comment FROM duckdb_columns() WHERE table_name = $table AND comment IS NOT NULL
ORDER BY ALL;
