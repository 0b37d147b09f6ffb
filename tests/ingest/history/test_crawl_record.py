"""One record out of Common Crawl: the page as it was kept, or a sentence that says why there is none."""

import asyncio
import gzip
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.archive.warc_files import ArchiveWriter
from ingest.archive.warc_records import encode_exchange
from ingest.history import services
from ingest.history.crawl_record import fetch_record
from ingest.http.exchange import Exchange, Request
from ingest.http.outage import check_network
from tests.common_crawl import AT, HTML, LIMITS, PAGE, CommonCrawl, make_part, make_record
from tests.ingest.archive.exchanges import make_exchange
from tests.ingest.history.asking import give_access
from tests.loopback import Reply
from transforms.errors import Transient
from transforms.history.records import Capture, WantedPage
from transforms.history.settings import HistorySettings
from transforms.make_fetch import make_fetch
from transforms.settings import HttpSettings

URL = "https://dale.example/2024/02/03/rain"
FILE = "crawl-data/CC-MAIN-2024-10/segments/1709.47/warc/CC-MAIN-2024-10-00000.warc.gz"
ROUTE = f"/data/{FILE}"
BEFORE, BEHIND = make_record("https://dale.example/before"), make_record("https://dale.example/behind")


def fetch(
    tmp_path: Path,
    record: bytes,
    url: str = URL,
    *replies: Reply,
    length: int | None = None,
    serves_parts: bool = True,
    http: HttpSettings = LIMITS,
) -> tuple[Exchange, CommonCrawl]:
    """What became of a record that lies between two others."""
    with CommonCrawl() as crawl:
        crawl.serves_parts = serves_parts
        crawl.add_file(FILE, BEFORE + record + BEHIND)
        crawl.disturb(ROUTE, *replies)
        address = f"{crawl.settings.commoncrawl_data_url}/{FILE}"
        capture = Capture("record", address, AT, len(BEFORE), len(record) if length is None else length)

        async def run() -> Exchange:
            with ArchiveWriter(tmp_path / "archive", 10**9) as archive:
                async with give_access(
                    tmp_path, limits=http or LIMITS, archive=archive
                ).open_fetcher() as fetcher:
                    wanted = WantedPage(url, None, "backfill-1", "fd1-dale", "en1-rain")
                    return await fetch_record(capture, wanted, fetcher, crawl.settings)

        exchange = asyncio.run(run())
    assert not list(tmp_path.glob("archive/*"))  # the caller keeps it
    assert exchange.fetch.archive_url == f"{address}#{capture.offset}-{capture.length}"
    assert (exchange.fetch.kind, exchange.fetch.url, exchange.fetch.run_id) == ("page", url, "backfill-1")
    assert (exchange.fetch.feed_id, exchange.fetch.entry_id) == ("fd1-dale", "en1-rain")
    return exchange, crawl


def test_a_record_is_the_page_as_it_was_then(tmp_path: Path) -> None:
    at = AT - timedelta(days=2)
    record = make_record(URL, PAGE, at)
    exchange, crawl = fetch(tmp_path, record)
    expected = make_fetch(
        "backfill-1",
        "page",
        URL,
        at,
        feed_id="fd1-dale",
        entry_id="en1-rain",
        body_bytes=len(PAGE),
        content_type="text/html; charset=utf-8",
    )
    told = {"duration_s": exchange.fetch.duration_s, "archive_url": exchange.fetch.archive_url}
    assert exchange.fetch == replace(expected, **told)  # type: ignore[arg-type]
    assert exchange.body == PAGE
    assert exchange.headers["content-type"] == "text/html; charset=utf-8"
    assert crawl.ranges(ROUTE) == [f"bytes={len(BEFORE)}-{len(BEFORE) + len(record) - 1}"]
    again = encode_exchange(exchange)
    assert PAGE in gzip.decompress(again)


@pytest.mark.parametrize("url", [URL, "http://www.dale.example/2024/02/03/rain/?utm_source=feed#top"])
def test_another_spelling_of_the_address_is_the_same_page(url: str, tmp_path: Path) -> None:
    exchange, _ = fetch(tmp_path, make_record("http://dale.example/2024/02/03/rain"), url)
    assert (exchange.fetch.outcome, exchange.fetch.url, exchange.body) == ("ok", url, PAGE)


def test_a_record_of_our_own_archive_is_read(tmp_path: Path) -> None:
    own = make_exchange(7, PAGE)
    exchange, _ = fetch(tmp_path, encode_exchange(own), own.fetch.url)
    assert (exchange.fetch.outcome, exchange.body) == ("ok", PAGE)
    assert exchange.fetch.requested_at == own.fetch.requested_at
    assert exchange.fetch.run_id == "backfill-1"


