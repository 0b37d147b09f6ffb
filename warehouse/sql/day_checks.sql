-- What must hold of a finalized day, as in checks.sql.

-- name: day_members
SELECT format('event {} says {} mentions, it has {}', e.event_id, e.mentions, count(m.mention_id))
FROM events AS e
LEFT JOIN mentions AS m ON m.event_id = e.event_id
WHERE e.event_day = $day
GROUP BY e.event_id, e.mentions
HAVING e.mentions <> count(m.mention_id);

-- name: day_finalized
SELECT format('{} {}: {} events were finalized, there are {}', d.country, d.event_type, d.events, count(e.event_id))
FROM (SELECT * FROM finalized_days WHERE event_day = $day) AS d
FULL JOIN (SELECT * FROM events WHERE event_day = $day) AS e ON e.country = d.country AND e.event_type = d.event_type
GROUP BY d.country, d.event_type, d.events
HAVING d.events IS DISTINCT FROM count(e.event_id);

-- name: day_sources
SELECT format('event {} has no source', event_id)
FROM events
WHERE event_day = $day AND (len(urls) = 0 OR len(outlet_names) = 0 OR sentence = '');
