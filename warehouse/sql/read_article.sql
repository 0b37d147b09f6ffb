-- The text of an article: of the version asked for, or of the one that counts.
SELECT article_version_id AS id, text, title, published_at, url, language, outlet_country AS country,
    NULL::INTEGER AS published_utc_offset_s, page_kind
FROM articles
WHERE article_version_id = $id OR article_id = $id
ORDER BY article_version_id = $id DESC, is_current DESC, last_fetched_at DESC, article_version_id DESC
LIMIT 1;
