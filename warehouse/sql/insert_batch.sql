INSERT INTO loaded_batches VALUES (?, ?, ?);
