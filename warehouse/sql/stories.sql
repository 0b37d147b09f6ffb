-- Grouping articles into stories.

-- name: choose_articles_to_link
-- Articles that are new to grouping, or whose current version or first fetch is not what it was.
CREATE OR REPLACE TEMP TABLE ungrouped_articles AS
SELECT article_id FROM touched_articles
UNION
SELECT article_id FROM articles WHERE story_id IS NULL;

-- by their places (`choose_current` says why)
CREATE OR REPLACE TEMP TABLE changed_articles AS
WITH versions AS (
    SELECT article_id, article_version_id, is_current, min(fetched_at) OVER (PARTITION BY article_id) AS seen_at,
        -- without a date by the hour only: the order in which one run fetches says nothing
        coalesce(published_at, date_trunc('hour', fetched_at)) AS reported_at
    FROM articles
    WHERE rowid IN (SELECT rowid FROM articles WHERE article_id IN (SELECT article_id FROM ungrouped_articles))
)
SELECT article_id, article_version_id, seen_at, reported_at
FROM versions
ANTI JOIN article_stories USING (article_id, article_version_id, seen_at)
WHERE is_current;

DELETE FROM article_stories WHERE article_id IN (SELECT article_id FROM changed_articles);
INSERT INTO article_stories BY NAME
SELECT *, article_id AS root_id, '' AS story_id, $load_id AS load_id FROM changed_articles;

CREATE OR REPLACE TEMP TABLE articles_to_link AS
SELECT article_id, reported_at, article_id IN (SELECT article_id FROM changed_articles) AS is_changed
FROM article_stories
WHERE article_id IN (SELECT article_id FROM changed_articles)
    OR parent_id IN (SELECT article_id FROM changed_articles);

-- name: read_articles_to_link
SELECT article_id, reported_at FROM articles_to_link ORDER BY reported_at, article_id;

-- name: number_near_articles
-- Articles published about as early as those whose link is to be found, numbered by story order (`order_of`).
CREATE OR REPLACE TEMP TABLE near_articles AS
SELECT
    row_number() OVER (ORDER BY date_trunc('hour', s.seen_at), s.reported_at, s.article_id) - 1 AS place,
    s.article_id, s.article_version_id, s.seen_at, s.reported_at, epoch_us(s.reported_at) AS reported_us, s.parent_id, coalesce(s.similarity, 0) AS similarity,
    l.article_id IS NOT NULL AS is_unlinked,
    coalesce(l.is_changed, false) AS is_changed,
    is_unlinked AND s.reported_at BETWEEN $first AND $last AS is_to_link
FROM article_stories AS s
LEFT JOIN articles_to_link AS l USING (article_id)
WHERE s.reported_at BETWEEN $first - $window AND $last + $window;

-- name: read_near_articles
SELECT is_unlinked, is_changed, similarity FROM near_articles ORDER BY place;

-- name: kept_fingerprints
read_parquet($files)

-- name: no_fingerprints
(SELECT '' AS article_version_id, 0 AS reported_us)

-- name: read_staged_fingerprints
SELECT
    s.article_version_id, epoch_us(coalesce(a.published_at, date_trunc('hour', a.fetched_at))) AS reported_us,
    s.terms, s.weights, s.shingles
FROM staged_fingerprints AS s
JOIN (
    SELECT article_version_id, published_at, fetched_at FROM articles WHERE rowid IN (
        SELECT rowid FROM articles WHERE article_version_id IN (SELECT article_version_id FROM staged_fingerprints)
    )
) AS a USING (article_version_id)
WHERE s.problem IS NULL
QUALIFY row_number() OVER (PARTITION BY article_version_id ORDER BY file_nth) = 1;

-- name: read_missing_texts
SELECT n.article_version_id, n.reported_us, a.title, a."text", a.language, a.page_kind
FROM (FROM near_articles ANTI JOIN {kept} USING (article_version_id, reported_us)) AS n
JOIN articles AS a USING (article_version_id);

-- name: read_near_fingerprints
SELECT n.place, n.reported_us, f.terms, f.weights, f.shingles
FROM {kept} AS f
JOIN near_articles AS n USING (article_version_id, reported_us)
WHERE n.is_to_link OR NOT $only_to_link;

