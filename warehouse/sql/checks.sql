-- What must hold in the published file: a query for each check, whose rows say what is wrong.
-- A check has the name that is shown when it fails.

-- name: article_stories
-- Every article has a story, the one of all its versions and of its root.
SELECT format('article version {} has no story', article_version_id)
FROM articles
WHERE story_id IS NULL
UNION ALL
SELECT format('article version {} is in story {}, its article in {}', a.article_version_id, a.story_id, s.story_id)
FROM articles AS a
JOIN article_stories AS s USING (article_id)
WHERE a.story_id <> s.story_id
UNION ALL
SELECT format('article {} has no row in article_stories for its current version', article_id)
FROM articles AS a
WHERE is_current AND NOT EXISTS (SELECT 1 FROM article_stories AS s WHERE s.article_version_id = a.article_version_id)
UNION ALL
SELECT format('article {} is in another story than its root {}', s.article_id, s.root_id)
FROM article_stories AS s
LEFT JOIN article_stories AS r ON r.article_id = s.root_id
WHERE r.story_id IS DISTINCT FROM s.story_id
UNION ALL
SELECT format('story {} has {} articles, its row says {}', story_id, counted.articles, stories.articles)
FROM (SELECT story_id, count(*) AS articles FROM article_stories GROUP BY story_id) AS counted
FULL JOIN stories USING (story_id)
WHERE counted.articles IS DISTINCT FROM stories.articles;

-- name: current_articles
SELECT format('article {} has {} current versions', article_id, count(*) FILTER (is_current))
FROM articles
GROUP BY article_id
HAVING count(*) FILTER (is_current) <> 1;

-- name: empty_views
-- A view may be empty only when there is nothing for it to show.
SELECT name || ' is empty'
FROM (
    SELECT 'events_daily' AS name, (SELECT count(*) FROM events WHERE NOT background) AS rows_below, (SELECT count(*) FROM events_daily) AS rows_shown
    UNION ALL
    SELECT 'gdelt_events', (SELECT count(*) FROM events WHERE NOT background), (SELECT count(*) FROM gdelt_events)
    UNION ALL
    SELECT 'acled_events', (SELECT count(*) FROM events WHERE acled_type <> '' AND NOT background), (SELECT count(*) FROM acled_events)
    UNION ALL
    SELECT 'feed_health', (SELECT count(*) FROM feeds), (SELECT count(*) FROM feed_health)
    UNION ALL
    SELECT 'current_articles', (SELECT count(*) FROM articles), (SELECT count(*) FROM current_articles)
)
WHERE rows_below > 0 AND rows_shown = 0;

-- name: event_members
SELECT format('event {} says {} mentions, it has {}', e.event_id, e.mentions, count(m.mention_id))
FROM events AS e
LEFT JOIN mentions AS m ON m.event_id = e.event_id
GROUP BY e.event_id, e.mentions
HAVING e.mentions <> count(m.mention_id);

-- name: known_reasons
SELECT format('{} rejections have the unknown reason {}', count(*), reason)
FROM rejections
WHERE reason NOT IN (SELECT unnest($reasons))
GROUP BY reason;

-- name: loads_balance
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

-- name: orphans
SELECT format('mention {} has no article version {}', mention_id, article_version_id)
FROM mentions AS m
WHERE NOT EXISTS (SELECT 1 FROM articles AS a WHERE a.article_version_id = m.article_version_id)
UNION ALL
SELECT format('mention {}: no coding of its article version by {}', mention_id, coder)
FROM mentions AS m
WHERE NOT EXISTS (SELECT 1 FROM codings AS c WHERE c.article_version_id = m.article_version_id AND c.coder = m.coder)
UNION ALL
SELECT format('mention {} belongs to event {}, which does not exist', mention_id, event_id)
FROM mentions AS m
WHERE event_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM events AS e WHERE e.event_id = m.event_id)
UNION ALL
SELECT format('mention {} counts but belongs to no event', mention_id)
FROM mentions
WHERE is_current AND realis = 'actual' AND event_day IS NOT NULL AND event_id IS NULL
UNION ALL
SELECT format('mention {} belongs to event {} but does not count', mention_id, event_id)
FROM mentions
WHERE event_id IS NOT NULL AND NOT is_current
UNION ALL
SELECT format('place of article version {}, which does not exist', article_version_id)
FROM article_places AS p
WHERE NOT EXISTS (SELECT 1 FROM articles AS a WHERE a.article_version_id = p.article_version_id);