def chunked(payload: bytes) -> bytes:
    return b"5\r\n" + payload[:5] + b"\r\n%x\r\n" % len(payload[5:]) + payload[5:] + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("payload", "headers"),
    [
        (chunked(PAGE), {"Transfer-Encoding": "chunked"}),
        (gzip.compress(PAGE, mtime=0), {"Content-Encoding": "gzip"}),
        (chunked(gzip.compress(PAGE, mtime=0)), {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}),
        (zlib.compress(PAGE), {"Content-Encoding": "deflate"}),
        (PAGE, {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}),  # as crawlers wrote until 2019
        (PAGE, {"X-Crawler-Content-Encoding": "gzip"}),
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_a_page_that_was_sent_coded_is_unpacked(
    payload: bytes, headers: dict[str, str], packed: bool, tmp_path: Path
) -> None:
    record = make_record(URL, payload, headers=(*HTML, *headers.items()), packed=packed)
    exchange, _ = fetch(tmp_path, record)
    assert (exchange.fetch.outcome, exchange.body) == ("ok", PAGE)


def test_a_page_that_was_kept_in_part_says_so(tmp_path: Path) -> None:
    exchange, _ = fetch(tmp_path, make_record(URL, PAGE, fields={"WARC-Truncated": "length"}))
    assert (exchange.fetch.outcome, exchange.body) == ("ok", PAGE)
    assert exchange.fetch.error == "truncated: the crawler kept a part of the page (length)"


GOOD = make_record(URL)
TWO = GOOD + make_record("https://dale.example/other")
FALSE_DIGEST = {f"WARC-{what}-Digest": "sha1:" + "A" * 31 + "7" for what in ("Block", "Payload")}


@pytest.mark.parametrize(
    ("record", "error"),
    [
        (
            make_record("https://dale.example/2024/02/04/snow"),
            "of another page, https://dale.example/2024/02/04/snow",
        ),
        (make_record(URL, kind="revisit"), "holds no response but 'revisit'"),
        (make_record(URL, kind="metadata", payload=b"x: y"), "holds no response but 'metadata'"),
        (make_record(URL, kind="request", payload=b"GET / HTTP/1.1\r\n\r\n"), "no response but 'request'"),
        (make_record(URL, status="301 Moved"), "the page cannot be used .HTTP 301."),
        (make_record(URL, status="503 Busy"), "the page cannot be used .HTTP 503."),
        (make_record(URL, status="410 Gone"), "the page cannot be used .HTTP 410."),
        (make_record(URL, b""), "the page cannot be used .HTTP 200."),
        (make_record("urn:x", kind="response"), "it is damaged|it is of no page"),
        (
            make_record(URL, fields=FALSE_DIGEST),
            "digest is not that of",
        ),
        (make_record(URL, fields={"WARC-Date": "soon"}), "is no WARC-Date"),
        (make_record(URL, fields={"WARC-Segment-Number": "1"}), "in several segments"),
        (TWO, "2 records lie where the index tells of one"),
        (GOOD[:-40], "cut short or damaged|it is damaged"),
        (GOOD[:60] + b"\xff" * 30 + GOOD[90:], "cut short or damaged|it is damaged"),
        (gzip.compress(b"", mtime=0), "HTTP 206 without a body|0 records lie"),
        (gzip.compress(b"<html>", mtime=0), "it is damaged .no record begins there."),
        (b"<html>no WARC file at all</html>", "it is damaged .no record begins there."),
        (
            make_record(URL, headers=(*HTML, ("Content-Encoding", "gzip")), payload=b"\x1f\x8b\x08 no"),
            "cannot be used",
        ),
    ],
)
def test_what_is_not_the_page_is_said(record: bytes, error: str, tmp_path: Path) -> None:
    exchange, _ = fetch(tmp_path, record)
    assert (exchange.fetch.outcome, exchange.fetch.status, exchange.body) == ("http_error", 0, b"")
    with pytest.raises(AssertionError, match=error):
        raise AssertionError(exchange.fetch.error)
    assert exchange.fetch.error.startswith("record: ")
    assert exchange.fetch.requested_at == AT
    check_network([exchange])  # this is not the network's fault
    assert encode_exchange(exchange)


def test_a_page_larger_than_pages_may_be_is_refused(tmp_path: Path) -> None:
    big = make_record(URL, b"<html>" + b" " * 10_000_000)
    exchange, _ = fetch(tmp_path, big)
    assert (exchange.fetch.outcome, exchange.body) == ("refused", b"")
    assert exchange.fetch.error == "size: the body has more than 10,000,000 bytes"
    bigger = make_record(URL, b"<html>" + b" " * 20_000_000)
    exchange, _ = fetch(tmp_path, bigger)
    assert (exchange.fetch.outcome, exchange.body) == ("refused", b"")


def test_a_server_that_sends_whole_files_is_not_believed(tmp_path: Path) -> None:
    exchange, _ = fetch(tmp_path, GOOD, serves_parts=False)
    assert exchange.fetch.outcome == "http_error"
    assert exchange.fetch.error == "range: the server sends the whole file in place of a part of it"
    small = LIMITS.model_copy(update={"max_listing_bytes": 1_000})
    exchange, _ = fetch(tmp_path, GOOD, serves_parts=False, http=small)
    assert exchange.fetch.error == "range: the server sends the whole file in place of a part of it"


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(status=404), r"record: the file of the crawl cannot be had \(HTTP 404\)"),
        (Reply(status=416), r"record: the file of the crawl cannot be had \(HTTP 416\)"),
        (Reply(status=206, body=GOOD), "range: not what was asked for came, but no part of the file"),
        (Reply(status=206), "cannot be had .HTTP 206 without a body."),
        (make_part(b"x" * 9_000, 5, 1_000), "range: not what was asked for came, but bytes 5-1000/9000"),
        (make_part(GOOD, 0, 9_999, headers=(("Content-Range", "bytes 9-0/*"),)), "but bytes 9-0/"),
        (
            Reply(206, GOOD, "multipart/byteranges; boundary=x"),
            "range: not what was asked for came, but no part of the file",
        ),
        (Reply(status=302, headers=(("Location", "ftp://elsewhere.example/"),)), "cannot be had .scheme: "),
    ],
)
def test_an_answer_that_is_not_the_part_is_said(reply: Reply, error: str, tmp_path: Path) -> None:
    exchange, _ = fetch(tmp_path, GOOD, URL, reply)
    assert exchange.fetch.outcome == "http_error"
    with pytest.raises(AssertionError, match=error):
        raise AssertionError(exchange.fetch.error)


