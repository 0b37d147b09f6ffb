"""Events are a function of the set of current mentions, whatever order and grouping they were loaded in."""

import tempfile
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.newsroom import Files
from tests.warehouse.sample import LORVAN, NOW, TARNE, UKRAINE, make_article, make_mention, write_articles
from transforms.events.merge_reports import MergedEvent
from transforms.records import Actor, Article, Mention
from warehouse.connection import open_build
from warehouse.finalize import finalize_day
from warehouse.fingerprint_files import FingerprintFiles
from warehouse.load import load_batches, load_into
from warehouse.load_summary import NO_CHANGE
from warehouse.merge_events import merge_changed
from warehouse.migrate import migrate
from warehouse.publish import publish
from warehouse.status import read_status

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
        article = make_article(
            name,
            draw(st.sampled_from(["x", "y", "z"])),
            nth,
            fetched_at=fetched_at,
            published_at=NOW - timedelta(hours=draw(st.integers(0, 30))),
            published_precision=draw(st.sampled_from(["second", "day"])),
            published_utc_offset_s=draw(st.sampled_from([None, 0, 8 * 3600])),
        )
        mentions = []
        for order in range(draw(st.integers(0, 2))):
            day = (date(2026, 3, 5) + timedelta(days=draw(st.integers(0, 4)))).isoformat()
            killed = draw(st.sampled_from([None, 2, 3, 40]))
            claimed = killed is not None and draw(st.booleans())
            mentions.append(
                make_mention(
                    article,
                    order,
                    date_start=day,
                    date_end=day,
                    place=draw(st.sampled_from([LORVAN, TARNE, UKRAINE])),
                    killed_min=killed,
                    killed_max=killed,
                    toll_claimed=claimed,
                    actors=draw(st.sampled_from([(), (Actor("rebels", "", "group", "UKR", "REB"),)])),
                )
            )
        told.append((article, mentions))
    return told


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(told=stories(), data=st.data())
def test_any_order_and_grouping_of_loads_gives_the_same_events(told: list[Told], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(told))
    cut = data.draw(st.integers(1, len(told)))
    with tempfile.TemporaryDirectory() as folder:
        at_once = load_in_parts(Path(folder) / "one", [told])
        in_parts = load_in_parts(Path(folder) / "parts", [shuffled[:cut], shuffled[cut:]])
    assert in_parts == at_once


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(told=stories(), data=st.data())
def test_when_articles_were_fetched_changes_no_event(told: list[Told], data: st.DataObject) -> None:
    once = list({article.article_id: (article, mentions) for article, mentions in told}.values())
    instants = data.draw(st.permutations([NOW + timedelta(milliseconds=nth) for nth in range(len(once))]))
    again = [
        (replace(article, fetched_at=instant), mentions)
        for (article, mentions), instant in zip(once, instants, strict=True)
    ]
    with tempfile.TemporaryDirectory() as folder:
        loaded = [load_in_parts(Path(folder) / name, [part]) for name, part in (("a", once), ("b", again))]
    seen = [COLUMNS.split(", ").index(name) for name in ("first_seen_at", "last_seen_at")]
    events = [[[*row[: seen[0]], *row[seen[1] + 1 :]] for row in rows] for rows, _ in loaded]
    assert events[0] == events[1]
    assert loaded[0][1] == loaded[1][1]


@pytest.mark.parametrize(
    ("beta", "first", "last"),
    [
        # alpha was published at 10:00 UTC
        ({"published_at": NOW.replace(hour=9)}, "beta", "alpha"),
        ({"published_at": NOW.replace(hour=11)}, "alpha", "beta"),
        ({"published_at": NOW.replace(hour=9), "published_utc_offset_s": 8 * 3600}, "beta", "alpha"),
        # only the day is known, so it is neither the first nor the last of that day
        ({"published_at": NOW.replace(hour=9), "published_utc_offset_s": None}, "alpha", "alpha"),
        ({"published_at": NOW.replace(hour=11), "published_utc_offset_s": None}, "alpha", "alpha"),
        ({"published_at": NOW.replace(hour=0), "published_precision": "day"}, "alpha", "alpha"),
        ({"published_at": NOW.replace(day=9, hour=0), "published_precision": "day"}, "beta", "alpha"),
        ({"published_at": NOW.replace(day=11, hour=0), "published_precision": "day"}, "alpha", "beta"),
        # no day at all: the hour of fetching stands in
        ({"published_at": None, "published_precision": ""}, "alpha", "beta"),
        ({"published_at": NOW.replace(hour=10)}, "alpha", "beta"),  # a tie, which the outlets' names decide
    ],
)
@pytest.mark.parametrize("apart", [timedelta(milliseconds=-7), timedelta(milliseconds=7)])
def test_who_published_first_founds_the_event_and_who_published_last_counts(
    beta: dict[str, Any], first: str, last: str, apart: timedelta, tmp_path: Path
) -> None:
    timed: dict[str, Any] = {"published_at": NOW.replace(hour=10), "published_utc_offset_s": 0}
    articles = [
        make_article("a", "alpha", fetched_at=NOW + timedelta(minutes=5), **timed),
        make_article("b", "beta", fetched_at=NOW + timedelta(minutes=5) + apart, **(timed | beta)),
    ]
    told = [
        (article, [make_mention(article, killed_min=killed, killed_max=killed)])
        for article, killed in zip(articles, (4, 6), strict=True)
    ]
    [(event_id, killed, url)] = load_anew(tmp_path / "both", told)
    only = [item for item in told if item[0].outlet == first]
    [(alone, *_)] = load_anew(tmp_path / "alone", only)
    assert event_id == alone
    assert (killed, url) == (
        (4, "https://example.org/a") if last == "alpha" else (6, "https://example.org/b")
    )


