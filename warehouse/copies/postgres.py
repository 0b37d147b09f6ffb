"""Keep tables of a PostgreSQL database what the published events, mentions and stories are, in its schema `dateline`.

All of an update is one transaction: readers see one publication or the next. Days whose rows have changed are copied
into a temporary table, and what differs there is put in place, taken over, or deleted. Where the columns of a table
have changed it is made again beside the old one, which it replaces at the end of the transaction.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from transforms.errors import Permanent, Transient
from transforms.safe_text import hide_keys
from warehouse.connection import open_published
from warehouse.copies.tables import (
    EVENTS,
    MENTIONS,
    STORIES,
    CopiedTable,
    TableDays,
    read_days,
    read_rows,
    split_days,
)
from warehouse.migrate import check_version
from warehouse.sql_files import read_sql

if TYPE_CHECKING:
    from psycopg import Cursor

log = logging.getLogger(__name__)

POSTGRES_TABLES = (EVENTS, MENTIONS, STORIES)
_INDEXED = {"events": ("event_day", "country"), "mentions": ("event_id",), "stories": ("last_seen_at",)}
_TYPES = {
    "VARCHAR": "text",
    "BIGINT": "bigint",
    "INTEGER": "integer",
    "DOUBLE": "double precision",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}
_LAYOUT = 1
"""Of the copy itself; another number makes all of its tables again."""
_CONNECT_S, _LOCK_MS = 10, 60_000
_BATCH_ROWS = 5_000
_DAY_COMMENT = "The day (UTC) under which the copy keeps the row"


@dataclass(frozen=True, slots=True)
class PostgresSummary:
    """What an update of the copy did."""

    days_copied: int  # over all tables
    days_removed: int
    rebuilt: tuple[str, ...]  # tables that were made again


def update_postgres(published: Path, url: str, now: datetime, *, whole: bool = False) -> PostgresSummary:
    """Bring the copy up to date.

    `url`: as libpq takes it, such as postgresql://dateline@db.example.org/news. `whole`: make all tables again.

    Raises:
        Permanent: psycopg is missing, the address is none, or the database refuses what we ask.
        Transient: the database is not there, or busy; the copy is as it was.
    """
    copied, removed, rebuilt = 0, 0, []
    with _open(url) as cursor, open_published(published) as connection:
        check_version(connection, str(published), may_be_older=False)
        _prepare(cursor)
        for table in POSTGRES_TABLES:
            there = read_days(connection, table)
            columns = json.dumps([_LAYOUT, there.columns])
            cursor.execute(read_sql("pg_read_columns"), [table.name, f"dateline.{table.name}"])
            known = cursor.fetchone()
            if whole or known != (columns,):
                _rebuild(cursor, connection, table, there)
                changed, gone = list(there.days), _read_days(cursor, table).keys() - there.days.keys()
                rebuilt.append(table.name)
            else:
                before = _read_days(cursor, table)
                changed = [
                    day for day, copied_day in there.days.items() if before.get(day) != copied_day.version
                ]
                gone = before.keys() - there.days.keys()
                _replace_days(cursor, connection, table, there, changed, sorted(gone))
            _write_state(cursor, table, there, changed, sorted(gone), columns, now)
            copied, removed = copied + len(changed), removed + len(gone)
    log.info("postgres_done copied=%d removed=%d rebuilt=%s", copied, removed, ",".join(rebuilt))
    return PostgresSummary(copied, removed, tuple(rebuilt))


@contextmanager
def _open(url: str) -> "Iterator[Cursor]":
    """A transaction of the database."""
    try:
        import psycopg
    except ImportError as error:
        raise Permanent(
            "a copy in PostgreSQL needs the extra `cluster`: pip install 'dateline[cluster]'"
        ) from error
    try:
        psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # what it says quotes the address, and that may hold a password
        raise Permanent(
            "the address of the PostgreSQL database cannot be read; write postgresql://USER@HOST/DATABASE"
        ) from None
    try:
        options = f"-c lock_timeout={_LOCK_MS} -c timezone=UTC"
        with (
            psycopg.connect(url, connect_timeout=_CONNECT_S, options=options) as server,
            server.cursor() as cursor,
        ):
            yield cursor
    except psycopg.errors.DependentObjectsStillExist as error:
        raise Permanent(
            f"a table of the copy has other columns now, and something of yours needs it: {_shorten(error)}; drop "
            "that, and create it again after the next copy"
        ) from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise Transient(f"the PostgreSQL database cannot be written now ({_shorten(error)})") from error
    except psycopg.Error as error:
        raise Permanent(f"the PostgreSQL database refuses the copy ({_shorten(error)})") from error


def _shorten(error: Exception) -> str:
    return hide_keys(" ".join(str(error).split())[:300])


def _prepare(cursor: "Cursor") -> None:
    cursor.execute(read_sql("pg_find_schema"))
    if cursor.fetchone() == (False,):  # who may not create schemas can be given one
        cursor.execute(read_sql("pg_create_schema"))
    cursor.execute(read_sql("pg_create_state"))
    cursor.execute(read_sql("pg_lock"))


def _read_days(cursor: "Cursor", table: CopiedTable) -> dict[date, str]:
    cursor.execute(read_sql("pg_read_days"), [table.name])
    return dict(cursor.fetchall())


def _rebuild(
    cursor: "Cursor", connection: duckdb.DuckDBPyConnection, table: CopiedTable, there: TableDays
) -> None:
    """Make the table again beside the one there, then put it in its place."""
    name = f"{table.name}_new"
    cursor.execute(read_sql("pg_drop_table", table=name))
    columns = [f'"{column}" {map_type(kind)}' for column, kind in there.columns] + ["day date NOT NULL"]
    cursor.execute(read_sql("pg_create_table", table=name, columns=", ".join(columns), key=table.key))
    _copy_days(cursor, connection, table, there, list(there.days), f"dateline.{name}")
    for column in ("day", *_INDEXED[table.name]):
        cursor.execute(read_sql("pg_create_index", table=name, column=column))
    _comment(cursor, connection, table, name)
    cursor.execute(read_sql("pg_drop_table", table=table.name))
    cursor.execute(read_sql("pg_rename_table", table=table.name))


def _comment(cursor: "Cursor", connection: duckdb.DuckDBPyConnection, table: CopiedTable, name: str) -> None:
    from psycopg import sql

    comments = connection.execute(read_sql("read_comments"), {"table": table.name}).fetchall()
    for column, comment in [*comments, ("day", _DAY_COMMENT)]:
        literal = sql.Literal(comment).as_string(cursor)
        if column:
            cursor.execute(read_sql("pg_comment_column", table=name, column=column, comment=literal))
        else:
            cursor.execute(read_sql("pg_comment_table", table=name, comment=literal))


def _replace_days(
    cursor: "Cursor",
    connection: duckdb.DuckDBPyConnection,
    table: CopiedTable,
    there: TableDays,
    changed: Sequence[date],
    gone: Sequence[date],
) -> None:
    """Make the rows of some days those of the warehouse; a row that moves from one day to another stays one."""
    if not changed and not gone:
        return
    names = [f'"{name}"' for name, _ in there.columns] + ["day"]
    columns, given = ", ".join(names), ", ".join(f"excluded.{name}" for name in names)
    cursor.execute(read_sql("pg_create_incoming", table=table.name))
    _copy_days(cursor, connection, table, there, changed, "incoming")
    cursor.execute(read_sql("pg_delete_gone", table=table.name, key=table.key), [[*changed, *gone]])
    cursor.execute(read_sql("pg_upsert", table=table.name, key=table.key, columns=columns, given=given))
    cursor.execute(read_sql("pg_drop_incoming"))


def _copy_days(
    cursor: "Cursor",
    connection: duckdb.DuckDBPyConnection,
    table: CopiedTable,
    there: TableDays,
    days: Sequence[date],
    target: str,
) -> None:
    names = ", ".join([f'"{name}"' for name, _ in there.columns] + ["day"])
    kinds = [map_type(kind) for _, kind in there.columns] + ["date"]
    with cursor.copy(read_sql("pg_copy", table=target, columns=names)) as copy:
        for part in split_days(days, there):
            for batch in read_rows(connection, table, part, _BATCH_ROWS):
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    copy.write_row(
                        [_to_postgres(value, kind) for value, kind in zip(row, kinds, strict=True)]
                    )


def _write_state(
    cursor: "Cursor",
    table: CopiedTable,
    there: TableDays,
    changed: Sequence[date],
    gone: Sequence[date],
    columns: str,
    now: datetime,
) -> None:
    cursor.execute(read_sql("pg_delete_days"), [table.name, [*changed, *gone]])
    cursor.executemany(
        read_sql("pg_insert_day"), [(table.name, day, there.days[day].version) for day in changed]
    )
    cursor.execute(read_sql("pg_write_columns"), [table.name, columns, now])


def map_type(kind: str) -> str:
    """PostgreSQL's type for a type of DuckDB: lists of plain values are arrays, structs are JSON.

    Raises:
        Permanent: there is none.
    """
    if kind.startswith("STRUCT"):
        return "jsonb"
    plain = kind.removesuffix("[]")
    if plain not in _TYPES:
        raise Permanent(f"the copy in PostgreSQL has no type for {kind}")
    return _TYPES[plain] + kind[len(plain) :]


def _to_postgres(value: Any, kind: str) -> Any:
    if kind == "jsonb":
        return None if value is None else json.dumps(_drop_zeros(value), ensure_ascii=False)
    return _drop_zeros(value)


def _drop_zeros(value: Any) -> Any:
    """A value without U+0000, which no text of PostgreSQL may hold."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_drop_zeros(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _drop_zeros(item) for name, item in value.items()}
    return value
