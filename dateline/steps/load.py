"""Loading what is ready, and publishing it, where there is anything to load, to repair or to bring up to date."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from dateline.steps.context import Context
from dateline.steps.published_state import is_up_to_date
from dateline.steps.quiet_batches import may_wait
from dateline.steps.runs import find_ready_batches, remove_old_runs
from dateline.steps.shared_batches import pull_ready
from dateline.steps.tracing import trace_step
from dateline.steps.warehouse_files import with_repair
from warehouse.load_summary import LoadSummary
from warehouse.read import read_loaded_batches

log = logging.getLogger("dateline")


def load_ready(context: Context) -> LoadSummary:
    """Load every batch that has come through, those of killed runs too, and publish the warehouse file.

    Where they are polls without any news that can wait, or where all is loaded and published as it was left, the
    build file is not opened. At the end, however that is, the file of the setting `metrics.file` is written.

    Raises:
        Transient: another run is loading, or the disk is full; the batches stay, the next load takes them.
        Permanent: a batch cannot be loaded and was set aside; all others are loaded and published.
    """
    home = context.home
    try:
        loaded = with_repair(context, lambda: read_loaded_batches(home.published))
        if context.settings.storage.url:
            pull_ready(context, loaded)
        unloaded = [
            one for one in find_ready_batches(home.staging) if (one.parent.name, one.name) not in loaded
        ]
        if reason := _find_reason_to_wait(context, unloaded):
            log.info("load_waits reason=%s", reason)
            if not unloaded:
                remove_old_runs(home.staging, loaded, context.settings.staging.keep_days, datetime.now(UTC))
            return LoadSummary(None, 0, 0)
        from dateline.steps.load_staged import load_and_publish  # takes as long to import as all of the above

        with trace_step("load"):
            return load_and_publish(context)
    finally:
        _leave_metrics(context)


def _find_reason_to_wait(context: Context, unloaded: Sequence[Path]) -> str:
    """Why there is nothing to load now, in a word; "" where there is."""
    home, wait_s = context.home, context.settings.load.quiet_wait_s
    if unloaded and wait_s and home.published.exists() and may_wait(unloaded, datetime.now(UTC), wait_s):
        return "no_news"
    is_shared = bool(context.settings.storage.url)  # what others are to have may have changed, too
    return "all_is_published" if not (unloaded or is_shared) and is_up_to_date(home) else ""


def _leave_metrics(context: Context) -> None:
    """Write the metrics where the settings want them; a file that cannot be written fails no run."""
    if context.settings.metrics.file:
        from dateline.metrics import write_metrics  # only who watches needs it

        try:
            write_metrics(Path(context.settings.metrics.file), context.home, datetime.now(UTC))
        except OSError as error:
            log.warning("metrics_not_written file=%s error=%r", context.settings.metrics.file, str(error))
