"""`dateline backfill`: load what was saved before."""

import click


@click.command()
@click.argument("path", type=click.Path())
@click.option("--source", type=click.Choice(["folder", "warc"]), default="folder", show_default=True,
              help="What lies at PATH: saved feeds and pages, or WARC files.")  # fmt: skip
@click.option("--feed", "feeds", multiple=True, help="Only this feed (its URL); may be given again.")
@click.option("--from", "first_day", default="", metavar="DAY", help="First day, YYYY-MM-DD.")
@click.option("--to", "last_day", default="", metavar="DAY", help="Last day, YYYY-MM-DD.")
def command(path: str, source: str, feeds: tuple[str, ...], first_day: str, last_day: str) -> None:
    """Load saved feeds, pages or WARC files from PATH, a folder or a file.

    Run the same command again to carry on after a stop; files that were loaded are not loaded twice.
    """
    from dateline.commands.progress import show_progress
    from dateline.commands.run_summary import summarize_run
    from dateline.steps.backfill import BackfillParams, plan_backfill
    from dateline.steps.context import open_context
    from dateline.steps.pipeline import complete_run

    with show_progress() as progress:
        context = open_context(progress)
        params = BackfillParams(source, path, feeds, first_day, last_day)
        batches = plan_backfill(context, params)
        loaded = complete_run(context, batches)
    click.echo(summarize_run(context.home, batches, loaded, "all of it was loaded before"))
