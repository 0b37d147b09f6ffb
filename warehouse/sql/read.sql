-- What the steps ask the published file.

-- name: read_loaded_batches
SELECT run_id, batch FROM loaded_batches WHERE $run_id::VARCHAR IS NULL OR run_id = $run_id;

-- name: read_rejection_counts
SELECT batch, count(*) AS rejected FROM rejections WHERE run_id = $run_id AND reason = $reason GROUP BY batch;

-- name: read_feeds
SELECT * FROM feeds ORDER BY feed_id;

-- name: read_known_entries
-- The latest version of the feeds' entries that have one of these ids, addresses or titles.
WITH candidates AS (
    SELECT DISTINCT feed_id, entry_id
    FROM entries
    WHERE feed_id IN (SELECT unnest($feed_ids)) AND (
        entry_id IN (SELECT unnest($entry_ids))
        OR canonical_url IN (SELECT unnest($canonical_urls))
        OR title IN (SELECT unnest($titles))
    )
), latest AS (
    SELECT e.feed_id, e.entry_id, e.entry_version_id, e.article_id, e.canonical_url, e.title, e.published_at,
        e.last_seen_at
    FROM entries AS e
    JOIN candidates AS c ON e.feed_id = c.feed_id AND e.entry_id = c.entry_id
    QUALIFY row_number()
        OVER (PARTITION BY e.feed_id, e.entry_id ORDER BY e.last_seen_at DESC, e.entry_version_id DESC) = 1
)
SELECT feed_id, entry_id, entry_version_id, article_id, canonical_url, title, published_at
FROM latest
ORDER BY last_seen_at DESC, entry_id;

-- name: read_pages_to_retry
SELECT e.*, p.status, p.attempts, p.next_attempt_at, p.last_error
FROM page_states AS p
JOIN entries AS e USING (entry_id)
WHERE p.status = 'pending'
    AND (p.next_attempt_at <= $now OR p.next_attempt_at > $furthest) -- the latter: by a clock that was wrong
QUALIFY row_number() OVER (PARTITION BY e.entry_id ORDER BY e.last_seen_at DESC, e.entry_version_id DESC) = 1
ORDER BY p.next_attempt_at, e.entry_id;

-- name: read_archived
SELECT DISTINCT warc_file, warc_offset FROM fetches WHERE warc_file <> '';

-- name: read_article
-- The text of an article: of the version asked for, or of the one that counts.
SELECT article_version_id AS id, text, title, published_at, url, language, outlet_country AS country, page_kind,
    published_utc_offset_s
FROM articles
WHERE article_version_id = $id OR article_id = $id
ORDER BY article_version_id = $id DESC, is_current DESC, last_fetched_at DESC, article_version_id DESC
LIMIT 1;

-- name: read_earlier_places
-- What the latest articles of some hosts name, the article of each host that was fetched first first.
WITH ours AS (
    SELECT article_version_id, url, fetched_at,
        regexp_extract(lower(url), '^https?://(?:[^/?#]*@)?(?:www[.])?([^/:?#]+)', 1) AS host
    FROM articles
    WHERE is_current AND host IN (SELECT unnest($hosts))
    QUALIFY row_number() OVER (PARTITION BY host ORDER BY fetched_at DESC, article_version_id DESC) <= $most
)
SELECT o.article_version_id, o.url, p."text", p.name, p.country, p.geonameid, any_value(p.lat) AS lat,
    any_value(p.lon) AS lon, min(p.text_start) AS "start", min(p.text_end) AS "end"
FROM ours AS o
JOIN article_places AS p USING (article_version_id)
GROUP BY o.article_version_id, o.url, o.fetched_at, p."text", p.name, p.country, p.geonameid
ORDER BY o.fetched_at, o.article_version_id, "start", p."text";

-- name: read_complete_days
-- What some sources said is complete. That does not change with what others find later, so plans stay the same.
SELECT DISTINCT day FROM coverage_evidence
WHERE feed_id = $feed_id AND day BETWEEN $first AND $last AND state = 'complete'
    AND source IN (SELECT unnest($sources));

-- name: read_coverage
SELECT outlet, feed_id, day, state, expected, found, fetched, refused, articles, evidence FROM coverage_days
WHERE ($feed_id::VARCHAR IS NULL OR feed_id = $feed_id)
    AND ($first::DATE IS NULL OR day >= $first) AND ($last::DATE IS NULL OR day <= $last)
ORDER BY outlet, feed_id, day;

-- name: read_window_sums
SELECT source, state, count(*) AS windows, sum(expected)::BIGINT AS expected, sum(found)::BIGINT AS found,
    sum(requests)::BIGINT AS requests
FROM backfill_windows
WHERE run_id = $run_id
GROUP BY ALL ORDER BY ALL;

-- name: read_any_entry
SELECT entry_id FROM entries WHERE feed_id = $feed_id LIMIT 1;
