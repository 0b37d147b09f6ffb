INSERT INTO event_days BY NAME SELECT *, $load_id AS load_id FROM counted_day ORDER BY ALL;
