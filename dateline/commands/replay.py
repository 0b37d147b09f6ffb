"""`dateline replay`: the warehouse again, from the raw archive."""

import click

from dateline.commands.show_text import echo


@click.command()
def command() -> None:
    """Build the warehouse again from the raw archive, without the network, and put it in the old one's place.

    For a better coder, changed seed tables or a lost warehouse file: the archive has all that was fetched.
    """
    from dateline.commands.progress import show_progress
    from dateline.steps.context import open_context
    from dateline.steps.replay import replay_archive

    with show_progress() as progress:
        context = open_context(progress)
        runs = replay_archive(context)
    echo(f"replayed {runs} runs into {context.home.published}")
