"""The source `wordpress`, asked about sites that answer as WordPress does, and about some that do not."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history import wordpress
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow
from ingest.history.wordpress import WordPressSource
from ingest.history.wordpress_api import read_post
from ingest.history.wordpress_feeds import list_periods
from ingest.http.exchange import Exchange
from tests.ingest.history.asking import Reading, attempt, check_every_cursor, describe, give_access, plan
from tests.ingest.history.wordpress_site import SitePost, WordPressServer, list_posts, want
from tests.loopback import Received, Reply, redirect, throttle
from transforms.errors import Permanent, Transient
from transforms.history.settings import HistorySettings

SOURCE = WordPressSource()
API = "/wp-json/wp/v2/posts"
HTML = Reply(body=b"<!doctype html><html><body>Checking your browser ...</body></html>")
SIX_HOURS = timedelta(hours=6)
FEBRUARY = list_posts(datetime(2024, 2, 1, 2, tzinfo=UTC), 29, timedelta(days=1))
MANY = list_posts(datetime(2024, 2, 1, 2, tzinfo=UTC), 116, SIX_HOURS)
"""More than one answer of the API holds."""


@pytest.fixture
def site() -> Iterator[WordPressServer]:
    with WordPressServer(FEBRUARY) as server:
        yield server


@pytest.fixture
def access(tmp_path: Path) -> HistoryAccess:
    return give_access(tmp_path)


def in_february(site: WordPressServer, path: str = "/feed/") -> HistoryRequest:
    return want(site.url(path), "2024-02-01", "2024-02-29")


def read_one(
    site: WordPressServer,
    access: HistoryAccess,
    wanted: HistoryRequest | None = None,
    watch: Callable[[FoundItem], None] = lambda item: None,
) -> tuple[HistoryWindow, Reading]:
    """The one window of a plan, read."""
    wanted = wanted or in_february(site)
    [window] = plan(SOURCE, wanted, access)
    return window, attempt(SOURCE, window, wanted, access, watch=watch)


def close_api(site: WordPressServer, answer: Reply | None = None) -> None:
    """The site answers 401 in the place of posts, or what is given."""
    refusal = Reply(status=401, body=b'{"code":"rest_disabled"}', content_type="application/json")
    for path in (API, "/"):
        site.script(path, answer or refusal)


# ---- planning ----


def test_a_window_says_exactly_how_many_posts_there_are(site: WordPressServer, access: HistoryAccess) -> None:
    [window] = plan(SOURCE, in_february(site), access)
    assert (window.count, window.requests) == (29, 1)
    assert (window.first_day, window.last_day) == (date(2024, 2, 1), date(2024, 2, 29))
    assert window.facts == ("api", site.url(API), "29", str(min(post.at for post in site.posts).date()))
    assert len(site.requests) == 3, "the feed, which tells where the API is, one count and the oldest post"


def test_no_post_at_midnight_is_lost_or_taken_twice(site: WordPressServer, access: HistoryAccess) -> None:
    first = datetime(2024, 2, 1, tzinfo=UTC)
    second = timedelta(seconds=1)
    instants = [first - second, first, first + second, datetime(2024, 3, 1, tzinfo=UTC) - second]
    site.posts = [SitePost(n, at) for n, at in enumerate([*instants, datetime(2024, 3, 1, tzinfo=UTC)], 1)]
    window, reading = read_one(site, access)
    assert window.count == 3
    assert [one.published_at for one in reading.candidates] == instants[1:]
    assert reading.end.state == "complete"


def test_what_holds_many_posts_is_cut_by_years_months_and_days(
    site: WordPressServer, access: HistoryAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordpress, "WINDOW_POSTS", 40)
    site.posts = [
        *list_posts(datetime(2022, 5, 1, tzinfo=UTC), 30, timedelta(days=7), 1),
        *list_posts(datetime(2023, 1, 1, 9, tzinfo=UTC), 70, timedelta(days=5), 100),
        *list_posts(datetime(2024, 2, 3, 1, tzinfo=UTC), 200, timedelta(hours=3), 1000),
        *list_posts(datetime(2024, 3, 10, 1, tzinfo=UTC), 50, timedelta(minutes=3), 2000),
    ]
    wanted = want(site.url("/feed/"), "2022-01-15", "2024-04-10")
    windows = plan(SOURCE, wanted, access)
    assert sum(window.count or 0 for window in windows) == 350
    assert [window.name for window in windows] == sorted(window.name for window in windows)
    days = [(window.first_day, window.last_day) for window in windows]
    assert days[0] == (date(2022, 1, 15), date(2022, 12, 31)), "a year that is small enough stays whole"
    assert days[1] == (date(2023, 1, 1), date(2023, 1, 31))
    for (_, end), (begin, _) in pairwise(days):
        assert end and begin and begin - end == timedelta(days=1)
    assert days[-1][1] == date(2024, 4, 10)
    large = [window for window in windows if (window.count or 0) > 40]
    assert [(one.first_day, one.last_day, one.count) for one in large] == [(date(2024, 3, 10),) * 2 + (50,)]
    assert plan(SOURCE, wanted, access) == windows
    found = [attempt(SOURCE, window, wanted, access) for window in windows]
    assert len({one.url for reading in found for one in reading.candidates}) == 350
    assert all(reading.end.state == "complete" for reading in found)


def test_a_site_that_stops_counting_is_planned_again_later(
    site: WordPressServer, access: HistoryAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordpress, "WINDOW_POSTS", 20)
    site.script(API, lambda request: HTML if site.requests_for(API)[2:] else site.answer(request))
    with pytest.raises(Transient, match="while posts were counted"):
        plan(SOURCE, in_february(site), access)


def test_a_site_that_is_no_wordpress_has_nothing(site: WordPressServer, access: HistoryAccess) -> None:
    site.says_api = site.says_generator = False
    site.script("/", HTML)
    site.script(API, HTML)
    assert plan(SOURCE, in_february(site), access) == []
    assert [request.path[:12] for request in site.requests] == ["/feed/", "/", "/?rest_route"]


@pytest.mark.parametrize(
    "page",
    [
        b'<html><head><link rel="https://api.w.org/" href="/wp-json/"></head></html>',
        b"<html><head><LINK href='/wp-json/' REL='https://api.w.org/' /></head></html>",
    ],
)
def test_the_home_page_may_tell_where_the_api_is(
    page: bytes, site: WordPressServer, access: HistoryAccess
) -> None:
    site.says_api = site.says_generator = False
    site.script("/", Reply(body=page))
    [window] = plan(SOURCE, in_february(site), access)
    assert window.items[0].address == site.url(API)


def test_the_api_is_found_where_nothing_tells_of_it(site: WordPressServer, access: HistoryAccess) -> None:
    site.says_api = site.says_generator = False
    [window] = plan(SOURCE, in_february(site), access)
    assert window.items[0].address == site.url("/?rest_route=/wp/v2/posts")
    assert len(attempt(SOURCE, window, in_february(site), access).candidates) == 29


def test_an_api_on_another_host_is_not_believed(site: WordPressServer, access: HistoryAccess) -> None:
    site.says_api = False
    site.script(
        "/", Reply(body=b"", headers=(("Link", '<http://localhost/wp-json/>; rel="https://api.w.org/"'),))
    )
    site.script("/feed/", lambda request: replace(
        site.answer(request), headers=(("Link", '<http://elsewhere.example/wp-json/>; rel="https://api.w.org/"'),)
    ))  # fmt: skip
    [window] = plan(SOURCE, in_february(site), access)
    assert window.items[0].name == "path"
    assert {request.headers["host"] for request in site.requests} == {f"127.0.0.1:{site.port}"}


def test_a_feed_of_comments_has_no_articles(site: WordPressServer, access: HistoryAccess) -> None:
    assert plan(SOURCE, in_february(site, "/comments/feed/"), access) == []
    assert plan(SOURCE, in_february(site, "/?feed=comments-rss2"), access) == []
    link = f'<{site.url("/wp-json/wp/v2/posts/7")}>; rel="alternate"; type="application/json"'
    site.script("/a-report/feed/", lambda request: replace(site.answer(request), headers=(("Link", link),)))
    assert plan(SOURCE, in_february(site, "/a-report/feed/"), access) == []


def test_a_category_gives_its_own_posts_only(site: WordPressServer, access: HistoryAccess) -> None:
    site.posts = [replace(post, categories=(5,) if post.number % 4 else (1,)) for post in site.posts]
    wanted = in_february(site, "/category/5/feed/")
    window, reading = read_one(site, access, wanted)
    assert (window.count, len(reading.candidates), reading.end.state) == (22, 22, "complete")
    close_api(site)
    window, reading = read_one(site, access, wanted)
    assert window.items[0].name == "query"
    assert len(february_entries(reading)) == 22


def test_of_a_feed_that_the_api_cannot_know_the_months_are_read(
    site: WordPressServer, access: HistoryAccess
) -> None:
    window, reading = read_one(site, access, in_february(site, "/search/ferry/feed/"))
    assert window.items[0].name == "query"
    assert len(february_entries(reading)) == 29
    assert not site.requests_for(API)


def february_entries(reading: Reading) -> set[str]:
    return {
        entry.guid for entry in reading.entries if entry.published_at and f"{entry.published_at:%m}" == "02"
    }


def headerless(request: Received, site: WordPressServer) -> Reply:
    kept = tuple(pair for pair in site.answer(request).headers if not pair[0].startswith("X-WP"))
    return replace(site.answer(request), headers=kept)


def undated(request: Received, site: WordPressServer) -> Reply:
    plain = request.path.replace("after=", "a=").replace("before=", "b=")
    return site.answer(replace(request, path=plain))


@pytest.mark.parametrize(
    "answer",
    [
        Reply(status=401, body=b"{}", content_type="application/json"),
        Reply(status=403, body=b"Forbidden"),
        Reply(status=404, body=b'{"code":"rest_no_route"}', content_type="application/json"),
        Reply(status=400, body=b'{"code":"rest_invalid_param"}', content_type="application/json"),
        HTML,
        Reply(body=b""),
        Reply(body=b'{"code":"oops"}', content_type="application/json"),
        Reply(body=b'["a", "b"]', content_type="application/json", headers=(("X-WP-Total", "2"),)),
        Reply(body=b"<br /><b>Notice</b>: undefined index in /srv/x.php[]", content_type="application/json"),
        Reply(body=b"[" * 100_000, content_type="text/html"),
        headerless,
        undated,
    ],
)
def test_where_the_api_is_of_no_use_months_are_read(
    answer: Any, site: WordPressServer, access: HistoryAccess
) -> None:
    site.posts += list_posts(datetime(2024, 3, 20, tzinfo=UTC), 3, SIX_HOURS, 900)
    site.posts.insert(0, SitePost(0, datetime(2023, 5, 1, tzinfo=UTC)))
    for path in (API, "/"):
        site.script(path, answer if isinstance(answer, Reply) else lambda request: answer(request, site))
    wanted = want(site.url("/feed/"), "2024-01-31", "2024-03-02")
    windows = plan(SOURCE, wanted, access)
    assert [(one.first_day, one.last_day) for one in windows] == [
        (date(2024, 1, 31), date(2024, 1, 31)),
        (date(2024, 2, 1), date(2024, 2, 29)),
        (date(2024, 3, 1), date(2024, 3, 2)),
    ]
    assert {(one.items[0].name, one.items[0].address, one.count) for one in windows} == {
        ("path", site.url("/"), None)
    }


def test_a_site_without_months_is_read_page_by_page(site: WordPressServer, access: HistoryAccess) -> None:
    close_api(site)
    site.posts = MANY + list_posts(datetime(2023, 1, 1, tzinfo=UTC), 200, SIX_HOURS, 500)
    site.script("/2024/02/feed/", redirect(301, "/"))
    site.script("/feed/", lambda request: HTML if "m=" in request.path else site.answer(request))
    wanted = want(site.url("/feed/"), "2024-02-10", "2024-02-29")
    window, reading = read_one(site, access, wanted)
    assert (window.items[0].name, window.items[0].address) == ("page", site.url("/feed/"))
    assert (
        len({entry.guid for entry in reading.entries if entry.published_at and entry.published_at.day > 9})
        >= 80
    )
    assert reading.end.state == "complete"
    assert len(reading.exchanges) == 10, "eight pages hold these days, and two lie before them wholly"
    check_every_cursor(SOURCE, window, wanted, access)


def test_months_that_are_those_of_today_are_no_archive(site: WordPressServer, access: HistoryAccess) -> None:
    close_api(site)
    site.posts = list_posts(datetime(2024, 6, 1, tzinfo=UTC), 30, SIX_HOURS)
    for path in ("/2024/02/feed/", "/feed/"):
        site.script(path, lambda request: site.answer(replace(request, path="/feed/")))
    [window] = plan(SOURCE, in_february(site), access)
    assert window.items[0].name == "page"


def test_days_without_posts_are_a_window_of_none(site: WordPressServer, access: HistoryAccess) -> None:
    wanted = want(site.url("/feed/"), "2019-03-01", "2019-03-31")
    window, reading = read_one(site, access, wanted)
    assert (window.count, reading.end.state, reading.end.expected) == (0, "complete", 0)
    assert {(day.state, day.expected) for day in reading.end.days} == {("unknown", None)}
    site.posts = [
        SitePost(1, datetime(2019, 3, 10, tzinfo=UTC)),
        SitePost(2, datetime(2019, 3, 20, tzinfo=UTC)),
    ]
    _, reading = read_one(site, access, wanted)
    assert {day.day.day: (day.state, day.expected) for day in reading.end.days if day.day.day in (9, 10, 11)} == {
        9: ("unknown", None), 10: ("complete", 1), 11: ("complete", 0),
    }  # fmt: skip


def test_an_api_without_any_post_proves_nothing(site: WordPressServer, access: HistoryAccess) -> None:
    none = Reply(
        body=b"[]", content_type="application/json", headers=(("X-WP-Total", "0"), ("X-WP-TotalPages", "0"))
    )
    close_api(site, none)
    [window] = plan(SOURCE, in_february(site), access)
    assert window.items[0].name == "path"


def test_a_feed_that_is_gone_may_have_a_site(site: WordPressServer, access: HistoryAccess) -> None:
    site.script("/feed/", Reply(status=404, body=b"gone"))
    [window] = plan(SOURCE, in_february(site), access)
    assert window.count == 29
    close_api(site)
    assert plan(SOURCE, in_february(site), access) == []


def test_facts_change_with_a_day_that_is_not_over(site: WordPressServer, access: HistoryAccess) -> None:
    close_api(site)
    today = datetime.now(UTC).date()
    told: list[tuple[str, ...]] = []
    for etag in ('"1"', '"2"'):
        site.script("/feed/", replace(site.answer(Received("GET", "/feed/", {}, 0.0, 0)), etag=etag))
        told += [
            window.facts for window in plan(SOURCE, want(site.url("/feed/"), str(today), str(today)), access)
        ]
        told += [window.facts for window in plan(SOURCE, in_february(site), access)]
    assert told[0] != told[2]
    assert told[1] == told[3]


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_feed_that_another_host_hands_on(
    is_closed: bool, site: WordPressServer, access: HistoryAccess
) -> None:
    if is_closed:
        close_api(site, HTML)
    body = site.write_feed(site.posts[:10])
    site.script("/gazette", Reply(body=body, content_type="text/xml"))
    wanted = want(site.url("/gazette", host="localhost"), "2024-02-01", "2024-02-29")
    window, reading = read_one(site, access, wanted)
    assert {request.headers["host"] for request in site.requests if request.path != "/gazette"} == {
        f"127.0.0.1:{site.port}"
    }
    assert window.items[0].address == site.url("/" if is_closed else API)
    assert len(february_entries(reading) if is_closed else reading.candidates) == 29
    site.says_generator = False
    site.script("/gazette", Reply(body=site.write_feed(site.posts[:10]), content_type="text/xml"))
    assert plan(SOURCE, wanted, access) == [], "a feed may not send us to just any site"


@pytest.mark.parametrize("answer", [throttle(503, "0"), throttle(429, "0"), Reply(fault="close")])
def test_a_site_that_is_down_is_asked_later(
    answer: Reply, site: WordPressServer, access: HistoryAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wait_not(seconds: float) -> None:
        pass

    monkeypatch.setattr("ingest.history.services.asyncio.sleep", wait_not)
    window, _ = read_one(site, access)
    site.script(API, answer)
    with pytest.raises(Transient, match="run again later"):
        plan(SOURCE, in_february(site), access)
    reading = attempt(SOURCE, window, in_february(site), access)
    assert "run again later" in reading.error
    assert not reading.candidates


def test_half_a_count_is_no_count(site: WordPressServer, access: HistoryAccess) -> None:
    site.script(API, lambda request: replace(site.answer(request), fault="cut"))
    with pytest.raises(Transient, match="plan again later"):
        plan(SOURCE, in_february(site), access)


def test_what_a_plan_needs(site: WordPressServer, access: HistoryAccess) -> None:
    wanted = in_february(site)
    for lacking in (
        replace(wanted, feeds=()),
        replace(wanted, last_day=None),
        replace(wanted, feeds=wanted.feeds * 2),
        replace(wanted, path="/tmp/x"),
    ):
        with pytest.raises(Permanent):
            plan(SOURCE, lacking, access)


# ---- reading by the API ----


def test_what_is_known_of_a_post(site: WordPressServer, access: HistoryAccess) -> None:
    site.posts = [
        SitePost(1, datetime(2024, 2, 5, 9, 30, tzinfo=UTC)),
        SitePost(2, datetime(2024, 7, 5, 9, 30, tzinfo=UTC), link="https://other.example/moved"),
    ]
    wanted = want(site.url("/feed/"), "2024-01-01", "2024-12-31")
    _, reading = read_one(site, access, wanted)
    winter, summer = reading.candidates
    assert winter.url == site.url("/2024/02/report-1/")
    assert (winter.published_at, winter.published_source) == (
        datetime(2024, 2, 5, 9, 30, tzinfo=UTC),
        "date_gmt",
    )
    assert (winter.published_utc_offset_s, summer.published_utc_offset_s) == (3600, 7200)
    assert (winter.title, winter.source) == ("Ferry &amp; bridge closed", "wordpress")
    assert winter.feed_id == wanted.feeds[0].feed_id
    assert summer.url == "https://other.example/moved"
    [exchange] = reading.exchanges
    assert (exchange.fetch.kind, exchange.fetch.feed_id) == ("listing", winter.feed_id)


def test_pages_are_read_to_their_end_and_from_every_mark(
    site: WordPressServer, access: HistoryAccess
) -> None:
    site.posts = list_posts(datetime(2024, 2, 1, 5, tzinfo=UTC), 250, timedelta(hours=2))
    window, reading = read_one(site, access)
    assert [request.path.rpartition("page=")[2] for request in site.requests_for(API)[3:]] == ["2", "3"]
    assert len(reading.candidates) == 250
    assert (reading.end.state, reading.end.expected) == ("complete", 250)
    days = Counter(one.published_at.date() for one in reading.candidates if one.published_at)
    assert {day.day: day.expected for day in reading.end.days if day.expected} == days
    assert len(reading.end.days) == 29
    check_every_cursor(SOURCE, window, in_february(site), access)


@pytest.mark.parametrize("drop", [(3,), (3, 150), tuple(range(1, 120))])
def test_a_post_that_is_deleted_meanwhile_makes_no_hole(
    drop: tuple[int, ...], site: WordPressServer, access: HistoryAccess
) -> None:
    """The last case leaves fewer pages than were counted: WordPress answers 400 to the second."""
    site.posts = list_posts(datetime(2024, 2, 1, 5, tzinfo=UTC), 250, timedelta(hours=2))
    wanted = in_february(site)
    [window] = plan(SOURCE, wanted, access)
    if len(drop) > 100:
        site.posts = site.posts[:150]

    def delete(item: FoundItem) -> None:
        if isinstance(item, Exchange) and len(site.requests_for(API)) == 2:
            site.posts = [post for post in site.posts if post.number not in drop]

    reading = attempt(SOURCE, window, wanted, access, watch=delete)
    urls = [one.url for one in reading.candidates]
    assert len(urls) == len(set(urls))
    assert {site.link_of(post) for post in site.posts} <= set(urls)
    assert (reading.end.state, reading.end.expected) == ("complete", len(site.posts))
    check_every_cursor_gives_all(site, window, access, reading)


def check_every_cursor_gives_all(
    site: WordPressServer, window: HistoryWindow, access: HistoryAccess, reading: Reading
) -> None:
    """Hold that no post is missing, whoever reads on from which mark."""
    for cursor in reading.cursors:
        at = next(n for n, item in enumerate(reading) if getattr(item, "cursor", "") == cursor)
        before = {getattr(item, "url", "") for item in reading[:at]}
        again = attempt(SOURCE, window, in_february(site), access, cursor)
        assert {site.link_of(post) for post in site.posts} <= before | {one.url for one in again.candidates}
        assert (again.end.state, again.end.expected) == ("complete", len(site.posts))


def test_a_site_that_never_stays_the_same_is_not_complete(
    site: WordPressServer, access: HistoryAccess
) -> None:
    site.posts = list_posts(datetime(2024, 2, 1, 5, tzinfo=UTC), 150, timedelta(hours=2))
    number = iter(range(5_000, 6_000))

    def add(item: FoundItem) -> None:
        if isinstance(item, Exchange):
            site.posts.append(SitePost(next(number), datetime(2024, 2, 9, tzinfo=UTC)))

    _, reading = read_one(site, access, watch=add)
    assert reading.end.state == "partial"
    assert "again and again" in reading.end.evidence
    assert len(reading.exchanges) == 8


def test_a_site_that_gives_less_at_once(site: WordPressServer, access: HistoryAccess) -> None:
    site.posts = MANY[:35]
    limit = Reply(status=400, body=b'{"code":"rest_invalid_param"}', content_type="application/json")
    site.script(API, lambda request: limit if "per_page=100" in request.path else site.answer(request))
    window, reading = read_one(site, access)
    assert len(reading.candidates) == 35
    assert len(reading.exchanges) == 5
    assert reading.end.state == "complete"
    check_every_cursor(SOURCE, window, in_february(site), access)


def test_a_site_that_hides_some_of_its_posts_is_not_complete(
    site: WordPressServer, access: HistoryAccess
) -> None:
    def hide(request: Received) -> Reply:
        reply = site.answer(request)
        return replace(reply, body=json.dumps(json.loads(reply.body)[1:]).encode())

    site.posts = MANY
    site.script(API, hide)
    _, reading = read_one(site, access)
    assert (reading.end.state, reading.end.expected, len(reading.candidates)) == ("partial", 116, 114)
    assert reading.end.evidence.startswith("114 of 116")
    assert not reading.end.days


def test_a_post_twice_counts_once(site: WordPressServer, access: HistoryAccess) -> None:
    def repeat(request: Received) -> Reply:
        reply = site.answer(request)
        return replace(reply, body=json.dumps(json.loads(reply.body)[:-1] * 2).encode())

    site.posts = MANY
    site.script(API, repeat)
    _, reading = read_one(site, access)
    assert (reading.end.state, len(reading.candidates)) == ("partial", 114)


def test_no_more_pages_than_are_allowed(site: WordPressServer, tmp_path: Path) -> None:
    access = give_access(tmp_path, HistorySettings(max_pages=2))
    site.posts = list_posts(datetime(2024, 2, 1, 5, tzinfo=UTC), 250, timedelta(hours=2))
    _, reading = read_one(site, access)
    assert (reading.end.state, len(reading.candidates)) == ("partial", 200)
    assert "history.max_pages" in reading.end.evidence


def test_half_an_answer_is_read_again(site: WordPressServer, access: HistoryAccess) -> None:
    site.posts = list_posts(datetime(2024, 2, 1, 5, tzinfo=UTC), 150, timedelta(hours=2))
    wanted = in_february(site)
    [window] = plan(SOURCE, wanted, access)
    site.script(
        API,
        lambda request: replace(site.answer(request), fault="cut" if "&page=2" in request.path else ""),
    )
    cut = attempt(SOURCE, window, wanted, access)
    assert "broke off" in cut.error
    assert len(cut.candidates) == 100
    site.script(API, lambda request: replace(site.answer(request), body=site.answer(request).body[:-9]))
    again = attempt(SOURCE, window, wanted, access, cut.cursors[-1])
    assert "broke off" in again.error
    assert not again.candidates
    site.script(API, site.answer)
    rest = attempt(SOURCE, window, wanted, access, again.cursors[-1])
    assert len(rest.candidates) == 50
    assert (rest.end.state, rest.end.expected) == ("complete", 150)


def test_what_always_breaks_off_gives_way_to_the_feeds(site: WordPressServer, access: HistoryAccess) -> None:
    wanted = in_february(site)
    [window] = plan(SOURCE, wanted, access)
    site.script(API, lambda request: replace(site.answer(request), fault="cut"))
    cursor = ""
    for _ in range(2):
        reading = attempt(SOURCE, window, wanted, access, cursor)
        assert "asked again in the next run" in reading.error
        [cursor] = reading.cursors
    reading = attempt(SOURCE, window, wanted, access, cursor)
    assert not reading.error
    assert len(february_entries(reading)) == 29
    assert (reading.end.state, reading.end.expected) == ("complete", None)


@pytest.mark.parametrize("answer", [HTML, Reply(status=403, body=b"no"), Reply(status=404, body=b"{}")])
def test_an_api_that_closes_meanwhile_gives_way_to_the_feeds(
    answer: Reply, site: WordPressServer, access: HistoryAccess
) -> None:
    site.posts = MANY
    wanted = in_february(site)
    [window] = plan(SOURCE, wanted, access)
    site.script(API, lambda request: answer if "&page=2" in request.path else site.answer(request))
    reading = attempt(SOURCE, window, wanted, access)
    assert len(reading.candidates) == 100
    assert len(february_entries(reading)) == 116
    assert (reading.end.state, reading.end.expected) == ("complete", None)
    for cursor in reading.cursors[1::6]:
        again = attempt(SOURCE, window, wanted, access, cursor)
        assert [describe(item) for item in again] == reading.after(cursor)


def test_without_api_and_feeds_a_window_stays_open(site: WordPressServer, access: HistoryAccess) -> None:
    wanted = in_february(site)
    [window] = plan(SOURCE, wanted, access)
    for path in (API, "/feed/", "/2024/02/feed/"):
        site.script(path, HTML)
    reading = attempt(SOURCE, window, wanted, access)
    assert "gave no feed" in reading.error
    site.script("/feed/", Reply(status=404, body=b""))
    lonely = replace(window, items=window.items[:1])
    assert "no feed in its place" in attempt(SOURCE, lonely, wanted, access).error


def test_posts_by_a_clock_that_was_moved_are_not_lost(site: WordPressServer, access: HistoryAccess) -> None:
    """The site's zone was changed: by its clock these posts are of this window, by UTC of a day beside it."""

    def shift(request: Received) -> Reply:
        reply = site.answer(request)
        told = [{**post, "date_gmt": "2024-01-31T22:00:00"} for post in json.loads(reply.body)]
        return replace(reply, body=json.dumps(told).encode())

    site.posts = site.posts[:2]
    site.script(API, shift)
    wanted = in_february(site)
    [window] = plan(SOURCE, wanted, access)
    assert attempt(SOURCE, window, wanted, access).candidates == []
    wider = replace(wanted, first_day=date(2024, 1, 1))
    assert len(attempt(SOURCE, window, wider, access).candidates) == 2


