"""The tasks that DAGs share: each calls one step of `dateline.steps` and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, TriggerRule, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from transforms.errors import Transient

WAREHOUSE = Asset("dateline_warehouse")
"""Updated whenever a load has published the warehouse file."""

FETCH, CODE, ALONE = "fetch", "code", "warehouse"
"""The queues of a cluster: many workers that wait for hosts, one a core, and the one that has the DuckDB files. On one
machine they mean nothing."""

DEFAULTS: dict[str, Any] = {
    "queue": ALONE,  # whatever is no step of a batch
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


@task(pool="warehouse", trigger_rule=TriggerRule.ALL_DONE, outlets=[WAREHOUSE])
def load(batches: list[str] | None) -> list[str]:
    """Load every batch that is ready, also those that killed runs left, and publish; returns what failed of
    `batches`, a sentence each. Skipped where nothing was loaded and nothing failed: then no DAG follows."""
    with only_transient_retries():
        from dateline.steps.context import open_context
        from dateline.steps.load import load_ready
        from dateline.steps.pipeline import list_failures

        context = open_context()
        loaded = load_ready(context)
        failures = list_failures(context.home, batches)
    if loaded.load_id is None and not failures:
        raise AirflowSkipException("there is nothing new to load")
    return failures


@task(retries=0)
def report(failure: str) -> None:
    """Fail for batches that did not come through: a mapped group's failure would not show otherwise. Mapped over
    what `load` returns, so that it takes no process where all is well."""
    raise AirflowFailException(failure)
