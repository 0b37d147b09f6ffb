"""The raw archive: WARC files with everything that was ever fetched.

Files are named `dateline-YYYYMMDD-NNNNN-TOKEN.warc.gz` (UTC day, number within the day, a random token) and
are written by one process at a time: it holds the lock of the file's `.lock` neighbour. A process takes up a
file that another one closed well, which the neighbour knows by the size it notes; a file whose writer was
killed is never written again, so a record cut short is always the last one of its file.
"""

import errno
import logging
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from ingest.archive.warc_reader import Damage, RawRecord, iterate_records
from ingest.archive.warc_records import (
    MAX_FOREIGN_BYTES,
    DamagedRecord,
    decode_record,
    encode_exchange,
    encode_warcinfo,
)
from ingest.archive.warc_zstd import open_warc
from ingest.http.exchange import Exchange, Request
from ingest.locks import try_lock
from transforms.errors import Permanent, Transient, is_full_disk
from transforms.identity import make_id
from transforms.make_fetch import make_fetch
from transforms.records import Fetch

Location = tuple[str, int]
"""A WARC file, relative to the archive folder, and an offset in it."""

MAX_OWN_BYTES = 1 << 30
"""Far above what is ever fetched."""

log = logging.getLogger("dateline.archive")
_OWN_NAME = re.compile(r"dateline-(\d{8})-(\d{5})-[0-9a-f]{8}\.warc\.gz")
_HEADERS_BYTES = 1 << 20  # of a response, before its body
_WARC_SUFFIXES = (".warc", ".warc.gz")


@dataclass(slots=True)
class _OpenFile:
    name: str
    day: str
    file: int
    lock: int
    size: int
    records: int = 0  # written by this process
    written_bytes: int = 0


class ArchiveWriter:
    """Appends exchanges to the archive; may be used from several threads, and as a context manager."""

    def __init__(
        self,
        folder: Path,
        max_file_bytes: int,
        software: str = "Dateline",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        is_reopened: bool = True,
    ) -> None:
        """A file that has reached `max_file_bytes` is followed by a new one, and so is one of another day.

        Without `is_reopened` what is closed is closed for good, and nobody takes it up again.
        """
        self._folder = folder
        self._max_file_bytes = max_file_bytes
        self._software = software
        self._clock = clock
        self._is_reopened = is_reopened
        self._guard = threading.Lock()
        self._open: _OpenFile | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, exchange: Exchange, member: bytes | None = None) -> Location:
        """Write `exchange` at the end of the archive and say where it lies.

        `member`: what `encode_exchange` made of it, where that was done before, on another core.

        Raises:
            Transient: the disk is full or fails; nothing of the exchange was kept.
        """
        member = member or encode_exchange(exchange)
        with self._guard:
            try:
                target = self._target()
                offset = target.size
                _write_whole(target, member)
                target.records += 1
            except OSError as error:
                raise _explain(error, self._folder) from error
        return target.name, offset

    def close(self) -> None:
        """Bring everything to the disk; the next `append` opens a file again.

        Raises:
            Transient: the disk is full or fails.
        """
        with self._guard:
            try:
                self._close_file()
            except OSError as error:
                raise _explain(error, self._folder) from error

    def _target(self) -> _OpenFile:
        """The file to append to now."""
        day = f"{self._clock():%Y%m%d}"
        if self._open is not None and (self._open.day != day or self._open.size >= self._max_file_bytes):
            self._close_file()
        if self._open is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._open = (self._reopen(day) if self._is_reopened else None) or self._create(day)
        return self._open

    def _reopen(self, day: str) -> _OpenFile | None:
        """A file of today that its last writer closed well and that has room."""
        for path in sorted(self._folder.glob(f"dateline-{day}-*.warc.gz")):
            lock = try_lock(_lock_path(path), create=False)
            if lock is None:
                continue
            size = path.stat().st_size
            if os.pread(lock, 20, 0) == b"%d" % size and size < self._max_file_bytes:
                file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
                return _OpenFile(path.name, day, file, lock, size)
            _lock_path(path).unlink(missing_ok=True)  # full, or its writer was killed: nobody takes it up
            os.close(lock)
        return None

    def _create(self, day: str) -> _OpenFile:
        matches = (_OWN_NAME.fullmatch(path.name) for path in self._folder.glob(f"dateline-{day}-*"))
        number = max((int(match[2]) for match in matches if match), default=-1) + 1
        path = self._folder / f"dateline-{day}-{number:05d}-{secrets.token_hex(4)}.warc.gz"
        lock = try_lock(_lock_path(path))
        if lock is None:
            raise OSError(errno.EEXIST, "another process has just made the file", str(path))
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        target = _OpenFile(path.name, day, file, lock, 0)
        self._open = target
        _write_whole(target, encode_warcinfo(path.name, self._software))
        _sync_folder(self._folder)
        return target

    def _close_file(self) -> None:
        """Close the file so that another writer may take it up, unless it is full."""
        target, self._open = self._open, None
        if target is None:
            return
        log.debug(
            "archive_written file=%s records=%d bytes=%d",
            self._folder / target.name, target.records, target.written_bytes,
        )  # fmt: skip
        try:
            os.fsync(target.file)
            lock_path = _lock_path(self._folder / target.name)
            is_full = target.size >= self._max_file_bytes or target.day != f"{self._clock():%Y%m%d}"
            if is_full or not self._is_reopened:
                lock_path.unlink(missing_ok=True)
            else:
                os.ftruncate(target.lock, 0)
                os.pwrite(target.lock, b"%d" % target.size, 0)
        finally:
            os.close(target.file)
            os.close(target.lock)


