"""Serving the site over HTTP."""

import errno
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn

from dateline.home import Home
from dateline.web.app import create_app
from dateline.web.site import NO_TILES, MapTiles
from transforms.errors import Permanent


@contextmanager
def listen(host: str, port: int) -> Iterator[tuple[socket.socket, str]]:
    """A socket that listens, and the address to open in a browser.

    Raises:
        Permanent: the port is taken or not allowed, or `host` is no address of this machine.
    """
    try:
        [(family, kind, _, _, place), *_] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        opened = socket.socket(family, kind)
    except OSError as error:
        raise Permanent(
            f"{host} is no address of this machine; give another with --host ({error})"
        ) from error
    with opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind(place)
            opened.listen(128)
        except OSError as error:
            raise Permanent(_explain(error, host, port)) from error
        yield opened, _show_address(host, opened.getsockname()[1])


def serve(home: Home, opened: socket.socket, hosts: Sequence[str], tiles: MapTiles = NO_TILES) -> None:
    """Serve until a signal stops it."""
    make_server(home, hosts, tiles).run(sockets=[opened])


def make_server(home: Home, hosts: Sequence[str], tiles: MapTiles = NO_TILES) -> uvicorn.Server:
    """The server, to be run on a socket."""
    return uvicorn.Server(
        uvicorn.Config(
            create_app(home, hosts, tiles),
            log_level="warning",
            access_log=False,
            lifespan="on",
            server_header=False,
            timeout_graceful_shutdown=3,
        )
    )


def _explain(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken, maybe by another `dateline web`; give another with --port"
    if error.errno == errno.EACCES:
        return f"port {port} is for the machine's administrator; give one from 1024 on with --port"
    return f"cannot listen on {host}, port {port}: {error.strerror}; give another with --host or --port"


def _show_address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/"
