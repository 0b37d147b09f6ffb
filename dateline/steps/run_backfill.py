"""Running a backfill from the network: lanes side by side, and everything that is ready coded and loaded at once."""

import logging
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from dateline.home import Home
from dateline.settings import Settings
from dateline.steps.backfill_jobs import Lane, begin, list_lanes, list_planned, read_loaded, take_next
from dateline.steps.context import Context, FetcherOpener, Progress
from dateline.steps.job_files import BackfillJob, check_stop
from dateline.steps.load import load_ready
from dateline.steps.pipeline import run_step
from ingest.history.protocol import HistoryWindow
from ingest.http.exchange import Exchange, Fetcher, Request
from ingest.locks import hold_named_lock
from ingest.staging.records import is_done, read_records
from transforms.errors import DatelineError, Permanent, Transient
from warehouse.load import LoadSummary

log = logging.getLogger("dateline")


class LimitReached(Transient):
    """As many requests were sent, or days read, as this run may."""


@dataclass(slots=True)
class Limits:
    """What one run may take; 0: no limit."""

    max_requests: int = 0
    max_days: int = 0
    requests: int = 0
    is_stopped: bool = False
    _lock: Lock = field(default_factory=Lock)

    def count_request(self) -> None:
        """Raises: LimitReached: one more would be too many."""
        with self._lock:
            if self.is_stopped:
                raise LimitReached("stopped; nothing is lost, the same command again carries on")
            if self.max_requests and self.requests >= self.max_requests:
                raise LimitReached(
                    f"{self.requests} requests were sent, as many as --max-requests allows; the same command again "
                    "carries on, nothing is lost"
                )
            self.requests += 1


class CountingFetcher:
    """A fetcher that counts, and stops where the limit is."""

    def __init__(self, inner: Fetcher, limits: Limits) -> None:
        self._inner = inner
        self._limits = limits

    async def fetch(self, request: Request) -> Exchange:
        """As the fetcher does.

        Raises:
            LimitReached: no more requests may be sent.
        """
        self._limits.count_request()
        return await self._inner.fetch(request)

    def check_network(self, exchanges: Sequence[Exchange]) -> None:
        self._inner.check_network(exchanges)


def count_requests(opener: FetcherOpener, limits: Limits) -> FetcherOpener:
    """The same network, with every request counted."""

    @asynccontextmanager
    async def open_counting(home: Home, settings: Settings, run: str) -> AsyncIterator[Fetcher]:
        async with opener(home, settings, run) as fetcher:
            yield CountingFetcher(fetcher, limits)

    return open_counting


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
    note: str  # the limit that it stopped at; "" for none


def run_job(context: Context, job: BackfillJob, limits: Limits) -> BackfillResult:
    """Go on with a backfill until it is through, told to stop, or at a limit.

    Lanes wait for their hosts side by side; what they brought is cleaned, coded and loaded as it comes. A lane
    that fails does not stop the others.

    Raises:
        Transient: some service is down, or the backfill was paused: run it again.
        Permanent: something failed for good; all else is loaded.
    """
    check_stop(context.home, job.run_id)
    counting = replace(context, open_fetcher=count_requests(context.open_fetcher, limits))
    begin(counting, job)
    run = _JobRun(counting, job, limits, read_loaded(context, job))
    with hold_named_lock(context.home.backfills / job.run_id / "run.lock", 0):
        _run_lanes(run)
    return run.end()


def _run_lanes(run: "_JobRun") -> None:
    """Advance every lane until it ends; whoever stops this stops the lanes at their next request."""
    with ThreadPoolExecutor(run.context.settings.history.lanes, "lane") as pool:
        running = {pool.submit(run.advance, lane): lane for lane in list_lanes(run.job)}
        try:
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                lanes = [running.pop(future) for future in done]
                ready = [run.take(future) for future in done]
                if any(ready):
                    run.finish()  # before these lanes go on: what is loaded is not asked for again
                running |= {pool.submit(run.advance, one): one for one in lanes if one.name not in run.ended}
        except BaseException:
            run.limits.is_stopped = True
            raise


class _JobRun:
    """What one run of a job knows while it goes on; `advance` runs in threads, all else in one."""

    def __init__(self, context: Context, job: BackfillJob, limits: Limits, loaded: set[str]) -> None:
        self.context = context
        self.job = job
        self.limits = limits
        self.loaded = loaded
        self.ended: set[str] = set()  # lanes that are through or failed
        self.failures: list[DatelineError] = []
        self._batches: list[Path] = []
        self._waiting: list[Path] = []
        self._summary = LoadSummary(None, 0, 0)
        self._days: dict[str, int] = {}
        self._progress = SummedProgress(context.progress)

    def advance(self, lane: Lane) -> list[Path]:
        """Read a lane's next windows and fetch their pages; returns the batches, none when it is through."""
        try:
            check_stop(self.context.home, self.job.run_id)
            batches = take_next(self.context, self.job, lane, self.loaded)
            self._check_days(lane, batches)
            for batch in batches:
                context = replace(self.context, progress=self._progress.of(batch))
                run_step(context, "import", batch)
                run_step(context, "pages", batch)
                self._days[lane.name] = self._days.get(lane.name, 0) + _count_days(batch)
        except DatelineError as error:
            log.warning("lane_failed run=%s lane=%s error=%r", self.job.run_id, lane.name, str(error))
            self.failures.append(error)
            self.ended.add(lane.name)
            return []
        except BaseException:
            self.ended.add(lane.name)
            raise
        if not batches:
            self.ended.add(lane.name)
        return batches

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
        """Clean, code and load what waits."""
        for batch in self._waiting:
            context = replace(self.context, progress=self._progress.of(batch))
            run_step(context, "clean", batch)
            run_step(context, "code", batch)
        self._batches += self._waiting
        self._waiting = []
        self._summary = self._summary.add(load_ready(self.context))
        self.loaded |= read_loaded(self.context, self.job)
        planned = list_planned(self.context.home, self.job)
        self.context.progress("windows", len(self.loaded & planned), len(planned))

    def end(self) -> BackfillResult:
        """Raises: Transient, Permanent: what lanes failed of, those that may pass last."""
        limits = [error for error in self.failures if isinstance(error, LimitReached)]
        passing = [error for error in self.failures if not isinstance(error, LimitReached)]
        final = [error for error in passing if isinstance(error, Permanent)]
        for errors in (final, passing):
            if errors:
                more = f" (and {len(errors) - 1} more feeds failed)" if errors[1:] else ""
                raise type(errors[0])(f"{errors[0]}{more}") from errors[0]
        note = str(limits[0]) if limits else ""
        return BackfillResult(tuple(self._batches), self._summary, self.limits.requests, note)


def _count_days(batch: Path) -> int:
    """The days of a batch's window; none of a further batch of it, or where it has none."""
    [window] = read_records(batch / "plan.window.parquet", HistoryWindow)
    is_further = not (batch / "import.windows.parquet").exists()
    if is_further or window.first_day is None or window.last_day is None:
        return 0
    return (window.last_day - window.first_day).days + 1
