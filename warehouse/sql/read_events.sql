SELECT * EXCLUDE (load_id) FROM events WHERE event_id IN (SELECT event_id FROM touched_events);
