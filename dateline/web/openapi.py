"""The description of the JSON API that `/openapi.json` serves (OpenAPI 3.1)."""

from typing import Any

from dateline import read_version
from dateline.web.api import LARGEST_ZOOM, MOST_EVENTS
from warehouse.browse.events import MOST_CELLS
from warehouse.browse.run_sql import MOST_ROWS, MOST_SECONDS

Schema = dict[str, Any]

_FILTER: tuple[tuple[str, Schema, str], ...] = (
    ("from", {"type": "string", "format": "date"}, "First day"),
    ("to", {"type": "string", "format": "date"}, "Last day, included"),
    ("country", {"type": "array", "items": {"type": "string"}}, "Of the place, ISO 3166-1 alpha-3"),
    ("type", {"type": "array", "items": {"type": "string"}}, "PLOVER event type, such as ASSAULT"),
    ("mode", {"type": "array", "items": {"type": "string"}}, "PLOVER mode, such as aerial"),
    ("actor", {"type": "string"}, "Part of the name of an actor or recipient"),
    ("party", {"type": "string"}, "The whole name of an actor or recipient"),
    ("killed", {"type": "integer", "minimum": 0}, "Least number killed"),
    ("outlet", {"type": "array", "items": {"type": "string"}}, "One of these outlets reports it"),
    ("outlets", {"type": "integer", "minimum": 0}, "Least number of outlets"),
    ("confidence", {"type": "number", "minimum": 0, "maximum": 1}, "Least confidence"),
    ("q", {"type": "string"}, "Part of the sentence or of the place's name"),
    ("place", {"type": "integer"}, "GeoNames id of the place"),
    ("background", {"type": "boolean"}, "Also events that articles only recall"),
    ("bbox", {"type": "string"}, "south,west,north,east in degrees; west > east crosses the 180th meridian"),
)
_COUNT: Schema = {"type": "integer"}
_COUNT_OR_NONE: Schema = {"type": ["integer", "null"]}
_TEXT: Schema = {"type": "string"}
_DAY: Schema = {"type": "string", "format": "date"}
_EVENT: Schema = {
    "type": "object",
    "description": "A row of the table events; its columns are described by the page SQL",
    "required": ["event_id", "event_type", "event_day", "sentence"],
    "properties": {"event_id": _TEXT, "event_type": _TEXT, "event_day": _DAY, "sentence": _TEXT},
    "additionalProperties": True,
}


def describe_api(root: str = "") -> Schema:
    """The document for a site below `root`; its schemas name what `api.py` answers with."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dateline",
            "version": read_version(),
            "description": "Events read from news, of the published warehouse file. Read-only.",
        },
        "servers": [{"url": root or "/"}],
        "paths": _paths(),
        "components": {"schemas": {"Event": _EVENT, "Error": _object(error=_TEXT)}},
    }


def _paths() -> Schema:
    page = _object(total=_COUNT, events=_list({"$ref": _REF}), next=_text_or_none())
    cells = _object(cells=_list(_cell()))
    zoom = {"type": "integer", "minimum": 0, "maximum": LARGEST_ZOOM, "default": 2}
    of_zoom = _parameter("zoom", zoom, "Zoom of the map: the finer, the smaller the cells")
    background = [one for one in _filters() if one["name"] == "background"]
    return {
        "/api/events": _get("Events, the newest first", page, *_filters(), *_paging()),
        "/api/map": _get(f"At most {MOST_CELLS:,} cells of a grid", cells, *_filters(), of_zoom),
        "/api/timeline": _get("Events and deaths over time by type", _timeline(), *_filters()),
        "/api/facets": _get("What a filter can choose from, over all events", _facets(), *background),
        "/api/sql": {"post": _sql()},
        **{path: _file(kind, words) for path, (kind, words) in _FILES.items()},
    }


_REF = "#/components/schemas/Event"
_FILES = {
    "/events.csv": ("text/csv", "All events of a filter"),
    "/events.geojson": ("application/geo+json", "All events of a filter"),
    "/events.parquet": ("application/vnd.apache.parquet", "All events of a filter"),
    "/events.sql": ("text/plain", "The statement that gives the events of a filter"),
    "/feed.atom": ("application/atom+xml", "The events of a filter that were first seen last"),
    "/feed.json": ("application/feed+json", "The events of a filter that were first seen last"),
}


def _get(summary: str, schema: Schema, *parameters: Schema) -> Schema:
    return {"get": {"summary": summary, "parameters": list(parameters), "responses": _answers(schema)}}


def _answers(schema: Schema) -> Schema:
    return {
        "200": {"description": "The answer", "content": {"application/json": {"schema": schema}}},
        "304": {"description": "The file was not replaced since (If-None-Match)"},
        "400": {"description": "A value is wrong; `error` says which", "content": _error()},
        "503": {"description": "There is no warehouse file yet", "content": _error()},
    }


def _file(kind: str, words: str) -> Schema:
    answers = _answers({})
    answers["200"] = {"description": words, "content": {kind: {}}}
    return {"get": {"summary": words, "parameters": _filters(), "responses": answers}}


def _sql() -> Schema:
    body = {"application/json": {"schema": _object(sql=_TEXT)}}
    column = _object(name=_TEXT, type=_TEXT)
    answer = _object(
        columns=_list(column),
        rows=_list(_list({})),
        truncated={"type": "boolean"},
        seconds={"type": "number"},
    )
    answers = _answers(answer)
    del answers["304"]
    return {
        "summary": f"Run one statement that reads: at most {MOST_SECONDS:g} seconds and {MOST_ROWS:,} rows",
        "requestBody": {"required": True, "content": body},
        "responses": answers,
    }


def _filters() -> list[Schema]:
    return [_parameter(name, schema, words) for name, schema, words in _FILTER]


def _paging() -> tuple[Schema, Schema]:
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_EVENTS, "default": 50}
    return _parameter("limit", limit, "Events of a page"), _parameter(
        "cursor", _TEXT, "`next` of the page before"
    )


def _parameter(name: str, schema: Schema, words: str) -> Schema:
    return {"name": name, "in": "query", "description": words, "schema": schema}


def _cell() -> Schema:
    number = {"type": "number"}
    return _object(
        lat=number,
        lon=number,
        events=_COUNT,
        killed=_COUNT_OR_NONE,
        type=_TEXT,
        event_id=_text_or_none(),
        place=_TEXT,
        size=number,
    )


def _timeline() -> Schema:
    day = {"type": ["string", "null"], "format": "date"}
    row = _object(start=_DAY, type=_TEXT, events=_COUNT, killed=_COUNT_OR_NONE)
    return _object(unit={"enum": ["day", "week", "month"]}, first=day, last=day, rows=_list(row))


def _facets() -> Schema:
    day = {"type": ["string", "null"], "format": "date"}
    mode = _object(code=_TEXT, events=_COUNT)
    return _object(
        countries=_list(_object(code=_TEXT, name=_TEXT, events=_COUNT)),
        types=_list(_object(code=_TEXT, events=_COUNT, modes=_list(mode))),
        outlets=_list(_object(name=_TEXT, events=_COUNT)),
        first=day,
        last=day,
        events=_COUNT,
    )


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _text_or_none() -> Schema:
    return {"type": ["string", "null"]}


def _error() -> Schema:
    return {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
