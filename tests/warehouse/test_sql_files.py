"""The statements of `warehouse/sql/`: each is used, each that is asked for is there, none is there twice."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.demo.run_demo import TABLES
from tests.paths import ROOT
from warehouse import sql_files
from warehouse.copies.tables import ARTICLES, EVENTS, MENTIONS, STORIES
from warehouse.load import FINGERPRINTS, RECORD_KINDS
from warehouse.sql_files import list_statements, read_sql

ASKING = {"read_sql", "run_script", "fetch_rows", "_read", "rows"}
"""The functions that take a statement's name."""
LISTED = ("checks", "day_checks")
"""The topics that are run whole."""


def find_asked_for() -> Iterator[str]:
    for room in ("warehouse", "dateline", "benchmarks"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _name_of(node.func) in ASKING:
                    yield from (name for value in node.args for name in _find_texts(value))
    yield from TABLES.values()
    for table in (EVENTS, MENTIONS, ARTICLES, STORIES):
        yield f"rows_of_{table.name}"
    for kind in (*RECORD_KINDS, FINGERPRINTS):
        yield f"map_{kind.name}"
        if kind.touch:
            yield f"touch_{kind.name}"
        if kind.upsert:
            yield f"upsert_{kind.name}"
        if kind.first_reading:
            yield f"first_reading_{kind.name}"


def _name_of(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else ""


def _find_texts(value: ast.expr) -> Iterator[str]:
    """The texts an argument may be, both of a choice; one that is put together is none."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _find_texts(value.body)
        yield from _find_texts(value.orelse)


def test_every_statement_is_used_and_every_one_asked_for_is_there() -> None:
    listed = {name for topic in LISTED for name in list_statements(topic)}
    assert set(find_asked_for()) == list_statements().keys() - listed


def test_every_file_says_what_it_is_and_has_nothing_but_named_statements() -> None:
    for path in (ROOT / "warehouse" / "sql").glob("*.sql"):
        head = path.read_text(encoding="utf-8").partition("-- name: ")[0]
        assert head.startswith("-- "), path.name
        assert all(line.startswith("--") or not line for line in head.splitlines()), path.name
        for name, text in list_statements(path.stem).items():
            assert text and "-- name" not in text, name


def test_a_second_statement_of_a_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "sql"
    folder.mkdir()
    (folder / "a.sql").write_text("-- A.\n\n-- name: one\nSELECT 1;\n\n-- name: two\nSELECT 2;\n")
    (folder / "b.sql").write_text("-- B.\n\n-- name: two\nSELECT 3;\n")
    monkeypatch.setattr(sql_files, "ROOM", tmp_path)
    assert list_statements.__wrapped__("a") == {"one": "SELECT 1", "two": "SELECT 2"}
    with pytest.raises(ValueError, match=r"b\.sql holds a second statement two"):
        list_statements.__wrapped__()


def test_names_of_tables_are_put_in() -> None:
    assert read_sql("delete_reference", table="countries") == "DELETE FROM countries"
    with pytest.raises(KeyError):
        read_sql("delete_everything")
