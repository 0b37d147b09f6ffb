"""A whole cluster on this machine, as plain processes: `python -m scripts.cluster FOLDER`.

PostgreSQL keeps Airflow's metadata, Redis is the broker and holds the locks, moto's server stands for an object
store (in memory: what it holds ends with it), and Celery's workers have homes of their own, as if each were a
machine. Everything listens on loopback and ends with this script. The commands and the file `cluster.env` are those
of a real cluster (docs/cluster.md).
"""

import base64
import os
import pwd
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from dateline.commands.local_airflow import answers
from dateline.commands.supervisor import Component, Patience, Supervisor
from dateline.home import Home
from transforms.errors import DatelineError, Permanent

WORKERS = ("fetch=4", "code=1", "warehouse=1")
"""Queues and slots of each worker."""
ENVIRONMENT = "cluster.env"
BUCKET = "dateline"
_PACKAGES = (
    "apache-airflow",
    "apache-airflow-providers-celery",
    "apache-airflow-providers-postgres",
    "s3fs",
    "moto",
)
"""Of the extras `airflow` and `cluster`, and for the store of trials `dev`."""
_GRACE_S = 40.0  # Airflow's own parts have some seconds of it
_POSTGRES_USER = "postgres"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everything listens, on loopback."""

    airflow: int

    @property
    def postgres(self) -> int:
        return self.airflow + 1

    @property
    def redis(self) -> int:
        return self.airflow + 2

    @property
    def store(self) -> int:
        return self.airflow + 3


def find_missing() -> list[str]:
    """What this machine lacks for a cluster; [] where it lacks nothing."""
    there = {
        "PostgreSQL": _find_postgres(),
        "redis-server": shutil.which("redis-server"),
        **{f"the Python package {name}": _is_installed(name) for name in _PACKAGES},
    }
    return [name for name, found in there.items() if not found]


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _find_postgres() -> Path | None:
    """The folder of PostgreSQL's programs, which Debian keeps out of the path."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


def write_environment(path: Path, ports: Ports, store_url: str) -> None:
    """Write what every process of the cluster is given; a file that is there stays, with its secrets.

    `store_url`: of an object store whose keys are in the environment; "": the one for trials.
    """
    if path.exists():
        return
    password = secrets.token_urlsafe(24)
    database = f"postgresql+psycopg2://airflow:{password}@127.0.0.1:{ports.postgres}/postgres"
    values = {
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CORE__PARALLELISM": "32",
        "AIRFLOW__CORE__FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{ports.airflow}/execution/",
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(32),
        "AIRFLOW__API__SECRET_KEY": secrets.token_urlsafe(32),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{database}",
        "AIRFLOW__CELERY__BROKER_URL": f"redis://:{password}@127.0.0.1:{ports.redis}/0",
        # how soon the tasks of a worker that is gone, or of a broker that forgot them, are given to another
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "120",
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "30",
        # a machine that has a lot to do answers late
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600",
        "DATELINE_STORAGE_URL": store_url or f"s3://{BUCKET}",
        "DATELINE_LOCKS_URL": f"redis://127.0.0.1:{ports.redis}/1",
        "DATELINE_LOCKS_PASSWORD_ENV": "REDIS_PASSWORD",
        "REDIS_PASSWORD": password,
    }
    if not store_url:
        values |= {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{ports.store}",
            "AWS_ACCESS_KEY_ID": "trial",
            "AWS_SECRET_ACCESS_KEY": "trial",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in values.items()]
    path.touch(mode=0o600)
    path.write_text("".join(lines), encoding="utf-8")


def read_environment(path: Path) -> dict[str, str]:
    """The variables of such a file."""
    words = shlex.split(path.read_text(encoding="utf-8"), comments=True)
    return dict(word.split("=", 1) for word in words)


