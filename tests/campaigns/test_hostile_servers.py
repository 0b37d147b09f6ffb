"""Sixty ways in which servers misbehave, each as a feed and as a page, beside one that behaves."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import brotli
import pytest

from dateline.home import Home
from ingest.feeds.subscriptions import make_feed
from tests.dateline.homes import Answer, ask, call, make_home
from tests.dateline.saved_news import TEXTS
from tests.loopback import LoopbackServer, Reply, bomb, redirect, throttle

pytestmark = pytest.mark.campaign

TITLE, *PARAGRAPHS = TEXTS["aleppo"]
PAGE = (
    f'<!doctype html><html lang="en"><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>'
    + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    + "</article></body></html>"
).encode()
SETTINGS = {
    "HTTP_CONNECT_TIMEOUT_S": "5",
    "HTTP_READ_TIMEOUT_S": "2",
    "HTTP_TOTAL_TIMEOUT_S": "4",
    "HTTP_PER_HOST": "32",
    "HTTP_MAX_FEED_BYTES": "1000000",
    "HTTP_MAX_PAGE_BYTES": "1000000",
    "PAGES_MAX_ATTEMPTS": "1",
    "POLL_BATCH_FEEDS": "100",
}


def rss(link: str) -> bytes:
    """A feed with one entry, which leads to `link`."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Tidings</title>'
        f"<item><guid>{link}</guid><title>{TITLE}</title><link>{link}</link>"
        "<pubDate>Tue, 03 Mar 2026 08:00:00 GMT</pubDate></item></channel></rss>"
    ).encode()


def raw(head: str, body: bytes) -> Reply:
    """Bytes as they are: a status line and headers, a blank line, the body."""
    return Reply(raw=head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body)


