DELETE FROM events WHERE event_id IN (SELECT event_id FROM gone_events);
INSERT INTO events BY NAME SELECT *, $load_id AS load_id FROM new_events;
UPDATE mentions SET event_id = n.event_id FROM new_members AS n WHERE mentions.mention_id = n.mention_id;
DELETE FROM event_aliases WHERE old_event_id IN (SELECT event_id FROM new_events);
UPDATE event_aliases SET event_id = n.event_id FROM new_aliases AS n WHERE event_aliases.event_id = n.old_event_id;
DELETE FROM event_aliases WHERE old_event_id IN (SELECT old_event_id FROM new_aliases);
INSERT INTO event_aliases BY NAME SELECT old_event_id, event_id, $load_id AS load_id FROM new_aliases;
