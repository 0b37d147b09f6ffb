MERGE INTO feeds AS f
USING (
    SELECT * FROM staged_feeds WHERE problem IS NULL
    QUALIFY row_number() OVER (PARTITION BY feed_id ORDER BY file_nth DESC) = 1
) AS s
ON f.feed_id = s.feed_id
WHEN MATCHED AND (f.url, f.title, f.outlet, f.country, f.language, f.tags)
    IS DISTINCT FROM (s.url, s.title, s.outlet, s.country, s.language, s.tags)
THEN UPDATE SET
    url = s.url, title = s.title, outlet = s.outlet, country = s.country, language = s.language, tags = s.tags,
    load_id = $load_id
WHEN NOT MATCHED THEN INSERT VALUES (
    s.feed_id, s.url, s.title, s.outlet, s.country, s.language, s.tags, s.url, 'active', '', '', 0,
    NULL, NULL, NULL, 0, '', $load_id
);
