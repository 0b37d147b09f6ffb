from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warehouse.newsroom import Files, make_records, make_warehouse
from tests.warehouse.sample import (
    NOW,
    TARNE,
    make_article,
    make_coding,
    make_entry,
    make_event,
    make_feed,
    make_mention,
    make_place,
    make_state,
    write_articles,
    write_batch,
)
from transforms.errors import Permanent
from transforms.records import ArticlePlace, Feed, FeedState, PageState, Place, Rejection, StepCount, Toponym
from warehouse.connection import open_build
from warehouse.load import load_batches
from warehouse.load_summary import LoadSummary
from warehouse.publish import publish

TABLES = [
    "feeds",
    "fetches",
    "entries",
    "page_states",
    "articles",
    "codings",
    "mentions",
    "article_places",
    "places",
    "events",
    "event_aliases",
    "rejections",
    "step_counts",
    "loads",
    "load_counts",
    "loaded_batches",
]


def load(files: Files, *batches: Path) -> LoadSummary:
    return load_batches(files.build, batches, "poll-1", NOW, 1)


def rows(files: Files, query: str) -> list[tuple[Any, ...]]:
    with open_build(files.build) as connection:
        return connection.execute(query).fetchall()


def dump(files: Files) -> dict[str, list[tuple[Any, ...]]]:
    with open_build(files.build) as connection:
        return {table: connection.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in TABLES}


def test_everything_staged_is_loaded_and_balanced(files: Files) -> None:
    records = make_records()
    summary = load(files, write_batch(files.staging, "poll-1/batch-000", records))
    assert sum(count.rows_in for count in summary.counts) == len(records)
    for count in summary.counts:
        assert count.rows_in == count.rows_new + count.rows_known + count.rows_rejected
    after = dump(files)
    assert {table for table in TABLES if not after[table]} == {"event_aliases"}
    assert summary.events.new == len(after["events"]) == 4


def test_loading_the_same_batch_again_changes_no_row(files: Files) -> None:
    batch = write_batch(files.staging, "poll-1/batch-000", make_records())
    load(files, batch)
    before = dump(files)
    again = load(files, batch)
    assert (again.load_id, again.batches, again.batches_known) == (None, 0, 1)
    assert dump(files) == before


def test_loading_the_same_rows_from_another_batch_changes_only_the_row_accounting(files: Files) -> None:
    records = [record for record in make_records() if not isinstance(record, StepCount | Rejection)]
    load(files, write_batch(files.staging, "poll-1/batch-000", records))
    before = dump(files)
    again = load(files, write_batch(files.staging, "poll-2/batch-000", records))
    assert again.rows_new == 0
    assert sum(count.rows_known for count in again.counts) == len(records)
    after = dump(files)
    row_accounting = {"loads", "load_counts", "loaded_batches"}
    assert {name: after[name] for name in TABLES if name not in row_accounting} == {
        name: before[name] for name in TABLES if name not in row_accounting
    }


def test_the_same_rows_in_two_batches_of_one_load_are_loaded_once(files: Files) -> None:
    article = make_article("a")
    told = [(article, [make_mention(article)])]
    load(files, *(write_articles(files.staging, f"poll-1/batch-{nth}", told) for nth in range(3)))
    assert rows(files, "SELECT count(*) FROM articles") == [(1,)]
    assert rows(files, "SELECT mentions, articles FROM events") == [(1, 1)]


