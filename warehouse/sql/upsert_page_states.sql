MERGE INTO page_states AS p
USING (
    SELECT * FROM staged_page_states WHERE problem IS NULL
    QUALIFY row_number() OVER (PARTITION BY entry_id ORDER BY file_nth DESC) = 1
) AS s
ON p.entry_id = s.entry_id
WHEN MATCHED AND (p.status, p.attempts, p.next_attempt_at, p.last_error)
    IS DISTINCT FROM (s.status, s.attempts, s.next_attempt_at, s.last_error)
THEN UPDATE SET
    status = s.status, attempts = s.attempts, next_attempt_at = s.next_attempt_at, last_error = s.last_error,
    load_id = $load_id
WHEN NOT MATCHED THEN INSERT VALUES (
    s.entry_id, s.status, s.attempts, s.next_attempt_at, s.last_error, $load_id
);
