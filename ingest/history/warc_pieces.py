"""The records of a large WARC file that comes in consecutive ranges of bytes, and the asking for such ranges."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO

from ingest.archive.warc_reader import Damage, RawRecord, iterate_records
from ingest.history.answers import try_later
from ingest.history.commoncrawl_index import check_refusal
from ingest.history.planning import refuse_cursor
from ingest.history.services import ask
from ingest.http.exchange import Exchange, Fetcher, Request, ServiceGate
from transforms.errors import Permanent, Transient

RANGE_BYTES = 1 << 24
"""How much of a large file is asked for at once; less on a slow line."""
FIRST_BYTES = 1 << 20
"""How much of it before it is known how fast it comes."""
_TRIES = 2  # where a connection breaks off
GZIP = b"\x1f\x8b\x08"
"""How every member of a gzip file begins. Source: RFC 1952, 2.3.1."""
_PIECE_BYTES = 1 << 16
_BEGIN = re.compile(rb"WARC/[0-9]\.[0-9]{1,2}\r?\n")
_BEGIN_BYTES = 12  # of the longest beginning of a record
_DECIDING_BYTES = 1 << 12
"""So many bytes of a gzip member say how it begins, whatever tables come before. Source: RFC 1951, 3.2.7."""
_HEADERS_BYTES = 1 << 23  # of a WARC record and of its response, far above what there is
_PLACE = re.compile(r"(\d{1,15})(?:\+(\d{1,9})|(~))?")
_CONTENT_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FilePlace:
    """How far a file was read: from `offset` on, where a record begins, `given` records were given already."""

    offset: int = 0
    given: int = 0
    is_lost: bool = False  # no record begins at `offset`: it is among the bytes of one that was too large

    def __str__(self) -> str:
        if self.is_lost:
            return f"{self.offset}~"
        return f"{self.offset}+{self.given}" if self.given else str(self.offset)


BEGINNING = FilePlace()


def read_place(text: str) -> FilePlace:
    """The place that `str` made a text of; the beginning for "".

    Raises:
        Permanent: it is none.
    """
    found = _PLACE.fullmatch(text or "0")
    if found is None:
        raise refuse_cursor(text, "in a WARC file")
    return FilePlace(int(found[1]), int(found[2] or 0), bool(found[3]))


class RecordPieces:
    """Takes a file range by range and gives its records: the same ones, however it is cut into ranges.

    What a record is depends on what follows it, so it is given only when reading it did not touch the end of
    what is here, or that is the end of the file. What is left is read again with the next range. Held in
    memory are a range and a record; one that is larger than any that may be read is passed over.
    """

    def __init__(self, max_bytes: int, place: FilePlace = BEGINNING) -> None:
        """A block of more than `max_bytes` is None. The first range begins at `place.offset` of the file."""
        self._max_bytes = max_bytes
        self._most_held = max_bytes + max_bytes // 8 + _HEADERS_BYTES
        self._held = b""
        self._place = place

    @property
    def place(self) -> FilePlace:
        """What a reader that goes on later has to begin with."""
        return self._place

    def add(self, data: bytes, *, is_last: bool) -> Iterator[RawRecord | Damage]:
        """The records that are whole now, and a word about each damaged one; offsets are those of the file.

        Must be read to its end before more is added. `is_last`: the file ends with `data`.
        """
        self._held += data
        if self._place.is_lost and not self._find_member(is_last):
            return
        yield from self._read_held(is_last)
        if is_last or len(self._held) <= self._most_held:
            return
        if not (self._place.given and self._leave_member()):
            detail = f"no record ends within {self._most_held:,} bytes; what comes up to the next is left out"
            yield Damage(self._place.offset, detail)
            self._forget(1, is_lost=True)
        yield from self.add(b"", is_last=False)

    def _read_held(self, is_last: bool) -> Iterator[RawRecord | Damage]:
        held = _HeldBytes(self._held, is_last)
        base, given = self._place.offset, self._place.given
        begin = count = 0
        for number, item in enumerate(iterate_records(held, self._max_bytes)):
            if held.is_short:
                break
            if isinstance(item, RawRecord) and item.offset >= 0:
                begin, count = item.offset, 0
            count += 1
            if number >= given:
                self._place = FilePlace(base + begin, count)
                yield replace(item, offset=base + item.offset) if item.offset >= 0 else item
        self._held = self._held[self._place.offset - base :]

    def _leave_member(self) -> bool:
        """Go on to behind the gzip member that was given; False where it has no end here."""
        codec = zlib.decompressobj(31)
        rest = self._held
        try:
            while rest and not codec.eof:
                codec.decompress(rest, _PIECE_BYTES)
                rest = codec.unused_data if codec.eof else codec.unconsumed_tail
        except zlib.error:
            return False
        if codec.eof:
            self._forget(len(self._held) - len(rest))
        return codec.eof

    def _find_member(self, is_last: bool) -> bool:
        """Go on to the next gzip member that begins with a record; without one all but the end is forgotten."""
        at = self._held.find(GZIP)
        while at >= 0:
            head = self._held[at : at + _DECIDING_BYTES]
            if len(head) < _DECIDING_BYTES and not is_last:
                self._forget(at, is_lost=True)
                return False
            if _begins_record(head):
                self._forget(at)
                return True
            at = self._held.find(GZIP, at + 1)
        self._forget(max(0, len(self._held) - len(GZIP) + 1), is_lost=True)
        return False

    def _forget(self, count: int, *, is_lost: bool = False) -> None:
        self._held = self._held[count:]
        self._place = FilePlace(self._place.offset + count, is_lost=is_lost)


class _HeldBytes(BytesIO):
    """Bytes that know whether a reader came to their end though more will follow."""

    def __init__(self, data: bytes, is_last: bool) -> None:
        super().__init__(data)
        self._size = len(data)
        self._is_last = is_last
        self.is_short = False

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.is_short = self.is_short or (not self._is_last and self.tell() >= self._size)
        return data


def _begins_record(head: bytes) -> bool:
    try:
        return _BEGIN.match(zlib.decompressobj(31).decompress(head, _BEGIN_BYTES)) is not None
    except zlib.error:
        return False


@dataclass(frozen=True, slots=True)
class FileRange:
    """A range of a file's bytes."""

    data: bytes
    total: int  # how long the whole file is
    duration_s: float


