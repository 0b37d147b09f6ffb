-- What a publication holds: the last load (by time as well: a replay counts loads anew), migrations and views.
SELECT
    (SELECT coalesce(max(load_id), 0) FROM loads),
    (SELECT max(loaded_at) FROM loads),
    (SELECT string_agg(checksum, ',' ORDER BY version) FROM schema_migrations),
    (SELECT checksum FROM schema_views);
