"""The events of a filter as files; they are sent as they are read, some thousands of rows at a time."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from dateline.web.site import OpenSite, filter_of
from dateline.web.values import to_json, to_plain
from transforms.safe_text import disarm_cell, drop_control_characters
from warehouse.browse.events import read_all, read_all_arrow
from warehouse.browse.filters import EventFilter, to_sql
from warehouse.browse.reader import WarehouseReader


class Downloads:
    """The endpoints that answer with all events of a filter."""

    def __init__(self, site: OpenSite) -> None:
        self._reader = site.reader

    def csv(self, request: Request) -> Response:
        return self._send(request, "csv", "text/csv; charset=utf-8", write_csv)

    def geojson(self, request: Request) -> Response:
        return self._send(request, "geojson", "application/geo+json", write_geojson)

    def parquet(self, request: Request) -> Response:
        return self._send(request, "parquet", "application/vnd.apache.parquet", write_parquet)

    def sql(self, request: Request) -> Response:
        return PlainTextResponse(to_sql(filter_of(request)))

    def _send(self, request: Request, ending: str, media_type: str, write: Any) -> Response:
        chosen = filter_of(request)
        self._reader.version()
        headers = {
            "content-disposition": f'attachment; filename="dateline-events.{ending}"',
            "cache-control": "no-cache",
        }
        return StreamingResponse(write(self._reader, chosen), media_type=media_type, headers=headers)


def write_csv(reader: WarehouseReader, chosen: EventFilter) -> Iterator[bytes]:
    """CSV with a row of names; lists are joined by "; ", and no cell is a formula of a spreadsheet."""
    with reader.open() as connection:
        names: list[str] = []
        for rows in read_all(connection, chosen):
            stream = io.StringIO()
            writer = csv.writer(stream)
            if not names:
                names = list(rows[0])
                writer.writerow(names)
            writer.writerows([_show_cell(value) for value in row.values()] for row in rows)
            yield stream.getvalue().encode("utf-8", "replace")


def write_geojson(reader: WarehouseReader, chosen: EventFilter) -> Iterator[bytes]:
    """A feature for each event; without a geometry where its place is not known. Source: RFC 7946."""
    yield b'{"type":"FeatureCollection","features":['
    between = b"\n"
    with reader.open() as connection:
        for rows in read_all(connection, chosen):
            yield between + b",\n".join(to_json(_make_feature(row)) for row in rows)
            between = b",\n"
    yield b"\n]}\n"


def write_parquet(reader: WarehouseReader, chosen: EventFilter) -> Iterator[bytes]:
    """Parquet with the very values."""
    sink = _Sink()
    with reader.open() as connection:
        writer = None
        for table in read_all_arrow(connection, chosen):
            writer = writer or pq.ParquetWriter(sink, table.schema, compression="zstd")
            writer.write_table(table)
            yield sink.take()
        if writer:
            writer.close()
            yield sink.take()


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


def _make_feature(row: dict[str, Any]) -> dict[str, Any]:
    lat, lon = row.pop("lat"), row.pop("lon")
    point = None if lat is None or lon is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": row["event_id"], "geometry": point, "properties": row}


def _show_cell(value: Any) -> Any:
    if isinstance(value, str):  # most cells, of some millions
        return disarm_cell(drop_control_characters(value))
    if value is None or type(value) is int:
        return value
    plain = to_plain(value)
    if isinstance(plain, list):
        plain = "; ".join(map(str, plain))
    if isinstance(plain, bool):
        return str(plain).lower()
    return disarm_cell(drop_control_characters(plain)) if isinstance(plain, str) else plain
