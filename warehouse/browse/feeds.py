"""The health of feeds, and what was rejected."""

from datetime import datetime
from typing import Any

import duckdb

from transforms.records import REJECTION_REASONS
from warehouse.browse.events import BrowsedRow
from warehouse.browse.reader import fetch_dicts, to_utc
from warehouse.sql_files import read_sql

SPARK_DAYS = 30


def read_feed_health(connection: duckdb.DuckDBPyConnection) -> list[BrowsedRow]:
    """Each feed's row of the view `feed_health` with more, those that need a look first.

    `spark`: new entries on each of the last 30 days (UTC) until the last poll of any feed, the latest last.
    `gaps`: days of which entries are known to be missing. `waiting`: pages that are still to be fetched.
    `is_silent`: as an alert has it (`alert_silent_feeds`), at the last poll of any feed.
    """
    [(last,)] = connection.execute(read_sql("browse_last_poll")).fetchall()
    sparks: dict[str, list[int]] = {}
    if last is not None:
        values = {"last": last, "days": SPARK_DAYS}
        for row in fetch_dicts(connection, read_sql("browse_entries_a_day"), values):
            days = sparks.setdefault(row["feed_id"], [0] * SPARK_DAYS)
            days[SPARK_DAYS - 1 - row["days_ago"]] = row["entries"]
    gaps = _count(connection, read_sql("browse_gaps"))
    waiting = _count(connection, read_sql("browse_waiting"))
    silent = set() if last is None else {row[0] for row in read_silent(connection, last)}
    rows = [
        row
        | {
            "spark": sparks.get(row["feed_id"], [0] * SPARK_DAYS),
            "gaps": gaps.get(row["feed_id"], 0),
            "waiting": waiting.get(row["feed_id"], 0),
            "is_silent": row["feed_id"] in silent,
        }
        for row in fetch_dicts(connection, read_sql("browse_feeds"))
    ]
    rows.sort(key=lambda row: (row["status"], -row["failures"], not row["is_silent"]))  # else as they came
    return rows


def read_silent(connection: duckdb.DuckDBPyConnection, now: datetime) -> list[tuple[Any, ...]]:
    """Feeds that answer and bring nothing: id, outlet, address, since when, and how often they usually bring some."""
    return connection.execute(read_sql("alert_silent_feeds"), {"now": now}).fetchall()


def read_rejections(connection: duckdb.DuckDBPyConnection) -> list[BrowsedRow]:
    """`stage`, `reason`, its `meaning`, `count`, and up to three `examples`, the latest first; most first."""
    rows = fetch_dicts(connection, read_sql("browse_rejections"))
    for row in rows:
        row["meaning"] = REJECTION_REASONS.get(row["reason"], "")
        row["examples"] = [{key: to_utc(value) for key, value in one.items()} for one in row["examples"]]
    return rows


def _count(connection: duckdb.DuckDBPyConnection, text: str) -> dict[Any, int]:
    return {feed_id: int(count) for feed_id, count in connection.execute(text).fetchall()}
