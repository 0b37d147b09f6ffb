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
from warehouse.compact import compact, is_bloated, put_in_place, remove_leftovers
from warehouse.connection import BuildFile, explain_errors, hold_build, open_held_build, open_published
from warehouse.sql_files import read_sql

log = logging.getLogger(__name__)


def publish(build: BuildFile, *, again: bool = False) -> bool:
    """Publish what the build file holds; returns whether there was anything new to publish.

    `again`: also where the published file says that it holds the same, as it is damaged.

    Raises:
        Transient: a load is running, or the disk is full; the published file is as it was.
        Permanent: the build file cannot be read.
    """
    published = build.published
    with hold_build(build):
        with open_held_build(build) as connection:
            stamp = connection.execute(read_sql("read_stamp")).fetchall()
            if not again and stamp == _read_published_stamp(published):
                return False
            bloated = is_bloated(connection, build.path)
        remove_leftovers(published)
        if bloated:
            compact(build)
        part = published.with_name(f".{published.name}.{os.getpid()}.part")
        try:
            with explain_errors(build.path):
                _copy(build, part)
                put_in_place(part, published)
        finally:
            part.unlink(missing_ok=True)
    log.info("publish_done path=%s bytes=%d", published, published.stat().st_size)
    return True


def replace_build(new: Path, build: BuildFile) -> None:
    """Put a build file that was made elsewhere in the place of `build`; a publication makes it seen.

    Raises:
        Transient: a load is running; nothing was changed.
    """
    with hold_build(build):
        build.path.with_name(build.path.name + ".wal").unlink(missing_ok=True)
        new.replace(build.path)


def _copy(build: BuildFile, part: Path) -> None:
    """Copy the build file, which nobody has open: DuckDB's locks would be lost with the second handle.

    A block that is not whole is one that nothing refers to, left by a kill, or real damage. Rewriting the file
    leaves the former out, and fails at the latter.
    """
    from warehouse.copy_file import (  # NumPy, for checksums, takes a tenth of a second
        DamagedBlock,
        copy_database,
    )

    try:
        copy_database(build.path, part)
    except DamagedBlock as error:
        log.warning("publish_rewrites path=%s reason=%r", build.path, str(error))
        compact(build)
        copy_database(build.path, part)


def _read_published_stamp(published: Path) -> list[tuple[object, ...]] | None:
    if not published.exists():
        return None
    try:
        with open_published(published) as connection:
            return connection.execute(read_sql("read_stamp")).fetchall()
    except (DatelineError, duckdb.Error) as error:
        log.warning("published_unreadable path=%s error=%s", published, error)
        return None
