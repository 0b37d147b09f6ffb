SELECT format('{} {} is there {} times', name, key, count(*))
FROM (
    SELECT 'feed' AS name, feed_id AS key FROM feeds
    UNION ALL SELECT 'fetch', fetch_id FROM fetches
    UNION ALL SELECT 'entry version', entry_version_id FROM entries
    UNION ALL SELECT 'page state', entry_id FROM page_states
    UNION ALL SELECT 'article version', article_version_id FROM articles
    UNION ALL SELECT 'fingerprint', article_version_id FROM fingerprints
    UNION ALL SELECT 'story of an article', article_id FROM article_stories
    UNION ALL SELECT 'mention', mention_id FROM mentions
    UNION ALL SELECT 'event', event_id FROM events
    UNION ALL SELECT 'event alias', old_event_id FROM event_aliases
    UNION ALL SELECT 'place', geonameid::VARCHAR FROM places
    UNION ALL SELECT 'load', load_id::VARCHAR FROM loads
    UNION ALL SELECT 'batch', run_id || '/' || batch FROM loaded_batches
)
GROUP BY name, key
HAVING count(*) > 1;
