"""A real pywb on loopback, and the `wayback` library: installed apart from us, once for all sessions of a machine.

Both stand beside the project as other programs do. Where they cannot be installed the tests that need them skip.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ingest.locks import hold_lock
from tests.limits import HANG_S

PACKAGES = ("pywb==2.10.0", "wayback==0.5.1", "setuptools<81")  # pywb's own packages import pkg_resources
_NAME = f"dateline-tests-pywb-2.10.0-wayback-0.5.1-py{sys.version_info.major}{sys.version_info.minor}"
_INSTALL_S = 600.0
_SCRIPT = """
import base64, json, sys
from datetime import datetime
from requests.adapters import HTTPAdapter
from wayback import WaybackClient, WaybackSession

base, task = sys.argv[1], json.loads(sys.argv[2])
THEIRS = "https://web.archive.org"


class Elsewhere(HTTPAdapter):
    def send(self, request, **more):
        asked = request.url
        request.url = asked.replace(THEIRS, base, 1)
        response = super().send(request, **more)
        response.url = request.url = asked
        if "Location" in response.headers:
            response.headers["Location"] = response.headers["Location"].replace(base, THEIRS, 1)
        return response


session = WaybackSession(retries=0, search_calls_per_second=0, memento_calls_per_second=0)
session.mount(THEIRS, Elsewhere())
client = WaybackClient(session)
rows, pages = [], []
for query in task["search"]:
    found = client.search(**query)
    rows.append([[r.timestamp.strftime("%Y%m%d%H%M%S"), r.url, r.mime_type, r.status_code, r.digest] for r in found])
for url, timestamp in task["pages"]:
    try:
        memento = client.get_memento(url, timestamp=timestamp, exact=False, target_window=10**9)
    except Exception as error:
        pages.append([type(error).__name__])
    else:
        body = base64.b64encode(memento.content).decode()
        pages.append([memento.timestamp.strftime("%Y%m%d%H%M%S"), memento.url, memento.status_code, body])
print(json.dumps({"search": rows, "pages": pages}))
"""


def find_tools() -> Path:
    """The folder of the programs of an environment with pywb and the library; installs them if they are missing.

    The test skips where that fails.
    """
    folder = Path(tempfile.gettempdir()) / f"{_NAME}-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    done = folder / "installed"
    with hold_lock(folder / "lock"):
        if not done.exists():
            environment = folder / "environment"
            install = [
                str(environment / "bin" / "python"),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--retries",
                "1",
            ]
            _run([sys.executable, "-m", "venv", "--clear", str(environment)])
            _run([*install, *PACKAGES])
            done.touch()
    return folder / "environment" / "bin"


def _run(command: Sequence[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_INSTALL_S)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"pywb cannot be installed here: {error.stderr.strip()[-300:]}")
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"pywb cannot be installed here: {error}")


@contextmanager
def serve_warcs(tools: Path, warcs: Sequence[Path], folder: Path) -> Iterator[str]:
    """A pywb that serves WARC files as the collection `web`, so that its addresses are as the Internet Archive's.

    Yields its address, without a path; it is stopped at the end.
    """
    folder.mkdir()
    manager = str(tools / "wb-manager")
    for arguments in (["init", "web"], ["add", "web", *map(str, warcs)]):
        subprocess.run([manager, *arguments], cwd=folder, check=True, capture_output=True, timeout=HANG_S)
    with (folder / "log").open("wb") as log:
        port = _find_port()
        command = [str(tools / "wayback"), "--bind", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(process, port, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _find_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + HANG_S
    while time.monotonic() < deadline:
        assert process.poll() is None, f"pywb ended: {log.read_text('utf-8', 'replace')[-1_000:]}"
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"pywb does not answer: {log.read_text('utf-8', 'replace')[-1_000:]}")


def ask_library(
    tools: Path, base: str, search: Sequence[dict[str, Any]] = (), pages: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """What the library reads from the archive at `base`: rows for each search, and timestamp, address, status and
    body (base64) for each page near a timestamp, or the name of the error."""
    task = json.dumps({"search": list(search), "pages": list(pages)})
    command = [str(tools / "python"), "-c", _SCRIPT, base, task]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 0, done.stderr[-2_000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found
