"""Staging files: the Parquet files by which steps hand records to one another.

A batch is a folder. A step writes `STEP.RECORDS.parquet` files (`poll.entries.parquet`) and, last of all,
its `STEP.done` marker; a step whose marker is there has nothing to do again. Every file appears by atomic
rename, so a reader never sees half of one, and a killed step leaves at most a `.part` file behind.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import get_ident
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from ingest.staging.field_types import types_of, without_none
from transforms.errors import Permanent, Transient, is_full_disk

log = logging.getLogger("dateline.staging")
T = TypeVar("T")


class DamagedFile(Permanent):
    """A staging file cannot be read: it is cut, garbled, or of other columns."""


def write_records(path: Path, kind: type[T], records: Iterable[T]) -> int:
    """Write `records`, all of dataclass `kind`, to `path` by atomic rename; returns how many.

    Raises:
        Transient: the disk is full.
    """
    from ingest.staging import arrow_tables  # takes half a second to load: not for one who writes nothing

    rows = list(records)
    columns = {
        name: [value(getattr(row, name)) for row in rows] if value else [getattr(row, name) for row in rows]
        for name, value in _plainers_of(kind)
    }
    try:
        table = arrow_tables.make_table(kind, columns)
    except UnicodeEncodeError:  # half a character somewhere: looking at every text would cost time
        table = arrow_tables.make_table(kind, _drop_surrogates(columns))
    with explain_full_disk(path.parent):
        part = path.with_name(f"{path.name}.{os.getpid()}.{get_ident()}.part")
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            arrow_tables.write_table(table, part)
            _sync(part)
            size = part.stat().st_size
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    log.debug("staging_written file=%s rows=%d bytes=%d", path, len(rows), size)
    return len(rows)


@contextmanager
def explain_full_disk(folder: Path) -> Iterator[None]:
    """Turn a full disk into a `Transient` that says what to do.

    Raises:
        Transient: the disk is full, or a quota or the largest size of a file is reached.
    """
    try:
        yield
    except OSError as error:
        if not is_full_disk(error):
            raise
        raise Transient(
            f"the disk of {folder} is full ({error}); free some space and run again, nothing is lost"
        ) from error


def read_records(path: Path, kind: type[T]) -> list[T]:
    """Read the records that `write_records` wrote; none where the file is missing.

    Raises:
        DamagedFile: the file is not what `write_records` wrote.
    """
    if not path.exists():
        return []
    from ingest.staging import arrow_tables

    try:
        table = arrow_tables.read_table(path, kind)
        columns = []
        for name, value in _readers_of(kind):
            plain = table.column(name).to_pylist()
            columns.append([value(item) for item in plain] if value else plain)
        records = [kind(*row) for row in zip(*columns, strict=True)]
    except MemoryError:
        raise
    except (
        arrow_tables.ArrowException,
        OSError,
        ValueError,
        TypeError,
        LookupError,
        ArithmeticError,
    ) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # the machine says this, not the file
        reason = " ".join(str(error).split())[:300]
        raise DamagedFile(f"the staging file {path} is damaged ({reason})") from error
    log.debug("staging_read file=%s rows=%d bytes=%d", path, len(records), path.stat().st_size)
    return records


def count_records(path: Path) -> int:
    """How many records a file holds, by its last bytes alone.

    Raises:
        Exception: whatever Arrow says of a file that is damaged.
    """
    from ingest.staging import arrow_tables

    return arrow_tables.count_rows(path)


def mark_done(batch: Path, step: str) -> None:
    """Say that `step` has written all its files of `batch`."""
    part = batch / f"{step}.done.{os.getpid()}.{get_ident()}.part"
    part.write_text("")
    _sync(part)
    part.replace(batch / f"{step}.done")


def is_done(batch: Path, step: str) -> bool:
    return (batch / f"{step}.done").exists()


def find_batches(run: Path) -> Sequence[Path]:
    """The batch folders of a run, in order; none where it is no folder."""
    return list_folders(run)


def list_folders(folder: Path) -> list[Path]:
    """The folders in a folder, in order; none where there is no such folder."""
    try:
        with os.scandir(
            folder
        ) as found:  # a staging folder has a thousand runs, and a run looks at it several times
            names = sorted(one.name for one in found if one.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [folder / name for name in names]


_Change = Callable[[Any], Any]
"""What is done with each value of a column; None where that is nothing, which saves most of the time."""


def _plainers_of(kind: Any) -> list[tuple[str, _Change | None]]:
    """How the fields of a record become what Arrow takes."""
    return [(name, _make_plainer(hint)) for name, hint in types_of(kind).items()]


def _make_plainer(hint: Any) -> _Change | None:
    origin = get_origin(hint)
    if origin is tuple:
        inner = _make_plainer(get_args(hint)[0])
        return list if inner is None else _to_each(inner, list)
    if origin in (Union, UnionType):
        inner = _make_plainer(without_none(hint))
        return inner and (lambda value: None if value is None else inner(value))
    if is_dataclass(hint):
        parts = _plainers_of(hint)
        return lambda value: {
            name: change(getattr(value, name)) if change else getattr(value, name) for name, change in parts
        }
    return None


def _readers_of(kind: Any) -> list[tuple[str, _Change | None]]:
    """How what Arrow gives becomes the fields of a record."""
    return [(name, _make_reader(hint)) for name, hint in types_of(kind).items()]


def _make_reader(hint: Any) -> _Change | None:
    origin = get_origin(hint)
    if hint is datetime:
        return lambda value: None if value is None else value.astimezone(UTC)
    if origin is tuple:
        inner = _make_reader(get_args(hint)[0])
        make = tuple if inner is None else _to_each(inner, tuple)
        return lambda value: None if value is None else make(value)
    if origin in (Union, UnionType):
        return _make_reader(without_none(hint))
    if is_dataclass(hint) and isinstance(hint, type):
        parts = _readers_of(hint)
        return lambda value: (
            None
            if value is None
            else hint(**{name: change(value[name]) if change else value[name] for name, change in parts})
        )
    return None


def _to_each(change: _Change, make: _Change) -> _Change:
    return lambda values: make(map(change, values))


def _drop_surrogates(value: Any) -> Any:
    """The same with `?` for what UTF-8 cannot hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {name: _drop_surrogates(item) for name, item in value.items()}
    return [_drop_surrogates(item) for item in value] if isinstance(value, list) else value


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
