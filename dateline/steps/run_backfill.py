"""Running a backfill from the network: lanes side by side, and everything that is ready coded and loaded at once."""

import logging
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from dateline.steps.backfill_jobs import Lane, begin, list_lanes, list_planned, read_loaded, take_next
from dateline.steps.context import Context, Progress
from dateline.steps.job_files import BackfillJob, check_stop, hold_job
from dateline.steps.load import load_ready
from dateline.steps.pipeline import run_step
from dateline.steps.run_limits import LimitReached, Limits, count_requests
from ingest.history.protocol import HistoryWindow
from ingest.staging.records import is_done, read_records
from transforms.errors import DatelineError, Permanent, Transient
from warehouse.load_summary import LoadSummary

log = logging.getLogger("dateline")


class SummedProgress:
    """The progress of batches that run side by side, as one: what is done and to do of each step in all of them."""

    def __init__(self, inner: Progress) -> None:
        self._inner = inner
        self._lock = Lock()
        self._at: dict[str, dict[str, tuple[int, int]]] = {}  # done and total, by step and batch

    def of(self, batch: Path) -> Progress:
        """The callback for one batch."""

        def advance(step: str, done: int, total: int) -> None:
            with self._lock:
                at = self._at.setdefault(step, {})
                at[batch.name] = (done, total)
                self._inner(step, sum(one for one, _ in at.values()), sum(whole for _, whole in at.values()))

        return advance


@dataclass(frozen=True, slots=True)
class BackfillResult:
    """What one run of a backfill did."""

    batches: tuple[Path, ...]
    loaded: LoadSummary
    requests: int
    notes: tuple[str, ...]  # limits that it stopped at, sources that could not be asked


def run_job(context: Context, job: BackfillJob, limits: Limits) -> BackfillResult:
    """Go on with a backfill until it is through, told to stop, or at a limit.

    Lanes wait for their hosts side by side; what they brought is cleaned, coded and loaded as it comes. A window
    that fails for good is passed over, and a lane whose host is down waits for the next run; neither stops the
    others.

    Raises:
        Transient: some service is down, or the backfill was paused, or is run by another process: run it again.
        Permanent: something failed for good; all else is loaded.
    """

    def check() -> int | None:
        check_stop(context.home, job.run_id)
        return limits.check()

    check()
    opener = count_requests(context.open_fetcher, limits)
    counting = replace(context, open_fetcher=opener, check_stop=check)
    with hold_job(context.home, job.run_id):
        begin(counting, job)
        run = _JobRun(counting, job, limits, read_loaded(context, job))
        _run_lanes(run)
    return run.end()


def _run_lanes(run: "_JobRun") -> None:
    """Advance every lane until it ends; whoever stops this stops the lanes where they next look."""
    pool = ThreadPoolExecutor(run.context.settings.history.lanes, "lane")
    running = {pool.submit(run.advance, lane): lane for lane in list_lanes(run.job)}
    try:
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            lanes = [running.pop(future) for future in done]
            ready = [run.take(future) for future in done]
            if any(ready):
                run.finish()  # before these lanes go on: what is loaded is not asked for again
            running |= {pool.submit(run.advance, one): one for one in lanes if one.name not in run.ended}
    finally:
        run.limits.is_stopped = True
        pool.shutdown(cancel_futures=True)


