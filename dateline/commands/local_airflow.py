"""A local Airflow with this project's DAGs: its environment, its start, and single runs of a DAG."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NoReturn

import dags
from dateline.home import Home
from ingest.locks import LockHeld, hold_named_lock
from transforms.errors import Permanent, Transient

DAGS_FOLDER = Path(dags.__file__).parent
DAG_RUNS_LOG = "dag_runs.log"
INSTALL_AIRFLOW = "it is an extra, which `pip install 'dateline[airflow]'` adds to this environment"
DATABASE = "airflow.db"
PASSWORDS = "simple_auth_manager_passwords.json.generated"
_DATABASE_WAIT_S = 60
_ERROR = re.compile(r"\b(?:[A-Z]\w*(?:Error|Exception|Permanent|Transient)): (.+)")
_PARTS = {
    # the log servers would listen on every interface, and the web server reads the files itself
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "triggerer": ("triggerer", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "api-server": ("api-server",),
}


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
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        # other processes may hold the database for long, as `backfill create` does
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home.airflow / DATABASE}?timeout={_DATABASE_WAIT_S}",
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o700",
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o600",
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
    """Create or migrate Airflow's database and the pool whose one slot serialises the loads.

    What lies in Airflow's folder (keys, the password, logs) is for its owner alone.
    """
    folder = Path(environment["AIRFLOW_HOME"])
    folder.mkdir(parents=True, exist_ok=True)
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)
    for arguments in (
        ["db", "migrate"],
        ["pools", "set", "warehouse", "1", "The warehouse's build file has one writer at a time"],
    ):
        _require_airflow(arguments, environment)
    if (folder / DATABASE).exists():  # the user may have set another database
        with closing(sqlite3.connect(folder / DATABASE)) as connection:
            # readers and the writer do not block each other; the file remembers it
            connection.execute("PRAGMA journal_mode = WAL")


def become_airflow(arguments: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Go on as Airflow's command line in the place of this process: a signal to a worker comes to the worker."""
    os.umask(0o077)
    os.execve(sys.executable, _airflow(arguments), dict(environment))


def serve_airflow(environment: Mapping[str, str], port: int, say: Callable[[str], None]) -> None:
    """Run Airflow until Ctrl-C, SIGTERM or SIGHUP; a part that ends is started again.

    Raises:
        Transient: another process serves this home, or something else has the port.
        Permanent: a part of Airflow keeps ending; all of it was stopped.
    """
    from dateline.commands.supervisor import Component, Supervisor  # needs what Airflow brings

    folder = Path(environment["AIRFLOW_HOME"])
    logs = folder / "logs"
    with _alone(folder):
        _require_port(port)
        prepare_airflow(environment)
        logs.mkdir(mode=0o700, exist_ok=True)
        parts = [Component(name, tuple(_airflow(arguments))) for name, arguments in _PARTS.items()]
        say(f"starting Airflow ({', '.join(_PARTS)}); their logs are in {logs}")
        url = f"http://127.0.0.1:{port}"
        ready = f"Airflow is ready: {url}, user admin, password in {folder / PASSWORDS}; Ctrl-C stops it"
        Supervisor(parts, environment, logs, say).run(lambda: answers(url), ready)
        say("Airflow has stopped")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder: two schedulers on one database would run every task twice."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with hold_named_lock(folder / "dateline.lock", 0):
            yield
    except LockHeld as held:
        raise Transient(
            f"`dateline airflow` runs already on {folder} ({held.holder}); stop that one, or set DATELINE_HOME "
            "to another home"
        ) from held


def _require_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Transient(f"port {port} is taken by another program; give --port another one") from error


def answers(url: str) -> bool:
    """Whether the web server serves, and the scheduler is alive."""
    try:
        with urllib.request.urlopen(f"{url}/api/v2/monitor/health", timeout=2) as answer:
            return bool(json.load(answer)["scheduler"]["status"] == "healthy")
    except (OSError, ValueError, KeyError):
        return False


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
            umask=0o077,
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


def find_error(log: Path, since: int) -> str:
    """The first exception that a log of DAG runs names behind `since` bytes, else its last line.

    The first, since the tasks that follow fail because of it.
    """
    text = log.read_bytes()[since:].decode("utf-8", "replace").strip()
    found = _ERROR.search(text)
    return found[1].strip() if found else text.rpartition("\n")[2]


def _airflow(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "airflow", *arguments]


def _require_airflow(arguments: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        _airflow(arguments), env=dict(environment), capture_output=True, text=True, check=False, umask=0o077
    )
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
        raise Permanent(f"`airflow {' '.join(arguments)}` failed:\n{tail}")