def is_being_written(path: Path) -> bool:
    """Whether a process is appending to a WARC file, or may take it up again."""
    lock_path = _lock_path(path)
    lock = try_lock(lock_path, create=False)
    if lock is None:
        return lock_path.exists()
    os.close(lock)  # of one that was killed, or of one that was closed well before the store was shared
    return False


def read_exchange(folder: Path, warc_file: str, offset: int) -> Exchange:
    """The exchange that lies at `offset` of `warc_file` in the archive `folder`.

    Raises:
        Permanent: it does not lie there (the file was moved, cut or changed).
    """
    path = folder / warc_file
    if Path(warc_file).is_absolute() or ".." in Path(warc_file).parts:
        raise Permanent(f"{warc_file!r} is no file of the archive {folder}")
    try:
        with path.open("rb") as file:
            record = next(iterate_records(file, MAX_OWN_BYTES, max(offset, 0)), None)
        exchange = decode_record(record, warc_file) if isinstance(record, RawRecord) and offset >= 0 else None
    except FileNotFoundError as error:
        raise Permanent(f"{path} is missing; put the file back into the archive") from error
    except DamagedRecord as error:
        raise Permanent(f"{path}, offset {offset}: no record can be read there ({error})") from error
    if isinstance(record, Damage):
        raise Permanent(f"{path}, offset {offset}: no record can be read there ({record.detail})")
    if exchange is None:
        raise Permanent(f"{path}, offset {offset}: no record of an exchange lies there")
    log.debug("archive_read file=%s offset=%d records=1 bytes=%d", path, offset, len(exchange.body))
    return exchange


def iterate_exchanges(source: Path | Iterable[Path]) -> Iterator[Exchange]:
    """All exchanges of a folder's WARC files (in order of their names), of one file, or of given files.

    `fetch.warc_file` is relative to the folder, or the name of the file. What is damaged is left out, with a
    warning in the log: a writer that was killed leaves half a record at the end of its file.
    """
    if isinstance(source, Path) and source.is_dir():
        files = sorted(path for path in source.rglob("*") if path.name.endswith(_WARC_SUFFIXES))
        named = [(path, path.relative_to(source).as_posix()) for path in files]
    else:
        named = [(path, path.name) for path in ([source] if isinstance(source, Path) else source)]
    for path, name in named:
        for item in read_warc(path, name):
            if isinstance(item, Damage):
                log.warning("archive_damaged file=%s offset=%d error=%r", path, item.offset, item.detail)
            else:
                yield item


