"""The source `sitemap`: files are read strictly, and only what can be of the wanted days is listed."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history import services
from ingest.history.sitemap import SitemapSource
from ingest.history.sitemap_days import may_overlap, read_month_path, read_spans
from ingest.history.sitemap_files import NotASitemap, SitemapCut, parse_sitemap, read_sitemap_lines
from tests.ingest.history.asking import (
    FIRST,
    LAST,
    LIMITS,
    check_every_cursor,
    discover,
    give_access,
    make_feed,
    plan,
    read_plan,
    want,
)
from tests.loopback import LoopbackServer, Reply, redirect
from tests.paths import CASES
from transforms.dates import FeedDate
from transforms.errors import Permanent, Transient
from transforms.history.records import Candidate, DayEvidence
from transforms.history.settings import HistorySettings

FILES = sorted(path for path in (CASES / "sitemaps").iterdir() if path.suffix != ".json")
MOST_BYTES = 1_000_000


def describe_case(body: bytes) -> dict[str, object]:
    """What is read of a file, as the cases' JSON says it."""
    try:
        sitemap = parse_sitemap(body, "https://lakeside.example/sitemap.xml", MOST_BYTES)
    except (SitemapCut, NotASitemap) as error:
        return {"error": type(error).__name__, "detail": str(error).partition(": ")[0]}
    listed = [
        {
            "url": one.url,
            **{
                name: [told.at.isoformat(), told.utc_offset_s]
                for name, told in (("lastmod", one.lastmod), ("published", one.published))
                if told is not None
            },
            **({"title": one.title} if one.title else {}),
        }
        for one in sitemap.listed
    ]
    return {"index": sitemap.is_index, "xml": sitemap.is_xml, "listed": listed}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_cases(path: Path) -> None:
    expected = json.loads((path.parent / f"{path.name}.expected.json").read_text(encoding="utf-8"))
    assert describe_case(path.read_bytes()) == expected


def make_urlset(*urls: str) -> bytes:
    pages = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{pages}</urlset>'.encode()


def make_index(*files: tuple[str, str]) -> bytes:
    listed = "".join(
        f"<sitemap><loc>{url}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</sitemap>"
        for url, changed in files
    )
    return f"<sitemapindex>{listed}</sitemapindex>".encode()


def make_news(url: str, published: str) -> str:
    return (
        f"<url><loc>{url}</loc><news:news><news:publication_date>{published}</news:publication_date>"
        "<news:title>Bridge opens</news:title></news:news></url>"
    )


def test_a_file_may_be_packed_even_twice_but_not_without_end() -> None:
    body = make_urlset("https://lakeside.example/a")
    for packed in (body, gzip.compress(body), gzip.compress(gzip.compress(body))):
        assert len(parse_sitemap(packed, "https://lakeside.example/", MOST_BYTES).listed) == 1
    deep = body
    for _ in range(9):
        deep = gzip.compress(deep)
    for harmful, detail in (
        (deep, "packed too often"),
        (
            gzip.compress(b"<urlset>" + b" " * 2 * MOST_BYTES + b"</urlset>"),
            "unpacks to more than 1,000,000 bytes",
        ),
        (gzip.compress(body)[:-20], "cut short"),
    ):
        with pytest.raises(SitemapCut, match=detail):
            parse_sitemap(harmful, "https://lakeside.example/", MOST_BYTES)


@given(st.integers(min_value=0), st.sampled_from(["news.xml", "plugin-index.xml", "broken-but-whole.xml"]))
def test_no_beginning_of_a_file_passes_for_a_short_one(size: int, name: str) -> None:
    body = (CASES / "sitemaps" / name).read_bytes()
    whole = parse_sitemap(body, "https://lakeside.example/", MOST_BYTES)
    try:
        found = parse_sitemap(body[: size % len(body)], "https://lakeside.example/", MOST_BYTES)
    except (SitemapCut, NotASitemap):
        return
    assert found == whole


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"<urlset>", b"<?xml version='1.0'?>", b"\x1f\x8b\x08", b"http://a.example/\n"]),
)
def test_no_bytes_break_the_reader(body: bytes, start: bytes) -> None:
    for whole in (start + body, start + body + b"</urlset>"):
        try:
            parse_sitemap(whole, "https://lakeside.example/", MOST_BYTES)
        except (SitemapCut, NotASitemap):
            continue


