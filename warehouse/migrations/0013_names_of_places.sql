-- Divisions by the names that English readers know, countries by the names and numbers that others give them.

ALTER TABLE countries ADD COLUMN iso_numeric INTEGER;
ALTER TABLE countries ADD COLUMN acled_region VARCHAR;
ALTER TABLE countries ADD COLUMN acled_name VARCHAR;
COMMENT ON COLUMN countries.iso_numeric IS 'ISO 3166-1 number; 0 for Kosovo, which has none, as ACLED writes; NULL for a country that you added';
COMMENT ON COLUMN countries.acled_region IS 'The region in which ACLED has it; NULL for a country that you added';
COMMENT ON COLUMN countries.acled_name IS 'What ACLED calls it where that is another name, else empty or NULL';

CREATE TABLE divisions (
    country VARCHAR NOT NULL,
    admin1 VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    geonames_name VARCHAR NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE divisions IS 'The first-level divisions of countries: provinces, states, governorates';
COMMENT ON COLUMN divisions.country IS 'ISO 3166-1 alpha-3';
COMMENT ON COLUMN divisions.admin1 IS 'GeoNames code of the division, as in events.admin1 and mentions.admin1';
COMMENT ON COLUMN divisions.name IS 'As English readers write it, without accents and words such as Province';
COMMENT ON COLUMN divisions.geonames_name IS 'As GeoNames writes it';
COMMENT ON COLUMN divisions.load_id IS 'The load that brought the row';

ALTER TABLE events ADD COLUMN admin1_name VARCHAR DEFAULT '';
ALTER TABLE events ALTER COLUMN admin1_name SET NOT NULL;
ALTER TABLE events ALTER COLUMN admin1_name DROP DEFAULT;
COMMENT ON COLUMN events.admin1_name IS 'Name of the province or state, from divisions; empty where admin1 is';
COMMENT ON COLUMN events.admin1 IS 'Province or state of the place: GeoNames code, see divisions';
COMMENT ON COLUMN mentions.admin1 IS 'Province or state of the place: GeoNames code, see divisions';

COMMENT ON TABLE finalized_days IS 'Counts a day, country and type of the days that were finalized, events that are only recalled too; events_daily_all counts live';
