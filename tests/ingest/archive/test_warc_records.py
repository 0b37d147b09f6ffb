import gzip
import io
import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.archive.warc_files import ArchiveWriter, iterate_exchanges, read_exchange
from ingest.http.exchange import Exchange
from tests.ingest.archive.exchanges import MEGABYTES, append, files, make_exchange
from tests.loopback import compress
from transforms.make_fetch import make_fetch
from transforms.records import FetchKind, Outcome

WORDS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
LINES = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)
URLS = st.builds("https://{}.example/{}?q={}".format, WORDS, WORDS, WORDS) | st.builds(
    "file:{}".format, WORDS
)
INSTANTS = st.integers(0, 2 * 10**15).map(
    lambda us: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=us)
)


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    outcome: Outcome = draw(st.sampled_from(get_args(Outcome)))
    body = draw(st.binary(max_size=500)) if outcome == "ok" else b""
    headers = draw(st.dictionaries(WORDS.map("x-{}".format), LINES, max_size=4))
    headers |= draw(st.sampled_from([{}, {"content-encoding": "gzip"}, {"transfer-encoding": "chunked"}]))
    kind: FetchKind = draw(st.sampled_from(get_args(FetchKind)))
    fetch = make_fetch(
        draw(st.text(max_size=10)),
        kind,
        draw(URLS | st.text(max_size=20)),
        draw(INSTANTS),
        feed_id=draw(st.text(max_size=10)),
        entry_id=draw(st.text(max_size=10)),
        final_url=draw(URLS),
        outcome=outcome,
        status=draw(st.integers(100, 999)) if outcome == "ok" else draw(st.sampled_from([0, 304, 410, 503])),
        error=draw(st.text(max_size=40)),
        duration_s=draw(st.floats(0, 100)),
        body_bytes=len(body),
        content_type=draw(LINES),
        redirects=tuple(draw(st.lists(URLS, max_size=3))),
    )
    return Exchange(fetch, headers, body, draw(st.just("") | URLS), draw(st.none() | INSTANTS))


@given(st.lists(exchanges(), min_size=1, max_size=4))
def test_every_exchange_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, stored: list[Exchange]
) -> None:
    folder = tmp_path_factory.mktemp("archive")
    with ArchiveWriter(folder, MEGABYTES) as writer:
        placed = [append(writer, exchange) for exchange in stored]
    assert list(iterate_exchanges(folder)) == placed
    for exchange in reversed(placed):
        assert read_exchange(folder, exchange.fetch.warc_file, exchange.fetch.warc_offset) == exchange


def test_other_tools_can_replay_it(tmp_path: Path) -> None:
    stored = replace(
        make_exchange(),
        headers={
            "content-type": "text/html",
            "content-encoding": "gzip",
            "content-length": "7",
            "transfer-encoding": "chunked",
            "x-author": "Zoë",
        },
    )
    with ArchiveWriter(tmp_path, MEGABYTES, software="Dateline/1.2.3") as writer:
        writer.append(stored)
    with (tmp_path / files(tmp_path)[0]).open("rb") as file:
        info, record = [(r, r.content_stream().read()) for r in ArchiveIterator(file, check_digests="raise")]
    assert (info[0].rec_type, info[0].rec_headers.protocol) == ("warcinfo", "WARC/1.1")
    assert b"software: Dateline/1.2.3\r\n" in info[1]
    headers, http = record[0].rec_headers, record[0].http_headers
    assert (record[0].rec_type, record[1]) == ("response", b"<p>news</p>")
    assert headers.get_header("WARC-Target-URI") == "https://news.example/0"
    assert headers.get_header("WARC-Date") == "2026-11-23T12:00:00.123456Z"
    assert headers.get_header("WARC-Payload-Digest").startswith("sha1:")
    assert headers.get_header("Dateline-Run-Id") == "run-1"
    assert headers.get_header("Dateline-Kind") == "page"
    assert headers.get_header("Dateline-Feed-Id") == "fd1-1"
    assert headers.get_header("Dateline-Entry-Id") == "en1-0"
    assert http.get_statuscode() == "200"
    assert http.get_header("Content-Length") == "11"
    assert http.get_header("Content-Encoding") is None
    assert http.get_header("Transfer-Encoding") is None
    assert http.get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert http.get_header("X-Archive-Orig-Content-Length") == "7"


