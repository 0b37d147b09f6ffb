-- Same columns as `stage.sql` makes, no rows.
CREATE OR REPLACE TEMP TABLE staged_{name} AS
SELECT * EXCLUDE (load_id), NULL::VARCHAR AS problem, '' AS filename, 0 AS file_nth FROM {table} LIMIT 0;
