"""Rows of a table or view as the bytes of a file, made while they are read: what exports and downloads are."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Literal

import duckdb
import pyarrow as pa

from transforms.errors import Permanent
from warehouse.clean_columns import clean_columns
from warehouse.file_formats import (
    GEOMETRY,
    describe_points,
    write_csv,
    write_geojson,
    write_json,
    write_parquet,
)
from warehouse.read_parts import ChosenRows, read_parts
from warehouse.sql_files import read_sql

Format = Literal["parquet", "csv", "json", "geojson", "geoparquet"]
_MAPS = ("geojson", "geoparquet")
_POINTS = (("lon", "lat"), ("longitude", "latitude"), ("ActionGeo_Long", "ActionGeo_Lat"))
"""The columns that hold a longitude and a latitude (WGS 84 degrees), as tables and views call them."""


def write_rows(
    connection: duckdb.DuckDBPyConnection,
    chosen: ChosenRows,
    file_format: Format,
    *,
    is_raw: bool = False,
    count: Callable[[int], None] = lambda rows: None,
) -> Iterator[bytes]:
    """The parts of a file, newest rows first; the same rows give the same bytes. Columns are those of the table.

    CSV, JSON and GeoJSON hold no control characters, and no cell of CSV is a formula unless `is_raw`. Parquet holds the
    very values. Rows without a point have no geometry. `count` is told how many rows come as they come.

    Raises:
        Permanent: a map is asked for, and the table has no points.
    """
    table = connection.table(chosen.table)
    has_geometry = GEOMETRY in table.columns
    point = _find_point(table, chosen.table) if file_format in _MAPS or has_geometry else None
    lon, lat = point or ("", "")
    replaced = ""
    if file_format not in ("parquet", "geoparquet"):
        replaced = clean_columns(table, are_cells=file_format == "csv" and not is_raw)
    if file_format in _MAPS and has_geometry:
        replaced = f"EXCLUDE ({GEOMETRY}) {replaced}"
    shapes: dict[Format, str] = {
        "parquet": "{query}",
        "csv": read_sql("as_text"),
        "json": read_sql("as_json"),
        "geojson": read_sql("describe_features", lon=lon, lat=lat),
        "geoparquet": read_sql("add_wkb", lon=lon, lat=lat),
    }
    parts = _count(read_parts(connection, replace(chosen, replaced=replaced), shapes[file_format]), count)
    if file_format == "csv":
        return write_csv(parts, table.columns)
    if file_format == "json":
        return write_json(parts)
    if file_format == "geojson":
        return write_geojson(parts)
    metadata = {}
    if point:
        text = read_sql("find_box", table=chosen.table, lon=lon, lat=lat).replace("{where}", chosen.where)
        [bounds] = connection.execute(text, chosen.values).fetchall()
        metadata = describe_points(bounds)
    return write_parquet(parts, metadata)


def _find_point(table: duckdb.DuckDBPyRelation, name: str) -> tuple[str, str]:
    """The columns of longitude and latitude.

    Raises:
        Permanent: the table has none.
    """
    for lon, lat in _POINTS:
        if lon in table.columns and lat in table.columns:
            return lon, lat
    raise Permanent(f"{name} has no points to put on a map; export it as parquet, csv or json")


def _count(parts: Iterable[pa.Table], count: Callable[[int], None]) -> Iterator[pa.Table]:
    for part in parts:
        count(part.num_rows)
        yield part
