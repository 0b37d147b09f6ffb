-- A text that comes back after an edit is the latest version again.
UPDATE entries SET last_seen_at = s.seen_at
FROM (SELECT entry_version_id, max(seen_at) AS seen_at FROM staged_entries WHERE problem IS NULL GROUP BY 1) AS s
WHERE entries.entry_version_id = s.entry_version_id AND entries.last_seen_at < s.seen_at;
