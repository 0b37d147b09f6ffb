"""`dateline settings`: the settings table, with the values in force."""

import os

import click

from dateline.settings import SETTINGS, find_home, load_settings, variable_of


@click.command()
def command() -> None:
    """List the settings and where each value comes from."""
    home = find_home()
    settings = load_settings(home)
    click.echo(f"home: {home.path}  (DATELINE_HOME)\nfile: {home.settings}\n")
    for setting in SETTINGS:
        value = settings.value(setting.name)
        if variable_of(setting.name) in os.environ:
            origin = variable_of(setting.name)
        else:
            origin = "default" if value == setting.default else home.settings.name
        click.echo(f"{setting.name} = {value!r}  ({setting.unit}; {origin})\n    {setting.help}")
