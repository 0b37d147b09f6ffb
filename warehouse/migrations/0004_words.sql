-- The field's words in the place of our own: a day is finalized, articles are similar and were reported at an instant.

ALTER TABLE event_days RENAME TO finalized_days;
COMMENT ON TABLE finalized_days IS 'Counts a day, country and type of the days that were finalized; events_daily counts live';

UPDATE loads SET kind = 'finalize' WHERE kind = 'settle';
COMMENT ON COLUMN loads.kind IS 'batches (a run was loaded), finalize (a day was merged again and counted) or reference (seed tables changed)';
COMMENT ON COLUMN loads.run_id IS 'The run that asked for the load; for finalize the day';

COMMENT ON TABLE load_counts IS 'Row accounting of each load, a row a kind of record: rows_in = rows_new + rows_known + rows_rejected';
COMMENT ON TABLE step_counts IS 'Row accounting of each step on each batch: taken = passed + unchanged + rejected';

ALTER TABLE fingerprints RENAME COLUMN told_at TO reported_at;
ALTER TABLE article_stories RENAME COLUMN told_at TO reported_at;
ALTER TABLE article_stories RENAME COLUMN likeness TO similarity;
COMMENT ON COLUMN article_stories.reported_at IS 'When it was published, else when its version was fetched';
COMMENT ON COLUMN article_stories.parent_id IS 'The earlier article that is most similar to it; empty when none is similar enough';
COMMENT ON COLUMN article_stories.similarity IS 'To the parent, 0 to 1; above 1 for near-copies';

COMMENT ON COLUMN articles.story_id IS 'Articles that cover the same news share it, see stories';
COMMENT ON COLUMN fetches.outcome IS 'ok, not_modified, gone, throttled, http_error, network_error or refused (by our own rules)';
COMMENT ON COLUMN mentions.confidence IS 'The coder''s confidence, 0 to 1';
COMMENT ON COLUMN events.confidence IS 'Confidence, 0 to 1: grows with that of the mentions and with each further outlet';
COMMENT ON COLUMN countries.lat IS 'Of its centre, WGS 84 degrees; empty where that is worked out from the towns';
