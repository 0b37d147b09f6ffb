"""Opening the two database files: the build file by one writer at a time, the published file by any reader.

DuckDB's own locks are POSIX `fcntl` locks: opening and closing the live file once more inside the writing
process would drop them, so a sidecar `flock` of our own guards the build file, and nothing else opens it.
"""

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from transforms.errors import DatelineError, Permanent, Transient
from warehouse.migrate import check_version, migrate

Option = str | bool | int | float | list[str]  # what DuckDB takes
_CONFIG: dict[str, Option] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
_FULL = (
    os.strerror(errno.ENOSPC),
    os.strerror(errno.EFBIG),
    os.strerror(errno.EDQUOT),
    "max_temp_directory_size",
)


@contextmanager
def open_build(
    build: Path, published: Path, memory_limit: str = "4GB", lock_wait_s: float = 300.0
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the build file for writing, alone, migrated; a missing one begins as a copy of `published`.

    Raises:
        Transient: another run holds the file for longer than `lock_wait_s`, or the disk is full.
        Permanent: the file is from a newer version, broken, or `memory_limit` is no size.
    """
    build.parent.mkdir(parents=True, exist_ok=True)
    with hold_lock(lock_of(build), lock_wait_s), explain_errors(build):
        if not build.exists() and published.exists():
            _restore(build, published)
        config: dict[str, Option] = _CONFIG | {"memory_limit": memory_limit}
        connection = duckdb.connect(build, config=config)
        try:
            connection.execute("SET TimeZone = 'UTC'")
            migrate(connection)
            yield connection
        finally:
            connection.close()


@contextmanager
def open_published(published: Path, *, files: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file read-only; it stays what it was at that moment, however often it is replaced.

    With `files` a statement may read and write other files (exports), else it may not.

    Raises:
        Permanent: there is no such file yet, or it is from a newer version, or broken.
    """
    if not published.exists():
        raise Permanent(f"there is no warehouse at {published} yet; `dateline run` makes one")
    with explain_errors(published):
        config: dict[str, Option] = _CONFIG | {"enable_external_access": "true" if files else "false"}
        connection = duckdb.connect(published, read_only=True, config=config)
        try:
            connection.execute("SET TimeZone = 'UTC'")
            check_version(connection, str(published))
            yield connection
        finally:
            connection.close()


def lock_of(build: Path) -> Path:
    return build.with_name(build.name + ".lock")


def read_lock_holder(build: Path) -> str:
    """Who holds the build file now, such as "pid 4711 since 2026-11-23T15:45:00Z"; "" when nobody does."""
    path = lock_of(build)
    if not path.exists():
        return ""
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.read().strip() or "another process"
    return ""


@contextmanager
def explain_errors(path: Path) -> Iterator[None]:
    """Turn DuckDB's errors about the file and the machine into ours; errors of a query pass as they are.

    Raises:
        Transient: the disk is full, or another process has the file.
        Permanent: the file is of another DuckDB, or broken, or an option does not fit.
        KeyboardInterrupt: Ctrl-C came while DuckDB was at work, which it tells in a way of its own.
    """
    try:
        yield
    except RuntimeError as error:
        if str(error) != "Query interrupted":
            raise
        raise KeyboardInterrupt from error
    except (duckdb.Error, OSError) as error:
        translated = _translate(path, error)
        if translated is None:
            raise
        raise translated from error


def _translate(path: Path, error: Exception) -> DatelineError | None:
    text = str(error)
    if any(sign in text for sign in _FULL):
        return Transient(
            f"the disk is full, {path} was left as it was; free some space and run again ({text})"
        )
    if isinstance(error, OSError):
        return None
    if "Conflicting lock" in text or "Could not set lock" in text:
        return Transient(
            f"{path} is open for writing in another program; close it there and run again ({text})"
        )
    if "version number" in text and "database file" in text:
        return Permanent(
            f"{path} was written by another version of DuckDB than the {duckdb.__version__} here; "
            f"upgrade Dateline, or move the file away and run `dateline replay` ({text})"
        )
    if "not a valid DuckDB database file" in text or "Corrupt database file" in text:
        return Permanent(
            f"{path} is broken or no warehouse; move it away, then `dateline replay` builds it again from "
            f"the archive ({text})"
        )
    if isinstance(error, duckdb.ParserException) and "memory" in text.lower():
        return Permanent(f"load.memory_limit should be a size such as 4GB ({text})")
    return None


@contextmanager
def hold_lock(path: Path, wait_s: float) -> Iterator[None]:
    """Hold a sidecar lock file, waiting at most `wait_s`; it says who holds it.

    Raises:
        Transient: another process held it for longer.
    """
    with path.open("a+") as file:
        deadline = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    file.seek(0)
                    holder = file.read().strip() or "unknown"
                    raise Transient(
                        f"the warehouse is locked by another run ({holder}); wait for it, or raise "
                        f"load.lock_wait_s ({wait_s:g} s)"
                    ) from None
                time.sleep(0.05)
        file.truncate(0)
        file.write(f"pid {os.getpid()} since {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _restore(build: Path, published: Path) -> None:
    """The published file holds all that the build file held at the last publication."""
    part = build.with_name(build.name + ".restoring")
    shutil.copyfile(published, part)
    part.replace(build)
