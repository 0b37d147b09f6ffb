-- The columns have the comments of those of events. GEOMETRY is a type of DuckDB's own since 1.5, without an extension.
CREATE OR REPLACE VIEW event_points AS
SELECT *, ('POINT (' || lon || ' ' || lat || ')')::GEOMETRY AS geometry
FROM events
WHERE lat IS NOT NULL AND lon IS NOT NULL;
COMMENT ON VIEW event_points IS 'Events with a place, and its point as a geometry';
COMMENT ON COLUMN event_points.geometry IS 'Point, longitude before latitude, WGS 84 degrees (OGC:CRS84)';
