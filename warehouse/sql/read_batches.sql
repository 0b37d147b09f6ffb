SELECT run_id, batch FROM loaded_batches;
