SELECT article_id, told_at, is_changed FROM relinked_stories ORDER BY told_at, article_id;
