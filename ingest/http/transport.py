"""One request, one answer: connections that are asked again, deadlines, and bodies read in bounded memory.

Nothing is here that Dateline must not have: cookies, credentials and proxies of the environment, automatic
redirects, unbounded decompression.
"""

import asyncio
import contextlib
import errno
import os
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import httpx

from ingest.http.address_guard import AddressGuard, AddressRefused, NameNotResolved
from ingest.http.decoding import BadCoding, keep_as_it_is, open_decoder
from ingest.http.http1 import Http1Connection
from ingest.http.kept_connections import HttpConnection, KeptConnections
from ingest.http.stream import BrokenAnswer, OpenAnswer, Silent, Stream
from ingest.http.targets import Target

_SMALL_BODY_BYTES = 1 << 16  # a body we do not want is read up to this size, to keep the connection
_SMALL_BODY_S = 0.5
_LAST_BYTES = 2_000
_LAST_TAG = re.compile(rb"(?:</(?:html|rss|feed|(?:\w+:)?rdf)\s*>|\})(?:\s|<!--[^>]*>)*\Z", re.IGNORECASE)
"""How a whole page, feed or JSON ends."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; `body` is decompressed, and empty unless the status is 2xx."""

    status: int
    headers: Mapping[str, str]  # names in lower case, repeats joined by ", "
    body: bytes
    missing: str = ""  # why the body is not whole, where only a part of it came


class NoAnswer(Exception):
    """The network, the server or its answer failed us; the message starts with the kind of failure."""


