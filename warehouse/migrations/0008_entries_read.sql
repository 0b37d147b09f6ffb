-- Feeds with more entries than one poll reads.

ALTER TABLE feeds ADD COLUMN entries_read BIGINT DEFAULT 0;
COMMENT ON COLUMN feeds.entries_read IS 'Behind how many of its entries the next poll reads on; 0 when all that the feed held were read';
