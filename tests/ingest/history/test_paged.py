"""The source `paged`: feeds that link to their older pages, and those whose links lead nowhere or in circles."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history.paged import PagedSource
from ingest.history.paged_links import add_query, read_head, read_link_header
from ingest.history.protocol import HistoryAccess, HistoryRequest, HistoryWindow
from ingest.http.exchange import Exchange
from tests.ingest.history.asking import Reading, attempt, check_every_cursor, describe, give_access, plan
from tests.ingest.history.wordpress_site import want
from tests.loopback import LoopbackServer, Received, Reply, redirect, throttle
from transforms.errors import Permanent, Transient
from transforms.feeds.parse_feed import parse_feed
from transforms.feeds.parsed_feed import NotAFeed, ParsedFeed
from transforms.history.settings import HistorySettings
from transforms.make_fetch import make_fetch

SOURCE = PagedSource()
ATOM = "application/atom+xml"
HTML = Reply(body=b"<!doctype html><html><body>Checking your browser ...</body></html>")
HISTORY = 'xmlns:fh="http://purl.org/syndication/history/1.0"'


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


@pytest.fixture
def access(tmp_path: Path) -> HistoryAccess:
    return give_access(tmp_path)


def entry(day: date | str, number: int = 0) -> str:
    published = f"<published>{day}T12:00:00Z</published>" if day else ""
    guid = f"tag:gazette.example,{day}:{number}"
    return (
        f'<entry><id>{guid}</id><title>Report {number}</title>{published}<link rel="next" href="/not-the-feeds"/>'
        f'<link href="https://gazette.example/{day}/{number}"/></entry>'
    )


def atom(entries: Sequence[str], more: str = "", **links: str) -> Reply:
    told = "".join(f'<link rel="{name.replace("_", "-")}" href="{href}"/>' for name, href in links.items())
    body = f'<feed xmlns="http://www.w3.org/2005/Atom" {HISTORY}>{more}{told}{"".join(entries)}</feed>'
    return Reply(body=body.encode(), content_type=ATOM)


def days_before(last: date, count: int) -> list[str]:
    return [entry(last - timedelta(days=at)) for at in range(count)]


def serve_chain(server: LoopbackServer, relation: str, pages: Sequence[Sequence[str]], **more: Reply) -> None:
    """Pages that each link to the next, the first at `/feed`."""
    paths = ["/feed", *(f"/page-{number}" for number in range(1, len(pages)))]
    for path, following, entries in zip(paths, [*paths[1:], ""], pages, strict=True):
        server.route(path, atom(entries, **({relation: following} if following else {})))


def ask(server: LoopbackServer, first: str = "2024-02-01", last: str = "2024-02-29") -> HistoryRequest:
    return want(server.url("/feed"), first, last)


def read_one(
    server: LoopbackServer, access: HistoryAccess, first: str = "2024-02-01", last: str = "2024-02-29"
) -> tuple[HistoryWindow, Reading]:
    wanted = ask(server, first, last)
    [window] = plan(SOURCE, wanted, access)
    return window, attempt(SOURCE, window, wanted, access)


MARCH_BACK = [
    [entry(date(2024, 3, 20) - timedelta(days=10 * page + at)) for at in range(10)] for page in range(12)
]
"""A hundred and twenty days, newest first, ten a page, back from 20 March."""


# ---- planning ----


def test_a_feed_without_such_links_has_nothing(server: LoopbackServer, access: HistoryAccess) -> None:
    server.route("/feed", atom(days_before(date(2024, 3, 1), 5), self="/feed", alternate="/"))
    assert plan(SOURCE, ask(server), access) == []
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        HTML,
        Reply(status=404, body=b"no"),
        Reply(status=403, body=b"no"),
        Reply(status=410),
        Reply(body=b""),
        Reply(body=b'{"next_url": "/2", "items": 5}', content_type="application/json"),
        Reply(body=b'{"next_url": "/2", "items": [', content_type="application/json"),
        Reply(body=b"\x00\xff\xfe<<<<", content_type=ATOM),
        atom([], next="http://localhost/elsewhere"),
        atom([], prev_archive="ftp://127.0.0.1/x"),
        atom([], next="/feed"),
        atom([], next="http://[::1"),
        atom([], more="<generator>Blogger</generator>", next="/comments"),
    ],
)
def test_what_has_nothing(answer: Reply, server: LoopbackServer, access: HistoryAccess) -> None:
    path = "/feeds/7/comments/default" if b"Blogger" in answer.body else "/feed"
    server.route(path, answer)
    assert plan(SOURCE, want(server.url(path), "2024-02-01", "2024-02-29"), access) == []


def json_feed(items: Sequence[str], following: str = "") -> Reply:
    told = [
        {"id": day, "url": f"https://gazette.example/{day}", "date_published": f"{day}T12:00:00Z"}
        for day in items
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Gazette", "items": told}
    body = json.dumps(feed | ({"next_url": following} if following else {})).encode()
    return Reply(body=body, content_type="application/feed+json")


RSS = (
    '<rss version="2.0" xmlns:{p}="http://www.w3.org/2005/Atom"><channel><link>https://gazette.example/</link>'
    '<item><{p}:link rel="next" href="/wrong"/></item><{p}:link rel="next" href="/older"/></channel></rss>'
)


@pytest.mark.parametrize(
    ("answer", "way", "link"),
    [
        (atom([], prev_archive="/2024/01", next="/page/2"), "prev-archive", "/2024/01"),
        (atom([], next="page/2"), "next", "/page/2"),
        (atom([], **{"http://www.iana.org/assignments/relation/prev-archive": "/a"}), "prev-archive", "/a"),
        (Reply(body=RSS.format(p="atom").encode(), content_type="application/rss+xml"), "next", "/older"),
        (Reply(body=RSS.format(p="a10").encode(), content_type="text/xml"), "next", "/older"),
        (replace(atom([]), headers=(("Link", "</>; rel=up, </2>; rel=\"next\""),)), "next", "/2"),
        (json_feed(["2024-03-01"], "/feed.json?page=2"), "next", "/feed.json?page=2"),
        (atom(["<entry/>"] * 3, "<fh:complete/>"), "complete", "3"),
    ],
)  # fmt: skip
def test_what_can_be_walked(
    answer: Reply, way: str, link: str, server: LoopbackServer, access: HistoryAccess
) -> None:
    server.route("/feed", answer)
    [window] = plan(SOURCE, ask(server), access)
    assert window.facts == (way, server.url(link) if link.startswith("/") else link)
    assert (window.items[0].name, window.items[0].address) == (way, server.url("/feed"))
    assert (window.first_day, window.last_day, window.count) == (date(2024, 2, 1), date(2024, 2, 29), None)
    assert len(server.requests) == 1
    assert plan(SOURCE, ask(server), access) == [window]


def test_a_feed_that_moved_is_walked_where_it_is(server: LoopbackServer, access: HistoryAccess) -> None:
    server.route("/feed", redirect(301, "/new/feed"))
    server.route("/new/feed", atom(days_before(date(2024, 2, 20), 25), prev_archive="older"))
    server.route("/new/older", atom(days_before(date(2024, 1, 10), 5)))
    window, reading = read_one(server, access)
    assert window.items[0].address == server.url("/new/feed")
    assert (len(reading.exchanges), reading.end.state) == (2, "complete")


def test_facts_change_with_a_day_that_is_not_over(server: LoopbackServer, access: HistoryAccess) -> None:
    today = datetime.now(UTC).date()
    facts = []
    for number in (1, 2):
        server.route("/feed", atom([entry(today, number)], next="/2"))
        facts += [window.facts for window in plan(SOURCE, ask(server, last=str(today)), access)]
        facts += [window.facts for window in plan(SOURCE, ask(server), access)]
    assert facts[0] != facts[2]
    assert facts[1] == facts[3]


def test_half_a_feed_is_planned_again_later(server: LoopbackServer, access: HistoryAccess) -> None:
    server.route("/feed", replace(atom(days_before(date(2024, 3, 1), 5), next="/2"), fault="cut"))
    with pytest.raises(Transient, match="plan again later"):
        plan(SOURCE, ask(server), access)
    server.route("/feed", throttle(503, "0"))
    with pytest.raises(Transient, match="run again later"):
        plan(SOURCE, ask(server), access)
    with pytest.raises(Permanent):
        plan(SOURCE, replace(ask(server), first_day=None), access)


# ---- walking ----


@pytest.mark.parametrize("relation", ["prev_archive", "next"])
def test_the_walk_ends_where_pages_are_older(
    relation: str, server: LoopbackServer, access: HistoryAccess
) -> None:
    serve_chain(server, relation, MARCH_BACK)
    window, reading = read_one(server, access)
    assert reading.end.state == "complete"
    assert (reading.end.expected, reading.end.days) == (None, ())
    assert len(reading.exchanges) == 7, "five pages of the window and before, two wholly older"
    days = {entry.published_at.date() for entry in reading.entries if entry.published_at}
    assert {date(2024, 2, 1) + timedelta(days=at) for at in range(29)} <= days
    assert {exchange.fetch.feed_id for exchange in reading.exchanges} == {window.feed_id}
    check_every_cursor(SOURCE, window, ask(server), access)


def test_one_older_page_is_not_the_end(server: LoopbackServer, access: HistoryAccess) -> None:
    """Archives need not be in order."""
    pages = [MARCH_BACK[1], MARCH_BACK[10], MARCH_BACK[3], MARCH_BACK[4], MARCH_BACK[6], MARCH_BACK[7]]
    serve_chain(server, "prev_archive", pages)
    _, reading = read_one(server, access)
    assert len(reading.exchanges) == 6


def test_an_archive_is_whole_at_its_oldest_page(server: LoopbackServer, access: HistoryAccess) -> None:
    serve_chain(server, "prev_archive", MARCH_BACK[:4])
    _, reading = read_one(server, access)
    assert (reading.end.state, len(reading.exchanges)) == ("complete", 4)
    assert "oldest archive" in reading.end.evidence


def test_of_pages_nobody_knows_whether_there_are_more(server: LoopbackServer, access: HistoryAccess) -> None:
    serve_chain(server, "next", MARCH_BACK[:4])  # back to 10 February
    _, reading = read_one(server, access)
    assert reading.end.state == "partial"
    states = {day.day: day.state for day in reading.end.days}
    assert len(states) == 29
    # the last two pages lie wholly before 1 March: what is newer was passed
    assert set(states.values()) == {"partial"}
    _, reading = read_one(server, access, "2024-02-01", "2024-03-19")
    passed = {day.day for day in reading.end.days if day.state == "complete"}
    assert passed == {date(2024, 3, 1) + timedelta(days=at) for at in range(19)}


def test_archives_that_go_on_as_pages_are_pages(server: LoopbackServer, access: HistoryAccess) -> None:
    server.route("/feed", atom(MARCH_BACK[0], prev_archive="/a"))
    server.route("/a", atom(MARCH_BACK[1], next="/b"))
    server.route("/b", atom(MARCH_BACK[2]))
    _, reading = read_one(server, access)
    assert (reading.end.state, len(reading.exchanges)) == ("partial", 3)


def test_a_feed_that_is_complete(server: LoopbackServer, access: HistoryAccess) -> None:
    server.route("/feed", atom(days_before(date(2024, 2, 20), 9), "<fh:complete/>"))
    window, reading = read_one(server, access)
    assert (reading.end.state, len(reading.exchanges), reading.cursors) == ("complete", 1, [])
    server.route("/feed", atom(days_before(date(2024, 2, 20), 9)))
    assert attempt(SOURCE, window, ask(server), access).end.state == "partial"
    server.route("/feed", Reply(status=404))
    assert attempt(SOURCE, window, ask(server), access).end.state == "partial"


def test_complete_in_another_namespace_says_nothing(server: LoopbackServer, access: HistoryAccess) -> None:
    body = atom([], "<x:complete/>").body.replace(b"purl.org/syndication/history", b"x.example/y")
    server.route("/feed", Reply(body=body, content_type=ATOM))
    assert plan(SOURCE, ask(server), access) == []


def test_a_json_feed_is_walked(server: LoopbackServer, access: HistoryAccess) -> None:
    server.route("/feed", json_feed(["2024-03-02", "2024-02-20"], "?page=2"))
    route = {"2": json_feed(["2024-02-10"], "/feed?page=3"), "3": json_feed(["2024-01-20"], "/feed?page=4")}
    route["4"] = json_feed(["2024-01-10"], "/feed?page=5")
    first = json_feed(["2024-03-02", "2024-02-20"], "?page=2")
    server.route("/feed", lambda request: route.get(request.path.rpartition("=")[2], first))
    _, reading = read_one(server, access)
    assert (reading.end.state, len(reading.exchanges)) == ("complete", 4)


# ---- where walks go wrong ----


def circle(request: Received) -> Reply:
    pages = {"/feed": ("/b", 0), "/b": ("/c", 1), "/c": ("/feed", 2)}
    following, number = pages[urlsplit(request.path).path]
    return atom(MARCH_BACK[number], next=following)


def endless(request: Received) -> Reply:
    number = int(request.path.partition("=")[2] or 1)
    return atom(MARCH_BACK[0], next=f"/feed?page={number + 1}")


def endless_behind(request: Received) -> Reply:
    number = int(request.path.partition("=")[2] or 1)
    return atom(MARCH_BACK[min(number, 3)], next=f"/feed?page={number + 1}")


@pytest.mark.parametrize(
    ("answer", "requests"), [(circle, 3), (endless, 2), (endless_behind, 4)]
)  # fmt: skip
def test_circles_are_left(
    answer: Callable[[Received], Reply], requests: int, server: LoopbackServer, access: HistoryAccess
) -> None:
    for path in ("/feed", "/b", "/c"):
        server.route(path, answer)
    window, reading = read_one(server, access)
    assert (reading.end.state, len(reading.exchanges)) == ("partial", requests)
    assert "gives pages again" in reading.end.evidence
    for cursor in reading.cursors:
        assert attempt(SOURCE, window, ask(server), access, cursor).end.state == "partial"


@pytest.mark.parametrize(("relation", "count"), [("next", 2), ("prev_archive", 5)])
def test_empty_pages_without_end(relation: str, count: int, server: LoopbackServer, tmp_path: Path) -> None:
    def go_on(request: Received) -> Reply:
        number = int(request.path.partition("=")[2] or 1)
        entries = MARCH_BACK[0] if number == 1 else []
        return atom(entries, **{relation: f"/feed?page={number + 1}"})

    server.route("/feed", go_on)
    _, reading = read_one(server, give_access(tmp_path, HistorySettings(max_pages=5)))
    assert (reading.end.state, len(reading.exchanges)) == ("partial", count)


def test_no_more_pages_than_are_allowed(server: LoopbackServer, tmp_path: Path) -> None:
    access = give_access(tmp_path, HistorySettings(max_pages=3))
    serve_chain(server, "prev_archive", MARCH_BACK)
    wanted = ask(server, "2024-02-01", "2024-03-19")
    [window] = plan(SOURCE, wanted, access)
    reading = attempt(SOURCE, window, wanted, access)
    assert (reading.end.state, len(reading.exchanges)) == ("partial", 3)
    assert "history.max_pages = 3" in reading.end.evidence
    assert "pages read: 3, entries: 30" in reading.end.evidence
    assert {day.day for day in reading.end.days if day.state == "complete"} == {
        date(2024, 3, 11) + timedelta(days=at) for at in range(9)
    }


def test_a_link_to_another_host_is_not_followed(server: LoopbackServer, access: HistoryAccess) -> None:
    server.route("/feed", atom(MARCH_BACK[0], next="/b"))
    server.route("/b", atom(MARCH_BACK[1], next=server.url("/c", host="localhost")))
    _, reading = read_one(server, access)
    assert (reading.end.state, len(reading.exchanges)) == ("partial", 2)
    assert "away from the feed's host" in reading.end.evidence
    assert not server.requests_for("/c")


@pytest.mark.parametrize(
    "answer",
    [
        Reply(status=404, body=b"no"),
        Reply(status=404, body=b"<feed/>", content_type=ATOM),
        Reply(status=410),
        Reply(body=b"x" * 3_000_000, content_type=ATOM),
        redirect(302, "ftp://elsewhere.example/"),
    ],
)
def test_a_page_that_is_gone_leaves_a_hole(
    answer: Reply, server: LoopbackServer, access: HistoryAccess
) -> None:
    serve_chain(server, "prev_archive", MARCH_BACK)
    server.route("/page-3", answer)
    _, reading = read_one(server, access, "2024-02-01", "2024-03-19")
    assert (reading.end.state, len(reading.exchanges)) == ("partial", 4)
    assert "/page-3" in reading.end.evidence
    assert count_states(reading) == {"complete": 9, "partial": 39}


def count_states(reading: Reading) -> dict[str, int]:
    states = [day.state for day in reading.end.days]
    return {state: states.count(state) for state in sorted(set(states))}


@pytest.mark.parametrize(
    "answer",
    [
        HTML,
        Reply(status=403, body=b"no"),
        Reply(status=400, body=b"no"),
        Reply(body=b""),
        Reply(body=b"{}", content_type="application/json"),
        replace(atom(MARCH_BACK[3], prev_archive="/page-4"), fault="cut"),
    ],
)
def test_what_is_no_feed_is_never_the_end(
    answer: Reply, server: LoopbackServer, access: HistoryAccess
) -> None:
    serve_chain(server, "prev_archive", MARCH_BACK)
    well = atom(MARCH_BACK[3], prev_archive="/page-4")
    server.route("/page-3", answer)
    window, reading = read_one(server, access)
    assert "tried again in the next run" in reading.error
    assert len(reading.exchanges) == 4
    second = attempt(SOURCE, window, ask(server), access, reading.cursors[-1])
    assert second.error
    assert len(second.exchanges) == 1
    third = attempt(SOURCE, window, ask(server), access, second.cursors[-1])
    assert third.end.state == "partial"
    assert "given up after 3 runs" in third.end.evidence
    server.route("/page-3", well)
    last = attempt(SOURCE, window, ask(server), access, second.cursors[-1])
    assert (last.end.state, len(last.exchanges)) == ("complete", 4)


def test_a_server_that_is_down_is_asked_later(server: LoopbackServer, access: HistoryAccess) -> None:
    serve_chain(server, "prev_archive", MARCH_BACK)
    server.route("/page-3", throttle(503, "0"))
    window, reading = read_one(server, access)
    assert "run again later" in reading.error
    assert len(reading.cursors) == 3
    server.route("/page-3", atom(MARCH_BACK[3], prev_archive="/page-4"))
    rest = attempt(SOURCE, window, ask(server), access, reading.cursors[-1])
    assert (rest.end.state, len(rest.exchanges)) == ("complete", 4)


@pytest.mark.parametrize("day", ["", "1970-01-01", "1812-06-24", "2199-01-01"])
def test_entries_without_a_date_that_can_be_meant_end_nothing(
    day: str, server: LoopbackServer, access: HistoryAccess
) -> None:
    pages = [[*page, entry(day, number)] for number, page in enumerate(MARCH_BACK)]
    serve_chain(server, "next", pages)
    _, reading = read_one(server, access)
    assert (reading.end.state, len(reading.exchanges)) == ("partial", 12)
    assert not reading.end.days


def test_times_of_unknown_zones_end_nothing_too_early(server: LoopbackServer, access: HistoryAccess) -> None:
    pages = [[entry(date(2024, 2, 1))], [entry(date(2024, 1, 31), 1)], [entry(date(2024, 1, 31), 2)]]
    pages += [[entry(date(2024, 1, 30), 3)], [entry(date(2024, 1, 29), 4)], [entry(date(2024, 1, 28), 5)]]
    pages = [[one.replace("T12:00:00Z", " 12:00:00") for one in page] for page in pages]
    serve_chain(server, "next", pages)
    _, reading = read_one(server, access)
    assert (reading.end.state, len(reading.exchanges)) == ("complete", 5)


def test_more_entries_than_are_read_make_it_partial(server: LoopbackServer, access: HistoryAccess) -> None:
    async def parse_few(exchange: Exchange) -> ParsedFeed | NotAFeed:
        return parse_feed(exchange.body, exchange.fetch.content_type, exchange.fetch.url, max_entries=9)

    serve_chain(server, "prev_archive", MARCH_BACK[:3])
    _, reading = read_one(server, replace(access, parse=parse_few))
    assert reading.end.state == "partial"
    assert "1 entries of" in reading.end.evidence


def test_a_window_of_another_plan(server: LoopbackServer, access: HistoryAccess) -> None:
    with pytest.raises(Permanent, match="plan the backfill again"):
        attempt(SOURCE, HistoryWindow("x"), ask(server), access)
    serve_chain(server, "next", MARCH_BACK)
    window, reading = read_one(server, access)
    with pytest.raises(Permanent, match="without a parser"):
        attempt(SOURCE, window, ask(server), replace(access, parse=None))
    for cursor in ("{", "[1]", '{"url": "/x", "newest": "yesterday"}', "null"):
        again = attempt(SOURCE, window, ask(server), access, cursor)
        assert [describe(item) for item in again] == [describe(item) for item in reading]


# ---- Blogger ----


class Blog:
    """A blog that gives seven entries at once at most, whatever is asked for."""

    def __init__(self, count: int, total: int | None = None) -> None:
        self.count = count
        self.total = total
        self.days = [date(2024, 3, 10) - timedelta(days=at) for at in range(60)]

    def answer(self, request: Received) -> Reply:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        low, high = asked.get("published-min", "0"), asked.get("published-max", "9")
        found = [day for day in self.days if low <= f"{day}T12:00:00Z" < high][: self.count]
        start = int(asked.get("start-index", "1")) - 1
        shown = found[start : start + min(7, int(asked.get("max-results", "25")))]
        total = len(found) if self.total is None else self.total
        more = (
            "<generator version='7.00' uri='https://www.blogger.com'>Blogger</generator>"
            f"<os:totalResults xmlns:os='http://a9.com/-/spec/opensearchrss/1.0/'>{total}</os:totalResults>"
        )
        return atom([entry(day) for day in shown], more, next="https://www.blogger.com/feeds/7/posts/default")


def test_a_blog_is_asked_for_its_days_and_counted(server: LoopbackServer, access: HistoryAccess) -> None:
    server.route("/feeds/posts/default", Blog(99).answer)
    wanted = want(server.url("/feeds/posts/default?alt=atom"), "2024-02-01", "2024-02-29")
    [window] = plan(SOURCE, wanted, access)
    assert window.items[0].name == "blogger"
    reading = attempt(SOURCE, window, wanted, access)
    assert len(reading.entries) == 29
    assert reading.end.state == "complete"
    asked = [parse_qs(urlsplit(exchange.fetch.url).query) for exchange in reading.exchanges]
    assert [one["start-index"] for one in asked] == [["1"], ["8"], ["15"], ["22"], ["29"], ["30"]]
    assert asked[0] == {
        "alt": ["atom"], "start-index": ["1"], "max-results": ["500"], "orderby": ["published"],
        "redirect": ["false"], "published-min": ["2024-02-01T00:00:00Z"], "published-max": ["2024-03-01T00:00:00Z"],
    }  # fmt: skip
    check_every_cursor(SOURCE, window, wanted, access)


def test_a_blog_that_keeps_some_back_is_not_complete(server: LoopbackServer, access: HistoryAccess) -> None:
    server.route("/feed", Blog(10).answer)
    server.route("/feeds/posts/default", Blog(10, total=29).answer)
    window, reading = read_one(server, access)
    assert window.items[0].address.startswith(server.url("/feeds/posts/default?"))
    assert (len(reading.entries), reading.end.state) == (10, "partial")
    assert "29" in reading.end.evidence


def test_a_blog_that_gives_one_page_again(server: LoopbackServer, access: HistoryAccess) -> None:
    blog = Blog(99)
    server.route("/feed", blog.answer)
    server.route(
        "/feeds/posts/default",
        lambda request: blog.answer(replace(request, path=request.path.replace("start-index", "x"))),
    )
    _, reading = read_one(server, access)
    assert (len(reading.exchanges), reading.end.state) == (2, "partial")


# ---- what feeds say of themselves ----


def give(body: bytes, content_type: str = ATOM, link: str = "") -> Exchange:
    fetch = make_fetch(
        "run", "feed", "https://gazette.example/news/feed", datetime(2026, 1, 1, tzinfo=UTC),
        content_type=content_type,
    )  # fmt: skip
    return Exchange(fetch, {"link": link} if link else {}, body)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('<https://a.example/2>; rel="next"', [("next", "https://a.example/2")]),
        ("<2>;rel=next;title=x", [("next", "https://gazette.example/news/2")]),
        ('</2>; title="a, b; rel=up"; rel="Next prev-archive"', [("next", "https://gazette.example/2"),
                                                                ("prev-archive", "https://gazette.example/2")]),
        ('</a>; rel=preload; as=script, </b>; rel="next"', [("preload", "https://gazette.example/a"),
                                                           ("next", "https://gazette.example/b")]),
        ("</2>; rel=next; rel=up", [("next", "https://gazette.example/2")]),
        ("<javascript:x>; rel=next, <>; rel=next, <http://[>; rel=next, next, ;;,", []),
        ("</x>; rel", []),
        ("", []),
    ],
)  # fmt: skip
def test_link_headers(value: str, found: list[tuple[str, str]]) -> None:
    relations = read_link_header({"link": value}, "https://gazette.example/news/feed")
    assert [(one.name, one.url) for one in relations] == found


def test_long_headers_take_no_time() -> None:
    for value in (
        " " * 60_000 + "<",
        "<a>" + "; a" * 30_000,
        "<a>;" + " ;" * 30_000,
        "<" * 60_000,
        "<a>; rel=" * 9_000,
    ):
        read_link_header({"link": value}, "https://gazette.example/")


def test_what_a_feed_says_of_itself() -> None:
    body = (
        '<?xml version="1.0"?><!-- <link rel="next" href="/comment"/> --><feed xml:base="/base/" '
        'xmlns="http://www.w3.org/2005/Atom"><title><![CDATA[<link rel="next" href="/cdata"/>]]></title>'
        '<generator uri="https://wordpress.org/" version="6.1">WordPress</generator>'
        '<link href="/home?a=1&amp;b=2"/><entry><published>2024-02-03T01:00:00Z</published></entry>'
        "<link href='2' rel=' Next '/></feed>"
    )
    head = read_head(give(body.encode()))
    assert head.is_feed
    assert head.find("next") == "https://gazette.example/base/2"
    assert head.site_url == "https://gazette.example/home?a=1&b=2"
    assert "wordpress.org" in head.generator
    assert (head.entries, head.days) == (1, (date(2024, 2, 3),))


def test_the_site_of_an_rss_feed() -> None:
    body = "<rss><channel><link><![CDATA[https://gazette.example/x]]></link><item><link>/y</link></item></channel></rss>"
    assert read_head(give(body.encode("utf-16"))).site_url == "https://gazette.example/x"


@given(
    st.binary(max_size=300)
    | st.text(alphabet="<>/\"'= []!-{}:?&;linkrehfnxtatomsfd \n", max_size=300).map(str.encode)
)
def test_no_body_is_too_strange(body: bytes) -> None:
    for before in (b"", b"<feed><link ", b'{"items": [], "next_url": "'):
        head = read_head(give(before + body, link=body.decode("latin-1")))
        assert all(one.url.startswith("http") for one in head.relations)


@given(
    st.integers(1, 10**6),
    st.lists(st.sampled_from(["a=1", "start-index=4", "", "x", "start-index"]), max_size=4),
)
def test_parameters_take_the_place_of_others(number: int, pairs: list[str]) -> None:
    url = add_query(f"https://gazette.example/f?{'&'.join(pairs)}", **{"start-index": str(number)})
    assert url.endswith(f"start-index={number}")
    assert url.count("start-index") == 1
    assert add_query(url, **{"start-index": str(number)}) == url


def test_large_bodies_take_no_time() -> None:
    for part in (
        b"<link ",
        b"<![CDATA[",
        b"<!--",
        b"<item>",
        b"<a b=",
        b"<pubDate>",
        b"<link>          ",
        b"<?",
    ):
        read_head(give(b"<rss>" + part * 100_000))
