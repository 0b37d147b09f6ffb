"""The bytes of a WARC file, plain or compressed, piece by piece, and where to go on after damage.

A compressed file should have a gzip member a record, but some have one member around all, or members that end
anywhere. So the bytes are read as one stream over all members. No piece is larger than `_PIECE_BYTES`, however
much a few bytes decompress to.
"""

import os
import re
import zlib
from collections import deque
from typing import BinaryIO

_PIECE_BYTES = 1 << 16
_GZIP = b"\x1f\x8b\x08"
RECORD_BEGINS = re.compile(rb"WARC/[0-9]\.[0-9]{1,2}\r?\n")
_BEGIN_BYTES = 12  # of the longest beginning
_LONGEST_SEARCH = 1 << 30  # bytes, after which the next member is looked for in the file itself
_MEMBERS_KEPT = 1000
_BLANKS = b"\r\n"  # what may lie between records


class StreamDamage(Exception):
    """What follows cannot be decompressed; `resync` may find something to go on with."""


class WarcStream:
    """Reads a file from `start` on, which is a record's beginning or anywhere else."""

    def __init__(self, file: BinaryIO, start: int = 0) -> None:
        self._file = file
        self._start = start
        self._end = file.seek(0, os.SEEK_END)  # a file that is being written to has an end, too
        file.seek(start)
        self._raw = self._read_file()
        self._raw_at = start  # in the file, of the first byte of `_raw`
        self._packed = self._raw.startswith(_GZIP[:2])
        self._codec: zlib._Decompress | None = None
        self._buffer = b""  # what is read next
        self._at = 0  # of its first byte in the stream
        self._members: deque[tuple[int, int]] = deque(maxlen=_MEMBERS_KEPT)
        """Of each gzip member where in the stream, and where in the file, it begins."""
        self.member = 0  # the number of the gzip member that was decompressed last
        self.broken_member = 0  # of the one that could not be decompressed to its end
        self._damage: StreamDamage | None = None

    @property
    def offset(self) -> int:
        """Where in the file a reader has to begin to read what comes next; -1 inside a gzip member."""
        if not self._packed:
            return self._start + self._at
        if not self._buffer and self._damage is None:
            self._fill()
        return next((raw for at, raw in reversed(self._members) if at == self._at), -1)

    @property
    def near(self) -> int:
        """About where in the file that is."""
        return self._members[-1][1] if self._members else self._start + self._at

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; fewer only at the end.

        Raises:
            StreamDamage: before there were so many; what came before is read again by the next call.
        """
        pieces: list[bytes] = []
        while size > 0:
            try:
                if not self._buffer and not self._fill():
                    break
            except StreamDamage:
                self.unread(b"".join(pieces))
                raise
            piece, self._buffer = self._buffer[:size], self._buffer[size:]
            self._at += len(piece)
            size -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)

    def read_line(self, limit: int) -> bytes:
        """A line with its end, or `limit` bytes of it.

        Raises:
            StreamDamage: as `read` does.
        """
        line = b""
        while len(line) < limit and not line.endswith(b"\n"):
            if not self._buffer and not self._fill():
                break
            end = self._buffer.find(b"\n") + 1 or len(self._buffer)
            line += self.read(min(end, limit - len(line)))
        return line

    def skip(self, size: int) -> int:
        """Read and forget; returns how many bytes there were.

        Raises:
            StreamDamage: before there were so many.
        """
        left = size
        while left and (piece := self.read(min(left, _PIECE_BYTES))):
            left -= len(piece)
        return size - left

    def skip_blanks(self) -> bytes:
        """Pass over what may lie between records; returns it.

        Raises:
            StreamDamage: there is damage right behind it.
        """
        passed = b""
        while self._buffer or self._fill():
            rest = self._buffer.lstrip(_BLANKS)
            passed = (passed + self._buffer[: len(self._buffer) - len(rest)])[:_PIECE_BYTES]
            self._at += len(self._buffer) - len(rest)
            self._buffer = rest
            if rest:
                break
        return passed

    def peek(self) -> bytes:
        """What comes next, at least the first bytes of a record if there are any; b"" at the end."""
        head = self.read(_BEGIN_BYTES)
        self.unread(head)
        return head

    def unread(self, data: bytes) -> None:
        self._buffer = data + self._buffer
        self._at -= len(data)

    def resync(self) -> bool:
        """Go on to the next beginning of a record; returns whether there is one."""
        if self._damage is None:
            try:
                found = self._search()
            except StreamDamage:
                found = None
            if found is not None:
                return found
        return self._packed and self._find_member()

    def _search(self) -> bool | None:
        """Look for a beginning in the stream; None when that took too long.

        Raises:
            StreamDamage: there is damage before it.
        """
        tail = b""
        for _ in range(_LONGEST_SEARCH // _PIECE_BYTES):
            if not self._buffer and not self._fill():
                return False
            window = tail + self.read(len(self._buffer))
            found = RECORD_BEGINS.search(window)
            if found:
                self.unread(window[found.start() :])
                return True
            tail = window[-_BEGIN_BYTES:]
        return None

    def _find_member(self) -> bool:
        """Look in the file for the next gzip member that begins with a record."""
        at = (self._members[-1][1] if self._members else self._start) + 1
        self._file.seek(at)
        window = b""
        while piece := self._read_file():
            window += piece
            found = window.find(_GZIP)
            while found >= 0:
                if self._is_beginning(at + found):
                    self._go_to(at + found)
                    return True
                found = window.find(_GZIP, found + 1)
            kept = window[-2:]
            at += len(window) - len(kept)
            window = kept
            self._file.seek(at + len(kept))
        return False

    def _is_beginning(self, at: int) -> bool:
        self._file.seek(at)
        try:
            head = zlib.decompressobj(31).decompress(self._read_file(), _BEGIN_BYTES)
        except zlib.error:
            return False
        return RECORD_BEGINS.match(head) is not None

    def _go_to(self, at: int) -> None:
        self._file.seek(at)
        self._raw, self._raw_at = self._read_file(), at
        self._at += len(self._buffer)
        self._buffer, self._codec, self._damage = b"", None, None

    def _fill(self) -> bool:
        """Put something into the empty buffer, of one member; returns False at the end.

        Raises:
            StreamDamage: there is something, but it is damaged. It stays so until `resync`.
        """
        if self._damage is not None:
            raise self._damage
        if not self._packed:
            self._buffer, self._raw = self._raw or self._read_file(), b""
            return bool(self._buffer)
        while not self._buffer:
            if self._codec is None or self._codec.eof:
                if not self._begin_member():
                    return False
            elif not self._raw and not self._read_raw():
                raise self._break("the compressed file is cut short")
            else:
                self._decompress()
        return True

    def _begin_member(self) -> bool:
        while len(self._raw) < len(_GZIP) and self._read_raw():
            pass
        if not self._raw.strip(b"\0"):
            if self._raw and self._read_raw():
                return self._begin_member()
            return False
        if not self._raw.startswith(_GZIP):
            raise self._break("what follows is not compressed as the rest is")
        self._codec = zlib.decompressobj(31)
        self._members.append((self._at, self._raw_at))
        self.member += 1
        return True

    def _decompress(self) -> None:
        codec = self._codec
        assert codec is not None
        before = len(self._raw)
        try:
            self._buffer = codec.decompress(self._raw, _PIECE_BYTES)
        except zlib.error as error:
            self.broken_member = self.member
            raise self._break(f"the compressed file is damaged ({error})") from error
        self._raw = codec.unused_data if codec.eof else codec.unconsumed_tail
        self._raw_at += before - len(self._raw)

    def _read_raw(self) -> bool:
        more = self._read_file()
        self._raw += more
        return bool(more)

    def _read_file(self) -> bytes:
        return self._file.read(max(0, min(_PIECE_BYTES, self._end - self._file.tell())))

    def _break(self, detail: str) -> StreamDamage:
        self._damage = StreamDamage(detail)
        return self._damage
