"""Running statements of `sql/` that take or give whole tables."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.sql_files import read_sql


def run_script(
    connection: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, object] | None = None
) -> None:
    """Run the statements below one name in their order, each with those of `values` that it names."""
    for statement in read_sql(name).split(";\n"):
        given = {key: value for key, value in (values or {}).items() if f"${key}" in statement}
        connection.execute(statement, given)


def fetch_rows(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    values: Mapping[str, object] | None = None,
    **names: str,
) -> list[dict[str, Any]]:
    """The rows of a query; `names` are put into its text as `read_sql` does."""
    query = connection.sql(read_sql(name, **names), params=dict(values or {}))
    rows: list[dict[str, Any]] = query.to_arrow_table().to_pylist()
    return rows


@contextmanager
def lend_tables(connection: duckdb.DuckDBPyConnection, **tables: pa.Table) -> Iterator[None]:
    """Let statements read `tables` under their names."""
    for name, table in tables.items():
        connection.register(name, table)
    try:
        yield
    finally:
        for name in tables:
            connection.unregister(name)
