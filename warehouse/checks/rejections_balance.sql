-- Every rejection that a step counted has its row, and the other way round.
WITH counted AS (
    SELECT run_id, batch, sum(rejected) AS rejected FROM step_counts GROUP BY run_id, batch
), written AS (
    SELECT run_id, batch, count(*) AS rejected FROM rejections WHERE stage <> 'load' GROUP BY run_id, batch
)
SELECT format('{}/{}: steps counted {} rejections, the table has {}', run_id, batch,
    coalesce(c.rejected, 0)::BIGINT, coalesce(w.rejected, 0)::BIGINT)
FROM counted AS c
FULL JOIN written AS w USING (run_id, batch)
WHERE coalesce(c.rejected, 0) <> coalesce(w.rejected, 0);
