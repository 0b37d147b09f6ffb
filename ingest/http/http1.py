"""HTTP/1.1 on one connection, with answers read as browsers and curl read them.

A connection is asked once, then answers once: so the first bytes after a request are a header block.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.http.stream import BrokenAnswer, OpenAnswer, Stream
from ingest.http.targets import Target

_END = re.compile(rb"\r?\n\r?\n")
_END_BYTES = 4
_STATUS = re.compile(rb"\s*http/(\d)(?:\.(\d))?\s+(\d{3})(?!\d)", re.IGNORECASE)
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""Source: RFC 9110, 5.6.2 (token)."""
_CHUNK = re.compile(rb"\s*([0-9a-fA-F]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")
_CHUNK_BEGINS = re.compile(rb"\s*[0-9a-fA-F]")
_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_MOST_BYTES = 300_000
"""The longest block that is waited for. Source: curl's limit for all headers of one response."""
_MOST_FIELDS = 1_000
_LONGEST_LINE = 16_000
"""What is longer is left out; of what is read here, nothing is that long."""
_NO_BODY = (204, 304)


@dataclass(frozen=True, slots=True)
class Head:
    """What a header block says."""

    status: int
    headers: dict[str, str]  # names in lower case, repeats joined by ", "
    is_chunked: bool
    length: int | None  # of the body, where it is not chunked; None where the connection's end is its own
    is_kept: bool  # whether the connection can be asked again


def read_head(block: bytes) -> Head:
    """Read a response's header block, up to the empty line, and leave out what says nothing.

    Left out are lines without a colon or with a name that is none, with the lines that continue them; control
    characters are dropped. A body's length counts only where it says one thing: several lengths that differ,
    and codings of the transfer that are not `chunked`, say nothing, and then the body ends with the connection.

    Source: RFC 9112, 2.2 (line ends), 4 (status line), 5 (fields), 6.3 (the length of a body), 9.3 (keeping a
    connection).

    Raises:
        BrokenAnswer: it does not begin as HTTP does.
    """
    lines = block.split(b"\n")
    status = _STATUS.match(lines[0])
    if not status:
        raise BrokenAnswer(f"the answer is no HTTP: it begins {lines[0][:40]!r}")
    headers: dict[str, str] = {}
    lengths: set[bytes] = set()
    codings = options = b""
    for nth, (name, value) in enumerate(_read_fields(lines[1:])):
        key = name.decode("ascii").lower()
        if key == "content-length":
            lengths.update(part.strip() for part in value.split(b","))
            continue
        if key == "transfer-encoding":
            codings += value.lower()
            continue
        if nth >= _MOST_FIELDS:
            continue
        if key == "connection":
            options += value.lower()
        text = value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    is_chunked = b"chunked" in codings
    length = None
    if is_chunked:
        headers["transfer-encoding"] = "chunked"
    if len(lengths) == 1 and (one := lengths.pop()).isdigit() and len(one) < 19:
        length = int(one)
        if not is_chunked:
            headers["content-length"] = one.decode("ascii")
    is_old = status[1] == b"1" and status[2] == b"0"
    return Head(int(status[3]), headers, is_chunked, length, not (is_old or b"close" in options))


