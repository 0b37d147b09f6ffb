-- Every column says what it is. Where an event counts reports in an order, that is the order of publication.

COMMENT ON TABLE schema_migrations IS 'The migrations that made this file what it is';
COMMENT ON TABLE schema_views IS 'Which views this file has';

COMMENT ON COLUMN loads.loaded_at IS 'When the load was made';
COMMENT ON COLUMN loads.batches IS 'How many batches it loaded';
COMMENT ON COLUMN loads.events_new IS 'Events that it made';
COMMENT ON COLUMN loads.events_changed IS 'Events that it replaced';
COMMENT ON COLUMN loads.events_removed IS 'Events that it took away';

COMMENT ON COLUMN load_counts.load_id IS 'The load';
COMMENT ON COLUMN load_counts.table_name IS 'The kind of record';
COMMENT ON COLUMN load_counts.rows_in IS 'Rows in the staging files';
COMMENT ON COLUMN load_counts.rows_new IS 'Rows inserted, or newer than what was there';
COMMENT ON COLUMN load_counts.rows_known IS 'Rows that were already there';
COMMENT ON COLUMN load_counts.rows_rejected IS 'Rows that do not fit';

COMMENT ON COLUMN loaded_batches.run_id IS 'The run that made the batch';
COMMENT ON COLUMN loaded_batches.batch IS 'Its folder below that of the run';
COMMENT ON COLUMN loaded_batches.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN feeds.feed_id IS 'Made from the address as subscribed';
COMMENT ON COLUMN feeds.title IS 'Name of the feed';
COMMENT ON COLUMN feeds.outlet IS 'Publisher; events are counted by outlet';
COMMENT ON COLUMN feeds.tags IS 'Labels of the subscription';
COMMENT ON COLUMN feeds.etag IS 'Validator of the last answer, as received';
COMMENT ON COLUMN feeds.last_modified IS 'Validator of the last answer, as received';
COMMENT ON COLUMN feeds.next_poll_at IS 'When the feed is due';
COMMENT ON COLUMN feeds.last_attempt_at IS 'When it was last asked';
COMMENT ON COLUMN feeds.last_error IS 'What went wrong last; empty after a success';
COMMENT ON COLUMN feeds.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN fetches.fetch_id IS 'Made from run, kind, address and instant';
COMMENT ON COLUMN fetches.run_id IS 'The run that fetched';
COMMENT ON COLUMN fetches.feed_id IS 'The feed, or that of the entry whose page it is';
COMMENT ON COLUMN fetches.entry_id IS 'The entry whose page it is; empty for feeds';
COMMENT ON COLUMN fetches.url IS 'The address asked';
COMMENT ON COLUMN fetches.final_url IS 'The address that answered, after redirects';
COMMENT ON COLUMN fetches.requested_at IS 'When it was asked';
COMMENT ON COLUMN fetches.error IS 'What went wrong; empty without an error';
COMMENT ON COLUMN fetches.duration_s IS 'How long it took, seconds';
COMMENT ON COLUMN fetches.content_type IS 'As the server gives it';
COMMENT ON COLUMN fetches.redirects IS 'Status and address of each hop';
COMMENT ON COLUMN fetches.warc_offset IS 'Where the response starts in warc_file, bytes';
COMMENT ON COLUMN fetches.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN entries.entry_id IS 'Made from the feed and the entry''s own id, address, or title and day';
COMMENT ON COLUMN entries.entry_version_id IS 'Made from the entry and all that a reader would see';
COMMENT ON COLUMN entries.feed_id IS 'The feed that carries it';
COMMENT ON COLUMN entries.fetch_id IS 'The fetch that brought this version';
COMMENT ON COLUMN entries.guid IS 'Id that the feed gives';
COMMENT ON COLUMN entries.url IS 'Address that the feed gives, made absolute';
COMMENT ON COLUMN entries.canonical_url IS 'The address without tracking parameters and the like';
COMMENT ON COLUMN entries.title IS 'As plain text';
COMMENT ON COLUMN entries.authors IS 'As the feed names them';
COMMENT ON COLUMN entries.published_at IS 'When the feed says it was published, UTC';
COMMENT ON COLUMN entries.updated_at IS 'When the feed says it was changed, UTC';
COMMENT ON COLUMN entries.summary IS 'As plain text';
COMMENT ON COLUMN entries.content IS 'HTML or text of the entry; empty where the feed gives a summary only';
COMMENT ON COLUMN entries.language IS 'ISO 639-1';
COMMENT ON COLUMN entries.tags IS 'Labels that the feed gives';
COMMENT ON COLUMN entries.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN page_states.entry_id IS 'The entry';
COMMENT ON COLUMN page_states.attempts IS 'How often its page was asked for';
COMMENT ON COLUMN page_states.next_attempt_at IS 'When it is tried again';
COMMENT ON COLUMN page_states.last_error IS 'What went wrong last';
COMMENT ON COLUMN page_states.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN articles.article_id IS 'Made from the canonical address; all versions share it';
COMMENT ON COLUMN articles.article_version_id IS 'Made from title, text, date and kind';
COMMENT ON COLUMN articles.entry_id IS 'The entry that led to it';
COMMENT ON COLUMN articles.feed_id IS 'The feed of that entry';
COMMENT ON COLUMN articles.fetch_id IS 'The fetch of its page; empty where the text is the feed''s';
COMMENT ON COLUMN articles.url IS 'Where it is, after redirects';
COMMENT ON COLUMN articles.outlet IS 'Publisher';
COMMENT ON COLUMN articles.title IS 'Without the name of the site';
COMMENT ON COLUMN articles.authors IS 'Names, without roles';
COMMENT ON COLUMN articles.authors_source IS 'Where the authors were found';
COMMENT ON COLUMN articles.published_at IS 'When it was published, UTC; empty when not known';
COMMENT ON COLUMN articles.published_source IS 'Where the date was found';
COMMENT ON COLUMN articles.modified_at IS 'When its page says it was changed, UTC';
COMMENT ON COLUMN articles.section IS 'Part of the site';
COMMENT ON COLUMN articles.section_source IS 'Where the section was found';
COMMENT ON COLUMN articles.language IS 'ISO 639-1';
COMMENT ON COLUMN articles.language_source IS 'Where the language was found';
COMMENT ON COLUMN articles."text" IS 'Body, a paragraph a line';
COMMENT ON COLUMN articles.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN codings.article_version_id IS 'The version that was read';
COMMENT ON COLUMN codings.coder IS 'Name and version of the coder';
COMMENT ON COLUMN codings.coded_at IS 'When the version that it read was fetched';
COMMENT ON COLUMN codings.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN mentions.mention_id IS 'Made from the article version and what was coded';
COMMENT ON COLUMN mentions.article_id IS 'The article';
COMMENT ON COLUMN mentions.article_version_id IS 'The version that was read';
COMMENT ON COLUMN mentions.mode IS 'PLOVER mode; empty where the type has none';
COMMENT ON COLUMN mentions.recipient_country IS 'ISO 3166-1 alpha-3';
COMMENT ON COLUMN mentions.recipient_sector IS 'PLOVER sector, as actor_sector';
COMMENT ON COLUMN mentions.date_end IS 'ISO date, cut to the precision known';
COMMENT ON COLUMN mentions.date_text IS 'The words that say when';
COMMENT ON COLUMN mentions.place_text IS 'The words that say where';
COMMENT ON COLUMN mentions.place_name IS 'Name of the place in GeoNames';
COMMENT ON COLUMN mentions.admin1 IS 'Province or state of the place';
COMMENT ON COLUMN mentions.killed_max IS 'Greatest number killed that the article gives';
COMMENT ON COLUMN mentions.injured_min IS 'Least number hurt that the article gives; empty: it gives none';
COMMENT ON COLUMN mentions.injured_max IS 'Greatest number hurt that the article gives';
COMMENT ON COLUMN mentions.cameo IS 'CAMEO code';
COMMENT ON COLUMN mentions.acled_type IS 'ACLED event type; empty where ACLED has none';
COMMENT ON COLUMN mentions.acled_subtype IS 'ACLED sub-event type';
COMMENT ON COLUMN mentions.sentence_end IS 'Character offset into articles.text';
COMMENT ON COLUMN mentions.coder IS 'Name and version of the coder';
COMMENT ON COLUMN mentions.actors IS 'Who did it: words, name in actors, kind, country, sector, and other words for them';
COMMENT ON COLUMN mentions.recipients IS 'To whom, as actors';
COMMENT ON COLUMN mentions.weapons IS 'With what, as words of the text';
COMMENT ON COLUMN mentions.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN article_places.article_version_id IS 'The article version';
COMMENT ON COLUMN article_places."text" IS 'The name as written';
COMMENT ON COLUMN article_places.text_end IS 'Character offset into articles.text';
COMMENT ON COLUMN article_places.name IS 'Name of the place in GeoNames';
COMMENT ON COLUMN article_places.country IS 'ISO 3166-1 alpha-3';
COMMENT ON COLUMN article_places.lat IS 'WGS 84 degrees';
COMMENT ON COLUMN article_places.lon IS 'WGS 84 degrees';
COMMENT ON COLUMN article_places.geonameid IS 'GeoNames id, see places';
COMMENT ON COLUMN article_places.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN places.geonameid IS 'GeoNames id';
COMMENT ON COLUMN places.name IS 'Name in GeoNames';
COMMENT ON COLUMN places.lat IS 'WGS 84 degrees';
COMMENT ON COLUMN places.lon IS 'WGS 84 degrees';
COMMENT ON COLUMN places.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN events.event_id IS 'Stays the same while the article that was published first keeps reporting it; see event_aliases';
COMMENT ON COLUMN events.mode IS 'PLOVER mode; empty where the type has none';
COMMENT ON COLUMN events.event_day IS 'The day it happened, by the clock there; for a date known to the month or year its first day';
COMMENT ON COLUMN events.date_source IS 'text (an article says when) or published (no article does: day of publication, by the clock of the source)';
COMMENT ON COLUMN events.date_end IS 'ISO date, cut to the precision known';
COMMENT ON COLUMN events.admin1 IS 'Province or state of the place';
COMMENT ON COLUMN events.place_name IS 'Name of the place in GeoNames';
COMMENT ON COLUMN events.actor IS 'The actor that most articles give; of equals the one published last';
COMMENT ON COLUMN events.recipient IS 'The recipient that most articles give; of equals the one published last';
COMMENT ON COLUMN events.recipient_country IS 'ISO 3166-1 alpha-3';
COMMENT ON COLUMN events.recipient_sector IS 'PLOVER sector, as actor_sector';
COMMENT ON COLUMN events.recipient_names IS 'All recipients that the mentions name';
COMMENT ON COLUMN events.weapons IS 'Words for weapons of all mentions';
COMMENT ON COLUMN events.killed_best IS 'The number killed that most outlets give in their latest report; of equals the one published last';
COMMENT ON COLUMN events.injured_min IS 'Least number hurt that any mention gives';
COMMENT ON COLUMN events.injured_max IS 'Greatest number hurt that any mention gives';
COMMENT ON COLUMN events.cameo IS 'CAMEO code';
COMMENT ON COLUMN events.acled_type IS 'ACLED event type; empty where ACLED has none';
COMMENT ON COLUMN events.acled_subtype IS 'ACLED sub-event type';
COMMENT ON COLUMN events.sentence IS 'The sentence of the mention that says most; of equals the one published last';
COMMENT ON COLUMN events.sentence_url IS 'The article of the sentence';
COMMENT ON COLUMN events.outlet_names IS 'The outlets';
COMMENT ON COLUMN events.urls IS 'The articles';
COMMENT ON COLUMN events.coders IS 'Names and versions of the coders that read them';
COMMENT ON COLUMN events.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN event_aliases.old_event_id IS 'The id that is no longer used';
COMMENT ON COLUMN event_aliases.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN finalized_days.event_day IS 'The day';
COMMENT ON COLUMN finalized_days.country IS 'Of the place, ISO 3166-1 alpha-3; empty when not known';
COMMENT ON COLUMN finalized_days.event_type IS 'PLOVER event type';
COMMENT ON COLUMN finalized_days.events IS 'How many events';
COMMENT ON COLUMN finalized_days.mentions IS 'How many mentions they have';
COMMENT ON COLUMN finalized_days.articles IS 'How many articles report each, summed';
COMMENT ON COLUMN finalized_days.killed_best IS 'Sum of the best numbers';
COMMENT ON COLUMN finalized_days.injured_best IS 'Sum of the best numbers';
COMMENT ON COLUMN finalized_days.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN rejections.run_id IS 'The run';
COMMENT ON COLUMN rejections.batch IS 'Its batch';
COMMENT ON COLUMN rejections.feed_id IS 'The feed; empty when not known';
COMMENT ON COLUMN rejections.url IS 'Address of what was rejected';
COMMENT ON COLUMN rejections.detail IS 'What was wrong in this case';
COMMENT ON COLUMN rejections.rejected_at IS 'When';
COMMENT ON COLUMN rejections.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN step_counts.run_id IS 'The run';
COMMENT ON COLUMN step_counts.batch IS 'Its batch';
COMMENT ON COLUMN step_counts.step IS 'The step';
COMMENT ON COLUMN step_counts.taken IS 'Items that the step took';
COMMENT ON COLUMN step_counts.passed IS 'Items that it handed on';
COMMENT ON COLUMN step_counts.unchanged IS 'Items that were known already';
COMMENT ON COLUMN step_counts.rejected IS 'Items with a row in rejections';
COMMENT ON COLUMN step_counts.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN seed_files.name IS 'The table';
COMMENT ON COLUMN seed_files.sha256 IS 'Of its rows, bundled and own';
COMMENT ON COLUMN seed_files.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN countries.iso2 IS 'ISO 3166-1 alpha-2';
COMMENT ON COLUMN countries.name IS 'In English';
COMMENT ON COLUMN countries.demonyms IS 'Words for its people';
COMMENT ON COLUMN countries.capital IS 'Name of its capital';
COMMENT ON COLUMN countries.aliases IS 'Other names';
COMMENT ON COLUMN countries.lon IS 'As lat';
COMMENT ON COLUMN countries.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN event_types.type IS 'PLOVER event type';
COMMENT ON COLUMN event_types.cameo IS 'CAMEO code';
COMMENT ON COLUMN event_types.goldstein IS 'Goldstein-like score, -10 (conflict) to 10 (cooperation)';
COMMENT ON COLUMN event_types.quad IS '1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict';
COMMENT ON COLUMN event_types.acled_type IS 'ACLED event type; empty where ACLED has none';
COMMENT ON COLUMN event_types.acled_subtype IS 'ACLED sub-event type';
COMMENT ON COLUMN event_types.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN actors.name IS 'As in mentions and events';
COMMENT ON COLUMN actors.kind IS 'person, group, organization, country or property';
COMMENT ON COLUMN actors.country IS 'ISO 3166-1 alpha-3';
COMMENT ON COLUMN actors.sector IS 'PLOVER sector';
COMMENT ON COLUMN actors.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN fingerprints.article_version_id IS 'The article version';
COMMENT ON COLUMN fingerprints.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN article_stories.article_id IS 'The article';
COMMENT ON COLUMN article_stories.article_version_id IS 'Its current version';
COMMENT ON COLUMN article_stories.load_id IS 'Number of the load that wrote the row, see loads';

COMMENT ON COLUMN schema_migrations.version IS 'Number of the migration';
COMMENT ON COLUMN schema_migrations.name IS 'Its file';
COMMENT ON COLUMN schema_migrations.checksum IS 'SHA-256 of its file';

COMMENT ON COLUMN schema_views.checksum IS 'SHA-256 of their files';
