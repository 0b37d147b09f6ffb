"""Loading batches so that one that cannot be loaded does not keep the others."""

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

log = logging.getLogger(__name__)
T = TypeVar("T")
SetAside = Callable[[Path, Exception], None]
"""Is given a batch that cannot be loaded, and why."""


def load_in_parts(
    batches: Sequence[Path],
    load: Callable[[Sequence[Path]], T],
    is_of_machine: Callable[[Exception], bool],
    set_aside: SetAside | None,
) -> Iterator[T]:
    """Load `batches` at one stroke, or, where that fails, each half of them by itself, and so on.

    One batch that fails alone is set aside. So k bad ones of n cost about k log n loads more. What a load gives
    does not depend on how batches are grouped.
    """
    if not batches:
        return
    try:
        loaded = load(batches)
    except Exception as error:
        if set_aside is None or is_of_machine(error):
            raise
        log.warning("load_failed batches=%d error=%r", len(batches), str(error)[:300])
        if len(batches) == 1:
            set_aside(batches[0], error)
            return
    else:
        yield loaded
        return
    half = len(batches) // 2
    yield from load_in_parts(batches[:half], load, is_of_machine, set_aside)
    yield from load_in_parts(batches[half:], load, is_of_machine, set_aside)


def find_damaged(files: Sequence[str]) -> list[str]:
    """The Parquet files that another reader than DuckDB cannot read either; what DuckDB says of such a file may
    be anything."""
    return [file for file in files if not _is_readable(file)]


def _is_readable(file: str) -> bool:
    try:
        pq.read_table(file)
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        return isinstance(error, OSError) and bool(error.errno)  # what the machine says is not about the file
    return True
