"""`dateline sql`: query the published warehouse file, read-only."""

import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import click

from dateline.commands.show_text import echo
from dateline.home import Home, find_home
from transforms.errors import DatelineError, Permanent

HELP = """\
End a query with ; to run it. Every query opens the warehouse again, so it sees the latest load.
  .tables          the tables and views, and what they hold
  .schema TABLE    a table's columns, and what they mean
  .help            this text
  .quit            leave (or Ctrl-D); Ctrl-C stops a query"""


@click.command()
@click.argument("query", required=False)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    help="How to show the rows. Default: a table, or the format that the ending of --output names.",
)
@click.option("--raw", is_flag=True, help="CSV: leave cells as they are that a spreadsheet would compute.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
def command(query: str | None, file_format: str | None, raw: bool, output: Path | None) -> None:
    """Run QUERY on the warehouse file, or open a prompt.

    Without QUERY it reads standard input; at a terminal it opens a prompt with a history. The file is opened
    read-only, and a long query never delays a load. `.tables` and `.schema TABLE` work, too. In CSV, text that
    a spreadsheet would take for a formula gets an apostrophe before it.
    """
    home = find_home()
    chosen = file_format or _format_of(output)
    if query is None and sys.stdin.isatty():
        _prompt(home)
        return
    text = query if query is not None else sys.stdin.read()
    if not text.strip():
        raise click.UsageError("the query is empty; try: dateline sql 'SELECT * FROM events LIMIT 5'")
    _run(home, text, chosen, output, is_raw=raw)


def _format_of(output: Path | None) -> str:
    if output is None:
        return "table"
    ending = output.suffix.removeprefix(".").lower()
    return ending if ending in ("csv", "json", "parquet") else "table"


def _run(home: Home, text: str, file_format: str, output: Path | None, *, is_raw: bool = False) -> None:
    if text.lstrip().startswith("."):
        _run_dot(home, text.strip())
        return
    if output is None:
        if file_format == "parquet":
            raise click.UsageError("Parquet is not for terminals: name a file with --output FILE")
        _show(home, text, file_format, sys.stdout, is_raw=is_raw)
        return
    part = output.with_name(f".{output.name}.part")
    try:
        _write(home, text, file_format, part, is_raw=is_raw)
        part.replace(output)
    except OSError as error:
        raise Permanent(f"cannot write {output}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _write(home: Home, text: str, file_format: str, path: Path, *, is_raw: bool) -> None:
    from warehouse.query import write_parquet

    with path.open("w", encoding="utf-8", newline="") as stream:
        if file_format == "parquet":
            write_parquet(home.published, text, path)
        else:
            _show(home, text, file_format, stream, is_raw=is_raw)


def _show(home: Home, text: str, file_format: str, stream: TextIO, *, is_raw: bool) -> None:
    from dateline.commands.show_rows import SHOWN_ROWS, draw_table, take_rows, write_csv, write_json
    from warehouse.query import run_queries

    width = shutil.get_terminal_size((120, 24)).columns
    with run_queries(home.published, text) as results:
        for result in results:
            if file_format == "csv":
                write_csv(result.columns, result.rows, stream, is_raw=is_raw)
            elif file_format == "json":
                write_json(result.columns, result.rows, stream)
            else:
                rows, more = take_rows(result.rows, SHOWN_ROWS)
                note = f"{len(rows)} row{'s' * (len(rows) != 1)}"
                if more:
                    note = f"the first {SHOWN_ROWS} rows; --format csv shows all"
                echo(f"{draw_table(result.columns, rows, width)}\n({note})", file=stream)


def _prompt(home: Home) -> None:
    import readline

    from warehouse.query import list_tables

    count = len(list_tables(home.published))
    echo(f"{home.published}: {count} tables and views, read-only. .help says what can be typed.")
    history = home.cache / "sql_history"
    with suppress(OSError):  # none yet
        readline.read_history_file(history)
    readline.set_history_length(1000)
    waiting = ""
    try:
        while True:
            try:
                line = input("     ...> " if waiting else "dateline> ")
            except KeyboardInterrupt:  # as in other prompts: forget what was typed
                echo()
                waiting = ""
                continue
            if not waiting and line.strip() in (".quit", ".exit"):
                return
            waiting = f"{waiting}\n{line}" if waiting else line
            if waiting.lstrip().startswith(".") or waiting.rstrip().endswith(";"):
                _answer(home, waiting)
                waiting = ""
            elif not waiting.strip():
                waiting = ""
    except EOFError:
        echo()
    finally:
        with suppress(OSError):  # somebody else's home, that may only be read
            history.parent.mkdir(parents=True, exist_ok=True)
            readline.write_history_file(history)


def _answer(home: Home, text: str) -> None:
    try:
        _run(home, text, "table", None)
    except DatelineError as error:
        echo(str(error), err=True)
    except KeyboardInterrupt:
        echo("stopped", err=True)


def _run_dot(home: Home, text: str) -> None:
    from dateline.commands.show_rows import draw_table
    from warehouse.query import describe_table, list_tables

    width = shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else None
    name, *rest = text.rstrip(";").split()
    if name == ".tables":
        echo(draw_table(("table", "what it is"), list_tables(home.published), width))
    elif name == ".schema":
        tables = rest or [table for table, _ in list_tables(home.published)]
        for table in tables:
            columns = describe_table(home.published, table)
            echo(f"{table}\n{draw_table(('column', 'type', 'what it is'), columns, width)}\n")
    elif name == ".help":
        echo(HELP)
    else:
        raise Permanent(f"{name} is unknown; .help lists what can be typed")
