-- Tables have no indexes on purpose: the loader keeps keys unique by keyed anti-joins, `checks.py` proves it,
-- and neither a load nor a publication pays for building an index over the archive.

CREATE TABLE loads (
    load_id BIGINT NOT NULL,
    kind VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    loaded_at TIMESTAMPTZ NOT NULL,
    batches INTEGER NOT NULL,
    rows_in BIGINT NOT NULL,
    rows_new BIGINT NOT NULL,
    rows_known BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    events_new INTEGER NOT NULL,
    events_changed INTEGER NOT NULL,
    events_removed INTEGER NOT NULL
);
COMMENT ON TABLE loads IS 'One row a load: a transaction that changed the warehouse';
COMMENT ON COLUMN loads.load_id IS 'Number of the load; every row elsewhere names the load that brought it';
COMMENT ON COLUMN loads.kind IS 'batches (a run was loaded), settle (a day was merged anew) or reference (seed tables changed)';
COMMENT ON COLUMN loads.run_id IS 'The run that asked for the load; for settle the day';
COMMENT ON COLUMN loads.rows_in IS 'Rows in the staging files = rows_new + rows_known + rows_rejected';
COMMENT ON COLUMN loads.rows_new IS 'Rows inserted, or newer than what was there';
COMMENT ON COLUMN loads.rows_known IS 'Rows that were already there';
COMMENT ON COLUMN loads.rows_rejected IS 'Rows that do not fit; each has a row in rejections';

CREATE TABLE load_counts (
    load_id BIGINT NOT NULL,
    table_name VARCHAR NOT NULL,
    rows_in BIGINT NOT NULL,
    rows_new BIGINT NOT NULL,
    rows_known BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL
);
COMMENT ON TABLE load_counts IS 'The books of each load, a row a kind of record: rows_in = rows_new + rows_known + rows_rejected';

