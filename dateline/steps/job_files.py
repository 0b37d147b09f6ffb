"""The folder of a backfill from the network: what was asked for, which windows were planned, and whether it may run."""

import shutil
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from dateline.home import Home
from dateline.steps.backfill_params import BackfillParams
from ingest.history.protocol import HistoryWindow
from ingest.locks import hold_named_lock
from ingest.staging.records import is_done, mark_done, read_records, write_records
from transforms.errors import Permanent, Transient

PAUSED, CANCELLED = "paused", "cancelled"


@dataclass(frozen=True, slots=True)
class BackfillJob:
    """A backfill from the network. Its id is also the run id of its batches."""

    run_id: str
    sources: tuple[str, ...]  # in the order in which they are asked
    is_auto: bool  # a source is asked only for what those before it left open
    path: str
    feeds: tuple[str, ...]  # URLs
    first_day: str  # YYYY-MM-DD
    last_day: str
    created_at: datetime

    def params_for(
        self, source: str, feeds: Sequence[str], first: str = "", last: str = ""
    ) -> BackfillParams:
        """What one source is asked for one lane of it."""
        return BackfillParams(source, self.path, tuple(feeds), first or self.first_day, last or self.last_day)


@dataclass(frozen=True, slots=True)
class PlannedWindow:
    """A window with the batch that it makes."""

    batch: str
    params: BackfillParams
    window: HistoryWindow


@contextmanager
def hold_job(home: Home, run_id: str, wait_s: float = 0.0) -> Iterator[None]:
    """Let one process at a time plan or run a backfill.

    Raises:
        Transient: another process does.
    """
    with hold_named_lock(folder_of(home, run_id) / "run.lock", wait_s):
        yield


def folder_of(home: Home, run_id: str) -> Path:
    return home.backfills / run_id


def write_job(home: Home, job: BackfillJob) -> None:
    write_records(folder_of(home, job.run_id) / "job.parquet", BackfillJob, [job])


def read_job(home: Home, run_id: str) -> BackfillJob | None:
    """None where no backfill from the network has that id."""
    return _read_job(folder_of(home, run_id) / "job.parquet")


@lru_cache(maxsize=100)  # a job is written once
def _read_job_once(path: Path, modified_ns: int) -> BackfillJob | None:
    jobs = read_records(path, BackfillJob)
    return jobs[0] if jobs else None


def _read_job(path: Path) -> BackfillJob | None:
    return _read_job_once(path, path.stat().st_mtime_ns) if path.exists() else None


def list_jobs(home: Home) -> list[BackfillJob]:
    """All of them, oldest first."""
    found = (_read_job(path) for path in home.backfills.glob("*/job.parquet"))
    return sorted((job for job in found if job), key=lambda job: (job.created_at, job.run_id))


def find_job(home: Home, name: str) -> BackfillJob:
    """The backfill whose id begins with `name`, with or without `backfill-`.

    Raises:
        Permanent: there is none, or more than one.
    """
    wanted = name if name.startswith("backfill-") else f"backfill-{name}"
    found = [job for job in list_jobs(home) if job.run_id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    problem = f"{len(found)} backfills begin with {name!r}" if found else f"no backfill is named {name!r}"
    raise Permanent(f"{problem}; `dateline backfill status` lists them")


def write_windows(
    home: Home, job: BackfillJob, lane: str, source: str, windows: Sequence[PlannedWindow]
) -> None:
    write_records(_windows_path(home, job, lane, source), PlannedWindow, windows)


def read_windows(home: Home, job: BackfillJob, lane: str, source: str) -> list[PlannedWindow] | None:
    """The windows planned of a source for a lane; None where nothing was planned yet."""
    path = _windows_path(home, job, lane, source)
    return read_records(path, PlannedWindow) if path.exists() else None


def forget_windows(home: Home, job: BackfillJob) -> None:
    """Let the next run plan anew: what a source holds may have changed since."""
    for path in folder_of(home, job.run_id).glob("*.windows.parquet"):
        path.unlink(missing_ok=True)


def _windows_path(home: Home, job: BackfillJob, lane: str, source: str) -> Path:
    return folder_of(home, job.run_id) / f"{lane}.{source}.windows.parquet"


def further_of(home: Home, batch: Path) -> Path:
    """Where the further batches of a window lie until its import is done; then they may be taken."""
    return folder_of(home, batch.parent.name) / "further" / batch.name


def release_further(home: Home, run_id: str, done: Set[str]) -> None:
    """Put further batches beside their first one, where that has been imported to its end.

    `done`: names of batches that are loaded; the folder of such a first one may be gone by now.
    """
    run = home.staging / run_id
    for folder in sorted((folder_of(home, run_id) / "further").glob("*")):
        is_cleared = folder.name in done and not (run / folder.name).exists()
        if is_cleared or is_done(run / folder.name, "import"):
            run.mkdir(parents=True, exist_ok=True)
            mark_done(run, "plan")
            for part in sorted(folder.iterdir()):
                if not (run / part.name).exists():
                    part.replace(run / part.name)
            shutil.rmtree(folder)


def read_mark(home: Home, run_id: str) -> str:
    """`paused` or `cancelled`; "" for a backfill that may run."""
    folder = folder_of(home, run_id)
    return next((mark for mark in (CANCELLED, PAUSED) if (folder / mark).exists()), "")


def set_mark(home: Home, run_id: str, mark: str) -> None:
    """Tell a backfill to stop, also one that is running; "" lets it run again."""
    folder = folder_of(home, run_id)
    for known in (PAUSED, CANCELLED):
        if known != mark:
            (folder / known).unlink(missing_ok=True)
    if mark:
        (folder / mark).write_text(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n", encoding="utf-8")


def check_stop(home: Home, run_id: str) -> None:
    """Raises: Transient: the backfill was told to pause. Permanent: it was cancelled."""
    mark = read_mark(home, run_id)
    short = run_id.removeprefix("backfill-")[:8]
    if mark == PAUSED:
        raise Transient(f"the backfill {short} is paused; `dateline backfill resume {short}` carries on")
    if mark:
        raise Permanent(
            f"the backfill {short} is cancelled; to ask for the same again give its command again"
        )
