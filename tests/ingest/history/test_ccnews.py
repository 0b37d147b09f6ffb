"""The source `ccnews`: which files are read, the pages in them, and files that are cut, damaged or not there."""

import gzip
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.archive.warc_files import ArchiveWriter
from ingest.archive.warc_reader import Damage, RawRecord, iterate_records
from ingest.archive.warc_records import encode_exchange
from ingest.history import services
from ingest.history.ccnews import CcNewsSource
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow, Mark, WindowItem
from ingest.history.warc_pieces import BEGINNING, FilePlace, FileRange, RecordPieces, choose_size, read_place
from tests.common_crawl import AT, HTML, LIMITS, PAGE, CommonCrawl, make_access, make_part, make_record
from tests.ingest.archive.exchanges import make_exchange
from tests.ingest.history import asking
from tests.ingest.history.saved import OFFLINE
from tests.loopback import Reply
from transforms.errors import Permanent, Transient
from transforms.history.records import DayEvidence, WindowEnd
from transforms.records import Feed, Rejection

DALE = Feed("fd1-dale", "https://feeds.dale.example/news.xml")
HILL = Feed("fd1-hill", "https://www.hill.example/rss")
WANTED = HistoryRequest("", (DALE, HILL), date(2024, 3, 1), date(2024, 3, 2))
NAME = "20240302040506-00042"
FILE = f"crawl-data/CC-NEWS/2024/03/CC-NEWS-{NAME}.warc.gz"
ROUTE = f"/data/{FILE}"


@pytest.fixture
def crawl() -> Iterator[CommonCrawl]:
    with CommonCrawl() as served:
        yield served


@pytest.fixture
def access(crawl: CommonCrawl, tmp_path: Path) -> HistoryAccess:
    return make_access(crawl, tmp_path)


def plan(access: HistoryAccess, wanted: HistoryRequest = WANTED) -> list[HistoryWindow]:
    return asking.plan(CcNewsSource(), wanted, access)


def discover(
    access: HistoryAccess,
    window: HistoryWindow,
    cursor: str | None = None,
    wanted: HistoryRequest = WANTED,
    range_bytes: int = 1 << 24,
) -> asking.Reading:
    return asking.discover(CcNewsSource(range_bytes), window, wanted, access, cursor)


def read(
    crawl: CommonCrawl, access: HistoryAccess, *records: bytes, wanted: HistoryRequest = WANTED
) -> asking.Reading:
    """What the only file of the crawl gives, which holds `records`."""
    return discover(access, window_of(crawl, *records), wanted=wanted)


def window_of(crawl: CommonCrawl, *records: bytes) -> HistoryWindow:
    """The window of the only file of the crawl, without a plan."""
    address = crawl.add_news(NAME, *records)
    item = WindowItem(address, f"CC-NEWS-{NAME}.warc.gz")
    return HistoryWindow(f"CC-NEWS-{NAME}", (), (item,), "", WANTED.first_day, WANTED.last_day)


def noise(size: int, seed: int = 0) -> bytes:
    """A page that no compression makes smaller."""
    return b"<html><p>" + random.Random(seed).randbytes(size)


def names(windows: list[HistoryWindow]) -> list[str]:
    return [window.name.removeprefix("CC-NEWS-") for window in windows]


# which files


def test_the_files_of_the_days_are_read_and_of_the_three_behind_and_one_more_at_both_ends(
    crawl: CommonCrawl, access: HistoryAccess
) -> None:
    files = (
        "20240228010000-00001",
        "20240229020000-00002",  # goes on into the first day
        "20240301000000-00003",
        "20240302235959-00004",
        "20240305235959-00005",
        "20240306000000-00006",
        "20240306010000-00007",
    )
    for name in reversed(files):
        crawl.add_news(name, make_record("https://dale.example/x"))
    windows = plan(access)
    assert names(windows) == list(files[1:6])
    assert [window.requests for window in windows] == [64] * 5
    assert {window.feed_id for window in windows} == {""}
    days = [(str(window.first_day)[8:], str(window.last_day)[8:]) for window in windows]
    assert days == [("01", "01"), ("01", "02"), ("01", "02"), ("02", "02"), ("02", "02")]
    address = f"{crawl.settings.commoncrawl_data_url}/crawl-data/CC-NEWS/2024/03/CC-NEWS-{files[2]}.warc.gz"
    assert windows[1].items[0].address == address
    assert windows == plan(access)


