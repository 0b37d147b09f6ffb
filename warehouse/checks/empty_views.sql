-- A view may be empty only when there is nothing for it to show.
SELECT name || ' is empty'
FROM (
    SELECT 'events_daily' AS name, (SELECT count(*) FROM events) AS rows_below, (SELECT count(*) FROM events_daily) AS rows_shown
    UNION ALL
    SELECT 'gdelt_events', (SELECT count(*) FROM events), (SELECT count(*) FROM gdelt_events)
    UNION ALL
    SELECT 'acled_events', (SELECT count(*) FROM events WHERE acled_type <> ''), (SELECT count(*) FROM acled_events)
    UNION ALL
    SELECT 'feed_health', (SELECT count(*) FROM feeds), (SELECT count(*) FROM feed_health)
    UNION ALL
    SELECT 'current_articles', (SELECT count(*) FROM articles), (SELECT count(*) FROM current_articles)
    UNION ALL
    SELECT 'stories', (SELECT count(*) FROM articles), (SELECT count(*) FROM stories)
)
WHERE rows_below > 0 AND rows_shown = 0;
