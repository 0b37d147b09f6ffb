-- Loading: staged rows into their tables. `upsert_NAME` lets a newer row take the place of the one there,
-- `touch_NAME` tells a row that is there what its repetition says.

-- name: next_load_id
SELECT coalesce(max(load_id), 0) + 1 FROM loads;

-- name: insert_new
-- Chosen by their keys alone, and joined with equality and no subquery: else DuckDB hashes the whole table in place of
-- the staged rows, and carries whole rows through the choice, which took 2 of 8 seconds of a load.
INSERT INTO {table} BY NAME
WITH chosen AS (
    SELECT s.rowid AS staged_row
    FROM staged_{name} AS s
    ANTI JOIN {table} AS t ON {match}
    WHERE s.problem IS NULL
        {first_reading}
    QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {order}) = 1
)
SELECT * EXCLUDE (problem, filename, file_nth), $load_id AS load_id
FROM staged_{name}
WHERE rowid IN (SELECT staged_row FROM chosen);

-- name: first_reading_mentions
-- A coder's first reading of a version counts: read again, when its outlet's home is known better, it could give other
-- rows beside those that are there.
AND coalesce((
    SELECT max(load_id) FROM codings AS c WHERE c.article_version_id = s.article_version_id AND c.coder = s.coder
), $load_id) = $load_id;

-- name: first_reading_places
AND coalesce((SELECT max(load_id) FROM codings AS c WHERE c.article_version_id = s.article_version_id), $load_id) = $load_id;

-- name: insert_all
INSERT INTO {table} BY NAME
SELECT s.* EXCLUDE (problem, filename, file_nth), $load_id AS load_id
FROM staged_{name} AS s
WHERE s.problem IS NULL;

-- name: upsert_feeds
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
    NULL, NULL, NULL, 0, '', $load_id, 0
);

-- name: upsert_states
MERGE INTO feeds AS f
USING (
    SELECT * FROM staged_states WHERE problem IS NULL
    QUALIFY row_number() OVER (PARTITION BY feed_id ORDER BY last_attempt_at DESC NULLS LAST, file_nth DESC) = 1
) AS s
ON f.feed_id = s.feed_id
WHEN MATCHED
    AND (
        f.last_attempt_at > $now + INTERVAL 1 DAY -- noted by a clock that was ahead: whatever comes now is later
        OR coalesce(s.last_attempt_at, TIMESTAMPTZ '0001-01-01 00:00:00+00')
            >= coalesce(f.last_attempt_at, TIMESTAMPTZ '0001-01-01 00:00:00+00')
    )
    AND (f.poll_url, f.status, f.etag, f.last_modified, f.interval_s, f.next_poll_at, f.last_attempt_at,
        f.last_success_at, f.failures, f.last_error, f.entries_read)
    IS DISTINCT FROM (s.poll_url, s.status, s.etag, s.last_modified, s.interval_s, s.next_poll_at, s.last_attempt_at,
        s.last_success_at, s.failures, s.last_error, s.entries_read)
THEN UPDATE SET
    poll_url = s.poll_url, status = s.status, etag = s.etag, last_modified = s.last_modified,
    interval_s = s.interval_s, next_poll_at = s.next_poll_at, last_attempt_at = s.last_attempt_at,
    last_success_at = s.last_success_at, failures = s.failures, last_error = s.last_error,
    entries_read = s.entries_read, load_id = $load_id
WHEN NOT MATCHED THEN INSERT VALUES (
    s.feed_id, s.poll_url, '', '', '', '', [], s.poll_url, s.status, s.etag, s.last_modified, s.interval_s,
    s.next_poll_at, s.last_attempt_at, s.last_success_at, s.failures, s.last_error, $load_id, s.entries_read
);

-- name: upsert_page_states
MERGE INTO page_states AS p
USING (
    SELECT * FROM staged_page_states WHERE problem IS NULL
    QUALIFY row_number() OVER (PARTITION BY entry_id ORDER BY file_nth DESC) = 1
) AS s
ON p.entry_id = s.entry_id
WHEN MATCHED AND (p.status, p.attempts, p.next_attempt_at, p.last_error)
    IS DISTINCT FROM (s.status, s.attempts, s.next_attempt_at, s.last_error)
THEN UPDATE SET
    status = s.status, attempts = s.attempts, next_attempt_at = s.next_attempt_at, last_error = s.last_error,
    load_id = $load_id
WHEN NOT MATCHED THEN INSERT VALUES (
    s.entry_id, s.status, s.attempts, s.next_attempt_at, s.last_error, $load_id
);

-- name: touch_entries
-- A text that comes back after an edit is the latest version again.
UPDATE entries SET last_seen_at = s.seen_at
FROM (SELECT entry_version_id, max(seen_at) AS seen_at FROM staged_entries WHERE problem IS NULL GROUP BY 1) AS s
WHERE entries.entry_version_id = s.entry_version_id AND entries.last_seen_at < s.seen_at;