def test_a_month_that_is_not_there_has_no_files(crawl: CommonCrawl, access: HistoryAccess) -> None:
    crawl.add_news("20231231230000-00009", make_record("https://dale.example/x"))
    crawl.add_news("20240103120000-00010", make_record("https://dale.example/x"))
    wanted = replace(WANTED, first_day=date(2024, 1, 1), last_day=date(2024, 1, 31))
    assert names(plan(access, wanted)) == ["20231231230000-00009", "20240103120000-00010"]
    asked = [one.path for one in crawl.server.requests]
    assert asked == [
        f"/data/crawl-data/CC-NEWS/{month}/warc.paths.gz" for month in ("2023/12", "2024/01", "2024/02")
    ]
    before = replace(WANTED, first_day=date(2010, 1, 1), last_day=date(2016, 1, 31))
    assert plan(access, before) == []
    assert len(crawl.server.requests) == 3


def test_whoever_names_no_feeds_or_days_is_told_to(crawl: CommonCrawl, access: HistoryAccess) -> None:
    for feeds in ((), (Feed("fd1-x", "https://feeds.feedburner.com/x", outlet="X"),)):
        with pytest.raises(Permanent, match="say which feeds: a month of Common Crawl's news is 600 GB"):
            plan(access, replace(WANTED, feeds=feeds))
    for wanted in (replace(WANTED, first_day=None), replace(WANTED, last_day=None)):
        with pytest.raises(Permanent, match="say which days"):
            plan(access, wanted)
    assert plan(access, replace(WANTED, first_day=date(2024, 5, 2), last_day=date(2024, 3, 1))) == []


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(status=403), "refuses to answer"),
        (Reply(status=418), "HTTP 418; run again later"),
        (Reply(body=b"<html>Busy</html>"), "which is no file of the crawl; run again later"),
        (
            Reply(body=gzip.compress(b"<Error><Code>SlowDown</Code></Error>", mtime=0)),
            "which is no file of the crawl",
        ),
        (Reply(body=f"{FILE}\n{FILE[:30]}\n".encode()), "which is no file of the crawl"),
        (Reply(body=b"https://elsewhere.example/CC-NEWS-20240301000000-00001.warc.gz"), "which is no file"),
        (Reply(body=FILE.replace("20240302", "20240399").encode()), "which is no file of the crawl"),
        (
            Reply(body=gzip.compress((FILE + "\n").encode() * 50, mtime=0)[:-12]),
            "the answer is not whole|body: ",
        ),
        (Reply(body=(FILE + "\n").encode() * 50, fault="cut"), "the answer is not whole"),
        (Reply(body=b""), "HTTP 200 without a body"),
    ],
)
def test_a_list_of_files_that_is_none_is_never_an_empty_one(
    reply: Reply, message: str, crawl: CommonCrawl, access: HistoryAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "TRIES", 1)
    crawl.disturb("/data/crawl-data/CC-NEWS/2024/02/warc.paths.gz", Reply(status=404))
    crawl.add_news(NAME, make_record("https://dale.example/x"))
    crawl.disturb("/data/crawl-data/CC-NEWS/2024/03/warc.paths.gz", reply)
    with pytest.raises(Transient, match=message):
        plan(access)


# which pages