@pytest.mark.parametrize(
    ("told", "at", "source", "offset"),
    [
        ({"date": "2024-02-05T10:00:00", "date_gmt": "2024-02-05T15:30:00"}, 15, "date_gmt", -19_800),
        ({"date": "2024-02-05T10:00:00", "date_gmt": "0000-00-00T00:00:00"}, 10, "date", None),
        ({"date": "2024-02-05T10:00:00", "date_gmt": None}, 10, "date", None),
        ({"date": "2024-02-07T10:00:00", "date_gmt": "2024-02-05T10:00:00"}, 10, "date_gmt", None),
        ({"date_gmt": "2024-02-05T10:00:00"}, 10, "date_gmt", None),
        ({"date": "5 February", "date_gmt": 17}, None, "", None),
        ({}, None, "", None),
    ],
)
def test_dates_of_posts(told: dict[str, Any], at: int | None, source: str, offset: int | None) -> None:
    post = read_post(told, "https://gazette.example/")
    assert (post.published_at.hour if post.published_at else None) == at
    assert (post.published_source, post.utc_offset_s) == (source, offset)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
NAMES = ("id", "date", "date_gmt", "link", "title")


@given(
    st.dictionaries(st.sampled_from(NAMES), ANYTHING | st.just("2024-02-31T99:00:00") | st.just("http://["))
)
def test_no_post_is_too_strange(told: dict[str, Any]) -> None:
    post = read_post(told, "https://gazette.example/wp-json/")
    assert post.number >= 0
    assert post.url == "" or post.url.startswith("http")


