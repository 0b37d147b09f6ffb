SELECT * FROM feeds ORDER BY feed_id;
