-- What the build file measured when it was rewritten last, so that a load can tell whether that pays again.

CREATE TABLE schema_compaction (bytes BIGINT NOT NULL, row_count BIGINT NOT NULL);
COMMENT ON TABLE schema_compaction IS 'The size of this file when it was rewritten last; no row: not yet';
COMMENT ON COLUMN schema_compaction.bytes IS 'Its size in bytes';
COMMENT ON COLUMN schema_compaction.row_count IS 'The rows in all its tables';
