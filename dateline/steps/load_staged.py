"""Loading what is staged into the build file, and publishing that."""

import logging
import time
from datetime import UTC, datetime

from dateline.coders.tables import load_tables
from dateline.load_times import LoadTimes, write_load_times
from dateline.steps.context import Context
from dateline.steps.published_state import describe_build, digest_tables, note_published
from dateline.steps.quarantine import QuarantinedBatch, explain_set_aside, set_aside
from dateline.steps.runs import find_ready_batches, remove_old_runs
from dateline.steps.shared_batches import forget_batches
from dateline.steps.tracing import note_counts
from dateline.steps.warehouse_files import find_build_file, publish_build, with_repair
from ingest.tables.reference_rows import read_country_codes, read_divisions
from transforms.errors import Permanent
from warehouse import reference
from warehouse.load import load_batches
from warehouse.load_summary import LoadSummary
from warehouse.read import read_loaded_batches

log = logging.getLogger("dateline")


def load_and_publish(context: Context) -> LoadSummary:
    """Load and publish everything, bring the reference tables up to date, and remove what is not needed any more.

    Raises:
        Transient: another run is loading, or the disk is full; the batches stay, the next load takes them.
        Permanent: a batch cannot be loaded and was set aside; all others are loaded and published.
    """
    began, tables = time.monotonic(), digest_tables(context.home)
    summary, aside = load_staged(context)
    for count in summary.counts:
        log.debug("table_loaded table=%s rows=%d new=%d", count.table, count.rows_in, count.rows_new)
    _load_reference(context)
    loaded_at = time.monotonic()
    build = describe_build(context.home)
    publish_build(context)
    note_published(context.home, build, tables)
    if summary.load_id is not None:
        write_load_times(context.home, LoadTimes(loaded_at - began, time.monotonic() - loaded_at))
    note_counts(batches=summary.batches, rows_new=summary.rows_new)
    loaded = with_repair(context, lambda: read_loaded_batches(context.home.published))
    remove_old_runs(context.home.staging, loaded, context.settings.staging.keep_days, datetime.now(UTC))
    forget_batches(context, loaded | {(one.run_id, one.batch) for one in aside})
    if aside:
        raise Permanent(explain_set_aside(context.home, aside))
    return summary


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


def _load_reference(context: Context) -> None:
    """Keep the warehouse's reference tables what the seeds tables say."""
    reference.load_reference(
        find_build_file(context),
        load_tables(context.home),
        read_country_codes(),
        read_divisions(),
        datetime.now(UTC),
    )