def _read_fields(lines: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    fields: list[tuple[bytes, bytes]] = []
    is_kept = False
    for line in lines:
        if line[:1] in (b" ", b"\t") and line.strip():  # it continues the line before
            if is_kept:
                name, value = fields.pop()
                fields.append((name, (value + b" " + _clean(line))[:_LONGEST_LINE]))
            continue
        name, colon, value = line.partition(b":")
        name = name.rstrip()
        is_kept = bool(colon) and bool(_NAME.fullmatch(name)) and len(line) <= _LONGEST_LINE
        if is_kept:
            fields.append((name, _clean(value)))
    return fields


def _clean(value: bytes) -> bytes:
    return _CONTROLS.sub(b"", value).strip()


class Http1Connection:
    """A connection that is asked again when its last answer was read."""

    is_shared = False

    def __init__(self, stream: Stream) -> None:
        self.kept_at = 0.0
        self._stream = stream
        self._rest = b""  # what has come and was not read yet
        self._left: int | None = 0  # of the body, or of its chunk, still to be read; None: all that comes
        self._is_chunked = self._is_in_chunks = False
        self._is_kept = True
        self._read_s = 0.0

    @property
    def is_usable(self) -> bool:
        """Whether the last answer was read to its end, and another may follow it."""
        is_over = self._left == 0 and not self._is_chunked and not self._rest
        return is_over and self._is_kept and self._stream.is_quiet

    async def ask(self, target: Target, headers: Sequence[tuple[bytes, bytes]], read_s: float) -> OpenAnswer:
        """Send a request and wait for the headers of its answer.

        `read_s` is how long the server may stay silent, also in the body.

        Raises:
            Silent, OSError: as `Stream.read` does.
            BrokenAnswer: there is no answer, or it is no HTTP.
        """
        self._left, self._is_kept, self._read_s = None, False, read_s
        fields = b"".join(b"%s: %s\r\n" % field for field in headers)
        self._stream.write(b"GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n" % (target.path, target.authority, fields))
        received, searched = (
            b"",
            0,
        )  # else a server that sends byte by byte has us look at all of it each time
        while True:
            end = _END.search(received, max(0, searched - _END_BYTES))
            if end is None:
                searched = len(received)
                more = await self._stream.read(read_s) if searched <= _MOST_BYTES else b""
                if not more:
                    raise BrokenAnswer(
                        "the headers break off" if received else "the server closed without an answer"
                    )
                received = received + more if received else more.lstrip(b"\r\n")
                continue
            head, received = read_head(received[: end.end()]), received[end.end() :]
            if head.status >= 200:
                self._begin_body(head, received)
                return OpenAnswer(head.status, head.headers, self._read)
            if head.status == 101 or head.status < 100:
                raise BrokenAnswer(f"nobody asked for an answer with the status {head.status}")
            received, searched = (
                received.lstrip(b"\r\n"),
                0,
            )  # it was informational, the answer itself follows

    def _begin_body(self, head: Head, rest: bytes) -> None:
        has_body = head.status not in _NO_BODY
        self._rest = rest
        self._left = head.length if has_body else 0
        self._is_chunked = head.is_chunked and has_body
        self._is_in_chunks = False
        self._is_kept = head.is_kept

    async def _read(self) -> bytes:
        """Raises: BrokenAnswer: the body breaks off, or its chunks are none."""
        if self._is_chunked and (not self._left or not self._is_in_chunks):
            await self._begin_chunk()
        if self._left == 0:
            return b""
        piece, self._rest = self._rest or await self._stream.read(self._read_s), b""
        if self._left is None:
            return piece
        if not piece:
            raise BrokenAnswer(f"the body breaks off, {self._left:,} bytes before its end")
        piece, self._rest = piece[: self._left], piece[self._left :]
        self._left -= len(piece)
        return piece

    async def _begin_chunk(self) -> None:
        """Source: RFC 9112, 7.1 (chunks, their extensions and trailers)."""
        if self._is_in_chunks:
            if (await self._read_line()).strip():
                raise BrokenAnswer("the body breaks off: a chunk is longer than it says")
        else:
            self._rest = self._rest or await self._stream.read(self._read_s)
            if not _CHUNK_BEGINS.match(self._rest):  # only the header says that there are chunks
                self._is_chunked = False
                return
            self._is_in_chunks = True
        found = _CHUNK.fullmatch(await self._read_line())
        if not found:
            raise BrokenAnswer("the body breaks off: what should be a chunk is none")
        self._left = int(found[1], 16)
        if not self._left:
            while (await self._read_line()).strip():
                pass  # a trailer says nothing that is read here
            self._is_chunked = False

    async def _read_line(self) -> bytes:
        while (end := self._rest.find(b"\n") + 1) == 0:
            more = await self._stream.read(self._read_s) if len(self._rest) < _LONGEST_LINE else b""
            if not more:
                raise BrokenAnswer("the body breaks off between two chunks")
            self._rest += more
        line, self._rest = self._rest[:end], self._rest[end:]
        return line

    def close(self) -> None:
        self._stream.abort()