CREATE TABLE loaded_batches (
    run_id VARCHAR NOT NULL,
    batch VARCHAR NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE loaded_batches IS 'The batches that are in the warehouse; a batch is loaded once';

CREATE TABLE feeds (
    feed_id VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    outlet VARCHAR NOT NULL,
    country VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    tags VARCHAR[] NOT NULL,
    poll_url VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    etag VARCHAR NOT NULL,
    last_modified VARCHAR NOT NULL,
    interval_s BIGINT NOT NULL,
    next_poll_at TIMESTAMPTZ,
    last_attempt_at TIMESTAMPTZ,
    last_success_at TIMESTAMPTZ,
    failures BIGINT NOT NULL,
    last_error VARCHAR NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE feeds IS 'Every feed ever polled, with what polling knows of it';
COMMENT ON COLUMN feeds.url IS 'As subscribed';
COMMENT ON COLUMN feeds.country IS 'The outlet''s country, ISO 3166-1 alpha-3';
COMMENT ON COLUMN feeds.language IS 'ISO 639-1';
COMMENT ON COLUMN feeds.poll_url IS 'Where the feed is asked now; differs from url after permanent redirects';
COMMENT ON COLUMN feeds.status IS 'active, gone (the publisher said 410) or removed (no longer subscribed)';
COMMENT ON COLUMN feeds.interval_s IS 'How often the feed is asked, seconds';
COMMENT ON COLUMN feeds.last_success_at IS 'Last time the feed answered with a feed or with 304';
COMMENT ON COLUMN feeds.failures IS 'Failures in a row';

CREATE TABLE fetches (
    fetch_id VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    feed_id VARCHAR NOT NULL,
    entry_id VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    final_url VARCHAR NOT NULL,
    requested_at TIMESTAMPTZ NOT NULL,
    outcome VARCHAR NOT NULL,
    status BIGINT NOT NULL,
    error VARCHAR NOT NULL,
    duration_s DOUBLE NOT NULL,
    body_bytes BIGINT NOT NULL,
    content_type VARCHAR NOT NULL,
    redirects VARCHAR[] NOT NULL,
    warc_file VARCHAR NOT NULL,
    warc_offset BIGINT NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE fetches IS 'One row an attempt to fetch a feed or a page, whatever became of it';
COMMENT ON COLUMN fetches.kind IS 'feed or page';
COMMENT ON COLUMN fetches.outcome IS 'ok, not_modified, gone, throttled, http_error, network_error or refused (our own no)';
COMMENT ON COLUMN fetches.status IS 'HTTP status of the last response, 0 without one';
COMMENT ON COLUMN fetches.body_bytes IS 'Size after decompression';
COMMENT ON COLUMN fetches.warc_file IS 'The file below archive/ that holds the response, and warc_offset where in it';

CREATE TABLE entries (
    entry_id VARCHAR NOT NULL,
    entry_version_id VARCHAR NOT NULL,
    article_id VARCHAR NOT NULL,
    feed_id VARCHAR NOT NULL,
    fetch_id VARCHAR NOT NULL,
    guid VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    canonical_url VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    authors VARCHAR[] NOT NULL,
    published_at TIMESTAMPTZ,
    published_source VARCHAR NOT NULL,
    published_trusted BOOLEAN NOT NULL,
    updated_at TIMESTAMPTZ,
    summary VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    tags VARCHAR[] NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE entries IS 'Versions of the entries of feeds; an edited entry is a new row with the same entry_id';
COMMENT ON COLUMN entries.article_id IS 'The article the entry links to; the same article under tracking parameters, AMP or http variants is one';
COMMENT ON COLUMN entries.published_source IS 'The element of the feed that gave published_at';
COMMENT ON COLUMN entries.published_trusted IS 'False when the date is absurd: before 1990 or more than a day ahead';
COMMENT ON COLUMN entries.seen_at IS 'When this version was first seen';
COMMENT ON COLUMN entries.last_seen_at IS 'When this version last appeared as new or changed; the greatest of an entry_id is its latest version';

CREATE TABLE page_states (
    entry_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt_at TIMESTAMPTZ,
    last_error VARCHAR NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE page_states IS 'Whether the page of an entry is still to be fetched';
COMMENT ON COLUMN page_states.status IS 'pending, done or failed (given up)';

CREATE TABLE articles (
    article_id VARCHAR NOT NULL,
    article_version_id VARCHAR NOT NULL,
    is_current BOOLEAN NOT NULL,
    entry_id VARCHAR NOT NULL,
    feed_id VARCHAR NOT NULL,
    fetch_id VARCHAR NOT NULL,
    story_id VARCHAR,
    url VARCHAR NOT NULL,
    outlet VARCHAR NOT NULL,
    outlet_country VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    title_source VARCHAR NOT NULL,
    authors VARCHAR[] NOT NULL,
    authors_source VARCHAR NOT NULL,
    published_at TIMESTAMPTZ,
    published_source VARCHAR NOT NULL,
    published_precision VARCHAR NOT NULL,
    modified_at TIMESTAMPTZ,
    section VARCHAR NOT NULL,
    section_source VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    language_source VARCHAR NOT NULL,
    page_kind VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    text_source VARCHAR NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    last_fetched_at TIMESTAMPTZ NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE articles IS 'Versions of articles; an edited article is a new row with the same article_id. See current_articles';
COMMENT ON COLUMN articles.is_current IS 'True for the one version of an article that counts: an article''s own page before feed text or a stub, then the latest';
COMMENT ON COLUMN articles.story_id IS 'Articles about the same happening share it; empty until stories are grouped';
COMMENT ON COLUMN articles.outlet_country IS 'ISO 3166-1 alpha-3';
COMMENT ON COLUMN articles.title_source IS 'Where the title was found; the other columns ending in _source likewise';
COMMENT ON COLUMN articles.published_precision IS 'second, minute, day or empty';
COMMENT ON COLUMN articles.page_kind IS 'article, stub, consent_wall, bot_check, listing, video, live_blog or error; events are coded from articles and live blogs only';
COMMENT ON COLUMN articles.text_source IS 'page, or feed where the page could not be had';
COMMENT ON COLUMN articles.fetched_at IS 'When this version was first fetched';
COMMENT ON COLUMN articles.last_fetched_at IS 'When this version was fetched last';

CREATE TABLE codings (
    article_version_id VARCHAR NOT NULL,
    coder VARCHAR NOT NULL,
    coded_at TIMESTAMPTZ NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE codings IS 'Which coder has read which article version, also where it found no event; the newest coding''s mentions count';

CREATE TABLE mentions (
    mention_id VARCHAR NOT NULL,
    article_id VARCHAR NOT NULL,
    article_version_id VARCHAR NOT NULL,
    event_id VARCHAR,
    is_current BOOLEAN NOT NULL,
    event_type VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    realis VARCHAR NOT NULL,
    actor VARCHAR NOT NULL,
    actor_country VARCHAR NOT NULL,
    actor_sector VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    recipient_country VARCHAR NOT NULL,
    recipient_sector VARCHAR NOT NULL,
    date_start VARCHAR NOT NULL,
    date_end VARCHAR NOT NULL,
    date_text VARCHAR NOT NULL,
    event_day DATE,
    date_source VARCHAR NOT NULL,
    merge_country VARCHAR NOT NULL,
    place_text VARCHAR NOT NULL,
    place_name VARCHAR NOT NULL,
    country VARCHAR NOT NULL,
    admin1 VARCHAR NOT NULL,
    lat DOUBLE,
    lon DOUBLE,
    geonameid BIGINT,
    place_precision VARCHAR NOT NULL,
    killed_min BIGINT,
    killed_max BIGINT,
    injured_min BIGINT,
    injured_max BIGINT,
    cameo VARCHAR NOT NULL,
    goldstein DOUBLE,
    quad BIGINT,
    acled_type VARCHAR NOT NULL,
    acled_subtype VARCHAR NOT NULL,
    sentence VARCHAR NOT NULL,
    sentence_start BIGINT NOT NULL,
    sentence_end BIGINT NOT NULL,
    confidence DOUBLE NOT NULL,
    background BOOLEAN NOT NULL,
    coder VARCHAR NOT NULL,
    actors STRUCT("text" VARCHAR, "name" VARCHAR, kind VARCHAR, country VARCHAR, sector VARCHAR, mentions VARCHAR[])[] NOT NULL,
    recipients STRUCT("text" VARCHAR, "name" VARCHAR, kind VARCHAR, country VARCHAR, sector VARCHAR, mentions VARCHAR[])[] NOT NULL,
    weapons STRUCT("text" VARCHAR)[] NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE mentions IS 'One event as one article version reports it';
COMMENT ON COLUMN mentions.event_id IS 'The event that the mention was merged into; empty when it is not current, not actual, or has no day';
COMMENT ON COLUMN mentions.is_current IS 'True when it comes from the current version of its article, as read by the newest coder';
COMMENT ON COLUMN mentions.event_type IS 'PLOVER event type, see event_types';
COMMENT ON COLUMN mentions.realis IS 'actual, planned, hypothetical or negated; only actual mentions become events';
COMMENT ON COLUMN mentions.actor IS 'The first actor''s name, else the words of the text; all are in actors';
COMMENT ON COLUMN mentions.actor_country IS 'ISO 3166-1 alpha-3';
COMMENT ON COLUMN mentions.actor_sector IS 'PLOVER sector: MIL military, REB rebels, CVL civilians, ...';
COMMENT ON COLUMN mentions.recipient IS 'The first recipient''s name, else the words of the text; all are in recipients';
COMMENT ON COLUMN mentions.date_start IS 'ISO date, cut to the precision known: 2014-08';
COMMENT ON COLUMN mentions.event_day IS 'The first day of date_start, else the day the article was published';
COMMENT ON COLUMN mentions.date_source IS 'text (the article says when), published (day of publication taken instead) or empty';
COMMENT ON COLUMN mentions.merge_country IS 'Country by which mentions are compared: of the place, else of a recipient, else of an actor';
COMMENT ON COLUMN mentions.country IS 'Country of the place, ISO 3166-1 alpha-3';
COMMENT ON COLUMN mentions.lat IS 'WGS 84 degrees';
COMMENT ON COLUMN mentions.lon IS 'WGS 84 degrees';
COMMENT ON COLUMN mentions.geonameid IS 'GeoNames id of the place, see places';
COMMENT ON COLUMN mentions.place_precision IS 'point, city, admin2, admin1 or country';
COMMENT ON COLUMN mentions.killed_min IS 'Least number killed that the article gives; empty: it gives none';
COMMENT ON COLUMN mentions.goldstein IS 'Goldstein-like score, -10 (conflict) to 10 (cooperation)';
COMMENT ON COLUMN mentions.quad IS '1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict';
COMMENT ON COLUMN mentions.sentence IS 'The sentence that the event was read from';
COMMENT ON COLUMN mentions.sentence_start IS 'Character offset into articles.text';
COMMENT ON COLUMN mentions.confidence IS 'How sure the coder is, 0 to 1';
COMMENT ON COLUMN mentions.background IS 'True when the article only recalls the event';

CREATE TABLE article_places (
    article_version_id VARCHAR NOT NULL,
    "text" VARCHAR NOT NULL,
    text_start BIGINT NOT NULL,
    text_end BIGINT NOT NULL,
    name VARCHAR NOT NULL,
    country VARCHAR NOT NULL,
    lat DOUBLE,
    lon DOUBLE,
    geonameid BIGINT,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE article_places IS 'Every place name found in an article, with the place it was taken to mean';
COMMENT ON COLUMN article_places.text_start IS 'Character offset into articles.text';

CREATE TABLE places (
    geonameid BIGINT NOT NULL,
    name VARCHAR NOT NULL,
    country VARCHAR NOT NULL,
    lat DOUBLE NOT NULL,
    lon DOUBLE NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE places IS 'The GeoNames places that articles name';
COMMENT ON COLUMN places.country IS 'ISO 3166-1 alpha-3';

CREATE TABLE events (
    event_id VARCHAR NOT NULL,
    event_type VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    event_day DATE NOT NULL,
    date_start VARCHAR NOT NULL,
    date_end VARCHAR NOT NULL,
    date_source VARCHAR NOT NULL,
    country VARCHAR NOT NULL,
    admin1 VARCHAR NOT NULL,
    place_name VARCHAR NOT NULL,
    lat DOUBLE,
    lon DOUBLE,
    geonameid BIGINT,
    place_precision VARCHAR NOT NULL,
    actor VARCHAR NOT NULL,
    actor_country VARCHAR NOT NULL,
    actor_sector VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    recipient_country VARCHAR NOT NULL,
    recipient_sector VARCHAR NOT NULL,
    actor_names VARCHAR[] NOT NULL,
    recipient_names VARCHAR[] NOT NULL,
    weapons VARCHAR[] NOT NULL,
    killed_min BIGINT,
    killed_max BIGINT,
    killed_best BIGINT,
    injured_min BIGINT,
    injured_max BIGINT,
    injured_best BIGINT,
    cameo VARCHAR NOT NULL,
    goldstein DOUBLE,
    quad BIGINT,
    acled_type VARCHAR NOT NULL,
    acled_subtype VARCHAR NOT NULL,
    sentence VARCHAR NOT NULL,
    sentence_url VARCHAR NOT NULL,
    mentions BIGINT NOT NULL,
    articles BIGINT NOT NULL,
    outlets BIGINT NOT NULL,
    outlet_names VARCHAR[] NOT NULL,
    urls VARCHAR[] NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    agreed VARCHAR[] NOT NULL,
    disputed VARCHAR[] NOT NULL,
    confidence DOUBLE NOT NULL,
    background BOOLEAN NOT NULL,
    coders VARCHAR[] NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE events IS 'One row a real-world event: the current, actual mentions of it, merged over articles and outlets';
COMMENT ON COLUMN events.event_id IS 'Stays the same while the article that reported it first keeps reporting it; see event_aliases';
COMMENT ON COLUMN events.event_type IS 'PLOVER event type, see event_types';
COMMENT ON COLUMN events.event_day IS 'The day it happened; for a date known to the month or year its first day';
COMMENT ON COLUMN events.date_start IS 'ISO date, cut to the precision known: 2014-08';
COMMENT ON COLUMN events.date_source IS 'text (an article says when) or published (no article does: day of publication)';
COMMENT ON COLUMN events.country IS 'Country of the place, ISO 3166-1 alpha-3';
COMMENT ON COLUMN events.lat IS 'WGS 84 degrees';
COMMENT ON COLUMN events.lon IS 'WGS 84 degrees';
COMMENT ON COLUMN events.geonameid IS 'GeoNames id of the place, see places';
COMMENT ON COLUMN events.place_precision IS 'point, city, admin2, admin1 or country';
COMMENT ON COLUMN events.actor_country IS 'ISO 3166-1 alpha-3';
COMMENT ON COLUMN events.actor_sector IS 'PLOVER sector: MIL military, REB rebels, CVL civilians, ...';
COMMENT ON COLUMN events.actor_names IS 'All actors that the mentions name';
COMMENT ON COLUMN events.killed_min IS 'Least number killed that any mention gives';
COMMENT ON COLUMN events.killed_max IS 'Greatest number killed that any mention gives';
COMMENT ON COLUMN events.killed_best IS 'The number killed that most outlets give in their latest report; among equals the one reported last';
COMMENT ON COLUMN events.injured_best IS 'As killed_best';
COMMENT ON COLUMN events.goldstein IS 'Goldstein-like score, -10 (conflict) to 10 (cooperation)';
COMMENT ON COLUMN events.quad IS '1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict';
COMMENT ON COLUMN events.sentence IS 'The sentence of the mention that says most';
COMMENT ON COLUMN events.mentions IS 'How many mentions';
COMMENT ON COLUMN events.articles IS 'How many articles';
COMMENT ON COLUMN events.outlets IS 'How many outlets';
COMMENT ON COLUMN events.first_seen_at IS 'When the first of its articles was first fetched';
COMMENT ON COLUMN events.last_seen_at IS 'When the last of its current article versions was first fetched';
COMMENT ON COLUMN events.agreed IS 'Fields that at least two articles give, all alike: date, place, mode, actor, recipient, killed, injured';
COMMENT ON COLUMN events.disputed IS 'Fields that articles give differently';
COMMENT ON COLUMN events.confidence IS 'How sure, 0 to 1: grows with the mentions'' confidence and with each further outlet';
COMMENT ON COLUMN events.background IS 'True when no article reports it as news: all of them recall it';

CREATE TABLE event_aliases (
    old_event_id VARCHAR NOT NULL,
    event_id VARCHAR,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE event_aliases IS 'Where events went whose id is no longer used, because they were merged or their articles changed';
COMMENT ON COLUMN event_aliases.event_id IS 'The event that took most of its mentions; empty when no article reports it any more';

CREATE TABLE event_days (
    event_day DATE NOT NULL,
    country VARCHAR NOT NULL,
    event_type VARCHAR NOT NULL,
    events BIGINT NOT NULL,
    mentions BIGINT NOT NULL,
    articles BIGINT NOT NULL,
    killed_best BIGINT,
    injured_best BIGINT,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE event_days IS 'Counts a day, country and type for the days that were settled; events_daily counts live';

CREATE TABLE rejections (
    run_id VARCHAR NOT NULL,
    batch VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    item_id VARCHAR NOT NULL,
    feed_id VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    rejected_at TIMESTAMPTZ NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE rejections IS 'What could not be used, and why: nothing is dropped without a row here';
COMMENT ON COLUMN rejections.stage IS 'feed, entry, page, article, code or load';
COMMENT ON COLUMN rejections.item_id IS 'Id or URL of what was rejected';
COMMENT ON COLUMN rejections.reason IS 'From a closed list, such as page_unreachable, not_an_article, language_unsupported';

CREATE TABLE step_counts (
    run_id VARCHAR NOT NULL,
    batch VARCHAR NOT NULL,
    step VARCHAR NOT NULL,
    taken BIGINT NOT NULL,
    passed BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE step_counts IS 'The books of each step on each batch: taken = passed + unchanged + rejected';

CREATE TABLE seed_files (
    name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE seed_files IS 'The content of the seed tables that the reference tables hold';
