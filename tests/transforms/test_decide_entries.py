"""New, edited, unchanged, refused: what becomes of a feed's entries."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.paths import CASES, SHARED
from transforms.feeds.decide_entries import (
    EntryDecision,
    decide_entries,
    identify_entry,
    read_entries,
    to_iso_639_1,
)
from transforms.feeds.known_entries import EntryKeys, to_known
from transforms.feeds.parse_feed import parse_feed
from transforms.feeds.parsed_feed import ParsedEntry, ParsedFeed
from transforms.identity import make_id
from transforms.make_fetch import make_fetch
from transforms.records import Feed

FEED_CASES = CASES / "feeds"
REAL = SHARED / "real" / "feeds"
NOW = datetime(2026, 3, 4, tzinfo=UTC)
FEED = Feed(make_id("fd1", "https://a.example/feed"), "https://a.example/feed", language="sw")
FETCH = make_fetch("run", "feed", FEED.url, NOW, feed_id=FEED.feed_id)
ENTRY = ParsedEntry(
    guid="g1",
    url="https://a.example/1",
    title="Clash at the border",
    authors=("Ada",),
    published_at=NOW - timedelta(hours=3),
    published_source="pubDate",
    summary="Two were hurt.",
    content='<p>Two were <b>hurt</b>. <img src="x?utm=1"></p>',
    tags=("x",),
)


def decide(
    *entries: ParsedEntry, known: EntryDecision | None = None, unreadable: tuple[str, ...] = ()
) -> EntryDecision:
    parsed = ParsedFeed("rss20", "T", "en-GB", "", "", None, None, entries, unreadable)
    stored = [to_known(entry) for entry in known.entries] if known else []
    decision = decide_entries(read_entries(parsed, FEED, FETCH, NOW), stored)
    assert decision.taken == len(decision.entries) + decision.unchanged + len(decision.rejections)
    return decision


def test_a_new_entry_is_taken_and_the_same_again_is_not() -> None:
    first = decide(ENTRY)
    (entry,) = first.entries
    assert entry.feed_id == FEED.feed_id
    assert entry.article_id == make_id("ar1", "https://a.example/1")
    assert entry.language == "en"
    assert entry.published_trusted
    again = decide(ENTRY, known=first)
    assert (again.entries, again.unchanged) == ((), 1)


@pytest.mark.parametrize(
    "edited",
    [
        replace(ENTRY, title="Clash at the border kills two"),
        replace(ENTRY, summary="Two were killed."),
        replace(ENTRY, content="<p>Two were killed.</p>"),
        replace(ENTRY, authors=("Ada", "Bo")),
        replace(ENTRY, published_at=NOW - timedelta(days=2)),
        replace(ENTRY, url="https://a.example/2"),
    ],
)
def test_an_edit_is_a_new_version_of_the_same_entry(edited: ParsedEntry) -> None:
    first = decide(ENTRY)
    second = decide(edited, known=first)
    assert [entry.entry_id for entry in second.entries] == [first.entries[0].entry_id]
    assert second.entries[0].entry_version_id != first.entries[0].entry_version_id


@pytest.mark.parametrize(
    "touched",
    [
        replace(ENTRY, url="http://www.a.example/1/?utm_source=rss&at_medium=x"),
        replace(ENTRY, content='<div><p>Two  were <i>hurt</i>. <img src="x?utm=2"></p></div>'),
        replace(ENTRY, summary="Two were hurt. 1,204 comments"),
        replace(ENTRY, summary="Two were hurt. Views: 17"),
        replace(ENTRY, tags=("y", "z")),
        replace(ENTRY, updated_at=NOW),
        replace(ENTRY, published_at=NOW - timedelta(hours=2)),
    ],
)
def test_what_changes_of_itself_is_no_edit(touched: ParsedEntry) -> None:
    first = decide(ENTRY)
    assert decide(touched, known=first).unchanged == 1


def test_an_update_stamp_in_place_of_a_date_is_no_edit() -> None:
    stamped = replace(ENTRY, published_source="updated")
    first = decide(stamped)
    assert decide(replace(stamped, published_at=NOW - timedelta(days=9)), known=first).unchanged == 1


@pytest.mark.parametrize(
    ("entry", "identity"),
    [
        (ENTRY, "g1"),
        (replace(ENTRY, guid="http://www.a.example/1?utm_source=x"), "https://a.example/1"),
        (replace(ENTRY, guid=""), "https://a.example/1"),
        (replace(ENTRY, guid="", url=""), "Clash at the border\n2026-03-03"),
        (replace(ENTRY, guid="", url="", title=""), "Two were hurt."),
        (replace(ENTRY, guid="", url="", title="", summary=""), "Two were hurt."),
    ],
)
def test_identity(entry: ParsedEntry, identity: str) -> None:
    assert identify_entry(entry) == identity


def test_a_feed_that_gives_every_item_one_guid_loses_none() -> None:
    parsed = parse_feed((FEED_CASES / "one_guid.xml").read_bytes(), "", FEED.url)
    assert isinstance(parsed, ParsedFeed)
    decision = decide_entries(read_entries(parsed, FEED, FETCH, NOW), ())
    assert [entry.title for entry in decision.entries] == ["A", "B", "C"]
    assert len({entry.entry_id for entry in decision.entries}) == 3
    assert [rejection.reason for rejection in decision.rejections] == ["entry_duplicate"]


def test_variants_of_one_address_are_one_article() -> None:
    parsed = parse_feed((FEED_CASES / "variants.xml").read_bytes(), "", FEED.url)
    assert isinstance(parsed, ParsedFeed)
    decision = decide_entries(read_entries(parsed, FEED, FETCH, NOW), ())
    assert [entry.canonical_url for entry in decision.entries] == [
        "https://var.example/story",
        "https://var.example/other",
    ]
    assert [rejection.reason for rejection in decision.rejections] == ["entry_duplicate"] * 2


def test_alike_entries_of_different_days_are_two() -> None:
    quake = replace(ENTRY, guid="quake", title="Earthquake alert")
    later = replace(quake, published_at=NOW - timedelta(days=1), summary="Magnitude 4.1")
    assert len(decide(quake, later).entries) == 2


def test_empty_and_unreadable_entries_are_rejected() -> None:
    decision = decide(ParsedEntry(), ENTRY, ParsedEntry(tags=("x",)), unreadable=("entry 4: broken",))
    assert decision.taken == 4
    assert [(rejection.reason, rejection.detail) for rejection in decision.rejections] == [
        ("entry_unreadable", "entry 4: broken"),
        ("entry_empty", "entry 1 of 3"),
        ("entry_empty", "entry 3 of 3"),
    ]
    assert len({rejection.item_id for rejection in decision.rejections}) == 3


def test_an_absurd_date_is_kept_and_not_trusted() -> None:
    (entry,) = decide(replace(ENTRY, published_at=NOW + timedelta(days=400))).entries
    assert entry.published_at == NOW + timedelta(days=400)
    assert not entry.published_trusted


def test_language_falls_back_on_the_subscription() -> None:
    assert to_iso_639_1("pt_BR") == "pt"
    assert to_iso_639_1("eng") == ""
    parsed = ParsedFeed("rss20", "T", "", "", "", None, None, (ENTRY,))
    assert decide_entries(read_entries(parsed, FEED, FETCH, NOW), ()).entries[0].language == "sw"


RANDOM_GUID = replace(ENTRY, guid="0f8fad5b-d9cb-469f-a165-70867728950e")
TOKEN_LINK = replace(ENTRY, url="https://a.example/s/9f3ac81b22d0/clash?visit=1764000000")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (RANDOM_GUID, replace(RANDOM_GUID, guid="7c9e6679-7425-40de-944b-e07fc1f90ae7")),
        (TOKEN_LINK, replace(TOKEN_LINK, url="https://a.example/s/07bd11c4e5f6/clash?visit=1764000900")),
        (replace(ENTRY, guid="", url=TOKEN_LINK.url),
         replace(ENTRY, guid="", url="https://a.example/s/07bd11c4e5f6/clash?visit=1764000900")),
        (replace(TOKEN_LINK, guid="x1"),
         replace(TOKEN_LINK, guid="x2", url="https://a.example/s/07bd11c4e5f6/clash?visit=1764000900")),
        (replace(ENTRY, guid="x1", url=""), replace(ENTRY, guid="x2", url="")),
        (replace(ENTRY, url="https://a.example/1?sid=9f3ac81b22d09f3ac81b22d0"),
         replace(ENTRY, url="https://a.example/1?sid=07bd11c4e5f607bd11c4e5f6")),
    ],
    ids=["guid", "link", "link without guid", "guid and link", "guid without link", "session"],
)  # fmt: skip
def test_what_is_drawn_anew_at_every_poll_makes_no_new_entry(before: ParsedEntry, after: ParsedEntry) -> None:
    first = decide(before)
    second = decide(after, known=first)
    assert (second.entries, second.unchanged) == ((), 1)
    edited = decide(replace(after, summary="Two were killed."), known=first)
    assert [entry.entry_id for entry in edited.entries] == [first.entries[0].entry_id]
    assert edited.entries[0].article_id == first.entries[0].article_id


def test_a_new_guid_and_title_at_the_same_address_is_an_edit() -> None:
    first = decide(RANDOM_GUID)
    (second,) = decide(replace(RANDOM_GUID, guid="g2", title="Clash kills two"), known=first).entries
    assert second.entry_id == first.entries[0].entry_id
    assert second.entry_version_id != first.entries[0].entry_version_id


@pytest.mark.parametrize(
    "other",
    [
        replace(ENTRY, guid="g2", url="https://a.example/2"),
        replace(ENTRY, guid="g2", url="https://a.example/other-clash"),
        replace(ENTRY, guid="g2", url="https://b.example/s/07bd11c4e5f6/clash"),
        replace(ENTRY, guid="g2", url="", title="Another clash"),
        replace(ENTRY, guid="g2", url="", published_at=NOW - timedelta(hours=1)),
    ],
)
def test_other_entries_stay_other_entries(other: ParsedEntry) -> None:
    first = decide(ENTRY, replace(ENTRY, guid="g9", url="", summary="x"))
    (second,) = decide(other, known=first).entries
    assert second.entry_id not in {entry.entry_id for entry in first.entries}


def test_entries_that_share_one_page_are_not_taken_for_each_other() -> None:
    """A live blog: every post links to the page, and older ones leave the feed."""
    posts = [replace(ENTRY, guid=f"p{number}", title=f"Post {number}") for number in range(4)]
    first = decide(*posts[:3])
    second = decide(*posts[1:], known=first)
    assert second.unchanged == 2
    assert second.entries[0].entry_id not in {entry.entry_id for entry in first.entries}


def test_keys_are_those_by_which_entries_are_stored() -> None:
    parsed = ParsedFeed(
        "rss20", "T", "", "", "", None, None, (ENTRY, ParsedEntry(), replace(ENTRY, guid="g2"))
    )
    first = decide(ENTRY).entries[0]
    keys = read_entries(parsed, FEED, FETCH, NOW).keys
    assert keys == EntryKeys((first.entry_id, keys.entry_ids[1]), (first.canonical_url,), (first.title,))


def test_entries_over_the_limit_are_not_taken_yet() -> None:
    parsed = ParsedFeed("rss20", "T", "", "", "", None, None, (ENTRY,), left_out=7)
    decision = decide_entries(read_entries(parsed, FEED, FETCH, NOW), ())
    assert (decision.taken, len(decision.entries), decision.rejections) == (1, 1, ())


def test_what_fails_in_one_entry_is_its_rejection() -> None:
    no_text = replace(ENTRY, guid="g2", url="https://a.example/2", content=7)  # type: ignore[arg-type]
    no_title = replace(ENTRY, guid="g3", title=b"bytes".split)  # type: ignore[arg-type]
    decision = decide(no_text, no_title, ENTRY)
    assert [entry.guid for entry in decision.entries] == ["g1"]
    assert [one.reason for one in decision.rejections] == ["entry_unreadable"] * 2
    assert sorted(one.detail[:18] for one in decision.rejections) == [
        "entry 1: TypeError",
        "entry 2: Attribute",
    ]


def test_a_feed_of_one_address_takes_time_in_proportion() -> None:
    text = "word " * 4_000

    def measure(count: int) -> float:
        entries = [
            replace(ENTRY, guid=f"g{n}", title=f"t{n}", summary=f"{n} {text}", content="")
            for n in range(count)
        ]
        began = time.process_time()
        assert len(decide(*entries).entries) == count
        return time.process_time() - began

    measure(10)
    assert measure(800) < 10 * measure(200) + 0.2


FIELD = st.sampled_from(
    ["", "a", "b", "https://a.example/x", "http://www.a.example/x/amp?utm_source=r", "https://a.example/y"]
)
ENTRIES = st.lists(
    st.builds(
        ParsedEntry,
        guid=FIELD,
        url=FIELD,
        title=FIELD,
        summary=FIELD,
        content=FIELD,
        published_at=st.sampled_from([None, NOW]),
    ),
    max_size=8,
)


@given(ENTRIES)
def test_nothing_is_lost_and_a_second_poll_finds_nothing_new(entries: list[ParsedEntry]) -> None:
    first = decide(*entries)
    assert first.taken == len(entries)
    assert len({entry.entry_id for entry in first.entries}) == len(first.entries)
    second = decide(*entries, known=first)
    assert second.entries == ()
    assert second.unchanged == len(first.entries)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real feeds are not on this machine")
def test_real_feeds_are_all_taken_once() -> None:
    for path in REAL.iterdir():
        parsed = parse_feed(path.read_bytes(), "", f"https://real.example/{path.name}")
        assert isinstance(parsed, ParsedFeed)
        decision = decide_entries(read_entries(parsed, FEED, FETCH, NOW), ())
        assert len(decision.entries) == len({entry.entry_id for entry in decision.entries}) == decision.taken
