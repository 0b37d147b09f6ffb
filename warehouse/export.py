"""Write tables of the published file as Parquet, CSV or JSON files; each appears whole or not at all."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal

import duckdb

from transforms.errors import Permanent
from warehouse.connection import explain_errors, open_published
from warehouse.sql_files import read_sql

Format = Literal["parquet", "csv", "json"]
_OPTIONS: dict[str, str] = {
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    "csv": "FORMAT csv, HEADER",
    "json": "FORMAT json",
}
_DAY_COLUMNS: dict[str, str] = {
    "events": "event_day",
    "mentions": "event_day",
    "finalized_days": "event_day",
    "events_daily": "event_day",
    "acled_events": "event_date",
    "gdelt_events": "strptime(\"SQLDATE\"::VARCHAR, '%Y%m%d')",
    "articles": "coalesce(published_at, fetched_at)",
    "current_articles": "coalesce(published_at, fetched_at)",
    "entries": "coalesce(published_at, seen_at)",
    "fetches": "requested_at",
    "rejections": "rejected_at",
    "loads": "loaded_at",
}
"""The day of a row, for the tables that have one."""
DEFAULT_TABLES = ("events", "mentions", "current_articles", "events_daily", "feed_health")


def export_day(published: Path, day: date, folder: Path) -> list[Path]:
    """Write `folder/events/DAY.parquet` and `folder/mentions/DAY.parquet`; the same rows give the same bytes.

    Raises:
        Permanent: there is no published file yet, or it is from a newer version.
        Transient: the disk is full.
    """
    paths = []
    with open_published(published, files=True) as connection:
        for table in ("events", "mentions"):
            path = folder / table / f"{day.isoformat()}.parquet"
            _write(connection, table, path, "parquet", day, day)
            paths.append(path)
    return paths


def export_tables(
    published: Path,
    tables: Sequence[str],
    folder: Path,
    file_format: Format,
    first: date | None = None,
    last: date | None = None,
) -> list[tuple[Path, int]]:
    """Write each table or view to `folder/TABLE.FORMAT`; returns the files with their numbers of rows.

    `first` and `last` (UTC days, both included) choose rows of tables that have a day; others are whole.

    Raises:
        Permanent: there is no such table, or no published file yet, or it is from a newer version.
        Transient: the disk is full.
    """
    if first is not None and last is not None and first > last:
        raise Permanent(f"the first day {first} is after the last day {last}; exchange them")
    written = []
    with open_published(published, files=True) as connection:
        known = [str(row[0]) for row in connection.execute(read_sql("list_tables")).fetchall()]
        for table in tables:
            if table not in known:
                raise Permanent(f"there is no table {table!r}; there are {', '.join(known)}")
        for table in tables:
            path = folder / f"{table}.{file_format}"
            written.append((path, _write(connection, table, path, file_format, first, last)))
    return written


def _write(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    path: Path,
    file_format: Format,
    first: date | None,
    last: date | None,
) -> int:
    day = _DAY_COLUMNS.get(table)
    query = read_sql("export_rows" if day else "export_all", table=table, day=day or "")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    target = str(part).replace("'", "''")
    with explain_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            copy = f"COPY ({query}) TO '{target}' ({_OPTIONS[file_format]})"
            [(rows,)] = connection.execute(copy, {"first": first, "last": last} if day else {}).fetchall()
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return int(rows)
