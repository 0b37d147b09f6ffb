INSERT INTO places BY NAME
WITH named AS (
    SELECT geonameid, name, country, lat, lon FROM staged_places WHERE problem IS NULL
    UNION ALL
    SELECT geonameid, place_name, country, lat, lon FROM staged_mentions WHERE problem IS NULL
)
SELECT n.geonameid, n.name, n.country, n.lat, n.lon, $load_id AS load_id
FROM named AS n
WHERE n.geonameid IS NOT NULL AND n.lat IS NOT NULL AND n.lon IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM places AS p WHERE p.geonameid = n.geonameid)
QUALIFY row_number() OVER (PARTITION BY n.geonameid ORDER BY n.name, n.country, n.lat, n.lon) = 1;