def test_pages_of_the_wanted_sites_are_taken_in_one_pass(crawl: CommonCrawl, access: HistoryAccess) -> None:
    urls = (
        "https://www.dale.example/rain",
        "https://hill.example/2024/03/01/snow",
        "http://sport.hill.example/race",
        "https://overdale.example/rain",
        "https://hill.example.com/snow",
        "https://dale.example/2024/02/28/rain",
        "https://dale.example/2024/03/04/rain",
    )
    records = [make_record(url, b"<html>" + url.encode()) for url in urls]
    items = read(crawl, access, *records)
    found = items.exchanges
    assert [(page.fetch.url, page.fetch.feed_id) for page in found] == [
        (urls[0], DALE.feed_id),
        (urls[1], HILL.feed_id),
        (urls[2], HILL.feed_id),
    ]
    place = f"{crawl.settings.commoncrawl_data_url}/{FILE}#{len(records[0])}"
    assert found[1].fetch.archive_url == place
    assert (found[1].fetch.kind, found[1].fetch.requested_at, found[1].fetch.warc_file) == ("page", AT, "")
    assert found[1].body == b"<html>" + urls[1].encode()
    assert found[1].headers["content-type"] == "text/html; charset=utf-8"
    assert items.rejections == []
    assert items[-1] == WindowEnd(
        "partial",
        None,
        "what Common Crawl's news crawler saw",
        tuple(
            DayEvidence(
                feed.feed_id, date(2024, 3, 2), "partial", None, "what Common Crawl's news crawler saw"
            )
            for feed in (DALE, HILL)
        ),
    )
    assert isinstance(items[-2], Mark)


def test_a_feed_below_another_feeds_site_has_its_own_pages(crawl: CommonCrawl, access: HistoryAccess) -> None:
    sport = Feed("fd1-sport", "https://sport.hill.example/feed")
    hosted = Feed("fd1-moor", "https://feeds.feedburner.com/moor", outlet="moor.example")
    second = Feed("fd1-second", "https://hill.example/other")
    wanted = replace(WANTED, feeds=(HILL, sport, second, hosted))
    urls = ("https://www.sport.hill.example/race", "https://hill.example/snow", "https://moor.example/fog")
    found = read(crawl, access, *map(make_record, urls), wanted=wanted).exchanges
    assert [page.fetch.feed_id for page in found] == ["fd1-sport", "fd1-hill", "fd1-moor"]


def chunked(payload: bytes) -> bytes:
    return b"%x\r\n" % len(payload) + payload + b"\r\n0\r\n\r\n"


CODED = (("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"), ("Content-Length", "7"))
FALSE_DIGEST = {f"WARC-{what}-Digest": "sha1:" + "A" * 31 + "7" for what in ("Block", "Payload")}


def spoil(record: bytes, old: bytes, new: bytes) -> bytes:
    """The same record with other bytes in it, packed again."""
    plain = gzip.decompress(record)
    assert old in plain
    return gzip.compress(plain.replace(old, new), mtime=0)


