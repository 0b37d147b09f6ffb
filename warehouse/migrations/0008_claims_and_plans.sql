-- What is only planned or possible has no day until a text gives one: not the day of its news.

UPDATE mentions SET event_day = NULL, date_source = ''
WHERE realis IN ('planned', 'hypothetical') AND date_source = 'published';

COMMENT ON COLUMN mentions.event_day IS 'The first day of date_start, else the day the article was published; empty without a date in the text, where the event is planned, hypothetical or only recalled';
COMMENT ON COLUMN mentions.date_source IS 'text (the article says when), published (day of publication taken instead) or empty (the day is not known)';

-- An article without a date was reported in the hour in which it was fetched: the order within a run says nothing.

UPDATE fingerprints SET reported_at = date_trunc('hour', reported_at)
FROM articles AS a
WHERE a.article_version_id = fingerprints.article_version_id AND a.published_at IS NULL;

UPDATE article_stories SET reported_at = date_trunc('hour', reported_at)
FROM articles AS a
WHERE a.article_version_id = article_stories.article_version_id AND a.published_at IS NULL;
