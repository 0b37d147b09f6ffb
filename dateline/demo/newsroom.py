"""The sample newsroom as a real HTTP server on loopback: five outlets, each on a port of its own.

Ports, not paths, so that each outlet is a host to whoever is polite to hosts. The ports are fixed where
they are free, since ids are made of URLs: every demo then gives the same ids.
"""

import gzip
import hashlib
import logging
import threading
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from dateline.demo.newsroom_pages import (
    EDITIONS,
    Outlet,
    Resource,
    Story,
    load_outlets,
    load_stories,
    render_error,
    render_site,
)
from transforms.identity import make_id
from transforms.records import Feed

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
RETRY_AFTER_S = 1  # said with the one 503


class Newsroom:
    """`with Newsroom() as newsroom:` serves the first edition until `advance()` brings the second.

    `preferred_ports=False` takes any free ports, for tests that run side by side.
    """

    def __init__(self, *, preferred_ports: bool = True) -> None:
        self.edition = 1
        self.stories: dict[str, Story] = {}  # of the edition shown, by key, such as "bay/0302-gazipur"
        self._outlets = load_outlets()
        self._preferred_ports = preferred_ports
        self._servers: dict[str, _OutletServer] = {}

    def __enter__(self) -> "Newsroom":
        try:
            for outlet in self._outlets:
                self._servers[outlet.key] = _open_server(outlet, preferred=self._preferred_ports)
            self._show_edition()
            for server in self._servers.values():
                # A short poll interval, since `shutdown` waits for one.
                threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        except BaseException:
            for server in self._servers.values():
                server.server_close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers.values():
            server.shutdown()
            server.server_close()

    def advance(self) -> None:
        """Move to the second edition: new stories, an edited one, a corrected one."""
        self.edition = len(EDITIONS)
        self._show_edition()

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """What a user would subscribe to; among them an address that has moved and one that is gone."""
        return tuple(
            Feed(
                feed_id=make_id("fd1", self.origin_of(outlet.key) + feed.path),
                url=self.origin_of(outlet.key) + feed.path,
                title=feed.title,
                outlet=outlet.title,
                country=outlet.country,
                language=outlet.language,
                tags=feed.tags,
            )
            for outlet in self._outlets
            for feed in outlet.feeds
            if feed.subscribed
        )

    def origin_of(self, outlet: str) -> str:
        """Where an outlet is served, such as "http://127.0.0.1:18761"."""
        return self._servers[outlet].base

    def url_of(self, key: str) -> str:
        """The URL of the story `key`, without tracking parameters."""
        story = self.stories[key]
        return self.origin_of(story.outlet) + story.path

    @property
    def requests(self) -> list[tuple[str, int]]:
        """Every request answered so far: URL and status."""
        return [answer for server in self._servers.values() for answer in list(server.answered)]

    def _show_edition(self) -> None:
        self.stories = {}
        for outlet in self._outlets:
            stories = load_stories(outlet, self.edition)
            self.stories |= {story.key: story for story in stories}
            server = self._servers[outlet.key]
            server.site = render_site(outlet, stories, server.base)
        log.info("newsroom_edition edition=%d outlets=%d", self.edition, len(self._outlets))


class _OutletServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, outlet: Outlet, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.outlet = outlet
        self.base = f"http://{HOST}:{self.server_address[1]}"
        self.site: dict[str, Resource] = {}
        self.answered: list[tuple[str, int]] = []
        self._failed_once: set[str] = set()
        self._lock = threading.Lock()

    def server_bind(self) -> None:
        # Not HTTPServer's: it resolves its own name, which takes seconds on a machine without network.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def find(self, path: str) -> Resource:
        """What `path` answers now."""
        resource = self.site.get(path, Resource(404))
        with self._lock:
            if resource.unavailable_once and path not in self._failed_once:
                self._failed_once.add(path)
                return Resource(503)
        return resource

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up in the middle is its own business, not a traceback on the terminal.
        log.debug("newsroom_hang_up client=%s", client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds until an idle connection is closed
    disable_nagle_algorithm = True
    server: _OutletServer

    def do_GET(self) -> None:
        resource = self.server.find(urlsplit(self.path).path)
        body = resource.body or render_error(resource.status, self.server.outlet)
        if resource.status == 200 and _is_unchanged(self.headers, resource):
            self._answer(304, resource, b"")
        else:
            self._answer(resource.status, resource, body)

    def _answer(self, status: int, resource: Resource, body: bytes) -> None:
        self.server.answered.append((self.server.base + self.path, status))
        self.send_response(status)
        if status in (200, 304):
            self.send_header("ETag", etag_of(resource))
            self.send_header("Cache-Control", f"max-age={resource.max_age_s}")
            self.send_header("Vary", "Accept-Encoding")
            if resource.modified_at:
                modified_at = resource.modified_at.astimezone(UTC)
                self.send_header("Last-Modified", format_datetime(modified_at, usegmt=True))
        if status == 503:
            self.send_header("Retry-After", str(RETRY_AFTER_S))
        if resource.location:
            self.send_header("Location", resource.location)
        if status == 304:
            self.end_headers()
            return
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", resource.content_type or "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        log.debug("newsroom_request %s", format % args)


def etag_of(resource: Resource) -> str:
    """A weak validator, since the same words may be sent plain or compressed (RFC 9110, section 8.8.1)."""
    return f'W/"{hashlib.blake2b(resource.body, digest_size=8).hexdigest()}"'


def _is_unchanged(headers: Any, resource: Resource) -> bool:
    """Whether to answer 304. Source: RFC 9110, section 13.2.2 (If-None-Match rules out If-Modified-Since)."""
    if known := headers.get("If-None-Match"):
        return etag_of(resource) in [tag.strip() for tag in known.split(",")]
    since = headers.get("If-Modified-Since")
    if not since or resource.modified_at is None:
        return False
    try:
        known_at: datetime = parsedate_to_datetime(since)
    except ValueError:
        return False
    return resource.modified_at <= known_at


def _open_server(outlet: Outlet, *, preferred: bool) -> _OutletServer:
    if preferred:
        try:
            return _OutletServer(outlet, outlet.port)
        except OSError as error:
            log.info("newsroom_port_taken outlet=%s port=%d error=%s", outlet.key, outlet.port, error)
    return _OutletServer(outlet, 0)
