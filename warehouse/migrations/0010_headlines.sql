-- An event may be read from the headline alone.

COMMENT ON COLUMN mentions.sentence IS 'The sentence that the event was read from; the headline where only that reports it';
COMMENT ON COLUMN mentions.sentence_start IS 'Character offset into articles.text; -1 of a headline';
