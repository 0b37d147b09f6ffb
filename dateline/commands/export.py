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
@click.option(
    "--lake",
    is_flag=False,
    flag_value="",
    metavar="[FOLDER]",
    help="Bring a lake of Parquet files up to date: the one at FOLDER or a URL, else at lake.path.",
)
@click.option("--postgres", is_flag=True, help="Bring the copy in PostgreSQL up to date.")
@click.option("--whole", is_flag=True, help="With --lake and --postgres: write all of it again.")
def command(
    tables: tuple[str, ...],
    folder: Path | None,
    file_format: Any,
    raw: bool,
    first: date | None,
    last: date | None,
    lake: str | None,
    postgres: bool,
    whole: bool,
) -> None:
    """Write each TABLE or view to a file of its own in a folder.

    Without TABLE: events, mentions, current_articles, events_daily, feed_health. --from and --to-day choose
    rows by day (UTC): of an event, of the publication of an article or entry, or of a fetch or load. Tables
    without a day, such as feeds, are written whole. `dateline sql .tables` lists all tables. In CSV, text that a
    spreadsheet would take for a formula gets an apostrophe before it. geojson and geoparquet are for maps: tables
    with points, such as events, acled_events or mentions.

    --lake and --postgres do at once what each run does where lake.path and warehouse.postgres_url_env are set: they
    keep copies of whole tables for other programs (docs/lake.md), of which only days that changed are written.
    """
    if lake is not None or postgres:
        if tables or folder:
            raise click.UsageError("--lake and --postgres take tables of their own, and no --to")
        _update_copies(lake, postgres=postgres, whole=whole)
        return
    if folder is None:
        raise click.UsageError("where to? --to names a folder, --lake keeps a lake, --postgres a database")
    from warehouse.export import DEFAULT_TABLES, export_tables

    home = find_home()
    for path, rows in export_tables(
        home.published, tables or DEFAULT_TABLES, folder, file_format, first, last, is_raw=raw
    ):
        echo(f"{path}  {rows:,} rows")


def _update_copies(lake: str | None, *, postgres: bool, whole: bool) -> None:
    from dateline.settings import load_settings
    from dateline.steps.copies import write_lake, write_postgres

    home, now = find_home(), datetime.now(UTC)
    settings = load_settings(home)
    if lake is not None:
        echo(write_lake(home, settings, now, lake, whole=whole))
    if postgres:
        echo(write_postgres(home, settings, now, whole=whole))
