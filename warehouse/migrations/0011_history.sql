-- Backfills from the network, and how complete the days of each feed are.

ALTER TABLE fetches ADD COLUMN archive_url VARCHAR DEFAULT '';
COMMENT ON COLUMN fetches.archive_url IS 'Where a page was had that came out of a web archive; url is its live address and requested_at the time of its capture';
COMMENT ON COLUMN fetches.kind IS 'feed, page, or listing (of a site or an archive, which says what pages there are)';

CREATE TABLE backfill_windows (
    run_id VARCHAR NOT NULL,
    batch VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    feed_id VARCHAR NOT NULL,
    first_day DATE,
    last_day DATE,
    state VARCHAR NOT NULL,
    expected BIGINT,
    found BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    evidence VARCHAR NOT NULL,
    finished_at TIMESTAMPTZ NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE backfill_windows IS 'The windows that backfills from the network have read to their end';
COMMENT ON COLUMN backfill_windows.run_id IS 'The backfill';
COMMENT ON COLUMN backfill_windows.batch IS 'The window''s batch';
COMMENT ON COLUMN backfill_windows.source IS 'The history source: wordpress, paged, sitemap, wayback, commoncrawl, ccnews, gdelt, mediacloud or urls';
COMMENT ON COLUMN backfill_windows.feed_id IS 'feeds.feed_id; empty for a window of many feeds';
COMMENT ON COLUMN backfill_windows.first_day IS 'The first of its days of publication (UTC); NULL where the source does not go by days';
COMMENT ON COLUMN backfill_windows.last_day IS 'The last of them';
COMMENT ON COLUMN backfill_windows.load_id IS 'The load that brought the row';
COMMENT ON COLUMN backfill_windows.state IS 'complete, partial, gap, excluded or unknown, as the source lets one say';
COMMENT ON COLUMN backfill_windows.expected IS 'How many articles the source says that there are';
COMMENT ON COLUMN backfill_windows.found IS 'How many articles of its days it named';
COMMENT ON COLUMN backfill_windows.requests IS 'How many answers that took';
COMMENT ON COLUMN backfill_windows.evidence IS 'Why the state is what it is';
COMMENT ON COLUMN backfill_windows.finished_at IS 'When reading it began last';

CREATE TABLE coverage_evidence (
    run_id VARCHAR NOT NULL,
    batch VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    feed_id VARCHAR NOT NULL,
    day DATE NOT NULL,
    state VARCHAR NOT NULL,
    expected BIGINT,
    found BIGINT NOT NULL,
    evidence VARCHAR NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE coverage_evidence IS 'What each window of a backfill, and each poll that lost something, says of a day of a feed';
COMMENT ON COLUMN coverage_evidence.run_id IS 'The backfill, or the run that polled';
COMMENT ON COLUMN coverage_evidence.batch IS 'The batch of it';
COMMENT ON COLUMN coverage_evidence.load_id IS 'The load that brought the row';
COMMENT ON COLUMN coverage_evidence.source IS 'The history source; poll for a feed whose answers share no entry';
COMMENT ON COLUMN coverage_evidence.feed_id IS 'feeds.feed_id';
COMMENT ON COLUMN coverage_evidence.day IS 'Day of publication, UTC';
COMMENT ON COLUMN coverage_evidence.state IS 'complete, partial, gap, excluded or unknown';
COMMENT ON COLUMN coverage_evidence.expected IS 'How many articles the source says that there are';
COMMENT ON COLUMN coverage_evidence.found IS 'How many of them it named';
COMMENT ON COLUMN coverage_evidence.evidence IS 'Why';
