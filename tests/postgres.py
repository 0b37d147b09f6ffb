"""A real PostgreSQL server for tests: Debian's package, in a folder of its own, on a Unix socket, without fsync."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.limits import HANG_S

_UNSAFE = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "shared_buffers=16MB",
    "listen_addresses=",
)


def find_postgres() -> Path:
    """The folder of the newest server's programs; skips the test where there is none, or nobody may run it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.skip("no PostgreSQL server is installed (Debian: apt install postgresql)")
    if _owner() is None and os.getuid() == 0:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    return found[-1].parent


@contextmanager
def run_postgres() -> Iterator[str]:
    """Start a server with an empty database; yields its address and ends it."""
    programs = find_postgres()
    owner = _owner() if os.getuid() == 0 else None
    identity: dict[str, Any] = {"user": owner, "group": owner, "extra_groups": []} if owner else {}
    folder = Path(tempfile.mkdtemp(prefix="dateline-pg-"))
    try:
        if owner:
            shutil.chown(folder, owner, owner)
        making: list[str | Path] = [
            programs / "initdb",
            "-D",
            folder / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        subprocess.run(
            [*making, "--locale=C", "--no-sync"], cwd=folder, check=True, capture_output=True, **identity
        )
        options = [word for option in _UNSAFE for word in ("-c", option)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", folder / "data", "-k", folder, *options],
                cwd=folder,
                stdout=log,
                stderr=log,
                **identity,
            )
        try:
            url = f"postgresql://postgres@/postgres?host={folder}"
            _wait(url, server, folder / "log")
            yield url
        finally:
            server.send_signal(signal.SIGINT)  # connections are closed, nothing is waited for
            server.wait(HANG_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> str | None:
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return None


def _wait(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + HANG_S
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert server.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        else:
            return
