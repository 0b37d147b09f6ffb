"""After a publication: bring the lake and the copy in PostgreSQL up to date. What fails is remembered and repeated."""

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from dateline.home import Home
from dateline.settings import Settings
from ingest.locks import hold_named_lock
from transforms.errors import DatelineError, Permanent, Transient

log = logging.getLogger("dateline")

LOCK_WAIT_S = 600.0
"""How long another update is waited for."""
LAKE, POSTGRES = "lake", "postgres"


@dataclass(frozen=True, slots=True)
class CopyState:
    """How a copy fares; the records of `copies-state.json` by the name of the copy."""

    done_at: str = ""  # instant of the last update that went well
    done: str = ""  # what that one did
    error: str = ""  # why the last update failed; "" when it went well
    failed_since: str = ""  # instant of the first failure in a row


def update_copies(
    home: Home, settings: Settings, now: datetime, environ: Mapping[str, str] = os.environ
) -> dict[str, CopyState]:
    """Bring every copy that the settings ask for up to date; what fails is an outcome, and raises nothing.

    Raises:
        OSError: the disk is full, so that it cannot be kept how they fare.
    """
    wanted: dict[str, Callable[[], str]] = {}
    if settings.lake.path:
        wanted[LAKE] = partial(write_lake, home, settings, now)
    if settings.warehouse.postgres_url_env:
        wanted[POSTGRES] = partial(write_postgres, home, settings, now, environ=environ)
    for name in read_states(home).keys() - wanted.keys():
        _note(home, name, None)  # it is asked for no more
    if not home.published.exists():
        return {}
    for name, update in wanted.items():
        try:
            update()
        except Exception as error:  # whatever is wrong with a copy keeps neither the other nor the run
            what = str(error) if isinstance(error, DatelineError) else f"{type(error).__name__}: {error}"
            log.warning("copy_failed name=%s error=%r", name, what)
            known = read_states(home).get(name, CopyState())
            since = known.failed_since or now.isoformat()
            _note(home, name, CopyState(known.done_at, known.done, what, since))
    states = read_states(home)
    return {name: states[name] for name in wanted}


def require_copies(states: Mapping[str, CopyState]) -> None:
    """Fail when a copy could not be brought up to date.

    Raises:
        Transient: naming the copies; the next update does it.
    """
    if failed := [f"{name}: {state.error}" for name, state in states.items() if state.error]:
        raise Transient("; ".join(failed))


def write_lake(home: Home, settings: Settings, now: datetime, place: str = "", *, whole: bool = False) -> str:
    """Bring the lake at `place` (else at `lake.path`) up to date; returns what was done, in words.

    Raises:
        Transient: the store does not answer, or another update takes longer than `LOCK_WAIT_S`.
        Permanent: there is no place, or no published file.
    """
    from dateline.steps.lake_store import open_lake
    from warehouse.copies.lake import update_lake

    chosen = place or settings.lake.path
    if not chosen:
        raise Permanent("no lake is set: give `--lake FOLDER`, or set lake.path to keep one after each load")
    if "://" not in chosen:
        chosen = str((Path() if place else home.path) / Path(chosen).expanduser())
    with hold_named_lock(_lock_of(home), LOCK_WAIT_S):
        lake, store = settings.lake, open_lake(chosen, settings.storage.patience_s)
        done = update_lake(home.published, store, now, lake.grace_s, has_folders=lake.folders, whole=whole)
    rows, written, removed = f"{done.rows:,} rows", done.days_written, done.days_removed
    what = f"{done.location}: {rows}, {written} files written, {removed} removed"
    if not place:
        _note(home, LAKE, CopyState(now.isoformat(), what))
    return what


def write_postgres(
    home: Home,
    settings: Settings,
    now: datetime,
    *,
    whole: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> str:
    """Bring the copy in PostgreSQL up to date; returns what was done, in words.

    Raises:
        Transient: the database is not there or busy, or another update takes longer than `LOCK_WAIT_S`.
        Permanent: there is no address, or the database refuses what we ask.
    """
    from warehouse.copies.postgres import update_postgres

    name = settings.warehouse.postgres_url_env
    if not name:
        raise Permanent(
            "no PostgreSQL database is set: put its address into an environment variable such as POSTGRES_URL, "
            "and set warehouse.postgres_url_env to that name"
        )
    url = environ.get(name, "").strip()
    if not url:
        raise Permanent(
            f"warehouse.postgres_url_env names {name}, but this environment variable is not set or empty"
        )
    with hold_named_lock(_lock_of(home), LOCK_WAIT_S):
        done = update_postgres(home.published, url, now, whole=whole)
    rebuilt = f", made again: {', '.join(done.rebuilt)}" if done.rebuilt else ""
    what = f"{done.days_copied} days copied, {done.days_removed} removed{rebuilt}"
    _note(home, POSTGRES, CopyState(now.isoformat(), what))
    return what


def read_states(home: Home) -> dict[str, CopyState]:
    """How each copy fares; nothing where there is no file yet, or a damaged one: the next update writes it."""
    try:
        kept = json.loads(home.copies_state.read_text(encoding="utf-8"))
        return {name: CopyState(**state) for name, state in kept.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}


def _note(home: Home, name: str, state: CopyState | None) -> None:
    """Keep how a copy fares; None: it is there no more."""
    states = read_states(home)
    states.pop(name, None)
    if state:
        states[name] = state
    part = home.copies_state.with_name(f".{home.copies_state.name}.{os.getpid()}.part")
    content = {key: asdict(states[key]) for key in sorted(states)}
    part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    part.replace(home.copies_state)


def _lock_of(home: Home) -> Path:
    return home.copies_state.with_suffix(".lock")