def test_a_post_without_an_address_is_rejected(site: WordPressServer, access: HistoryAccess) -> None:
    site.posts = [
        SitePost(1, datetime(2024, 2, 5, tzinfo=UTC)),
        SitePost(2, datetime(2024, 2, 5, tzinfo=UTC), link="javascript:void(0)"),
    ]
    _, reading = read_one(site, access)
    assert len(reading.candidates) == 1
    [rejection] = reading.rejections
    assert (rejection.reason, rejection.item_id) == (
        "entry_unreadable",
        f"{in_february(site).feeds[0].feed_id}#post-2",
    )
    assert {day.expected for day in reading.end.days} == {None, 0, 2}


def test_a_post_without_a_date_is_given(site: WordPressServer, access: HistoryAccess) -> None:
    def forget(request: Received) -> Reply:
        reply = site.answer(request)
        told = [{"id": post["id"], "link": post["link"]} for post in json.loads(reply.body)]
        return replace(reply, body=json.dumps(told).encode())

    site.script(API, forget)
    _, reading = read_one(site, access)
    assert [one.published_at for one in reading.candidates] == [None] * 29


def test_a_cursor_of_nobody_begins_again(site: WordPressServer, access: HistoryAccess) -> None:
    window, reading = read_one(site, access)
    for cursor in ("{", "[]", '{"by": "api", "pages": 3}', '{"by": "feeds"}', "7"):
        again = attempt(SOURCE, window, in_february(site), access, cursor)
        assert [describe(item) for item in again] == [describe(item) for item in reading]