EVE = datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)
X = "https://dale.example/x"
LENGTH = b"Content-Length: %d" % (len(gzip.decompress(make_record(X)).partition(b"\r\n\r\n")[2]) - 4)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (make_record(X), None),
        (make_record(X, chunked(gzip.compress(PAGE, mtime=0)), headers=(*HTML, *CODED)), None),
        (make_record(X, PAGE, headers=(*HTML, *CODED)), None),  # as the crawler wrote until May 2019
        (make_record(X, PAGE, headers=()), None),
        (make_record(X, PAGE, packed=False), "record_unreadable"),
        (make_record(X, PAGE, fields={"WARC-Truncated": "length"}), None),
        (make_record(X, kind="revisit"), ""),
        (make_record(X, b"GET / HTTP/1.1\r\n\r\n", kind="request"), ""),
        (make_record(X, b"x: y", kind="metadata"), ""),
        (make_record(X, PAGE, kind="resource"), ""),
        (make_record(X, status="301 Moved"), ""),
        (make_record(X, status="404 Not FoundItem"), ""),
        (make_record(X, b"%PDF-1.7", headers=(("Content-Type", "application/pdf"),)), ""),
        (make_record(X, b"<rss><channel/></rss>", headers=(("Content-Type", "application/rss+xml"),)), ""),
        (make_record(X, b"<rss><channel/></rss>"), ""),
        (make_record(X, b"no type and no tag", headers=()), ""),
        (make_record(X, at=EVE), ""),  # it tells of none of the days
        (make_record(X, b""), "page_empty"),
        (make_record(X, b"<html>" + b" " * 2_000), "page_refused"),
        (make_record(X, noise(1_500_000)), "page_refused"),
        (make_record(X, b"\x1f\x8b\x08 broken", headers=(*HTML, CODED[0])), "record_unreadable"),
        (make_record(X, fields=FALSE_DIGEST), "record_unreadable"),
        (make_record(X, fields={"WARC-Date": "yesterday"}), "record_unreadable"),
        (spoil(make_record(X), LENGTH, b"Content-Length: 40"), "record_unreadable"),
        (spoil(make_record(X), LENGTH, b"Content-Length: many"), "record_unreadable"),
        (spoil(make_record(X), LENGTH + b"\r\n", b""), "record_unreadable"),
        (spoil(make_record(X), b"WARC/1.0", b"WARK/1.0"), "record_unreadable"),
        (make_record(X)[:-30], "record_unreadable"),
        (b"\0" * 100, "record_unreadable"),
        (b"<html>not packed, and no record</html>", "record_unreadable"),
        (make_record("https://moor.example/x", fields=FALSE_DIGEST), ""),
        (make_record("https://moor.example/x", noise(1_500_000)), ""),
    ],
)
def test_what_becomes_of_a_record(record: bytes, reason: str | None, tmp_path: Path) -> None:
    """None: it is a page; "": it is passed over. The records around it are read in any case."""
    small = replace(OFFLINE, limits=LIMITS.model_copy(update={"max_page_bytes": 1_000}))
    around = make_record("https://dale.example/a"), make_record("https://dale.example/z")
    (tmp_path / f"CC-NEWS-{NAME}.warc.gz").write_bytes(around[0] + record + around[1])
    wanted = replace(WANTED, path=str(tmp_path))
    [window] = plan(small, wanted)
    items = discover(small, window, wanted=wanted)
    assert [page.fetch.url[-1] for page in items.exchanges] == (
        ["a", "x", "z"] if reason is None else ["a", "z"]
    )
    assert {one.reason for one in items.rejections} == ({reason} if reason else set())
    assert all(one.item_id.startswith(f"CC-NEWS-{NAME}.warc.gz#") for one in items.rejections)
    assert all(page.body == PAGE for page in items.exchanges)
    assert isinstance(items[-1], WindowEnd)


def test_what_a_rejection_says(crawl: CommonCrawl, access: HistoryAccess) -> None:
    good = make_record("https://hill.example/a")
    items = read(crawl, access, good, make_record(X, fields=FALSE_DIGEST))
    [rejection] = items.rejections
    assert (rejection.stage, rejection.feed_id, rejection.url) == ("page", DALE.feed_id, X)
    assert rejection.item_id == f"CC-NEWS-{NAME}.warc.gz#{len(good)}"
    assert rejection.detail == "the record's digest is not that of what it holds"


def test_a_page_that_was_kept_in_part_says_so(crawl: CommonCrawl, access: HistoryAccess) -> None:
    [page] = read(crawl, access, make_record(X, fields={"WARC-Truncated": "time"})).exchanges
    assert page.fetch.error == "truncated: the crawler kept a part of the page (time)"


def test_files_that_our_own_archive_wrote_are_read(
    crawl: CommonCrawl, access: HistoryAccess, tmp_path: Path
) -> None:
    exchanges = [make_exchange(number, PAGE) for number in range(3)]
    with ArchiveWriter(tmp_path / "own", 10**9) as writer:
        for exchange in exchanges:
            writer.append(exchange)
    [file] = (tmp_path / "own").glob("*.warc.gz")
    wanted = replace(WANTED, feeds=(Feed("fd1-news", "https://news.example/feed"),))
    found = read(crawl, access, file.read_bytes(), wanted=wanted).exchanges
    assert [page.fetch.url for page in found] == [exchange.fetch.url for exchange in exchanges]
    assert {page.fetch.feed_id for page in found} == {"fd1-news"}
    assert encode_exchange(found[0])


# range by range


MANY = [make_record(f"https://dale.example/{number}", noise(400 * number, number)) for number in range(40)]


