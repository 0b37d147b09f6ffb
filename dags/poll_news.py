"""Every 15 minutes: poll the feeds that are due, fetch, clean and code what is new, load and publish."""

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import Param, dag, get_current_context, task, task_group

from dags.tasks import DEFAULTS, QUEUES, load, only_transient_retries, report, run_step


@task
def plan() -> list[str]:
    """Choose the feeds that are due and split them into batches."""
    with only_transient_retries():
        from dateline.steps.context import open_context
        from dateline.steps.pipeline import name_batches
        from dateline.steps.poll import plan_poll

        airflow = get_current_context()
        batches = plan_poll(
            open_context(), airflow["dag_run"].run_after, only_due=not airflow["params"]["poll_all"]
        )
        return name_batches(batches)


@task_group
def process(batch: str) -> None:
    """One batch on its way; its failure is its own."""
    done: Any = batch
    for step in ("poll", "fetch", "clean", "code"):
        done = run_step.override(task_id=step, queue=QUEUES[step])(step, done)


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
    process.expand(batch=batches) >> load() >> report(batches)


poll_news()
