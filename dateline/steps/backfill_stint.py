"""One stint of a backfill: the next windows of every feed. What a run of the DAG does, and the command begins with."""

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from dateline.home import Home
from dateline.steps.backfill import plan_backfill
from dateline.steps.backfill_jobs import (
    Lane,
    begin,
    choose_feeds,
    list_lanes,
    open_job,
    read_loaded,
    take_next,
)
from dateline.steps.backfill_params import BackfillParams
from dateline.steps.context import Context
from dateline.steps.job_files import BackfillJob, check_stop, read_job
from dateline.steps.runs import LAST_STEP
from ingest.feeds.subscriptions import read_subscriptions
from ingest.history.sources import SOURCES
from ingest.staging.records import is_done
from transforms.errors import DatelineError, Permanent

log = logging.getLogger("dateline")


@dataclass(frozen=True, slots=True)
class BackfillAsked:
    """What a user asked for, as it was given; "" and () for what was not."""

    sources: tuple[str, ...] = ()
    path: str = ""
    feeds: tuple[str, ...] = ()  # URLs, or `all`
    tags: tuple[str, ...] = ()
    first_day: str = ""
    last_day: str = ""

    @property
    def is_of_saved_files(self) -> bool:
        """Whether files on this machine are meant; a path alone means them, too."""
        if not self.sources:
            return bool(self.path)
        return any(name in SOURCES and not SOURCES[name].is_network for name in self.sources)

    @property
    def saved_params(self) -> BackfillParams:
        """The same for a source of saved files.

        Raises:
            Permanent: other sources are named beside it.
        """
        if len(self.sources) > 1:
            raise Permanent("give a source of saved files alone, with a PATH")
        source = self.sources[0] if self.sources else next(iter(SOURCES))
        return BackfillParams(source, self.path, self.feeds, self.first_day, self.last_day)


def open_asked(context: Context, asked: BackfillAsked) -> BackfillJob:
    """The backfill from the network that was asked for.

    Raises:
        Permanent: something is missing or makes no sense; the message says what to give.
    """
    urls = choose_feeds(read_subscriptions(context.home.feeds), asked.feeds, asked.tags)
    return open_job(context, asked.sources, asked.path, urls, asked.first_day, asked.last_day)


def plan_next(context: Context, asked: BackfillAsked) -> list[Path]:
    """The batches that are next; none where everything is loaded.

    Raises:
        Permanent: the request makes no sense, or no feed can be planned.
        Transient: no feed can be planned now, or the backfill is paused.
    """
    if asked.is_of_saved_files:
        return plan_backfill(context, asked.saved_params)
    job = open_asked(context, asked)
    check_stop(context.home, job.run_id)
    begin(context, job)
    loaded = read_loaded(context, job)
    failures: list[DatelineError] = []

    def take(lane: Lane) -> list[Path]:
        try:
            return take_next(context, job, lane, loaded)
        except DatelineError as error:
            log.warning("lane_failed run=%s lane=%s error=%r", job.run_id, lane.name, str(error))
            failures.append(error)
            return []

    with ThreadPoolExecutor(context.settings.history.lanes) as pool:
        batches = [batch for taken in pool.map(take, list_lanes(job)) for batch in taken]
    if failures and not batches:
        raise failures[0]
    return batches


def is_more_left(batches: Iterable[str] | None) -> bool:
    """Whether the next stint may have something to do: this one was of the network, and brought something through."""
    done = [Path(batch) for batch in batches or () if is_done(Path(batch), LAST_STEP)]
    return any(read_job(Home(batch.parent.parent.parent), batch.parent.name) for batch in done)
