"""The source `mediacloud`: its directory, counts and pages of stories, as a server answers that knows one key."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history import mediacloud, services
from ingest.history.mediacloud import MediaCloudSource, read_key
from ingest.history.protocol import HistoryAccess, HistoryRequest, HistoryWindow, Mark, WindowItem
from tests.ingest.history import asking
from tests.ingest.history.asking import check_every_cursor, discover, give_access, make_feed, pick, want
from tests.loopback import LoopbackServer, Received, Reply
from transforms.errors import Permanent, Transient
from transforms.history.records import Candidate
from transforms.history.settings import HistorySettings

KEY = "0123456789abcdef"
LAKESIDE = make_feed("https://feeds.lakeside.example/all.xml", 1)
HARBOUR = make_feed("https://news.harbour.example/rss", 2)
SEARCH, DIRECTORY = "/api/search", "/api/sources/sources/"
TWO_DAYS = want(LAKESIDE, first=date(2024, 3, 5), last=date(2024, 3, 6))


class Cloud:
    """A Media Cloud of a few stories: `stories` by source id, newest pages last, `page_size` of them an answer."""

    def __init__(self, server: LoopbackServer) -> None:
        self.server = server
        self.sources: list[dict[str, Any]] = [
            {"id": 7, "name": "lakeside.example", "url_search_string": None},
            {"id": 3, "name": "lakeside.example", "url_search_string": "lakeside.example/sport/*"},
            {"id": 9, "name": "notlakeside.example"},
            {"id": 12, "name": "harbour.example"},
        ]
        self.stories: dict[str, list[dict[str, Any]]] = {"7": [], "12": []}
        self.page_size = 1_000
        self.allowed = 10**9  # answers before it refuses
        server.route(DIRECTORY, self._look_up)
        server.route(f"{SEARCH}/count-over-time", self._count)
        server.route(f"{SEARCH}/story-list", self._list)

    def add(self, source: str, day: str, path: str, **more: Any) -> None:
        name = {"7": "lakeside.example", "12": "harbour.example"}[source]
        story = {
            "id": f"{len(self.stories[source])}",
            "media_name": name,
            "media_url": name,
            "title": "Ferry returns &amp; stays",
            "publish_date": day,
            "url": f"https://{name}{path}",
            "language": "en",
            "indexed_date": f"{day} 23:30:00.123456+00:00",
        }
        self.stories[source].append(story | more)

    def _answer(self, request: Received, answer: dict[str, Any]) -> Reply:
        self.allowed -= 1
        if request.headers.get("authorization") != f"Token {KEY}":
            return Reply(status=401, body=b'{"detail": "Invalid token."}', content_type="application/json")
        if self.allowed < 0:
            return Reply(status=403, body=b'{"detail": "You do not have permission to perform this action."}')
        return Reply(body=json.dumps(answer).encode(), content_type="application/json")

    def _look_up(self, request: Received) -> Reply:
        query = query_of(request)
        found = [source for source in self.sources if query["name"] in source["name"]]
        start, limit = int(query["offset"]), int(query["limit"])
        following = "https://x.example/next" if start + limit < len(found) else None
        page = found[start : start + limit]
        return self._answer(
            request, {"count": len(found), "next": following, "previous": None, "results": page}
        )

    def _found(self, request: Received) -> list[dict[str, Any]]:
        query = query_of(request)
        assert (query["q"], query["platform"]) == ("*", "onlinenews-mediacloud")
        found = [story for number in query["ss"].split(",") for story in self.stories[number]]
        return [s for s in found if query["start"] <= (s["publish_date"] or query["start"]) <= query["end"]]

    def _count(self, request: Received) -> Reply:
        days = [str(story["publish_date"]) for story in self._found(request)]
        counts = [
            {
                "date": f"{day} 00:00:00",
                "total_count": days.count(day),
                "count": days.count(day),
                "ratio": 1.0,
            }
            for day in sorted(set(days))
        ]
        return self._answer(request, {"count_over_time": {"counts": counts, "total": len(days)}})

    def _list(self, request: Received) -> Reply:
        query = query_of(request)
        found = self._found(request)
        start = int(query.get("pagination_token", "at/0==")[3:-2])
        page = found[start : start + self.page_size]
        token = f"at/{start + len(page)}==" if len(page) == self.page_size else None
        return self._answer(request, {"stories": page, "pagination_token": token})


def query_of(request: Received) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("NEWSROOM_KEY", f" {KEY}\n")
    monkeypatch.setattr(services, "TRIES", 1)
    with LoopbackServer() as server:
        yield Cloud(server)


def open_access(cloud: Cloud, tmp_path: Path, **more: Any) -> HistoryAccess:
    settings = HistorySettings(
        mediacloud_url=cloud.server.url("/api/"), mediacloud_key_env="NEWSROOM_KEY", pause_s=0, **more
    )
    return give_access(tmp_path, history=settings)


def plan(cloud: Cloud, tmp_path: Path, wanted: HistoryRequest = TWO_DAYS) -> list[HistoryWindow]:
    return asking.plan(MediaCloudSource(), wanted, open_access(cloud, tmp_path))


def test_stories_are_listed_with_their_days(cloud: Cloud, tmp_path: Path) -> None:
    cloud.add("7", "2024-03-05", "/a")
    cloud.add("7", "2024-03-06", "/b")
    cloud.add("7", "2024-03-07", "/c")
    [window] = plan(cloud, tmp_path)
    assert (window.feed_id, window.first_day, window.last_day) == (
        LAKESIDE.feed_id,
        date(2024, 3, 5),
        date(2024, 3, 6),
    )
    assert (window.name, window.count, window.requests) == ("fd1-0000000000000001-2024-03-05", 2, 1)
    found = discover(MediaCloudSource(), window, TWO_DAYS, open_access(cloud, tmp_path))
    a, b = found.candidates
    assert a == Candidate(
        LAKESIDE.feed_id,
        "https://lakeside.example/a",
        "mediacloud",
        datetime(2024, 3, 5, tzinfo=UTC),
        "publish_date",
        not_after=datetime(2024, 3, 5, 23, 30, 0, 123456, tzinfo=UTC),
        title="Ferry returns & stays",
    )
    assert b.url == "https://lakeside.example/b"
    end = found.end
    assert (end.state, end.expected) == ("partial", 2)
    assert [(day.day, day.expected, day.state) for day in end.days] == [
        (date(2024, 3, 5), 1, "partial"), (date(2024, 3, 6), 1, "partial"),
    ]  # fmt: skip
    [exchange] = found.exchanges
    assert (exchange.fetch.kind, exchange.fetch.feed_id) == ("listing", LAKESIDE.feed_id)


def test_the_key_is_sent_in_a_header_and_shown_nowhere(
    cloud: Cloud, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    cloud.add("7", "2024-03-05", "/a")
    [window] = plan(cloud, tmp_path)
    found = discover(MediaCloudSource(), window, TWO_DAYS, open_access(cloud, tmp_path))
    assert {request.headers["authorization"] for request in cloud.server.requests} == {f"Token {KEY}"}
    shown = repr([window, found]) + caplog.text + "".join(request.path for request in cloud.server.requests)
    assert KEY not in shown
    cloud.allowed = 0
    with pytest.raises(Transient) as refused:
        plan(cloud, tmp_path)
    assert KEY not in str(refused.value)


def test_pages_are_followed_and_a_stop_costs_one(cloud: Cloud, tmp_path: Path) -> None:
    for number in range(6):
        cloud.add("7", "2024-03-05", f"/{number}")
    cloud.page_size = 2
    [window] = plan(cloud, tmp_path)
    access = open_access(cloud, tmp_path)
    found = discover(MediaCloudSource(), window, TWO_DAYS, access)
    assert found.urls == [f"https://lakeside.example/{number}" for number in range(6)]
    assert [mark.cursor for mark in pick(found, Mark)] == ["1 at/2==", "2 at/4==", "3 at/6==", "4 "]
    check_every_cursor(MediaCloudSource(), window, TWO_DAYS, access)


def test_windows_fit_one_answer_where_days_do(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mediacloud, "PAGE_STORIES", 10)
    for day, count in ((1, 6), (2, 6), (20, 3), (21, 25)):
        for number in range(count):
            cloud.add("7", f"2024-03-{day:02}", f"/{day}/{number}")
    cloud.add("7", "2024-05-31", "/late")
    wanted = want(LAKESIDE, first=date(2024, 2, 1), last=date(2024, 5, 31))
    windows = plan(cloud, tmp_path, wanted)
    assert [(w.first_day, w.count, w.requests) for w in windows] == [
        (date(2024, 3, 1), 6, 1),
        (date(2024, 3, 2), 6, 1),
        (date(2024, 3, 17), 3, 1),
        (date(2024, 3, 21), 25, 3),
        (date(2024, 5, 1), 1, 1),
    ]
    assert [w.name for w in windows] == sorted({w.name for w in windows})
    found = [discover(MediaCloudSource(), w, wanted, open_access(cloud, tmp_path)) for w in windows]
    assert [len(one.urls) for one in found] == [6, 6, 3, 25, 1]
    cloud.add("7", "2024-03-20", "/later")
    changed = plan(cloud, tmp_path, wanted)
    assert [a.facts == b.facts for a, b in zip(windows, changed, strict=True)] == [
        True,
        True,
        False,
        True,
        True,
    ]


def test_a_site_is_looked_up_by_its_name_and_those_above(cloud: Cloud, tmp_path: Path) -> None:
    cloud.add("12", "2024-03-05", "/of-another-part")
    cloud.add("12", "2024-03-05", "", url="https://news.harbour.example/a")
    wanted = want(
        HARBOUR,
        make_feed("https://unknown.example/feed", 3),
        LAKESIDE,
        first=date(2024, 3, 5),
        last=date(2024, 3, 6),
    )
    [window] = plan(cloud, tmp_path, wanted)
    assert (window.feed_id, window.count) == (HARBOUR.feed_id, None)
    found = discover(MediaCloudSource(), window, wanted, open_access(cloud, tmp_path))
    assert found.urls == ["https://news.harbour.example/a"]
    assert (found.end.state, found.end.expected, found.end.days) == ("partial", None, ())
    names = [query_of(request)["name"] for request in cloud.server.requests_for(DIRECTORY)]
    assert names == ["lakeside.example", "news.harbour.example", "harbour.example", "unknown.example"]


def test_a_directory_of_many_pages_is_read_on(cloud: Cloud, tmp_path: Path) -> None:
    others = [{"id": 100 + number, "name": f"{number}.lakeside.example"} for number in range(150)]
    cloud.sources = [*others, {"id": "7", "name": "lakeside.example"}, {"id": 12, "name": "lakeside.example"}]
    cloud.add("12", "2024-03-05", "", url="https://lakeside.example/a")
    [window] = plan(cloud, tmp_path)
    assert window.facts[0] == "source 12"
    assert len(cloud.server.requests_for(DIRECTORY)) == 2


def test_odd_stories(cloud: Cloud, tmp_path: Path) -> None:
    cloud.add("7", "2024-03-05", "/a")
    cloud.add("7", "2024-03-05", "/undated", title=None, indexed_date=None)
    [window] = plan(cloud, tmp_path)
    stories = cloud.stories["7"]
    stories[1]["publish_date"] = None
    cloud.add("7", "2024-03-05", "", url=None)
    cloud.add("7", "2024-03-05", "", url="ftp://lakeside.example/x")
    cloud.add("7", "2024-03-05", "", url="https://elsewhere.example/x")
    found = discover(MediaCloudSource(), window, TWO_DAYS, open_access(cloud, tmp_path))
    assert found.urls == ["https://lakeside.example/a", "https://lakeside.example/undated"]
    undated = found.candidates[1]
    assert (undated.published_at, undated.published_source, undated.not_after, undated.title) == (
        None,
        "",
        None,
        "",
    )
    assert len(found.details) == 2
    assert all("a story without an address" in detail for detail in found.details)


def test_a_refusal_is_waited_out(cloud: Cloud, tmp_path: Path) -> None:
    """Too many calls give a 403, later ones are answered."""
    cloud.add("7", "2024-03-05", "/a")
    [window] = plan(cloud, tmp_path)
    story = json.dumps({"stories": cloud.stories["7"], "pagination_token": None}).encode()
    refusals = [Reply(status=403), Reply(status=400), Reply(status=403)]
    cloud.server.route(
        f"{SEARCH}/story-list", [*refusals, Reply(body=story, content_type="application/json")]
    )
    found = discover(MediaCloudSource(), window, TWO_DAYS, open_access(cloud, tmp_path))
    assert found.urls == ["https://lakeside.example/a"]
    assert len(cloud.server.requests_for(f"{SEARCH}/story-list")) == 4


ANSWERS: dict[str, tuple[Reply, type[Exception], str]] = {
    "403": (Reply(status=403), Transient, "more than twice a minute"),
    "400": (Reply(status=400), Transient, "the week's calls of a key are used up"),
    "401": (Reply(status=401), Permanent, "does not know the key in NEWSROOM_KEY"),
    "404": (Reply(status=404), Permanent, "check history.mediacloud_url"),
    "422": (Reply(status=422), Permanent, "HTTP 422"),
    "429": (Reply(status=429, headers=(("Retry-After", "5000"),)), Transient, "run again later"),
    "500": (Reply(status=500), Transient, "run again later"),
    "closed": (Reply(fault="close"), Transient, "run again later"),
    "cut": (
        Reply(body=b'{"stories": [], "pagination_token": null}' * 9, fault="cut"),
        Transient,
        "no whole JSON",
    ),
    "html": (Reply(body=b"<html>Sign in</html>"), Transient, "no whole JSON"),
    "list": (Reply(body=b"[]"), Transient, "no JSON object"),
    "deep": (Reply(body=b"[" * 100_000), Transient, "no whole JSON"),
    "other": (
        Reply(body=b'{"stories": null, "results": 5, "count_over_time": {"counts": [{}]}}'),
        Transient,
        "gives no",
    ),
    "token": (Reply(body=b'{"stories": [], "pagination_token": 5}'), Transient, "gives no"),
}


@pytest.mark.parametrize(("reply", "kind", "detail"), ANSWERS.values(), ids=ANSWERS)
def test_no_answer_but_stories_counts_as_an_empty_list(
    cloud: Cloud, tmp_path: Path, reply: Reply, kind: type[Exception], detail: str
) -> None:
    cloud.add("7", "2024-03-05", "/a")
    access = open_access(cloud, tmp_path)
    [window] = plan(cloud, tmp_path)
    for path in (f"{SEARCH}/story-list", f"{SEARCH}/count-over-time", DIRECTORY):
        cloud.server.route(path, reply)
    with pytest.raises(kind, match=detail):
        discover(MediaCloudSource(), window, TWO_DAYS, access)
    with pytest.raises(kind):
        plan(cloud, tmp_path / "fresh")


def test_pages_in_a_circle_or_without_end(cloud: Cloud, tmp_path: Path) -> None:
    cloud.add("7", "2024-03-05", "/a")
    [window] = plan(cloud, tmp_path)
    path = f"{SEARCH}/story-list"
    cloud.server.route(path, Reply(body=b'{"stories": [], "pagination_token": "x"}'))
    with pytest.raises(Transient, match="in a circle"):
        discover(MediaCloudSource(), window, TWO_DAYS, open_access(cloud, tmp_path))
    answers = [Reply(body=json.dumps({"stories": [], "pagination_token": str(n)}).encode()) for n in range(9)]
    cloud.server.route(path, answers)
    found = discover(MediaCloudSource(), window, TWO_DAYS, open_access(cloud, tmp_path, max_pages=4))
    assert len(found.exchanges) == 4
    assert "history.max_pages is used up" in found.details[0]


def test_without_a_key_it_is_said_where_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Permanent, match=r"get one.*history\.mediacloud_key_env"):
        read_key(HistorySettings())
    settings = HistorySettings(mediacloud_key_env="NEWSROOM_KEY")
    monkeypatch.delenv("NEWSROOM_KEY", raising=False)
    with pytest.raises(Permanent, match="names NEWSROOM_KEY, but this environment variable is not set"):
        read_key(settings)
    for harmful in ("secret words", "secret\r\nHost: x", "sécret", "s" * 501):
        monkeypatch.setenv("NEWSROOM_KEY", harmful)
        with pytest.raises(Permanent, match="holds no Media Cloud key") as refused:
            read_key(settings)
        assert harmful not in str(refused.value)


def test_what_is_missing_or_turned_round(cloud: Cloud, tmp_path: Path) -> None:
    for wanted in (want(), want(LAKESIDE, first=None), want(LAKESIDE, last=None)):
        with pytest.raises(Permanent, match="needs feeds"):
            plan(cloud, tmp_path, wanted)
    assert plan(cloud, tmp_path, want(LAKESIDE, first=date(2024, 3, 6), last=date(2024, 3, 5))) == []
    assert plan(cloud, tmp_path) == []  # known, but without a story of these days


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["url", "publish_date", "indexed_date", "title"]), inner, max_size=4
        )
    ),
)


@given(JSON)
def test_any_story_is_read(story: object) -> None:
    window = HistoryWindow(
        "w",
        items=(WindowItem("https://cloud.example/", "lakeside.example"),),
        feed_id="fd1-1",
        first_day=date(2024, 3, 5),
        last_day=date(2024, 3, 6),
    )
    found = mediacloud._read_story(story, window, "lakeside.example", TWO_DAYS)
    assert found is None or found.url
