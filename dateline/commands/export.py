"""`dateline export`: write tables of the warehouse as files."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from dateline.commands.show_text import echo
from dateline.home import find_home


class Day(click.ParamType[date]):
    """A calendar day as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").replace(tzinfo=UTC).date()
        except ValueError:
            self.fail(f"{value!r} is no day; write it as 2026-03-09", param, ctx)


@click.command()
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder to write to.",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["parquet", "csv", "json", "geojson", "geoparquet"]),
    default="parquet",
    show_default=True,
)
@click.option("--raw", is_flag=True, help="CSV: leave cells as they are that a spreadsheet would compute.")
@click.option("--from", "first", type=Day(), help="First day, included.")
@click.option("--to-day", "last", type=Day(), help="Last day, included.")
def command(
    tables: tuple[str, ...], folder: Path, file_format: Any, raw: bool, first: date | None, last: date | None
) -> None:
    """Write each TABLE or view to a file of its own in a folder.

    Without TABLE: events, mentions, current_articles, events_daily, feed_health. --from and --to-day choose
    rows by day (UTC): of an event, of the publication of an article or entry, or of a fetch or load. Tables
    without a day, such as feeds, are written whole. `dateline sql .tables` lists all tables. In CSV, text that a
    spreadsheet would take for a formula gets an apostrophe before it. geojson and geoparquet are for maps: tables
    with points, such as events, acled_events or mentions.
    """
    from warehouse.export import DEFAULT_TABLES, export_tables

    home = find_home()
    for path, rows in export_tables(
        home.published, tables or DEFAULT_TABLES, folder, file_format, first, last, is_raw=raw
    ):
        echo(f"{path}  {rows:,} rows")
