"""Rows of a table or view in parts of some days each, newest first: in order, without a sort of all of them, and never
all in memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import duckdb
import pyarrow as pa

from warehouse.sql_files import read_sql

_AT_ONCE = 10_000  # rows of a part; those of one day are sorted together, however many
_NO_DAY = date(1, 1, 1)
DaySpan = tuple[date, date] | None
"""The newest and the oldest day, or None: rows whose day is not known."""


@dataclass(frozen=True, slots=True)
class ChosenRows:
    """Which rows of a table or view, and how their columns are written."""

    table: str
    day: str = ""  # SQL for the day of a row; "" where rows have none: then all of them are sorted at once
    where: str = "true"
    values: Mapping[str, object] = field(default_factory=dict)  # for `where`
    replaced: str = ""  # what follows `SELECT *`


def read_parts(
    connection: duckdb.DuckDBPyConnection, rows: ChosenRows, shape: str = "{query}"
) -> Iterator[pa.Table]:
    """The rows, newest first and then by all columns from the first on; one table without rows where there are none.

    `shape`: SQL around `{query}`, which gives another row for each.
    """
    is_empty = True
    for text, days in _list_queries(connection, rows):
        whole = shape.replace("{query}", text).replace("{where}", rows.where)
        reader = connection.sql(whole, params={**rows.values, **days}).to_arrow_reader(_AT_ONCE)
        for batch in reader:
            yield pa.Table.from_batches([batch])
            is_empty = False
        schema = reader.schema
    if is_empty:
        yield schema.empty_table()


def plan_spans(connection: duckdb.DuckDBPyConnection, rows: ChosenRows) -> list[DaySpan]:
    """Spans of days that hold some thousands of rows each, the newest first."""
    spans: list[DaySpan] = []
    held = 0
    text = read_sql("count_days", table=rows.table, day=rows.day).replace("{where}", rows.where)
    for day, count in connection.execute(text, rows.values).fetchall():
        last = spans[-1] if spans else None
        if day is None:
            spans.append(None)
        elif last and held + count <= _AT_ONCE:
            spans[-1] = (last[0], day)
            held += count
        else:
            spans.append((day, day))
            held = count
    return spans


def _list_queries(
    connection: duckdb.DuckDBPyConnection, rows: ChosenRows
) -> Iterator[tuple[str, dict[str, object]]]:
    """Queries, with the days to bind, that have all rows among them; one at least."""
    names = {"table": rows.table, "replaced": rows.replaced}
    if not rows.day:
        yield read_sql("all_rows", **names), {}
        return
    for span in plan_spans(connection, rows) or [(_NO_DAY, _NO_DAY)]:
        if span:
            yield (
                read_sql("rows_of_days", day=rows.day, **names),
                {"newest": span[0], "oldest": span[1]},
            )
        else:
            yield read_sql("rows_without_day", day=rows.day, **names), {}
