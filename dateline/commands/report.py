"""`dateline report`: some days as one HTML file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from dateline.commands.show_text import echo
from dateline.home import find_home


@click.command()
@click.option("--from", "first", help="First day, such as 2026-03-01; default: six days before the last.")
@click.option("--to", "last", help="Last day; default: yesterday (UTC).")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; default: exports/reports/FROM_TO.html in the home.",
)
def command(first: str | None, last: str | None, output: Path | None) -> None:
    """Write a report of some days as one HTML file: map, timeline, the events that matter, sources.

    It loads nothing from elsewhere and has no scripts: it can be mailed, kept, and opened from disk.
    """
    from dateline.report.write import write_report
    from dateline.steps.backfill_params import parse_day

    home = find_home()
    end = parse_day(last or "", "--to") or datetime.now(UTC).date() - timedelta(days=1)
    start = parse_day(first or "", "--from") or end - timedelta(days=6)
    path = output or home.exports / "reports" / f"{start}_{end}.html"
    write_report(home.published, start, end, path)
    echo(f"{path} ({path.stat().st_size / 1000:,.0f} kB)")
