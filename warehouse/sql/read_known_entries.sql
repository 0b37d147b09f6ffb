SELECT entry_id, arg_max(entry_version_id, (last_seen_at, entry_version_id)) AS entry_version_id
FROM entries
WHERE entry_id IN (SELECT unnest($entry_ids))
GROUP BY entry_id;
