"""The way of a batch in DAGs: a task for the steps that ask the network, and one for the others."""

from pathlib import Path
from typing import Any

from airflow.sdk import task, task_group
from airflow.sdk.exceptions import AirflowSkipException

from dags.tasks import CODE, FETCH, only_transient_retries


@task(queue=FETCH)
def fetch(steps: list[str], batch: str) -> str:
    """Bring a batch's feeds, or its window of the past, and the pages; returns the batch. Ends as skipped where that
    was all, and `code` with it: a short circuit does not reach into a mapped group."""
    with only_transient_retries():
        from dateline.steps.context import open_context
        from dateline.steps.pipeline import run_fetching_steps

        is_left = run_fetching_steps(open_context(), steps, Path(batch))
    if not is_left:
        raise AirflowSkipException("done: it brought no page, so there is nothing to clean and to code")
    return batch


@task(queue=CODE)
def code(batch: str) -> None:
    """Clean and code what was fetched."""
    with only_transient_retries():
        from dateline.steps.context import open_context
        from dateline.steps.pipeline import run_reading_steps

        run_reading_steps(open_context(), Path(batch))


@task_group
def process(steps: list[str], batch: str) -> None:
    """One batch on its way, by the fetching steps of its kind; its failure is its own. Without anything new, `code` is
    skipped and takes no process."""
    done: Any = fetch(steps, batch)
    code(done)
