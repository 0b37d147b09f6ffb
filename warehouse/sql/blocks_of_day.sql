CREATE OR REPLACE TEMP TABLE changed_blocks AS
SELECT DISTINCT event_type, merge_country, event_day
FROM mentions
WHERE event_day = $day AND is_current AND realis = 'actual';
