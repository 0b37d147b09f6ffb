"""Every 15 minutes: poll the feeds that are due, fetch, clean and code what is new, load and publish."""

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import Param, dag, get_current_context, task

from dags.process_batch import process
from dags.tasks import DEFAULTS, load, only_transient_retries, report


@task
def plan() -> list[str]:
    """Choose the feeds that are due and split them into batches."""
    with only_transient_retries():
        from dateline.steps.context import open_context
        from dateline.steps.pipeline import name_batches
        from dateline.steps.plan_poll import plan_poll

        airflow = get_current_context()
        batches = plan_poll(
            open_context(), airflow["dag_run"].run_after, only_due=not airflow["params"]["poll_all"]
        )
        return name_batches(batches)


@dag(
    schedule="*/15 * * * *",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    doc_md=__doc__,
    description="Poll feeds, code what is new, load and publish",
    tags=["dateline", "poll"],
    params={"poll_all": Param(False, type="boolean", description="Poll every feed, due or not")},
)
def poll_news() -> None:
    batches: Any = plan()
    loaded: Any = load(batches)
    process.partial(steps=["poll", "fetch"]).expand(batch=batches) >> loaded
    report.expand(failure=loaded)


poll_news()
