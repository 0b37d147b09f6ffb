SELECT count(*) FROM (
    (FROM counted_day EXCEPT ALL SELECT * EXCLUDE (load_id) FROM event_days WHERE event_day = $day)
    UNION ALL
    (SELECT * EXCLUDE (load_id) FROM event_days WHERE event_day = $day EXCEPT ALL FROM counted_day)
);
