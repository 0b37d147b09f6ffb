"""What the events say of an actor, and of a place."""

from dataclasses import dataclass

import duckdb

from warehouse.browse.events import BrowsedRow, Timeline, count_events, count_timeline, list_events
from warehouse.browse.filters import EventFilter, where
from warehouse.browse.reader import fetch_dicts
from warehouse.sql_files import read_sql

LATEST = 50  # events


@dataclass(frozen=True, slots=True)
class Profile:
    """Events over time and the latest of them, background included. `about`: what tables say of it, maybe nothing."""

    name: str
    about: BrowsedRow
    chosen: EventFilter
    total: int
    roles: dict[str, int]  # of an actor: in how many events it acts, and is acted upon
    timeline: Timeline
    events: list[BrowsedRow]


def read_actor(connection: duckdb.DuckDBPyConnection, name: str) -> Profile | None:
    """An actor or recipient by its whole name; None where no event has it."""
    chosen = EventFilter(party=name, background=True)
    condition, values = where(chosen)
    text = read_sql("browse_roles").replace("{where}", condition)
    [roles] = fetch_dicts(connection, text, values | {"name": name})
    if not any(roles.values()):
        return None
    known = fetch_dicts(connection, read_sql("browse_known_actor"), {"name": name})
    return _read_profile(connection, name, known[0] if known else {}, chosen, roles)


def read_place(connection: duckdb.DuckDBPyConnection, geonameid: int) -> Profile | None:
    """A place by its GeoNames id; None where neither an article nor an event names it."""
    values = {"place": geonameid}
    known = fetch_dicts(connection, read_sql("browse_place"), values) or fetch_dicts(
        connection, read_sql("browse_place_of_events"), values
    )
    if not known:
        return None
    chosen = EventFilter(place=geonameid, background=True)
    return _read_profile(connection, known[0]["name"], known[0], chosen, {})


def _read_profile(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    about: BrowsedRow,
    chosen: EventFilter,
    roles: dict[str, int],
) -> Profile:
    return Profile(
        name,
        about,
        chosen,
        count_events(connection, chosen),
        roles,
        count_timeline(connection, chosen),
        list_events(connection, chosen, most=LATEST).events,
    )
