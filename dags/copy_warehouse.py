"""After every publication: bring the lake and the copy in PostgreSQL up to date, where the settings ask for them."""

from datetime import UTC, datetime

from airflow.sdk import dag, task

from dags.tasks import DEFAULTS, WAREHOUSE, only_transient_retries


@task
def copy() -> None:
    """Write the days that have changed; fails, and is tried again, when a copy could not be written."""
    with only_transient_retries():
        from dateline.steps.context import open_context
        from dateline.steps.copies import require_copies, update_copies

        context = open_context()
        require_copies(update_copies(context.home, context.settings, datetime.now(UTC)))


@dag(
    schedule=[WAREHOUSE],
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    max_active_runs=1,
    default_args=DEFAULTS,
    doc_md=__doc__,
    description="Copy the published warehouse for other readers",
    tags=["dateline", "copies"],
)
def copy_warehouse() -> None:
    copy()


copy_warehouse()
