"""One stint of a backfill: the next windows of every feed. What a run of the DAG does, and the command begins with."""

import logging
from collections.abc import Iterable, Sequence
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
from dateline.steps.job_files import BackfillJob, check_stop, hold_job, read_job
from dateline.steps.shared_batches import pull_ready, push_plans
from dateline.steps.shared_home import share_home
from dateline.steps.warehouse_files import with_repair
from ingest.feeds.subscriptions import read_subscriptions
from ingest.history.sources import SOURCES
from transforms.errors import DatelineError, Permanent
from transforms.records import Feed
from warehouse.read import read_loaded_batches

log = logging.getLogger("dateline")


MOST_BATCHES = 200
"""So many batches a stint takes. Source: Airflow maps a task over 1,024 at most."""


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

    def read_saved_params(self, subscriptions: Sequence[Feed]) -> BackfillParams:
        """The same for a source of saved files; `all` feeds are those that the files are of.

        Raises:
            Permanent: other sources are named beside it, or no feed has such a tag.
        """
        if len(self.sources) > 1:
            raise Permanent("give a source of saved files alone, with a PATH")
        source = self.sources[0] if self.sources else next(iter(SOURCES))
        feeds = () if "all" in self.feeds else choose_feeds(subscriptions, self.feeds, self.tags)
        return BackfillParams(source, self.path, feeds, self.first_day, self.last_day)


def open_asked(context: Context, asked: BackfillAsked, *, is_kept: bool = True) -> BackfillJob:
    """The backfill from the network that was asked for; without `is_kept` only to look at what it would be.

    Raises:
        Permanent: something is missing or makes no sense; the message says what to give.
    """
    urls = choose_feeds(read_subscriptions(context.home.feeds), asked.feeds, asked.tags)
    days = (asked.first_day, asked.last_day)
    return open_job(context, asked.sources, asked.path, urls, *days, is_kept=is_kept)


def plan_next(context: Context, asked: BackfillAsked) -> list[Path]:
    """The batches that are next; none where everything is loaded.

    Raises:
        Permanent: the request makes no sense, or no feed can be planned.
        Transient: no feed can be planned now, or the backfill is paused.
    """
    if context.settings.storage.url:
        pull_ready(context, with_repair(context, lambda: read_loaded_batches(context.home.published)))
    batches = _plan_next(context, asked)
    share_home(context)  # what a worker has to know of the backfill
    push_plans(context, batches)
    return batches


def _plan_next(context: Context, asked: BackfillAsked) -> list[Path]:
    if asked.is_of_saved_files:
        return plan_backfill(context, asked.read_saved_params(read_subscriptions(context.home.feeds)))
    job = open_asked(context, asked)
    check_stop(context.home, job.run_id)
    failures: list[DatelineError] = []
    with hold_job(context.home, job.run_id):
        begin(context, job)
        loaded = read_loaded(context, job)

        def take(lane: Lane) -> list[Path]:
            try:
                return take_next(context, job, lane, loaded, log.warning)
            except DatelineError as error:
                log.warning("lane_failed run=%s lane=%s error=%r", job.run_id, lane.name, str(error))
                failures.append(error)
                return []

        with ThreadPoolExecutor(context.settings.history.lanes) as pool:
            batches = [batch for taken in pool.map(take, list_lanes(job)) for batch in taken]
    if failures and not batches:
        raise failures[0]
    return batches[:MOST_BATCHES]


def is_more_left(home: Home, names: Iterable[str] | None) -> bool:
    """Whether the next stint may have something to do: this one was of the network, and some of it is loaded.

    `names`: of `pipeline.name_batches`; None where there was no plan.
    """
    batches = {(Path(name).parent.name, Path(name).name) for name in names or ()}
    runs = {run_id for run_id, _ in batches if read_job(home, run_id)}
    return any(batches & read_loaded_batches(home.published, run_id) for run_id in runs)
