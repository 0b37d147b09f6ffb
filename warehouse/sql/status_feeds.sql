SELECT url, outlet, status, last_success_at, next_poll_at, failures, last_error, entries_a_day
FROM feed_health
ORDER BY status, failures DESC, outlet, url;
