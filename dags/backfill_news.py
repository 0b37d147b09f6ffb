"""On demand: load the past from a history source, such as saved files; run it again to carry on."""

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import Param, dag, get_current_context, task, task_group

from dags.tasks import DEFAULTS, load, only_transient_retries, report, run_step
from dateline import list_sources

SOURCES = list_sources()


@task
def plan() -> list[str]:
    """Split the source into batches."""
    with only_transient_retries():
        from dateline.steps.backfill import BackfillParams, plan_backfill
        from dateline.steps.context import open_context

        params = get_current_context()["params"]
        sources = BackfillParams(
            params["source"],
            params["path"] or "",
            tuple((params["feeds"] or "").split()),
            params["from"] or "",
            params["to"] or "",
        )
        return [str(batch) for batch in plan_backfill(open_context(), sources)]


@task_group
def process(batch: str) -> None:
    done: Any = batch
    for step in ("import", "clean", "code"):
        done = run_step.override(task_id=step)(step, done)


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    max_active_runs=1,
    default_args=DEFAULTS,
    doc_md=__doc__,
    description="Load the past from a history source",
    tags=["dateline", "backfill"],
    params={
        "source": Param(
            next(iter(SOURCES)), enum=list(SOURCES), description="; ".join(map(": ".join, SOURCES.items()))
        ),
        "path": Param(None, type=["null", "string"], description="A folder or file, for sources of files"),
        "feeds": Param(None, type=["null", "string"], description="Only these URLs, separated by spaces"),
        "from": Param(None, type=["null", "string"], format="date", description="First day; empty: all"),
        "to": Param(None, type=["null", "string"], format="date", description="Last day; empty: all"),
    },
)
def backfill_news() -> None:
    batches: Any = plan()
    process.expand(batch=batches) >> load() >> report(batches)


backfill_news()
