"""`dateline settings`: the settings table, with the values in force."""

import os

import click

from dateline.commands.show_text import echo
from dateline.home import find_home
from dateline.settings import describe_settings, list_settings, load_settings
from transforms.safe_text import hide_keys


@click.command()
@click.option("--markdown", is_flag=True, help="Print the reference page, without this machine's values.")
def command(markdown: bool) -> None:
    """List the settings, and where each value comes from."""
    if markdown:
        echo(describe_settings(), nl=False)
        return
    home = find_home()
    settings = load_settings(home)
    echo(f"home: {home.path}  (DATELINE_HOME)\nfile: {home.settings}\n")
    for setting, value, origin in list_settings(home, settings, os.environ):
        shown = hide_keys(repr(value))
        echo(f"{setting.name} = {shown}  ({setting.unit}; {origin})\n    {setting.help}")
