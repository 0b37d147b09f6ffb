"""Publish the build file: copy it to a new file beside the published one, then put that in its place.

Whoever has the published file open keeps reading the old one; whoever opens it next gets the new one. A
process killed at any point leaves the published file whole, and the next run sees that the build file is
ahead of it.
"""

import logging
import os
from pathlib import Path

import duckdb

from transforms.errors import DatelineError
from warehouse.connection import BuildFile, hold_build, open_build, open_published
from warehouse.sql_files import read_sql

log = logging.getLogger(__name__)

STORAGE_VERSION = "v1.5.0"
"""The oldest DuckDB that can read the published file: analysts' tools are often a version behind."""


def publish(build: BuildFile, *, again: bool = False) -> bool:
    """Publish what the build file holds; returns whether there was anything new to publish.

    `again`: also where the published file says that it holds the same, as it is damaged.

    Raises:
        Transient: a load is running, or the disk is full; the published file is as it was.
        Permanent: the build file cannot be read.
    """
    published = build.published
    with open_build(build) as connection:
        stamp = connection.execute(read_sql("read_stamp")).fetchall()
        if not again and stamp == _read_published_stamp(published):
            return False
        _remove_leftovers(published)
        part = published.with_name(f".{published.name}.{os.getpid()}.part")
        try:
            _copy(connection, part)
            _replace(part, published)
        finally:
            part.unlink(missing_ok=True)
    log.info("publish_done path=%s bytes=%d", published, published.stat().st_size)
    return True


def replace_build(new: Path, build: BuildFile) -> None:
    """Put a build file that was made elsewhere in the place of `build`; a publication makes it seen.

    Raises:
        Transient: a load is running; nothing was changed.
    """
    build.path.parent.mkdir(parents=True, exist_ok=True)
    with hold_build(build):
        build.path.with_name(build.path.name + ".wal").unlink(missing_ok=True)
        new.replace(build.path)


def _copy(connection: duckdb.DuckDBPyConnection, part: Path) -> None:
    source = connection.execute("SELECT current_database()").fetchall()[0][0]
    path = str(part).replace("'", "''")
    connection.execute(f"ATTACH '{path}' AS publishing (STORAGE_VERSION '{STORAGE_VERSION}')")
    try:
        connection.execute(f'COPY FROM DATABASE "{source}" TO publishing')
        connection.execute("CHECKPOINT publishing")
    finally:
        connection.execute("DETACH publishing")


def _replace(part: Path, published: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    # A write-ahead log that another program left beside the old file would be taken for the new one's.
    published.with_name(published.name + ".wal").unlink(missing_ok=True)
    part.replace(published)
    folder = os.open(published.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read_published_stamp(published: Path) -> list[tuple[object, ...]] | None:
    if not published.exists():
        return None
    try:
        with open_published(published) as connection:
            return connection.execute(read_sql("read_stamp")).fetchall()
    except (DatelineError, duckdb.Error) as error:
        log.warning("published_unreadable path=%s error=%s", published, error)
        return None


def _remove_leftovers(published: Path) -> None:
    """Remove what killed publications left; nobody else can be publishing while we hold the build file."""
    for path in published.parent.glob(f".{published.name}.*.part*"):
        path.unlink()
        log.warning("publish_leftover_removed path=%s", path)