def load_anew(folder: Path, told: list[Told]) -> list[Any]:
    """The events of these articles alone: id, killed and the address of the sentence."""
    connection = open_memory()
    clear(connection)
    batch = write_articles(folder, "poll-0/b", told)
    load_into(connection, FingerprintFiles(folder / "build", dict), [batch], "r", NOW, 1)
    return connection.execute("SELECT event_id, killed_best, sentence_url FROM events").fetchall()


def test_an_edit_that_moves_the_date_keeps_the_event_and_counts_last(files: Files) -> None:
    timed: dict[str, Any] = {"published_utc_offset_s": 0}
    one = make_article("a", "alpha", published_at=NOW.replace(hour=6), **timed)
    other = make_article("b", "beta", published_at=NOW.replace(hour=7), **timed)
    told = [
        (one, [make_mention(one)]),
        (other, [make_mention(other, killed_min=6, killed_max=6)]),
    ]
    load_batches(files.build, [write_articles(files.staging, "poll-0/b", told)], "r", NOW, 1)
    query = "SELECT event_id, killed_best FROM events"
    with open_build(files.build) as connection:
        [(event_id, killed)] = connection.execute(query).fetchall()
    assert killed == 6
    edited = make_article("a", "alpha", 2, published_at=NOW.replace(hour=8), **timed)
    told = [(edited, [make_mention(edited, killed_min=7, killed_max=7)])]
    load_batches(files.build, [write_articles(files.staging, "poll-1/b", told)], "r", NOW, 1)
    with open_build(files.build) as connection:
        assert connection.execute(query).fetchall() == [(event_id, 7)]


@pytest.mark.parametrize(
    ("published_at", "offset_s", "day"),
    [
        (datetime(2026, 3, 9, 17, tzinfo=UTC), 8 * 3600, "2026-03-10"),  # Tuesday, 01:00 in Beijing
        (datetime(2026, 3, 10, 2, tzinfo=UTC), -5 * 3600, "2026-03-09"),  # Monday evening in Lima
        (datetime(2026, 3, 10, 2, tzinfo=UTC), 0, "2026-03-10"),
        (datetime(2026, 3, 9, 23, tzinfo=UTC), None, "2026-03-09"),  # as written
    ],
)
def test_an_event_without_a_date_is_of_the_day_where_it_was_published(
    published_at: datetime, offset_s: int | None, day: str, files: Files
) -> None:
    article = make_article("a", published_at=published_at, published_utc_offset_s=offset_s)
    mention = make_mention(article, date_start="", date_end="")
    load_batches(
        files.build, [write_articles(files.staging, "poll-0/b", [(article, [mention])])], "r", NOW, 1
    )
    with open_build(files.build) as connection:
        days = connection.execute("SELECT event_day::VARCHAR, date_source FROM events").fetchall()
    assert days == [(day, "published")]
    publish(files.build)
    assert [
        (str(shown.day), shown.articles, shown.events) for shown in read_status(files.published).days
    ] == [(day, 1, 1)]


def test_a_claim_that_stood_alone_joins_the_officials_report_and_leaves_an_alias(files: Files) -> None:
    claiming, official = make_article("a", published_at=NOW - timedelta(hours=9)), make_article("b")
    claim = make_mention(claiming, killed_min=40, killed_max=40, toll_claimed=True)
    load_batches(files.build, [write_articles(files.staging, "poll-0/b", [(claiming, [claim])])], "r", NOW, 1)
    query = "SELECT event_id, killed_best, toll_claimed, mentions FROM events"
    with open_build(files.build) as connection:
        [(alone, *shown)] = connection.execute(query).fetchall()
        daily = connection.execute("SELECT killed_best, killed_claimed FROM events_daily").fetchall()
    assert (shown, daily) == ([40, True, 1], [(40, 40)])
    told = [(official, [make_mention(official)])]
    load_batches(files.build, [write_articles(files.staging, "poll-1/b", told)], "r", NOW, 1)
    with open_build(files.build) as connection:
        [(event_id, *shown)] = connection.execute(query).fetchall()
        aliases = connection.execute("SELECT old_event_id, event_id FROM event_aliases").fetchall()
        daily = connection.execute("SELECT killed_best, killed_claimed FROM events_daily").fetchall()
    assert (shown, aliases, daily) == ([5, False, 2], [(alone, event_id)], [(5, None)])


def load_in_parts(folder: Path, parts: Sequence[Sequence[Told]]) -> tuple[list[Any], list[Any]]:
    """The events after loading `parts` one after the other, which a rebuild from nothing must give again."""
    connection = open_memory()
    clear(connection)
    for nth, part in enumerate(parts):
        batch = write_articles(folder, f"poll-{nth}/b", part)
        load_into(connection, FingerprintFiles(folder / "build", dict), [batch], f"poll-{nth}", NOW, 1)
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
    before: dict[str, Any] = {"published_at": NOW - timedelta(hours=1), "published_utc_offset_s": 0}
    near = make_article("near", published_at=NOW - timedelta(hours=2), published_utc_offset_s=0)
    far = make_article("far", fetched_at=NOW + timedelta(hours=1), **before)
    between = make_article("between", published_at=NOW, published_utc_offset_s=0)
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
    edited = make_article("far", version=2, fetched_at=NOW + timedelta(hours=3), **before)
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
