-- The clock of a publication: its day there is not always the day in UTC.

ALTER TABLE entries ADD COLUMN published_utc_offset_s BIGINT;
COMMENT ON COLUMN entries.published_utc_offset_s IS 'Offset from UTC, in seconds, of the clock of the source of published_at; empty when not known: then published_at is the time as written, and only its day counts';

ALTER TABLE articles ADD COLUMN published_utc_offset_s BIGINT;
COMMENT ON COLUMN articles.published_utc_offset_s IS 'Offset from UTC, in seconds, of the clock of the source of published_at; empty when not known';