def _run_as_postgres(command: Sequence[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return list(command)
    user = _POSTGRES_USER
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]


def prepare_postgres(data: Path, password: str) -> None:
    """Make a database cluster with the user `airflow`, once."""
    programs = _find_postgres()
    assert programs is not None
    if (data / "PG_VERSION").exists():
        return
    shutil.rmtree(data, ignore_errors=True)  # what was stopped half-way
    data.mkdir(mode=0o700)
    word = data.with_suffix(".password")
    word.touch(mode=0o600)
    word.write_text(password, encoding="utf-8")
    if not os.geteuid():
        owner = pwd.getpwnam(_POSTGRES_USER)
        for path in (data, word):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    command = [
        str(programs / "initdb"), f"--pgdata={data}", "--username=airflow", f"--pwfile={word}", "--no-sync",
        "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
    ]  # fmt: skip
    done = subprocess.run(
        _run_as_postgres(command), cwd="/", capture_output=True, text=True, check=False, umask=0o077
    )
    word.unlink()
    if done.returncode:
        raise Permanent(f"initdb failed: {done.stderr.strip()}")


def list_services(
    folder: Path, ports: Ports, environment: Mapping[str, str], *, has_store: bool
) -> list[Component]:
    """PostgreSQL, Redis and perhaps a store, with what they need written into `folder`."""
    password = environment["REDIS_PASSWORD"]  # PostgreSQL's too
    programs = _find_postgres()
    assert programs is not None
    prepare_postgres(folder / "postgres", password)
    postgres = [
        str(programs / "postgres"), "-D", str(folder / "postgres"), "-h", "127.0.0.1", "-p", str(ports.postgres),
        "-k", "", "-c", "max_connections=60", "-c", "shared_buffers=64MB",
    ]  # fmt: skip
    redis = folder / "redis"
    redis.mkdir(mode=0o700, exist_ok=True)
    (redis / "redis.conf").touch(mode=0o600)
    (redis / "redis.conf").write_text(
        # what was queued, and who holds which lock, outlives a restart
        f"bind 127.0.0.1\nport {ports.redis}\nrequirepass {password}\ndir {redis}\nappendonly yes\n"
        'appendfsync always\nsave ""\n'
    )
    store = (sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(ports.store))
    return [
        Component("postgres", tuple(_run_as_postgres(postgres))),
        Component("redis", ("redis-server", str(redis / "redis.conf"))),
        *([] if has_store else [Component("store", store)]),
    ]


def make_bucket(ports: Ports) -> None:
    """Make the bucket of the store for trials; one that is there stays."""
    request = urllib.request.Request(f"http://127.0.0.1:{ports.store}/{BUCKET}", method="PUT")
    urllib.request.urlopen(request, timeout=10).close()


def list_workers(folder: Path, workers: Sequence[str], may_start: Callable[[], bool]) -> list[Component]:
    """Celery's workers, each with a home of its own below `folder`; that of `warehouse` is the user's."""
    parts = []
    for number, worker in enumerate(workers):
        queues, _, slots = worker.partition("=")
        name = f"worker-{number}-{queues.replace(',', '-')}"
        home, users = Home(folder / "homes" / name), Home(folder / "home")
        if "warehouse" in queues.split(","):
            home = users
        else:
            home.path.mkdir(parents=True, exist_ok=True)
            if users.settings.exists():
                shutil.copy(users.settings, home.settings)  # as an administrator would
        arguments = ("celery", "worker", "--skip-serve-logs", "-q", queues, "-c", slots or "1", "-H", name)
        own = {"DATELINE_HOME": str(home.path)}
        parts.append(Component(name, _dateline("airflow", *arguments), own, may_start))
    return parts


def _dateline(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "dateline", *arguments)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--port", default=8080, show_default=True, help="Airflow's; the others follow.")
@click.option("--worker", "workers", multiple=True, default=WORKERS, show_default=True, help="QUEUES=SLOTS")
@click.option(
    "--store", default="", help="URL of an object store, such as s3://bucket; none: one for trials."
)
def main(folder: Path, port: int, workers: tuple[str, ...], store: str) -> None:
    """Start a cluster in FOLDER, and stop it at Ctrl-C; what it brought stays there for the next start."""
    if missing := find_missing():
        raise click.ClickException(f"not installed: {', '.join(missing)}")
    folder, ports = folder.absolute(), Ports(port)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)  # PostgreSQL's user goes through; what is in it is not for others
    for name in ("home", "homes", "logs"):
        (folder / name).mkdir(mode=0o700, exist_ok=True)
    write_environment(folder / ENVIRONMENT, ports, store)
    logs = folder / "logs"
    environment = {
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(
            logs / "tasks"
        ),  # one for all: the web page finds them there
        **os.environ,
        **read_environment(folder / ENVIRONMENT),
    }

    def has_services() -> bool:
        needed = [ports.postgres, ports.redis] + ([] if store else [ports.store])
        if not all(map(_listens, needed)):
            return False
        if not store:
            make_bucket(ports)
        return True

    def has_airflow() -> bool:
        return answers(f"http://127.0.0.1:{port}")

    control = {"DATELINE_HOME": str(folder / "homes" / "control")}
    parts = [
        *list_services(folder, ports, environment, has_store=bool(store)),
        Component("airflow", _dateline("airflow", "--port", str(port)), control, has_services),
        *list_workers(folder, workers, has_airflow),
    ]
    names = ", ".join(part.name for part in parts)
    click.echo(f"starting {names}; their logs are in {logs}, their variables in {folder / ENVIRONMENT}")
    supervisor = Supervisor(parts, environment, logs, click.echo, Patience(grace_s=_GRACE_S))
    supervisor.run(has_airflow, f"the cluster is ready: http://127.0.0.1:{port}; Ctrl-C stops it")
    click.echo("the cluster has stopped")


if __name__ == "__main__":
    try:
        main(standalone_mode=True)
    except DatelineError as error:
        raise SystemExit(str(error)) from error
