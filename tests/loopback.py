"""A real HTTP/1.1 server on loopback whose every answer is scripted, misbehaviour included.

    with LoopbackServer() as server:
        server.route("/feed.xml", Reply(body=RSS, content_type="application/rss+xml", etag='"1"'))
        server.route("/old", redirect(301, "/feed.xml"))
        server.route("/flaky", [Reply(status=503, headers=(("Retry-After", "7"),)), Reply(body=b"ok")])
        ... fetch server.url("/feed.xml") ...
        assert server.requests_for("/feed.xml")[0].headers["user-agent"].startswith("Dateline/")

A route is one `Reply`, a list of them (one a request, the last one repeats), or a function of the request.
Paths without a route answer 404. Query strings are part of the request's `path` but not of its route.
"""

import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from types import TracebackType
from typing import Any, Literal, Self

import brotli
import zstandard

from tests.limits import HANG_S

Headers = tuple[tuple[str, str], ...]
Encoding = Literal["", "gzip", "deflate", "br", "zstd"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One scripted answer; the defaults are a well-behaved 200."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: Headers = ()
    encoding: Encoding = ""  # the body is sent so compressed, whatever the client accepts
    etag: str = ""  # answers 304 to a matching If-None-Match
    last_modified: str = ""  # answers 304 to the very same If-Modified-Since, unless there is an etag
    wait_s: float = 0.0  # before the first byte
    drip_bytes: int = 0  # send the body in pieces of this size ...
    drip_s: float = 0.0  # ... with this long between them
    chunked: bool = False  # Transfer-Encoding: chunked in place of Content-Length
    fault: Literal["", "hang", "close", "cut", "endless"] = ""
    # hang: never answers; close: closes without a byte; cut: closes halfway through the body;
    # endless: repeats `body` for ever
    raw: bytes = b""  # sent as it is in place of everything, then the connection is closed


@dataclass(frozen=True, slots=True)
class Received:
    """A request as the server got it."""

    method: str
    path: str  # with the query string
    headers: dict[str, str]  # names in lower case
    at: float  # time.monotonic() when it came
    port: int  # the client's: the same port is the same connection
    body: bytes = b""  # of a POST


Route = Reply | Sequence[Reply] | Callable[[Received], Reply]


def redirect(status: int, to: str, body: bytes = b"") -> Reply:
    """A redirect to `to`, a path or a whole URL."""
    return Reply(status=status, headers=(("Location", to),), body=body)


def throttle(status: int, retry_after: str) -> Reply:
    """A 429 or 503; `retry_after` is seconds or an HTTP date."""
    return Reply(status=status, headers=(("Retry-After", retry_after),), body=b"come back later")


@cache
def bomb(encoding: Encoding, size_bytes: int) -> Reply:
    """A small body that decompresses to `size_bytes` zeros."""
    body = b"".join(_compress(encoding, (b"\0" * 1_000_000 for _ in range(size_bytes // 1_000_000))))
    return Reply(body=body, headers=(("Content-Encoding", encoding),))


def compress(encoding: Encoding, body: bytes) -> bytes:
    return b"".join(_compress(encoding, iter([body])))


class LoopbackServer:
    """Serves its routes on 127.0.0.1 from a thread of its own, from `with` to the end of it."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.scripts = self
        self._tls = tls
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._lock = threading.Lock()
        self._came = threading.Condition(self._lock)
        self._routes: dict[str, Route] = {}
        self._served: dict[str, int] = {}
        self._active = 0
        self.requests: list[Received] = []
        self.peak_active = 0  # the most requests that waited for an answer at once
        self.stopping = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.close_connections()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """The address of `path`; `host="localhost"` gives the same server under another name."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def route(self, path: str, answer: Route) -> None:
        """Answer `path` so from now on."""
        with self._lock:
            self._routes[path] = answer
            self._served[path] = 0

    def requests_for(self, path: str) -> list[Received]:
        """The requests for `path` so far, whatever their query strings."""
        with self._lock:
            return [request for request in self.requests if request.path.partition("?")[0] == path]

    def wait_for(self, path: str, count: int) -> None:
        """Wait until `path` was asked for so often: a client that gives up may be quicker than this server."""
        with self._lock:
            came = self._came.wait_for(lambda: self._served.get(path, 0) >= count, HANG_S)
        assert came, f"{path} was asked for {self._served.get(path, 0)} times, not {count}"

    def take(self, request: Received) -> Reply:
        """Note that `request` has begun and find its answer."""
        path = request.path.partition("?")[0]
        with self._lock:
            self.requests.append(request)
            self._active += 1
            self.peak_active = max(self.peak_active, self._active)
            answer = self._routes.get(path, Reply(status=404, body=b"no such page"))
            served = self._served.get(path, 0)
            self._served[path] = served + 1
            self._came.notify_all()
        if isinstance(answer, Reply):
            return answer
        if callable(answer):
            return answer(request)
        return answer[min(served, len(answer) - 1)]

    def finish(self) -> None:
        with self._lock:
            self._active -= 1


class _Server(ThreadingTCPServer):
    """Remembers its connections, so that stopping does not wait for idle ones."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = True
    request_queue_size = 128
    scripts: LoopbackServer

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # the other side was quicker
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, or refuses our certificate, is what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.do_handshake()

    def do_GET(self) -> None:
        request = Received(
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            at=time.monotonic(),
            port=self.client_address[1],
            body=self.rfile.read(int(self.headers.get("Content-Length", 0))),
        )
        reply = self.server.scripts.take(request)
        self.server.scripts.stopping.wait(reply.wait_s)
        self.server.scripts.finish()  # before the answer: whoever has it may ask again at once
        try:
            self._answer(request, reply)
        except OSError:  # the client has gone, as scripted
            self.close_connection = True

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Tests look at `requests`, not at a log."""

    def _answer(self, request: Received, reply: Reply) -> None:
        stopping = self.server.scripts.stopping
        if reply.fault == "hang":
            stopping.wait()
        if reply.fault in ("hang", "close") or reply.raw:
            self.wfile.write(reply.raw)
            self.close_connection = True
            return
        if _is_unchanged(request, reply):
            self._send_head(304, reply, {})
            return
        body = compress(reply.encoding, reply.body)
        framing = {"Content-Type": reply.content_type}
        if reply.encoding:
            framing["Content-Encoding"] = reply.encoding
        if reply.chunked or reply.fault == "endless":
            framing["Transfer-Encoding"] = "chunked"
        elif reply.status != 204:
            framing["Content-Length"] = str(len(body))
        self._send_head(reply.status, reply, framing)
        for piece in self._cut_body(body, reply):
            chunked = "Transfer-Encoding" in framing
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
            if stopping.wait(reply.drip_s):
                break
        if "Transfer-Encoding" in framing:
            self.wfile.write(b"0\r\n\r\n")

    def _send_head(self, status: int, reply: Reply, framing: dict[str, str]) -> None:
        self.send_response_only(status)
        own = {"ETag": reply.etag, "Last-Modified": reply.last_modified}
        for name, value in (*framing.items(), *own.items(), *reply.headers):
            if value:
                self.send_header(name, value)
        self.end_headers()

    def _cut_body(self, body: bytes, reply: Reply) -> Iterator[bytes]:
        while reply.fault == "endless":
            yield body
        if reply.fault == "cut":
            body = body[: len(body) // 2]
            self.close_connection = True
        step = reply.drip_bytes or max(1, len(body))
        for start in range(0, len(body), step):
            yield body[start : start + step]


def _is_unchanged(request: Received, reply: Reply) -> bool:
    if reply.etag:
        return request.headers.get("if-none-match") == reply.etag
    return bool(reply.last_modified) and request.headers.get("if-modified-since") == reply.last_modified


def _compress(encoding: Encoding, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if encoding == "":
        yield from pieces
    elif encoding == "br":
        stream = brotli.Compressor(quality=4)
        yield from (stream.process(piece) for piece in pieces)
        yield stream.finish()
    else:
        coder = (
            zstandard.ZstdCompressor().compressobj()
            if encoding == "zstd"
            else zlib.compressobj(6, wbits=31 if encoding == "gzip" else 15)
        )
        yield from (coder.compress(piece) for piece in pieces)
        yield coder.flush()
