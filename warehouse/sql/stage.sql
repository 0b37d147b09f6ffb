CREATE OR REPLACE TEMP TABLE staged_{name} AS
WITH mapped AS (
{mapping}
)
SELECT * REPLACE (CASE {checks} ELSE problem END AS problem), list_position($files, filename) AS file_nth
FROM mapped;
