"""Events by filter: pages of a list, cells of a map, sums over time, what there is to choose from."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import duckdb

from transforms.errors import Permanent
from warehouse.browse.filters import EventFilter, read_day, where
from warehouse.browse.reader import fetch_dicts
from warehouse.sql_files import read_sql

BrowsedRow = dict[str, Any]
Unit = Literal["day", "week", "month"]
MOST_CELLS = 2_000
MOST_OUTLETS = 500
_CURSOR = re.compile(r"(\d{4}-\d{2}-\d{2})\.([\w-]{1,100})")
_CELL_AT_ZOOM_0 = 45.0  # degrees: 32 pixels of a map that is 256 pixels wide at zoom 0
_DAYS_BY_DAY = 120  # the longest span that is shown by day; then by week, then by month
_DAYS_BY_WEEK = 3 * 366


@dataclass(frozen=True, slots=True)
class EventsPage:
    """A part of a list; `cursor` names where the next begins, and is None at the end."""

    events: list[BrowsedRow]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Sums by unit and type: `start` (its first day), `type`, `events`, `killed`; weeks begin on Monday."""

    unit: Unit
    first: date | None
    last: date | None
    rows: list[BrowsedRow]


def count_events(connection: duckdb.DuckDBPyConnection, chosen: EventFilter) -> int:
    [(count,)] = _run(connection, read_sql("browse_count"), chosen).fetchall()
    return int(count)


def list_events(
    connection: duckdb.DuckDBPyConnection, chosen: EventFilter, *, cursor: str = "", most: int = 50
) -> EventsPage:
    """At most `most` events, newest first, beginning behind `cursor`.

    Raises:
        Permanent: `cursor` is none that a page gave.
    """
    day, event_id = _read_cursor(cursor)
    condition, values = where(chosen)
    text = read_sql("browse_page").replace("{where}", condition)
    after = {"day": day, "id": event_id}
    text = text.replace("{after}", read_sql("browse_after") if day else "true")
    rows = fetch_dicts(connection, text, values | (after if day else {}) | {"most": most + 1})
    if len(rows) <= most:
        return EventsPage(rows, None)
    last = rows[most - 1]
    return EventsPage(rows[:most], f"{last['event_day'].isoformat()}.{last['event_id']}")


def list_newest(connection: duckdb.DuckDBPyConnection, chosen: EventFilter, most: int) -> list[BrowsedRow]:
    """The events that were first seen last, with the `country_name`."""
    condition, values = where(chosen)
    text = read_sql("browse_newest").replace("{where}", condition)
    return fetch_dicts(connection, text, values | {"most": most})


def list_map_cells(connection: duckdb.DuckDBPyConnection, chosen: EventFilter, zoom: int) -> list[BrowsedRow]:
    """The events with a place on a grid that fits a map at `zoom`, the fullest cells first; at most `MOST_CELLS`.

    A cell is at the middle of its events, and as wide and high as `size` says (degrees). Where there would be
    too many cells, they are larger.
    """
    condition, values = where(chosen)
    text = read_sql("browse_cells").replace("{where}", condition)
    size = _CELL_AT_ZOOM_0 / 2**zoom
    while True:
        cells = fetch_dicts(connection, text, values | {"size": size, "most": MOST_CELLS + 1})
        if len(cells) <= MOST_CELLS:
            return cells
        size *= 2


def count_timeline(connection: duckdb.DuckDBPyConnection, chosen: EventFilter) -> Timeline:
    """Events and deaths over time by type; the unit follows from the span."""
    condition, values = where(chosen)
    bounds = {
        "from_day": chosen.first,
        "to_day": chosen.last,
        "by_day": _DAYS_BY_DAY,
        "by_week": _DAYS_BY_WEEK,
    }
    text = read_sql("browse_timeline").replace("{where}", condition)
    rows = fetch_dicts(connection, text, values | bounds)
    if not rows:
        return Timeline("day", chosen.first, chosen.last, [])
    unit, first, last = rows[0]["unit"], rows[0]["first"], rows[0]["last"]
    names = ("start", "type", "events", "killed")
    return Timeline(unit, first, last, [{name: row[name] for name in names} for row in rows])


def name_countries(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The English names of countries by their ISO 3166-1 alpha-3 codes."""
    return dict(connection.execute(read_sql("browse_country_names")).fetchall())


def list_facets(connection: duckdb.DuckDBPyConnection, *, background: bool = False) -> BrowsedRow:
    """What a filter can choose from, with the number of events of each, over all events."""
    condition, values = where(EventFilter(background=background))

    def ask(text: str, **more: object) -> list[BrowsedRow]:
        return fetch_dicts(connection, text.replace("{where}", condition), values | more)

    types: dict[str, BrowsedRow] = {}
    for row in ask(read_sql("browse_types")):
        one = types.setdefault(row["code"], {"code": row["code"], "events": 0, "modes": []})
        one["events"] += row["events"]
        if row["mode"]:
            one["modes"].append({"code": row["mode"], "events": row["events"]})
    [whole] = ask(read_sql("browse_whole"))
    return {
        "countries": ask(read_sql("browse_countries")),
        "types": sorted(types.values(), key=lambda one: (-one["events"], one["code"])),
        "outlets": ask(read_sql("browse_outlets"), most=MOST_OUTLETS),
        **whole,
    }


def _run(connection: duckdb.DuckDBPyConnection, text: str, chosen: EventFilter) -> duckdb.DuckDBPyConnection:
    condition, values = where(chosen)
    return connection.execute(text.replace("{where}", condition), values)


def _read_cursor(cursor: str) -> tuple[date | None, str]:
    if not cursor:
        return None, ""
    match = _CURSOR.fullmatch(cursor)
    day = read_day(match[1]) if match else None
    if match is None or day is None:
        raise Permanent("cursor is none that a page gave as `next`; leave it out to begin again")
    return day, match[2]
