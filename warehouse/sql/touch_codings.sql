-- A coder's reading counts from when it first read the version, so that coding again changes nothing.
UPDATE codings SET coded_at = s.coded_at
FROM (SELECT article_version_id, coder, min(coded_at) AS coded_at FROM staged_codings WHERE problem IS NULL GROUP BY ALL) AS s
WHERE codings.article_version_id = s.article_version_id AND codings.coder = s.coder AND codings.coded_at > s.coded_at;
