-- What a publication holds: the last load, the migrations and the views.
SELECT
    (SELECT coalesce(max(load_id), 0) FROM loads),
    (SELECT string_agg(checksum, ',' ORDER BY version) FROM schema_migrations),
    (SELECT checksum FROM schema_views);