-- name: touch_articles
UPDATE articles SET last_fetched_at = s.fetched_at
FROM (SELECT article_version_id, max(fetched_at) AS fetched_at FROM staged_articles WHERE problem IS NULL GROUP BY 1) AS s
WHERE articles.article_version_id = s.article_version_id AND articles.last_fetched_at < s.fetched_at;

-- name: touch_codings
-- A coder's reading counts from when it first read the version, so that coding again changes nothing.
UPDATE codings SET coded_at = s.coded_at
FROM (SELECT article_version_id, coder, min(coded_at) AS coded_at FROM staged_codings WHERE problem IS NULL GROUP BY ALL) AS s
WHERE codings.article_version_id = s.article_version_id AND codings.coder = s.coder AND codings.coded_at > s.coded_at;

-- name: add_places
INSERT INTO places BY NAME
WITH named AS (
    SELECT geonameid, name, country, lat, lon FROM staged_places WHERE problem IS NULL
    UNION ALL
    SELECT geonameid, place_name, country, lat, lon FROM staged_mentions WHERE problem IS NULL
)
SELECT n.geonameid, n.name, n.country, n.lat, n.lon, $load_id AS load_id
FROM named AS n
WHERE n.geonameid IS NOT NULL AND n.lat IS NOT NULL AND n.lon IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM places AS p WHERE p.geonameid = n.geonameid)
QUALIFY row_number() OVER (PARTITION BY n.geonameid ORDER BY n.name, n.country, n.lat, n.lon) = 1;

-- name: choose_current
-- Which version of each touched article counts, and which of its mentions: an article's own page goes before what
-- is no article or only the feed's text, then the version fetched last. One run fetches the addresses of an article
-- within minutes, in any order, and hardly two runs do (`poll.min_interval_s`). So of versions fetched that near to
-- the last one, the one that says of itself to be the latest counts, of equals that of the later run, and of these an
-- id decides. Of the coders
-- that read it the last one counts. All of it follows from the rows, not from the order in which they came, but for
-- coders that read a version at the same instant: of those the one loaded last counts.
-- Rows are looked up by their ids first and read by their places then: what a load touches lies together, and the
-- other columns of all else are not read.
CREATE OR REPLACE TEMP TABLE touched_articles AS
SELECT article_id FROM staged_articles WHERE problem IS NULL
UNION
SELECT article_id FROM articles WHERE article_version_id IN (
    SELECT article_version_id FROM staged_codings WHERE problem IS NULL
    UNION ALL
    SELECT article_version_id FROM staged_mentions WHERE problem IS NULL
);

CREATE OR REPLACE TEMP TABLE touched_versions AS
WITH versions AS (
    SELECT
        articles.rowid AS article_row, article_id, article_version_id, is_current, last_fetched_at, greatest(modified_at, published_at) AS dated_at,
        page_kind IN ('article', 'live_blog') AS is_article, text_source = 'page' AS is_page,
        max(last_fetched_at) OVER (PARTITION BY article_id, is_article, is_page) AS newest_at, fetches.run_id
    FROM articles
    LEFT JOIN fetches USING (fetch_id)
    WHERE articles.rowid IN (SELECT rowid FROM articles WHERE article_id IN (SELECT article_id FROM touched_articles))
)
SELECT
    article_row, article_version_id, is_current,
    row_number() OVER (
        PARTITION BY article_id
        ORDER BY is_article DESC, is_page DESC, last_fetched_at >= newest_at - INTERVAL 5 MINUTE DESC,
            dated_at DESC NULLS LAST, run_id DESC NULLS LAST, article_version_id DESC
    ) = 1 AS counts
FROM versions;

UPDATE articles SET is_current = NOT is_current
WHERE rowid IN (SELECT article_row FROM touched_versions WHERE is_current <> counts);

CREATE OR REPLACE TEMP TABLE current_codings AS
SELECT article_version_id, arg_max(coder, (coded_at, load_id, coder)) AS coder
FROM codings
WHERE article_version_id IN (SELECT article_version_id FROM touched_versions WHERE counts)
GROUP BY article_version_id;

CREATE OR REPLACE TEMP TABLE touched_mentions AS
SELECT m.rowid AS mention_row, m.event_type, m.merge_country, m.event_day, m.realis, m.is_current AS was_current,
    c.coder IS NOT NULL AS counts
FROM mentions AS m
LEFT JOIN current_codings AS c ON c.article_version_id = m.article_version_id AND c.coder = m.coder
WHERE m.rowid IN (SELECT rowid FROM mentions WHERE article_id IN (SELECT article_id FROM touched_articles));

UPDATE mentions SET is_current = t.counts
FROM touched_mentions AS t
WHERE mentions.rowid = t.mention_row AND t.counts <> t.was_current;

CREATE OR REPLACE TEMP TABLE changed_blocks AS
SELECT DISTINCT event_type, merge_country, event_day
FROM touched_mentions
WHERE (was_current OR counts) AND realis = 'actual' AND event_day IS NOT NULL;

-- name: insert_batch
INSERT INTO loaded_batches VALUES (?, ?, ?);

-- name: insert_load
INSERT INTO loads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: insert_load_count
INSERT INTO load_counts VALUES (?, ?, ?, ?, ?, ?);
