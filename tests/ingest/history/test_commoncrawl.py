"""The source `commoncrawl`: which crawls are asked, what their indexes list, and answers that are none."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history import services
from ingest.history.commoncrawl import CommonCrawlSource
from ingest.history.commoncrawl_index import (
    make_data_gate,
    make_index_gate,
    make_query,
    read_captures,
    read_crawls,
    read_page_count,
)
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow, Mark, WindowItem
from ingest.http.exchange import Exchange
from tests.common_crawl import AT, LIMITS, CommonCrawl, make_access
from tests.ingest.history import asking
from tests.ingest.history.saved import OFFLINE
from tests.loopback import Reply
from transforms.errors import Permanent, Transient
from transforms.history.records import Candidate, Capture, WindowEnd
from transforms.history.settings import HistorySettings
from transforms.make_fetch import make_fetch
from transforms.records import Feed, Rejection

CRAWL = "CC-MAIN-2024-10"
INDEX = f"/{CRAWL}-index"
FEED = Feed("fd1-dale", "https://feeds.dale.example/news.xml", outlet="The Dale")
DAYS = (date(2024, 2, 1), date(2024, 2, 29))
WANTED = HistoryRequest("", (FEED,), *DAYS)


@pytest.fixture
def crawl() -> Iterator[CommonCrawl]:
    with CommonCrawl() as served:
        served.add_crawl(CRAWL, "2024-02-20", "2024-03-05")
        yield served


@pytest.fixture
def access(crawl: CommonCrawl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HistoryAccess:
    monkeypatch.setattr(services, "TRIES", 2)
    return make_access(crawl, tmp_path)


def plan(access: HistoryAccess, wanted: HistoryRequest = WANTED) -> list[HistoryWindow]:
    return asking.plan(CommonCrawlSource(), wanted, access)


def discover(access: HistoryAccess, window: HistoryWindow, cursor: str | None = None) -> asking.Reading:
    return asking.discover(CommonCrawlSource(), window, WANTED, access, cursor)


def make_window(crawl: CommonCrawl, last_page: int = 3) -> HistoryWindow:
    """A window as it is planned for the first pages of the index."""
    query = make_query(CRAWL, "dale.example", crawl.settings)
    item = WindowItem(query, CRAWL)
    return HistoryWindow("w", (), (item,), FEED.feed_id, *DAYS, cursor=f"0-{last_page}-0")


def fill(crawl: CommonCrawl, count: int, name: str = CRAWL) -> None:
    for number in range(count):
        crawl.add_capture(name, f"https://dale.example/2024/02/03/story-{number:03d}", b"<html>")


def test_a_crawl_is_asked_that_was_at_most_sixty_days_later(
    crawl: CommonCrawl, access: HistoryAccess
) -> None:
    crawl.add_crawl("CC-MAIN-2024-05", "2024-01-10", "2024-01-31")
    crawl.add_crawl("CC-MAIN-2024-06", "2024-01-20", "2024-02-01")
    crawl.add_crawl("CC-MAIN-2024-18", "2024-04-29", "2024-05-10")
    crawl.add_crawl("CC-MAIN-2024-22", "2024-04-30", "2024-05-12")
    for name in ("05", "06", "10", "18", "22"):
        crawl.add_capture(f"CC-MAIN-2024-{name}", "https://www.dale.example/2024/02/03/rain-in-the-dale")
    windows = plan(access)
    assert [window.items[0].name[-2:] for window in windows] == ["06", "10", "18"]
    assert [(window.first_day, window.last_day) for window in windows] == [
        (DAYS[0], date(2024, 2, 1)),  # what comes later, this crawl cannot have seen
        DAYS,
        DAYS,
    ]
    assert len(crawl.asked("/collinfo.json")) == 1
    assert crawl.asked(INDEX) == [{"url": ["dale.example/*"], "output": ["json"], "showNumPages": ["true"]}]
    assert crawl.asked("/CC-MAIN-2024-22-index") == []


def test_windows_have_ten_pages_of_the_index(crawl: CommonCrawl, access: HistoryAccess) -> None:
    fill(crawl, 70)  # 24 pages
    windows = plan(access)
    assert [window.requests for window in windows] == [10, 10, 4]
    assert [window.name for window in windows] == [
        "fd1-dale-CC-MAIN-2024-10-00000",
        "fd1-dale-CC-MAIN-2024-10-00010",
        "fd1-dale-CC-MAIN-2024-10-00020",
    ]
    assert {window.feed_id for window in windows} == {FEED.feed_id}
    assert all(window.count is None for window in windows)
    assert windows == plan(access)
    found = [url for window in windows for url in discover(access, window).urls]
    assert len(found) == len(set(found)) == 70
    fill(crawl, 3)
    assert not {window.facts for window in windows} & {window.facts for window in plan(access)}


def test_no_more_pages_are_read_than_the_setting_allows(
    crawl: CommonCrawl, access: HistoryAccess, caplog: pytest.LogCaptureFixture
) -> None:
    fill(crawl, 70)
    few = replace(access, history=crawl.settings.model_copy(update={"max_pages": 12}))
    assert [window.requests for window in plan(few)] == [10, 2]
    assert "pages=24 read=12" in caplog.text


def test_a_site_that_no_crawl_has_gives_nothing(crawl: CommonCrawl, access: HistoryAccess) -> None:
    crawl.add_capture(CRAWL, "https://hill.example/2024/02/03/snow-on-the-hill")
    assert plan(access) == []
    crawl.disturb(INDEX, Reply(body=b'{"pages": 0, "pageSize": 5, "blocks": 0}'))
    assert plan(access) == []


def test_what_is_asked_for_must_make_sense(crawl: CommonCrawl, access: HistoryAccess) -> None:
    for wanted in (
        HistoryRequest("", (), *DAYS),
        HistoryRequest("", (FEED, FEED), *DAYS),
        HistoryRequest("", (FEED,), DAYS[0], None),
        HistoryRequest("", (FEED,), None, DAYS[1]),
    ):
        with pytest.raises(Permanent, match="one feed at a time, and needs a first and a last day"):
            plan(access, wanted)
    assert plan(access, HistoryRequest("", (FEED,), DAYS[1], DAYS[0])) == []
    hosted = Feed("fd1-x", "https://feeds.feedburner.com/dale", outlet="The Dale")
    assert plan(access, HistoryRequest("", (hosted,), *DAYS)) == []
    assert crawl.server.requests == []


def test_each_page_is_a_candidate_with_its_newest_capture(crawl: CommonCrawl, access: HistoryAccess) -> None:
    crawl.lines_a_page = 10
    later = AT + timedelta(days=1)
    crawl.add_capture(CRAWL, "http://www.dale.example/2024/02/03/rain", at=AT)
    row = crawl.add_capture(CRAWL, "https://dale.example/2024/02/03/rain?utm_source=rss", at=later)
    crawl.add_capture(CRAWL, "https://dale.example/2024/02/03/rain/", at=AT)
    crawl.add_capture(CRAWL, "https://dale.example/a-day-is-not-told-here")
    [window] = plan(access)
    items = discover(access, window)
    one, other = (item for item in items if isinstance(item, Candidate))
    address = f"{crawl.settings.commoncrawl_data_url}/{row['filename']}"
    assert one == Candidate(
        FEED.feed_id,
        "https://dale.example/2024/02/03/rain?utm_source=rss",
        "commoncrawl",
        not_after=later,
        captures=(Capture("record", address, later, int(row["offset"]), int(row["length"])),),
    )
    assert other.url == "https://dale.example/a-day-is-not-told-here"
    assert isinstance(items[0], Exchange)
    assert (items[0].fetch.kind, items[0].fetch.feed_id) == ("listing", FEED.feed_id)
    assert items[-1] == WindowEnd("partial", None, "captures of a crawl, not a list of articles")


LEFT_OUT: tuple[tuple[str, dict[str, str]], ...] = (
    ("https://dale.example/2024/01/31/rain", {}),
    ("https://dale.example/2024/03/01/rain", {}),
    ("https://dale.example/2024/02/03/rain", {"status": "404"}),
    ("https://dale.example/2024/02/03/rain", {"status": "-", "mime": "warc/revisit"}),
    ("https://dale.example/2024/02/03/rain", {"mime-detected": "application/pdf"}),
    ("https://dale.example/rain-in-the-dale", {"timestamp": "20240131235959"}),
    ("https://dale.example/", {}),
    ("https://dale.example/tag/rain", {}),
    ("https://dale.example/2024/02/03/rain.jpg", {}),
    ("https://dale.example/2024/02/03/rain", {"url": "https://hill.example/2024/02/03/rain"}),
    ("https://dale.example/2024/02/03/rain", {"url": "https://overdale.example/2024/02/03/rain"}),
)


def test_what_is_no_article_of_the_days_is_left_out(crawl: CommonCrawl, access: HistoryAccess) -> None:
    for url, row in LEFT_OUT:
        crawl.add_capture(CRAWL, url, row=row)
    items = discover(access, make_window(crawl))
    assert items.urls == []
    assert not any(isinstance(item, Rejection) for item in items)
    assert items[-1] == WindowEnd("unknown", None, "captures of a crawl, not a list of articles")


def test_without_a_detected_type_the_declared_one_counts(crawl: CommonCrawl, access: HistoryAccess) -> None:
    row = crawl.add_capture(CRAWL, "https://dale.example/2024/02/03/rain", row={"mime": "Text/HTML"})
    del row["mime-detected"]
    [window] = plan(access)
    assert len(discover(access, window).urls) == 1


def test_a_stopped_window_goes_on_with_exactly_the_rest(crawl: CommonCrawl, access: HistoryAccess) -> None:
    fill(crawl, 10)
    crawl.add_capture(CRAWL, "https://dale.example/broken", row={"offset": "?"})
    [window] = plan(access)
    whole = discover(access, window)
    marks = [at for at, item in enumerate(whole) if isinstance(item, Mark)]
    assert len(marks) == 4
    for at in marks:
        mark = whole[at]
        assert isinstance(mark, Mark)
        rest = discover(access, window, mark.cursor)
        assert [_strip(item) for item in rest] == [_strip(item) for item in whole[at + 1 :]]


def _strip(item: FoundItem) -> object:
    """What does not depend on when it was asked for."""
    if isinstance(item, Exchange):
        return (item.fetch.url, item.body)
    return replace(item, rejected_at=AT) if isinstance(item, Rejection) else item


def test_lines_without_a_place_are_counted(crawl: CommonCrawl, access: HistoryAccess) -> None:
    crawl.lines_a_page = 20
    url = "https://dale.example/2024/02/03/rain"
    odd = (
        {"offset": "-1"}, {"length": "0x10"}, {"filename": "../secrets.warc.gz"}, {"filename": "/etc/x.warc.gz"},
        {"filename": "https://hill.example/x.warc.gz"}, {"timestamp": "20241301000000"}, {"url": "mailto:a@b.example"},
        {"offset": "9" * 30}, {"filename": "x.arc.gz"}, {"url": "https://[::1"},
    )  # fmt: skip
    for row in odd:
        crawl.add_capture(CRAWL, url, row=row)
    crawl.add_capture(CRAWL, url)
    [window] = plan(access)
    items = discover(access, window)
    assert items.urls == [url]
    [rejection] = (item for item in items if isinstance(item, Rejection))
    assert rejection.reason == "listing_unreadable"
    assert rejection.detail == f"{len(odd)} lines of the index tell no address, time or place in a file"


GOOD = json.dumps({"url": "https://dale.example/x-y-z", "timestamp": "20240302000000"}).encode()


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(body=GOOD + b"\n" + GOOD[:20]), "a line is cut short or no JSON"),
        (Reply(body=b"<html><body>Too many requests</body></html>"), "a line is cut short or no JSON"),
        (Reply(body=b'{"message": "Server is overloaded"}'), "answers what no index of Common Crawl does"),
        (Reply(body=b'{"error": "no such field"}'), "answers what no index of Common Crawl does"),
        (Reply(body=b"[1, 2]\n"), "answers what no index of Common Crawl does"),
        (Reply(body=b"[" * 100_000), "a line is cut short or no JSON"),
        (Reply(body=b""), "HTTP 200 without a body"),
        (Reply(body=GOOD * 41, fault="cut"), "the answer is not whole"),
        (Reply(body=(GOOD + b"\n") * 40, fault="cut"), "the answer is not whole"),
        (Reply(body=GOOD * 40, encoding="gzip", fault="cut"), "the answer is not whole"),
        (
            Reply(status=403),
            "refuses to answer .HTTP 403., as Common Crawl does to those who asked too often",
        ),
        (Reply(status=401), "refuses to answer .HTTP 401."),
        (Reply(status=418), "HTTP 418; run again later, nothing is lost"),
    ],
)
def test_an_answer_that_is_no_listing_is_never_an_empty_one(
    reply: Reply, message: str, crawl: CommonCrawl, access: HistoryAccess
) -> None:
    crawl.disturb(INDEX, reply)
    with pytest.raises(Transient, match=message):
        discover(access, make_window(crawl))


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_service_that_is_down_is_asked_again_and_then_left_alone(
    status: int, crawl: CommonCrawl, access: HistoryAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(crawl, 2)
    window = make_window(crawl, 0)
    crawl.disturb(INDEX, Reply(status=503))
    assert len(discover(access, window).urls) == 2
    monkeypatch.setattr(services, "TRIES", 1)
    crawl.disturb(INDEX, Reply(status=status))
    with pytest.raises(Transient, match=f"HTTP {status}; run again later, nothing is lost"):
        discover(access, window)


def test_the_answers_before_a_failure_are_kept(crawl: CommonCrawl, access: HistoryAccess) -> None:
    fill(crawl, 5)
    [window] = plan(access)

    def refuse(item: FoundItem) -> None:
        if isinstance(item, Mark):
            crawl.disturb(INDEX, Reply(status=403))

    found = asking.attempt(CommonCrawlSource(), window, WANTED, access, watch=refuse)
    assert "refuses to answer" in found.error
    assert len(found.urls) == 3
    assert isinstance(found[-1], Exchange)
    assert found[-1].fetch.status == 403
    assert len(crawl.asked(INDEX)) == 3  # it is not asked on


def test_an_answer_larger_than_listings_may_be_is_said(
    crawl: CommonCrawl, access: HistoryAccess, tmp_path: Path
) -> None:
    crawl.lines_a_page = 100
    fill(crawl, 20)
    [window] = plan(access)
    small = make_access(crawl, tmp_path, LIMITS.model_copy(update={"max_listing_bytes": 1_000}))
    with pytest.raises(
        Permanent, match=r"size: the body has more than 1,000 bytes; see http\.max_listing_bytes"
    ):
        discover(small, window)


def test_a_page_without_a_capture_is_empty(crawl: CommonCrawl, access: HistoryAccess) -> None:
    fill(crawl, 7)
    crawl.disturb(INDEX, Reply(status=404, body=b'{"message": "No Captures found for: dale.example/*"}'))
    items = discover(access, make_window(crawl, 2))
    assert [item.fetch.status for item in items if isinstance(item, Exchange)] == [404, 200, 200]
    assert len(items.urls) == 4
    assert crawl.asked(INDEX)[-1] == {
        "url": ["dale.example/*"],
        "output": ["json"],
        "fl": ["url,timestamp,status,mime,mime-detected,digest,filename,offset,length"],
        "page": ["2"],
    }


def test_an_index_with_fewer_pages_than_before_ends_earlier(
    crawl: CommonCrawl, access: HistoryAccess
) -> None:
    fill(crawl, 9)
    [window] = plan(access)
    crawl.lines_a_page = 5
    items = discover(access, window)
    assert [item.fetch.status for item in items if isinstance(item, Exchange)] == [200, 200, 400, 200]
    assert len(items.urls) == 9
    assert items[-1] == WindowEnd("partial", None, "captures of a crawl, not a list of articles")


def test_a_page_that_is_there_but_refused_leaves_the_window_open(
    crawl: CommonCrawl, access: HistoryAccess
) -> None:
    fill(crawl, 5)
    crawl.disturb(INDEX, Reply(status=400))
    with pytest.raises(Transient, match="HTTP 400 for page 0 of 2; run again later"):
        discover(access, make_window(crawl))


@pytest.mark.parametrize("cursor", ["x", "1", "1-2", "-1-2-3", "1-2-3-4", "1-2-" + "9" * 30])
def test_a_cursor_of_somebody_else_is_said(cursor: str, crawl: CommonCrawl, access: HistoryAccess) -> None:
    with pytest.raises(Permanent, match="is no place in an index"):
        discover(access, make_window(crawl), cursor)


@pytest.mark.parametrize(
    ("reply", "error", "message"),
    [
        (Reply(status=404), Permanent, "is not there; see the setting history.commoncrawl_index_url"),
        (Reply(status=403), Transient, "refuses to answer"),
        (Reply(body=b"<html>maintenance"), Transient, "answers what no index of Common Crawl does"),
        (Reply(body=b'{"id": "CC-MAIN-2024-10"}'), Transient, "answers what no index of Common Crawl does"),
        (Reply(body=b"[]"), Transient, "answers what no index of Common Crawl does"),
        (Reply(body=b"[" * 100_000), Transient, "answers what no index of Common Crawl does"),
        (Reply(body=b'["CC-MAIN-2024-10"]'), Transient, "answers what no index of Common Crawl does"),
        (Reply(body=b'[{"id": "../../admin?"}]'), Transient, "answers what no index of Common Crawl does"),
        (Reply(body=b'[{"id": 7}]'), Transient, "answers what no index of Common Crawl does"),
        (Reply(body=b'[{"id": "CC-MAIN-2024-10", "from": "2024'), Transient, "answers what no index"),
        (Reply(body=b'[{"id": "CC-MAIN-2024-10"}]', fault="cut"), Transient, "the answer is not whole"),
        (Reply(body=b""), Transient, "HTTP 200 without a body"),
    ],
)
def test_without_a_list_of_crawls_nothing_is_planned(
    reply: Reply, error: type[Exception], message: str, crawl: CommonCrawl, access: HistoryAccess
) -> None:
    crawl.disturb("/collinfo.json", reply)
    with pytest.raises(error, match=message):
        plan(access)


def answer(body: str) -> Exchange:
    fetch = make_fetch("backfill-1", "listing", "https://index.example/x", AT, body_bytes=len(body))
    return Exchange(fetch, {}, body.encode())


@pytest.mark.parametrize(
    ("crawl", "first", "last"),
    [
        (
            {"id": "CC-MAIN-2024-10", "from": "2024-03-05T01:02:03Z", "to": "2024-02-20"},
            "2024-02-20",
            "2024-03-05",
        ),
        ({"id": "CC-MAIN-2024-10"}, "2024-01-29", "2024-04-08"),
        ({"id": "CC-MAIN-2024-10", "from": "2024-02-20", "to": "soon"}, "2024-01-29", "2024-04-08"),
        ({"id": "CC-MAIN-2024-10", "from": 7, "to": None}, "2024-01-29", "2024-04-08"),
        ({"id": "CC-MAIN-2012"}, "2012-01-01", "2012-12-31"),
        ({"id": "CC-MAIN-2009-2010"}, "2009-01-01", "2010-12-31"),
        ({"id": "CC-MAIN-2024-99"}, "2008-01-01", "9999-12-31"),
        ({"id": "mirror"}, "2008-01-01", "9999-12-31"),
    ],
)
def test_when_a_crawl_was(crawl: dict[str, object], first: str, last: str) -> None:
    [found] = read_crawls(answer(json.dumps([crawl])))
    assert (str(found.first_day), str(found.last_day)) == (first, last)


@pytest.mark.parametrize(
    ("body", "pages"), [('{"pages": 3, "pageSize": 5, "blocks": 14}', 3), ("3\n", 3), ("0", 0)]
)
def test_a_number_of_pages_is_read(body: str, pages: int) -> None:
    assert read_page_count(answer(body)) == pages


@pytest.mark.parametrize(
    "body", ["", "<html>", '{"blocks": 3}', '{"pages": -1}', '{"pages": "3"}', "true", "[3]"]
)
def test_what_is_no_number_of_pages_is_said(body: str) -> None:
    with pytest.raises(Transient, match="answers what no index of Common Crawl does"):
        read_page_count(answer(body))


@given(st.text(max_size=200))
def test_any_text_is_a_listing_or_an_error_that_says_so(text: str) -> None:
    for read in (read_captures, read_crawls, read_page_count):
        try:
            read(answer(text))
        except Transient as error:
            assert "run again later" in str(error)


LINES = "".join(
    json.dumps(
        {
            "url": f"https://dale.example/{number}",
            "timestamp": "20240302102030",
            "status": "200",
            "mime": "text/html",
            "filename": "crawl-data/x.warc.gz",
            "offset": str(number),
            "length": "10",
        }
    )
    + "\n"
    for number in range(4)
)


@given(st.integers(0, len(LINES)))
def test_wherever_a_page_is_cut_no_half_line_is_read(at: int) -> None:
    whole, _ = read_captures(answer(LINES))
    try:
        part, unusable = read_captures(answer(LINES[:at]))
    except Transient:
        assert LINES[at - 1] != "\n"
    else:
        assert (part, unusable) == (whole[: len(part)], 0)
        assert len(part) == LINES[: at + 1].count("\n")


def test_common_crawl_itself_is_never_asked_faster_than_it_bears() -> None:
    eager = HistorySettings(commoncrawl_spacing_s=0, pause_s=0)
    index, data = make_index_gate(eager), make_data_gate(eager)
    assert (index.spacing_s, data.spacing_s) == (1.0, 0.55)
    assert (index.pause_s, data.pause_s) == (60.0, 60.0)
    assert index.name != data.name
    mirror = HistorySettings(commoncrawl_index_url="http://mirror.example/cc", commoncrawl_spacing_s=0.1)
    assert make_index_gate(mirror).spacing_s == 0.1
    assert make_index_gate(HistorySettings(commoncrawl_spacing_s=9)).spacing_s == 9


def test_nothing_is_asked_before_a_window_is_wanted() -> None:
    wanted = HistoryRequest("", (Feed("fd1-x", "file:x"),), *DAYS)
    assert plan(OFFLINE, wanted) == []
