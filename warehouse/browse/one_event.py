"""All that the warehouse holds of one event."""

from dataclasses import dataclass

import duckdb

from warehouse.browse.events import BrowsedRow
from warehouse.browse.reader import fetch_dicts
from warehouse.sql_files import read_sql

MOST_MENTIONS = 200
MOST_OTHERS = 20
_MOST_STEPS = 20  # from an id that is no longer used to the one that is


@dataclass(frozen=True, slots=True)
class EventFile:
    """An event with what it was made of.

    `mentions` hold their own columns, and of their article `article_title`, `outlet`, `url`, `published_at`,
    `fetched_at`, `language`, `warc_file`, `warc_offset` and `archive_url`, the earliest published first.
    """

    event: BrowsedRow
    mentions: list[BrowsedRow]
    others: list[BrowsedRow]  # events that articles of the same story report
    aliases: list[str]  # ids that the event had


def read_event(connection: duckdb.DuckDBPyConnection, event_id: str) -> EventFile | None:
    """The event, or None where no event has this id now."""
    events = fetch_dicts(connection, read_sql("browse_event"), {"id": event_id})
    if not events:
        return None
    mentions = _read_mentions(connection, event_id)
    articles = sorted({row["article_id"] for row in mentions})
    others = []
    if articles:
        values = {"articles": articles, "id": event_id, "most": MOST_OTHERS}
        others = fetch_dicts(connection, read_sql("browse_others"), values)
    aliases = connection.execute(read_sql("browse_aliases"), {"id": event_id}).fetchall()
    return EventFile(events[0], mentions, others, [str(row[0]) for row in aliases])


def find_successor(connection: duckdb.DuckDBPyConnection, event_id: str) -> str | None:
    """The event that took over from one whose id is no longer used; None where there is none."""
    seen = event_id
    for _ in range(_MOST_STEPS):
        rows = connection.execute(read_sql("browse_successor"), {"id": seen}).fetchall()
        if not rows or rows[0][0] is None:
            break
        seen = str(rows[0][0])
    return seen if seen != event_id else None


def _read_mentions(connection: duckdb.DuckDBPyConnection, event_id: str) -> list[BrowsedRow]:
    values = {"id": event_id, "most": MOST_MENTIONS}
    rows = fetch_dicts(connection, read_sql("browse_mentions"), values)
    fetches = sorted({row["fetch_id"] for row in rows})
    archived: dict[str, BrowsedRow] = {}
    if fetches:
        found = fetch_dicts(connection, read_sql("browse_archived"), {"fetches": fetches})
        archived = {row["fetch_id"]: row for row in found}
    nothing = {"warc_file": "", "warc_offset": None, "archive_url": ""}
    return [row | nothing | archived.get(row["fetch_id"], {}) for row in rows]
