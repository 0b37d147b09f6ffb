"""Header blocks as servers write them, made ones that a strict parser reads: what browsers and curl do.

A connection is asked once, then answers once: so the first bytes after a request are a header block, and no
more of HTTP has to be known here. Bodies pass through as they are.
"""

import re
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"\s*http/(\d)(?:\.(\d))?\s+(\d{3})(?!\d)[ \t]*(.*)", re.IGNORECASE)
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""Source: RFC 9110, 5.6.2 (token)."""
_CHUNK = re.compile(rb"\s*[0-9a-fA-F]")
_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_MOST_BYTES = 300_000
"""The longest block that is waited for. Source: curl's limit for all headers of one response."""
_MOST_FIELDS = 1_000
_LONGEST_LINE = 16_000
"""What is longer is left out; of what is read here, nothing is that long."""


def repair_header_block(block: bytes, body: bytes = b"") -> bytes:
    """A response's header block up to and including the empty line, with what no parser takes left out.

    `body` is what came of it so far: one that does not begin as chunks do is not sent in chunks.

    Lines without a colon or with a name that is none are left out, with the lines that continue them; control
    characters are dropped. A body's length stays only where it says one thing: several lengths that differ,
    and codings of the transfer that are not `chunked`, say nothing, and then the body ends with the connection.
    What does not begin as HTTP comes back as it is.

    Source: RFC 9112, 2.2 (line ends), 4 (status line), 5 (fields), 6.3 (the length of a body).
    """
    lines = block.lstrip(b"\r\n").split(b"\n")
    status = _STATUS.match(lines[0])
    if not status:
        return block
    fields = _read_fields(line.rstrip(b"\r") for line in lines[1:])
    chunked = any(
        b"chunked" in value.lower() for name, value in fields if name.lower() == b"transfer-encoding"
    )
    lengths = {
        part.strip()
        for name, value in fields
        if name.lower() == b"content-length"
        for part in value.split(b",")
    }
    fields = [field for field in fields if field[0].lower() not in (b"transfer-encoding", b"content-length")]
    fields = fields[:_MOST_FIELDS]
    if chunked and (not body or _CHUNK.match(body)):
        fields.append((b"Transfer-Encoding", b"chunked"))
    elif len(lengths) == 1 and (length := lengths.pop()).isdigit() and len(length) < 19:
        fields.append((b"Content-Length", length))
    version = b"1.0" if status[1] == b"1" and status[2] == b"0" else b"1.1"
    first = b"HTTP/%s %s %s" % (version, status[3], _CONTROLS.sub(b"", status[4]).strip())
    return b"\r\n".join([first, *(b"%s: %s" % field for field in fields), b"", b""])


def _is_informational(block: bytes) -> bool:
    """Whether it comes before the answer: 100, 102 and 103, but not 101, which nobody asked for."""
    status = _STATUS.match(block)
    return status is not None and status[3].startswith(b"1") and status[3] != b"101"


def _read_fields(lines: Iterable[bytes]) -> list[tuple[bytes, bytes]]:
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


class RepairingStream(httpcore.AsyncNetworkStream):
    """A connection whose header blocks are repaired; HTTP/2, which has none, passes through."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self._awaits_head = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the interface's
        if not self._awaits_head:
            return await self._inner.read(max_bytes, timeout)
        received = b""
        while True:
            received = received.lstrip(b"\r\n")
            if not (end := _END.search(received)):
                more = await self._inner.read(max_bytes, timeout)
                received += more
                if not more or len(received) > _MOST_BYTES:
                    return received
                continue
            block, rest = received[: end.end()], received[end.end() :]
            if _is_informational(block):  # the answer itself follows
                received = rest
                continue
            self._awaits_head = False
            return repair_header_block(block, rest) + rest

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the interface's
        self._awaits_head = True
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's
    ) -> httpcore.AsyncNetworkStream:
        secured = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        tls = secured.get_extra_info("ssl_object")
        return (
            secured if tls is not None and tls.selected_alpn_protocol() == "h2" else RepairingStream(secured)
        )

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
