-- Which version of each touched article counts, and which of its mentions: an article's own page goes before what
-- is no article or only the feed's text, then the version fetched last; of the coders that read it the last. All of it
-- follows from the rows, not from the order in which they came, but for coders that read a version at the same
-- instant: of those the one loaded last counts.
CREATE OR REPLACE TEMP TABLE touched_articles AS
SELECT article_id FROM staged_articles WHERE problem IS NULL
UNION
SELECT article_id FROM articles WHERE article_version_id IN (
    SELECT article_version_id FROM staged_codings WHERE problem IS NULL
    UNION ALL
    SELECT article_version_id FROM staged_mentions WHERE problem IS NULL
);

CREATE OR REPLACE TEMP TABLE current_versions AS
SELECT article_version_id
FROM articles
WHERE article_id IN (SELECT article_id FROM touched_articles)
QUALIFY row_number() OVER (
    PARTITION BY article_id
    ORDER BY page_kind IN ('article', 'live_blog') DESC, text_source = 'page' DESC, last_fetched_at DESC,
        article_version_id DESC
) = 1;

UPDATE articles SET is_current = NOT is_current
WHERE article_id IN (SELECT article_id FROM touched_articles)
    AND is_current <> (article_version_id IN (SELECT article_version_id FROM current_versions));

CREATE OR REPLACE TEMP TABLE current_codings AS
SELECT article_version_id, arg_max(coder, (coded_at, load_id, coder)) AS coder
FROM codings
WHERE article_version_id IN (SELECT article_version_id FROM current_versions)
GROUP BY article_version_id;

CREATE OR REPLACE TEMP TABLE touched_mentions AS
SELECT m.mention_id, m.event_type, m.merge_country, m.event_day, m.realis, m.is_current AS was_current,
    c.coder IS NOT NULL AS counts
FROM mentions AS m
LEFT JOIN current_codings AS c ON c.article_version_id = m.article_version_id AND c.coder = m.coder
WHERE m.article_id IN (SELECT article_id FROM touched_articles);

UPDATE mentions SET is_current = t.counts
FROM touched_mentions AS t
WHERE mentions.mention_id = t.mention_id AND t.counts <> t.was_current;

CREATE OR REPLACE TEMP TABLE changed_blocks AS
SELECT DISTINCT event_type, merge_country, event_day
FROM touched_mentions
WHERE (was_current OR counts) AND realis = 'actual' AND event_day IS NOT NULL;
