"""Backfilling saved files: what a source of files holds is split into batches, one a window."""

import asyncio
import logging
import shutil
from collections.abc import Iterable
from pathlib import Path

from dateline.steps.backfill_params import BackfillParams
from dateline.steps.context import Context
from dateline.steps.import_window import give_access
from dateline.steps.runs import LAST_STEP
from dateline.steps.shared_batches import forget_batches
from dateline.steps.warehouse_files import with_repair
from ingest.feeds.subscriptions import read_subscriptions
from ingest.history.protocol import HistoryWindow
from ingest.history.sources import open_source
from ingest.staging.records import find_batches, is_done, mark_done, write_records
from transforms.errors import Permanent
from transforms.identity import make_id
from warehouse.read import read_loaded_batches, read_rejection_counts

log = logging.getLogger("dateline")


def plan_backfill(context: Context, params: BackfillParams) -> list[Path]:
    """As `plan_windows`; returns the batches that are still to be loaded.

    Raises:
        Permanent, Transient: as `plan_windows` does.
    """
    return [batch for batch, is_waiting in plan_windows(context, params).items() if is_waiting]


def plan_windows(context: Context, params: BackfillParams) -> dict[Path, bool]:
    """Make a batch of each window of a source, but not of loaded ones, so a backfill can be resumed.

    Returns the batches of all windows, and whether each is still to be loaded. A batch is known by its window's
    name and facts: what has changed is loaded again, what has not is not.

    Raises:
        Permanent: there is no such source, the request makes no sense to it, or there is nothing to load.
        Transient: the source cannot be asked now; the same call again carries on.
    """
    source = open_source(params.source)
    wanted = params.make_request(read_subscriptions(context.home.feeds))
    scope = (params.source, wanted.path, *params.feeds, params.first_day, params.last_day)
    run = context.home.staging / make_id("backfill", *scope)
    loaded = with_repair(context, lambda: read_loaded_batches(context.home.published, run.name))
    planned: dict[Path, bool] = {}  # whether there is anything to do

    async def plan() -> None:
        async for window in source.plan(wanted, give_access(context, run.name)):
            batch = run / make_id(window.name, *window.facts)
            if batch in planned:
                raise Permanent(f"the source {params.source!r} plans {window.name!r} twice; report this")
            planned[batch] = (run.name, batch.name) not in loaded
            if planned[batch]:
                write_records(batch / "plan.params.parquet", BackfillParams, [params])
                write_records(batch / "plan.window.parquet", HistoryWindow, [window])

    asyncio.run(plan())
    if not planned:
        raise Permanent(f"the source {params.source!r} holds nothing of what was asked for")
    waiting = [batch for batch, is_waiting in planned.items() if is_waiting]
    changed = [one for one in find_batches(run) if one not in waiting and not is_done(one, LAST_STEP)]
    for batch in changed:
        shutil.rmtree(batch)  # its window has changed since it was planned, and makes another batch now
    if changed:
        forget_batches(context, {(run.name, batch.name) for batch in changed}, is_given_up=True)
    run.mkdir(parents=True, exist_ok=True)
    mark_done(run, "plan")
    log.info(
        "backfill_planned run=%s batches=%d loaded=%d", run.name, len(waiting), len(planned) - len(waiting)
    )
    return planned


def count_unreadable(context: Context, planned: Iterable[Path]) -> int:
    """How many records of a backfill's loaded batches, all of one run, could not be read."""
    planned = list(planned)
    counts = read_rejection_counts(context.home.published, planned[0].parent.name, "record_unreadable")
    return sum(counts.get(batch.name, 0) for batch in planned)
