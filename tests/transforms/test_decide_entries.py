"""New, edited, unchanged, refused: what becomes of a feed's entries."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.paths import CASES, SHARED
from transforms.feeds.decide_entries import EntryDecision, decide_entries, identify_entry, to_iso_639_1
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
    versions = {entry.entry_id: entry.entry_version_id for entry in known.entries} if known else {}
    decision = decide_entries(parsed, FEED, FETCH, versions, NOW)
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
    decision = decide_entries(parsed, FEED, FETCH, {}, NOW)
    assert [entry.title for entry in decision.entries] == ["A", "B", "C"]
    assert len({entry.entry_id for entry in decision.entries}) == 3
    assert [rejection.reason for rejection in decision.rejections] == ["entry_duplicate"]


def test_variants_of_one_address_are_one_article() -> None:
    parsed = parse_feed((FEED_CASES / "variants.xml").read_bytes(), "", FEED.url)
    assert isinstance(parsed, ParsedFeed)
    decision = decide_entries(parsed, FEED, FETCH, {}, NOW)
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
    assert decide_entries(parsed, FEED, FETCH, {}, NOW).entries[0].language == "sw"


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
        decision = decide_entries(parsed, FEED, FETCH, {}, NOW)
        assert len(decision.entries) == len({entry.entry_id for entry in decision.entries}) == decision.taken
