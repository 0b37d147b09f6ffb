-- Columns as in "The GDELT Event Database Data Format Codebook V2.0" (2015); what the events do not know is NULL.
CREATE OR REPLACE VIEW gdelt_events_all AS
SELECT
    ('0x' || split_part(event_id, '-', 2))::UBIGINT AS "GLOBALEVENTID",
    (year(event_day) * 10000 + month(event_day) * 100 + day(event_day))::INTEGER AS "SQLDATE",
    (year(event_day) * 100 + month(event_day))::INTEGER AS "MonthYear",
    year(event_day)::INTEGER AS "Year",
    round(year(event_day) + (dayofyear(event_day) - 1) / 365.0, 4) AS "FractionDate",
    nullif(concat(actor_country, actor_sector), '') AS "Actor1Code",
    nullif(upper(actor), '') AS "Actor1Name",
    nullif(actor_country, '') AS "Actor1CountryCode",
    NULL::VARCHAR AS "Actor1KnownGroupCode",
    NULL::VARCHAR AS "Actor1EthnicCode",
    NULL::VARCHAR AS "Actor1Religion1Code",
    NULL::VARCHAR AS "Actor1Religion2Code",
    nullif(actor_sector, '') AS "Actor1Type1Code",
    NULL::VARCHAR AS "Actor1Type2Code",
    NULL::VARCHAR AS "Actor1Type3Code",
    nullif(concat(recipient_country, recipient_sector), '') AS "Actor2Code",
    nullif(upper(recipient), '') AS "Actor2Name",
    nullif(recipient_country, '') AS "Actor2CountryCode",
    NULL::VARCHAR AS "Actor2KnownGroupCode",
    NULL::VARCHAR AS "Actor2EthnicCode",
    NULL::VARCHAR AS "Actor2Religion1Code",
    NULL::VARCHAR AS "Actor2Religion2Code",
    nullif(recipient_sector, '') AS "Actor2Type1Code",
    NULL::VARCHAR AS "Actor2Type2Code",
    NULL::VARCHAR AS "Actor2Type3Code",
    (NOT background)::INTEGER AS "IsRootEvent",
    cameo AS "EventCode",
    left(cameo, 3) AS "EventBaseCode",
    left(cameo, 2) AS "EventRootCode",
    quad AS "QuadClass",
    goldstein AS "GoldsteinScale",
    mentions AS "NumMentions",
    outlets AS "NumSources",
    articles AS "NumArticles",
    NULL::DOUBLE AS "AvgTone",
    NULL::INTEGER AS "Actor1Geo_Type",
    NULL::VARCHAR AS "Actor1Geo_FullName",
    NULL::VARCHAR AS "Actor1Geo_CountryCode",
    NULL::VARCHAR AS "Actor1Geo_ADM1Code",
    NULL::VARCHAR AS "Actor1Geo_ADM2Code",
    NULL::DOUBLE AS "Actor1Geo_Lat",
    NULL::DOUBLE AS "Actor1Geo_Long",
    NULL::VARCHAR AS "Actor1Geo_FeatureID",
    NULL::INTEGER AS "Actor2Geo_Type",
    NULL::VARCHAR AS "Actor2Geo_FullName",
    NULL::VARCHAR AS "Actor2Geo_CountryCode",
    NULL::VARCHAR AS "Actor2Geo_ADM1Code",
    NULL::VARCHAR AS "Actor2Geo_ADM2Code",
    NULL::DOUBLE AS "Actor2Geo_Lat",
    NULL::DOUBLE AS "Actor2Geo_Long",
    NULL::VARCHAR AS "Actor2Geo_FeatureID",
    CASE place_precision WHEN 'country' THEN 1 WHEN 'admin1' THEN 5 WHEN 'admin2' THEN 5 WHEN '' THEN 0 ELSE 4 END
        AS "ActionGeo_Type",
    CASE
        WHEN e.place_name = '' THEN c.name
        ELSE concat_ws(', ',
            CASE WHEN e.place_precision <> 'admin1' OR e.admin1_name = '' THEN e.place_name END,
            CASE WHEN e.admin1_name NOT IN ('', e.place_name) OR e.place_precision = 'admin1' THEN nullif(e.admin1_name, '') END,
            CASE WHEN c.name <> e.place_name THEN c.name END)
    END AS "ActionGeo_FullName",
    nullif(country, '') AS "ActionGeo_CountryCode",
    NULL::VARCHAR AS "ActionGeo_ADM1Code",
    NULL::VARCHAR AS "ActionGeo_ADM2Code",
    e.lat AS "ActionGeo_Lat",
    e.lon AS "ActionGeo_Long",
    geonameid::VARCHAR AS "ActionGeo_FeatureID",
    strftime(first_seen_at AT TIME ZONE 'UTC', '%Y%m%d%H%M%S')::BIGINT AS "DATEADDED",
    sentence_url AS "SOURCEURL"
