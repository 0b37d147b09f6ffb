"""Polling feeds over real HTTP on loopback."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.feeds.fetch_feeds import PolledFeed, poll_feeds
from ingest.http.client import HttpFetcher
from ingest.http.exchange import Fetcher
from tests.limits import HANG_S
from tests.loopback import LoopbackServer, Reply, redirect, throttle
from transforms.errors import Transient
from transforms.records import Feed, FeedState
from transforms.settings import CleanSettings, HttpSettings, PollSettings

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
POLL = PollSettings()
HTTP = HttpSettings(
    host_spacing_s=0,
    per_host=8,
    connect_timeout_s=HANG_S,
    read_timeout_s=HANG_S,
    total_timeout_s=HANG_S,
    allow_private_addresses=True,
)
PATIENT = CleanSettings(page_timeout_s=HANG_S)
RSS = (
    b"<rss version='2.0'><channel><title>T</title><ttl>60</ttl><item><title>a</title></item></channel></rss>"
)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as running:
        yield running


def start(url: str) -> tuple[Feed, FeedState]:
    feed = Feed(f"fd1-{url}", url)
    return feed, FeedState(feed.feed_id, url)


def poll(
    pairs: Sequence[tuple[Feed, FeedState]],
    hosts: Path,
    seen: list[tuple[int, int]] | None = None,
    settings: PollSettings = POLL,
    workers: CleanSettings = PATIENT,
    http: HttpSettings = HTTP,
) -> list[PolledFeed]:
    async def run() -> list[PolledFeed]:
        async with HttpFetcher(http, hosts, None, "0", lambda: NOW) as fetcher:
            one: Fetcher = fetcher
            progress = None if seen is None else lambda done, total: seen.append((done, total))
            return await poll_feeds(pairs, one, "run", settings, NOW, progress, workers)

    return asyncio.run(run())


def titles(polled: PolledFeed) -> list[str]:
    return [one.fact.title for one in polled.entries.entries] if polled.entries else []


def test_a_feed_is_read_and_then_asked_with_its_validators(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/feed", Reply(body=RSS, content_type="text/xml", etag='W/"odd, one"'))
    pair = start(server.url("/feed"))
    (first,) = poll([pair], tmp_path)
    assert titles(first) == ["a"]
    assert first.rejections == ()
    assert first.state.next_poll_at == NOW + timedelta(hours=1)
    (second,) = poll([(pair[0], first.state)], tmp_path)
    assert server.requests_for("/feed")[1].headers["if-none-match"] == 'W/"odd, one"'
    assert (second.exchange.fetch.outcome, second.entries, second.rejections) == ("not_modified", None, ())
    assert second.state == first.state


def test_every_failure_is_a_rejection_of_its_own_kind(server: LoopbackServer, tmp_path: Path) -> None:
    page = b'<html><link rel="alternate" type="application/rss+xml" href="/real.xml"></html>'
    server.route("/good", Reply(body=RSS))
    server.route("/gone", Reply(status=410, body=b"x"))
    server.route("/page", Reply(body=page))
    server.route("/broken", Reply(body=b'{"version": "https://jsonfeed.org/version/1", '))
    server.route("/down", Reply(status=500, body=b"x"))
    server.route("/cut", Reply(fault="close"))
    server.route("/busy", throttle(429, "7200"))
    names = ["good", "gone", "page", "broken", "down", "cut", "missing", "busy"]
    seen: list[tuple[int, int]] = []
    polled = poll(
        [start(server.url(f"/{name}")) for name in names] + [start("ftp://a.example/")], tmp_path, seen
    )
    assert [rejection.reason for one in polled for rejection in one.rejections] == [
        "feed_gone", "not_a_feed", "feed_unreadable", *["feed_unreachable"] * 4, "feed_refused",
    ]  # fmt: skip
    assert polled[2].rejections[0].detail == f"it is a web page, which advertises {server.url('/real.xml')}"
    assert polled[1].state.status == "gone"
    assert all(one.state.last_error for one in polled[1:])
    assert polled[7].state.next_poll_at is not None
    assert polled[7].state.next_poll_at > NOW + timedelta(hours=1)
    assert sorted(seen) == [(done, 9) for done in range(1, 10)]


def test_only_a_wholly_permanent_move_to_a_feed_is_adopted(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/feed", Reply(body=RSS))
    server.route("/page", Reply(body=b"<html></html>"))
    server.route("/301", redirect(301, "/308"))
    server.route("/308", redirect(308, "/feed"))
    server.route("/302", redirect(302, "/feed"))
    server.route("/mixed", redirect(301, "/302"))
    server.route("/to-page", redirect(301, "/page"))
    polled = poll([start(server.url(path)) for path in ("/301", "/302", "/mixed", "/to-page")], tmp_path)
    assert [one.state.url for one in polled] == [
        server.url("/feed"), server.url("/302"), server.url("/mixed"), server.url("/to-page"),
    ]  # fmt: skip


LONG = b"<rss version='2.0'><channel>%s</channel></rss>" % b"".join(
    b"<item><title>Item %d</title><link>https://a.example/%d</link></item>" % (number, number)
    for number in range(20_000)
)
"""Takes over a thousand times as long to read as a feed of one entry."""


def test_a_feed_that_takes_too_long_to_read_fails_alone(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/good", Reply(body=RSS))
    server.route("/long", Reply(body=LONG))
    pairs = [start(server.url("/long")), start(server.url("/good"))]
    settings = POLL.model_copy(update={"max_entries": 1_000_000})
    long, good = poll(pairs, tmp_path, settings=settings, workers=CleanSettings(page_timeout_s=1.5))
    assert titles(good) == ["a"]
    assert [rejection.reason for rejection in long.rejections] == ["feed_unreadable"]
    assert long.state.last_error == "reading it took too long (more than 1.5 s)"
    assert long.state.failures == 1


def list_items(*names: str) -> bytes:
    items = "".join(f"<item><title>{name}</title></item>" for name in names)
    return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()


def test_entries_above_the_number_allowed_come_with_the_next_polls(
    server: LoopbackServer, tmp_path: Path
) -> None:
    settings = POLL.model_copy(update={"max_entries": 2})
    grown = list_items("new", "a", "b", "c", "d", "e")  # while the first pass was under way
    server.route(
        "/long",
        [
            Reply(body=list_items("a", "b", "c", "d", "e"), etag='"1"'),
            Reply(body=grown, etag='"2"'),
            Reply(body=grown, etag='"2"'),
            Reply(body=grown, etag='"2"'),
            Reply(body=list_items("a"), etag='"3"'),
            Reply(body=list_items("a"), etag='"3"'),
        ],
    )
    feed, state = start(server.url("/long"))
    taken: list[list[str] | None] = []
    for _ in range(6):
        (polled,) = poll([(feed, state)], tmp_path, settings=settings)
        assert polled.rejections == ()
        taken.append(titles(polled) or None)
        wait_s = POLL.min_interval_s if polled.state.entries_read else POLL.default_interval_s
        assert polled.state.next_poll_at == NOW + timedelta(seconds=wait_s)
        state = polled.state
    # a pass from front to end; another since the feed has grown; a feed that became shorter is begun again
    assert taken == [["a", "b"], ["b", "c"], ["d", "e"], ["new", "a"], ["a"], None]
    sent = [request.headers.get("if-none-match") for request in server.requests_for("/long")]
    assert sent == [None, None, None, '"1"', None, '"3"']


def test_a_part_of_an_over_long_feed_leaves_no_validators(server: LoopbackServer, tmp_path: Path) -> None:
    text = list_items("a", "b", "c").removesuffix(b"</channel></rss>")
    server.route("/feed", Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + text))
    feed, state = start(server.url("/feed"))
    began = replace(state, etag='"1"', entries_read=2)
    (polled,) = poll([(feed, began)], tmp_path, settings=POLL.model_copy(update={"max_entries": 2}))
    assert titles(polled) == ["c"]
    assert (polled.state.etag, polled.state.entries_read) == ("", 0)


def test_no_network_ends_the_run_and_changes_no_state(tmp_path: Path) -> None:
    pairs = [start(f"https://{name}.invalid/feed") for name in ("one", "two", "three")]
    with pytest.raises(Transient, match="no network"):
        poll(pairs, tmp_path)


def test_a_single_dead_host_is_recorded(tmp_path: Path) -> None:
    with LoopbackServer() as stopped:
        url = stopped.url("/feed")
    (polled,) = poll([start(url)], tmp_path)
    assert polled.state.failures == 1
    assert polled.rejections[0].reason == "feed_unreachable"


def test_no_feeds_is_no_failure(tmp_path: Path) -> None:
    assert poll([], tmp_path) == []


def test_a_redirected_feed_keeps_its_subscription(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/new", Reply(body=RSS))
    feed, state = start(server.url("/old"))
    (polled,) = poll([(feed, replace(state, url=server.url("/new")))], tmp_path)
    assert polled.feed.url == server.url("/old")
    assert server.requests_for("/old") == []


def test_a_host_that_takes_too_long_leaves_its_other_feeds_to_the_next_run(
    server: LoopbackServer, tmp_path: Path
) -> None:
    for name in ("one", "two", "three"):
        server.route(f"/{name}", Reply(body=RSS, wait_s=1.2))
    http = HTTP.model_copy(update={"per_host": 1, "host_budget_s": 1.0})
    polled = poll([start(server.url(f"/{name}")) for name in ("one", "two", "three")], tmp_path, http=http)
    assert [titles(one) for one in polled] == [["a"], [], []]
    (rejection,) = polled[1].rejections
    assert rejection.reason == "feed_unreachable"
    assert rejection.detail.endswith("took more than 1 s in this run; the rest waits for the next one")
    assert polled[1].state.next_poll_at == NOW + timedelta(seconds=POLL.min_interval_s)


def test_of_a_feed_that_breaks_off_the_whole_entries_are_taken(
    server: LoopbackServer, tmp_path: Path
) -> None:
    text = b"<rss version='2.0'><channel><item><title>one</title></item><item><title>two, which is cut"
    head = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nLast-Modified: long ago\r\nContent-Length: 9999\r\n\r\n'
    server.route("/feed", Reply(raw=head + text))
    (polled,) = poll([start(server.url("/feed"))], tmp_path)
    assert titles(polled) == ["one"]
    assert (polled.state.etag, polled.state.last_modified) == ("", "")


def test_where_a_page_leads_on_is_told(server: LoopbackServer, tmp_path: Path) -> None:
    page = b'<html><head><meta http-equiv="refresh" content="0;url=/new.xml"></head></html>'
    server.route("/feed", Reply(body=page))
    (polled,) = poll([start(server.url("/feed"))], tmp_path)
    assert polled.rejections[0].detail == f"it is a web page, which leads on to {server.url('/new.xml')}"