def read_warc(path: Path, name: str, max_bytes: int | None = None) -> Iterator[Exchange | Damage]:
    """What a WARC file holds: each exchange, and a word about each record that cannot be read.

    `name` stands in `fetch.warc_file`. A body of more than `max_bytes` is refused; without it that holds only
    for what other writers have written.
    """
    count = 0
    block_bytes = MAX_OWN_BYTES if max_bytes is None else max_bytes + _HEADERS_BYTES
    with open_warc(path) as (file, damage):
        for record in iterate_records(file, block_bytes):
            if isinstance(record, Damage):
                yield record
                continue
            try:
                exchange = decode_record(record, name, max_bytes or MAX_FOREIGN_BYTES)
            except DamagedRecord as error:
                yield Damage(record.offset, str(error), record.get("WARC-Target-URI") or "")
            else:
                if exchange is not None:
                    count += 1
                    yield exchange
        if damage:
            yield Damage(-1, damage)
    log.debug("archive_read file=%s records=%d bytes=%d", path, count, path.stat().st_size)


def key_of(fetch: Fetch | Request) -> str:
    """What a replay asks for again: the same run, kind, feed, entry and address."""
    return make_id("fk1", fetch.run_id, fetch.kind, fetch.feed_id, fetch.entry_id, fetch.url)


def index_archive(folder: Path) -> dict[str, Location]:
    """Where each exchange lies, by `key_of`; of several with one key (a step was run again) the latest."""
    found: dict[str, tuple[datetime, Location]] = {}
    for exchange in iterate_exchanges(folder):
        fetch = exchange.fetch
        known = found.get(key_of(fetch))
        if known is None or known[0] <= fetch.requested_at:
            found[key_of(fetch)] = (fetch.requested_at, (fetch.warc_file, fetch.warc_offset))
    return {key: location for key, (_, location) in found.items()}


class ArchiveFetcher:
    """A `Fetcher` that serves what was fetched before, with no network."""

    def __init__(
        self,
        folder: Path,
        index: Mapping[str, Location],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`index`: locations by `key_of`, of `index_archive` or made of rows of the table `fetches`."""
        self._folder = folder
        self._index = index
        self._clock = clock

    async def fetch(self, request: Request) -> Exchange:
        """The stored exchange; a `network_error` when there is none.

        Raises:
            Permanent: the archive has been damaged.
        """
        location = self._index.get(key_of(request))
        if location is not None:
            return read_exchange(self._folder, *location)
        fetch = make_fetch(
            request.run_id,
            request.kind,
            request.url,
            self._clock(),
            feed_id=request.feed_id,
            entry_id=request.entry_id,
            outcome="network_error",
            status=0,
            error="not in the archive",
        )
        return Exchange(fetch=fetch, headers={}, body=b"")

    def check_network(self, exchanges: Sequence[Exchange]) -> None:
        """Nothing: what failed then was judged then."""


def _write_whole(target: _OpenFile, member: bytes) -> None:
    """Append all of `member`, or nothing."""
    written = 0
    try:
        while written < len(member):
            written += os.write(target.file, member[written:])
    except OSError:
        os.ftruncate(target.file, target.size)
        raise
    target.size += written
    target.written_bytes += written


def _lock_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _explain(error: OSError, folder: Path) -> Transient:
    if is_full_disk(error):
        return Transient(
            f"the disk of the archive {folder} is full; make room there (old WARC files may be moved away "
            "when no replay needs them) and run again"
        )
    return Transient(f"the archive {folder} cannot be written ({error}); see to the folder and run again")