# ---- reading by feeds ----


def test_months_are_read_to_their_ends_and_from_every_mark(
    site: WordPressServer, access: HistoryAccess
) -> None:
    close_api(site)
    first, last = datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 2, 29, 23, 30, tzinfo=UTC)
    site.posts += [SitePost(7_000, first), SitePost(7_001, last)]  # the last is of March in Berlin
    window, reading = read_one(site, access)
    assert len(february_entries(reading)) == 31
    assert (reading.end.state, reading.end.expected) == ("complete", None)
    assert not reading.candidates
    asked = [exchange.fetch.url.removeprefix(site.url("")) for exchange in reading.exchanges]
    assert asked[:2] == ["/2024/01/31/feed/", "/2024/02/feed/"]
    assert "/2024/03/01/feed/" in asked
    kinds = {(exchange.fetch.kind, exchange.fetch.status) for exchange in reading.exchanges}
    assert kinds == {("feed", 200), ("listing", 404)}
    check_every_cursor(SOURCE, window, in_february(site), access)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo", "UTC"])
def test_the_clock_of_the_site_loses_no_post(zone: str, tmp_path: Path, access: HistoryAccess) -> None:
    with WordPressServer(
        list_posts(datetime(2024, 2, 1, tzinfo=UTC), 29 * 2, timedelta(hours=12)), zone
    ) as site:
        site.posts.append(SitePost(900, datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)))
        for path in ("path", "api"):
            _, reading = read_one(site, access)
            found = february_entries(reading) if path == "api" else {one.url for one in reading.candidates}
            assert len(found) == 59
            close_api(site)