-- name: rejections_balance
-- Every rejection that a step counted has its row, and the other way round.
WITH counted AS (
    SELECT run_id, batch, sum(rejected) AS rejected FROM step_counts GROUP BY run_id, batch
), written AS (
    SELECT run_id, batch, count(*) AS rejected FROM rejections WHERE stage <> 'load' GROUP BY run_id, batch
)
SELECT format('{}/{}: steps counted {} rejections, the table has {}', run_id, batch,
    coalesce(c.rejected, 0)::BIGINT, coalesce(w.rejected, 0)::BIGINT)
FROM counted AS c
FULL JOIN written AS w USING (run_id, batch)
WHERE coalesce(c.rejected, 0) <> coalesce(w.rejected, 0);

-- name: finalized_days
-- A day may have got news since it was finalized, which is counted when it is finalized again.
SELECT format('{} {} {} was finalized twice', event_day, country, event_type)
FROM finalized_days
GROUP BY event_day, country, event_type
HAVING count(*) > 1;

-- name: stale_feeds
-- A feed that never answered counts from when it was first asked.
WITH asked AS (
    SELECT feed_id, min(requested_at) AS first_asked_at FROM fetches WHERE kind = 'feed' GROUP BY feed_id
)
SELECT format('{} has not answered since {}: {}', f.poll_url,
    coalesce(f.last_success_at, a.first_asked_at), coalesce(nullif(f.last_error, ''), 'no error is known'))
FROM feeds AS f
LEFT JOIN asked AS a USING (feed_id)
WHERE f.status = 'active'
    AND coalesce(f.last_success_at, a.first_asked_at, f.last_attempt_at) < $now - to_seconds($stale_feed_s);

-- name: steps_balance
SELECT format('{}/{} {}: took {}, but {} passed + {} unchanged + {} rejected', run_id, batch, step, taken, passed, unchanged, rejected)
FROM step_counts
WHERE taken <> passed + unchanged + rejected;

-- name: tolls
SELECT format('event {}: {} to {} killed, best {}', event_id, killed_min, killed_max, killed_best)
FROM events
WHERE killed_best NOT BETWEEN killed_min AND killed_max OR injured_best NOT BETWEEN injured_min AND injured_max;

-- name: unique_keys
SELECT format('{} {} is there {} times', name, key, count(*))
FROM (
    SELECT 'feed' AS name, feed_id AS key FROM feeds
    UNION ALL SELECT 'fetch', fetch_id FROM fetches
    UNION ALL SELECT 'entry version', entry_version_id FROM entries
    UNION ALL SELECT 'page state', entry_id FROM page_states
    UNION ALL SELECT 'article version', article_version_id FROM articles
    UNION ALL SELECT 'story of an article', article_id FROM article_stories
    UNION ALL SELECT 'story', story_id FROM stories
    UNION ALL SELECT 'mention', mention_id FROM mentions
    UNION ALL SELECT 'event', event_id FROM events
    UNION ALL SELECT 'event alias', old_event_id FROM event_aliases
    UNION ALL SELECT 'place', geonameid::VARCHAR FROM places
    UNION ALL SELECT 'load', load_id::VARCHAR FROM loads
    UNION ALL SELECT 'batch', run_id || '/' || batch FROM loaded_batches
)
GROUP BY name, key
HAVING count(*) > 1;