def foreign_records() -> Iterator[tuple[str, str, dict[str, str], bytes]]:
    """Responses as crawlers write them: type, status line, headers, body as on the wire."""
    html = {"Content-Type": "text/html"}
    yield "response", "200 OK", html, b"<p>plain</p>"
    yield "response", "200 OK", html | {"Content-Encoding": "gzip"}, compress("gzip", b"<p>gzip</p>")
    yield "response", "200 OK", html | {"Content-Encoding": "zstd"}, compress("zstd", b"<p>zstd</p>")
    yield (
        "response",
        "200 OK",
        html | {"Transfer-Encoding": "chunked"},
        b"5\r\n<p>ch\r\n7\r\nunk</p>\r\n0\r\n\r\n",
    )
    yield "response", "200 OK", {"Content-Type": "application/rss+xml; charset=utf-8"}, b"<rss/>"
    yield "response", "404 Not Found", html, b"<p>no such page</p>"
    yield "response", "200 OK", html | {"Content-Encoding": "gzip"}, compress("gzip", b"<p>cut off")[:14]
    yield "response", "200 OK", html | {"Content-Encoding": "br"}, compress("br", b"\0" * 60_000_000)
    yield "request", "GET / HTTP/1.1", {"Host": "news.example"}, b""
    yield "resource", "", {}, b"some text"


def write_foreign(path: Path, packed: bool) -> None:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "a crawler"}))
        for number, (kind, status, headers, body) in enumerate(foreign_records()):
            http = StatusAndHeaders(
                status, list(headers.items()), "HTTP/1.1", is_http_request=kind == "request"
            )
            record = writer.create_warc_record(
                f"https://news.example/{number}",
                kind,
                payload=io.BytesIO(body),
                length=len(body),
                http_headers=http if status else None,
                warc_headers_dict={"WARC-Date": f"2020-02-0{number + 1 if number < 9 else 9}T10:00:00Z"},
            )
            writer.write_record(record)


@pytest.mark.parametrize("packed", [True, False])
def test_warc_files_of_others(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("crawl.warc.gz" if packed else "crawl.warc")
    write_foreign(path, packed)
    found = list(iterate_exchanges(path))
    assert [one.body for one in found[:5]] == [
        b"<p>plain</p>",
        b"<p>gzip</p>",
        b"<p>zstd</p>",
        b"<p>chunk</p>",
        b"<rss/>",
    ]
    expected = ["ok", "ok", "ok", "ok", "ok", "http_error", "network_error", "refused", "ok"]
    assert [one.fetch.outcome for one in found] == expected
    assert [one.fetch.kind for one in found] == ["page"] * 4 + ["feed"] + ["page"] * 4
    first = found[0].fetch
    assert (first.url, first.status, first.run_id) == ("https://news.example/0", 200, "")
    assert first.requested_at == datetime(2020, 2, 1, 10, tzinfo=UTC)
    assert found[0].headers == {"content-type": "text/html"}
    assert len({one.fetch.fetch_id for one in found}) == len(found)
    if packed:
        for exchange in found:
            assert read_exchange(tmp_path, path.name, exchange.fetch.warc_offset) == exchange
    assert list(iterate_exchanges([path])) == found
    assert list(iterate_exchanges(tmp_path)) == found


def test_a_foreign_record_without_a_date_ends_its_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    block = b"HTTP/1.1 200 OK\r\n\r\nbody"
    record = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/\r\n"
        b"WARC-Date: yesterday\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n%b\r\n\r\n"
        % (len(block), block)
    )
    (tmp_path / "odd.warc.gz").write_bytes(gzip.compress(record))
    assert list(iterate_exchanges(tmp_path)) == []
    assert "'yesterday' is no WARC-Date" in caplog.text
