-- The version of each article that counts. The columns have the comments of those of articles.
CREATE OR REPLACE VIEW current_articles AS
SELECT * FROM articles WHERE is_current;
COMMENT ON VIEW current_articles IS 'The one version of each article that counts';
