"""Opening the two database files: the build file by one writer at a time, the published file by any reader.

DuckDB's own locks are POSIX `fcntl` locks: opening and closing the live file once more inside the writing
process would drop them, so a sidecar `flock` of our own (`ingest/locks.py`) guards the build file, and nothing
else opens it.
"""

import ctypes
import errno
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from ingest.locks import LockHeld, hold_named_lock
from transforms.errors import DatelineError, Permanent, Transient
from warehouse.migrate import check_version, migrate

Option = str | bool | int | float | list[str]  # what DuckDB takes
_CONFIG: dict[str, Option] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
STORAGE_VERSION = "v1.5.0"
"""The oldest DuckDB that can read the two files: analysts' tools are often a version behind."""
_FULL = (
    os.strerror(errno.ENOSPC),
    os.strerror(errno.EFBIG),
    os.strerror(errno.EDQUOT),
    "max_temp_directory_size",
)
_BROKEN = (
    "not a valid DuckDB database file",
    "Corrupt database file",
    "Failed to deserialize",
)
_BATCH_FAULTS = (
    duckdb.ProgrammingError,  # wrong columns, files that are no Parquet, types that cannot be
    duckdb.DataError,  # conversions, values out of range
    duckdb.IntegrityError,
    duckdb.NotSupportedError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    Permanent,
)
"""What is raised for a staging file that is damaged or holds what does not fit."""
_CUT_FILE = "Could not read enough bytes"
_M_ARENA_MAX = -8  # glibc, malloc.h


class BrokenFile(Permanent):
    """A database file cannot be read, and will not be by trying again; `path` says which."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True, slots=True)
class BuildFile:
    """Where the build file is and how it may be opened; the values come from the settings."""

    path: Path
    published: Path  # what a build file that is missing begins as a copy of, and what it is published to
    memory_limit: str  # of DuckDB, such as 4GB
    lock_wait_s: float  # how long another run is waited for
    word_frequencies: Callable[[], Mapping[str, float]]  # of English words, for fingerprints that were lost


@contextmanager
def open_build(build: BuildFile) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the build file for writing, alone, migrated; a missing one begins as a copy of the published one.

    Raises:
        Transient: another run holds the file for longer than `build.lock_wait_s`, or the disk is full.
        Permanent: the file is from a newer version, broken, or `build.memory_limit` is no size.
    """
    with hold_build(build), open_held_build(build) as connection:
        yield connection


@contextmanager
def open_held_build(build: BuildFile) -> Iterator[duckdb.DuckDBPyConnection]:
    """As `open_build`, for one who holds the file already; at its end all changes are in the file itself."""
    with explain_errors(build.path, _repair_of_build(build)):
        is_copy = not build.path.exists() and build.published.exists()
        if is_copy:
            _restore(build)
        config: dict[str, Option] = _CONFIG | {
            "memory_limit": build.memory_limit,
            "storage_compatibility_version": STORAGE_VERSION,
        }
        try:
            connection = _connect(build.path, config, _repair_of_build(build))
        except BrokenFile as error:
            if not is_copy:
                raise
            build.path.unlink()  # or every later run would start with it
            raise BrokenFile(build.published, f"{build.published} is broken; {_MAKE_AGAIN}") from error
        try:
            connection.execute("SET TimeZone = 'UTC'")
            # joining the small groups of rows that loads leave costs as much as the archive is large, each time:
            # `warehouse/compact.py` does it when it pays
            connection.execute("SET max_vacuum_tasks = 0")
            migrate(connection)
            yield connection
        finally:
            connection.close()