class AnswerRefused(Exception):
    """Our own rules forbid the request or its answer."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    connect_s: float  # name resolution and TCP, and again TLS
    read_s: float  # silence of the server
    total_s: float  # the whole request


@dataclass(frozen=True, slots=True)
class BodyRules:
    """How a body is read."""

    max_bytes: int  # after decompression
    is_cut: bool = False  # keep the first `max_bytes` of a longer one, in place of refusing it
    is_part: bool = False  # a range of a file was asked for: its bytes as they are, and never the whole
    is_strict: bool = False  # what broke off is no whole one, however it ends


class Transport:
    """Sends GET requests over HTTP/1.1 and HTTP/2; TLS is always verified."""

    def __init__(self, connections: int, allow_private_addresses: bool) -> None:
        """`connections`: how many are kept to be asked again, and how many names are looked up at once."""
        self._guard = AddressGuard(allow_private_addresses, resolvers=connections)
        self._kept = KeptConnections(connections)

    async def close(self) -> None:
        self._kept.close()
        self._guard.close()
        await asyncio.sleep(0)  # sockets are closed in the next turn of the loop

    async def get(
        self,
        target: Target,
        headers: Sequence[tuple[bytes, bytes]],
        deadlines: Deadlines,
        rules: BodyRules,
    ) -> Answer:
        """Ask for `target` and read the answer.

        Raises:
            NoAnswer, AnswerRefused
        """
        total = asyncio.timeout(deadlines.total_s)
        try:
            async with total:
                return await self._get(target, headers, deadlines, rules)
        except AddressRefused as error:
            raise AnswerRefused(f"address: {error}") from error
        except NameNotResolved as error:
            raise NoAnswer(f"{'offline' if error.is_offline else 'dns'}: {error}") from error
        except Silent as error:
            raise NoAnswer(f"timeout: {error}") from error
        except (OSError, BrokenAnswer) as error:
            if total.expired():
                raise NoAnswer("timeout: the whole took too long") from error
            raise NoAnswer(describe_failure(error)) from error
        except BadCoding as error:
            raise NoAnswer(f"body: {error}") from error
        except AnswerRefused:
            raise
        except Exception as error:  # whatever an address or an answer does to a library is its own failure
            raise NoAnswer(f"failed: {describe_unforeseen(error)}") from error

    async def _get(
        self,
        target: Target,
        headers: Sequence[tuple[bytes, bytes]],
        deadlines: Deadlines,
        rules: BodyRules,
    ) -> Answer:
        """As `get`; a kept connection that the server closed meanwhile is replaced once.

        Source: RFC 9110, 9.2.2 (GET may be repeated after a failure of the connection).
        """
        kept = self._kept.take(target.origin)
        if kept is not None:
            try:
                return await self._use(kept, target, headers, deadlines.read_s, rules)
            except _LostConnection:
                pass
        fresh = await self._connect(target, deadlines.connect_s)
        try:
            return await self._use(fresh, target, headers, deadlines.read_s, rules)
        except _LostConnection as error:
            assert error.__cause__ is not None
            raise error.__cause__ from None

    async def _use(
        self,
        connection: HttpConnection,
        target: Target,
        headers: Sequence[tuple[bytes, bytes]],
        read_s: float,
        rules: BodyRules,
    ) -> Answer:
        """Raises: _LostConnection: there was no answer, not even its headers."""
        try:
            try:
                answer = await connection.ask(target, headers, read_s)
            except (OSError, BrokenAnswer) as error:
                raise _LostConnection from error
            try:
                return await _read_answer(answer, rules)
            finally:
                await answer.finish()
        finally:
            self._kept.put(target.origin, connection)

    async def _connect(self, target: Target, within_s: float) -> HttpConnection:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_s
        _, _, port = target.origin
        addresses = await self._guard.find(target.host, port, within_s)
        tls = self._tls if target.scheme == "https" else None
        stream = await Stream.open(addresses, port, target.host, tls, deadline - loop.time(), within_s)
        if not stream.speaks_http2:
            return Http1Connection(stream)
        from ingest.http.http2 import Http2Connection  # takes long to import, and many runs never need it

        return Http2Connection(stream, target)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = httpx.create_ssl_context()
        context.set_alpn_protocols(["http/1.1", "h2"])
        return context


class _LostConnection(Exception):
    """The connection failed before an answer came; the cause says how."""


_UNREACHABLE = {errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH}


def describe_failure(error: OSError | BrokenAnswer) -> str:
    """An error text that starts with offline, tls, connect or protocol."""
    if isinstance(error, ssl.SSLError):
        return f"tls: {getattr(error, 'verify_message', '') or error.reason or error}"
    if isinstance(error, BrokenAnswer):
        return f"protocol: {error}"
    kind = "offline" if error.errno in _UNREACHABLE else "connect"
    return f"{kind}: {os.strerror(error.errno) if error.errno else str(error) or type(error).__name__}"


def describe_unforeseen(error: Exception) -> str:
    """An exception that nobody foresaw, as a detail."""
    return f"{type(error).__name__}: {error}"[:300]


async def _read_answer(answer: OpenAnswer, rules: BodyRules) -> Answer:
    if rules.is_part and answer.status == 200:
        raise AnswerRefused("range: the server sends the whole file in place of a part of it")
    if 200 <= answer.status < 300:
        body, missing = await _read_body(answer, rules)
        return Answer(answer.status, answer.headers, body, missing)
    if answer.status != 304:
        await _drain(answer)
    return Answer(answer.status, answer.headers, b"")


async def _read_body(answer: OpenAnswer, rules: BodyRules) -> tuple[bytes, str]:
    """The body, and why it is not whole: what came before a connection or coding broke off is of use."""
    coding = answer.headers.get("content-encoding", "")
    decoder = keep_as_it_is() if rules.is_part else open_decoder(coding)
    body = bytearray()
    received = 0
    try:
        while chunk := await answer.read():
            received += len(chunk)
            for piece in decoder.feed(chunk):
                body += piece
                if len(body) > rules.max_bytes:
                    break
            if max(len(body), received) > rules.max_bytes:
                if rules.is_cut:
                    return bytes(body[: rules.max_bytes]), ""
                raise AnswerRefused(f"size: the body has more than {rules.max_bytes:,} bytes")
            await asyncio.sleep(0)  # decoding a big body must not keep the others waiting
        decoder.finish()
    except (BadCoding, BrokenAnswer, OSError) as error:
        if not body:
            raise
        # then only its length was told wrongly
        is_whole = not rules.is_strict and _LAST_TAG.search(bytes(body[-_LAST_BYTES:]))
        return bytes(body), "" if is_whole else str(error) or type(error).__name__
    return bytes(body), ""


async def _drain(answer: OpenAnswer) -> None:
    """Read away a small body that nobody wants, so that its connection can be used again."""
    length = answer.headers.get("content-length", "")
    if not length.isdigit() or int(length[:9]) > _SMALL_BODY_BYTES:
        return
    with contextlib.suppress(BrokenAnswer, Silent, OSError):
        async with asyncio.timeout(_SMALL_BODY_S):
            while await answer.read():
                pass