def test_how_long_the_whole_file_is_need_not_be_said(tmp_path: Path) -> None:
    told = f"bytes {len(BEFORE)}-{len(BEFORE) + len(GOOD) - 1}/*"
    exchange, _ = fetch(tmp_path, GOOD, URL, Reply(206, GOOD, headers=(("Content-Range", told),)))
    assert (exchange.fetch.outcome, exchange.body) == ("ok", PAGE)


def test_a_connection_that_breaks_off_is_tried_once_more(tmp_path: Path) -> None:
    data = BEFORE + GOOD + BEHIND
    cut = make_part(data, len(BEFORE), len(BEFORE) + len(GOOD) - 1, fault="cut")
    exchange, crawl = fetch(tmp_path, GOOD, URL, cut)
    assert (exchange.fetch.outcome, exchange.body) == ("ok", PAGE)
    assert len(crawl.ranges(ROUTE)) == 2
    exchange, _ = fetch(tmp_path, GOOD, URL, cut, cut)
    assert exchange.fetch.outcome == "http_error"
    assert exchange.fetch.error.startswith("record: it is cut short or damaged")


@pytest.mark.parametrize("length", [0, -5])
def test_a_part_that_is_none_is_not_asked_for(length: int, tmp_path: Path) -> None:
    exchange, crawl = fetch(tmp_path, GOOD, length=length)
    assert exchange.fetch.error.startswith("range: the index tells of no part of a file")
    assert crawl.server.requests == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_stops_everything(status: int, tmp_path: Path) -> None:
    with pytest.raises(Transient, match="refuses to answer"):
        fetch(tmp_path, GOOD, URL, Reply(status=status))


def test_a_service_that_is_down_leaves_the_page_for_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, _ = fetch(tmp_path, GOOD, URL, Reply(status=503))
    assert exchange.fetch.outcome == "ok"
    monkeypatch.setattr(services, "TRIES", 1)
    for status in (429, 500, 503):
        with pytest.raises(Transient, match=f"HTTP {status}; run again later"):
            fetch(tmp_path, GOOD, URL, Reply(status=status))


class _Stub:
    """A fetcher that answers one part, unpacked as the client unpacks or as it is."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def fetch(self, request: Request) -> Exchange:
        first, last = request.byte_range or (0, 0)
        told = {"content-range": f"bytes {first}-{last}/99999"}
        fetch = make_fetch(request.run_id, "listing", request.url, AT, status=206, body_bytes=len(self._body))
        return Exchange(fetch, told, self._body)

    def check_network(self, exchanges: object) -> None:
        pass


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255), st.booleans())
def test_wherever_a_record_is_damaged_no_other_page_comes_of_it(at: int, change: int, unpack: bool) -> None:
    body = bytearray(gzip.decompress(GOOD) if unpack else GOOD)
    body[at % len(body)] ^= change
    capture = Capture("record", "https://data.example/x.warc.gz", AT, 5, len(GOOD))
    wanted = WantedPage(URL, None, "backfill-1", "fd1-dale", "en1-rain")
    exchange = asyncio.run(fetch_record(capture, wanted, _Stub(bytes(body)), HistorySettings()))
    if exchange.fetch.outcome == "ok":
        assert exchange.body == PAGE
    else:
        assert exchange.fetch.error
