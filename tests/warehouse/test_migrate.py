from pathlib import Path
from typing import Any

import duckdb
import pytest

import warehouse.migrate
from transforms.errors import Permanent
from warehouse.migrate import list_migrations, migrate

OBJECTS = """
SELECT 'column', table_name, column_name, data_type, is_nullable::VARCHAR, column_index::VARCHAR, comment
FROM duckdb_columns() WHERE NOT internal
UNION ALL
SELECT 'table', table_name, sql, '', '', '', comment FROM duckdb_tables()
UNION ALL
SELECT 'view', view_name, sql, '', '', '', comment FROM duckdb_views() WHERE NOT internal
ORDER BY ALL
"""


def describe(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return connection.execute(OBJECTS).fetchall()


def make_fresh() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    migrate(connection)
    return connection


@pytest.mark.parametrize("known", range(1, len(list_migrations())))
def test_a_migrated_file_equals_a_fresh_one(known: int, monkeypatch: pytest.MonkeyPatch) -> None:
    files = list_migrations()
    old = duckdb.connect()
    with monkeypatch.context() as patch:
        patch.setattr(warehouse.migrate, "list_migrations", lambda: files[:known])
        patch.setattr(warehouse.migrate, "_create_views", lambda connection: None)
        migrate(old)
    assert describe(old) != describe(make_fresh())
    migrate(old)
    assert describe(old) == describe(make_fresh())


def test_migrating_twice_changes_nothing() -> None:
    connection = make_fresh()
    before = describe(connection), connection.execute("FROM schema_migrations").fetchall()
    migrate(connection)
    assert (describe(connection), connection.execute("FROM schema_migrations").fetchall()) == before


def test_an_edited_migration_is_refused() -> None:
    connection = make_fresh()
    connection.execute("UPDATE schema_migrations SET checksum = 'other' WHERE version = 1")
    with pytest.raises(Permanent, match="migrations are never edited"):
        migrate(connection)


def test_changed_views_are_made_anew() -> None:
    connection = make_fresh()
    connection.execute("CREATE OR REPLACE VIEW events_daily AS SELECT 1 AS old")
    connection.execute("UPDATE schema_views SET checksum = 'other'")
    migrate(connection)
    assert describe(connection) == describe(make_fresh())


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in list_migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_table_and_view_says_what_it_is() -> None:
    connection = make_fresh()
    silent = connection.execute(
        "SELECT name FROM (SELECT table_name AS name, comment FROM duckdb_tables() UNION ALL "
        "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal) "
        "WHERE comment IS NULL AND name NOT LIKE 'schema%'"
    ).fetchall()
    assert silent == []


def test_the_gdelt_view_has_gdelts_columns() -> None:
    """Source: the GDELT Event Database Data Format Codebook V2.0, 61 columns."""
    names = [row[0] for row in make_fresh().execute("DESCRIBE gdelt_events").fetchall()]
    assert len(names) == 61
    assert (names[0], names[26], names[30], names[60]) == (
        "GLOBALEVENTID",
        "EventCode",
        "GoldsteinScale",
        "SOURCEURL",
    )


def test_the_records_columns_are_all_there(tmp_path: Path) -> None:
    """A field added to a record needs a migration; `load` would refuse its staging files."""
    from dataclasses import fields

    from transforms.records import Article, Entry, Feed, Fetch, PageState, Rejection, StepCount

    connection = make_fresh()
    for table, kind in {
        "articles": Article,
        "entries": Entry,
        "feeds": Feed,
        "fetches": Fetch,
        "page_states": PageState,
        "rejections": Rejection,
        "step_counts": StepCount,
    }.items():
        columns = {row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
        assert {field.name for field in fields(kind)} <= columns, table
