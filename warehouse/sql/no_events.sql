SELECT * EXCLUDE (load_id) FROM events LIMIT 0;
