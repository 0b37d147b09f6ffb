"""`dateline run`: one whole run without Airflow."""

import click

from dateline.commands.show_text import echo


@click.command()
@click.option("--all", "poll_all", is_flag=True, help="Poll every feed, due or not.")
def command(poll_all: bool) -> None:
    """Poll the feeds that are due, fetch, clean and code what is new, load and publish it.

    A run that was stopped or killed loses nothing: the next one carries on where it was.
    """
    from datetime import UTC, datetime

    from dateline.commands.inform import inform_others, inform_where_it_fails
    from dateline.commands.progress import show_progress
    from dateline.commands.run_summary import summarize_run
    from dateline.steps.context import open_context
    from dateline.steps.pipeline import complete_run
    from dateline.steps.plan_poll import plan_poll

    with show_progress() as progress:
        context = open_context(progress)
        batches = plan_poll(context, datetime.now(UTC), only_due=not poll_all)
        with inform_where_it_fails(context):
            loaded = complete_run(context, batches)
    echo(
        summarize_run(context.home, batches, loaded, "nothing was due; `dateline run --all` polls every feed")
    )
    inform_others(context)
