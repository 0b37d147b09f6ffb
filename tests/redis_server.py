"""A real Redis server on loopback, in a process of its own with its data nowhere."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.limits import HANG_S

BINARY = shutil.which("redis-server")


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for all tests of a worker: keys are theirs, so they take names of their own."""
    with run_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@contextmanager
def run_redis(folder: Path, port: int = 0) -> Iterator[str]:
    """A server with nothing in it; yields its URL. `folder` takes its log; `port` 0: any that is free.

    Skips the test where no redis-server is installed.
    """
    if BINARY is None:
        pytest.skip("no redis-server is installed")
    port = port or find_free_port()
    log = folder / f"redis-{port}.log"
    options = {
        "port": port,
        "bind": "127.0.0.1",
        "dir": folder,
        "logfile": log,
        "save": "",
        "appendonly": "no",
    }
    arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    server = subprocess.Popen([BINARY, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, server)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.kill()
        server.wait()


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + HANG_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("redis-server does not start")
