"""Finalizing, checking and exporting a day, and the checks of the whole warehouse."""

import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from dateline.steps.backfill_params import parse_day
from dateline.steps.context import Context
from dateline.steps.shared_batches import push_exports
from dateline.steps.warehouse_files import find_build_file, publish_build
from transforms.errors import Permanent
from warehouse import checks, export, finalize

log = logging.getLogger("dateline")


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
