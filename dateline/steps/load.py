"""Loading what is ready and publishing it; finalizing, checking and exporting a day."""

import logging
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from dateline.coders.tables import load_tables
from dateline.load_times import LoadTimes, write_load_times
from dateline.steps.backfill_params import parse_day
from dateline.steps.context import Context
from dateline.steps.quarantine import QuarantinedBatch, explain_set_aside, set_aside
from dateline.steps.quiet_batches import may_wait
from dateline.steps.runs import find_ready_batches, remove_old_runs
from dateline.steps.shared_batches import forget_batches, pull_ready, push_exports
from dateline.steps.tracing import note_counts, trace_step
from dateline.steps.warehouse_files import find_build_file, publish_build, with_repair
from ingest.tables.reference_rows import read_country_codes, read_divisions
from transforms.errors import Permanent
from warehouse import checks, export, finalize, reference
from warehouse.load import LoadSummary, load_batches
from warehouse.read import read_loaded_batches

log = logging.getLogger("dateline")


def load_ready(context: Context) -> LoadSummary:
    """Load every batch that has come through, those of killed runs too, and publish the warehouse file.

    Where they are polls without any news that can wait, nothing is loaded and published. At the end, however that
    is, the file of the setting `metrics.file` is written.

    Raises:
        Transient: another run is loading, or the disk is full; the batches stay, the next load takes them.
        Permanent: a batch cannot be loaded and was set aside; all others are loaded and published.
    """
    try:
        if context.settings.storage.url:
            pull_ready(context, with_repair(context, lambda: read_loaded_batches(context.home.published)))
        if _can_wait(context):
            log.info("load_waits reason=no_news")
            return LoadSummary(None, 0, 0)
        with trace_step("load"):
            return _load_and_publish(context)
    finally:
        _leave_metrics(context)


def _load_and_publish(context: Context) -> LoadSummary:
    began = time.monotonic()
    summary, aside = load_staged(context)
    for count in summary.counts:
        log.debug("table_loaded table=%s rows=%d new=%d", count.table, count.rows_in, count.rows_new)
    _load_reference(context)
    loaded_at = time.monotonic()
    publish_build(context)
    if summary.load_id is not None:
        write_load_times(context.home, LoadTimes(loaded_at - began, time.monotonic() - loaded_at))
    note_counts(batches=summary.batches, rows_new=summary.rows_new)
    loaded = with_repair(context, lambda: read_loaded_batches(context.home.published))
    remove_old_runs(context.home.staging, loaded, context.settings.staging.keep_days, datetime.now(UTC))
    forget_batches(context, loaded | {(one.run_id, one.batch) for one in aside})
    if aside:
        raise Permanent(explain_set_aside(context.home, aside))
    return summary


def _leave_metrics(context: Context) -> None:
    """Write the metrics where the settings want them; a file that cannot be written fails no run."""
    if context.settings.metrics.file:
        from dateline.metrics import write_metrics  # only who watches needs it

        try:
            write_metrics(Path(context.settings.metrics.file), context.home, datetime.now(UTC))
        except OSError as error:
            log.warning("metrics_not_written file=%s error=%r", context.settings.metrics.file, str(error))


def _can_wait(context: Context) -> bool:
    """Whether all there is to load are polls that brought nothing."""
    home, wait_s = context.home, context.settings.load.quiet_wait_s
    if not (wait_s and home.published.exists()):
        return False
    loaded = with_repair(context, lambda: read_loaded_batches(home.published))
    unloaded = [one for one in find_ready_batches(home.staging) if (one.parent.name, one.name) not in loaded]
    return bool(unloaded) and may_wait(unloaded, datetime.now(UTC), wait_s)


def _load_reference(context: Context) -> None:
    """Keep the warehouse's reference tables what the seeds tables say."""
    reference.load_reference(
        find_build_file(context),
        load_tables(context.home),
        read_country_codes(),
        read_divisions(),
        datetime.now(UTC),
    )


def load_staged(context: Context) -> tuple[LoadSummary, list[QuarantinedBatch]]:
    """Load every batch that has come through into the build file; returns also those that were set aside."""
    batches = find_ready_batches(context.home.staging)
    aside: list[QuarantinedBatch] = []
    summary = load_batches(
        find_build_file(context),
        batches,
        batches[-1].parent.name if batches else "",
        datetime.now(UTC),
        context.settings.merge.max_days_apart,
        lambda batch, error: aside.append(set_aside(context.home, batch, error)),
    )
    return summary, aside


def choose_day(given: str, interval_start: datetime | None, triggered_at: datetime) -> str:
    """The day that a daily run is about: the one given, its interval's, or the day before it was triggered.

    Raises:
        Permanent: `given` is no day.
    """
    day = parse_day(given, "day")
    start = interval_start or triggered_at - timedelta(days=1)
    return (day or start.astimezone(UTC).date()).isoformat()


def finalize_day(context: Context, day: str) -> None:
    """Merge a day's events again from its mentions, count them, and publish."""
    finalize.finalize_day(
        find_build_file(context),
        date.fromisoformat(day),
        datetime.now(UTC),
        context.settings.merge.max_days_apart,
    )
    publish_build(context)


def check_day(context: Context, day: str) -> None:
    """Fail when a finalized day's rows contradict one another.

    Raises:
        Permanent: naming the checks that do not hold.
    """
    _require(checks.run_day_checks(context.home.published, date.fromisoformat(day)))


def export_day(context: Context, day: str) -> list[Path]:
    """Write a day's events and mentions as Parquet files, and its report; returns their paths."""
    from dateline.report.write import write_report  # only a day's end needs it

    chosen, folder = date.fromisoformat(day), context.home.exports
    paths = export.export_day(context.home.published, chosen, folder)
    report = folder / "reports" / f"{chosen.isoformat()}.html"
    paths = [*paths, write_report(context.home.published, chosen, chosen, report)]
    push_exports(context, paths)
    return paths


def check_warehouse(context: Context) -> None:
    """Fail when something was lost, a feed is stale or a view is empty.

    Raises:
        Permanent: naming the checks that do not hold.
    """
    stale_feed_s = context.settings.checks.stale_feed_s
    _require(checks.run_checks(context.home.published, datetime.now(UTC), stale_feed_s))


def _require(results: Iterable[checks.CheckResult]) -> None:
    failed = []
    for result in results:
        log.info("check_done name=%s ok=%s detail=%s", result.name, result.ok, result.detail)
        if not result.ok:
            failed.append(f"{result.name}: {result.detail}")
    if failed:
        raise Permanent("these checks do not hold: " + "; ".join(failed))