def test_a_file_is_read_in_consecutive_ranges_and_once(crawl: CommonCrawl, access: HistoryAccess) -> None:
    window = window_of(crawl, *MANY)
    items = discover(access, window, range_bytes=100_000)
    assert len(items.exchanges) == 40
    told = [tuple(map(int, one.removeprefix("bytes=").split("-"))) for one in crawl.ranges(ROUTE)]
    assert told[0] == (0, 99_999)
    assert all(after[0] == before[1] + 1 for before, after in pairwise(told))
    assert told[-1][1] >= sum(map(len, MANY)) - 1 > told[-1][0]
    assert sum(isinstance(item, Mark) for item in items) == len(told)


@pytest.mark.parametrize("range_bytes", [30_000, 100_000, 1 << 24])
def test_a_stopped_file_goes_on_with_exactly_the_rest(
    range_bytes: int, crawl: CommonCrawl, access: HistoryAccess
) -> None:
    records = [*MANY[:20], b"damage", make_record(X, fields=FALSE_DIGEST), *MANY[20:]]
    window = window_of(crawl, *records)
    whole = discover(access, window, range_bytes=range_bytes)
    assert len(whole.exchanges) == 40
    marks = [at for at, item in enumerate(whole) if isinstance(item, Mark)]
    assert len(marks) == -(-sum(map(len, records)) // range_bytes) or range_bytes > 1 << 20
    for at in marks[:: max(1, len(marks) // 4)]:
        mark = whole[at]
        assert isinstance(mark, Mark)
        rest = discover(access, window, mark.cursor, range_bytes=70_000)
        assert _strip(rest) == _strip(whole[at + 1 :])


def _strip(items: list[FoundItem]) -> list[FoundItem]:
    """What does not depend on the ranges or on the time."""
    kept = [replace(item, rejected_at=AT) if isinstance(item, Rejection) else item for item in items]
    return [item for item in kept if not isinstance(item, Mark)]


def test_nothing_of_the_ranges_is_archived(crawl: CommonCrawl, tmp_path: Path) -> None:
    crawl.add_news(NAME, *MANY)
    with ArchiveWriter(tmp_path / "archive", 10**9) as archive:
        access = make_access(crawl, tmp_path, archive=archive)
        [window] = plan(access)
        listed = {path: path.stat().st_size for path in (tmp_path / "archive").glob("*.warc.gz")}
        discover(access, window)
        assert {path: path.stat().st_size for path in (tmp_path / "archive").glob("*.warc.gz")} == listed


DATA = b"".join(MANY)


@pytest.mark.parametrize(
    ("replies", "error", "message"),
    [
        ([make_part(DATA, 0, len(DATA) - 1, fault="cut")] * 2, Transient, "bytes came for 'bytes 0-"),
        ([make_part(DATA[:-50], 0, 90_000), make_part(DATA, 90_001, 95_000)], Transient, "has changed while"),
        ([make_part(DATA, 7, 90_000)] * 2, Transient, "bytes came for 'bytes 7-90000"),
        (
            [Reply(206, DATA, headers=(("Content-Range", f"bytes 0-{len(DATA) - 1}/*"),))] * 2,
            Transient,
            "for 'bytes",
        ),
        ([Reply(206, DATA)], Transient, "no part of the file came; run again later"),
        ([Reply(status=416)], Transient, "HTTP 416; run again later"),
        ([Reply(status=403)], Transient, "refuses to answer"),
        ([Reply(status=404)], Permanent, "is not there .HTTP 404.; plan the backfill again"),
        ([Reply(body=DATA)], Permanent, "the server sends whole files only"),
        ([Reply(status=503)], Transient, "HTTP 503; run again later"),
        ([Reply(fault="close")], Transient, "run again later"),
    ],
)
def test_a_file_that_ends_short_is_not_read_to_its_end(
    replies: list[Reply],
    error: type[Exception],
    message: str,
    crawl: CommonCrawl,
    access: HistoryAccess,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(services, "TRIES", 1)
    window = window_of(crawl, *MANY)
    crawl.disturb(ROUTE, *replies)
    with pytest.raises(error, match=message):
        discover(access, window)


def test_a_server_without_parts_is_told_from_its_size(crawl: CommonCrawl, tmp_path: Path) -> None:
    access = make_access(crawl, tmp_path, LIMITS.model_copy(update={"max_listing_bytes": 100_000}))
    window = window_of(crawl, *MANY)
    assert len(discover(access, window).exchanges) == 40  # in parts that are no larger than listings
    crawl.serves_parts = False
    with pytest.raises(
        Permanent, match=r"the server sends whole files only; .* save the file and give its folder"
    ):
        discover(access, window)


def test_a_connection_that_breaks_off_is_tried_once_more(crawl: CommonCrawl, access: HistoryAccess) -> None:
    window = window_of(crawl, *MANY)
    crawl.disturb(ROUTE, make_part(DATA, 1, len(DATA) - 1, fault="cut"), Reply(status=503))
    assert len(discover(access, window).exchanges) == 40


def test_a_file_that_is_not_packed_is_left_at_its_beginning(
    crawl: CommonCrawl, access: HistoryAccess
) -> None:
    items = read(crawl, access, make_record(X, packed=False), b" " * 3_000_000)
    assert [one.detail for one in items.rejections] == ["the file is not compressed as WARC files are"]
    assert len(crawl.ranges(ROUTE)) == 1
    assert isinstance(items[-1], WindowEnd)


def test_a_cursor_of_somebody_else_is_said(crawl: CommonCrawl, access: HistoryAccess) -> None:
    window = window_of(crawl, *MANY)
    with pytest.raises(Permanent, match="is no place in a WARC file"):
        discover(access, window, "page 3")


@pytest.mark.parametrize(
    ("seconds", "size"), [(0.0, 16_000), (1.0, 16_000), (5.0, 4_000), (60.0, 1_000), (6_000.0, 1_000)]
)
def test_on_a_slow_line_less_is_asked_for_at_once(seconds: float, size: int) -> None:
    assert choose_size(FileRange(b"x" * 1_000, 10**6, seconds), 1_000, 16_000, 60.0) == size


# a mirror on this machine


def test_a_mirror_gives_the_same_pages_without_a_network(
    crawl: CommonCrawl, access: HistoryAccess, tmp_path: Path
) -> None:
    records = [*MANY[:9], b"damage", make_record(X, fields=FALSE_DIGEST), *MANY[9:]]
    crawl.add_news(NAME, *records)
    [remote] = plan(access)
    file = tmp_path / "mirror" / "2024" / f"CC-NEWS-{NAME}.warc.gz"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"".join(records))
    offline = replace(OFFLINE, history=crawl.settings)
    wanted = replace(WANTED, path=str(tmp_path / "mirror"))
    [local] = plan(offline, wanted)
    assert (local.name, local.first_day, local.last_day, local.requests) == (remote.name, *_days(remote), 0)
    found = discover(offline, local, "", wanted, 50_000)
    assert _strip(found) == _strip(discover(access, remote))
    marks = [at for at, item in enumerate(found) if isinstance(item, Mark)]
    assert len(marks) > 3
    for at in marks:
        mark = found[at]
        assert isinstance(mark, Mark)
        assert _strip(discover(offline, local, mark.cursor, wanted)) == _strip(found[at + 1 :])


def _days(window: HistoryWindow) -> tuple[date | None, date | None]:
    return window.first_day, window.last_day


def test_a_mirror_needs_no_days_and_may_be_one_file(tmp_path: Path) -> None:
    for at, name in enumerate(("20240101000000-00001", "20240801000000-00002")):
        (tmp_path / f"CC-NEWS-{name}.warc.gz").write_bytes(make_record(f"https://dale.example/{at}"))
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "CC-NEWS-20240101000000-00001.warc.gz").write_bytes(b"")
    (tmp_path / "CC-NEWS-2024.warc.gz").write_bytes(b"")
    (tmp_path / "CC-NEWS-20241399000000-00001.warc.gz").write_bytes(b"")
    wanted = HistoryRequest(str(tmp_path), (DALE,))
    windows = plan(OFFLINE, wanted)
    assert names(windows) == ["20240101000000-00001", "20240801000000-00002"]
    assert [len(discover(OFFLINE, window, wanted=wanted).exchanges) for window in windows] == [1, 1]
    one = replace(wanted, path=str(tmp_path / "CC-NEWS-20240801000000-00002.warc.gz"))
    assert names(plan(OFFLINE, one)) == ["20240801000000-00002"]
    dated = replace(wanted, first_day=date(2024, 8, 1), last_day=date(2024, 8, 2))
    assert names(plan(OFFLINE, dated)) == names(windows)  # one more before the days
    assert [window.facts for window in windows] != [window.facts for window in plan(OFFLINE, one)]


def test_a_mirror_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.warc.gz").write_bytes(b"")
    with pytest.raises(
        Permanent, match=r"does not exist; give the folder with the files CC-NEWS-\.\.\.\.warc\.gz"
    ):
        plan(OFFLINE, HistoryRequest(str(tmp_path / "none"), (DALE,)))
    with pytest.raises(Permanent, match=r"holds no files CC-NEWS-\.\.\.\.warc\.gz; for other WARC files"):
        plan(OFFLINE, HistoryRequest(str(tmp_path), (DALE,)))


def test_a_mirrored_file_that_was_cut_or_is_gone_is_said(tmp_path: Path) -> None:
    file = tmp_path / f"CC-NEWS-{NAME}.warc.gz"
    file.write_bytes(DATA[:-100])
    wanted = replace(WANTED, path=str(tmp_path))
    [window] = plan(OFFLINE, wanted)
    items = discover(OFFLINE, window, wanted=wanted)
    assert len(items.exchanges) == 39
    [rejection] = items.rejections
    assert (rejection.reason, rejection.detail) == ("record_unreadable", "the compressed file is cut short")
    end = items[-1]
    assert isinstance(end, WindowEnd)
    assert end.state == "partial"
    file.unlink()
    with pytest.raises(Permanent, match="is gone; put it back"):
        discover(OFFLINE, window, wanted=wanted)


# records out of pieces


def take(
    data: bytes, sizes: Iterator[int], place: FilePlace = BEGINNING, max_bytes: int = 10**6
) -> list[RawRecord | Damage]:
    pieces = RecordPieces(max_bytes, place)
    found: list[RawRecord | Damage] = []
    at = place.offset
    while at < len(data):
        piece = data[at : at + max(1, next(sizes))]
        at += len(piece)
        found += pieces.add(piece, is_last=at == len(data))
    return found


def plain(items: list[RawRecord | Damage], shift: int = 0) -> list[object]:
    """What can be compared; offsets are given as `shift` more."""
    return [
        (item.offset + shift, str(item.headers), item.block)
        if isinstance(item, RawRecord)
        else replace(item, offset=item.offset + shift)
        for item in items
    ]


def repeat(size: int) -> Iterator[int]:
    while True:
        yield size


SHUFFLED = random.Random(7)
MANY_SMALL = [
    make_record(f"https://dale.example/{n}", noise(SHUFFLED.randrange(9_000), n)) for n in range(60)
]
BROKEN = bytearray(b"".join(MANY_SMALL))
for _at in (30_000, 90_000, 91_000, 150_000):
    BROKEN[_at : _at + 5] = b"\xff\0\xff\0\xff"
PLAIN = [make_record(f"https://dale.example/{n}", noise(5_000, n), packed=False) for n in range(40)]
SPAN = b"".join(PLAIN)
FILES = {
    "whole": b"".join(MANY_SMALL),
    "broken": bytes(BROKEN),
    "cut": b"".join(MANY_SMALL)[:-700],
    "padded": b"".join(record + b"\0" * 40 for record in MANY_SMALL),
    "garbage between": b"".join(record + b"garbage" * (n % 3) for n, record in enumerate(MANY_SMALL)),
    "records that share members": b"".join(
        gzip.compress(b"".join(PLAIN[n : n + 3]), mtime=0) for n in range(0, 40, 3)
    ),
    "members that end anywhere": b"".join(
        gzip.compress(SPAN[n : n + 7_000], mtime=0) for n in range(0, len(SPAN), 7_000)
    ),
    "one member": gzip.compress(SPAN, mtime=0),
    "wrong lengths": b"".join(
        spoil(record, b"Content-Length: ", b"Content-Length: 1") if n % 7 == 0 else record
        for n, record in enumerate(MANY_SMALL)
    ),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("size", [1_000, 16_383, 65_536, 100_001, 150_000, 10**7])
def test_the_records_are_the_same_whatever_the_ranges(name: str, size: int) -> None:
    whole = list(iterate_records(BytesIO(FILES[name]), 10**6))
    assert len(whole) >= 15
    assert plain(take(FILES[name], repeat(size))) == plain(whole)


@given(st.sampled_from(sorted(FILES)), st.lists(st.integers(1, 300_000), min_size=1, max_size=12))
def test_any_ranges_give_the_same_records(name: str, sizes: list[int]) -> None:
    whole = list(iterate_records(BytesIO(FILES[name]), 10**6))
    assert plain(take(FILES[name], iter([*sizes, *[10**6] * 10]))) == plain(whole)


def test_a_record_may_be_cut_at_every_byte() -> None:
    filler = make_record("https://dale.example/filler", noise(70_000))
    record, rest = make_record(X, b"<html>short"), make_record(X, noise(140_000))
    data = filler + record + rest
    whole = plain(list(iterate_records(BytesIO(data), 10**6)))
    for at in range(len(filler) - 2, len(filler) + len(record) + 2):
        assert plain(take(data, iter([at, 10**7]))) == whole


@pytest.mark.parametrize("name", FILES)
def test_from_any_place_the_rest_is_the_same(name: str) -> None:
    data = FILES[name]
    pieces = RecordPieces(10**6)
    found: list[RawRecord | Damage] = []
    places = []
    for at in range(0, len(data), 40_000):
        found += pieces.add(data[at : at + 40_000], is_last=at + 40_000 >= len(data))
        places.append((len(found), read_place(str(pieces.place))))
    for count, place in places:
        assert plain(take(data, repeat(90_000), place)) == plain(found[count:])


def test_what_is_larger_than_a_reader_may_hold_is_passed_over_in_bounded_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ingest.history.warc_pieces._HEADERS_BYTES", 200_000)
    big = make_record(X, noise(1_500_000))
    data = MANY_SMALL[0] + big + b"".join(MANY_SMALL[1:30]) + big + b"".join(MANY_SMALL[30:])
    pieces = RecordPieces(10_000)
    found: list[RawRecord | Damage] = []
    for at in range(0, len(data), 50_000):
        found += pieces.add(data[at : at + 50_000], is_last=at + 50_000 >= len(data))
        assert len(pieces._held) < 300_000
        rest = take(data, repeat(60_000), read_place(str(pieces.place)), 10_000)
        assert sum(isinstance(one, RawRecord) for one in (*found, *rest)) == 60
    damages = [one for one in found if isinstance(one, Damage)]
    assert [one.offset for one in damages] == [len(MANY_SMALL[0]), data.rindex(big)]
    assert damages[0].detail == "no record ends within 211,250 bytes; what comes up to the next is left out"


def test_one_member_that_is_larger_than_a_reader_may_hold_is_read_in_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ingest.history.warc_pieces._HEADERS_BYTES", 100_000)
    whole = gzip.compress(SPAN * 3, mtime=0)
    data = whole + b"".join(MANY_SMALL[:30])
    found = take(data, repeat(50_000), BEGINNING, 10_000)
    damages = [one for one in found if isinstance(one, Damage)]
    assert len(damages) == 1
    assert len(found) > 31
    rest = take(b"".join(MANY_SMALL[:30]), repeat(10**6))
    assert plain(found[-30:]) == plain(rest, len(whole))


@pytest.mark.parametrize("place", [FilePlace(), FilePlace(7), FilePlace(7, 3), FilePlace(7, is_lost=True)])
def test_a_place_can_be_written_down(place: FilePlace) -> None:
    assert read_place(str(place)) == place


@pytest.mark.parametrize("text", ["x", "-1", "1+", "1~2", "+1", "9" * 16])
def test_what_is_no_place_is_said(text: str) -> None:
    with pytest.raises(Permanent, match="is no place in a WARC file"):
        read_place(text)
