"""The JSON API; `openapi.py` describes it."""

import json
import zlib
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dateline import read_version
from dateline.web.security import is_same_origin
from dateline.web.site import OpenSite, filter_of, json_answer
from dateline.web.values import to_json
from transforms.errors import Permanent
from warehouse.browse.events import count_events, count_timeline, list_events, list_facets, list_map_cells
from warehouse.browse.run_sql import run_sql

MOST_EVENTS = 500  # of a page
LARGEST_ZOOM = 18
_LARGEST_BODY = 100_000  # bytes of a query

Make = Callable[[Request], Any]


class Api:
    """The endpoints that answer with JSON; what they give follows from the address and the published file."""

    def __init__(self, site: OpenSite) -> None:
        self._site = site

    def events(self, request: Request) -> Response:
        def make(request: Request) -> Any:
            chosen = filter_of(request)
            most = read_count(request, "limit", 50, 1, MOST_EVENTS)
            with self._site.reader.open() as connection:
                page = list_events(
                    connection, chosen, cursor=request.query_params.get("cursor", ""), most=most
                )
                total = count_events(connection, chosen)
            return {"total": total, "events": page.events, "next": page.cursor}

        return self._answer(request, make)

    def map(self, request: Request) -> Response:
        def make(request: Request) -> Any:
            chosen = filter_of(request)
            zoom = read_count(request, "zoom", 2, 0, LARGEST_ZOOM)
            with self._site.reader.open() as connection:
                return {"cells": list_map_cells(connection, chosen, zoom)}

        return self._answer(request, make)

    def timeline(self, request: Request) -> Response:
        def make(request: Request) -> Any:
            chosen = filter_of(request)
            with self._site.reader.open() as connection:
                found = count_timeline(connection, chosen)
            return {"unit": found.unit, "first": found.first, "last": found.last, "rows": found.rows}

        return self._answer(request, make)

    def facets(self, request: Request) -> Response:
        def make(request: Request) -> Any:
            background = filter_of(request).background
            with self._site.reader.open() as connection:
                return list_facets(connection, background=background)

        return self._answer(request, make)

    async def sql(self, request: Request) -> Response:
        if not is_same_origin(request):
            return json_answer({"error": "only pages of this site may run queries"}, 403)
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return json_answer({"error": "send the query as JSON (content-type: application/json)"}, 415)
        text = _read_statement(await _read_body(request))
        found = await run_in_threadpool(run_sql, self._site.reader, text)
        return json_answer(
            {
                "columns": [{"name": name, "type": kind} for name, kind in found.columns],
                "rows": found.rows,
                "truncated": found.truncated,
                "seconds": round(found.seconds, 3),
            }
        )

    def _answer(self, request: Request, make: Make) -> Response:
        """304 where the asker has this already; else what was worked out for this file, or is now."""
        version = self._site.reader.version()
        unchanged, headers = check_etag(request, version.token)
        if unchanged:
            return Response(status_code=304, headers=headers)
        key = (request.url.path, request.url.query)
        body = self._site.keep(version, key, lambda: to_json(make(request)))
        return Response(body, media_type="application/json", headers=headers)


def check_etag(request: Request, token: str) -> tuple[bool, dict[str, str]]:
    """Whether the asker has the answer of this file already, and the headers that name it."""
    place = zlib.crc32(f"{request.url.path}?{request.url.query}".encode())
    etag = f'W/"{read_version()}-{token}-{place:x}"'
    given = [part.strip() for part in request.headers.get("if-none-match", "").split(",")]
    return etag in given, {"etag": etag, "cache-control": "no-cache"}


def read_count(request: Request, name: str, usual: int, least: int, most: int) -> int:
    """Raises:
    Permanent: it is no whole number from `least` to `most`.
    """
    value = request.query_params.get(name, "")
    if not value:
        return usual
    if not (value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most):
        raise Permanent(f"{name}={value[:60]} is no whole number from {least} to {most}")
    return int(value)


async def _read_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise Permanent(f"the query is longer than {_LARGEST_BODY:,} bytes")
    return body


def _read_statement(body: bytes) -> str:
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not isinstance(given.get("sql"), str):
        raise Permanent('send a JSON object with the query, such as {"sql": "SELECT 1"}')
    text: str = given["sql"]
    return text
