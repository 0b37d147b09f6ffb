"""After every publication: send what is new for the alerts of alerts.toml; a channel that fails is tried again then."""

from datetime import UTC, datetime

from airflow.sdk import dag, task

from dags.tasks import DEFAULTS, WAREHOUSE, only_transient_retries


@task
def send() -> None:
    """Evaluate every alert; what could not be sent waits for the next run and shows in `dateline status`."""
    with only_transient_retries():
        from dateline.alerts.evaluate import send_alerts
        from dateline.home import find_home

        send_alerts(find_home(), datetime.now(UTC))


@dag(
    schedule=[WAREHOUSE],
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    max_active_runs=1,
    default_args=DEFAULTS,
    doc_md=__doc__,
    description="Send alerts of what is new",
    tags=["dateline", "alerts"],
)
def send_alerts() -> None:
    send()


send_alerts()
