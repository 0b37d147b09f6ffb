SELECT run_id, batch FROM loaded_batches WHERE $run_id::VARCHAR IS NULL OR run_id = $run_id;
