from dataclasses import replace
from datetime import timedelta
from typing import Any

import duckdb

from tests.warehouse.newsroom import Files, make_warehouse
from tests.warehouse.sample import (
    NOW,
    make_article,
    make_coding,
    make_entry,
    make_feed,
    make_place,
    make_state,
    write_batch,
)
from transforms.feeds.known_entries import EntryKeys
from transforms.records import PageState, Toponym
from transforms.settings import LONGEST_PAGE_WAIT
from warehouse.load import load_batches
from warehouse.publish import publish
from warehouse.read import (
    read_article,
    read_earlier_places,
    read_feeds,
    read_known_entries,
    read_loaded_batches,
    read_pages_to_retry,
)


def test_before_the_first_publication_nothing_is_known(files: Files) -> None:
    assert read_feeds(files.published) == []
    assert read_known_entries(files.published, {"fd1-alpha": EntryKeys(("en1-a",))}) == {"fd1-alpha": []}
    assert read_pages_to_retry(files.published, NOW) == []
    assert read_loaded_batches(files.published) == set()
    assert read_article(files.published, "ar1-siege") is None
    assert read_earlier_places(files.published, ["example.org"], 9) == []


def test_feeds_come_back_as_they_were_staged(files: Files) -> None:
    make_warehouse(files.folder)
    expected = [(make_feed(name), make_state(name)) for name in ("alpha", "beta", "gamma")]
    assert read_feeds(files.published) == expected


def test_a_file_that_is_not_migrated_yet_can_be_read(files: Files) -> None:
    make_warehouse(files.folder)
    with duckdb.connect(files.published) as old:
        old.execute("DROP VIEW feed_health; ALTER TABLE feeds DROP COLUMN entries_read")
    assert [state for _, state in read_feeds(files.published)] == [
        make_state(name) for name in ("alpha", "beta", "gamma")
    ]


def test_a_moved_feed_keeps_its_subscription(files: Files) -> None:
    moved = make_state("alpha", url="https://new.example.org/feed")
    batch = write_batch(files.staging, "poll-1/b", [make_feed("alpha"), moved])
    load_batches(files.build, [batch], "poll-1", NOW, 1)
    publish(files.build)
    [(feed, state)] = read_feeds(files.published)
    assert (feed.url, state.url) == ("https://alpha.example.org/feed", "https://new.example.org/feed")


def test_known_entries_are_the_latest_versions_of_those_asked_for(files: Files) -> None:
    make_warehouse(files.folder)
    keys = EntryKeys(("en1-siege", "en1-raid", "en1-nowhere"))
    feed_ids = {make_feed(name).feed_id for name in ("alpha", "beta", "gamma")}
    found = read_known_entries(files.published, dict.fromkeys(feed_ids, keys))
    versions = {entry.entry_id: entry.entry_version_id for known in found.values() for entry in known}
    assert versions == {"en1-siege": "ev1-siege-2", "en1-raid": "ev1-raid-1"}
    assert read_known_entries(files.published, dict.fromkeys(feed_ids, EntryKeys(()))) == {
        feed_id: [] for feed_id in feed_ids
    }
    assert read_known_entries(files.published, {}) == {}


def test_entries_are_known_by_address_and_title_in_their_feed_only(files: Files) -> None:
    make_warehouse(files.folder)
    feed_id = make_entry("siege", "alpha").feed_id
    asked = {feed_id: EntryKeys(("en1-siege",))}
    [siege] = read_known_entries(files.published, asked)[feed_id]
    for keys in (EntryKeys((), (siege.canonical_url,)), EntryKeys((), (), (siege.title,))):
        # another feed, also in one question with it, knows nothing of it
        found = read_known_entries(files.published, {feed_id: EntryKeys(()), "fd1-other": keys})
        assert found == {feed_id: [], "fd1-other": []}
        found = read_known_entries(files.published, {feed_id: keys, "fd1-other": EntryKeys(())})
        assert "en1-siege" in {entry.entry_id for entry in found[feed_id]}
        assert found["fd1-other"] == []


def test_pages_to_retry_are_those_that_are_due(files: Files) -> None:
    make_warehouse(files.folder)
    [(entry, state)] = read_pages_to_retry(files.published, NOW)
    assert entry == replace(make_entry("raid-b", "beta"))
    assert state == PageState("en1-raid-b", "pending", 1, NOW, "503")
    assert read_pages_to_retry(files.published, NOW - timedelta(seconds=1)) == []
    assert read_pages_to_retry(files.published, NOW - LONGEST_PAGE_WAIT) == []
    by_a_wrong_clock = NOW - LONGEST_PAGE_WAIT - timedelta(seconds=1)
    assert len(read_pages_to_retry(files.published, by_a_wrong_clock)) == 1


def test_loaded_batches_of_a_run(files: Files) -> None:
    make_warehouse(files.folder)
    assert read_loaded_batches(files.published) == {("poll-1", "batch-000")}
    assert read_loaded_batches(files.published, "poll-2") == set()


def test_an_article_is_the_version_that_counts_or_the_one_asked_for(files: Files) -> None:
    make_warehouse(files.folder)
    current, first = (read_article(files.published, name) for name in ("ar1-siege", "av1-siege-1"))
    assert current is not None and first is not None
    assert (current[0].id, current[0].text, current[1]) == ("av1-siege-2", "Now nine dead.", "article")
    assert first[0].id == "av1-siege-1"
    assert read_article(files.published, "ar1-nowhere") is None


def test_earlier_places_are_those_of_the_latest_articles_of_a_host(files: Files) -> None:
    records: list[Any] = []
    for nth, host in enumerate(["www.a.example", "A.example:8080", "b.example", "a.example", "xa.example"]):
        article = make_article(str(nth), url=f"https://{host}/{nth}", fetched_at=NOW + timedelta(hours=nth))
        twice = make_place(article)
        again = replace(twice, place=replace(twice.place, start=60, end=66))
        records += [article, make_coding(article), twice, again]
    load_batches(files.build, [write_batch(files.staging, "poll-1/b", records)], "poll-1", NOW, 1)
    publish(files.build)
    lorvan = Toponym("Lorvan", 38, 44, "Lorvan", "UKR", 50.0, 36.2, 1001)
    found = read_earlier_places(files.published, ["a.example", ""], 2)
    assert found == [("https://A.example:8080/1", (lorvan,)), ("https://a.example/3", (lorvan,))]
    assert [url[-1] for url, _ in read_earlier_places(files.published, ["a.example", "b.example"], 9)] == [
        "0", "1", "2", "3",
    ]  # fmt: skip
    assert read_earlier_places(files.published, [], 9) == []
