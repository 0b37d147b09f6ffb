"""Tables with points as GeoJSON and GeoParquet: rows go through in batches, whatever their number."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
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
    rows = 0

    def count(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        nonlocal rows
        for batch in batches:
            rows += batch.num_rows
            yield batch

    reader = connection.sql(text, params=query.values).to_arrow_reader(_BATCH_ROWS)
    with part.open("wb") as file:
        file.writelines(join_features(count(reader)))
    return rows


def join_features(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """The parts of a FeatureCollection of the features that `describe_features` gives."""
    yield b'{"type": "FeatureCollection", "features": ['
    between = "\n"
    for batch in batches:
        if batch.num_rows:
            yield (between + ",\n".join(batch.column(0).to_pylist())).encode()
            between = ",\n"
    yield b"\n]}\n"


def write_geoparquet(connection: duckdb.DuckDBPyConnection, query: PointQuery, part: Path) -> int:
    """Write Parquet with a column `geometry` of WKB points and the metadata that says so. Returns the rows.

    Source: GeoParquet 1.1.0. Without a `crs` the coordinates are longitude and latitude (OGC:CRS84).
    """
    names = {"query": query.text, "lon": query.lon, "lat": query.lat}
    [box] = connection.execute(read_sql("find_box", **names), query.values).fetchall()
    known: dict[str, object] = {"geometry_types": ["Point"], "bbox": box} if box[0] is not None else {}
    column = {"encoding": "WKB", "geometry_types": []} | known
    described = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    reader = connection.sql(read_sql("add_wkb", **names), params=query.values).to_arrow_reader(_BATCH_ROWS)
    schema = reader.schema.with_metadata({"geo": json.dumps(described)})
    rows = 0
    with pq.ParquetWriter(part, schema, compression="zstd") as writer:
        for table in _join(reader):
            writer.write_table(table.replace_schema_metadata(schema.metadata))
            rows += table.num_rows
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
