"""Run an analyst's query on the published file: read-only, with no way to other files or the network."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from transforms.errors import Permanent
from warehouse.connection import open_published
from warehouse.sql_files import read_sql

_AT_ONCE = 10_000  # rows


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of one statement, read as they are asked for."""

    columns: tuple[str, ...]
    rows: Iterator[Sequence[Any]]


@contextmanager
def run_queries(published: Path, text: str) -> Iterator[Iterator[Result]]:
    """Run the statements of `text` one after the other; a result must be read before the next is asked for.

    Raises:
        Permanent: a statement is wrong or would change something, or there is no published file.
    """
    with open_published(published) as connection:
        yield _run_each(connection, text)


def write_parquet(published: Path, text: str, path: Path) -> int:
    """Write the rows of the query `text` to the new file `path`; returns how many.

    Raises:
        Permanent: the query is wrong or would change something, or there is no published file.
    """
    rows = 0
    with open_published(published) as connection, _explain_query():
        result = connection.sql(text)
        if result is None:
            raise Permanent("this statement has no rows to write; give a SELECT")
        reader = result.to_arrow_reader(_AT_ONCE)
        with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)
                rows += batch.num_rows
    return rows


def list_tables(published: Path) -> list[tuple[str, str]]:
    """Tables and views with what they are."""
    with open_published(published) as connection:
        return [(name, comment) for name, comment in connection.execute(read_sql("list_tables")).fetchall()]


def describe_table(published: Path, table: str) -> list[tuple[str, str, str]]:
    """Name, type and meaning of each column.

    Raises:
        Permanent: there is no such table.
    """
    with open_published(published) as connection:
        rows = connection.execute(read_sql("describe_table"), [table]).fetchall()
    if not rows:
        raise Permanent(f"there is no table {table!r}; .tables lists them")
    return [(name, kind, comment) for name, kind, comment in rows]


def _run_each(connection: duckdb.DuckDBPyConnection, text: str) -> Iterator[Result]:
    with _explain_query():
        statements = connection.extract_statements(text)
    for statement in statements:
        with _explain_query():
            result = connection.execute(statement)
            columns = tuple(column[0] for column in result.description or ())
        yield Result(columns, _read_rows(connection))


def _read_rows(connection: duckdb.DuckDBPyConnection) -> Iterator[Sequence[Any]]:
    while True:
        with _explain_query():
            rows = connection.fetchmany(_AT_ONCE)
        if not rows:
            return
        yield from rows


@contextmanager
def _explain_query() -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, pa.ArrowException) as error:
        text = str(error)
        if "read-only mode" in text:
            raise Permanent("the warehouse is read-only here; only queries can be run") from error
        if "disabled by configuration" in text or "disabled through configuration" in text:
            raise Permanent(
                "a query may only read the warehouse, not other files or the network; `--output` and "
                "`dateline export` write files"
            ) from error
        raise Permanent(text) from error
