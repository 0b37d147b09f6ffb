-- Mentions that belong to an event but count no more.
SELECT mention_id, article_id, event_id FROM mentions WHERE event_id IS NOT NULL AND NOT is_current;
