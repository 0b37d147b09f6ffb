"""The bytes of one connection: opened to an address that was checked, read piece by piece, closed at once."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Self, cast

_MOST_WAITING_BYTES = 1 << 18
"""So much may lie here unread; then the other side has to wait."""


class Silent(Exception):
    """Nothing came within the time allowed."""


class BrokenAnswer(Exception):
    """What came is not HTTP, or broke off."""


async def _do_nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """A response whose headers have come."""

    status: int
    headers: dict[str, str]  # names in lower case, repeats joined by ", "
    read: Callable[[], Awaitable[bytes]]
    """The next piece of the body, b"" at its end. Raises `Silent`, `OSError`; `BrokenAnswer` where it breaks off."""
    finish: Callable[[], Awaitable[None]] = _do_nothing
    """To be called when no more is read."""


class Stream(asyncio.Protocol):
    """One connection, read by one task at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting = b""
        self._waiter: asyncio.Future[None] | None = None
        self._is_paused = False
        self._error: Exception | None = None
        self.has_ended = False
        self.transport: asyncio.Transport

    @classmethod
    async def open(
        cls,
        addresses: Sequence[str],
        port: int,
        host: str,
        tls: ssl.SSLContext | None,
        connect_s: float,
        tls_s: float,
    ) -> Self:
        """Connect to the first of `addresses` that answers, within `connect_s`; TLS takes at most `tls_s` more.

        Raises:
            Silent: none of them answers in time.
            OSError: none of them answers; ssl.SSLError where TLS fails.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + connect_s
        failure: Exception = OSError(f"{host} has no address")
        for tried, address in enumerate(addresses):
            share_s = (deadline - loop.time()) / (len(addresses) - tried)
            try:
                async with asyncio.timeout(max(share_s, 0.001)):
                    link = await _connect(loop, address, port)
            except OSError as error:
                failure = error if error.errno else Silent("no connection within the time allowed")
                continue
            try:
                async with asyncio.timeout(tls_s):
                    _, stream = await loop.create_connection(
                        cls, sock=link, ssl=tls, server_hostname=host if tls else None
                    )
            except TimeoutError as error:
                raise Silent("no connection within the time allowed") from error
            return stream
        raise failure

    @property
    def speaks_http2(self) -> bool:
        """Whether the two sides have agreed upon HTTP/2 while they agreed upon TLS."""
        tls = self.transport.get_extra_info("ssl_object")
        return tls is not None and tls.selected_alpn_protocol() == "h2"

    @property
    def is_quiet(self) -> bool:
        """Whether the other side has neither closed the connection nor sent what nobody asked for."""
        return not (self.has_ended or self._waiting)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # other loops have classes of their own

    def data_received(self, data: bytes) -> None:
        self._waiting = self._waiting + data if self._waiting else data
        if len(self._waiting) > _MOST_WAITING_BYTES and not self._is_paused:
            self.transport.pause_reading()
            self._is_paused = True
        self._wake()

    def eof_received(self) -> None:
        self.has_ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.has_ended = True
        self._error = exc
        self._wake()

    def write(self, data: bytes) -> None:
        self.transport.write(data)

    async def read(self, within_s: float) -> bytes:
        """What has come, however much; b"" at the end.

        Raises:
            Silent: nothing came.
            OSError: the connection broke.
        """
        if not self._waiting and not self.has_ended:
            self._waiter = self._loop.create_future()
            timer = self._loop.call_later(within_s, self._wake)
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
            if not self._waiting and not self.has_ended:
                raise Silent("the server stayed silent")
        data, self._waiting = self._waiting, b""
        if self._is_paused:
            self._is_paused = False
            self.transport.resume_reading()
        if not data and self._error is not None:
            raise self._error
        return data

    def abort(self) -> None:
        """Close at once; nothing is said goodbye to."""
        self.has_ended = True
        self.transport.abort()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


async def _connect(loop: asyncio.AbstractEventLoop, address: str, port: int) -> socket.socket:
    link = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        link.setblocking(False)
        await loop.sock_connect(link, (address, port))
    except BaseException:
        link.close()
        raise
    return link
