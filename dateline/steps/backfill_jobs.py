"""Backfills from the network: which windows come next, feed by feed and source by source.

A job has lanes: one a feed, and one for sources that read for all feeds at once. Each lane goes through the job's
sources in order; of each it plans the windows once, and takes them one after the other.
"""

import logging
import shutil
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

from dateline.home import Home
from dateline.steps.backfill_params import BackfillParams, parse_day
from dateline.steps.context import Context
from dateline.steps.import_window import give_access
from dateline.steps.job_files import (
    CANCELLED,
    BackfillJob,
    PlannedWindow,
    folder_of,
    forget_windows,
    hold_job,
    list_jobs,
    read_job,
    read_mark,
    read_windows,
    release_further,
    write_job,
    write_windows,
)
from dateline.steps.kept_imports import forget_import
from dateline.steps.run_coroutine import run_coroutine
from dateline.steps.shared_batches import forget_batches
from dateline.steps.warehouse_files import with_repair
from ingest.feeds.subscriptions import read_subscriptions
from ingest.history.protocol import HistoryWindow
from ingest.history.sources import AUTO, SOURCES, open_source
from ingest.staging.records import find_batches, is_done, mark_done, write_records
from transforms.errors import Permanent, Transient
from transforms.identity import make_id
from transforms.records import Feed
from transforms.urls import canonicalize_url
from warehouse.read import read_complete_days, read_loaded_batches, read_window_sums

log = logging.getLogger("dateline")

TAKE_PATH = ("ccnews", "urls")
"""The sources on the network that may be given a PATH."""
_STOPS_WITHIN_S = 120.0
_MOST_WINDOWS = 24
"""So many small windows are taken at once."""
FOR_ALL = "all"
"""The lane of sources that read for many feeds at once."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What is done one after the other: the windows of one feed."""

    name: str  # the feed's id, or FOR_ALL
    feeds: tuple[str, ...]  # URLs
    sources: tuple[str, ...]


def open_job(
    context: Context,
    sources: Sequence[str],
    path: str,
    feeds: Sequence[str],
    first_day: str,
    last_day: str,
    *,
    is_kept: bool = True,
) -> BackfillJob:
    """The backfill of that request, the one that is under way if it was asked for before and not cancelled.

    `sources`: names, or `auto`; `feeds`: URLs; without `is_kept` nothing is written down.

    Raises:
        Permanent: something is missing or makes no sense; the message says what to give.
    """
    is_auto = tuple(sources) in ((), ("auto",))
    names = AUTO if is_auto else tuple(dict.fromkeys(sources))
    _check_sources(names)
    wanted = BackfillParams(names[0], path, tuple(feeds), first_day, last_day).make_request(())
    needs_days = [name for name in names if name != "urls"]
    if needs_days and not feeds:
        raise Permanent(
            "say which feeds: --feed URL (may be given again), --tag TAG, or --feed all; for saved files give the "
            "folder or file that holds what was saved"
        )
    if needs_days and not (wanted.first_day and wanted.last_day):
        raise Permanent(f"the source {needs_days[0]!r} needs --from DAY and --to DAY")
    if wanted.last_day and wanted.last_day > datetime.now(UTC).date():
        raise Permanent(f"--to {wanted.last_day} lies in the future; nothing was published then")
    if not context.settings.http.contact:
        raise Permanent(
            "a backfill asks publishers and archives for a lot; first say who you are: set http.contact to an e-mail "
            "address or URL (`dateline settings` shows where)"
        )
    if path and not any(name in TAKE_PATH for name in names):
        raise Permanent(f"none of the sources {', '.join(names)} takes a PATH; leave it out")
    urls = tuple(sorted(dict.fromkeys(feeds)))
    asked = ("network", *names, wanted.path, *urls, first_day, last_day)
    run_id, known = make_id("backfill", *asked), None
    for number in count(1):
        known = read_job(context.home, run_id)
        if known is None or read_mark(context.home, run_id) != CANCELLED:
            break
        run_id = make_id("backfill", *asked, f"again {number}")  # a cancelled one is over
    if known:
        return known
    job = BackfillJob(run_id, names, is_auto, wanted.path, urls, first_day, last_day, datetime.now(UTC))
    if is_kept:
        write_job(context.home, job)
    return job


def _check_sources(names: Iterable[str]) -> None:
    for name in names:
        if name == "auto":
            raise Permanent("`auto` goes through the sources by itself; give it alone")
        open_source(name)
        if not SOURCES[name].is_network:
            raise Permanent(f"the source {name!r} reads saved files; give it alone, with a PATH")


