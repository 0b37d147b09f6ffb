"""Answers that break HTTP in ways that browsers and curl read all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.http.http1 import Head, read_head
from tests.ingest.http.fetching import ask, feed, page
from tests.loopback import LoopbackServer, Reply, compress

NEWS = b"<rss version='2.0'><channel><item><title>Bridge closed</title></item></channel></rss>"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
SIZE = b"Content-Length: %d\r\n" % len(NEWS)
CHUNK = b"%x\r\n%s\r\n" % (len(NEWS), NEWS)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as running:
        yield running


@pytest.mark.parametrize(
    "raw",
    [
        OK + SIZE + b"no colon in this line\r\n\r\n" + NEWS,
        OK + b"no colon\r\n that goes on\r\n" + SIZE + b"\r\n" + NEWS,
        OK + b"Odd Name: x\r\n" + SIZE + b"\r\n" + NEWS,
        OK + b": no name\r\n" + SIZE + b"\r\n" + NEWS,
        OK + b"N\xc3\xa4me: x\r\n" + SIZE + b"\r\n" + NEWS,
        OK + b"X-Control: a\x00b\x01\r\n" + SIZE + b"\r\n" + NEWS,
        OK + b"X-Folded: one\r\n  two\r\n" + SIZE + b"\r\n" + NEWS,
        OK + b"X-Long: " + b"v" * 70_000 + b"\r\n" + SIZE + b"\r\n" + NEWS,
        OK + b"X-Many: v\r\n" * 12_000 + SIZE + b"\r\n" + NEWS,
        OK + b"Content-Length : %d\r\n\r\n" % len(NEWS) + NEWS,
        OK + SIZE + SIZE + b"\r\n" + NEWS,
        OK + SIZE + b"Content-Length: 7\r\n\r\n" + NEWS,
        OK + b"Content-Length: what\r\n\r\n" + NEWS,
        OK + b"Content-Length: -1\r\n\r\n" + NEWS,
        OK + b"Content-Length: %d\r\n\r\n" % (len(NEWS) + 300) + NEWS,
        OK + b"\r\n" + NEWS,
        OK + b"Transfer-Encoding: identity\r\n" + SIZE + b"\r\n" + NEWS,
        OK + b"Transfer-Encoding: identity\r\n\r\n" + NEWS,
        OK + b"Transfer-Encoding: Chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK + b"0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n" + SIZE + b"\r\n" + CHUNK + b"0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n" + SIZE + b"\r\n" + NEWS,
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK,
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK + b"0\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK + b"nonsense\r\n",
        (OK + SIZE + b"\r\n").replace(b"\r\n", b"\n") + NEWS,
        b"\r\n" + OK + SIZE + b"\r\n" + NEWS,
        b"HTTP/1.1 103 Early Hints\r\nodd line\r\n\r\n" + OK + SIZE + b"odd line\r\n\r\n" + NEWS,
        b"HTTP/1.1 200\r\n" + SIZE + b"\r\n" + NEWS,
        b"HTTP/1.1  200  Fine \xe9\x01\r\n" + SIZE + b"\r\n" + NEWS,
        b"http/1.1 200 OK\r\n" + SIZE + b"\r\n" + NEWS,
        b"HTTP/2 200\r\n" + SIZE + b"\r\n" + NEWS,
        b"HTTP/1.0 200 OK\r\n\r\n" + NEWS,
        OK + b"Content-Encoding: gzip\r\n\r\n" + compress("gzip", NEWS)[:-8],
        OK + b"Content-Encoding: gzip\r\n\r\n" + compress("gzip", NEWS) + b"\r\n0\r\n",
        OK
        + b"Transfer-Encoding: gzip, chunked\r\n\r\n"
        + b"%x\r\n%s\r\n0\r\n\r\n" % (len(compress("gzip", NEWS)), compress("gzip", NEWS)),
    ],
)
def test_the_feed_comes_whole(server: LoopbackServer, tmp_path: Path, raw: bytes) -> None:
    server.route("/odd", Reply(raw=raw))
    (exchange,) = ask(tmp_path, [feed(server.url("/odd"))])
    assert (exchange.fetch.outcome, exchange.fetch.error, exchange.body) == ("ok", "", NEWS)


@pytest.mark.parametrize(
    "raw",
    [
        OK + b"Content-Length: 3000\r\n\r\n" + NEWS[:50],
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % len(NEWS) + NEWS[:50],
        OK + b"Content-Encoding: gzip\r\n\r\n" + compress("gzip", bytes(range(256)) * 400)[:500],
    ],
)
def test_what_came_of_a_body_is_used_and_told(server: LoopbackServer, tmp_path: Path, raw: bytes) -> None:
    server.route("/cut", Reply(raw=raw))
    for exchange in ask(tmp_path, [feed(server.url("/cut")), page(server.url("/cut"))]):
        assert exchange.fetch.outcome == "ok"
        assert exchange.fetch.error.startswith("cut: ")
        assert exchange.body[:50] in (NEWS[:50], bytes(range(50)))
        assert exchange.fetch.body_bytes == len(exchange.body) > 0


@pytest.mark.parametrize(
    "raw", [b"", OK, OK + b"Content-Length: 9\r\n\r\n", b"<rss/>", b"HTTP/1.1 OK\r\n\r\n<rss/>"]
)
def test_nothing_is_no_answer(server: LoopbackServer, tmp_path: Path, raw: bytes) -> None:
    server.route("/none", Reply(raw=raw) if raw else Reply(fault="close"))
    (exchange,) = ask(tmp_path, [feed(server.url("/none"))])
    assert (exchange.fetch.outcome, exchange.body) == ("network_error", b"")
    assert exchange.fetch.error.startswith("protocol: ")


def test_a_kept_connection_is_repaired_each_time(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/odd", Reply(body=NEWS, headers=(("Odd Name", "x"), ("ETag", '"1"'))))
    answers = ask(tmp_path, [feed(server.url("/odd"))] * 3)
    assert [one.body for one in answers] == [NEWS] * 3
    assert answers[0].headers["etag"] == '"1"'
    assert "odd name" not in answers[0].headers
    assert len({request.port for request in server.requests}) == 1


def test_a_sound_block_is_read_whole() -> None:
    block = b'HTTP/1.1 200 OK\r\nETag: "a"\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 3\r\n\r\n'
    headers = {"etag": '"a"', "set-cookie": "a=1, b=2", "content-length": "3"}
    assert read_head(block) == Head(200, headers, is_chunked=False, length=3, is_kept=True)
