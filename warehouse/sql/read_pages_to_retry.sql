SELECT e.*, p.status, p.attempts, p.next_attempt_at, p.last_error
FROM page_states AS p
JOIN entries AS e USING (entry_id)
WHERE p.status = 'pending' AND p.next_attempt_at <= $now
QUALIFY row_number() OVER (PARTITION BY e.entry_id ORDER BY e.last_seen_at DESC, e.entry_version_id DESC) = 1
ORDER BY p.next_attempt_at, e.entry_id;
