"""All events of a filter as a file, newest first, in parts that are made one after the other.

A part is of some days, so that neither a sort of all of it nor all its rows are ever held.
"""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from warehouse.browse.filters import EventFilter, where
from warehouse.clean_columns import clean_columns
from warehouse.export_points import find_point, join_features
from warehouse.sql_files import read_sql

_AT_ONCE = 10_000  # events of a part, but at least those of a day
_NO_DAY = date(1, 1, 1)


def write_csv(connection: duckdb.DuckDBPyConnection, chosen: EventFilter) -> Iterator[bytes]:
    """CSV with a row of names, as `dateline export` writes it: no cell is a formula of a spreadsheet."""
    events = connection.table("events")
    yield (",".join(events.columns) + "\n").encode()
    options = pc.WriteOptions(include_header=False, quoting_style="needed")
    query = read_sql("browse_of_days", replaced=clean_columns(events, are_cells=True))
    for table in _read_parts(connection, chosen, read_sql("as_text", query=query)):
        sink = io.BytesIO()
        pc.write_csv(table, sink, options)
        yield sink.getvalue()


def write_geojson(connection: duckdb.DuckDBPyConnection, chosen: EventFilter) -> Iterator[bytes]:
    """A feature for each event; without a geometry where its place is not known. Source: RFC 7946."""
    events = connection.table("events")
    lon, lat = find_point(events, "events")
    query = read_sql("browse_of_days", replaced=clean_columns(events))
    features = read_sql("describe_features", query=query, lon=lon, lat=lat)
    parts = _read_parts(connection, chosen, features)
    yield from join_features(batch for table in parts for batch in table.to_batches())


def write_parquet(connection: duckdb.DuckDBPyConnection, chosen: EventFilter) -> Iterator[bytes]:
    """Parquet with the very values."""
    sink = _Sink()
    writer = None
    for table in _read_parts(connection, chosen, read_sql("browse_of_days", replaced="")):
        writer = writer or pq.ParquetWriter(sink, table.schema, compression="zstd")
        writer.write_table(table)
        yield sink.take()
    assert writer  # there is a part always
    writer.close()
    yield sink.take()


def plan_days(connection: duckdb.DuckDBPyConnection, chosen: EventFilter) -> list[tuple[date, date]]:
    """Spans of days (newest, oldest) that hold some thousands of events each, the newest first."""
    condition, values = where(chosen)
    spans: list[tuple[date, date]] = []
    held = 0
    text = read_sql("browse_days").replace("{where}", condition)
    for day, count in connection.execute(text, values).fetchall():
        if spans and held + count <= _AT_ONCE:
            spans[-1] = (spans[-1][0], day)
            held += count
        else:
            spans.append((day, day))
            held = count
    return spans


def _read_parts(connection: duckdb.DuckDBPyConnection, chosen: EventFilter, text: str) -> Iterator[pa.Table]:
    """The rows of a query over `$oldest` to `$newest`; a table without rows where there are none."""
    condition, values = where(chosen)
    text = text.replace("{where}", condition)
    for newest, oldest in plan_days(connection, chosen) or [(_NO_DAY, _NO_DAY)]:
        yield connection.sql(text, params=values | {"newest": newest, "oldest": oldest}).to_arrow_table()


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