def list_misbehaviour(body: bytes) -> dict[str, Reply]:
    """Answers that carry, or seem to carry, `body`."""
    size, zipped = len(body), gzip.compress(body)
    ok = f"HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nContent-Length: {size}"
    chunks = b"%x\r\n%b\r\n" % (size, body)
    endings = {
        "close": Reply(fault="close"),
        "hang": Reply(fault="hang"),
        "cut": Reply(body=body, fault="cut"),
        "endless": Reply(body=b"<p>more</p>" * 1000, fault="endless"),
        "drip": Reply(body=body, drip_bytes=1, drip_s=0.5),
        "late": Reply(body=body, wait_s=1.0),
        "late-for-ever": Reply(body=body, wait_s=30.0),
        "length-too-long": raw(ok.replace(str(size), str(size + 500)), body),
        "length-too-short": raw(ok.replace(str(size), str(size - 50)), body),
        "length-below-zero": raw(ok.replace(str(size), "-5"), body),
        "length-is-a-word": raw(ok.replace(str(size), "many"), body),
        "two-lengths": raw(f"{ok}\nContent-Length: 7", body),
        "no-length": raw("HTTP/1.1 200 OK\nContent-Type: text/html", body),
    }
    heads = {
        "http-1.0": raw(ok.replace("1.1", "1.0"), body),
        "http-0.9": Reply(raw=body),
        "no-such-version": raw(ok.replace("1.1", "7.3"), body),
        "status-999": raw(ok.replace("200", "999"), body),
        "status-of-a-word": raw(ok.replace("200", "fine"), body),
        "no-reason": raw(ok.replace(" OK", ""), body),
        "line-without-colon": raw(f"{ok}\nthis is no header", body),
        "blank-in-name": raw(f"{ok}\nX Bad Name: v", body),
        "empty-name": raw(f"{ok}\n: v", body),
        "folded": raw(f"{ok}\nX-Long: a\n b", body),
        "latin-1-header": raw(f"{ok}\nX-Place: Málaga", body),
        "controls-in-header": raw(f"{ok}\nX-Bell: \x07\x1b[31m", body),
        "long-header": raw(f"{ok}\nX-Long: {'a' * 500_000}", body),
        "many-headers": raw(ok + "".join(f"\nX-{n}: {n}" for n in range(5_000)), body),
        "bare-newlines": Reply(raw=ok.encode() + b"\n\n" + body),
        "continue-first": Reply(raw=b"HTTP/1.1 100 Continue\r\n\r\n" + raw(ok, body).raw),
        "early-hints": Reply(raw=b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + raw(ok, body).raw),
        "garbage": Reply(raw=bytes(range(256)) * 20),
        "tls-instead": Reply(raw=b"\x15\x03\x01\x00\x02\x02\x28"),
    }
    codings = {
        "chunked": Reply(body=body, chunked=True),
        "chunks-without-end": raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", chunks),
        "chunk-size-is-a-word": raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", b"many\r\n" + body),
        "chunk-size-huge": raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", b"ffffffffffffffff\r\n" + body),
        "transfer-identity": raw(f"{ok}\nTransfer-Encoding: identity", body),
        "coding-utf-8": Reply(body=body, headers=(("Content-Encoding", "UTF-8"),)),
        "coding-none": Reply(body=body, headers=(("Content-Encoding", "none"),)),
        "coding-unknown": Reply(body=body, headers=(("Content-Encoding", "rot13"),)),
        "gzip-but-plain": Reply(body=body, headers=(("Content-Encoding", "gzip"),)),
        "gzip-not-said": Reply(body=zipped),
        "gzip-cut": Reply(body=zipped[:-30], headers=(("Content-Encoding", "gzip"),)),
        "gzip-without-trailer": Reply(body=zipped[:-8], headers=(("Content-Encoding", "gzip"),)),
        "gzip-and-more": Reply(body=zipped + b"more", headers=(("Content-Encoding", "gzip"),)),
        "gzip-twice": Reply(body=gzip.compress(zipped), headers=(("Content-Encoding", "gzip, gzip"),)),
        "deflate-raw": Reply(body=zlib.compress(body)[2:-4], headers=(("Content-Encoding", "deflate"),)),
        "brotli-cut": Reply(body=brotli.compress(body)[:-9], headers=(("Content-Encoding", "br"),)),
        "bomb-gzip": bomb("gzip", 100_000_000),
        "bomb-brotli": bomb("br", 100_000_000),
        "large": Reply(body=body + b" " * 2_000_000),
        "charset-unknown": Reply(body=body, content_type="text/html; charset=no-such-thing"),
        "type-missing": Reply(body=body, content_type=""),
    }
    statuses = {
        "204": Reply(status=204),
        "205": Reply(status=205),
        "206": Reply(status=206, body=body[:100]),
        "304-unasked": Reply(status=304),
        "401": Reply(status=401, body=b"who are you?", headers=(("WWW-Authenticate", "Basic"),)),
        "403": Reply(status=403, body=b"no"),
        "410": Reply(status=410),
        "418": Reply(status=418, body=b"teapot"),
        "500": Reply(status=500, body=body),
        "redirect-to-itself": Reply(status=302, headers=(("Location", ""),)),
        "redirect-nowhere": Reply(status=302),
        "redirect-to-port-99999": redirect(302, "http://127.0.0.1:99999/"),
        "redirect-to-port-below-zero": redirect(302, "http://127.0.0.1:-1/"),
        "redirect-to-a-bracket": redirect(302, "http://[::1"),
        "redirect-to-a-file": redirect(302, "file:///etc/passwd"),
        "redirect-to-nobody": redirect(302, "http://no-such-host.invalid/"),
    }
    return endings | heads | codings | statuses


