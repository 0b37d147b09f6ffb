SELECT format('event {} says {} mentions, it has {}', e.event_id, e.mentions, count(m.mention_id))
FROM events AS e
LEFT JOIN mentions AS m ON m.event_id = e.event_id
GROUP BY e.event_id, e.mentions
HAVING e.mentions <> count(m.mention_id);
