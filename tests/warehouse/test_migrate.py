import hashlib
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

import warehouse.migrate
from tests.warehouse.newsroom import Files
from transforms.errors import Permanent
from transforms.events.event_columns import EventColumns
from transforms.events.merge_reports import MergedEvent
from transforms.records import Article, Entry, Event, Feed, Fetch, PageState, Rejection, StepCount
from warehouse.connection import open_build, open_published
from warehouse.load import EVENT_FIELDS
from warehouse.migrate import list_migrations, migrate
from warehouse.publish import publish
from warehouse.sql_files import ROOM, read_sql

MADE_BY_MERGING = {"actor_names", "recipient_names"}
"""Columns of events that a mention has as structs."""

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


def test_a_file_with_rows_and_views_keeps_its_rows_under_the_new_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of schema 3, on the disk, with rows in whatever 0004 renames and a view of each such table."""
    old = duckdb.connect(tmp_path / "old.duckdb")
    with monkeypatch.context() as patch:
        patch.setattr(warehouse.migrate, "list_migrations", lambda: list_migrations()[:3])
        patch.setattr(warehouse.migrate, "_create_views", lambda connection: None)
        migrate(old)
    old.execute("CREATE VIEW stories AS SELECT told_at, likeness FROM article_stories")
    old.execute("CREATE VIEW feed_health AS SELECT told_at FROM fingerprints")
    old.execute("CREATE VIEW events_daily AS SELECT events FROM event_days")
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOM / "views").glob("*.sql")))
    old.execute("INSERT INTO schema_views VALUES (?)", [hashlib.sha256(text.encode()).hexdigest()])
    at = "TIMESTAMPTZ '2026-03-09 12:00:00+00'"
    old.execute(
        f"""INSERT INTO event_days VALUES (DATE '2026-03-09', 'UKR', 'ASSAULT', 2, 3, 3, 5, NULL, 2);
        INSERT INTO loads VALUES
            (1, 'batches', 'poll-1', {at}, 1, 9, 9, 0, 0, 2, 0, 0),
            (2, 'settle', '2026-03-09', {at}, 0, 0, 0, 0, 0, 0, 0, 0);
        INSERT INTO fingerprints VALUES ('av1-a', {at}, ['word'], [1.0], [7], ['#7'], 1);
        INSERT INTO article_stories VALUES ('ar1-a', 'av1-a', {at}, {at}, 'ar1-b', 0.5, 'ar1-b', 'st1-b', 1);"""
    )
    old.close()
    connection = duckdb.connect(tmp_path / "old.duckdb")
    migrate(connection)
    assert connection.execute("SELECT kind, run_id FROM loads ORDER BY load_id").fetchall() == [
        ("batches", "poll-1"),
        ("finalize", "2026-03-09"),
    ]
    counted = connection.execute(
        "SELECT event_day::VARCHAR, country, events, killed_best FROM finalized_days"
    )
    assert counted.fetchall() == [("2026-03-09", "UKR", 2, 5)]
    kept = connection.execute("SELECT article_id, reported_at, similarity FROM article_stories")
    assert kept.fetchall() == [("ar1-a", datetime(2026, 3, 9, 12, tzinfo=UTC), 0.5)]
    assert describe(connection) == describe(make_fresh())
    for name, _ in connection.execute(read_sql("list_tables")).fetchall():
        connection.execute(f"FROM {name}")


def test_plans_of_older_files_lose_the_day_of_their_news(monkeypatch: pytest.MonkeyPatch) -> None:
    old = duckdb.connect()
    with monkeypatch.context() as patch:
        patch.setattr(warehouse.migrate, "list_migrations", lambda: list_migrations()[:7])
        patch.setattr(warehouse.migrate, "_create_views", lambda connection: None)
        migrate(old)
    given = [
        ("actual", "published"), ("hypothetical", "published"), ("negated", "published"),
        ("planned", "published"), ("planned", "text"),
    ]  # fmt: skip
    for realis, source in given:
        insert_mention(old, realis=realis, date_source=source, event_day="2026-03-09")
    migrate(old)
    kept = old.execute(
        "SELECT realis, date_source, event_day::VARCHAR FROM mentions ORDER BY rowid"
    ).fetchall()
    assert kept == [
        ("actual", "published", "2026-03-09"), ("hypothetical", "", None), ("negated", "published", "2026-03-09"),
        ("planned", "", None), ("planned", "text", "2026-03-09"),
    ]  # fmt: skip


def insert_mention(connection: duckdb.DuckDBPyConnection, **given: object) -> None:
    """A row of `mentions` as this schema has it: what is not given is empty."""
    values: dict[str, object] = {}
    for name, kind, null, *_ in connection.execute("DESCRIBE mentions").fetchall():
        empty = {"VARCHAR": "", "BOOLEAN": False}.get(kind, [] if kind.endswith("[]") else 0)
        values[name] = given.get(name, None if null == "YES" else empty)
    marks = ", ".join("?" for _ in values)
    connection.execute(f"INSERT INTO mentions VALUES ({marks})", list(values.values()))


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


def test_changed_views_are_made_again() -> None:
    connection = make_fresh()
    connection.execute("CREATE OR REPLACE VIEW events_daily AS SELECT 1 AS old")
    connection.execute("UPDATE schema_views SET checksum = 'other'")
    migrate(connection)
    assert describe(connection) == describe(make_fresh())


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in list_migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_table_view_and_column_says_what_it_is() -> None:
    connection = make_fresh()
    assert [row for row in describe(connection) if not row[-1]] == []
    comments = "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index"
    for lender, borrower in (("articles", "current_articles"), ("gdelt_events_all", "gdelt_events")):
        lent, borrowed = (connection.execute(comments, [name]).fetchall() for name in (lender, borrower))
        assert lent == borrowed


def test_a_publication_keeps_what_tables_views_and_columns_say(files: Files) -> None:
    with open_build(files.build) as connection:
        before = describe(connection)
    publish(files.build)
    with open_published(files.published) as connection:
        assert describe(connection) == before


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


def test_the_records_columns_are_all_there() -> None:
    """A field added to a record needs a migration; `load` would refuse its staging files."""
    connection = make_fresh()
    for table, kind in {
        "articles": Article,
        "entries": Entry,
        "feeds": Feed,
        "fetches": Fetch,
        "page_states": PageState,
        "rejections": Rejection,
        "step_counts": StepCount,
        "events": EventColumns,
        "mentions": EventColumns,
    }.items():
        missing = {field.name for field in fields(kind)} - columns_of(connection, table)
        assert missing <= MADE_BY_MERGING if table == "mentions" else not missing, table
    assert set(EVENT_FIELDS) <= columns_of(connection, "mentions")
    assert columns_of(connection, "events") == (
        {field.name for field in fields(MergedEvent)} - {"members"} | {"load_id", "admin1_name"}
    )


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()}


def test_an_events_fields_are_of_one_type_wherever_they_are_named() -> None:
    coded = {field.name: field.type for field in fields(Event)}
    columns = {field.name: field.type for field in fields(EventColumns)}
    shared = (coded.keys() & columns.keys()) - {"weapons"}  # structs in the one, their texts in the other
    assert len(shared) > 10
    assert {name: coded[name] for name in shared} == {name: columns[name] for name in shared}


def test_every_migration_has_a_number_of_its_own() -> None:
    numbers = [path.name.partition("_")[0] for path in sorted((ROOM / "migrations").glob("*.sql"))]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
