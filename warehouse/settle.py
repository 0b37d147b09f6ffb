"""Settle a day: merge its mentions anew, and count what the day held."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from warehouse.connection import open_build
from warehouse.load import next_load_id, record_load, transaction
from warehouse.merge_events import NO_CHANGE, MergeSummary, merge_changed
from warehouse.sql_files import read_sql


@dataclass(frozen=True, slots=True)
class SettleSummary:
    """What settling a day did; `load_id` is None when the day was settled already."""

    day: date
    load_id: int | None
    events: MergeSummary


def settle_day(
    build: Path,
    published: Path,
    day: date,
    now: datetime,
    *,
    max_days_apart: int = 1,
    memory_limit: str = "4GB",
    lock_wait_s: float = 300.0,
) -> SettleSummary:
    """Merge the events of `day` anew from its mentions and count them into `event_days`; idempotent.

    Raises:
        Transient: another run is loading, or the disk is full; nothing was changed.
    """
    with open_build(build, published, memory_limit, lock_wait_s) as connection:
        with transaction(connection):
            summary = _settle(connection, day, now, max_days_apart)
        connection.execute(read_sql("tidy"))
    return summary


def _settle(
    connection: duckdb.DuckDBPyConnection, day: date, now: datetime, max_days_apart: int
) -> SettleSummary:
    given = {"day": day}
    load_id = next_load_id(connection)
    connection.execute(read_sql("blocks_of_day"), given)
    events = merge_changed(connection, load_id, max_days_apart)
    connection.execute(read_sql("count_day"), given)
    [(differences,)] = connection.execute(read_sql("differ_day"), given).fetchall()
    if differences:
        connection.execute(read_sql("forget_day"), given)
        connection.execute(read_sql("insert_day"), {"load_id": load_id})
    if not differences and events == NO_CHANGE:
        return SettleSummary(day, None, events)
    record_load(connection, load_id, "settle", day.isoformat(), now, events=events)
    return SettleSummary(day, load_id, events)
