"""Tables with points as GeoJSON and GeoParquet: rows go through in batches, whatever their number."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms.errors import Permanent
from warehouse.sql_files import read_sql

_POINTS = (("lon", "lat"), ("longitude", "latitude"), ("ActionGeo_Long", "ActionGeo_Lat"))
"""The columns that hold a longitude and a latitude (WGS 84 degrees), as tables and views call them."""
_BATCH_ROWS = 5_000
GEOMETRY = "geometry"


@dataclass(frozen=True, slots=True)
class PointQuery:
    """A query whose rows have a point; `lon` and `lat` are columns of it."""

    text: str
    values: dict[str, object]
    lon: str
    lat: str


def find_point(relation: duckdb.DuckDBPyRelation, table: str) -> tuple[str, str]:
    """The columns of longitude and latitude.

    Raises:
        Permanent: the table has none.
    """
    for lon, lat in _POINTS:
        if lon in relation.columns and lat in relation.columns:
            return lon, lat
    raise Permanent(f"{table} has no points to put on a map; export it as parquet, csv or json")


def write_geojson(connection: duckdb.DuckDBPyConnection, query: PointQuery, part: Path) -> int:
    """Write a FeatureCollection, a feature a line; rows without a point have no geometry. Returns the rows.

    Source: RFC 7946.
    """
    text = read_sql("describe_features", query=query.text, lon=query.lon, lat=query.lat)
    found = connection.execute(text, query.values)
    rows = 0
    with part.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        while batch := found.fetchmany(_BATCH_ROWS):
            for (feature,) in batch:
                file.write(",\n" if rows else "\n")
                file.write(feature)
                rows += 1
        file.write("\n]}\n")
    return rows


def write_geoparquet(connection: duckdb.DuckDBPyConnection, query: PointQuery, part: Path) -> int:
    """Write Parquet with a column `geometry` of WKB points and the metadata that says so. Returns the rows.

    Source: GeoParquet 1.1.0. Without a `crs` the coordinates are longitude and latitude (OGC:CRS84).
    """
    text = read_sql("add_wkb", query=query.text, lon=query.lon, lat=query.lat)
    reader = connection.sql(text, params=query.values).to_arrow_reader(_BATCH_ROWS)
    box: list[float] = []
    rows = 0
    with pq.ParquetWriter(part, reader.schema, compression="zstd") as writer:
        for batch in _join(reader):
            writer.write_table(batch)
            box = _widen(box, batch.column(query.lon), batch.column(query.lat))
            rows += batch.num_rows
        column = {"encoding": "WKB", "geometry_types": ["Point"] if box else []} | (
            {"bbox": box} if box else {}
        )
        described = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
        writer.add_key_value_metadata({"geo": json.dumps(described)})
    return rows


def _join(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Batches of at least so many rows that a group of the file is worth its overhead."""
    waiting: list[pa.RecordBatch] = []
    for batch in reader:
        waiting.append(batch)
        if sum(one.num_rows for one in waiting) >= 10 * _BATCH_ROWS:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def _widen(box: list[float], lon: pa.ChunkedArray, lat: pa.ChunkedArray) -> list[float]:
    """`box` (west, south, east, north) and these points as well."""
    has_point = pc.and_(pc.is_valid(lon), pc.is_valid(lat))
    sides = [pc.min_max(pc.filter(side, has_point)).as_py() for side in (lon, lat)]
    if sides[0]["min"] is None:
        return box
    new = [sides[0]["min"], sides[1]["min"], sides[0]["max"], sides[1]["max"]]
    if not box:
        return new
    return [min(box[0], new[0]), min(box[1], new[1]), max(box[2], new[2]), max(box[3], new[3])]
