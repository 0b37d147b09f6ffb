SELECT format('{}/{} {}: took {}, but {} passed + {} unchanged + {} rejected', run_id, batch, step, taken, passed, unchanged, rejected)
FROM step_counts
WHERE taken <> passed + unchanged + rejected;
