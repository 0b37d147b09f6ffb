SELECT format('event {} has no source', event_id)
FROM events
WHERE event_day = $day AND (len(urls) = 0 OR len(outlet_names) = 0 OR sentence = '');
