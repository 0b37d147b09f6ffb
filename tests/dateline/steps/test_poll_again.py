"""Polls after the first: feeds that draw GUIDs and links anew, and feeds of more entries than are read at once."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from pathlib import Path

import pytest

from tests.dateline.homes import SETTINGS, ask, call_well, make_home
from tests.loopback import LoopbackServer, Received, Reply
from transforms.identity import make_id
from transforms.records import Feed

PAGE = (
    "<html><title>Crane</title><article><p>"
    + "Two men were hurt at the pier, police said. " * 30
    + "</article>"
)


@pytest.mark.parametrize("drawn", ["guid", "link", "both"])
def test_a_second_poll_finds_nothing_new(tmp_path: Path, drawn: str) -> None:
    polls = count()

    def answer(request: Received) -> Reply:
        if request.path != "/feed":
            return Reply(body=PAGE.encode())
        token = f"{next(polls):04x}9f3ac81b22d0"
        items = "".join(
            f"<item><title>Crane {number} falls</title><link>/{token if drawn != 'guid' else 'news'}/{number}</link>"
            f'<guid isPermaLink="false">{number}{token if drawn != "link" else ""}</guid>'
            f"<pubDate>Tue, 10 Nov 2026 0{number}:30:00 +0000</pubDate></item>"
            for number in range(3)
        )
        feed = f'<rss version="2.0"><channel><title>Quay</title>{items}</channel></rss>'
        return Reply(body=feed.encode(), content_type="application/rss+xml")

    with LoopbackServer() as server:
        for path in ("/feed", "/news/0", "/news/1", "/news/2"):
            server.route(path, answer)
        for poll in range(2):
            for number in range(3):
                server.route(f"/{poll:04x}9f3ac81b22d0/{number}", answer)
        url = server.url("/feed")
        home = make_home(tmp_path / "home", [Feed(make_id("fd1", url), url)], SETTINGS)
        call_well(home, "run")
        fetched = len(server.requests)
        call_well(home, "run", "--all")
        assert [request.path for request in server.requests[fetched:]] == ["/feed"]
    assert ask(
        home, "SELECT count(*), count(DISTINCT entry_id), count(DISTINCT article_id) FROM entries"
    ) == [(3, 3, 3)]
    [(offset,)] = ask(home, "SELECT DISTINCT published_utc_offset_s FROM entries")
    assert offset == 0


def test_entries_over_the_limit_are_taken_by_the_next_run(tmp_path: Path) -> None:
    items = "".join(
        f"<item><title>Crane {number} falls</title><guid>{number}</guid></item>" for number in (1, 2, 3)
    )
    feed = f'<rss version="2.0"><channel><title>Quay</title>{items}</channel></rss>'
    with LoopbackServer() as server:
        server.route("/feed", Reply(body=feed.encode(), content_type="application/rss+xml", etag='"1"'))
        url = server.url("/feed")
        home = make_home(tmp_path / "home", [Feed(make_id("fd1", url), url)], SETTINGS)
        call_well(home, "run", POLL_MAX_ENTRIES="2")
        assert ask(home, "SELECT guid FROM entries ORDER BY 1") == [("1",), ("2",)]
        assert ask(home, "SELECT entries_read, next_poll_at = last_attempt_at FROM feeds") == [(2, True)]
        call_well(home, "run", POLL_MAX_ENTRIES="2")
    assert ask(home, "SELECT guid FROM entries ORDER BY 1") == [("1",), ("2",), ("3",)]
    assert ask(home, "SELECT entries_read, etag FROM feeds") == [(0, '"1"')]
    counts = (
        "SELECT taken, passed, unchanged, rejected FROM step_counts WHERE step = 'poll_entries' ORDER BY 1"
    )
    assert ask(home, counts) == [(1, 1, 0, 0), (2, 2, 0, 0)]


@pytest.mark.parametrize("shared", [0, 1])
def test_a_feed_whose_answers_share_no_entry_has_lost_some(tmp_path: Path, shared: int) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(hours=1))

    def write(numbers: range) -> Reply:
        items = "".join(
            f"<item><title>Crane {number} falls</title><guid>{number}</guid><pubDate>{soon}</pubDate></item>"
            for number in numbers
        )
        feed = f'<rss version="2.0"><channel><title>Quay</title>{items}</channel></rss>'
        return Reply(body=feed.encode(), content_type="application/rss+xml")

    with LoopbackServer() as server:
        server.route("/feed", [write(range(3)), write(range(3 - shared, 6))])
        home = make_home(tmp_path / "home", [Feed(make_id("fd1", server.url("/feed")), server.url("/feed"))])
        call_well(home, "run")
        assert ask(home, "SELECT count(*) FROM coverage_evidence") == [(0,)]  # the first answer lacks nothing
        call_well(home, "run", "--all")
    states = ask(home, "SELECT source, state FROM coverage_evidence")
    assert states == ([] if shared else [("poll", "gap")])
    if not shared:
        said = call_well(home, "coverage")
        assert "share no entry" in said
        assert "Poll such a feed more often" in said
