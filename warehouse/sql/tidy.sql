-- Write the file's changes down and join the small groups of rows that loads have left.
CHECKPOINT;
