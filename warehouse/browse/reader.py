"""The published file as the site reads it: many readers at once, and always the file that is there now."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from transforms.errors import DatelineError, Permanent, Transient
from warehouse.connection import explain_errors, explain_opening
from warehouse.migrate import check_version
from warehouse.sql_files import read_sql

_REPAIR = "`dateline run` publishes it again from the build file"


@dataclass(frozen=True, slots=True)
class FileVersion:
    """Which file lies at a path; one that was replaced is another."""

    token: str
    published_at: datetime


class WarehouseReader:
    """Reads the file that is published now; what was begun on a replaced one is read to its end there.

    Each file is attached to a DuckDB instance of its own. (DuckDB shares within a process what it opened under
    one path: a second `connect` would be given the file as it was, while somebody still reads that.) All
    requests share the instance's memory; nothing spills to disk, and no other file can be read.
    """

    def __init__(self, published: Path, *, memory_limit: str = "512MB", threads: int = 2) -> None:
        self.published = published
        self._memory_limit = memory_limit
        self._threads = threads
        self._lock = threading.Lock()
        self._instance: tuple[FileVersion, duckdb.DuckDBPyConnection] | None = None

    def version(self) -> FileVersion:
        """The file that is published now.

        Raises:
            FileUnavailable: there is none yet, or it may not be read.
        """
        try:
            found = self.published.stat()
        except FileNotFoundError:
            raise FileUnavailable(
                f"there is no warehouse at {self.published} yet; `dateline run` makes one"
            ) from None
        except PermissionError as error:
            raise FileUnavailable(f"{self.published} may not be read; see to its permissions") from error
        token = f"{found.st_ino:x}-{found.st_mtime_ns:x}-{found.st_size:x}"
        return FileVersion(token, datetime.fromtimestamp(found.st_mtime, UTC))

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of one's own to the file that is published now.

        Raises:
            FileUnavailable: there is none yet, or it is from another version, or broken.
            Transient: others need all the memory.
        """
        with explain_errors(self.published, _REPAIR):
            connection = self._connect()
            try:
                yield connection
            except (duckdb.CatalogException, duckdb.BinderException):
                with _is_unavailable():  # a file of an earlier version lacks tables and columns
                    check_version(connection, str(self.published), may_be_older=False)
                raise
            except duckdb.OutOfMemoryException as error:
                raise Transient("the site is short of memory now; try again, or ask for less") from error
            finally:
                connection.close()

    @contextmanager
    def open_alone(self, memory_limit: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """As `open`, with an instance that nobody shares: what is run there takes no memory from others."""
        with explain_errors(self.published, _REPAIR):
            self.version()
            instance = _attach(self.published, memory_limit, self._threads)
            try:
                yield instance
            finally:
                instance.close()

    def close(self) -> None:
        with self._lock:
            self._instance = None

    def _connect(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            version = self.version()
            if self._instance is None or self._instance[0] != version:
                # the old one closes when the last connection to it does
                self._instance = version, _attach(self.published, self._memory_limit, self._threads)
            connection = self._instance[1].cursor()
        connection.execute(read_sql("browse_use"))
        return connection


class FileUnavailable(Permanent):
    """There is no published file yet, or none that can be read; nothing that was asked is to blame."""


def fetch_dicts(
    connection: duckdb.DuckDBPyConnection, text: str, values: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The rows of a query by column; times in UTC."""
    result = connection.execute(text, dict(values or {}))
    names = [column[0] for column in result.description]
    return [
        {name: to_utc(value) for name, value in zip(names, row, strict=True)} for row in result.fetchall()
    ]


def to_utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo is not None else value


def _attach(path: Path, memory_limit: str, threads: int) -> duckdb.DuckDBPyConnection:
    """An instance of its own that holds nothing but the file, read-only; its settings cannot be changed."""
    instance = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory_limit,
            "threads": threads,
            "temp_directory": "",
            "python_enable_replacements": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    try:
        with _is_unavailable(), explain_errors(path, _REPAIR):
            with explain_opening(path, _REPAIR):
                instance.execute(read_sql("browse_attach").replace("{path}", str(path).replace("'", "''")))
            for statement in read_sql("browse_shut").split(";\n"):
                instance.execute(statement)
            instance.execute(read_sql("browse_use"))
            check_version(instance, str(path))
    except BaseException:
        instance.close()
        raise
    return instance


@contextmanager
def _is_unavailable() -> Iterator[None]:
    try:
        yield
    except DatelineError as error:
        raise FileUnavailable(str(error)) from error
