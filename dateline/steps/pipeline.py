"""The way of a batch: its steps by name, in order, and a whole run of them."""

import importlib
import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from dateline.home import Home
from dateline.steps.context import Context
from dateline.steps.load import load_ready
from dateline.steps.quarantine import explain_set_aside, set_aside
from dateline.steps.quiet_batches import has_pages
from dateline.steps.runs import LAST_STEP
from dateline.steps.shared_batches import is_copy, report_damage, share_step
from dateline.steps.warehouse_files import with_repair
from ingest.staging.records import DamagedFile, explain_full_disk, is_done
from transforms.errors import Permanent, Transient
from warehouse.load_summary import LoadSummary

log = logging.getLogger("dateline")

_STEPS = {
    "poll": "dateline.steps.poll:poll_batch",
    "fetch": "dateline.steps.poll:fetch_batch",
    "import": "dateline.steps.import_window:import_batch",
    "pages": "dateline.steps.history_pages:fetch_history_pages",
    "clean": "dateline.steps.articles:clean_batch",
    "code": "dateline.steps.articles:code_batch",
}
"""Imported when a batch comes to them: a run that has nothing to do is through before."""
POLL: Sequence[str] = ("poll", "fetch", "clean", "code")
"""A polled batch's way, in order."""
BACKFILL: Sequence[str] = ("import", "pages", "clean", "code")
"""A backfilled batch's way."""
_READING: Sequence[str] = ("clean", "code")
"""The steps of either that need no network."""


class BatchSetAside(Permanent):
    """A batch's own files are damaged; it was moved out of the staging folder."""


def steps_of(batch: Path) -> Sequence[str]:
    """The steps of a batch, chosen by what its plan holds."""
    return BACKFILL if (batch / "plan.window.parquet").exists() else POLL


def name_batches(batches: Iterable[Path]) -> list[str]:
    """Batches as tasks hand them on to machines whose homes lie elsewhere: `RUN/BATCH`."""
    return [f"{batch.parent.name}/{batch.name}" for batch in batches]


def run_step(context: Context, step: str, batch: Path) -> None:
    """Run one step on one batch; does nothing when it was done before, or is not on the batch's way.

    `batch`: its folder, or `RUN/BATCH`.

    Raises:
        Transient: as the step does, or the disk is full.
        Permanent: as the step does, or a file of the batch is damaged; then the batch is set aside, by the home that
            owns the warehouse where others do steps for it.
    """
    batch = context.home.staging / batch
    try:
        with share_step(context, step, batch) as is_to_do, explain_full_disk(batch):
            if is_to_do and step in steps_of(batch):
                with_repair(context, lambda: _find_step(step)(context, batch))
    except DamagedFile as error:
        if is_copy(context):
            report_damage(context, batch, error)
        raise BatchSetAside(
            explain_set_aside(context.home, [set_aside(context.home, batch, error)])
        ) from error


def _find_step(step: str) -> Callable[[Context, Path], None]:
    module, _, name = _STEPS[step].partition(":")
    found: Callable[[Context, Path], None] = getattr(importlib.import_module(module), name)
    return found


def run_fetching_steps(context: Context, steps: Sequence[str], batch: Path) -> bool:
    """Run the steps of a batch that ask the network; returns whether there is anything left to do for the others.

    A batch that brought no page is brought all the way: its other steps read nothing. Where another home has done
    the steps, it is not known here what they brought.
    `batch`: its folder, or `RUN/BATCH`.

    Raises:
        Transient, Permanent: as `run_step`.
    """
    for step in steps:
        run_step(context, step, batch)
    here = context.home.staging / batch
    if not is_done(here, steps[-1]) or has_pages(here):
        return True
    run_reading_steps(context, batch)
    return False


def run_reading_steps(context: Context, batch: Path) -> None:
    """Run the steps of a batch that need no network.

    `batch`: its folder, or `RUN/BATCH`.

    Raises:
        Transient, Permanent: as `run_step`.
    """
    for step in _READING:
        run_step(context, step, batch)


def run_steps(context: Context, batches: Iterable[Path]) -> None:
    """Bring batches all the way, one after the other: what a run without Airflow does.

    Raises:
        Transient: there is no network, or the disk is full; the next run carries on.
        Permanent: a batch failed for good; the others have come through.
    """
    failures: list[str] = []
    cause: Exception | None = None
    for batch in batches:
        try:
            for step in steps_of(batch):
                run_step(context, step, batch)
        except Transient:
            raise
        except Exception as error:  # whatever is wrong with one batch must not keep the others for ever
            cause = error
            what = str(error) if isinstance(error, Permanent) else f"{type(error).__name__}: {error}"
            log.warning("batch_failed run=%s batch=%s error=%r", batch.parent.name, batch.name, what)
            again = f"; the next run tries again; to give it up remove {batch}"
            failures.append(what if isinstance(error, BatchSetAside) else what + again)
    if failures:
        more = f" (and {len(failures) - 1} more batches failed)" if failures[1:] else ""
        raise Permanent(f"{failures[0]}{more}") from cause


def complete_run(context: Context, batches: Iterable[Path]) -> LoadSummary:
    """Bring batches all the way and load them; a batch that fails for good does not keep the others.

    Raises:
        Transient: there is no network, the disk is full, or another run is loading; the next run carries on.
        Permanent: a batch failed for good; what came through is loaded.
    """
    try:
        run_steps(context, batches)
    except Permanent:
        load_ready(context)
        raise
    return load_ready(context)


def list_failures(home: Home, names: Iterable[str] | None) -> list[str]:
    """What is to be said of batches of `name_batches` that did not come through to the home that loads, a sentence each
    for those that will be tried again and those that were set aside; or that there was no plan (None)."""
    if names is None:
        return ["the plan failed; its own log says why"]
    failed = [batch for name in names if not is_done(batch := home.staging / name, LAST_STEP)]
    gone = [batch for batch in failed if not batch.exists()]
    waiting = [batch for batch in failed if batch not in gone]
    said = (
        (gone, "were set aside, `dateline status` says why"),
        (waiting, "failed; the next run carries on with them"),
    )
    return [f"{len(some)} batches {what}: {', '.join(name_batches(some))}" for some, what in said if some]
