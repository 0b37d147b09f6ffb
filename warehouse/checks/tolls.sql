SELECT format('event {}: {} to {} killed, best {}', event_id, killed_min, killed_max, killed_best)
FROM events
WHERE killed_best NOT BETWEEN killed_min AND killed_max OR injured_best NOT BETWEEN injured_min AND injured_max;
