DELETE FROM seed_files WHERE name = ?;
