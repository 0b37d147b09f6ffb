"""A warehouse of any size out of a small one: the same days of news again and again, each further back."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.synthetic_news import write_day
from warehouse.connection import BuildFile, open_build
from warehouse.fingerprint_files import FingerprintFiles
from warehouse.load import load_batches

_REPEATED = (
    "fetches", "entries", "articles", "article_stories", "stories", "codings", "mentions", "article_places",
    "events",
)  # fmt: skip


def multiply_warehouse(base: Path, build: BuildFile, copies: int, days: int) -> None:
    """Make the build file `build` of `base` and `copies - 1` more copies of its news, each `days` days older.

    The last copy is the base as the loader left it. Merging does not look at ids' spelling or at the
    calendar, so the rows are those that loading the older days would have left; copying them takes seconds
    where loading a million events takes many minutes.
    """
    with open_build(build) as connection:
        connection.execute(f"ATTACH '{base}' AS base (READ_ONLY)")
        for table in _other_tables(connection):
            connection.execute(f'DELETE FROM "{table}"; INSERT INTO "{table}" SELECT * FROM base."{table}"')
        for back in range(copies - 1, -1, -1):
            for table in _REPEATED:
                replaced = _shift_columns(connection, table, back, back * days) if back else ""
                connection.execute(f"INSERT INTO {table} SELECT * {replaced} FROM base.{table}")
        connection.execute("DETACH base")
        connection.execute("CHECKPOINT")
    _multiply_fingerprints(
        FingerprintFiles(base, build.word_frequencies),
        FingerprintFiles(build.path, build.word_frequencies),
        copies,
        days,
    )


def _multiply_fingerprints(base: FingerprintFiles, build: FingerprintFiles, copies: int, days: int) -> None:
    first = pq.read_table(sorted(base.folder.glob("*.parquet")))
    names, times = first.column("article_version_id"), first.column("reported_us")
    for back in range(copies):
        moved = pc.subtract(times, back * days * 86_400_000_000)
        named = pc.binary_join_element_wise(names, f"-{back}", "") if back else names
        build.add(first.set_column(0, first.field(0), named).set_column(1, first.field(1), moved))


def fill_warehouse(folder: Path, build: BuildFile, events: int) -> None:
    """Make the build file `build` with about `events` events, 200 a day; `folder` holds what it is made of."""
    days, a_day = 50, 200
    path = folder / "base.duckdb"
    base = replace(build, path=path, published=path)
    batches = [write_day(folder / "staging", day, a_day) for day in range(days)]
    load_batches(base, batches, "fill", datetime.now(UTC), 1)
    multiply_warehouse(base.path, build, max(1, events // (days * a_day)), days)


def _other_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "SELECT table_name FROM duckdb_tables() "
        "WHERE database_name = current_database() AND NOT internal AND NOT temporary"
    ).fetchall()
    return [name for (name,) in rows if name not in _REPEATED]


def _shift_columns(connection: duckdb.DuckDBPyConnection, table: str, back: int, days: int) -> str:
    """The REPLACE clause that gives a copy ids of its own and moves its dates so many days back."""
    columns = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = current_database() AND table_name = ?",
        [table],
    ).fetchall()
    changed = [change for name, kind in columns if (change := _shift_column(name, kind, back, days))]
    return f"REPLACE ({', '.join(changed)})"


def _shift_column(name: str, kind: str, back: int, days: int) -> str:
    if kind == "VARCHAR" and name.endswith("_id") and name not in ("feed_id", "run_id"):
        return f"{name} || '-{back}' AS {name}"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"{name} - INTERVAL {days} DAY AS {name}"
    if kind == "DATE":
        return f"{name} - {days} AS {name}"
    if name in ("date_start", "date_end"):
        return f"coalesce((try_cast({name} AS DATE) - {days})::VARCHAR, {name}) AS {name}"
    return ""
