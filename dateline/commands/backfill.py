"""`dateline backfill`: load the past from a history source."""

import click

from dateline import list_sources
from dateline.commands.show_text import echo

SOURCES = list_sources()


@click.command()
@click.argument("path", type=click.Path(), default="")
@click.option("--source", type=click.Choice(list(SOURCES)), default=next(iter(SOURCES)), show_default=True,
              help="; ".join(f"{name}: {about}" for name, about in SOURCES.items()) + ".")  # fmt: skip
@click.option("--feed", "feeds", multiple=True, help="Only this feed (its URL); may be given again.")
@click.option("--from", "first_day", default="", metavar="DAY", help="First day, YYYY-MM-DD.")
@click.option("--to", "last_day", default="", metavar="DAY", help="Last day, YYYY-MM-DD.")
def command(path: str, source: str, feeds: tuple[str, ...], first_day: str, last_day: str) -> None:
    """Load the past, such as saved feeds and pages from PATH, a folder or a file.

    Run the same command again to carry on after a stop; what was loaded is not loaded twice.
    """
    from dateline.commands.progress import show_progress
    from dateline.commands.run_summary import summarize_run
    from dateline.steps.backfill import BackfillParams, count_unreadable, plan_windows
    from dateline.steps.context import open_context
    from dateline.steps.pipeline import complete_run
    from transforms.errors import Permanent

    with show_progress() as progress:
        context = open_context(progress)
        params = BackfillParams(source, path, feeds, first_day, last_day)
        planned = plan_windows(context, params)
        batches = [batch for batch, is_waiting in planned.items() if is_waiting]
        loaded = complete_run(context, batches)
    echo(summarize_run(context.home, batches, loaded, "all of it was loaded before"))
    left_out = count_unreadable(context, planned)
    if left_out:  # also of windows that were loaded before: what they lack is still missing
        about = "`dateline sql \"SELECT item_id, detail FROM rejections WHERE reason = 'record_unreadable'\"`"
        raise Permanent(
            f"{left_out} records of WARC files could not be read, all else is loaded; {about} lists them"
        )
