"""On demand: load the past from the network or from saved files; run it again to carry on.

A run takes the next windows of each feed, loads them, and starts the run after it, until there is nothing left.
"""

from datetime import UTC, datetime
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Param, TriggerRule, dag, get_current_context, task

from dags.process_batch import process
from dags.tasks import DEFAULTS, load, only_transient_retries, report
from dateline import list_sources

SOURCES = list_sources()
ABOUT = "; ".join(map(": ".join, SOURCES.items()))


@task
def plan() -> list[str]:
    """Choose the next windows, a batch each."""
    with only_transient_retries():
        from dateline.steps.backfill_stint import BackfillAsked, plan_next
        from dateline.steps.context import open_context
        from dateline.steps.pipeline import name_batches

        given = {name: value or "" for name, value in get_current_context()["params"].items()}
        words = {name: tuple(given[name].split()) for name in ("feeds", "tags")}
        sources = tuple(given["sources"])
        asked = BackfillAsked(sources, given["path"], **words, first_day=given["from"], last_day=given["to"])
        return name_batches(plan_next(open_context(), asked))


@task.short_circuit(trigger_rule=TriggerRule.ALL_DONE, ignore_downstream_trigger_rules=True)
def what_is_left(batches: list[str] | None) -> dict[str, Any]:
    """The parameters of another run, where this one had something to do and brought some of it through."""
    with only_transient_retries():
        from dateline.home import find_home
        from dateline.steps.backfill_stint import is_more_left

        return dict(get_current_context()["params"]) if is_more_left(find_home(), batches) else {}


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    max_active_runs=1,
    default_args=DEFAULTS,
    doc_md=__doc__,
    description="Load the past from the network or from saved files",
    tags=["dateline", "backfill"],
    params={
        "sources": Param([], type="array", examples=["auto", *SOURCES], description=f"None: auto. {ABOUT}"),
        "feeds": Param(None, type=["null", "string"], description="URLs, separated by spaces, or `all`"),
        "tags": Param(None, type=["null", "string"], description="Tags of feeds, separated by spaces"),
        "from": Param(None, type=["null", "string"], format="date", description="First day"),
        "to": Param(None, type=["null", "string"], format="date", description="Last day"),
        "path": Param(None, type=["null", "string"], description="A folder or file, for sources of files"),
    },
)
def backfill_news() -> None:
    batches: Any = plan()
    loaded: Any = load(batches)
    left: Any = what_is_left(batches)
    process.partial(steps=["import", "pages"]).expand(batch=batches) >> loaded >> left
    report.expand(failure=loaded)
    left >> TriggerDagRunOperator(task_id="go_on", trigger_dag_id="backfill_news", conf=left)


backfill_news()
