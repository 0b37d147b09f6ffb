"""`dateline demo`: the bundled sample newsroom, with no network."""

from pathlib import Path

import click

from dateline.commands.show_text import echo


@click.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    default="demo",
    show_default=True,
    help="Folder to make for the demo.",
)
def command(into: Path) -> None:
    """Poll the bundled sample newsroom, through Airflow where it is installed, and show the events.

    Five invented outlets are served on this machine; nothing else is fetched. Takes under a minute.
    """
    import shutil

    from dateline.demo.run_demo import run_demo

    run_demo(into, echo, shutil.get_terminal_size((150, 24)).columns)
