SELECT load_id, kind, run_id, loaded_at, batches, rows_new, rows_rejected, events_new, events_changed
FROM loads
ORDER BY load_id DESC
LIMIT ?;
