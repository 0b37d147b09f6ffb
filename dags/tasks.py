"""The tasks that DAGs share: each calls one step of `dateline.steps` and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import Asset, TriggerRule, task
from airflow.sdk.exceptions import AirflowFailException

from transforms.errors import Transient

WAREHOUSE = Asset("dateline_warehouse")
"""Updated whenever a load has published the warehouse file."""

QUEUES = dict.fromkeys(("poll", "fetch", "import", "pages"), "fetch") | dict.fromkeys(
    ("clean", "code"), "code"
)
"""Which workers of a cluster run a step: many that wait for hosts, or one a core. On one machine it means nothing."""

DEFAULTS: dict[str, Any] = {
    "queue": "warehouse",  # whatever is no step of a batch: the one worker that has the DuckDB files
    "retries": 2,
    "retry_delay": timedelta(minutes=1),
    "execution_timeout": timedelta(hours=6),  # a task that hangs ends; what it did is kept, a retry goes on
}


@contextmanager
def only_transient_retries() -> Iterator[None]:
    """Let `Transient` through, to be retried; make anything else the task's final failure.

    Imports belong inside: a package that is missing is not there after a retry either.
    """
    try:
        yield
    except Transient:
        raise
    except Exception as error:
        raise AirflowFailException(f"{type(error).__name__}: {error}") from error


@task
def run_step(step: str, batch: str) -> str:
    """Run one step on a batch; returns the batch, so that the next step waits for it."""
    with only_transient_retries():
        from dateline.steps import pipeline
        from dateline.steps.context import open_context

        pipeline.run_step(open_context(), step, Path(batch))
    return batch


@task(pool="warehouse", trigger_rule=TriggerRule.ALL_DONE, outlets=[WAREHOUSE])
def load() -> None:
    """Load every batch that is ready, also those that killed runs left, and publish."""
    with only_transient_retries():
        from dateline.steps.context import open_context
        from dateline.steps.load import load_ready

        load_ready(open_context())


@task(retries=0, trigger_rule=TriggerRule.ALL_DONE)
def report(batches: list[str] | None) -> None:
    """Fail when a batch did not come through: a mapped group's failure would not show otherwise."""
    with only_transient_retries():
        from dateline.home import find_home
        from dateline.steps.pipeline import require_complete as require

        require(find_home(), batches)