FROM events AS e
LEFT JOIN countries AS c ON c.iso3 = e.country;
COMMENT ON VIEW gdelt_events_all IS 'As gdelt_events, and the events that are only recalled: those with IsRootEvent 0';
COMMENT ON COLUMN gdelt_events_all."GLOBALEVENTID" IS 'events.event_id as a number';
COMMENT ON COLUMN gdelt_events_all."SQLDATE" IS 'events.event_day as YYYYMMDD';
COMMENT ON COLUMN gdelt_events_all."MonthYear" IS 'As YYYYMM';
COMMENT ON COLUMN gdelt_events_all."Year" IS 'Of the day';
COMMENT ON COLUMN gdelt_events_all."FractionDate" IS 'The day as a part of the year';
COMMENT ON COLUMN gdelt_events_all."Actor1Code" IS 'Country and sector of the actor';
COMMENT ON COLUMN gdelt_events_all."Actor1Name" IS 'events.actor in capitals';
COMMENT ON COLUMN gdelt_events_all."Actor1CountryCode" IS 'ISO 3166-1 alpha-3';
COMMENT ON COLUMN gdelt_events_all."Actor1KnownGroupCode" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor1EthnicCode" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor1Religion1Code" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor1Religion2Code" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor1Type1Code" IS 'PLOVER sector of the actor';
COMMENT ON COLUMN gdelt_events_all."Actor1Type2Code" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor1Type3Code" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor2Code" IS 'Country and sector of the recipient';
COMMENT ON COLUMN gdelt_events_all."Actor2Name" IS 'events.recipient in capitals';
COMMENT ON COLUMN gdelt_events_all."Actor2CountryCode" IS 'ISO 3166-1 alpha-3';
COMMENT ON COLUMN gdelt_events_all."Actor2KnownGroupCode" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor2EthnicCode" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor2Religion1Code" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor2Religion2Code" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor2Type1Code" IS 'PLOVER sector of the recipient';
COMMENT ON COLUMN gdelt_events_all."Actor2Type2Code" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor2Type3Code" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."IsRootEvent" IS '1 news, 0 only recalled';
COMMENT ON COLUMN gdelt_events_all."EventCode" IS 'CAMEO code';
COMMENT ON COLUMN gdelt_events_all."EventBaseCode" IS 'Its first three digits';
COMMENT ON COLUMN gdelt_events_all."EventRootCode" IS 'Its first two digits';
COMMENT ON COLUMN gdelt_events_all."QuadClass" IS '1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict';
COMMENT ON COLUMN gdelt_events_all."GoldsteinScale" IS 'Goldstein-like score, -10 (conflict) to 10 (cooperation)';
COMMENT ON COLUMN gdelt_events_all."NumMentions" IS 'How many mentions';
COMMENT ON COLUMN gdelt_events_all."NumSources" IS 'Outlets';
COMMENT ON COLUMN gdelt_events_all."NumArticles" IS 'How many articles';
COMMENT ON COLUMN gdelt_events_all."AvgTone" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor1Geo_Type" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor1Geo_FullName" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor1Geo_CountryCode" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor1Geo_ADM1Code" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor1Geo_ADM2Code" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor1Geo_Lat" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor1Geo_Long" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor1Geo_FeatureID" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor2Geo_Type" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor2Geo_FullName" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor2Geo_CountryCode" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor2Geo_ADM1Code" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor2Geo_ADM2Code" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor2Geo_Lat" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor2Geo_Long" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."Actor2Geo_FeatureID" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."ActionGeo_Type" IS '0 unknown, 1 country, 4 place, 5 region or district';
COMMENT ON COLUMN gdelt_events_all."ActionGeo_FullName" IS 'Place, province or state, and country';
COMMENT ON COLUMN gdelt_events_all."ActionGeo_CountryCode" IS 'ISO 3166-1 alpha-3 (GDELT has FIPS 10-4)';
COMMENT ON COLUMN gdelt_events_all."ActionGeo_ADM1Code" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."ActionGeo_ADM2Code" IS 'Not known here';
COMMENT ON COLUMN gdelt_events_all."ActionGeo_Lat" IS 'WGS 84 degrees';
COMMENT ON COLUMN gdelt_events_all."ActionGeo_Long" IS 'WGS 84 degrees';
COMMENT ON COLUMN gdelt_events_all."ActionGeo_FeatureID" IS 'GeoNames id';
COMMENT ON COLUMN gdelt_events_all."DATEADDED" IS 'events.first_seen_at as YYYYMMDDHHMMSS, UTC';
COMMENT ON COLUMN gdelt_events_all."SOURCEURL" IS 'events.sentence_url';

-- The columns have the comments of those above.
CREATE OR REPLACE VIEW gdelt_events AS
SELECT * FROM gdelt_events_all WHERE "IsRootEvent" = 1;
COMMENT ON VIEW gdelt_events IS 'Events under the column names of GDELT 2.0, without what articles only recall; machine-coded here, not GDELT''s data';
