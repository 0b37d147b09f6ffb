"""One request, one answer: the connection pool, its deadlines, and bodies read in bounded memory.

This is httpcore, the engine below httpx, used directly: what httpx adds (cookies, credentials and
proxies of the environment, automatic redirects, unbounded decompression) is just what Dateline must not have.
"""

import asyncio
import contextlib
import errno
import os
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from ingest.http.address_guard import AddressRefused, GuardedBackend, NameNotResolved
from ingest.http.decoding import BadCoding, keep_as_it_is, open_decoder

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
        self._backend = GuardedBackend(allow_private_addresses, resolvers=connections)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=connections,
            max_keepalive_connections=max(1, connections // 2),  # httpcore checks every idle one, each time
            keepalive_expiry=30.0,
            http1=True,
            http2=True,
            network_backend=self._backend,
        )

    async def close(self) -> None:
        await self._pool.aclose()
        self._backend.close()

    async def get(
        self,
        url: httpx.URL,
        headers: Sequence[tuple[bytes, bytes]],
        deadlines: Deadlines,
        rules: BodyRules,
    ) -> Answer:
        """Ask for `url` and read the answer.

        Raises:
            NoAnswer, AnswerRefused
        """
        try:
            async with asyncio.timeout(deadlines.total_s):
                return await self._get(url, headers, deadlines, rules)
        except TimeoutError as error:
            raise NoAnswer("timeout: the whole took too long") from error
        except AddressRefused as error:
            raise AnswerRefused(f"address: {error}") from error
        except NameNotResolved as error:
            raise NoAnswer(f"{'offline' if error.is_offline else 'dns'}: {error}") from error
        except httpcore.TimeoutException as error:
            raise NoAnswer(f"timeout: {_TIMEOUTS.get(type(error), 'no answer')}") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise NoAnswer(describe_failure(error)) from error
        except BadCoding as error:
            raise NoAnswer(f"body: {error}") from error
        except AnswerRefused:
            raise
        except Exception as error:  # whatever an address or an answer does to a library is its own failure
            raise NoAnswer(f"failed: {describe_unforeseen(error)}") from error

    async def _get(
        self,
        url: httpx.URL,
        headers: Sequence[tuple[bytes, bytes]],
        deadlines: Deadlines,
        rules: BodyRules,
    ) -> Answer:
        """As `get`; a kept connection that the server closed meanwhile is replaced once.

        Source: RFC 9110, 9.2.2 (GET may be repeated after a failure of the connection).
        """
        fresh = _FreshConnection()
        request = httpcore.Request(
            "GET",
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=[(b"Host", url.netloc), *headers],
            extensions={
                "timeout": {
                    "connect": deadlines.connect_s,
                    "read": deadlines.read_s,
                    "write": deadlines.read_s,
                },
                "trace": fresh.note,
            },
        )
        try:
            response = await self._pool.handle_async_request(request)
        except (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError):
            if fresh.opened:
                raise
            response = await self._pool.handle_async_request(request)
        try:
            return await _read_answer(response, rules)
        finally:
            await response.aclose()


class _FreshConnection:
    """Learns from httpcore's trace whether a request opened a connection of its own."""

    def __init__(self) -> None:
        self.opened = False

    async def note(self, event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.started":
            self.opened = True


_TIMEOUTS = {
    httpcore.ConnectTimeout: "no connection within the time allowed",
    httpcore.ReadTimeout: "the server stayed silent",
    httpcore.WriteTimeout: "the server did not take the request",
    httpcore.PoolTimeout: "no free connection",
}


_UNREACHABLE = {errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH}


def describe_failure(error: Exception) -> str:
    """An error text that starts with offline, tls, connect or protocol, made of the first cause."""
    causes = _unfold(error)
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return f"tls: {getattr(cause, 'verify_message', '') or cause.reason or cause}"
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno is not None:
            kind = "offline" if cause.errno in _UNREACHABLE else "connect"
            return f"{kind}: {os.strerror(cause.errno)}"
    kind = "protocol" if isinstance(error, httpcore.ProtocolError) else "connect"
    return f"{kind}: {next((str(cause) for cause in causes if str(cause)), type(error).__name__)}"


def describe_unforeseen(error: Exception) -> str:
    """An exception that nobody foresaw, as a detail."""
    return f"{type(error).__name__}: {error}"[:300]


def _unfold(error: BaseException) -> list[BaseException]:
    """`error` and what caused it; httpcore keeps the cause as an argument."""
    causes: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in causes:
        causes.append(found)
        inner = found.args[0] if found.args else None
        found = inner if isinstance(inner, BaseException) else found.__cause__ or found.__context__
    return causes


async def _read_answer(response: httpcore.Response, rules: BodyRules) -> Answer:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    if rules.is_part and response.status == 200:
        raise AnswerRefused("range: the server sends the whole file in place of a part of it")
    if 200 <= response.status < 300:
        body, missing = await _read_body(response, headers, rules)
        return Answer(response.status, headers, body, missing)
    await _drain(response, headers)
    return Answer(response.status, headers, b"")


async def _read_body(
    response: httpcore.Response, headers: Mapping[str, str], rules: BodyRules
) -> tuple[bytes, str]:
    """The body, and why it is not whole: what came before a connection or coding broke off is of use."""
    decoder = keep_as_it_is() if rules.is_part else open_decoder(headers.get("content-encoding", ""))
    body = bytearray()
    received = 0
    try:
        async for chunk in response.aiter_stream():
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
    except (BadCoding, httpcore.RemoteProtocolError, httpcore.ReadError) as error:
        if not body:
            raise
        # then only its length was told wrongly
        is_whole = not rules.is_strict and _LAST_TAG.search(bytes(body[-_LAST_BYTES:]))
        return bytes(body), "" if is_whole else str(error) or type(error).__name__
    return bytes(body), ""


async def _drain(response: httpcore.Response, headers: Mapping[str, str]) -> None:
    """Read away a small body that nobody wants, so that its connection can be used again."""
    length = "0" if response.status == 304 else headers.get("content-length", "")
    if not length.isdigit() or int(length[:9]) > _SMALL_BODY_BYTES:
        return
    with contextlib.suppress(TimeoutError, httpcore.NetworkError, httpcore.ProtocolError):
        async with asyncio.timeout(_SMALL_BODY_S):
            async for _ in response.aiter_stream():
                pass
