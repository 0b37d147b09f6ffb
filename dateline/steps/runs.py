"""Runs and their folders: names, clocks, locks and markers."""

import logging
import shutil
import time
from collections.abc import Iterator, Set
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dateline.steps.tracing import trace_step
from ingest.locks import hold_lock
from ingest.staging.records import find_batches, is_done, list_folders, mark_done

log = logging.getLogger("dateline")
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_LONGEST_PLAN = timedelta(days=1)  # nobody is still planning a folder that is older
LAST_STEP = "code"


def name_run(kind: str, started_at: datetime) -> str:
    """A run's id, `poll-20261123T154500.000000Z`: it carries the run's clock, so a replay has the same."""
    return f"{kind}-{started_at.astimezone(UTC).strftime(_STAMP)}"


def read_start(run_id: str) -> datetime:
    """The clock that `name_run` put into a run's id."""
    return datetime.strptime(run_id.partition("-")[2], _STAMP).replace(tzinfo=UTC)


@contextmanager
def step_of(batch: Path, step: str) -> Iterator[bool]:
    """Hold a batch for one step; yields whether there is anything to do, and marks the step done after.

    The lock keeps two processes (a retried task and the one thought dead) from doing the same work; it goes
    with the process that holds it.
    """
    with hold_lock(batch / ".lock"):
        about = f"run={batch.parent.name} batch={batch.name} step={step}"
        if is_done(batch, step):
            log.debug("step_skipped %s", about)
            yield False
            return
        log.debug("step_started %s", about)
        began = time.monotonic()
        with trace_step(step, run=batch.parent.name, batch=batch.name):
            yield True
            mark_done(batch, step)
        log.debug("step_finished %s seconds=%.3f", about, time.monotonic() - began)


@contextmanager
def planning_of(staging: Path) -> Iterator[None]:
    """Let one process plan at a time: two would not see each other's plans, and do the same work twice."""
    staging.mkdir(parents=True, exist_ok=True)
    with hold_lock(staging / ".lock"), trace_step("plan"):
        yield


def is_planned(run: Path) -> bool:
    """Whether a run's batches are all there: without that, its folder is a killed plan's remains."""
    return is_done(run, "plan")


def find_ready_batches(staging: Path) -> list[Path]:
    """Every batch, of any run, that has come through its last step."""
    return [batch for batch in _all_batches(staging) if is_done(batch, LAST_STEP)]


def find_waiting_batches(staging: Path, kind: str, loaded: set[tuple[str, str]]) -> list[Path]:
    """Every planned batch of runs of `kind` that is not in `loaded`, whatever steps it has come through.

    They are a killed run's, or another's that is under way. `loaded` holds the names of run and batch.
    """
    batches = find_unloaded_batches(staging, loaded)
    return [batch for batch in batches if batch.parent.name.startswith(f"{kind}-")]


def find_unloaded_batches(staging: Path, loaded: Set[tuple[str, str]]) -> list[Path]:
    """Every planned batch of any run that is not in `loaded` (names of run and batch)."""
    return [batch for batch in _all_batches(staging) if (batch.parent.name, batch.name) not in loaded]


def list_runs(staging: Path) -> list[str]:
    """The ids of the runs that have a folder."""
    return [run.name for run in list_folders(staging)]


def read_planned_at(run: Path) -> datetime:
    """When the batches of a planned run were all there."""
    return datetime.fromtimestamp((run / "plan.done").stat().st_mtime, UTC)


def find_unfinished_runs(staging: Path) -> set[str]:
    """The ids of the runs with a batch that has not come through its last step."""
    return {batch.parent.name for batch in _all_batches(staging) if not is_done(batch, LAST_STEP)}


def remove_old_runs(staging: Path, loaded: set[tuple[str, str]], keep_days: int, now: datetime) -> int:
    """Remove the folders of runs older than `keep_days` whose batches are all in `loaded`; returns how many.

    `loaded` holds the names of run and batch. What a plan left that was killed half-way goes as well.
    """
    removed = 0
    for run in list_folders(staging):
        age = now - datetime.fromtimestamp(run.stat().st_mtime, UTC)
        if age <= timedelta(days=keep_days):
            continue
        batches = {(run.name, batch.name) for batch in find_batches(run)}
        is_left_over = not is_planned(run) and age > _LONGEST_PLAN
        if is_left_over or (is_planned(run) and batches <= loaded):
            shutil.rmtree(run)
            removed += 1
    return removed


def _all_batches(staging: Path) -> list[Path]:
    return [batch for run in list_folders(staging) if is_planned(run) for batch in find_batches(run)]
