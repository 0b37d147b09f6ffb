"""Events are a function of the set of current mentions, whatever order and grouping they were loaded in."""

import tempfile
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.newsroom import Files
from tests.warehouse.sample import LORVAN, NOW, TARNE, UKRAINE, make_article, make_mention, write_articles
from transforms.events.merge_reports import MergedEvent
from transforms.records import Actor, Article, Mention
from warehouse.connection import open_build
from warehouse.finalize import finalize_day
from warehouse.load import load_batches, load_into
from warehouse.merge_events import NO_CHANGE, merge_changed
from warehouse.migrate import migrate

COLUMNS = ", ".join(field.name for field in fields(MergedEvent) if field.name != "members")
Told = tuple[Article, list[Mention]]


@cache
def open_memory() -> duckdb.DuckDBPyConnection:
    """A database in memory; made once, as migrating takes longer than the tests."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    migrate(connection)
    return connection


def clear(connection: duckdb.DuckDBPyConnection) -> None:
    for table in (
        "articles",
        "codings",
        "mentions",
        "places",
        "events",
        "event_aliases",
        "loads",
        "loaded_batches",
    ):
        connection.execute(f"DELETE FROM {table}")


def read_events(connection: duckdb.DuckDBPyConnection) -> tuple[list[Any], list[Any]]:
    events = connection.execute(f"SELECT {COLUMNS} FROM events ORDER BY event_id").fetchall()
    members = connection.execute(
        "SELECT mention_id, event_id, is_current FROM mentions ORDER BY ALL"
    ).fetchall()
    return events, members


@st.composite
def stories(draw: st.DrawFn) -> list[Told]:
    """Up to nine articles, some of them versions of one, on few days and places so that much of it meets."""
    told: list[Told] = []
    for nth in range(draw(st.integers(2, 9))):
        name = draw(st.sampled_from(["a", "b", "c", f"own-{nth}"]))
        fetched_at = NOW + timedelta(minutes=nth * draw(st.integers(-3, 3)) + nth)
        article = make_article(name, draw(st.sampled_from(["x", "y", "z"])), nth, fetched_at=fetched_at)
        mentions = []
        for order in range(draw(st.integers(0, 2))):
            day = (date(2026, 3, 5) + timedelta(days=draw(st.integers(0, 4)))).isoformat()
            killed = draw(st.sampled_from([None, 2, 3, 40]))
            mentions.append(
                make_mention(
                    article,
                    order,
                    date_start=day,
                    date_end=day,
                    place=draw(st.sampled_from([LORVAN, TARNE, UKRAINE])),
                    killed_min=killed,
                    killed_max=killed,
                    actors=draw(st.sampled_from([(), (Actor("rebels", "", "group", "UKR", "REB"),)])),
                )
            )
        told.append((article, mentions))
    return told


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(told=stories(), data=st.data())
def test_any_order_and_grouping_of_loads_gives_the_same_events(told: list[Told], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(told))
    cut = data.draw(st.integers(1, len(told)))
    with tempfile.TemporaryDirectory() as folder:
        at_once = load_in_parts(Path(folder) / "one", [told])
        in_parts = load_in_parts(Path(folder) / "parts", [shuffled[:cut], shuffled[cut:]])
    assert in_parts == at_once


def load_in_parts(folder: Path, parts: Sequence[Sequence[Told]]) -> tuple[list[Any], list[Any]]:
    """The events after loading `parts` one after the other, which a rebuild from nothing must give again."""
    connection = open_memory()
    clear(connection)
    for nth, part in enumerate(parts):
        batch = write_articles(folder, f"poll-{nth}/b", part)
        load_into(connection, [batch], f"poll-{nth}", NOW, max_days_apart=1)
    loaded = read_events(connection)
    connection.execute("DELETE FROM events")
    connection.execute("UPDATE mentions SET event_id = NULL")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE changed_blocks AS "
        "SELECT DISTINCT event_type, merge_country, event_day FROM mentions WHERE is_current"
    )
    merge_changed(connection, 99, max_days_apart=1)
    assert read_events(connection) == loaded
    return loaded


def test_two_events_that_a_third_report_joins_become_one_and_leave_an_alias(files: Files) -> None:
    near = make_article("near")
    far = make_article("far", fetched_at=NOW + timedelta(hours=1))
    between = make_article("between", fetched_at=NOW + timedelta(hours=2))
    vague: dict[str, Any] = {
        "place": UKRAINE,
        "killed_min": None,
        "killed_max": None,
        "actors": (),
        "recipients": (),
    }
    batches = [
        write_articles(files.staging, "poll-0/b", [(near, [make_mention(near)])]),
        write_articles(files.staging, "poll-1/b", [(far, [make_mention(far, **vague)])]),
    ]
    for batch in batches:
        load_batches(files.build, [batch], "r", NOW, 1)
    with open_build(files.build) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchall() == [(2,)]
    edited = make_article("far", version=2, fetched_at=NOW + timedelta(hours=3))
    told = [(between, [make_mention(between)]), (edited, [make_mention(edited)])]
    load_batches(files.build, [write_articles(files.staging, "poll-2/b", told)], "r", NOW, 1)
    with open_build(files.build) as connection:
        [(event_id, articles)] = connection.execute("SELECT event_id, articles FROM events").fetchall()
        assert articles == 3
        aliases = connection.execute("SELECT old_event_id, event_id FROM event_aliases").fetchall()
        assert [new for _, new in aliases] == [event_id]


def test_an_unrelated_load_writes_no_old_event(files: Files) -> None:
    first, second = make_article("a"), make_article("b")
    load_batches(
        files.build,
        [write_articles(files.staging, "poll-0/b", [(first, [make_mention(first)])])],
        "r",
        NOW,
        1,
    )
    elsewhere = [(second, [make_mention(second, event_type="PROTEST")])]
    summary = load_batches(files.build, [write_articles(files.staging, "poll-1/b", elsewhere)], "r", NOW, 1)
    assert (summary.events.new, summary.events.changed, summary.events.removed) == (1, 0, 0)
    with open_build(files.build) as connection:
        loads = connection.execute("SELECT event_type, load_id FROM events ORDER BY load_id").fetchall()
    assert loads == [("ASSAULT", 1), ("PROTEST", 2)]


def test_finalizing_a_day_counts_it_once_and_repairs_what_was_damaged(files: Files) -> None:
    article = make_article("a")
    batch = write_articles(files.staging, "poll-0/b", [(article, [make_mention(article)])])
    load_batches(files.build, [batch], "r", NOW, 1)
    day = date(2026, 3, 9)
    assert finalize_day(files.build, day, NOW, 1).load_id == 2
    assert finalize_day(files.build, day, NOW, 1).load_id is None
    with open_build(files.build) as connection:
        counted = connection.execute(
            "SELECT event_day::VARCHAR, country, events, killed_best FROM finalized_days"
        )
        assert counted.fetchall() == [("2026-03-09", "UKR", 1, 5)]
        before = read_events(connection)
        connection.execute("UPDATE events SET killed_best = 77")
    again = finalize_day(files.build, day, NOW, 1)
    assert again.events.changed == 1
    with open_build(files.build) as connection:
        assert read_events(connection) == before
    empty = finalize_day(files.build, date(2020, 1, 1), NOW, 1)
    assert (empty.load_id, empty.events) == (None, NO_CHANGE)
