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
@click.option("--web", "is_served", is_flag=True, help="Serve the site with the demo's data at the end.")
def command(into: Path, is_served: bool) -> None:
    """Poll the bundled sample newsroom, through Airflow where it is installed, and show the events.

    Five invented outlets are served on this machine; nothing else is fetched. Takes under a minute.
    """
    import shutil

    from dateline.demo.run_demo import run_demo

    run_demo(into, echo, shutil.get_terminal_size((150, 24)).columns)
    if is_served:
        from dateline.commands.web import DEFAULT_PORT
        from dateline.home import Home
        from dateline.web.serve import listen, serve

        with listen("127.0.0.1", DEFAULT_PORT) as (socket, address):
            echo(f"The site is at {address}  (Ctrl-C stops it)")
            serve(Home(into.absolute()), socket, ("127.0.0.1",))
