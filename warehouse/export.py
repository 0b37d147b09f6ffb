"""Write tables of the published file as files of several formats; each file appears whole or not at all."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from transforms.errors import Permanent
from warehouse.connection import explain_errors, open_published
from warehouse.read_parts import ChosenRows
from warehouse.sql_files import read_sql
from warehouse.write_rows import Format, write_rows

MEMORY = "256MB"
"""Of DuckDB: some thousands of rows are sorted at once, and more only of tables without days."""
_ENDINGS: dict[Format, str] = {"geoparquet": "parquet"}
_SQLDATE = 'make_date("SQLDATE" // 10000, "SQLDATE" // 100 % 100, "SQLDATE" % 100)'
_DAY_COLUMNS: dict[str, str] = {
    "events": "event_day",
    "event_points": "event_day",
    "mentions": "event_day",
    "finalized_days": "event_day",
    "events_daily": "event_day",
    "events_daily_all": "event_day",
    "acled_events": "event_date",
    "acled_events_all": "event_date",
    "gdelt_events": _SQLDATE,
    "gdelt_events_all": _SQLDATE,
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
    with open_published(published, memory_limit=MEMORY) as connection:
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
    *,
    is_raw: bool = False,
) -> list[tuple[Path, int]]:
    """Write each table or view to `folder/TABLE.FORMAT`, newest rows first; returns the files with their row counts.

    GeoJSON and GeoParquet (a `.parquet` file) are for tables with points; what has none keeps an empty one.

    `first` and `last` (UTC days, both included) choose rows of tables that have a day; others are whole. CSV,
    JSON and GeoJSON files hold no control characters, and no cell of a CSV file is a formula, unless `is_raw`. Parquet
    files hold the very values.

    Raises:
        Permanent: there is no such table, or no published file yet, or it is from a newer version.
        Transient: the disk is full.
    """
    if first is not None and last is not None and first > last:
        raise Permanent(f"the first day {first} is after the last day {last}; exchange them")
    written = []
    with open_published(published, memory_limit=MEMORY) as connection:
        known = [str(row[0]) for row in connection.execute(read_sql("list_tables")).fetchall()]
        for table in tables:
            if table not in known:
                raise Permanent(f"there is no table {table!r}; there are {', '.join(known)}")
        for table in tables:
            path = folder / f"{table}.{_ENDINGS.get(file_format, file_format)}"
            written.append((path, _write(connection, table, path, file_format, first, last, is_raw=is_raw)))
    return written


def _write(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    path: Path,
    file_format: Format,
    first: date | None,
    last: date | None,
    *,
    is_raw: bool = False,
) -> int:
    day = _DAY_COLUMNS.get(table, "")
    chosen = ChosenRows(table)
    if day:
        chosen = ChosenRows(table, day, read_sql("from_day_to_day", day=day), {"first": first, "last": last})
    counts: list[int] = []
    data = write_rows(connection, chosen, file_format, is_raw=is_raw, count=counts.append)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with explain_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                file.writelines(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return sum(counts)
