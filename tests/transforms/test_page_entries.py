"""Entries for saved pages that no feed announces."""

from dataclasses import replace
from datetime import UTC, datetime

from ingest.history.saved_files import make_exchange
from transforms.feeds.decide_entries import decide_entries, read_entries
from transforms.feeds.page_entries import make_page_entry
from transforms.feeds.parse_feed import parse_feed
from transforms.feeds.parsed_feed import ParsedFeed
from transforms.records import Feed, Fetch

AT = datetime(2026, 3, 6, 9, tzinfo=UTC)


def fetch_of(url: str) -> Fetch:
    return make_exchange("backfill-1", "page", url, AT, "text/html", b"x").fetch


def test_the_host_stands_for_the_feed() -> None:
    feed, entry = make_page_entry(fetch_of("https://www.tidings.example/2026/x?utm_source=rss"), b"x")
    assert (feed.url, feed.outlet, feed.title) == ("https://tidings.example/",) + ("tidings.example",) * 2
    assert entry.feed_id == feed.feed_id
    assert entry.canonical_url == "https://tidings.example/2026/x"
    assert (entry.seen_at, entry.published_at, entry.title) == (AT, None, "")


def test_a_page_without_a_host_has_a_feed_too() -> None:
    feed, entry = make_page_entry(fetch_of("file:pages/x.html"), b"x")
    assert feed.url == "file:"
    assert entry.canonical_url == "file:pages/x.html"


def test_other_content_is_another_version_of_the_same_entry() -> None:
    fetch = fetch_of("https://tidings.example/x")
    _, one = make_page_entry(fetch, b"one")
    _, again = make_page_entry(replace(fetch, fetch_id="ft1-other"), b"one")
    _, edited = make_page_entry(fetch, b"two")
    assert one.entry_id == edited.entry_id
    assert one.entry_version_id == again.entry_version_id != edited.entry_version_id


def test_the_article_is_the_one_of_a_feeds_entry_for_that_address() -> None:
    rss = (
        b"<rss version='2.0'><channel><title>T</title><item><title>X</title>"
        b"<link>http://tidings.example/x?utm_medium=feed</link></item></channel></rss>"
    )
    parsed = parse_feed(rss, "text/xml", "https://tidings.example/rss")
    assert isinstance(parsed, ParsedFeed)
    feed = Feed("fd1-1", "https://tidings.example/rss")
    [announced] = decide_entries(read_entries(parsed, feed, fetch_of(feed.url), AT), ()).entries
    _, found = make_page_entry(fetch_of("https://www.tidings.example/x"), b"x")
    assert found.article_id == announced.article_id
    assert found.entry_id != announced.entry_id
