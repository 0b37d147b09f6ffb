-- More kinds of pages that are no articles.

COMMENT ON COLUMN articles.page_kind IS 'article, live_blog, stub, video, listing, consent_wall, bot_check, geo_block, login_wall, parked, redirect, other_page or error; events are coded from articles and live blogs only';
