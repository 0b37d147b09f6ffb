"""HTTP/2 on one connection, as httpcore speaks it, over our own stream."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpcore

from ingest.http.stream import BrokenAnswer, OpenAnswer, Silent, Stream
from ingest.http.targets import Target


class Http2Connection:
    """A connection that several requests share."""

    is_shared = True

    def __init__(self, stream: Stream, target: Target) -> None:
        self.kept_at = 0.0
        self._stream = stream
        self._inner = httpcore.AsyncHTTP2Connection(
            httpcore.Origin(*target.origin), _NetworkStream(stream), keepalive_expiry=None
        )
        self._users = 0
        self._is_closing = False

    @property
    def is_usable(self) -> bool:
        """Whether the other side has closed neither the connection nor the door to more requests."""
        return self._inner.is_available() and not (self._stream.has_ended or self._is_closing)

    async def ask(self, target: Target, headers: Sequence[tuple[bytes, bytes]], read_s: float) -> OpenAnswer:
        """Send a request and wait for the headers of its answer; `read_s` is how long the server may stay silent.

        Raises:
            Silent, OSError, BrokenAnswer: as of HTTP/1.1.
        """
        scheme, host, port = target.origin
        request = httpcore.Request(
            "GET",
            httpcore.URL(scheme=scheme, host=host, port=port, target=target.path),
            headers=[(b"Host", target.authority), *headers],
            extensions={"timeout": {"read": read_s, "write": read_s, "pool": read_s}},
        )
        self._users += 1
        try:
            with _translate_errors():
                response = await self._inner.handle_async_request(request)
        except BaseException:
            self._users -= 1
            raise
        pieces = aiter(response.aiter_stream())

        async def read() -> bytes:
            with _translate_errors():
                while (piece := await anext(pieces, None)) == b"":  # a frame of padding
                    pass
            return piece or b""

        async def finish() -> None:
            self._users -= 1
            with _translate_errors():
                await response.aclose()

        return OpenAnswer(response.status, _read_headers(response), read, finish)

    def close(self) -> None:
        """Close the connection when nobody uses it any more."""
        self._is_closing = True
        if not self._users:
            self._stream.abort()


def _read_headers(response: httpcore.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise Silent("the server stayed silent") from error
    except httpcore.NetworkError as error:
        raise (
            error.__cause__ if isinstance(error.__cause__, OSError) else BrokenAnswer(str(error))
        ) from error
    except (httpcore.ProtocolError, httpcore.ConnectionNotAvailable) as error:
        raise BrokenAnswer(str(error) or type(error).__name__) from error


class _NetworkStream(httpcore.AsyncNetworkStream):
    """Our stream as httpcore wants one."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the interface's
        try:
            return await self._stream.read(timeout if timeout is not None else 3600.0)
        except Silent as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the interface's
        if self._stream.has_ended:
            raise httpcore.WriteError("the server closed the connection")
        self._stream.write(buffer)

    async def aclose(self) -> None:
        self._stream.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's
    ) -> httpcore.AsyncNetworkStream:
        raise httpcore.ConnectError("the connection is secured already")

    def get_extra_info(self, info: str) -> Any:
        return not self._stream.is_quiet if info == "is_readable" else None
