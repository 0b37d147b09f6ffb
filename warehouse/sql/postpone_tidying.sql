-- Joining the small groups of rows that loads leave costs as much as the archive is large: settling a day does it.
SET max_vacuum_tasks = 0;