def test_a_coders_first_reading_of_a_version_counts(files: Files) -> None:
    """Read again, when the home of its outlet is known, the places of an article could be others."""
    article = make_article("a")
    elsewhere = replace(make_place(article), place=Toponym("Lorvan", 38, 44, "Lorvan", "USA", 33.6, -95.5, 7))
    first = [article, make_coding(article), make_mention(article), make_place(article)]
    load(files, write_batch(files.staging, "poll-1/batch-000", first))
    before = dump(files)
    again = [article, make_coding(article), make_mention(article, nth=1), elsewhere]
    load(files, write_batch(files.staging, "poll-2/batch-000", again))
    after = dump(files)
    for table in ("mentions", "article_places", "codings", "events"):
        assert after[table] == before[table], table

    other = make_coding(article, "rules-2", NOW + timedelta(days=1))
    told = [article, other, make_mention(article, coder="rules-2", place=TARNE), elsewhere]
    load(files, write_batch(files.staging, "poll-3/batch-000", told))
    assert rows(files, "SELECT place_name FROM mentions WHERE is_current") == [("Tarne",)]
    assert rows(files, "SELECT count(*) FROM article_places") == [(2,)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_newer_state_of_a_feed_wins_in_any_order(order: Sequence[int], files: Files) -> None:
    states = [
        make_state("alpha", etag='"old"'),
        make_state("alpha", etag='"new"', last_attempt_at=NOW + timedelta(hours=1)),
    ]
    batches = [
        write_batch(files.staging, f"poll-{nth}/batch-000", [make_feed("alpha"), states[nth]])
        for nth in (0, 1)
    ]
    for nth in order:
        load(files, batches[nth])
    assert rows(files, "SELECT etag FROM feeds") == [('"new"',)]


def test_a_removed_subscription_is_marked_though_it_was_not_asked_again(files: Files) -> None:
    load(files, write_batch(files.staging, "poll-1/b", [make_feed("alpha"), make_state("alpha")]))
    removed = make_state("alpha", status="removed", next_poll_at=None)
    load(files, write_batch(files.staging, "poll-2/b", [removed]))
    assert rows(files, "SELECT status, title FROM feeds") == [("removed", "alpha news")]


def test_a_feed_that_was_only_planned_is_due_at_once(files: Files) -> None:
    load(files, write_batch(files.staging, "poll-1/b", [Feed("fd1-x", "https://x.example.org/feed")]))
    assert rows(files, "SELECT status, poll_url, next_poll_at FROM feeds") == [
        ("active", "https://x.example.org/feed", None)
    ]


def test_an_edit_that_is_taken_back_makes_the_first_text_the_latest_again(files: Files) -> None:
    first, second = make_entry("a", "alpha", 1), make_entry("a", "alpha", 2)
    back = replace(first, seen_at=NOW + timedelta(days=1))
    for nth, entry in enumerate([first, second, back]):
        load(files, write_batch(files.staging, f"poll-{nth}/b", [entry]))
    latest = "SELECT arg_max(entry_version_id, last_seen_at) FROM entries"
    assert rows(files, latest) == [("ev1-a-1",)]
    assert rows(files, "SELECT count(*) FROM entries") == [(2,)]


def test_only_the_current_version_of_an_article_counts(files: Files) -> None:
    old, new = make_article("a", version=1), make_article("a", version=2)
    load(
        files,
        write_articles(files.staging, "poll-1/b", [(old, [make_mention(old, killed_min=3, killed_max=3)])]),
    )
    load(
        files,
        write_articles(files.staging, "poll-2/b", [(new, [make_mention(new, killed_min=9, killed_max=9)])]),
    )
    assert rows(files, "SELECT killed_min, killed_max, mentions FROM events") == [(9, 9, 1)]
    assert rows(files, "SELECT article_version_id FROM current_articles") == [("av1-a-2",)]
    assert rows(files, "SELECT is_current, event_id IS NULL FROM mentions ORDER BY mention_id") == [
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize("apart", [timedelta(milliseconds=-7), timedelta(milliseconds=7)])
@pytest.mark.parametrize(
    ("one", "other", "current"),
    [
        ({"modified_at": NOW - timedelta(hours=1)}, {"modified_at": NOW - timedelta(hours=2)}, 1),
        ({"modified_at": NOW - timedelta(hours=2)}, {"modified_at": NOW - timedelta(hours=1)}, 2),
        (
            {"modified_at": NOW - timedelta(hours=1)},
            {},
            1,
        ),  # the other says when it was published, six hours ago
        ({"published_at": NOW - timedelta(hours=5)}, {}, 1),
        ({"published_at": None, "modified_at": NOW - timedelta(hours=1)}, {"published_at": None}, 1),
        ({}, {}, 2),  # nothing but their ids tells them apart
    ],
)
def test_of_versions_that_one_run_fetches_the_one_published_last_counts(
    one: dict[str, Any], other: dict[str, Any], current: int, apart: timedelta, files: Files
) -> None:
    versions = [
        make_article("a", version=1, **one, fetched_at=NOW),
        make_article("a", version=2, **other, fetched_at=NOW + apart),
    ]
    load(files, write_batch(files.staging, "poll-1/b", versions))
    assert rows(files, "SELECT article_version_id FROM current_articles") == [(f"av1-a-{current}",)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_version_that_a_later_run_fetches_counts_whatever_it_says(
    order: Sequence[int], files: Files
) -> None:
    versions = [
        make_article("a", version=2, modified_at=NOW - timedelta(hours=1), fetched_at=NOW),
        make_article("a", version=1, fetched_at=NOW + timedelta(minutes=15)),
    ]
    for nth in order:
        load(files, write_batch(files.staging, f"poll-{nth}/b", [versions[nth]]))
    assert rows(files, "SELECT article_version_id FROM current_articles") == [("av1-a-1",)]


@pytest.mark.parametrize("apart", [timedelta(milliseconds=-7), timedelta(milliseconds=7)])
def test_an_article_of_two_feeds_is_of_the_same_one_in_whatever_order_they_are_fetched(
    apart: timedelta, files: Files
) -> None:
    at = NOW + timedelta(minutes=5)
    two = [make_article("a", "beta", fetched_at=at), make_article("a", "alpha", fetched_at=at + apart)]
    load(files, write_batch(files.staging, "poll-1/b", two))
    assert rows(files, "SELECT outlet, feed_id FROM articles") == [("alpha", "fd1-alpha")]


def test_a_consent_wall_does_not_displace_the_article(files: Files) -> None:
    article, wall = (
        make_article("a", version=1),
        make_article("a", version=2, page_kind="consent_wall", text=""),
    )
    load(files, write_articles(files.staging, "poll-1/b", [(article, [make_mention(article)])]))
    load(files, write_batch(files.staging, "poll-2/b", [wall]))
    assert rows(files, "SELECT article_version_id FROM current_articles") == [("av1-a-1",)]
    assert rows(files, "SELECT count(*) FROM events") == [(1,)]


def test_an_event_that_no_article_reports_any_more_goes_and_leaves_an_alias(files: Files) -> None:
    old, new = make_article("a", version=1), make_article("a", version=2)
    load(files, write_articles(files.staging, "poll-1/b", [(old, [make_mention(old)])]))
    [(event_id,)] = rows(files, "SELECT event_id FROM events")
    summary = load(files, write_articles(files.staging, "poll-2/b", [(new, [])]))
    assert summary.events.removed == 1
    assert rows(files, "SELECT count(*) FROM events") == [(0,)]
    assert rows(files, "SELECT old_event_id, event_id FROM event_aliases") == [(event_id, None)]


def test_an_edit_keeps_the_id_of_the_event(files: Files) -> None:
    old, new = make_article("a", version=1), make_article("a", version=2)
    load(files, write_articles(files.staging, "poll-1/b", [(old, [make_mention(old)])]))
    before = rows(files, "SELECT event_id FROM events")
    load(
        files,
        write_articles(files.staging, "poll-2/b", [(new, [make_mention(new, killed_min=8, killed_max=8)])]),
    )
    assert rows(files, "SELECT event_id FROM events") == before
    assert rows(files, "SELECT count(*) FROM event_aliases") == [(0,)]


def test_an_earlier_report_gives_the_event_its_id_and_the_old_one_points_to_it(files: Files) -> None:
    late = make_article("late", fetched_at=NOW + timedelta(hours=5))
    early = make_article("early")
    load(files, write_articles(files.staging, "poll-1/b", [(late, [make_mention(late)])]))
    [(old,)] = rows(files, "SELECT event_id FROM events")
    load(files, write_articles(files.staging, "poll-2/b", [(early, [make_mention(early)])]))
    [(new,)] = rows(files, "SELECT event_id FROM events")
    assert new != old
    assert rows(files, "SELECT old_event_id, event_id FROM event_aliases") == [(old, new)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_newest_coder_counts_even_when_it_finds_nothing(order: Sequence[int], files: Files) -> None:
    article = make_article("a")
    first = [article, make_coding(article, "rules-1"), make_mention(article)]
    second = [article, make_coding(article, "rules-2", NOW + timedelta(days=1))]
    batches = [write_batch(files.staging, f"poll-{nth}/b", part) for nth, part in enumerate([first, second])]
    for nth in order:
        load(files, batches[nth])
    assert rows(files, "SELECT count(*) FROM events") == [(0,)]
    assert rows(files, "SELECT is_current FROM mentions") == [(False,)]


def test_of_coders_that_read_at_the_same_instant_the_one_loaded_last_counts(files: Files) -> None:
    article = make_article("a")
    for nth, coder in enumerate(["rules-1+f00d", "rules-1+beef"]):
        told = [article, make_coding(article, coder), make_mention(article, coder=coder)]
        load(files, write_batch(files.staging, f"poll-{nth}/b", told))
    assert rows(files, "SELECT coder FROM mentions WHERE is_current") == [("rules-1+beef",)]
    assert rows(files, "SELECT mentions FROM events") == [(1,)]


def test_rows_that_do_not_fit_are_rejected_and_counted(files: Files) -> None:
    article = make_article("a")
    broken = [
        make_mention(article, 1, date_start="2026-02-31"),
        make_mention(article, 2, killed_min=9, killed_max=2),
        make_mention(article, 3, place=Place("x", "x", "UKR", "", 95.0, 0.0, 7, "city")),
        make_mention(article, 4, realis="dreamt"),
    ]
    wrong = ArticlePlace("", Toponym("x", 0, 1))
    records = [article, make_coding(article), make_mention(article), *broken, wrong, make_place(article)]
    summary = load(files, write_batch(files.staging, "poll-1/b", records))
    counts = {count.table: count for count in summary.counts}
    assert (counts["mentions"].rows_new, counts["mentions"].rows_rejected) == (1, 4)
    assert (counts["places"].rows_new, counts["places"].rows_rejected) == (1, 1)
    assert rows(
        files, "SELECT item_id, detail FROM rejections WHERE reason = 'row_invalid' ORDER BY detail"
    ) == [
        ("", "article_places: article_version_id is empty"),
        ("mn1-a-1-rules-1-2", "mentions: a toll whose least is above its most"),
        ("mn1-a-1-rules-1-1", "mentions: no such date: 2026-02-31"),
        ("mn1-a-1-rules-1-3", "mentions: no such point on Earth"),
        ("mn1-a-1-rules-1-4", "mentions: unknown realis dreamt"),
    ]


def test_a_staging_file_of_another_version_fails_and_changes_nothing(files: Files) -> None:
    batch = write_batch(files.staging, "poll-1/b", [make_feed("alpha")])
    pq.write_table(pa.table({"entry_id": ["en1-a"]}), batch / "poll.entries.parquet")
    with pytest.raises(Permanent, match="staging file of entries does not fit"):
        load(files, batch)
    assert rows(files, "SELECT count(*) FROM feeds") == [(0,)]
    assert rows(files, "SELECT count(*) FROM loads") == [(0,)]


def test_dates_and_places_of_mentions(files: Files) -> None:
    article = make_article("a")
    mentions = [
        make_mention(article, 0, date_start="", date_end=""),
        make_mention(article, 1, date_start="", date_end="", background=True),
        make_mention(article, 2, date_start="2025-08", date_end="2025-08"),
        make_mention(article, 3, place=None),
        make_mention(article, 4, date_start="", date_end="", realis="planned"),
        make_mention(article, 5, date_start="", date_end="", realis="hypothetical"),
        make_mention(article, 6, date_start="2026-03-13", date_end="2026-03-13", realis="planned"),
        make_mention(article, 7, date_start="", date_end="", realis="negated"),
    ]
    load(files, write_articles(files.staging, "poll-1/b", [(article, mentions)]))
    found = rows(
        files,
        "SELECT event_day::VARCHAR, date_source, country, merge_country FROM mentions ORDER BY mention_id",
    )
    assert found == [
        ("2026-03-10", "published", "UKR", "UKR"),
        (None, "", "UKR", "UKR"),
        ("2025-08-01", "text", "UKR", "UKR"),
        ("2026-03-09", "text", "", "UKR"),
        (None, "", "UKR", "UKR"),  # nobody says when it will be: not on the day of the news
        (None, "", "UKR", "UKR"),
        ("2026-03-13", "text", "UKR", "UKR"),
        ("2026-03-10", "published", "UKR", "UKR"),  # what did not happen did not happen until then
    ]
    assert rows(files, "SELECT count(*) FROM mentions WHERE event_id IS NULL") == [(5,)]


def test_the_day_of_publication_is_that_of_the_articles_own_clock(files: Files) -> None:
    evening = datetime(2026, 3, 9, 17, 30, tzinfo=UTC)
    dateless = {"date_start": "", "date_end": ""}
    given = [
        (article, [make_mention(article, 0, **dateless)])
        for article in (
            make_article("east", published_at=evening, published_utc_offset_s=8 * 3600),
            make_article("utc", published_at=evening, published_utc_offset_s=0),
            make_article("unknown", published_at=evening, published_utc_offset_s=None),
        )
    ]
    load(files, write_articles(files.staging, "poll-1/b", given))
    found = rows(files, "SELECT article_id, event_day::VARCHAR FROM mentions ORDER BY ALL")
    assert found == [
        ("ar1-east", "2026-03-10"), ("ar1-unknown", "2026-03-09"), ("ar1-utc", "2026-03-09"),
    ]  # fmt: skip


def test_a_page_state_is_replaced_by_the_later_one(files: Files) -> None:
    load(files, write_batch(files.staging, "poll-1/b", [PageState("en1-a", "pending", 1, NOW, "503")]))
    load(files, write_batch(files.staging, "poll-2/b", [PageState("en1-a", "done", 2, None, "")]))
    assert rows(files, "SELECT status, attempts FROM page_states") == [("done", 2)]


def test_a_lost_build_file_begins_again_from_the_published_one(files: Files, tmp_path: Path) -> None:
    make_warehouse(files.folder)
    before = dump(files)
    files.build.path.unlink()
    assert dump(files) == before
    article = make_article("more")
    load(files, write_articles(files.staging, "poll-9/b", [(article, [make_mention(article)])]))
    assert publish(files.build)


def test_sample_events_are_what_the_coder_prints() -> None:
    assert make_event().coder == "rules-1"
    assert isinstance(make_state("x"), FeedState)
