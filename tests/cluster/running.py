"""A cluster for a test: started by `scripts/cluster.py`, asked over Airflow's API, and hurt."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from dateline.commands.local_airflow import PASSWORDS
from dateline.home import Home
from tests.cluster.store import Store
from tests.dateline.homes import lend_gazetteer, make_home
from tests.limits import HANG_S
from tests.paths import ROOT
from transforms.records import Feed

WORKERS = ("fetch,code=2", "fetch,code=2", "warehouse=1")
NAMES = ("worker-0-fetch-code", "worker-1-fetch-code", "worker-2-warehouse")
_LOOK_S = 1.0


def wait_until(is_so: Callable[[], object], what: str) -> None:
    """Look once a second."""
    deadline = time.monotonic() + HANG_S
    while not is_so():
        assert time.monotonic() < deadline, f"{what}: never"
        time.sleep(_LOOK_S)


@dataclass(slots=True)
class Cluster:
    folder: Path
    port: int
    store: Store
    process: "subprocess.Popen[bytes]"
    _token: str = field(default="", repr=False)

    @property
    def warehouse(self) -> Home:
        """The home that owns the warehouse."""
        return Home(self.folder / "home")

    @property
    def said(self) -> str:
        """What the script has said so far."""
        return (self.folder / "said").read_text(encoding="utf-8")

    def read_log(self, part: str) -> str:
        return (self.folder / "logs" / f"{part}.log").read_text(encoding="utf-8", errors="replace")

    def count_begun(self, worker: str, dag_id: str, task_id: str) -> int:
        """How often the log of a worker names a task of a DAG: more, once another one begins."""
        return len(re.findall(f"dag_id={dag_id}/.*task_id={re.escape(task_id)}/", self.read_log(worker)))

    def list_processes(self) -> list[psutil.Process]:
        found: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return found

    def kill(self, part: str) -> None:
        """End a part with SIGKILL and all below it at once, as a machine ends that loses its power."""
        said = f"{part} ended with status -9"
        before = self.said.count(said)
        words = {"redis": "redis-server"}.get(part, part)
        [main] = [
            one
            for one in psutil.Process(self.process.pid).children()
            if any(words in word for word in one.cmdline())
        ]
        for one in (main, *main.children(recursive=True)):
            one.kill()
        wait_until(lambda: self.said.count(said) > before, said)

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Ask Airflow's API."""
        if not self._token and path != "/auth/token":
            passwords = self.folder / "homes" / "control" / "airflow" / PASSWORDS
            given = {"username": "admin", "password": json.loads(passwords.read_text())["admin"]}
            self._token = self.ask("POST", "/auth/token", given)["access_token"]
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def start_run(self, dag_id: str, conf: Mapping[str, object]) -> None:
        self.ask("POST", f"/api/v2/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": conf})

    def wait_for_runs(self, dag_id: str) -> dict[str, int]:
        """Wait until no run of a DAG is left, also of those that it starts itself; the runs by final state."""
        states: dict[str, int] = {}

        def is_over() -> bool:
            found = self.ask("GET", f"/api/v2/dags/{dag_id}/dagRuns?limit=100")["dag_runs"]
            states.clear()
            for run in found:
                states[run["state"]] = states.get(run["state"], 0) + 1
            return not states.keys() & {"queued", "running"}

        wait_until(is_over, f"the end of {dag_id}")
        return states


@contextmanager
def run_cluster(folder: Path, port: int, feeds: Sequence[Feed], settings: str) -> Iterator[Cluster]:
    """A cluster with these subscriptions and settings; at its end none of its processes is left."""
    make_home(folder / "home", feeds, settings)
    for name in NAMES[:2]:
        lend_gazetteer(Home(folder / "homes" / name))
    with Store(port + 3) as store, (folder / "said").open("wb") as said:
        arguments = [arg for worker in WORKERS for arg in ("--worker", worker)]
        process = subprocess.Popen(
            [
                sys.executable,
                "-u",
                "-m",
                "scripts.cluster",
                str(folder),
                f"--port={port}",
                "--store=s3://dateline",
                *arguments,
            ],
            cwd=ROOT,
            env={
                **os.environ,
                **store.environment,
                "PYTHONPATH": os.pathsep.join(
                    [str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
                ),
                "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",  # only what the test starts
                "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
            },
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        cluster = Cluster(folder, port, store, process)
        try:
            wait_until(lambda: "is ready" in cluster.said or process.poll() is not None, "the cluster")
            assert process.poll() is None, cluster.said
            yield cluster
        finally:
            below = cluster.list_processes() if process.poll() is None else []
            process.terminate()
            process.wait(HANG_S)
        assert process.returncode == 0
        assert [one for one in below if one.is_running()] == []
