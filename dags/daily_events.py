"""A data interval a day: finalize the day's events, check them, and write that day's Parquet export and report.

Running a day again gives the same files, so `airflow backfill create` over a month works.
"""

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import CronDataIntervalTimetable, Param, dag, get_current_context, task

from dags.tasks import DEFAULTS, WAREHOUSE, only_transient_retries


def find_day() -> str:
    """The parameter's day, else the data interval's, else the day before the run was triggered."""
    from dateline.steps.days import choose_day

    airflow = get_current_context()
    return choose_day(
        airflow["params"]["day"] or "", airflow.get("data_interval_start"), airflow["dag_run"].run_after
    )


@task(pool="warehouse", outlets=[WAREHOUSE])
def finalize() -> str:
    """Merge the day's mentions again and publish."""
    with only_transient_retries():
        from dateline.steps import days
        from dateline.steps.context import open_context

        day = find_day()
        days.finalize_day(open_context(), day)
        return day


@task
def check(day: str) -> str:
    """Fail when the day's rows contradict one another."""
    with only_transient_retries():
        from dateline.steps import days
        from dateline.steps.context import open_context

        days.check_day(open_context(), day)
        return day


@task
def export(day: str) -> list[str]:
    """Write the day's events and mentions as Parquet files, and its report as an HTML file."""
    with only_transient_retries():
        from dateline.steps import days
        from dateline.steps.context import open_context

        return [str(path) for path in days.export_day(open_context(), day)]


@dag(
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=2,
    default_args=DEFAULTS,
    doc_md=__doc__,
    description="Finalize, check and export a day",
    tags=["dateline", "daily"],
    params={
        "day": Param(
            None, type=["null", "string"], format="date", description="Empty: the day of the data interval"
        )
    },
)
def daily_events() -> None:
    day: Any = finalize()
    checked: Any = check(day)
    export(checked)


daily_events()