class _JobRun:
    """What one run of a job knows while it goes on; `advance` runs in threads, all else in one."""

    def __init__(self, context: Context, job: BackfillJob, limits: Limits, loaded: set[str]) -> None:
        self.context = context
        self.job = job
        self.limits = limits
        self.loaded = loaded
        self.ended: set[str] = set()  # lanes that are through, or wait for the next run
        self._passed_over: set[str] = set()  # batches that failed for good in this run
        self._failures: list[DatelineError] = []
        self._notes: list[str] = []
        self._batches: list[Path] = []
        self._waiting: list[Path] = []
        self._summary = LoadSummary(None, 0, 0)
        self._days: dict[str, int] = {}
        self._progress = SummedProgress(context.progress)

    def advance(self, lane: Lane) -> list[Path]:
        """Read a lane's next windows and fetch their pages; returns the batches, none when it is through."""
        try:
            self.context.check_stop()
            skip = self.loaded | self._passed_over
            batches = take_next(self.context, self.job, lane, skip, self._notes.append)
            self._check_days(lane, batches)
        except Exception as error:  # whatever is wrong with one lane must not keep the others
            self._note(f"lane={lane.name}", error)
            self.ended.add(lane.name)
            return []
        ready = [batch for batch in batches if self._bring(lane, batch)]
        if not batches:
            self.ended.add(lane.name)
        return ready

    def _bring(self, lane: Lane, batch: Path) -> bool:
        """Read a window and fetch its pages; whether that went well. What may pass ends the lane for this run."""
        if lane.name in self.ended:
            return False
        context = replace(self.context, progress=self._progress.of(batch))
        try:
            run_step(context, "import", batch)
            run_step(context, "pages", batch)
            self._days[lane.name] = self._days.get(lane.name, 0) + _count_days(batch)
        except Transient as error:
            self._note(f"batch={batch.name}", error)
            self.ended.add(lane.name)
            return False
        except Exception as error:
            self._pass_over(batch, error)
            return False
        return True

    def _pass_over(self, batch: Path, error: Exception) -> None:
        self._passed_over.add(batch.name)
        self._note(f"batch={batch.name}", error)

    def _note(self, what: str, error: Exception) -> None:
        log.warning("backfill_failed run=%s %s error=%r", self.job.run_id, what, str(error))
        if not isinstance(error, DatelineError):
            log.debug("backfill_failed run=%s %s", self.job.run_id, what, exc_info=error)
            error = Permanent(f"{type(error).__name__}: {error}; the next run tries again")
        self._failures.append(error)

    def _check_days(self, lane: Lane, batches: Sequence[Path]) -> None:
        """Raises: LimitReached: a new window is next, and as many days of the feed were read as one run may."""
        is_new = any(not is_done(batch, "import") for batch in batches)
        if is_new and self.limits.max_days and self._days.get(lane.name, 0) >= self.limits.max_days:
            raise LimitReached(
                f"{self.limits.max_days} days of each feed were read, as many as --max-days allows; the same "
                "command again carries on"
            )

    def take(self, future: "Future[list[Path]]") -> bool:
        """Take up what a lane brought; whether there is anything."""
        batches = future.result()
        self._waiting += batches
        return bool(batches)

    def finish(self) -> None:
        """Clean, code and load what waits; a batch that fails for good does not keep the others."""
        for batch in self._waiting:
            context = replace(self.context, progress=self._progress.of(batch))
            try:
                run_step(context, "clean", batch)
                run_step(context, "code", batch)
            except Transient:
                raise
            except Exception as error:
                self._pass_over(batch, error)
        try:
            self._summary = self._summary.add(load_ready(self.context))
        except Permanent as error:  # some batch was set aside, all others are loaded
            self._note("step=load", error)
        self._batches += self._waiting
        self.loaded |= read_loaded(self.context, self.job)
        self._passed_over |= {batch.name for batch in self._waiting} - self.loaded
        self._waiting = []
        planned = list_planned(self.context.home, self.job)
        self.context.progress("windows", len(self.loaded & planned), len(planned))

    def end(self) -> BackfillResult:
        """Raises: Transient, Permanent: what lanes failed of; those that fail for good first."""
        limits = [str(error) for error in self._failures if isinstance(error, LimitReached)]
        passing = [error for error in self._failures if not isinstance(error, LimitReached)]
        final = [error for error in passing if isinstance(error, Permanent)]
        for errors in (final, passing):
            if errors:
                more = f" (and {len(passing) - 1} more failures)" if passing[1:] else ""
                raise type(errors[0])(f"{errors[0]}{more}") from errors[0]
        notes = tuple(dict.fromkeys([*limits[:1], *self._notes]))
        return BackfillResult(tuple(self._batches), self._summary, self.limits.requests, notes)


def _count_days(batch: Path) -> int:
    """The days of a batch's window; none of a further batch of it, or where it has none."""
    [window] = read_records(batch / "plan.window.parquet", HistoryWindow)
    is_further = not (batch / "import.windows.parquet").exists()
    if is_further or window.first_day is None or window.last_day is None:
        return 0
    return (window.last_day - window.first_day).days + 1
