"""After every publication: check that nothing was lost, that no feed is stale and that no view is empty."""

from datetime import UTC, datetime

from airflow.sdk import dag, task

from dags.tasks import DEFAULTS, WAREHOUSE, only_transient_retries


@task
def check() -> None:
    """Fail, naming every check that does not hold."""
    with only_transient_retries():
        from dateline.steps import days
        from dateline.steps.context import open_context

        days.check_warehouse(open_context())


@dag(
    schedule=[WAREHOUSE],
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    max_active_runs=1,
    default_args=DEFAULTS,
    doc_md=__doc__,
    description="Check the published warehouse",
    tags=["dateline", "checks"],
)
def check_warehouse() -> None:
    check()


check_warehouse()
