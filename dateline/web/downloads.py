"""The events of a filter as files; they are sent as they are read, some thousands of rows at a time."""

from collections.abc import Iterator
from typing import cast

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from dateline.web.site import OpenSite, filter_of
from warehouse.browse.filters import EventFilter, to_sql, where
from warehouse.read_parts import ChosenRows
from warehouse.write_rows import Format, write_rows

MEMORY = "128MB"
"""Of DuckDB, for each download; it holds some thousands of events and a part of the file."""
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
}


class Downloads:
    """The endpoints that answer with all events of a filter."""

    def __init__(self, site: OpenSite) -> None:
        self._reader = site.reader

    def file(self, request: Request) -> Response:
        """What the ending of the address names."""
        ending = cast(Format, request.url.path.rpartition(".")[2])
        chosen = filter_of(request)
        self._reader.version()
        headers = {
            "content-disposition": f'attachment; filename="dateline-events.{ending}"',
            "cache-control": "no-cache",
        }
        return StreamingResponse(self._write(ending, chosen), media_type=MEDIA_TYPES[ending], headers=headers)

    def sql(self, request: Request) -> Response:
        return PlainTextResponse(to_sql(filter_of(request)))

    def _write(self, ending: Format, chosen: EventFilter) -> Iterator[bytes]:
        events = ChosenRows("events", "event_day", *where(chosen))
        with self._reader.open_alone(MEMORY) as connection:
            yield from write_rows(connection, events, ending)
