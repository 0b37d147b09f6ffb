-- Days around the changed blocks: `is_inner` are those whose events can have changed, the others are needed to see how.
CREATE OR REPLACE TEMP TABLE window_blocks AS
SELECT b.event_type, b.merge_country, b.event_day + o.apart AS event_day,
    bool_or(o.apart BETWEEN -$days AND 2 * $days) AS is_inner
FROM changed_blocks AS b, (SELECT unnest(range(-4 * $days, 4 * $days + 1))::INTEGER AS apart) AS o
GROUP BY ALL;
