"""What users and newcomers read: short lines in the docs, and the field's own words everywhere.

The words in their place: row accounting (books), finalize a day (settle), prefilter (looks), trigger match (hit),
event candidate (draft), accepted (sure), reported (told), argument (filler), request state (course), successor
(heirs), repair or fix (mend), again (anew).
"""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import click
import duckdb
import pytest

import transforms.records
from dateline.cli import COMMANDS
from tests.paths import ROOT
from warehouse.migrate import migrate

DOCS = sorted(
    path
    for pattern in (
        "*.md",
        "docs/*.md",
        "seeds/**/*.md",
        "models/**/*.md",
        "training/*.md",
        ".github/**/*.md",
    )
    for path in ROOT.glob(pattern)
    if path.name != "CHANGELOG.md" and "edition" not in str(path)
)
MOST_CHARACTERS = 109
RETIRED = re.compile(
    r"(?<![a-z])(anew|books?|course|drafts?|fillers?|heirs?|hits?|looks(?! (?:up|for|like))|mend(?:s|ed|ing)?"
    r"|settle(?:s|d|ment)?|settling|sure|tells?|telling|told)(?![a-z])"
)
ALLOWED = (
    "things were hit",  # an attack hits a thing
    "shell hit the school",
    "was hit by two drones",
    "Google Books Ngrams", "books.google.com", "of course", "make sure",
    "list_fillers", "describe_fillers", "score_fillers", "choose_fillers",  # modules of transforms/coder
)  # fmt: skip
"""Where a word is not the retired term."""
SHOWN_STRINGS = sorted(
    path
    for pattern in (
        "dateline/commands/*.py",
        "dateline/explain/*",
        "dateline/cli.py",
        "transforms/coder/explain_*.py",
    )
    for path in ROOT.glob(pattern)
    if path.suffix in (".py", ".html")
)
LOG_CALL = re.compile(r"\blog\.(?:debug|info|warning|error|exception)\(\s*f?\"([^\"]*)\"", re.IGNORECASE)


def find_retired(text: str) -> list[str]:
    text = " ".join(text.split())
    for allowed in ALLOWED:
        text = text.replace(allowed, "")
    return RETIRED.findall(text.lower().replace("_", " "))


def list_prose(path: Path) -> Iterator[tuple[int, str]]:
    """The numbered lines of a page that are no table and no code."""
    fenced = in_code = False
    before = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        fenced ^= line.lstrip().startswith("```")
        in_code = line.startswith("    ") and (in_code or not before.strip())
        if not fenced and not in_code and not line.startswith(("|", "```")):
            yield number, line
        before = line


def list_shown(path: Path) -> Iterator[str]:
    """The strings of a module that are no docstrings, or a whole template."""
    if path.suffix == ".html":
        yield path.read_text(encoding="utf-8")
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in alone:
            yield node.value


def list_helps(command: click.Command) -> Iterator[str]:
    yield command.help or ""
    yield from (getattr(parameter, "help", None) or "" for parameter in command.params)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from list_helps(below)


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_lines_of_the_docs_are_short(page: Path) -> None:
    without_targets = ((number, re.sub(r"\]\([^)]*\)", "]", line)) for number, line in list_prose(page))
    assert [number for number, line in without_targets if len(line) > MOST_CHARACTERS] == []


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_docs_use_no_retired_word(page: Path) -> None:
    assert find_retired(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_uses_no_retired_word(name: str) -> None:
    command = importlib.import_module(f"dateline.commands.{name}").command
    assert find_retired("\n".join([COMMANDS[name], *list_helps(command)])) == []


@pytest.mark.parametrize("path", SHOWN_STRINGS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_commands_print_uses_no_retired_word(path: Path) -> None:
    assert {text: found for text in list_shown(path) if (found := find_retired(text))} == {}


def test_log_events_use_no_retired_word() -> None:
    events = {
        event
        for room in ("dags", "dateline", "ingest", "transforms", "warehouse")
        for path in (ROOT / room).rglob("*.py")
        for event in LOG_CALL.findall(path.read_text(encoding="utf-8"))
    }
    assert any(event.startswith("step_done") for event in events)
    assert {event: found for event in events if (found := find_retired(event))} == {}


def test_the_columns_of_records_use_no_retired_word() -> None:
    names = {
        field.name
        for record in vars(transforms.records).values()
        if is_dataclass(record)
        for field in fields(record)
    }
    assert "killed_min" in names
    assert {name: found for name in names if (found := find_retired(name))} == {}


def test_tables_columns_and_their_comments_use_no_retired_word() -> None:
    with duckdb.connect() as connection:
        migrate(connection)
        rows = connection.execute(
            """SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal
               UNION ALL SELECT table_name, '', comment FROM duckdb_tables()
               UNION ALL SELECT view_name, '', comment FROM duckdb_views() WHERE NOT internal"""
        ).fetchall()
    assert len(rows) > 100
    assert {row: found for row in rows if (found := find_retired(" ".join(map(str, row))))} == {}
