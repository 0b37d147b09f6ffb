"""The command line: finds a command by name and imports its module only when it is called."""

import errno
import importlib
import logging
import signal
import sys
from typing import Any

import click

from dateline.commands.show_log import EchoHandler, show_log
from dateline.commands.show_text import echo
from transforms.errors import DatelineError, Transient, is_full_disk

COMMANDS = {
    "run": "Poll what is due, code it, load it: one whole run without Airflow",
    "airflow": "Start a local Airflow with this project's DAGs",
    "backfill": "Load the past: from the network, or saved feeds, pages and WARC files",
    "coverage": "Show how complete the past of each feed is",
    "replay": "Build the warehouse again from the raw archive, without the network",
    "feeds": "Add, remove, list, import and export subscriptions",
    "sql": "Query the warehouse file (read-only)",
    "export": "Write tables as Parquet, CSV or JSON files",
    "web": "Look at the warehouse in a browser: map, timeline, feeds, SQL",
    "report": "Write some days as one HTML file: map, timeline, events, sources",
    "alerts": "List, try and send the alerts of alerts.toml",
    "status": "Show feeds, articles, events, rejections and loads",
    "metrics": "Print what a monitoring system watches, or write it to a file",
    "doctor": "Check this machine and Dateline's home",
    "entries": "Print a feed's entries as JSON lines",
    "clean": "Print the articles of saved pages as JSON lines",
    "code": "Print the events of texts as JSON lines",
    "explain": "Show what gave each field of each event",
    "settings": "List the settings and where each value comes from",
    "demo": "Run the bundled sample newsroom",
}
"""Each name is a module of `dateline.commands` that holds a click command `command`."""


class LazyGroup(click.Group):
    """Knows its commands' names and helps without importing them, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"dateline.commands.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dateline")
@click.option("--verbose", is_flag=True, help="Show on standard error what each step reads and writes.")
@click.pass_context
def dateline(ctx: click.Context, verbose: bool) -> None:
    """News feeds to a SQL table of events, in one DuckDB file on your own machine."""
    if verbose:
        ctx.with_resource(show_log())


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; exits 0, 1 (failed), 2 (usage), 75 (try again later) or 130 (stopped)."""
    logging.lastResort = EchoHandler(logging.WARNING)  # warnings quote feeds, too
    try:
        sys.exit(dateline.main(args=arguments, prog_name="dateline", standalone_mode=False) or 0)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        echo("\nstopped; nothing is lost, the next run carries on", err=True)
        sys.exit(128 + signal.SIGINT)
    except DatelineError as error:
        echo(f"dateline: {error}", err=True)
        sys.exit(75 if isinstance(error, Transient) else 1)
    except OSError as error:  # nobody below could say more of it
        echo(f"dateline: {describe_os_error(error)}", err=True)
        sys.exit(75 if is_full_disk(error) else 1)


def describe_os_error(error: OSError) -> str:
    """What the machine refused, and what to do about it."""
    advice = "fix that and run again (DATELINE_HOME names another home)"
    if is_full_disk(error):
        advice = "free some space and run again, nothing is lost"
    elif error.errno in (errno.EMFILE, errno.ENFILE):
        advice = "raise the limit of open files (`ulimit -n`) or lower http.connections"
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}; {advice}"