-- name: name_found_links
SELECT n.article_id, f.place, p.article_id AS parent_id
FROM found_links AS f
JOIN near_articles AS n USING (place)
JOIN near_articles AS p ON p.place = f.parent_place
LEFT JOIN article_stories AS s ON f.is_equal AND s.article_id = n.parent_id
WHERE NOT f.is_equal
    OR (date_trunc('hour', p.seen_at), p.reported_at, p.article_id) < (date_trunc('hour', s.seen_at), s.reported_at, s.article_id);

-- name: write_links
UPDATE article_stories SET parent_id = n.parent_id, similarity = n.similarity
FROM new_links AS n
WHERE article_stories.article_id = n.article_id;

-- name: read_descendants
-- The articles whose link is new and all that follow them, each with the root of the article that it follows.
WITH RECURSIVE descendants AS (
    SELECT article_id FROM moved_articles
    UNION
    SELECT s.article_id FROM article_stories AS s JOIN descendants AS d ON s.parent_id = d.article_id
), found AS MATERIALIZED (
    -- through a list: of how many rows a recursion gives DuckDB thinks too much, and would hash the whole table instead
    SELECT article_id, seen_at, reported_at, parent_id
    FROM article_stories
    WHERE article_id IN (SELECT unnest(list(article_id)) FROM descendants)
)
SELECT s.article_id, s.seen_at, s.reported_at, s.parent_id, p.root_id AS parent_root_id, r.reported_at AS parent_root_reported_at
FROM found AS s
LEFT JOIN article_stories AS p ON p.article_id = s.parent_id
LEFT JOIN article_stories AS r ON r.article_id = p.root_id;

-- name: write_stories
UPDATE article_stories SET root_id = n.root_id, story_id = n.story_id, load_id = $load_id
FROM new_roots AS n
WHERE article_stories.article_id = n.article_id;

CREATE OR REPLACE TEMP TABLE told_articles AS
SELECT article_id FROM new_roots UNION SELECT article_id FROM ungrouped_articles;

-- those that lost an article, won one, or have one that is told otherwise or whose mentions count otherwise
CREATE OR REPLACE TEMP TABLE touched_stories AS
SELECT story_id FROM articles
WHERE rowid IN (SELECT rowid FROM articles WHERE article_id IN (FROM told_articles)) AND story_id IS NOT NULL
UNION
SELECT story_id FROM article_stories
WHERE rowid IN (SELECT rowid FROM article_stories WHERE article_id IN (FROM told_articles));

UPDATE articles SET story_id = s.story_id
FROM article_stories AS s
WHERE articles.article_id = s.article_id
    AND articles.article_id IN (FROM told_articles)
    AND articles.story_id IS DISTINCT FROM s.story_id;

DELETE FROM stories WHERE story_id IN (FROM touched_stories);
INSERT INTO stories BY NAME
WITH members AS (
    SELECT * FROM article_stories WHERE story_id IN (FROM touched_stories)
), followed AS (
    SELECT parent_id AS article_id, story_id, count(*) AS followers FROM members WHERE parent_id IS NOT NULL GROUP BY ALL
), reported AS (
    SELECT
        s.story_id, s.article_id, s.seen_at, s.reported_at, a.title,
        coalesce(nullif(a.outlet, ''), regexp_extract(a.url, '^[a-z]+://(?:www\.)?([^/:]+)', 1)) AS outlet,
        coalesce(f.followers, 0) AS followers
    FROM members AS s
    JOIN (
        SELECT article_version_id, title, outlet, url FROM articles
        WHERE rowid IN (SELECT rowid FROM articles WHERE article_version_id IN (SELECT article_version_id FROM members))
    ) AS a USING (article_version_id)
    LEFT JOIN followed AS f ON f.article_id = s.article_id AND f.story_id = s.story_id
), located AS (
    SELECT s.story_id, list_sort(list(DISTINCT m.country)) AS countries
    FROM mentions AS m
    JOIN members AS s USING (article_id)
    WHERE m.is_current AND m.realis = 'actual' AND NOT m.background AND m.country <> ''
    GROUP BY s.story_id
)
SELECT
    r.story_id,
    arg_min(r.title, (-r.followers, date_trunc('hour', r.seen_at), r.reported_at, r.article_id)) AS title,
    count(*) AS articles,
    count(DISTINCT r.outlet) AS outlets,
    list_sort(list(DISTINCT r.outlet)) AS outlet_names,
    min(r.seen_at) AS first_seen_at,
    max(r.seen_at) AS last_seen_at,
    coalesce(any_value(l.countries), []) AS countries,
    $load_id AS load_id
FROM reported AS r
LEFT JOIN located AS l USING (story_id)
GROUP BY r.story_id;
