"""The events that matter most."""

import duckdb

from warehouse.browse.events import BrowsedRow
from warehouse.browse.filters import EventFilter, where
from warehouse.browse.reader import fetch_dicts
from warehouse.sql_files import read_sql


def list_main_events(
    connection: duckdb.DuckDBPyConnection, chosen: EventFilter, most: int
) -> list[BrowsedRow]:
    """At most `most` events: first those that several outlets report or that killed, by how many of both."""
    condition, values = where(chosen)
    text = read_sql("browse_main").replace("{where}", condition)
    return fetch_dicts(connection, text, values | {"most": most})
