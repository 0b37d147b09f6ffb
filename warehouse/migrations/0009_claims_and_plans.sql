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

-- A toll that only those who did it claim, such as an armed group that counts the soldiers it killed.

ALTER TABLE mentions ADD COLUMN toll_claimed BOOLEAN DEFAULT false;
ALTER TABLE mentions ALTER COLUMN toll_claimed SET NOT NULL;
ALTER TABLE mentions ALTER COLUMN toll_claimed DROP DEFAULT;
COMMENT ON COLUMN mentions.toll_claimed IS 'True when only those who did it say how many they killed or hurt: a claim of an armed group that nobody else in the article counts for';

ALTER TABLE events ADD COLUMN toll_claimed BOOLEAN DEFAULT false;
ALTER TABLE events ALTER COLUMN toll_claimed SET NOT NULL;
ALTER TABLE events ALTER COLUMN toll_claimed DROP DEFAULT;
COMMENT ON COLUMN events.toll_claimed IS 'True when no mention gives a toll but as a claim of those who did it';
COMMENT ON COLUMN events.event_id IS 'Stays the same while the article that was published first keeps reporting it, one that does more than repeat a claim of those who did it if there is any; see event_aliases';
COMMENT ON COLUMN events.killed_best IS 'The number killed that most outlets give in their latest report; of equals the one published last. What those who did it claim counts only where nobody else gives a number';
