-- Stories are kept by the load, where a view counted them all again for whoever asked for one.

DROP VIEW IF EXISTS stories;
CREATE TABLE stories (
    story_id VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    articles BIGINT NOT NULL,
    outlets BIGINT NOT NULL,
    outlet_names VARCHAR[] NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    countries VARCHAR[] NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE stories IS 'Articles that cover the same news, grouped; articles.story_id says which';
COMMENT ON COLUMN stories.story_id IS 'Stays the same while the article that came first is the first';
COMMENT ON COLUMN stories.title IS 'Of the article that most others of the story follow';
COMMENT ON COLUMN stories.articles IS 'How many articles';
COMMENT ON COLUMN stories.outlets IS 'How many outlets';
COMMENT ON COLUMN stories.outlet_names IS 'The outlets';
COMMENT ON COLUMN stories.first_seen_at IS 'When the first of its articles was first fetched';
COMMENT ON COLUMN stories.last_seen_at IS 'When the last of its articles was first fetched';
COMMENT ON COLUMN stories.countries IS 'Where the events happened that its articles report, ISO 3166-1 alpha-3';
COMMENT ON COLUMN stories.load_id IS 'The load that wrote the row';

INSERT INTO stories BY NAME
WITH followed AS (
    SELECT parent_id AS article_id, story_id, count(*) AS followers
    FROM article_stories
    WHERE parent_id IS NOT NULL
    GROUP BY ALL
), reported AS (
    SELECT
        s.story_id, s.article_id, s.seen_at, s.reported_at, s.load_id, a.title,
        coalesce(nullif(a.outlet, ''), regexp_extract(a.url, '^[a-z]+://(?:www\.)?([^/:]+)', 1)) AS outlet,
        coalesce(f.followers, 0) AS followers
    FROM article_stories AS s
    JOIN articles AS a USING (article_version_id)
    LEFT JOIN followed AS f ON f.article_id = s.article_id AND f.story_id = s.story_id
), located AS (
    SELECT s.story_id, list_sort(list(DISTINCT m.country)) AS countries
    FROM mentions AS m
    JOIN article_stories AS s USING (article_id)
    WHERE m.is_current AND m.realis = 'actual' AND NOT m.background AND m.country <> ''
    GROUP BY s.story_id
)
SELECT
    r.story_id,
    arg_min(r.title, (-r.followers, date_trunc('hour', r.seen_at AT TIME ZONE 'UTC'), r.reported_at, r.article_id)) AS title,
    count(*) AS articles,
    count(DISTINCT r.outlet) AS outlets,
    list_sort(list(DISTINCT r.outlet)) AS outlet_names,
    min(r.seen_at) AS first_seen_at,
    max(r.seen_at) AS last_seen_at,
    coalesce(any_value(l.countries), []) AS countries,
    max(r.load_id) AS load_id
FROM reported AS r
LEFT JOIN located AS l USING (story_id)
GROUP BY r.story_id;

-- Fingerprints are in files beside the build file (warehouse/fingerprint_files.py): what follows from the texts needs
-- no place in the file that is published.
DROP TABLE fingerprints;
