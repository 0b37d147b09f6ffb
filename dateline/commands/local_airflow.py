"""A local Airflow with this project's DAGs: its environment, its start, and single runs of a DAG."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import dags
from dateline.home import Home
from transforms.errors import Permanent

DAGS_FOLDER = Path(dags.__file__).parent
DAG_RUNS_LOG = "dag_runs.log"
INSTALL_AIRFLOW = "it is an extra, which `pip install 'dateline[airflow]'` adds to this environment"


def find_airflow() -> str:
    """The version of Airflow in this environment, or "" where it is not installed.

    Its metadata tell, since Dateline's home holds a folder `airflow` that would be found as a package.
    """
    try:
        return version("apache-airflow")
    except PackageNotFoundError:
        return ""


def airflow_environment(
    home: Home, port: int = 8080, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The environment in which `airflow` serves this project: its home inside Dateline's, no examples.

    The web server listens on loopback only (Airflow's own default is every interface), and the base URL
    follows the port, without which tasks cannot reach it. Variables that the user has set win.
    """
    bundle = {
        "name": "dateline",
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {"path": str(DAGS_FOLDER)},
    }
    ours = {
        "AIRFLOW_HOME": str(home.airflow),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__PARALLELISM": "8",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle]),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "PYTHONWARNINGS": "ignore",
    }
    paths = [str(Path(sys.executable).parent), environ.get("PATH", "")]
    return {**ours, **environ, "DATELINE_HOME": str(home.path), "PATH": os.pathsep.join(paths)}


def prepare_airflow(environment: Mapping[str, str]) -> None:
    """Create or migrate Airflow's database and the pool whose one slot serialises the loads."""
    Path(environment["AIRFLOW_HOME"]).mkdir(parents=True, exist_ok=True)
    for arguments in (
        ["db", "migrate"],
        ["pools", "set", "warehouse", "1", "The warehouse's build file has one writer at a time"],
    ):
        _require_airflow(arguments, environment)


def call_airflow(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Call Airflow's command line in the foreground; returns its exit status."""
    return subprocess.run(_airflow(arguments), env=dict(environment), check=False).returncode


def serve_airflow(environment: Mapping[str, str]) -> int:
    """Run `airflow standalone` until it ends, Ctrl-C or SIGTERM; returns its exit status.

    Standalone ends cleanly on SIGINT but leaves processes behind on SIGTERM: either becomes a SIGINT to it.
    Our handlers are in place before it starts: a child does not inherit them, but would inherit that SIGINT
    is ignored, as it is for a shell's background jobs.
    """
    child: subprocess.Popen[bytes] | None = None

    def stop(*_: object) -> None:
        if child is not None:
            child.send_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    child = subprocess.Popen(_airflow(["standalone"]), env=dict(environment), start_new_session=True)
    return child.wait()


RunDag = Callable[[str, Mapping[str, object]], str]
"""Runs a DAG once with a configuration and returns the run's final state."""


@contextmanager
def open_dags(environment: Mapping[str, str]) -> Iterator[RunDag]:
    """Yield a function that runs a DAG once, with no scheduler.

    All runs share one process of their own; its log goes to `dag_runs.log` in Airflow's home.

    Raises:
        Permanent: the DAG could not be run at all.
    """
    log = Path(environment["AIRFLOW_HOME"]) / DAG_RUNS_LOG
    arguments = [sys.executable, "-m", "dags.run_once"]
    with log.open("ab") as output:
        child = subprocess.Popen(
            arguments,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        )

    def run(dag_id: str, conf: Mapping[str, object]) -> str:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(f"{dag_id} {json.dumps(conf)}\n")
            child.stdin.flush()
        except BrokenPipeError:
            pass  # the process is gone, and so prints no state
        state = child.stdout.readline().strip()
        if not state:
            raise Permanent(f"the DAG {dag_id} could not be run; see {log}")
        return state

    with child:  # closes its input, at which it ends
        yield run


def _airflow(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "airflow", *arguments]


def _require_airflow(arguments: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        _airflow(arguments), env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
        raise Permanent(f"`airflow {' '.join(arguments)}` failed:\n{tail}")
