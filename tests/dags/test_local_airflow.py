"""`dateline airflow` itself: a real one, started, hurt, and stopped."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from dateline.commands.local_airflow import DATABASE
from tests.dags.conftest import LocalAirflow
from tests.limits import HANG_S
from tests.paths import ROOT

pytestmark = [pytest.mark.airflow, pytest.mark.slow]

NO_RUNS = {"AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True"}
"""Nothing comes due meanwhile: runs of the DAGs have tests of their own."""


@dataclass(frozen=True, slots=True)
class Served:
    home: Path
    port: int
    process: "subprocess.Popen[str]"

    def read_line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


def start(home: Path, port: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "dateline", "airflow", "--port", str(port)],
        cwd=ROOT,
        env=dict(os.environ, DATELINE_HOME=str(home), PYTHONPATH=str(ROOT), **NO_RUNS),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.fixture(scope="module")
def served(airflow: LocalAirflow, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """With a database that was made before: making one is tested by that."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    home = tmp_path_factory.mktemp("served")
    (home / "airflow").mkdir()
    with closing(sqlite3.connect(airflow.home.airflow / DATABASE)) as made:
        made.execute("VACUUM INTO ?", [str(home / "airflow" / DATABASE)])
    process = start(home, port)
    yield Served(home, port, process)
    if process.poll() is None:
        process.terminate()
        process.communicate(timeout=HANG_S)


def test_airflow_is_kept_alive_and_ends_whole(served: Served) -> None:
    assert served.read_line().startswith("starting Airflow (scheduler, triggerer, dag-processor, api-server)")
    assert served.read_line().startswith(f"Airflow is ready: http://127.0.0.1:{served.port}")
    below = psutil.Process(served.process.pid).children(recursive=True)

    # on loopback only, whatever listens
    listening = [
        connection.laddr.ip
        for process in below
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert set(listening) == {"127.0.0.1"}

    # for the owner alone
    folder = served.home / "airflow"
    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}

    # a second one on the same home is refused
    second = start(served.home, served.port)
    said, _ = second.communicate(timeout=HANG_S)
    assert second.returncode == 75
    assert "runs already" in said

    # a scheduler that dies is told and started again
    parts = psutil.Process(served.process.pid).children()
    [scheduler] = [part for part in parts if "scheduler" in part.cmdline()]
    scheduler.kill()
    assert served.read_line().startswith("scheduler ended with status -9; starting it again")

    served.process.send_signal(signal.SIGHUP)
    served.process.communicate(timeout=HANG_S)
    assert served.process.returncode == 0
    assert not any(process.is_running() for process in below)
