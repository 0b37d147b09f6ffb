-- The latest version of a feed's entries that have one of these ids, addresses or titles.
WITH latest AS (
    SELECT entry_id, entry_version_id, article_id, canonical_url, title, published_at, last_seen_at
    FROM entries
    WHERE feed_id = $feed_id
    QUALIFY row_number() OVER (PARTITION BY entry_id ORDER BY last_seen_at DESC, entry_version_id DESC) = 1
)
SELECT entry_id, entry_version_id, article_id, canonical_url, title, published_at
FROM latest
WHERE entry_id IN (SELECT unnest($entry_ids))
    OR canonical_url IN (SELECT unnest($canonical_urls))
    OR title IN (SELECT unnest($titles))
ORDER BY last_seen_at DESC, entry_id;
