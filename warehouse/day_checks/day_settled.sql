SELECT format('{} {}: {} events were settled, there are {}', d.country, d.event_type, d.events, count(e.event_id))
FROM (SELECT * FROM event_days WHERE event_day = $day) AS d
FULL JOIN (SELECT * FROM events WHERE event_day = $day) AS e ON e.country = d.country AND e.event_type = d.event_type
GROUP BY d.country, d.event_type, d.events
HAVING d.events IS DISTINCT FROM count(e.event_id);
