"""The records of a WARC file: each whole one, and a word about each that is damaged.

Source: the WARC format 1.1, https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from ingest.archive.warc_stream import RECORD_BEGINS, StreamDamage, WarcStream

_LONGEST_HEADER = 1 << 22
_LONGEST_SKIPPED = 1 << 31  # of a block that is too large to read, and that is passed over


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as it lies there; `block` is None where it is larger than was allowed."""

    offset: int  # in the file; -1: inside a gzip member, where no reader can begin
    headers: StatusAndHeaders
    block: bytes | None

    def get(self, name: str) -> str | None:
        """A field of the header."""
        value: str | None = self.headers.get_header(name)
        return value


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is no whole record, or says nonsense."""

    offset: int  # about where in the file
    detail: str
    url: str = ""  # of the record, where it says so


class _BadRecord(Exception):
    pass


def iterate_records(file: BinaryIO, max_bytes: int, start: int = 0) -> Iterator[RawRecord | Damage]:
    """Read records from `start` on; after damage it goes on with the next record that can be found.

    A block of more than `max_bytes` is passed over.
    """
    stream = WarcStream(file, start)
    while True:
        near = stream.near
        try:
            stream.skip_blanks()
            near = stream.near
            if not stream.peek():
                return
            record = _read_record(stream, max_bytes)
        except (StreamDamage, _BadRecord) as error:
            yield Damage(near, str(error))
            if not stream.resync():
                return
        else:
            yield record


def _read_record(stream: WarcStream, max_bytes: int) -> RawRecord:
    offset = stream.offset
    headers = _read_header(stream)
    length = headers.get_header("Content-Length")
    if length is None or not length.isascii() or not length.isdigit():
        raise _BadRecord(f"a header with the length {length!r}" if length else "the header is cut short")
    size = int(length)
    if size > max_bytes:
        if size > _LONGEST_SKIPPED or stream.skip(size) < size:
            raise _BadRecord(f"the record claims {size:,} bytes")
        return RawRecord(offset, headers, None)
    block = stream.read(size)
    member = stream.member
    if len(block) < size:
        stream.unread(block)  # the next record may have been read as a part of it
        raise _BadRecord("the record is cut short")
    _check_end(stream, block, member)
    return RawRecord(offset, headers, block)


def _read_header(stream: WarcStream) -> StatusAndHeaders:
    if not stream.peek().startswith(b"WARC/"):
        raise _BadRecord("no record begins there")
    text = stream.read_line(_LONGEST_HEADER)
    while line := stream.read_line(_LONGEST_HEADER - len(text) + 1):
        begin = RECORD_BEGINS.search(line)
        if begin:  # the next record was read as a part of this one
            stream.unread(line[begin.start() :])
            raise _BadRecord("the header is cut short")
        text += line
        if len(text) > _LONGEST_HEADER:
            raise _BadRecord("the header is too long")
        if not line.strip():
            parsed: StatusAndHeaders = StatusAndHeadersParser(["WARC/"]).parse(BytesIO(text))
            return parsed
    raise _BadRecord("the header is cut short")


def _check_end(stream: WarcStream, block: bytes, member: int) -> None:
    """Two line ends follow a record, and then another or nothing; else its length is not what it says."""
    try:
        blanks = stream.skip_blanks()
        follows = stream.peek()
    except StreamDamage:
        if stream.broken_member == member > 0:  # a checksum of what was just read is wrong
            raise
        return
    if follows.startswith(b"WARC/") or not follows:
        return
    # of a member that was cut the rest is made of the next one's bytes, some of which come out as line ends
    ended = blanks in (b"\r\n\r\n", b"\n\n") if stream.member == member > 0 else blanks.count(b"\n") >= 2
    if not ended or b"\nWARC/1." in block:
        stream.unread(block + blanks)
        raise _BadRecord("the record is not as long as it says")