def test_robots_lines_are_read_in_any_case_and_made_absolute() -> None:
    robots = (
        b"\xef\xbb\xbfSitemap: https://lakeside.example/a.xml\r\nUser-agent: *\rDisallow: /x\n"
        b"  SITEMAP :/b.xml # ours\nsitemap:https://lakeside.example/a.xml\nSitemap:\nsitemaps: /c.xml\n"
        b"Sitemap: mailto:x\n"
    )
    assert read_sitemap_lines(robots, "https://lakeside.example/robots.txt") == [
        "https://lakeside.example/a.xml",
        "https://lakeside.example/b.xml",
    ]


MARCH = (date(2024, 3, 1), date(2024, 3, 31))


@pytest.mark.parametrize(
    ("names", "first", "last"),
    [
        (["/sitemap-2024-03.xml", "/sitemap-2024-04.xml"], *MARCH),
        (["/2024/03/sitemap.xml", "/2023/11/sitemap.xml"], *MARCH),
        (["/2024/3/sitemap.xml", "/2023/11/sitemap.xml"], *MARCH),
        (["/sitemap.xml?yyyy=2024&mm=03"], *MARCH),
        (["/sitemap.xml?yyyy=2024&mm=03&dd=05"], date(2024, 3, 5), date(2024, 3, 5)),
        (["/sitemap.xml?yyyy=2024"], date(2024, 1, 1), date(2024, 12, 31)),
        (["/day-2024-03-05.xml"], date(2024, 3, 5), date(2024, 3, 5)),
        (["/day-20240305.xml"], date(2024, 3, 5), date(2024, 3, 5)),
        (["/m202403.xml", "/m202312.xml"], *MARCH),
        (["/2024.xml", "/2023.xml"], date(2024, 1, 1), date(2024, 12, 31)),
        (["/posts-2024-1.xml", "/posts-2024-13.xml"], date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_names_of_files_tell_days(names: list[str], first: date, last: date) -> None:
    assert read_spans([f"https://lakeside.example{name}" for name in names])[0] == (first, last)


@pytest.mark.parametrize(
    "names",
    [
        ["/sitemap.xml"],
        ["/sitemap-2024.xml"],  # a site's only file may be named after any year
        ["/sitemap-2024-03.xml"],
        ["/posts-2001.xml", "/posts-1.xml", "/posts-3000.xml"],
        ["/from-200001.xml", "/from-150001.xml"],
        ["/sitemap-2024-03.xml", "/sitemap-2024-15.xml", "/sitemap-1999-2024.xml"],
        ["/sitemap.xml?yyyy=0000&mm=99"],
        ["/sitemap.xml?yyyy=2024&mm=13"],
    ],
)
def test_names_that_may_mean_something_else_tell_no_days(names: list[str]) -> None:
    assert set(read_spans([f"https://lakeside.example{name}" for name in names])) == {None}


@given(st.lists(st.text(alphabet="/-_?=&0123456789yymdx.", max_size=20), max_size=6))
def test_any_names_are_read(names: list[str]) -> None:
    spans = read_spans([f"https://lakeside.example/{name}" for name in names])
    assert len(spans) == len(names)
    assert all(span is None or span[0] <= span[1] for span in spans)


def test_days_of_another_clock_are_near_enough() -> None:
    assert may_overlap((date(2024, 2, 29), date(2024, 2, 29)), FIRST, LAST)
    assert may_overlap((date(2024, 4, 1), date(2024, 4, 30)), FIRST, LAST)
    assert not may_overlap((date(2024, 2, 1), date(2024, 2, 28)), FIRST, LAST)
    assert read_month_path("https://lakeside.example/2024/3/opening/") == MARCH
    assert read_month_path("https://lakeside.example/item/2024/31/opening/") is None


@pytest.fixture
def site() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        server.route("/robots.txt", Reply(body=f"Sitemap: {server.url('/index.xml')}\n".encode()))
        yield server


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "TRIES", 1)


def serve(server: LoopbackServer, path: str, body: bytes) -> str:
    server.route(path.partition("?")[0], Reply(body=body, content_type="application/xml"))
    return server.url(path)


def test_an_undated_site_is_listed_with_what_bounds_its_dates(site: LoopbackServer, tmp_path: Path) -> None:
    feed = make_feed(site.url("/feed.xml"))
    urls = [
        site.url(path)
        for path in ("/ferry", "/2024/03/05/bridge", "/2023/03/05/old", "/2023/11/older", "/tag/x/")
    ]
    body = make_urlset(*urls, "https://elsewhere.example/ad").replace(
        b"</loc></url>", b"</loc><lastmod>2024-03-09T10:00:00+02:00</lastmod></url>", 1
    )
    serve(site, "/posts.xml", body)
    serve(site, "/index.xml", make_index((site.url("/posts.xml"), "")))
    access = give_access(tmp_path)
    [window] = plan(SitemapSource(), want(feed), access)
    assert (window.name, window.feed_id) == ("fd1-0000000000000001-undated-0000", feed.feed_id)
    assert (window.first_day, window.last_day, window.count, window.requests) == (FIRST, LAST, None, 1)
    assert [item.address for item in window.items] == [site.url("/posts.xml")]
    found = discover(SitemapSource(), window, want(feed), access)
    assert found.candidates == [
        Candidate(feed.feed_id, urls[0], "sitemap", not_after=datetime(2024, 3, 9, 8, tzinfo=UTC)),
        Candidate(feed.feed_id, urls[1], "sitemap"),
    ]
    [exchange] = found.exchanges
    assert (exchange.fetch.kind, exchange.fetch.feed_id) == ("listing", feed.feed_id)
    assert found.end.state == "partial"
    assert found.end.evidence.startswith("a sitemap names pages, not when they were published: of 1 no day")
    assert {request.path for request in site.requests} == {"/robots.txt", "/index.xml", "/posts.xml"}


def test_news_dates_are_dates_of_publication(site: LoopbackServer, tmp_path: Path) -> None:
    pages = [
        make_news(site.url("/a"), "2024-03-31T23:30:00-05:00"),  # April in UTC
        make_news(site.url("/b"), "2024-03-31T23:30:00+05:00"),
        make_news(site.url("/2020/01/01/c"), "2024-03-02"),
        make_news(site.url("/d"), "2024"),
    ]
    serve(site, "/index.xml", b"<urlset>" + "".join(pages).encode() + b"</urlset>")
    found = read_plan(SitemapSource(), want(make_feed(site.url("/feed"))), give_access(tmp_path))
    b, c, d = found.candidates
    assert (b.published_at, b.published_utc_offset_s) == (datetime(2024, 3, 31, 18, 30, tzinfo=UTC), 18_000)
    assert (b.published_source, b.title) == ("news:publication_date", "Bridge opens")
    assert (c.published_at, c.published_utc_offset_s) == (datetime(2024, 3, 2, tzinfo=UTC), None)
    assert (d.url, d.published_at, d.published_source) == (site.url("/d"), None, "")


def serve_archive(site: LoopbackServer, days: dict[str, list[str]]) -> None:
    """An index of a file a day, as msm-sitemap makes them, and the files."""

    def answer(request: object) -> Reply:
        day = str(getattr(request, "path", "")).partition("?")[2]
        return Reply(body=make_urlset(*map(site.url, days[day])), content_type="application/xml")

    site.route("/daily.xml", answer)
    serve(
        site,
        "/index.xml",
        make_index(*((site.url(f"/daily.xml?{day.replace('&', '&amp;')}"), "") for day in days)),
    )


def test_an_archive_by_day_is_read_by_month_and_is_complete(site: LoopbackServer, tmp_path: Path) -> None:
    march = {f"yyyy=2024&mm=03&dd={day:02}": [f"/2024/03/{day:02}/n{day}"] for day in range(1, 32)}
    april = {
        "yyyy=2024&mm=04&dd=01": ["/2024/04/01/a", "/2024/03/31/late", "/2024/04/01/b/"],
        "yyyy=2024&mm=04&dd=02": [],
    }
    february = {"yyyy=2024&mm=02&dd=28": ["/2024/02/28/x"], "yyyy=2024&mm=02&dd=29": ["/2024/02/29/y"]}
    serve_archive(site, april | march | february)
    feed, access = make_feed(site.url("/feed")), give_access(tmp_path)
    wanted = want(feed, first=date(2024, 3, 1), last=date(2024, 4, 1))
    windows = plan(SitemapSource(), wanted, access)
    # one file more at both ends; and a window takes 31 files
    assert [(w.name[21:], len(w.items)) for w in windows] == [
        ("2024-03-0000", 31),
        ("2024-03-0001", 1),
        ("2024-04-0000", 2),
    ]
    assert [(w.first_day, w.last_day) for w in windows] == [
        (FIRST, LAST), (FIRST, LAST), (date(2024, 4, 1), date(2024, 4, 1)),
    ]  # fmt: skip
    found = [discover(SitemapSource(), window, wanted, access) for window in windows]
    assert [len(one.urls) for one in found] == [30, 1, 3]
    end = found[2].end
    assert (end.state, end.expected) == ("complete", 2)
    assert end.days == (DayEvidence(feed.feed_id, date(2024, 4, 1), "complete", 2, end.evidence),)
    assert (found[0].end.state, len(found[0].end.days)) == ("partial", 30)
    assert {day.state for day in found[0].end.days} == {"complete"}


def test_of_days_before_the_oldest_page_nothing_is_known(site: LoopbackServer, tmp_path: Path) -> None:
    serve_archive(site, {
        "yyyy=2024&mm=03": ["/2024/03/10/first", "/2024/03/20/second"], "yyyy=2024&mm=04": ["/2024/04/07/third"],
    })  # fmt: skip
    feed, access = make_feed(site.url("/feed")), give_access(tmp_path)
    wanted = want(feed, first=date(2024, 3, 1), last=date(2024, 4, 30))
    march, april = (
        discover(SitemapSource(), window, wanted, access).end
        for window in plan(SitemapSource(), wanted, access)
    )
    assert {day.day.day: day.state for day in march.days if day.day.day in (1, 9, 10, 31)} == {
        1: "unknown", 9: "unknown", 10: "complete", 31: "complete",
    }  # fmt: skip
    assert (march.state, april.state) == ("partial", "complete")


def test_one_page_without_a_day_makes_its_window_partial(site: LoopbackServer, tmp_path: Path) -> None:
    serve_archive(site, {"yyyy=2024&mm=03&dd=05": ["/2024/03/05/a", "/about-the-ferry"]})
    found = read_plan(SitemapSource(), want(make_feed(site.url("/feed"))), give_access(tmp_path))
    assert len(found.urls) == 2
    assert (found.end.state, found.end.days) == ("partial", ())


def test_only_files_that_can_hold_the_days_are_read(site: LoopbackServer, tmp_path: Path) -> None:
    files = [
        ("/posts-1.xml", "2023-01-05"),  # changed last before
        ("/posts-2.xml", "2024-02-29"),  # of a clock behind ours
        ("/posts-10.xml", "2024-05-01T00:00:00Z"),
        ("/posts-3.xml", ""),
        ("/month-2024-02.xml", ""),
        ("/month-2023-12.xml", ""),
        ("/index.xml", ""),  # itself
    ]
    for path, _ in files[:-1]:
        serve(site, path, make_urlset())
    serve(
        site,
        "/index.xml",
        make_index(*((site.url(p), d) for p, d in files), ("https://cdn.example/x.xml", "")),
    )
    [dated, undated] = plan(SitemapSource(), want(make_feed(site.url("/feed"))), give_access(tmp_path))
    assert [item.address for item in dated.items] == [site.url("/month-2024-02.xml")]
    assert [item.address for item in undated.items] == [
        site.url("/posts-2.xml"), site.url("/posts-3.xml"), site.url("/posts-10.xml"),
    ]  # fmt: skip


def test_equal_lastmods_say_nothing(site: LoopbackServer, tmp_path: Path) -> None:
    urls = [site.url("/posts-1.xml"), site.url("/posts-2.xml")]
    for path in ("/posts-1.xml", "/posts-2.xml"):
        body = make_urlset(site.url("/a"), site.url("/b")).replace(
            b"</loc>", b"</loc><lastmod>2020-01-01</lastmod>"
        )
        serve(site, path, body)
    serve(site, "/index.xml", make_index(*((url, "2020-01-01") for url in urls)))
    found = read_plan(SitemapSource(), want(make_feed(site.url("/feed"))), give_access(tmp_path))
    assert len(found.urls) == 4
    assert all(candidate.not_after is None for candidate in found.candidates)


def test_pages_changed_last_before_are_left_out(site: LoopbackServer, tmp_path: Path) -> None:
    body = make_urlset(site.url("/a"), site.url("/b"), site.url("/c"))
    for changed in (b"2024-02-28", b"2024-02-29", b"2024-02-29T23:59:59Z"):
        body = body.replace(b"</loc></url>", b"</loc><lastmod>" + changed + b"</lastmod></url>", 1)
    serve(site, "/index.xml", body)
    found = read_plan(SitemapSource(), want(make_feed(site.url("/feed"))), give_access(tmp_path))
    assert found.urls == [site.url("/b")]
    [candidate] = found.candidates
    assert candidate.not_after == datetime(2024, 3, 1, tzinfo=UTC)  # the end of that day


def test_without_robots_lines_two_addresses_are_guessed_and_no_more(
    site: LoopbackServer, tmp_path: Path
) -> None:
    site.route("/robots.txt", Reply(body=b"User-agent: *\nDisallow:\n", content_type="text/plain"))
    feed, access = make_feed(site.url("/deep/feed.xml")), give_access(tmp_path)
    assert plan(SitemapSource(), want(feed), access) == []
    assert [r.path for r in site.requests] == ["/robots.txt", "/sitemap.xml", "/sitemap_index.xml"]
    site.route("/sitemap.xml", Reply(body=b"<html><body>Not here</body></html>"))
    serve(site, "/sitemap_index.xml", make_index((site.url("/posts.xml"), "")))
    [window] = plan(SitemapSource(), want(feed), access)
    assert [item.address for item in window.items] == [site.url("/posts.xml")]
    site.route("/robots.txt", Reply(status=404))
    serve(site, "/sitemap.xml", make_urlset(site.url("/a")))
    [window] = plan(SitemapSource(), want(feed), access)
    assert [item.address for item in window.items] == [site.url("/sitemap.xml")]
    site.route("/robots.txt", Reply(body=b"Sitemap: https://elsewhere.example/sitemap.xml"))
    assert plan(SitemapSource(), want(feed), access) == [window]


def test_only_pages_of_the_feed_s_own_host_are_listed(tmp_path: Path) -> None:
    with LoopbackServer() as server:
        server.route("/robots.txt", Reply(body=b"Sitemap: /list.txt"))
        server.route(
            "/list.txt", Reply(body=server.url("/a", host="localhost").encode(), content_type="text/plain")
        )
        feed = make_feed(server.url("/feed", host="localhost"))
        found = read_plan(SitemapSource(), want(feed), give_access(tmp_path))
        assert found.urls == [server.url("/a", host="localhost")]
        other = make_feed(server.url("/feed"))  # 127.0.0.1 is another host
        assert read_plan(SitemapSource(), want(other), give_access(tmp_path)).urls == []


def serve_tree(site: LoopbackServer) -> None:
    """An index of indexes of files, with loops and an index too deep."""
    serve(
        site,
        "/index.xml",
        make_index((site.url("/a.xml"), ""), (site.url("/b.xml"), ""), (site.url("/z.xml"), "")),
    )
    serve(site, "/a.xml", make_urlset(site.url("/story-a")))
    serve(
        site,
        "/b.xml",
        make_index(*((site.url(p), "") for p in ("/b.xml", "/b1.xml", "/b2.xml", "/b3.xml", "/deep.xml"))),
    )
    for number in (1, 2, 3):
        serve(
            site,
            f"/b{number}.xml",
            make_urlset(site.url(f"/story-{number}"), site.url(f"/2024/03/0{number}/x")),
        )
    serve(site, "/deep.xml", make_index((site.url("/deeper.xml"), "")))
    serve(site, "/z.xml", make_urlset(site.url("/story-z")))


def test_indexes_of_indexes_are_followed_three_deep(site: LoopbackServer, tmp_path: Path) -> None:
    serve_tree(site)
    found = read_plan(SitemapSource(), want(make_feed(site.url("/feed"))), give_access(tmp_path))
    inner = [path for number in (1, 2, 3) for path in (f"/story-{number}", f"/2024/03/0{number}/x")]
    assert found.urls == [site.url(path) for path in ("/story-a", *inner, "/story-z")]
    assert found.details == [
        "the sitemap cannot be used: it is an index below 2 others, and deeper ones are not read"
    ]
    assert site.requests_for("/deeper.xml") == []
    assert len(site.requests_for("/b.xml")) == 1


def test_a_stop_costs_one_file(site: LoopbackServer, tmp_path: Path) -> None:
    serve_tree(site)
    wanted, access = want(make_feed(site.url("/feed"))), give_access(tmp_path)
    [window] = plan(SitemapSource(), wanted, access)
    check_every_cursor(SitemapSource(), window, wanted, access, asks_again=True)
    days = {
        f"yyyy=2024&mm=03&dd={day:02}": [f"/2024/03/{day:02}/n", f"/2024/03/{day:02}/n"] for day in (4, 5, 6)
    }
    serve_archive(site, days)
    [window] = plan(SitemapSource(), wanted, access)
    check_every_cursor(SitemapSource(), window, wanted, access)
    [first, *_] = discover(SitemapSource(), window, wanted, access).end.days
    assert first.expected == 1  # the same page twice


def test_a_mark_of_a_file_that_is_gone_reads_all(site: LoopbackServer, tmp_path: Path) -> None:
    serve_tree(site)
    wanted, access = want(make_feed(site.url("/feed"))), give_access(tmp_path)
    [window] = plan(SitemapSource(), wanted, access)
    cursor = json.dumps([[site.url("/b.xml"), site.url("/gone.xml")], 0, 0, {}])
    assert len(discover(SitemapSource(), window, wanted, access, cursor).urls) == 7


@pytest.mark.parametrize(
    ("reply", "detail"),
    [
        (Reply(status=404), "HTTP 404"),
        (Reply(status=403), "HTTP 403"),
        (Reply(status=401), "HTTP 401"),
        (Reply(body=b""), "HTTP 200 without a body"),
        (Reply(body=b"<!doctype html><html></html>"), "it is a web page"),
        (
            Reply(body=b"<!DOCTYPE a [<!ENTITY b 'c'>]><urlset/>"),
            "it declares a document type, which no sitemap needs",
        ),
    ],
    ids=["404", "403", "401", "empty", "html", "entities"],
)
def test_a_file_that_is_of_no_use_is_told_and_the_rest_is_read(
    site: LoopbackServer, tmp_path: Path, reply: Reply, detail: str
) -> None:
    serve(site, "/index.xml", make_index((site.url("/bad.xml"), ""), (site.url("/good.xml"), "")))
    serve(site, "/good.xml", make_urlset(site.url("/a")))
    site.route("/bad.xml", reply)
    wanted, access = want(make_feed(site.url("/feed"))), give_access(tmp_path)
    found = read_plan(SitemapSource(), wanted, access)
    assert found.urls == [site.url("/a")]
    [rejection] = found.rejections
    assert (rejection.reason, rejection.url) == ("listing_unreadable", site.url("/bad.xml"))
    assert rejection.detail == f"the sitemap cannot be used: {detail}"
    assert found.end.state == "partial"
    assert "1 files could not be read" in found.end.evidence


def test_a_redirect_to_another_site_is_not_followed_into_it(site: LoopbackServer, tmp_path: Path) -> None:
    other = site.url("/other.xml", host="localhost")
    site.route("/index.xml", redirect(302, other))
    serve(site, "/other.xml", make_urlset(site.url("/a")))
    found = read_plan(SitemapSource(), want(make_feed(site.url("/feed"))), give_access(tmp_path))
    assert found.urls == []
    assert found.details == [f"the sitemap cannot be used: it leads to another site: {other}"]


BROKEN = {
    "500": Reply(status=500),
    "503": Reply(status=503, headers=(("Retry-After", "5000"),)),
    "429": Reply(status=429, headers=(("Retry-After", "5000"),)),
    "closed": Reply(fault="close"),
    "cut XML": Reply(body=make_urlset("http://127.0.0.1/a", "http://127.0.0.1/b")[:-30]),
    "cut answer": Reply(body=make_urlset("http://127.0.0.1/a", "http://127.0.0.1/b"), fault="cut"),
    "cut text": Reply(body=b"http://127.0.0.1/a\nhttp://127.0.0.1/bbbbbbbbbbbb\n", fault="cut"),
    "cut gzip": Reply(body=gzip.compress(make_urlset("http://127.0.0.1/a") * 500)[:-40]),
    "bomb": Reply(body=gzip.compress(make_urlset("http://127.0.0.1/a") + b" " * 3_000_000)),
    "too large": Reply(body=make_urlset(*["http://127.0.0.1/a" + "b" * 400] * 4_000)),
}


@pytest.mark.parametrize("reply", BROKEN.values(), ids=BROKEN)
def test_what_broke_off_is_never_a_short_sitemap(site: LoopbackServer, tmp_path: Path, reply: Reply) -> None:
    access = give_access(tmp_path, limits=LIMITS.model_copy(update={"max_listing_bytes": MOST_BYTES}))
    wanted = want(make_feed(site.url("/feed")))
    site.route("/index.xml", reply)
    with pytest.raises(Transient, match="run again"):
        plan(SitemapSource(), wanted, access)
    serve(site, "/index.xml", make_index((site.url("/bad.xml"), "")))
    site.route("/bad.xml", reply)
    fresh = give_access(tmp_path / "fresh", limits=access.limits)
    [window] = plan(SitemapSource(), wanted, fresh)
    with pytest.raises(Transient, match="run again"):
        discover(SitemapSource(), window, wanted, fresh)


@pytest.mark.parametrize(
    "reply", [Reply(status=500), Reply(body=b"User-agent: *\n" * 9, fault="cut"), Reply(fault="close")]
)
def test_without_robots_nothing_is_planned_for_now(
    site: LoopbackServer, tmp_path: Path, reply: Reply
) -> None:
    site.route("/robots.txt", reply)
    with pytest.raises(Transient, match="run again"):
        plan(SitemapSource(), want(make_feed(site.url("/feed"))), give_access(tmp_path))
    assert {request.path for request in site.requests} == {"/robots.txt"}


def test_more_files_than_allowed_are_told(site: LoopbackServer, tmp_path: Path) -> None:
    for number in range(5):
        serve(site, f"/p{number}.xml", make_urlset(site.url(f"/a{number}")))
    serve(site, "/index.xml", make_index(*((site.url(f"/p{n}.xml"), "") for n in range(5))))
    access = give_access(tmp_path, history=HistorySettings(max_pages=3))
    wanted = want(make_feed(site.url("/feed")))
    [window] = plan(SitemapSource(), wanted, access)
    found = discover(SitemapSource(), window, wanted, access)
    assert len(found.urls) == 3
    assert "2 files were left out by history.max_pages" in found.end.evidence
    serve(site, "/p0.xml", make_index(*((site.url(f"/q{n}.xml"), "") for n in range(9))))
    found = discover(SitemapSource(), window, wanted, access)
    assert len(found.exchanges) == 3
    assert "beyond history.max_pages, 3 files a window" in found.details[-1]


def test_a_plan_is_the_same_again_and_differs_when_the_site_does(
    site: LoopbackServer, tmp_path: Path
) -> None:
    files = [(site.url(f"/p{number}.xml"), f"2024-0{number + 3}-01") for number in range(3)]
    serve(site, "/index.xml", make_index(*files))
    wanted, access = want(make_feed(site.url("/feed"))), give_access(tmp_path)
    windows = plan(SitemapSource(), wanted, access)
    serve(site, "/index.xml", make_index(*reversed(files)))
    assert plan(SitemapSource(), wanted, access) == windows
    serve(site, "/index.xml", make_index(*files[:2], (files[2][0], "2024-06-01")))
    [changed] = plan(SitemapSource(), wanted, access)
    assert changed.name == windows[0].name
    assert changed.facts != windows[0].facts
    longer = want(*wanted.feeds, last=date(2024, 4, 30))
    assert plan(SitemapSource(), longer, access)[0].facts != changed.facts


def test_what_is_missing_or_turned_round(tmp_path: Path) -> None:
    feed = make_feed("https://lakeside.example/feed")
    for wanted in (want(), want(feed, feed), want(feed, first=None), want(feed, last=None)):
        with pytest.raises(Permanent, match="one feed at a time"):
            plan(SitemapSource(), wanted, give_access(tmp_path))
    for wanted in (want(feed, first=LAST, last=FIRST), want(make_feed("file:/x"))):
        assert plan(SitemapSource(), wanted, give_access(tmp_path)) == []


def test_a_lastmod_without_a_clock_is_of_any() -> None:
    listed = parse_sitemap(
        b"<urlset><url><loc>http://a.example/</loc><lastmod>2024-03-05 10:00</lastmod></url></urlset>",
        "http://a.example/",
        999,
    )
    assert listed.listed[0].lastmod == FeedDate(datetime(2024, 3, 5, 10, tzinfo=UTC), None)
