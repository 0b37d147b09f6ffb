-- Reference tables: what the seed files of the same names hold, bundled rows and the user's own together.

CREATE TABLE countries (
    iso3 VARCHAR NOT NULL,
    iso2 VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    demonyms VARCHAR[] NOT NULL,
    capital VARCHAR NOT NULL,
    aliases VARCHAR[] NOT NULL,
    lat DOUBLE,
    lon DOUBLE,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE countries IS 'States and territories (seeds/countries.csv)';
COMMENT ON COLUMN countries.lat IS 'Of its middle, WGS 84 degrees, where it is not worked out from the towns';
COMMENT ON COLUMN countries.iso3 IS 'ISO 3166-1 alpha-3, as in every column named country';

CREATE TABLE event_types (
    type VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    cameo VARCHAR NOT NULL,
    goldstein DOUBLE,
    quad BIGINT,
    acled_type VARCHAR NOT NULL,
    acled_subtype VARCHAR NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE event_types IS 'PLOVER types and modes, and what they are called elsewhere (seeds/event_types.csv)';
COMMENT ON COLUMN event_types.mode IS 'Empty for the type''s default';

CREATE TABLE actors (
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    country VARCHAR NOT NULL,
    sector VARCHAR NOT NULL,
    aliases VARCHAR[] NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE actors IS 'Named actors that the coder knows (seeds/actors.csv)';
COMMENT ON COLUMN actors.aliases IS 'Other names';
