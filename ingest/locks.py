"""File locks between processes, all by `flock`: the kernel frees a lock when its process ends, however it ends.

A lock belongs to an open file, not to a process: two openings of one file exclude each other also within a
process, and a lock is held until its file is closed.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from transforms.errors import Transient

_POLL_S = 0.05  # between two attempts at a lock that another holds
_HOLDER_BYTES = 200


class LockHeld(Transient):
    """Another process held the lock for longer than was waited; `holder` says which."""

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(f"{path} is locked by another process ({holder}); wait for it and run again")
        self.holder = holder


def try_lock(path: Path, *, create: bool = True) -> int | None:
    """An open file, for reading and writing, that holds the lock of `path`; the caller closes it.

    None while another holds the lock, and without `create` also where there is no such file.
    """
    try:
        file = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o644)
    except FileNotFoundError:
        if create:
            raise  # there is no such folder
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    except BaseException:
        os.close(file)
        raise
    return file


class KeptLocks:
    """Locks that are taken again and again: their files stay open between, at most `most` that are not held.

    They may not be removed meanwhile.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: dict[str, int] = {}  # the one held longest ago first

    def take(self, path: str) -> int | None:
        """An open file that holds the lock of `path`, to be handed back to `give`; None while another holds it."""
        file = self._open.pop(path, None)
        if file is None:
            return try_lock(Path(path))
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._open[path] = file
            return None
        return file

    def give(self, path: str, file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
        self._open[path] = file
        if len(self._open) > self._most:
            os.close(self._open.pop(next(iter(self._open))))

    def close(self) -> None:
        while self._open:
            os.close(self._open.popitem()[1])


@contextmanager
def hold_lock(path: Path) -> Iterator[int]:
    """Hold the lock of `path`, however long that has to be waited for; yields the open file."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


@contextmanager
def hold_named_lock(path: Path, wait_s: float) -> Iterator[None]:
    """Hold the lock of `path`, waiting at most `wait_s` seconds; the file says meanwhile who holds it.

    Raises:
        LockHeld: another process held it for longer.
    """
    deadline = time.monotonic() + wait_s
    while (file := try_lock(path)) is None:
        if time.monotonic() >= deadline:
            raise LockHeld(path, _read_name(path))
        time.sleep(_POLL_S)
    try:
        os.ftruncate(file, 0)
        os.pwrite(file, f"pid {os.getpid()} since {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n".encode(), 0)
        yield
    finally:
        os.ftruncate(file, 0)
        os.close(file)


def read_holder(path: Path) -> str:
    """Who holds the lock of `path` now, such as "pid 4711 since 2026-11-23T15:45:00Z"; "" when nobody does."""
    if not path.exists():
        return ""
    file = try_lock(path)
    if file is None:
        return _read_name(path)
    os.close(file)
    return ""


def _read_name(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_HOLDER_BYTES).decode("utf-8", "replace").strip() or "another process"
