-- A settled day may have got news since, which its next settlement counts; what it counts must exist.
SELECT format('{} {} {} was settled twice', event_day, country, event_type)
FROM event_days
GROUP BY event_day, country, event_type
HAVING count(*) > 1;
