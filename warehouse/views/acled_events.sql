-- Columns as in the ACLED codebook of 2024 (acleddata.com); what the events do not know is NULL.
-- `inter1` and `inter2` follow from the PLOVER sector.
CREATE OR REPLACE VIEW acled_events AS
WITH coded AS (
    SELECT
        *,
        CASE
            WHEN actor_sector IN ('MIL', 'COP', 'GOV', 'SPY', 'JUD', 'LEG') THEN 'State forces'
            WHEN actor_sector IN ('REB', 'SEP', 'INS') THEN 'Rebel group'
            WHEN actor_sector IN ('PRM', 'CRM', 'UAF') THEN 'Political militia'
            WHEN actor_sector = '' THEN NULL
            ELSE 'Civilians'
        END AS inter1,
        CASE
            WHEN recipient_sector IN ('MIL', 'COP', 'GOV', 'SPY', 'JUD', 'LEG') THEN 'State forces'
            WHEN recipient_sector IN ('REB', 'SEP', 'INS') THEN 'Rebel group'
            WHEN recipient_sector IN ('PRM', 'CRM', 'UAF') THEN 'Political militia'
            WHEN recipient_sector = '' THEN NULL
            ELSE 'Civilians'
        END AS inter2
    FROM events
    WHERE acled_type <> ''
)
SELECT
    e.event_id AS event_id_cnty,
    e.event_day AS event_date,
    year(e.event_day) AS year,
    CASE
        WHEN e.date_source = 'published' THEN 2
        WHEN length(e.date_start) < 10 THEN 3
        ELSE 1
    END AS time_precision,
    CASE
        WHEN e.acled_type = 'Strategic developments' THEN 'Strategic developments'
        WHEN e.acled_subtype = 'Excessive force against protesters' THEN 'Political violence; Demonstrations'
        WHEN e.acled_type = 'Protests' OR e.acled_subtype = 'Violent demonstration' THEN 'Demonstrations'
        ELSE 'Political violence'
    END AS disorder_type,
    e.acled_type AS event_type,
    e.acled_subtype AS sub_event_type,
    e.actor AS actor1,
    array_to_string(list_filter(e.actor_names, lambda name: name <> e.actor), '; ') AS assoc_actor_1,
    e.inter1,
    e.recipient AS actor2,
    array_to_string(list_filter(e.recipient_names, lambda name: name <> e.recipient), '; ') AS assoc_actor_2,
    e.inter2,
    concat_ws('-', e.inter1, e.inter2) AS interaction,
    CASE WHEN e.recipient_sector = 'CVL' AND e.acled_type IN ('Violence against civilians', 'Explosions/Remote violence')
        THEN 'Civilian targeting' ELSE '' END AS civilian_targeting,
    e.country AS iso,
    NULL::VARCHAR AS region,
    coalesce(c.name, e.country) AS country,
    e.admin1,
    NULL::VARCHAR AS admin2,
    NULL::VARCHAR AS admin3,
    e.place_name AS location,
    e.lat AS latitude,
    e.lon AS longitude,
    CASE e.place_precision WHEN 'point' THEN 1 WHEN 'city' THEN 1 WHEN 'admin2' THEN 2 WHEN '' THEN NULL ELSE 3 END
        AS geo_precision,
    array_to_string(e.outlet_names, '; ') AS source,
    NULL::VARCHAR AS source_scale,
    e.sentence AS notes,
    coalesce(e.killed_best, 0) AS fatalities,
    NULL::VARCHAR AS tags,
    e.last_seen_at AS "timestamp"
FROM coded AS e
LEFT JOIN countries AS c ON c.iso3 = e.country;
COMMENT ON VIEW acled_events IS 'Events under ACLED''s column names, for those types that ACLED knows; machine-coded, not ACLED''s data';
COMMENT ON COLUMN acled_events.event_id_cnty IS 'events.event_id';
COMMENT ON COLUMN acled_events.event_date IS 'events.event_day';
COMMENT ON COLUMN acled_events.year IS 'Of event_date';
COMMENT ON COLUMN acled_events.time_precision IS '1 the day is given, 2 day of publication, 3 known to the month or year';
COMMENT ON COLUMN acled_events.disorder_type IS 'As ACLED groups its event types';
COMMENT ON COLUMN acled_events.event_type IS 'ACLED event type';
COMMENT ON COLUMN acled_events.sub_event_type IS 'ACLED sub-event type';
COMMENT ON COLUMN acled_events.actor1 IS 'events.actor';
COMMENT ON COLUMN acled_events.assoc_actor_1 IS 'Other actors that the mentions name';
COMMENT ON COLUMN acled_events.inter1 IS 'Kind of actor1, from its PLOVER sector';
COMMENT ON COLUMN acled_events.actor2 IS 'events.recipient';
COMMENT ON COLUMN acled_events.assoc_actor_2 IS 'Other recipients that the mentions name';
COMMENT ON COLUMN acled_events.inter2 IS 'Kind of actor2, from its PLOVER sector';
COMMENT ON COLUMN acled_events.interaction IS 'inter1 and inter2';
COMMENT ON COLUMN acled_events.civilian_targeting IS 'Civilian targeting, where civilians were attacked';
COMMENT ON COLUMN acled_events.iso IS 'ISO 3166-1 alpha-3 (ACLED has the number)';
COMMENT ON COLUMN acled_events.region IS 'Not known here';
COMMENT ON COLUMN acled_events.country IS 'Name of the country';
COMMENT ON COLUMN acled_events.admin1 IS 'Province or state';
COMMENT ON COLUMN acled_events.admin2 IS 'Not known here';
COMMENT ON COLUMN acled_events.admin3 IS 'Not known here';
COMMENT ON COLUMN acled_events.location IS 'events.place_name';
COMMENT ON COLUMN acled_events.latitude IS 'WGS 84 degrees';
COMMENT ON COLUMN acled_events.longitude IS 'WGS 84 degrees';
COMMENT ON COLUMN acled_events.geo_precision IS '1 place, 2 district, 3 region or country';
COMMENT ON COLUMN acled_events.source IS 'The outlets';
COMMENT ON COLUMN acled_events.source_scale IS 'Not known here';
COMMENT ON COLUMN acled_events.notes IS 'events.sentence';
COMMENT ON COLUMN acled_events.fatalities IS 'events.killed_best, where events.toll_claimed a claim of those who did it; 0 where no report gives a number, as ACLED does';
COMMENT ON COLUMN acled_events.tags IS 'Not known here';
COMMENT ON COLUMN acled_events."timestamp" IS 'events.last_seen_at';
