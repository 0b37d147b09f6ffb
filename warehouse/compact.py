"""Rewrite the build file when that pays.

Every load leaves small groups of rows, each of a block at least, and rows that were replaced. DuckDB's own joining of
groups costs as much as the archive is large at every load; rewriting the file once it has grown by half costs a
constant share of what loads write. A file of another storage version is rewritten too.
"""

import logging
import os
from pathlib import Path

import duckdb

from warehouse.connection import STORAGE_VERSION, BuildFile, open_held_build
from warehouse.sql_files import read_sql

log = logging.getLogger(__name__)

MOST_TIMES = 1.5
"""How many times as large as it must be the file may become."""
_LEAST_BYTES = 16_000_000  # smaller files are left alone: they cost nothing
_MEMORY = "128MB"  # with more of it DuckDB holds the file in memory, and is twice as fast


def is_bloated(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Whether the open build file is of another storage version, or far larger than its rows need.

    What they need is estimated from the size of the file when it was compact, and the rows then and now.
    """
    connection.execute(read_sql("write_down"))
    [(tags,)] = connection.execute(read_sql("read_storage")).fetchall()
    if not str(tags.get("storage_version", "")).startswith(STORAGE_VERSION):
        return True
    [(rows, compact_bytes, compact_rows)] = connection.execute(read_sql("read_compaction")).fetchall()
    needed = compact_bytes * max(1.0, rows / max(compact_rows, 1))
    return bool(path.stat().st_size > max(MOST_TIMES * needed, _LEAST_BYTES))


def compact(build: BuildFile) -> None:
    """Rewrite the build file, which the caller holds; killed at any point, the old or the new one is there.

    Raises:
        Transient: the disk is full; the file is as it was.
        Permanent: the file is damaged.
    """
    remove_leftovers(build.path)
    part = build.path.with_name(f".{build.path.name}.{os.getpid()}.part")
    before = build.path.stat().st_size
    try:
        with open_held_build(build) as connection:
            _rewrite(connection, part)
        put_in_place(part, build.path)
    finally:
        part.unlink(missing_ok=True)
    log.info("compact_done path=%s bytes_before=%d bytes=%d", build.path, before, build.path.stat().st_size)


def put_in_place(part: Path, path: Path) -> None:
    """Replace a closed database file by another one for good."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    # A write-ahead log that another program left beside the old file would be taken for the new one's.
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def remove_leftovers(path: Path) -> None:
    """Remove what killed copies of `path` left; nobody else can be making one while we hold the build file."""
    for left in path.parent.glob(f".{path.name}.*.part*"):
        left.unlink()
        log.warning("leftover_removed path=%s", left)


def _rewrite(connection: duckdb.DuckDBPyConnection, part: Path) -> None:
    source = connection.execute("SELECT current_database()").fetchall()[0][0]
    path = str(part).replace("'", "''")
    connection.execute(f"SET memory_limit = '{_MEMORY}'")
    connection.execute(f"ATTACH '{path}' AS rewritten (STORAGE_VERSION '{STORAGE_VERSION}')")
    try:
        connection.execute(f'COPY FROM DATABASE "{source}" TO rewritten')
        connection.execute("CHECKPOINT rewritten")
        connection.execute("DELETE FROM rewritten.schema_compaction")
        connection.execute(read_sql("insert_compaction"), {"bytes": part.stat().st_size})
    finally:
        connection.execute("DETACH rewritten")