def list_lanes(job: BackfillJob) -> list[Lane]:
    """The lanes of a job, in a steady order."""
    single = tuple(name for name in job.sources if not SOURCES[name].is_for_many)
    many = tuple(name for name in job.sources if SOURCES[name].is_for_many)
    lanes = [Lane(make_id("fd1", url), (url,), single) for url in job.feeds] if single else []
    return lanes + ([Lane(FOR_ALL, job.feeds, many)] if many else [])


def read_loaded(context: Context, job: BackfillJob) -> set[str]:
    """The names of the job's batches that are in the warehouse."""
    found = with_repair(context, lambda: read_loaded_batches(context.home.published, job.run_id))
    return {batch for _, batch in found}


def list_planned(home: Home, job: BackfillJob) -> set[str]:
    """The names of the batches of all windows that are planned so far."""
    planned = (
        read_windows(home, job, lane.name, source) for lane in list_lanes(job) for source in lane.sources
    )
    return {one.batch for windows in planned for one in windows or ()}


def is_planned_whole(home: Home, job: BackfillJob) -> bool:
    """Whether each source of each lane was asked for its plan."""
    return all(
        read_windows(home, job, lane.name, source) is not None
        for lane in list_lanes(job)
        for source in lane.sources
    )


def begin(context: Context, job: BackfillJob) -> None:
    """Where everything that was planned is loaded, forget the plan, so that what is new since is asked for."""
    loaded = read_loaded(context, job)
    is_through = is_planned_whole(context.home, job) and list_planned(context.home, job) <= loaded
    if is_through and not list_further(context, job, loaded):
        forget_windows(context.home, job)


def list_further(context: Context, job: BackfillJob, done: Set[str]) -> list[Path]:
    """Batches that windows with many articles made beside their first, and that are not in `done`."""
    release_further(context.home, job.run_id, done)
    batches = find_batches(context.home.staging / job.run_id)
    return [batch for batch in batches if batch.name[-4:-3] == "." and batch.name not in done]


def take_next(
    context: Context, job: BackfillJob, lane: Lane, done: Set[str], note: Callable[[str], None]
) -> list[Path]:
    """The next batches of a lane, together some hundred articles at most; none when the lane is through.

    `done`: names of batches that are loaded or passed over. In an automatic backfill a source that cannot be asked
    now is left to the next run, with a `note`, and the next source is asked: an outlet that is gone lives on in
    archives.

    Raises:
        Transient, Permanent: as planning a source does.
    """
    planned = _planned_names(context, job, lane)
    further = [one for one in list_further(context, job, done) if one.name.rpartition(".")[0] in planned]
    if further:
        return further[:1]
    for source in lane.sources:
        windows = read_windows(context.home, job, lane.name, source)
        if windows is None:
            try:
                windows = plan_source(context, job, lane, source)
            except Transient as error:
                if not job.is_auto or source == lane.sources[-1]:
                    raise
                note(f"{source} was passed over for now: {error}")
                continue
            write_windows(context.home, job, lane.name, source, windows)
        waiting = [one for one in windows if one.batch not in done]
        if waiting:
            return [_make_batch(context, job, one) for one in _take_some(context, waiting)]
    return []


def _planned_names(context: Context, job: BackfillJob, lane: Lane) -> set[str]:
    planned = (read_windows(context.home, job, lane.name, source) or [] for source in lane.sources)
    return {one.batch for windows in planned for one in windows}


def _take_some(context: Context, waiting: Sequence[PlannedWindow]) -> list[PlannedWindow]:
    """Several windows where their counts are known and small; else one, as the next may repeat some of it."""
    taken = [waiting[0]]
    total = waiting[0].window.count
    for one in waiting[1:_MOST_WINDOWS]:
        if total is None or one.window.count is None:
            break
        total += one.window.count
        if total > context.settings.history.batch_articles:
            break
        taken.append(one)
    return taken


def _make_batch(context: Context, job: BackfillJob, planned: PlannedWindow) -> Path:
    run = context.home.staging / job.run_id
    batch = run / planned.batch
    if not (batch / "plan.window.parquet").exists():
        write_records(batch / "plan.params.parquet", BackfillParams, [planned.params])
        write_records(batch / "plan.window.parquet", HistoryWindow, [planned.window])
    if not is_done(run, "plan"):
        mark_done(run, "plan")
    return batch


