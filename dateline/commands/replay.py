"""`dateline replay`: the warehouse again, from the raw archive."""

import click

from dateline.commands.show_text import echo


@click.command()
@click.option("--force", is_flag=True, help="Go on where files of the archive are missing or damaged.")
def command(force: bool) -> None:
    """Build the warehouse again from the raw archive, without the network, and put it in the old one's place.

    For a better coder, changed seed tables or a lost warehouse file: the archive has all that was fetched. The
    old warehouse file is kept beside the new one.
    """
    from dateline.commands.inform import inform_others
    from dateline.commands.progress import show_progress
    from dateline.steps.context import open_context
    from dateline.steps.replay import replay_archive

    with show_progress() as progress:
        context = open_context(progress)
        done = replay_archive(context, force=force)
    echo(f"replayed {done.runs} runs into {context.home.published}")
    for one in done.lost:
        echo(f"left out: {one}")
    if done.kept:
        echo(f"the old warehouse is kept as {done.kept}; remove it when you need it no more")
    inform_others(context)