def test_which_archives_hold_some_days() -> None:
    assert list_periods(date(2024, 2, 1), date(2024, 2, 29)) == ["20240131", "202402", "20240301"]
    assert list_periods(date(2024, 2, 10), date(2024, 2, 10)) == ["20240209", "20240210", "20240211"]
    assert list_periods(date(2024, 2, 29), date(2024, 3, 4)) == ["20240228", "20240229", "202403"]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Reply(status=404, body=b"<rss/>", content_type="application/rss+xml"), "complete"),
        (Reply(body=b'<rss version="2.0"><channel/></rss>', content_type="text/xml"), "complete"),
        (Reply(status=404, body=b"<!doctype html>Nothing here"), "partial"),
        (Reply(status=410, body=b"gone"), "partial"),
    ],
)
def test_how_a_feed_ends(answer: Reply, state: str, site: WordPressServer, access: HistoryAccess) -> None:
    close_api(site)
    site.script(
        "/2024/02/feed/", lambda request: answer if "paged=3" in request.path else site.answer(request)
    )
    _, reading = read_one(site, access)
    assert len(february_entries(reading)) == 20
    assert (reading.end.state, reading.end.expected) == (state, None)
    assert not reading.end.days


def test_one_page_whatever_its_number(site: WordPressServer, access: HistoryAccess) -> None:
    close_api(site)
    site.script("/2024/02/feed/", lambda request: site.answer(replace(request, path="/2024/02/feed/")))
    _, reading = read_one(site, access)
    assert len(site.requests_for("/2024/02/feed/")) == 3
    assert reading.end.state == "partial"
    assert "whatever its number" in reading.end.evidence


