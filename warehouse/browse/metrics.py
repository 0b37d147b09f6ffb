"""The numbers of the published file that a monitoring system watches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from warehouse.browse.alerts import LEAST_FAILURES
from warehouse.browse.feeds import read_silent
from warehouse.browse.reader import fetch_dicts
from warehouse.sql_files import read_sql


@dataclass(frozen=True, slots=True)
class FeedNumbers:
    """How many feeds there are; the last two count active ones."""

    active: int
    gone: int
    due: int
    failing: int


@dataclass(frozen=True, slots=True)
class WarehouseNumbers:
    feeds: FeedNumbers
    last_success_at: datetime | None  # of a poll of any feed
    last_load_at: datetime | None
    events_of_day: int  # first seen within 24 hours
    articles_of_day: int  # versions fetched within 24 hours
    pages_waiting: int
    gap_days: int  # days of feeds of which entries are known to be missing
    rows: Mapping[str, int]  # by table
    rejections: Mapping[tuple[str, str], int]  # by stage and reason
    loaded: frozenset[tuple[str, str]]  # run and batch, of the runs that were asked about


def read_numbers(
    connection: duckdb.DuckDBPyConnection, now: datetime, runs: Iterable[str]
) -> WarehouseNumbers:
    """What the file that `connection` is open on says at `now`; of `runs` it says which batches are loaded."""

    def rows(name: str, **values: Any) -> list[tuple[Any, ...]]:
        return connection.execute(read_sql(name), values).fetchall()

    [feeds] = fetch_dicts(connection, read_sql("metrics_feeds"), {"now": now, "failures": LEAST_FAILURES})
    [news] = fetch_dicts(connection, read_sql("metrics_news"), {"now": now})
    counting = " UNION ALL ".join(
        read_sql("metrics_rows", table=table) for (table,) in rows("metrics_tables")
    )
    last_success_at = feeds.pop("last_success_at")
    return WarehouseNumbers(
        feeds=FeedNumbers(**feeds),
        last_success_at=last_success_at,
        **news,
        gap_days=sum(count for _, count in rows("browse_gaps")),
        rows=dict(connection.execute(counting).fetchall()),
        rejections={(stage, reason): count for stage, reason, count in rows("metrics_rejections")},
        loaded=frozenset(rows("metrics_loaded", runs=list(runs))),
    )


def count_silent(connection: duckdb.DuckDBPyConnection) -> int:
    """How many feeds were silent at the last poll of any feed.

    That looks at every entry (a tenth of a second for 700,000), and follows from the file alone.
    """
    [(last,)] = connection.execute(read_sql("browse_last_poll")).fetchall()
    return 0 if last is None else len(read_silent(connection, last))
