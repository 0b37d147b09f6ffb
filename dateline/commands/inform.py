"""What follows a publication by hand, as DAGs follow one in Airflow: alerts, and the copies for other programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from dateline.commands.run_summary import describe_alerts, describe_copies
from dateline.commands.show_text import echo
from dateline.home import Home
from dateline.steps.context import Context
from transforms.errors import DatelineError


@contextmanager
def inform_where_it_fails(context: Context) -> Iterator[None]:
    """Where what is done within fails, inform others of what came through: that is published."""
    try:
        yield
    except DatelineError:
        inform_others(context)
        raise


def inform_others(context: Context) -> None:
    """Send alerts and bring the copies up to date; whatever is wrong with either is said, and fails nothing."""
    _send_alerts(context.home)
    _update_copies(context)


def _send_alerts(home: Home) -> None:
    if not home.alerts.exists():
        return
    from dateline.alerts.evaluate import send_alerts

    try:
        if said := describe_alerts(send_alerts(home, datetime.now(UTC))):
            echo(said)
    except (DatelineError, OSError) as error:
        echo(f"dateline: no alerts were sent: {error}", err=True)


def _update_copies(context: Context) -> None:
    from dateline.steps.copies import update_copies

    try:
        if said := describe_copies(update_copies(context.home, context.settings, datetime.now(UTC))):
            echo(said)
    except OSError as error:  # how they fare could not be written down
        echo(f"dateline: the copies may not be up to date: {error}", err=True)