@contextmanager
def open_published(published: Path, *, memory_limit: str = "") -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file read-only; it stays what it was at that moment, however often it is replaced.

    A statement can read and write no other files. `memory_limit`, such as 256MB, bounds what DuckDB holds; what does
    not fit goes to a folder beside the file.

    Raises:
        Permanent: there is no such file yet, or it is from a newer version, or broken.
    """
    if not published.exists():
        raise Permanent(f"there is no warehouse at {published} yet; `dateline run` makes one")
    with explain_errors(published, _REPAIR_OF_PUBLISHED):
        config: dict[str, Option] = _CONFIG | {"enable_external_access": "false"}
        if memory_limit:
            config["memory_limit"] = memory_limit
        connection = _connect(published, config, _REPAIR_OF_PUBLISHED, read_only=True)
        try:
            connection.execute("SET TimeZone = 'UTC'")
            check_version(connection, str(published))
            yield connection
        finally:
            connection.close()


@contextmanager
def hold_build(build: BuildFile) -> Iterator[None]:
    """Be the only one who writes the build file; its sidecar file `NAME.lock` says who that is.

    Raises:
        Transient: another run holds it for longer than `build.lock_wait_s`.
    """
    build.path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with hold_named_lock(lock_of(build.path), build.lock_wait_s):
            yield
    except LockHeld as error:
        raise Transient(
            f"the warehouse is locked by another run ({error.holder}); wait for it, or raise "
            f"load.lock_wait_s ({build.lock_wait_s:g} s)"
        ) from None


def lock_of(build: Path) -> Path:
    return build.with_name(build.name + ".lock")


@contextmanager
def explain_errors(path: Path, repair: str = "remove it and run again") -> Iterator[None]:
    """Turn DuckDB's errors about the file and the machine into ours; errors of a query pass as they are.

    `repair` says what to do where the file is broken.

    Raises:
        Transient: the disk is full, or another process has the file.
        BrokenFile: the file is damaged or no database.
        Permanent: the file is of another DuckDB, or an option does not fit.
        KeyboardInterrupt: Ctrl-C came while DuckDB was at work, which it tells in a way of its own.
    """
    try:
        yield
    except RuntimeError as error:
        if str(error) != "Query interrupted":
            raise
        raise KeyboardInterrupt from error
    except (duckdb.Error, OSError) as error:
        translated = _translate(path, repair, error)
        if translated is None:
            raise
        raise translated from error


def is_of_machine(path: Path, error: Exception) -> bool:
    """Whether a load failed for a reason that lies not in what was loaded, but in the machine or the file at
    `path`."""
    return not isinstance(error, _BATCH_FAULTS) or _translate(path, "", error) is not None


def _connect(
    path: Path, config: dict[str, Option], repair: str, *, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    _share_arenas()
    with explain_opening(path, repair):
        return duckdb.connect(path, read_only=read_only, config=config)


@contextmanager
def explain_opening(path: Path, repair: str) -> Iterator[None]:
    """Turn whatever DuckDB says of a file that it cannot open into a sentence that says what to do.

    Raises:
        Transient, Permanent: as `explain_errors` does; Permanent also where the file may not be read.
    """
    try:
        yield
    except duckdb.Error as error:
        if _translate(path, repair, error) is not None or isinstance(error, duckdb.OutOfMemoryException):
            raise
        reason = " ".join(str(error).split())[:300]
        if "Permission denied" in reason:
            raise Permanent(f"{path} may not be opened; see to its permissions and run again") from error
        raise BrokenFile(path, f"{path} cannot be opened as a database; {repair} ({reason})") from error


@cache
def _share_arenas() -> None:
    """Let the threads of this process share an arena of memory a core, where glibc has such.

    Every connection has threads of its own, and glibc gives up to eight arenas a core to threads that come and go. Each
    keeps some of what is freed in it, which adds up over the loads of a long backfill.
    """
    with suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, os.cpu_count() or 1)


def _repair_of_build(build: BuildFile) -> str:
    if build.published.exists():
        return (
            f"move it away and run again: it begins again as a copy of {build.published}, and what that has not "
            "is loaded again"
        )
    return _MAKE_AGAIN


_MAKE_AGAIN = "move it away, then `dateline replay` builds it again from the archive"
_REPAIR_OF_PUBLISHED = (
    f"`dateline run` publishes it again from the build file; where that is lost too, {_MAKE_AGAIN}"
)


def _translate(path: Path, repair: str, error: Exception) -> DatelineError | None:
    text = " ".join(str(error).split())[:300]
    if any(sign in text for sign in _FULL):
        return Transient(
            f"the disk is full, {path} was left as it was; free some space and run again ({text})"
        )
    if isinstance(error, OSError) or not isinstance(error, duckdb.Error):
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
    if any(sign in text for sign in _BROKEN) or (_CUT_FILE in text and path.name in text):
        return BrokenFile(path, f"{path} is broken or no warehouse; {repair} ({text})")
    if isinstance(error, duckdb.ParserException) and "memory" in text.lower():
        return Permanent(f"load.memory_limit should be a size such as 4GB ({text})")
    return None


def _restore(build: BuildFile) -> None:
    """Copy the published file: it holds all that the build file held at the last publication."""
    part = build.path.with_name(build.path.name + ".restoring")
    shutil.copyfile(build.published, part)
    part.replace(build.path)
