CREATE OR REPLACE VIEW coverage_days AS
WITH latest AS (
    SELECT entry_id, feed_id, article_id, (published_at AT TIME ZONE 'UTC')::DATE AS day
    FROM entries
    WHERE published_at IS NOT NULL AND published_trusted
    QUALIFY row_number() OVER (PARTITION BY entry_id ORDER BY last_seen_at DESC, entry_version_id DESC) = 1
), entered AS (
    SELECT
        l.feed_id, l.day,
        count(DISTINCT l.article_id) AS entries,
        count(DISTINCT l.article_id) FILTER (p.status = 'done') AS fetched,
        count(DISTINCT l.article_id) FILTER (p.status = 'failed') AS refused,
        count(DISTINCT l.article_id) FILTER (p.status = 'pending') AS pending
    FROM latest AS l
    LEFT JOIN page_states AS p USING (entry_id)
    GROUP BY ALL
), written AS (
    SELECT
        feed_id,
        ((coalesce(published_at + to_seconds(coalesce(published_utc_offset_s, 0)), fetched_at)) AT TIME ZONE 'UTC')::DATE AS day,
        count(*) AS articles
    FROM articles
    WHERE is_current
    GROUP BY ALL
), known AS (
    SELECT coalesce(c.feed_id, e.feed_id) AS feed_id, coalesce(c.day, e.day) AS day, e.entries, e.fetched, e.refused, e.pending,
        c.source, c.expected, c.found, c.evidence,
        -- what others found besides refutes whoever says that this is all; and what it named has to be here
        CASE WHEN c.state = 'complete' AND c.found <> coalesce(e.entries, 0) THEN 'partial' ELSE c.state END AS state
    FROM coverage_evidence AS c
    FULL JOIN entered AS e ON e.feed_id = c.feed_id AND e.day = c.day
), said AS (
    SELECT
        feed_id, day,
        max(expected) AS expected,
        greatest(coalesce(max(found), 0), coalesce(any_value(entries), 0)) AS found,
        coalesce(any_value(fetched), 0) AS fetched,
        coalesce(any_value(refused), 0) AS refused,
        coalesce(any_value(pending), 0) AS pending,
        CASE
            WHEN bool_or(state = 'complete') THEN 'complete'
            WHEN bool_or(state = 'partial') THEN 'partial'
            WHEN bool_or(state = 'gap') THEN 'gap'
            WHEN bool_or(state = 'excluded') THEN 'excluded'
            ELSE 'unknown'
        END AS best
    FROM known
    GROUP BY ALL
), reasons AS (
    SELECT s.feed_id, s.day, string_agg(DISTINCT k.source || ': ' || k.evidence, '; ' ORDER BY k.source || ': ' || k.evidence)
        AS evidence
    FROM said AS s
    JOIN known AS k ON k.feed_id = s.feed_id AND k.day = s.day AND k.state = s.best
    WHERE k.evidence <> ''
    GROUP BY ALL
)
SELECT
    feed_id,
    f.outlet,
    day,
    s.expected,
    coalesce(s.found, 0) AS found,
    coalesce(s.fetched, 0) AS fetched,
    coalesce(s.refused, 0) AS refused,
    coalesce(w.articles, 0) AS articles,
    CASE WHEN s.best = 'complete' AND s.refused + s.pending > 0 THEN 'partial' ELSE coalesce(s.best, 'unknown') END AS state,
    coalesce(r.evidence, '') AS evidence
FROM said AS s
FULL JOIN written AS w USING (feed_id, day)
LEFT JOIN reasons AS r USING (feed_id, day)
LEFT JOIN feeds AS f USING (feed_id);
COMMENT ON VIEW coverage_days IS 'Per feed and day of publication (UTC): how much there is, and how complete that is';
COMMENT ON COLUMN coverage_days.feed_id IS 'feeds.feed_id';
COMMENT ON COLUMN coverage_days.outlet IS 'Publisher';
COMMENT ON COLUMN coverage_days.day IS 'Day of publication';
COMMENT ON COLUMN coverage_days.expected IS 'How many articles the best source says that there are; NULL where none says so';
COMMENT ON COLUMN coverage_days.found IS 'How many are known';
COMMENT ON COLUMN coverage_days.fetched IS 'Whose page was fetched';
COMMENT ON COLUMN coverage_days.refused IS 'Whose page was given up';
COMMENT ON COLUMN coverage_days.articles IS 'Articles by their own day of publication, at the clock of the outlet';
COMMENT ON COLUMN coverage_days.state IS 'complete, partial (also where a page was refused, or others know of more), gap, excluded, or unknown: nobody has said how much there is';
COMMENT ON COLUMN coverage_days.evidence IS 'Why, by source';