def plan_source(context: Context, job: BackfillJob, lane: Lane, source: str) -> list[PlannedWindow]:
    """Ask a source what it has for a lane; in an automatic backfill only for the days that are open.

    Raises:
        Transient, Permanent: as the source does.
    """
    first, last = parse_day(job.first_day, "--from"), parse_day(job.last_day, "--to")
    if job.is_auto and first and last:
        before = lane.sources[: lane.sources.index(source)]
        open_days = _find_open_days(context, lane.name, first, last, before)
        if open_days is None:
            return []
        first, last = open_days
    params = job.params_for(source, lane.feeds, str(first or ""), str(last or ""))
    wanted = params.make_request(read_subscriptions(context.home.feeds))
    access = give_access(context, job.run_id)
    found: dict[str, PlannedWindow] = {}

    async def plan() -> None:
        async for window in open_source(source).plan(wanted, access):
            batch = make_id(f"{source}-{window.name}", *window.facts)
            if batch in found:
                raise Permanent(f"the source {source!r} plans {window.name!r} twice; report this")
            found[batch] = PlannedWindow(batch, params, window)

    run_coroutine(plan())
    log.info("source_planned run=%s lane=%s source=%s windows=%d", job.run_id, lane.name, source, len(found))
    return sorted(found.values(), key=lambda one: one.batch)


def _find_open_days(
    context: Context, feed_id: str, first: date, last: date, sources: Sequence[str]
) -> tuple[date, date] | None:
    """The range from the first to the last day that is not complete by these sources; None where all are."""
    complete = with_repair(
        context, lambda: read_complete_days(context.home.published, feed_id, first, last, sources)
    )
    if len(complete) > (last - first).days:
        return None
    days = {date.fromordinal(at) for at in range(first.toordinal(), last.toordinal() + 1)} - complete
    return min(days), max(days)


def drop_batches(context: Context, job: BackfillJob) -> int:
    """Remove what a cancelled backfill has under way; what is loaded stays. Returns how many batches went.

    Raises:
        Transient: it still runs; it stops soon.
    """
    with hold_job(context.home, job.run_id, _STOPS_WITHIN_S):
        loaded = read_loaded(context, job)
        run = context.home.staging / job.run_id
        waiting = [batch for batch in find_batches(run) if batch.name not in loaded]
        for batch in waiting:
            shutil.rmtree(batch)
            forget_import(context.home.archive, batch)
        shutil.rmtree(folder_of(context.home, job.run_id) / "further", ignore_errors=True)
        forget_batches(context, {(job.run_id, batch.name) for batch in waiting}, is_given_up=True)
    return len(waiting)


def choose_feeds(subscriptions: Sequence[Feed], given: Sequence[str], tags: Sequence[str]) -> tuple[str, ...]:
    """The addresses of the feeds meant by URLs, `all` and tags.

    Raises:
        Permanent: nothing is subscribed, or no feed has such a tag.
    """
    urls = [url for url in given if url != "all"]
    if "all" in given:
        urls += [feed.url for feed in subscriptions]
        if not subscriptions:
            raise Permanent("--feed all: there are no feeds yet; `dateline feeds add URL` adds one")
    for tag in tags:
        tagged = [feed.url for feed in subscriptions if tag in feed.tags]
        if not tagged:
            known = ", ".join(sorted({name for feed in subscriptions for name in feed.tags})) or "none"
            raise Permanent(f"--tag {tag}: no feed has it; there are {known}")
        urls += tagged
    by_address = {canonicalize_url(feed.url): feed.url for feed in subscriptions}
    return tuple(dict.fromkeys(by_address.get(canonicalize_url(url), url) for url in urls))


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a backfill from the network is."""

    name: str  # the beginning of its id
    state: str  # under way, done, paused or cancelled
    sources: str
    feeds: int
    first_day: str
    last_day: str
    windows_done: int  # that are loaded
    windows: int  # that are planned so far
    expected: int | None
    found: int
    requests: int


def list_progress(context: Context) -> list[JobProgress]:
    """How far each backfill from the network is, oldest first."""
    return [_measure_progress(context, job) for job in list_jobs(context.home)]


def _measure_progress(context: Context, job: BackfillJob) -> JobProgress:
    loaded = read_loaded(context, job)
    names = list_planned(context.home, job)
    is_done_whole = is_planned_whole(context.home, job) and names <= loaded
    is_done_whole = is_done_whole and not list_further(context, job, loaded)
    sums = with_repair(context, lambda: read_window_sums(context.home.published, job.run_id))
    known = [one.expected for one in sums if one.expected is not None]
    return JobProgress(
        job.run_id.removeprefix("backfill-")[:8],
        read_mark(context.home, job.run_id) or ("done" if is_done_whole else "under way"),
        "auto" if job.is_auto else ", ".join(job.sources),
        len(job.feeds),
        job.first_day,
        job.last_day,
        len(names & loaded),
        len(names),
        sum(known) if known else None,
        sum(one.found for one in sums),
        sum(one.requests for one in sums),
    )
