"""A statement that somebody typed: read-only, and bounded in time, rows, bytes and memory."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from transforms.errors import Permanent, Transient
from warehouse.browse.reader import WarehouseReader, fetch_dicts
from warehouse.sql_files import read_sql

MOST_SECONDS = 10.0
MOST_ROWS = 10_000
MOST_BYTES = 4_000_000  # of the answer, about
MOST_CHARACTERS = 10_000  # of one cell
MEMORY = "512MB"
_READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}
_AT_ONCE = 500  # rows
_AT_A_TIME = threading.BoundedSemaphore(2)  # each may take MEMORY
_STOP_AGAIN = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class SqlAnswer:
    columns: list[tuple[str, str]]  # name and type
    rows: list[tuple[Any, ...]]
    truncated: bool  # there are more rows, or longer cells
    seconds: float


def run_sql(reader: WarehouseReader, text: str, most_seconds: float = MOST_SECONDS) -> SqlAnswer:
    """Run one statement that reads.

    Raises:
        Permanent: it is wrong, no statement that reads, or needs more time or memory than it is given.
        Transient: two others are at work.
    """
    if not _AT_A_TIME.acquire(timeout=most_seconds):
        raise Transient("others are running queries; try again in a moment")
    try:
        return _run(reader, text, most_seconds)
    finally:
        _AT_A_TIME.release()


def _run(reader: WarehouseReader, text: str, most_seconds: float) -> SqlAnswer:
    started = time.monotonic()
    with (
        reader.open_alone(MEMORY) as connection,
        _explain(most_seconds),
        _stop_after(connection, most_seconds),
    ):
        result = connection.execute(_pick_statement(connection, text))
        columns = [(str(column[0]), str(column[1])) for column in result.description or ()]
        rows, truncated = _take(connection)
    return SqlAnswer(columns, rows, truncated, time.monotonic() - started)


def list_columns(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Tables and views: `name`, `comment`, and `columns` with `name`, `type` and `comment`."""
    columns: dict[str, list[dict[str, str]]] = {}
    for row in fetch_dicts(connection, read_sql("browse_columns")):
        columns.setdefault(row.pop("table_name"), []).append(row)
    return [
        row | {"columns": columns.get(row["name"], [])}
        for row in fetch_dicts(connection, read_sql("list_tables"))
    ]


def _pick_statement(connection: duckdb.DuckDBPyConnection, text: str) -> duckdb.Statement:
    statements = connection.extract_statements(text)
    if len(statements) != 1:
        raise Permanent(
            f"these are {len(statements)} statements; give one" if statements else "the query is empty"
        )
    if statements[0].type not in _READING:
        raise Permanent(
            "only statements that read can be run here: SELECT, WITH, DESCRIBE, SUMMARIZE, EXPLAIN"
        )
    return statements[0]


def _take(connection: duckdb.DuckDBPyConnection) -> tuple[list[tuple[Any, ...]], bool]:
    rows: list[tuple[Any, ...]] = []
    size = 0
    cut = False
    while batch := connection.fetchmany(_AT_ONCE):
        for row in batch:
            if len(rows) == MOST_ROWS or size > MOST_BYTES:
                return rows, True
            short = tuple(_shorten(value) for value in row)
            cut = cut or any(one is not other for one, other in zip(row, short, strict=True))
            size += sum(len(value) if isinstance(value, str) else len(repr(value)) for value in short)
            rows.append(short)
    return rows, cut


def _shorten(value: Any) -> Any:
    if isinstance(value, str | bytes) and len(value) > MOST_CHARACTERS:
        return value[:MOST_CHARACTERS]
    if isinstance(value, list | dict | tuple) and len(shown := str(value)) > MOST_CHARACTERS:
        return shown[:MOST_CHARACTERS]
    return value


@contextmanager
def _stop_after(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    done = threading.Event()

    def stop() -> None:
        wait = seconds
        while not done.wait(wait):
            connection.interrupt()  # has no effect between two calls of DuckDB, so it is said again
            wait = _STOP_AGAIN

    watch = threading.Thread(target=stop, daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()


@contextmanager
def _explain(seconds: float) -> Iterator[None]:
    """Turn what DuckDB says of a statement into a sentence for the one who typed it."""
    try:
        yield
    except (duckdb.Error, RuntimeError) as error:
        text = str(error)
        if isinstance(error, duckdb.InterruptException) or "Query interrupted" in text:
            message = f"the query took longer than {seconds:g} seconds and was stopped; ask for less"
        elif isinstance(error, duckdb.OutOfMemoryException):
            message = f"the query needs more memory than {MEMORY}; ask for less, or use `dateline sql`"
        elif "disabled by configuration" in text or "disabled through configuration" in text:
            message = "a query may only read the warehouse, not other files or the network"
        elif "read-only mode" in text:
            message = "the warehouse is read-only here"
        elif isinstance(error, duckdb.Error):
            message = text
        else:
            raise
        raise Permanent(message) from error
