"""Finalize a day: merge its mentions again, and count what the day held."""

from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from warehouse.connection import BuildFile, open_build
from warehouse.load import next_load_id, record_load, transaction
from warehouse.load_summary import NO_CHANGE, MergeSummary
from warehouse.merge_events import merge_changed
from warehouse.sql_files import read_sql


@dataclass(frozen=True, slots=True)
class FinalizeSummary:
    """What finalizing a day did; `load_id` is None when nothing had changed since it was finalized last."""

    day: date
    load_id: int | None
    events: MergeSummary


def finalize_day(build: BuildFile, day: date, now: datetime, max_days_apart: int) -> FinalizeSummary:
    """Merge the events of `day` again from its mentions and count them into `finalized_days`; idempotent.

    Raises:
        Transient: another run is loading, or the disk is full; nothing was changed.
    """
    with open_build(build) as connection, transaction(connection):
        return _finalize(connection, day, now, max_days_apart)


def _finalize(
    connection: duckdb.DuckDBPyConnection, day: date, now: datetime, max_days_apart: int
) -> FinalizeSummary:
    given = {"day": day}
    load_id = next_load_id(connection)
    connection.execute(read_sql("choose_blocks_of_day"), given)
    events = merge_changed(connection, load_id, max_days_apart)
    connection.execute(read_sql("count_day"), given)
    [(differences,)] = connection.execute(read_sql("count_differences"), given).fetchall()
    if differences:
        connection.execute(read_sql("delete_day"), given)
        connection.execute(read_sql("insert_day"), {"load_id": load_id})
    if not differences and events == NO_CHANGE:
        return FinalizeSummary(day, None, events)
    record_load(connection, load_id, "finalize", day.isoformat(), now, events=events)
    return FinalizeSummary(day, load_id, events)
