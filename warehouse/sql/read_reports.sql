WITH chosen AS (
    SELECT m.*, b.is_inner
    FROM mentions AS m
    JOIN window_blocks AS b USING (event_type, merge_country, event_day)
    WHERE m.is_current AND m.realis = 'actual'
), first_seen AS (
    SELECT article_id, min(fetched_at) AS first_seen_at
    FROM articles
    WHERE article_id IN (SELECT article_id FROM chosen)
    GROUP BY article_id
)
SELECT
    c.is_inner, c.event_id,
    c.mention_id, c.article_id,
    coalesce(nullif(a.outlet, ''), regexp_extract(a.url, '^[a-z]+://(?:www\.)?([^/:]+)', 1)) AS outlet,
    a.url, f.first_seen_at, a.fetched_at AS seen_at,
    c.event_type, c.mode, c.merge_country, c.event_day, c.date_start, c.date_end,
    c.place_name, c.country, c.admin1, c.lat, c.lon, c.geonameid, c.place_precision,
    c.actor, c.actor_country, c.actor_sector, c.recipient, c.recipient_country, c.recipient_sector,
    list_filter(list_transform(c.actors, lambda who: who.name), lambda name: name <> '') AS actor_names,
    list_filter(list_transform(c.recipients, lambda who: who.name), lambda name: name <> '') AS recipient_names,
    list_transform(c.weapons, lambda weapon: weapon."text") AS weapons,
    c.killed_min, c.killed_max, c.injured_min, c.injured_max,
    c.cameo, c.goldstein, c.quad, c.acled_type, c.acled_subtype,
    c.sentence, c.sentence_start, c.confidence, c.background, c.coder
FROM chosen AS c
JOIN articles AS a USING (article_version_id)
JOIN first_seen AS f ON f.article_id = c.article_id;
