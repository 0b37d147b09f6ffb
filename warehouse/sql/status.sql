-- What `dateline status` shows.

-- name: status_feeds
SELECT url, outlet, status, last_success_at, next_poll_at, failures, last_error, entries_a_day
FROM feed_health
ORDER BY status, failures DESC, outlet, url;

-- name: status_days
WITH published AS (
    SELECT ((coalesce(published_at + to_seconds(coalesce(published_utc_offset_s, 0)), fetched_at)) AT TIME ZONE 'UTC')::DATE
            AS day, count(*) AS articles
    FROM current_articles GROUP BY day
), happened AS (
    SELECT event_day AS day, count(*) AS events, sum(killed_best)::BIGINT AS killed FROM events GROUP BY day
)
SELECT day, coalesce(articles, 0), coalesce(events, 0), killed
FROM published
FULL JOIN happened USING (day)
ORDER BY day DESC
LIMIT ?;

-- name: status_rejections
SELECT stage, reason, count(*) AS rejections, max(rejected_at) FROM rejections
GROUP BY stage, reason
ORDER BY rejections DESC, stage, reason;

-- name: status_loads
SELECT load_id, kind, run_id, loaded_at, batches, rows_new, rows_rejected, events_new, events_changed
FROM loads
ORDER BY load_id DESC
LIMIT ?;