@pytest.mark.parametrize(
    "answer", [HTML, Reply(status=403, body=b"no"), Reply(body=b"<rss><channel><item><ti", fault="cut")]
)
def test_what_is_no_feed_is_never_an_empty_one(
    answer: Reply, site: WordPressServer, access: HistoryAccess
) -> None:
    close_api(site)
    wanted = in_february(site)
    site.script(
        "/2024/02/feed/", lambda request: answer if "paged=3" in request.path else site.answer(request)
    )
    window, reading = read_one(site, access)
    assert "tried again in the next run" in reading.error
    assert len(february_entries(reading)) == 20
    second = attempt(SOURCE, window, wanted, access, reading.cursors[-1])
    assert second.error
    third = attempt(SOURCE, window, wanted, access, second.cursors[-1])
    assert (third.end.state, third.end.days) == ("partial", ())
    assert "given up after 3 runs" in third.end.evidence
    site.script("/2024/02/feed/", site.answer)
    well = attempt(SOURCE, window, wanted, access, second.cursors[-1])
    assert well.end.state == "complete"
    assert len(february_entries(well)) == 9


def test_pages_of_a_feed_are_bounded(site: WordPressServer, tmp_path: Path) -> None:
    close_api(site)
    _, reading = read_one(site, give_access(tmp_path, HistorySettings(max_pages=4)))
    assert reading.end.state == "partial"
    assert "history.max_pages" in reading.end.evidence
    assert len(reading.exchanges) == 4


def test_a_feed_that_is_gone_is_not_complete(site: WordPressServer, access: HistoryAccess) -> None:
    close_api(site)
    site.script("/2024/02/feed/", HTML)
    site.script("/feed/", lambda request: HTML if "m=" in request.path else site.answer(request))
    wanted = in_february(site)
    [window] = plan(SOURCE, wanted, access)
    site.script("/feed/", Reply(status=404, body=b"<rss/>", content_type="application/rss+xml"))
    assert attempt(SOURCE, window, wanted, access).end.state == "partial"
