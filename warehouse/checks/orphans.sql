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
