"""docs/tables.md says what is in the file: every table and view, their keys, and what they say of themselves."""

import re
from collections.abc import Iterator

import duckdb
import pytest

from tests.paths import ROOT
from warehouse.migrate import migrate
from warehouse.sql_files import read_sql

TEXT = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
ENTITY = re.compile(r"^    (\w+) \{\n(.*?)^    \}", re.MULTILINE | re.DOTALL)
RELATION = re.compile(r"^    (\w+) [|}][|o]--[|o][|{] (\w+) : \"?([\w, ]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        migrate(connection)
        yield connection


def list_columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return dict(connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE {table})").fetchall())


def test_the_page_says_of_each_what_the_file_says(connection: duckdb.DuckDBPyConnection) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", TEXT, re.MULTILINE)
    assert sorted(rows) == sorted(connection.execute(read_sql("list_tables")).fetchall())


def test_the_diagrams_show_every_table_with_its_columns(connection: duckdb.DuckDBPyConnection) -> None:
    tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    drawn = dict(ENTITY.findall(TEXT))
    assert drawn.keys() == {name for name in tables if not name.startswith("schema_")}
    for name, lines in drawn.items():
        columns = list_columns(connection, name)
        shown = [line.split() for line in lines.splitlines()]
        assert shown, name
        assert [(columns.get(column), key) for _, column, key in shown] == [
            (kind, key) for kind, _, key in shown
        ], name
        assert {key for _, _, key in shown} <= {"PK", "FK"}


def test_relations_are_by_columns_that_are_there(connection: duckdb.DuckDBPyConnection) -> None:
    drawn = dict(ENTITY.findall(TEXT))
    relations = RELATION.findall(TEXT)
    assert len(relations) == TEXT.count("--o") > 20
    for one, many, label in relations:
        assert one in drawn
        columns = label.split(", ")
        assert set(columns) <= list_columns(connection, many).keys(), (one, many)


def test_each_table_has_a_key_but_the_list_of_rejections() -> None:
    without = {name for name, lines in ENTITY.findall(TEXT) if " PK" not in lines}
    assert without == {"rejections"}
