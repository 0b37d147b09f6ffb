"""`dateline status`: what was polled, coded and loaded, and what went wrong."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from dateline.commands.show_text import echo
from dateline.home import Home, find_home

if TYPE_CHECKING:
    from warehouse.status import Status


@click.command()
@click.option(
    "--days",
    type=click.IntRange(1, 100_000),
    default=10,
    show_default=True,
    help="How many days of articles and events to show.",
)
def command(days: int) -> None:
    """Show feeds, articles, events, rejections, disk and loads."""
    from warehouse.status import read_status

    home = find_home()
    status = read_status(home.published, days)
    now = datetime.now(UTC)
    echo(f"home: {home.path}\n")
    _show("Feeds", ("feed", "last success", "next poll", "entries/day", "state"), _list_feeds(status, now))
    _show(
        f"The last {days} days",
        ("day", "articles", "events", "killed"),
        [(row.day, row.articles, row.events, row.killed) for row in status.days],
    )
    _show(
        "Rejections",
        ("stage", "reason", "rejections", "last"),
        [
            (row.stage, row.reason, row.rejections, _format_past(row.last_at, now))
            for row in status.rejections
        ],
    )
    _show(
        "Last loads",
        ("load", "kind", "run", "when", "batches", "new rows", "rejected", "new events", "changed events"),
        [
            (
                row.load_id,
                row.kind,
                row.run_id,
                _format_past(row.loaded_at, now),
                row.batches,
                row.rows_new,
                row.rows_rejected,
                row.events_new,
                row.events_changed,
            )
            for row in status.loads
        ],
    )
    _show_alerts(home, now)
    _show_copies(home)
    _show_set_aside(home)
    _show("Disk", ("what", "where", "size"), _list_disk(home))


def _show_alerts(home: Home, now: datetime) -> None:
    """How each alert fares, if there are any; a file that cannot be read is said, and the rest is shown."""
    from dateline.alerts.overview import list_overview
    from dateline.alerts.rules import read_rules
    from transforms.errors import Permanent

    try:
        found = list_overview(home, read_rules(home), now)
    except Permanent as error:
        echo("Alerts", bold=True)
        echo(f"{error}\n")
        return
    if found:
        rows = [(one.name, one.state, one.last_sent, one.waiting, one.error, one.channel) for one in found]
        _show("Alerts", ("alert", "state", "last sent (UTC)", "waiting", "error", "channel"), rows)


def _show_copies(home: Home) -> None:
    """How the lake and the copy in PostgreSQL fare, if there are any."""
    from dateline.steps.copies import read_states

    states = read_states(home)
    if not states:
        return
    rows = [(name, state.done_at[:16] or "never", state.done) for name, state in states.items()]
    _show("Copies", ("copy", "up to date at (UTC)", "what was done"), rows)
    for name, state in states.items():
        if state.error:
            echo(f"{name} fails since {state.failed_since[:16]}: {state.error}\n")


def _show_set_aside(home: Home) -> None:
    """Batches in quarantine, if there are any."""
    from dateline.steps.quarantine import describe_return, find_set_aside

    found = find_set_aside(home)
    if found:
        _show(
            "Set aside: nothing of these batches is in the warehouse",
            ("run", "batch", "why", "to try it again"),
            [(one.run_id, one.batch, one.reason, describe_return(home, one.run_id)) for one in found],
        )


def _list_feeds(status: "Status", now: datetime) -> list[Sequence[Any]]:
    rows: list[Sequence[Any]] = []
    for feed in status.feeds:
        state = feed.status if feed.status != "active" else "ok"
        if feed.status == "active" and feed.failures:
            state = f"{feed.failures} failures in a row: {feed.last_error}"
        due = "" if feed.status != "active" else _format_future(feed.next_poll_at, now)
        rows.append(
            (feed.url, _format_past(feed.last_success_at, now), due, f"{feed.entries_a_day:.1f}", state)
        )
    return rows


_PLACES = {
    "warehouse": "warehouse",
    "build": "build file",
    "archive": "raw archive",
    "staging": "staging",
    "quarantine": "set aside",
    "exports": "exports",
    "cache": "cache",
}
"""What the parts of the home are called where people read of them."""


def _list_disk(home: Home) -> list[Sequence[Any]]:
    from dateline.disk_use import list_parts, measure_bytes

    rows: list[Sequence[Any]] = [
        (_PLACES[part], path, format_size(measure_bytes(path)))
        for part, path in list_parts(home).items()
        if part != "quarantine" or path.exists()
    ]
    rows.append(("free", home.path, format_size(shutil.disk_usage(home.path).free)))
    return rows


def _show(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    from dateline.commands.show_rows import draw_table

    echo(title, bold=True)
    width = shutil.get_terminal_size((120, 24)).columns
    echo((draw_table(columns, rows, width) if rows else "none yet") + "\n")


def format_size(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def _format_past(instant: datetime | None, now: datetime) -> str:
    if instant is None:
        return "never"
    return f"{_format_length((now - instant).total_seconds())} ago"


def _format_future(instant: datetime | None, now: datetime) -> str:
    if instant is None or instant <= now:
        return "due"
    return f"in {_format_length((instant - now).total_seconds())}"


def _format_length(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