async def fetch_piece(
    fetcher: Fetcher, address: str, run_id: str, first: int, size: int, gate: ServiceGate
) -> FileRange:
    """The bytes of a gzip file from `first` on, some `size` of them or those up to its end. Nothing is archived.

    Source: RFC 9110, 14.2 (Range), 14.4 (Content-Range) and 15.3.7 (206).

    Raises:
        Transient: the server is down, refuses, or what it sends is not what was asked for.
        Permanent: it does not serve parts of files, or not this file.
    """
    wanted = (first, first + size - 1)
    request = Request("listing", address, run_id, gate=gate, byte_range=wanted, is_kept=False)
    for _ in range(_TRIES):
        answer = await ask(fetcher, request)
        check_refusal(answer)
        told = read_range(answer)
        if told is None:
            raise _explain(answer, address)
        begins, ends, total = told
        if total is not None and begins == first and len(answer.body) == ends - begins + 1:
            return FileRange(answer.body, total, answer.fetch.duration_s)
    raise try_later(
        f"{address}: {len(answer.body):,} bytes came for {answer.headers['content-range'][:100]!r}, where those from "
        f"{wanted[0]} to {wanted[1]} were asked for"
    )


def choose_size(piece: FileRange, least: int, most: int, timeout_s: float) -> int:
    """How much to ask for after a piece, so that it comes well within the time that an answer has."""
    speed = len(piece.data) / max(piece.duration_s, 0.001)
    return max(least, min(most, int(speed * timeout_s / 3)))


def read_range(answer: Exchange) -> tuple[int, int, int | None] | None:
    """First and last byte of the part that came, and the size of the whole where that is said; None for no part."""
    found = _CONTENT_RANGE.fullmatch(answer.headers.get("content-range", "").strip())
    if answer.fetch.status != 206 or answer.fetch.outcome != "ok" or found is None:
        return None
    begins, ends = int(found[1]), int(found[2])
    total = None if found[3] == "*" else int(found[3])
    return (begins, ends, total) if begins <= ends and (total is None or ends < total) else None


def _explain(answer: Exchange, address: str) -> Transient | Permanent:
    fetch = answer.fetch
    if fetch.status in (404, 410):
        return Permanent(f"{address} is not there ({fetch.error}); plan the backfill again")
    if is_whole(answer):
        return Permanent(
            f"{address}: the server sends whole files only; give the address of one that sends parts, or save the "
            "file and give its folder as PATH"
        )
    return try_later(f"{address}: {fetch.error or 'no part of the file came'}")


def is_whole(answer: Exchange) -> bool:
    """Whether the server began to send all of a file of which a part was asked for."""
    fetch = answer.fetch
    return fetch.status == 200 or (fetch.outcome == "refused" and fetch.error.startswith(("size:", "range:")))
