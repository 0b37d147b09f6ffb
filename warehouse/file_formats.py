"""Rows as bytes of a file, made while they are read: CSV, JSON, GeoJSON, Parquet, GeoParquet."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

GEOMETRY = "geometry"
"""The column that makes Parquet GeoParquet."""
_GROUP_BYTES, _GROUP_ROWS = 16_000_000, 50_000
"""Rows of Parquet are written together up to these; larger groups are packed better, and held in memory."""


def write_csv(parts: Iterable[pa.Table], columns: Sequence[str]) -> Iterator[bytes]:
    """CSV with a row of names; all values of `parts` are text."""
    yield (",".join(columns) + "\n").encode()
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
    for part in parts:
        sink = io.BytesIO()
        pyarrow.csv.write_csv(part, sink, options)
        yield sink.getvalue()


def write_json(parts: Iterable[pa.Table]) -> Iterator[bytes]:
    """A line a row; `parts` have one column, JSON as text."""
    for part in parts:
        yield "".join(f"{line}\n" for line in part.column(0).to_pylist()).encode()


def write_geojson(parts: Iterable[pa.Table]) -> Iterator[bytes]:
    """A FeatureCollection, a feature a line; `parts` have one column, the features as text. Source: RFC 7946."""
    yield b'{"type": "FeatureCollection", "features": ['
    between = "\n"
    for part in parts:
        if part.num_rows:
            yield (between + ",\n".join(part.column(0).to_pylist())).encode()
            between = ",\n"
    yield b"\n]}\n"


def write_parquet(parts: Iterable[pa.Table], metadata: Mapping[str, str]) -> Iterator[bytes]:
    """Parquet with the very values; `metadata` says what the format does not."""
    sink = _Sink()
    writer = None
    for group in _join(parts):
        described = group.replace_schema_metadata(dict(metadata) or None)
        writer = writer or pq.ParquetWriter(sink, described.schema, compression="zstd")
        writer.write_table(described)
        yield sink.take()
    assert writer  # there is a part always
    writer.close()
    yield sink.take()


def describe_points(bounds: Sequence[float | None]) -> dict[str, str]:
    """What makes Parquet with a column `geometry` of WKB points GeoParquet. Source: GeoParquet 1.1.0.

    `bounds`: west, south, east, north in degrees, None where there is no point. Without a `crs` coordinates are
    longitude and latitude (OGC:CRS84).
    """
    known = {} if None in bounds else {"geometry_types": ["Point"], "bbox": list(bounds)}
    column = {"encoding": "WKB", "geometry_types": []} | known
    described = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    return {"geo": json.dumps(described)}


def _join(parts: Iterable[pa.Table]) -> Iterator[pa.Table]:
    waiting: list[pa.Table] = []
    size = rows = 0
    for part in parts:
        waiting.append(part)
        size, rows = size + part.nbytes, rows + part.num_rows
        if size >= _GROUP_BYTES or rows >= _GROUP_ROWS:
            yield pa.concat_tables(waiting)
            waiting, size, rows = [], 0, 0
    if waiting:
        yield pa.concat_tables(waiting)


class _Sink(io.RawIOBase):
    """A file that is only written, whose bytes are taken away as they come."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._size += len(part)
        return len(part)

    def tell(self) -> int:
        return self._size

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
