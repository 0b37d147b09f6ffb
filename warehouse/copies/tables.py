"""The tables that are copied for other readers, by day, and how it shows that a day's rows have changed.

A copy keeps the version of each day that it holds. What differs from the warehouse's is written again, so a copy that
was interrupted, removed, or made of another warehouse comes right by itself, and the warehouse knows of no copy.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from warehouse.sql_files import read_sql

MOST_ROWS_AT_ONCE = 50_000
"""Rows of several days that are sorted and handed on together; a day is never split."""


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table or view that is copied; its rows are the statement `rows_of_NAME`."""

    name: str
    key: str  # the column that names a row

    @property
    def rows(self) -> str:
        return read_sql(f"rows_of_{self.name}")


EVENTS = CopiedTable("events", "event_id")
MENTIONS = CopiedTable("mentions", "mention_id")
ARTICLES = CopiedTable("articles", "article_version_id")
STORIES = CopiedTable("stories", "story_id")


@dataclass(frozen=True, slots=True)
class CopiedDay:
    """The rows of a table that lie on one day (UTC)."""

    rows: int
    version: str  # another one when any row of the day, or what rows look like, is another


@dataclass(frozen=True, slots=True)
class TableDays:
    """What there is of a table to copy."""

    columns: tuple[tuple[str, str], ...]  # name and DuckDB type
    days: dict[date, CopiedDay]


def read_days(connection: duckdb.DuckDBPyConnection, table: CopiedTable) -> TableDays:
    """The columns of a table, and its days in order with their versions."""
    described = connection.execute(read_sql("describe_copied", rows=table.rows)).fetchall()
    columns = tuple((str(name), str(kind)) for name, kind, *_ in described)
    [(schema,)] = connection.execute(read_sql("read_schema_version")).fetchall()
    found = connection.execute(read_sql("read_copied_days", rows=table.rows)).fetchall()
    days = {
        day: CopiedDay(count, hashlib.sha256(repr((columns, schema, count, mark)).encode()).hexdigest()[:16])
        for day, count, mark in found
    }
    return TableDays(columns, days)


def read_rows(
    connection: duckdb.DuckDBPyConnection, table: CopiedTable, days: Iterable[date], batch_rows: int
) -> pa.RecordBatchReader:
    """The rows of some days, with their `day` last, in the order of days and keys; so many in a batch."""
    query = read_sql("read_copied_rows", rows=table.rows, key=table.key)
    return connection.sql(query, params={"days": list(days)}).to_arrow_reader(batch_rows)


def split_days(days: Iterable[date], there: TableDays) -> Iterator[list[date]]:
    """Parts of some days that hold `MOST_ROWS_AT_ONCE` rows, or one day each."""
    part: list[date] = []
    rows = 0
    for day in days:
        if part and rows + there.days[day].rows > MOST_ROWS_AT_ONCE:
            yield part
            part, rows = [], 0
        part.append(day)
        rows += there.days[day].rows
    if part:
        yield part
