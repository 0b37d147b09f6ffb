"""Statements that somebody typed: what they may, and what bounds them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.warehouse.newsroom import make_warehouse
from transforms.errors import Permanent
from warehouse.browse.reader import FileUnavailable, WarehouseReader
from warehouse.browse.run_sql import MOST_CHARACTERS, MOST_ROWS, list_columns, run_sql

ENDLESS = "SELECT sum(a.range * b.range % 7) FROM range(100000000) AS a, range(100000000) AS b"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarehouseReader]:
    opened = WarehouseReader(make_warehouse(tmp_path_factory.mktemp("warehouse")).published)
    yield opened
    opened.close()


def test_a_query_without_end_is_stopped(reader: WarehouseReader) -> None:
    with pytest.raises(Permanent, match=r"longer than 0\.2 seconds"):
        run_sql(reader, ENDLESS, most_seconds=0.2)
    assert run_sql(reader, "SELECT 1").rows == [(1,)]


def test_a_query_gets_no_more_memory_than_its_share(reader: WarehouseReader) -> None:
    with pytest.raises(Permanent, match="more memory than 512MB"):
        run_sql(reader, "SELECT length(list(range)::VARCHAR) FROM range(1000000000)", most_seconds=600)


def test_rows_and_cells_are_bounded(reader: WarehouseReader) -> None:
    many = run_sql(reader, "FROM range(100000000000)", most_seconds=600)
    assert (len(many.rows), many.truncated) == (MOST_ROWS, True)
    long = run_sql(reader, f"SELECT repeat('x', {MOST_CHARACTERS + 1}) AS x")
    assert (len(long.rows[0][0]), long.truncated) == (MOST_CHARACTERS, True)
    wide = run_sql(reader, f"SELECT repeat('x', {MOST_CHARACTERS}) FROM range(5000)", most_seconds=600)
    assert wide.truncated
    assert len(wide.rows) < 1_000
    exact = run_sql(reader, f"FROM range({MOST_ROWS})")
    assert (len(exact.rows), exact.truncated) == (MOST_ROWS, False)


@pytest.mark.parametrize(
    "text",
    [
        "FROM events", "WITH a AS (SELECT 1) FROM a", "DESCRIBE events", "SUMMARIZE events", "EXPLAIN SELECT 1",
        "SHOW TABLES", "VALUES (1)",
    ],
)  # fmt: skip
def test_what_reads_may_be_run(text: str, reader: WarehouseReader) -> None:
    assert run_sql(reader, text, most_seconds=600).rows


def test_the_variables_of_the_program_are_no_tables(reader: WarehouseReader) -> None:
    for name in ("text", "columns", "connection", "rows", "reader", "result"):
        with pytest.raises(Permanent, match="does not exist"):
            run_sql(reader, f"FROM {name}")


def test_what_is_wrong_is_said_as_the_database_says_it(reader: WarehouseReader) -> None:
    with pytest.raises(Permanent, match='Referenced column "nothing" not found'):
        run_sql(reader, "SELECT nothing FROM events")


def test_every_table_is_listed_with_its_columns(reader: WarehouseReader) -> None:
    with reader.open() as connection:
        tables = {table["name"]: table for table in list_columns(connection)}
    assert {"events", "mentions", "acled_events"} <= tables.keys()
    assert tables["events"]["comment"]
    assert tables["events"]["columns"][0]["name"] == "event_id"
    assert all(column["comment"] for column in tables["events"]["columns"])


def test_without_a_warehouse_the_sentence_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(FileUnavailable, match="`dateline run` makes one"):
        run_sql(WarehouseReader(tmp_path / "none.duckdb"), "SELECT 1")