HELD = {
    "retry-after-year-9999": throttle(503, "Fri, 31 Dec 9999 23:59:59 -0100"),
    "retry-after-below-zero": throttle(429, "-5"),
    "retry-after-a-word": throttle(429, "soon"),
}
"""They hold a whole host, so they have one of their own."""
READ = {
    "blank-in-name", "brotli-cut", "charset-unknown", "chunked", "chunks-without-end", "coding-none", "coding-utf-8",
    "continue-first", "deflate-raw", "early-hints", "folded", "gzip-and-more", "gzip-not-said", "gzip-twice",
    "gzip-without-trailer", "http-1.0", "late", "latin-1-header", "length-too-long", "line-without-colon",
    "no-length", "no-reason", "transfer-identity", "type-missing",
}  # fmt: skip
"""What browsers and curl read, and so do we; what cannot be read of the others, a rejection says."""


@dataclass(frozen=True, slots=True)
class Polled:
    home: Home
    answers: tuple[Answer, Answer]


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Polled]:
    with LoopbackServer() as server, LoopbackServer() as holding:
        addresses = [server.url("/feed/good")]
        server.route("/feed/good", Reply(body=rss(server.url("/page/good"))))
        server.route("/page/good", Reply(body=PAGE))
        for name in list_misbehaviour(PAGE):
            body = rss(server.url(f"/article/{name}"))
            server.route(f"/feed/{name}", list_misbehaviour(body)[name])
            server.route(f"/article/{name}", Reply(body=PAGE))
            # the same as a page, below a feed that behaves
            server.route(f"/sound/{name}", Reply(body=rss(server.url(f"/page/{name}"))))
            server.route(f"/page/{name}", list_misbehaviour(PAGE)[name])
            addresses += [server.url(f"/feed/{name}"), server.url(f"/sound/{name}")]
        for name, reply in HELD.items():
            holding.route(f"/feed/{name}", reply)
            addresses.append(holding.url(f"/feed/{name}", host="localhost"))
        home = make_home(
            tmp_path_factory.mktemp("hostile") / "home", [make_feed(address) for address in addresses]
        )
        yield Polled(home, (call(home, "run", **SETTINGS), call(home, "run", "--all", **SETTINGS)))


def test_there_are_sixty_of_them() -> None:
    assert len(list_misbehaviour(PAGE)) + len(HELD) >= 60
    assert list_misbehaviour(PAGE).keys() > READ


def test_both_runs_come_to_their_end(polled: Polled) -> None:
    for answer in polled.answers:
        assert answer.status == 0, answer
        assert "Traceback" not in answer.out + answer.err


def test_the_good_article_is_there(polled: Polled) -> None:
    query = "SELECT count(*) FROM articles WHERE url LIKE '%/page/good' AND text_source = 'page'"
    assert ask(polled.home, query) == [(1,)]


@pytest.mark.parametrize("name", [*list_misbehaviour(PAGE), *HELD])
def test_a_feed_is_read_or_rejected(name: str, polled: Polled) -> None:
    [(entries, rejections)] = ask(
        polled.home,
        f"""SELECT (SELECT count(*) FROM entries e JOIN feeds f USING (feed_id) WHERE f.url LIKE '%/feed/{name}'),
                   (SELECT count(*) FROM rejections WHERE url LIKE '%/feed/{name}')""",
    )
    if name in READ:
        assert entries == 1
    elif name != "304-unasked":
        assert entries + rejections > 0


@pytest.mark.parametrize("name", list_misbehaviour(PAGE))
def test_a_page_is_read_or_rejected(name: str, polled: Polled) -> None:
    [(read, rejections)] = ask(
        polled.home,
        f"""SELECT (SELECT count(*) FROM articles WHERE url LIKE '%/page/{name}' AND text_source = 'page'),
                   (SELECT count(*) FROM rejections WHERE url LIKE '%/page/{name}')""",
    )
    if name in READ:
        assert read == 1
    else:
        assert read + rejections > 0


def test_the_row_accounting_balances(polled: Polled) -> None:
    rows = ask(polled.home, "SELECT step, taken, passed + unchanged + rejected FROM step_counts")
    assert len(rows) > 3
    assert all(taken == accounted for _, taken, accounted in rows)
