DELETE FROM event_days WHERE event_day = $day;
