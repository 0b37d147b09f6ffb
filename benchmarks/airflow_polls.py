"""What a run of `poll_news` that brings nothing costs in a real Airflow: seconds of a core, tasks, wall time.

    python -m benchmarks.airflow_polls [--runs 5] [--feeds 20] [--checkout ANOTHER]

`dateline airflow` serves a home whose feeds have all been polled; each run asks them again and gets 304. The seconds
are those of all processes of Airflow between two looks, less what they take in as long a time without a run. The peer
is `dateline run` on the same home, one process. `--checkout` measures the DAGs of another checkout.
"""

import argparse
import os
import resource
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil

from benchmarks.measure import ROOT, print_table
from benchmarks.poll import serve_feeds
from dateline.commands.local_airflow import DATABASE
from dateline.home import Home
from tests.dateline.homes import make_home
from transforms.identity import make_id
from transforms.records import Feed

_SETTINGS = """\
[http]
allow_private_addresses = true
[pages]
max_attempts = 1  # the pages are not served
"""
_IDLE_S = 60.0
_SETTLE_S = 10.0
_HANG_S = 600.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--feeds", type=int, default=20)
    parser.add_argument("--checkout", type=Path, default=ROOT, help="whose DAGs and steps are measured")
    options = parser.parse_args()
    with (
        serve_feeds(options.feeds, 4) as addresses,
        tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder,
    ):
        home = make_home(Path(folder) / "home", [_make_feed(url) for url in addresses], _SETTINGS)
        program = _Program(home, options.checkout)
        program.run("run")
        alone = [program.run("run", "--all") for _ in range(options.runs)]
        with _serve(program) as airflow:
            idle = _spend_idle(airflow)
            runs = [_measure_run(program, airflow, idle) for _ in range(options.runs)]
    peer = statistics.median(alone)
    rows = [("dateline run --all", 0, peer, peer, 1.0)]
    spent, wall, tasks = (statistics.median(column) for column in zip(*runs, strict=True))
    rows.append(("poll_news", round(tasks), spent, wall, spent / peer))
    print(f"idle: {idle:.3f} seconds of a core a second")
    print_table(("what", "tasks", "seconds of a core", "wall seconds", "of dateline run"), rows)


def _make_feed(url: str) -> Feed:
    return Feed(make_id("fd1", url), url)


class _Program:
    """The command line of a checkout, on one home."""

    def __init__(self, home: Home, checkout: Path) -> None:
        self.home = home
        self._checkout = checkout
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    def start(self, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "dateline", *arguments],
            cwd=self._checkout,
            env=os.environ | {"DATELINE_HOME": str(self.home.path), "PYTHONPATH": str(self._checkout)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            **options,
        )

    def run(self, *arguments: str) -> float:
        """Seconds of a core."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = self.start(*arguments)
        process.communicate(timeout=_HANG_S)
        if process.returncode:
            sys.exit(f"dateline {' '.join(arguments)} failed with status {process.returncode}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@contextmanager
def _serve(program: _Program) -> Iterator[psutil.Process]:
    with program.start("airflow", "--port", str(program.port)) as process:
        assert process.stdout is not None
        try:
            while "is ready" not in process.stdout.readline():
                if process.poll() is not None:
                    sys.exit("Airflow did not start")
            program.run("airflow", "dags", "unpause", "poll_news")
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.communicate(timeout=_HANG_S)


def _spend_idle(airflow: psutil.Process) -> float:
    """Seconds of a core that Airflow takes in a second without a run."""
    time.sleep(_IDLE_S)  # the run that is due at the start, and what else a start brings
    before = _count_seconds(airflow)
    time.sleep(_IDLE_S)
    return (_count_seconds(airflow) - before) / _IDLE_S


def _measure_run(program: _Program, airflow: psutil.Process, idle: float) -> tuple[float, float, int]:
    """Seconds of a core, wall time from start to end, and the number of tasks."""
    run_id = f"benchmark-{time.monotonic_ns()}"
    before, began = _count_seconds(airflow), time.monotonic()
    conf = '{"poll_all": true}'
    program.run("airflow", "dags", "trigger", "poll_news", "--run-id", run_id, "--conf", conf)
    while not (found := _read_end(program.home, run_id)):
        if time.monotonic() - began > _HANG_S:
            sys.exit("the run did not end")
        time.sleep(0.5)
    time.sleep(_SETTLE_S)  # processes that end after their task
    spent = _count_seconds(airflow) - before - idle * (time.monotonic() - began)
    state, wall, tasks = found
    if state != "success":
        sys.exit(f"the run ended as {state}")
    return spent, wall, tasks


def _read_end(home: Home, run_id: str) -> tuple[str, float, int] | None:
    """State, wall time and tasks that had a process, of a run that has ended."""
    with closing(sqlite3.connect(f"file:{home.airflow / DATABASE}?mode=ro", uri=True)) as connection:
        row: tuple[str, float, int] | None = connection.execute(
            "SELECT state, 86400 * (julianday(end_date) - julianday(start_date)),"
            " (SELECT count(*) FROM task_instance t WHERE t.run_id = r.run_id AND t.pid IS NOT NULL)"
            " FROM dag_run r WHERE run_id = ? AND state IN ('success', 'failed')",
            (run_id,),
        ).fetchone()
    return row


def _count_seconds(process: psutil.Process) -> float:
    """Seconds of a core of a process, all below it, and those below that have ended."""
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:  # its parent counts it from now on
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


if __name__ == "__main__":
    main()
