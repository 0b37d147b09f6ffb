INSERT INTO seed_files VALUES (?, ?, ?);
