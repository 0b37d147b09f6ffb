-- Stories: what grouping keeps of each article version, and which article each follows.

CREATE TABLE fingerprints (
    article_version_id VARCHAR NOT NULL,
    told_at TIMESTAMPTZ NOT NULL,
    terms VARCHAR[] NOT NULL,
    weights DOUBLE[] NOT NULL,
    shingles BIGINT[] NOT NULL,
    keys VARCHAR[] NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE fingerprints IS 'What grouping into stories keeps of an article version, so that its text need not be read again';
COMMENT ON COLUMN fingerprints.told_at IS 'When the version says it was published, else when it was fetched';
COMMENT ON COLUMN fingerprints.terms IS 'Its heaviest words, heaviest first; none where it is not English, or no article';
COMMENT ON COLUMN fingerprints.weights IS 'Of the terms; the sum of their squares is 1';
COMMENT ON COLUMN fingerprints.shingles IS 'The least hashes of its runs of five words';
COMMENT ON COLUMN fingerprints.keys IS 'The terms and shingles by which articles of one story find each other';

CREATE TABLE article_stories (
    article_id VARCHAR NOT NULL,
    article_version_id VARCHAR NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    told_at TIMESTAMPTZ NOT NULL,
    parent_id VARCHAR,
    likeness DOUBLE,
    root_id VARCHAR NOT NULL,
    story_id VARCHAR NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE article_stories IS 'The story of each article, by its current version, and how it came into it';
COMMENT ON COLUMN article_stories.seen_at IS 'When any version of the article was first fetched';
COMMENT ON COLUMN article_stories.told_at IS 'When it was published, else when its version was fetched';
COMMENT ON COLUMN article_stories.parent_id IS 'The earlier article that is most like it; empty when none is like enough';
COMMENT ON COLUMN article_stories.likeness IS 'How alike both are, 0 to 1; above 1 for near-copies';
COMMENT ON COLUMN article_stories.root_id IS 'The first article of the story';
COMMENT ON COLUMN article_stories.story_id IS 'As in articles; stays the same while its first article is the first';

COMMENT ON COLUMN articles.story_id IS 'Articles about the same happening share it, see stories';
