"""Planning a poll: the feeds that are due and the pages to try again, in batches. Most runs find nothing to do, and
end here: this imports nothing that asks feeds or reads what they bring.
"""

import logging
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from dateline.steps import planning
from dateline.steps.context import Context
from dateline.steps.quiet_batches import is_quiet, read_quiet_states
from dateline.steps.runs import find_waiting_batches, is_planned, name_run, planning_of
from dateline.steps.shared_batches import pull_ready, push_plans
from dateline.steps.warehouse_files import with_repair
from ingest.feeds.subscriptions import read_subscriptions
from ingest.staging.records import DamagedFile, mark_done, read_records, write_records
from transforms.errors import Permanent
from transforms.records import Entry, Feed, FeedState, PageState
from warehouse.read import PollPast, read_poll_past

log = logging.getLogger("dateline")
T = TypeVar("T")


def plan_poll(context: Context, started_at: datetime, *, only_due: bool = True) -> list[Path]:
    """Choose the feeds that are due and split them into batches, with what is still under way left out.

    Returns the folders of all batches that are not loaded yet, killed runs' first; none when nothing is due.
    Planning the same start again gives the same.

    Raises:
        Permanent: there are no subscriptions.
    """
    home = context.home
    with planning_of(home.staging):
        past = with_repair(context, lambda: read_poll_past(home.published, started_at))
        pull_ready(context, past.loaded)
        run = home.staging / name_run("poll", started_at)
        if not is_planned(run):
            plans, removed = _choose(context, started_at, only_due, past)
            write_plan(run, plans, removed)
            feeds = sum(len(plan.feeds) for plan in plans)
            log.info("poll_planned run=%s batches=%d feeds=%d", run.name, len(plans), feeds)
        waiting = find_waiting_batches(home.staging, "poll", past.loaded)
        left = _find_quiet(context, waiting)
        planned = [batch for batch in waiting if batch not in left]
        push_plans(context, planned)
        return planned


def _choose(
    context: Context, started_at: datetime, only_due: bool, past: PollPast
) -> tuple[list[planning.BatchPlan], list[FeedState]]:
    """The batches to make, and the states of feeds whose subscription is gone."""
    home, settings = context.home, context.settings
    subscriptions = read_subscriptions(home.feeds)
    if not subscriptions:
        raise Permanent(
            f"there are no feeds in {home.feeds} yet; `dateline feeds add URL` adds one, "
            "`dateline feeds import starter` a list to start from"
        )
    unloaded = find_waiting_batches(home.staging, "poll", past.loaded)
    left = _find_quiet(context, unloaded)
    quiet = read_quiet_states(left)
    waiting = [batch for batch in unloaded if batch not in left]
    feeds = {feed.feed_id for batch in waiting for feed in _read_plan(batch / "plan.feeds.parquet", Feed)}
    retries = {e.entry_id for batch in waiting for e in _read_plan(batch / "plan.retries.parquet", Entry)}
    stored = list(({state.feed_id: state for _, state in past.feeds} | quiet).values())
    pairs = [pair for pair in planning.match_states(subscriptions, stored) if pair[0].feed_id not in feeds]
    pages = [pair for pair in past.pages if pair[0].entry_id not in retries]
    plans = planning.split_batches(
        planning.choose_due(pairs, started_at, only_due, settings.poll),
        pages,
        settings.poll.batch_feeds,
        settings.poll.max_batches,
    )
    return plans, planning.find_removed(subscriptions, stored)


def _find_quiet(context: Context, batches: Sequence[Path]) -> list[Path]:
    """Those that a load may leave for later: their feeds are asked again when they are due."""
    if not context.settings.load.quiet_wait_s:
        return []
    return [batch for batch in batches if is_quiet(batch)]


def _read_plan(path: Path, kind: type[T]) -> list[T]:
    """What is planned already; nothing where the file is damaged: the batch's own step or load finds that."""
    try:
        return read_records(path, kind)
    except DamagedFile as error:
        log.warning("plan_damaged file=%s error=%r", path, str(error))
        return []


def write_plan(run: Path, plans: Sequence[planning.BatchPlan], removed: Sequence[FeedState]) -> None:
    """Make a run's folder with its batches, and the states that planning itself changes."""
    shutil.rmtree(run, ignore_errors=True)  # what a plan left that was killed half-way
    if removed and not plans:
        plans = [planning.BatchPlan(())]
    for number, plan in enumerate(plans):
        batch = run / f"batch-{number:03d}"
        write_records(batch / "plan.feeds.parquet", Feed, [feed for feed, _ in plan.feeds])
        write_records(batch / "plan.known_states.parquet", FeedState, [state for _, state in plan.feeds])
        write_records(batch / "plan.retries.parquet", Entry, [entry for entry, _ in plan.pages])
        write_records(batch / "plan.retry_states.parquet", PageState, [state for _, state in plan.pages])
        if number == 0:
            write_records(batch / "plan.states.parquet", FeedState, removed)
    run.mkdir(parents=True, exist_ok=True)
    mark_done(run, "plan")
