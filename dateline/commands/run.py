"""`dateline run`: one whole run without Airflow."""

from typing import TYPE_CHECKING

import click

from dateline.commands.show_text import echo

if TYPE_CHECKING:
    from dateline.alerts.evaluate import AlertOutcome
    from dateline.home import Home
    from dateline.steps.context import Context
    from dateline.steps.copies import CopyState


@click.command()
@click.option("--all", "poll_all", is_flag=True, help="Poll every feed, due or not.")
def command(poll_all: bool) -> None:
    """Poll the feeds that are due, fetch, clean and code what is new, load and publish it.

    A run that was stopped or killed loses nothing: the next one carries on where it was.
    """
    from datetime import UTC, datetime

    from dateline.commands.progress import show_progress
    from dateline.commands.run_summary import describe_alerts, describe_copies, summarize_run
    from dateline.steps.context import open_context
    from dateline.steps.pipeline import complete_run
    from dateline.steps.plan_poll import plan_poll
    from transforms.errors import Permanent

    with show_progress() as progress:
        context = open_context(progress)
        batches = plan_poll(context, datetime.now(UTC), only_due=not poll_all)
        try:
            loaded = complete_run(context, batches)
        except Permanent:  # what came through is published
            _send_alerts(context.home)
            _update_copies(context)
            raise
    echo(
        summarize_run(context.home, batches, loaded, "nothing was due; `dateline run --all` polls every feed")
    )
    if alerts := describe_alerts(_send_alerts(context.home)):
        echo(alerts)
    if copies := describe_copies(_update_copies(context)):
        echo(copies)


def _send_alerts(home: "Home") -> "list[AlertOutcome]":
    """Send what is new; whatever is wrong with alerts is said, and fails no run."""
    if not home.alerts.exists():
        return []
    from datetime import UTC, datetime

    from dateline.alerts.evaluate import send_alerts
    from transforms.errors import DatelineError

    try:
        return send_alerts(home, datetime.now(UTC))
    except (DatelineError, OSError) as error:
        echo(f"dateline: no alerts were sent: {error}", err=True)
        return []


def _update_copies(context: "Context") -> "dict[str, CopyState]":
    """Bring the lake and the copy in PostgreSQL up to date; what fails is said, and fails no run."""
    from datetime import UTC, datetime

    from dateline.steps.copies import update_copies

    try:
        return update_copies(context.home, context.settings, datetime.now(UTC))
    except OSError as error:  # how they fare could not be written down
        echo(f"dateline: the copies may not be up to date: {error}", err=True)
        return {}
