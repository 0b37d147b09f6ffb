import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from ingest.http.client import make_user_agent
from ingest.http.exchange import Exchange
from tests.ingest.http.fetching import BRIEF, HASTY, QUICK, ask, feed, page
from tests.limits import HANG_S
from tests.loopback import Encoding, LoopbackServer, Received, Reply, bomb, compress, redirect, throttle
from transforms.settings import HttpSettings

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as running:
        running.route("/feed", Reply(body=b"<rss/>", content_type="application/rss+xml"))
        yield running


def ask_one(tmp_path: Path, url: str, limits: HttpSettings = QUICK) -> Exchange:
    return ask(tmp_path, [feed(url)], limits)[0]


def test_a_plain_answer(server: LoopbackServer, tmp_path: Path) -> None:
    exchange = ask(tmp_path, [feed(server.url("/feed"))], clock=lambda: NOW)[0]
    fetch = exchange.fetch
    assert (fetch.outcome, fetch.status, fetch.error) == ("ok", 200, "")
    assert (exchange.body, fetch.body_bytes) == (b"<rss/>", 6)
    assert fetch.content_type == exchange.headers["content-type"] == "application/rss+xml"
    assert (fetch.url, fetch.final_url, fetch.redirects) == (server.url("/feed"), server.url("/feed"), ())
    assert (fetch.run_id, fetch.kind, fetch.feed_id, fetch.requested_at) == ("run-1", "feed", "fd1-1", NOW)
    assert fetch.fetch_id.startswith("ft1-")
    assert 0 < fetch.duration_s < 1
    assert (exchange.moved_to, exchange.retry_at, fetch.warc_file) == ("", None, "")


def test_what_a_request_says_of_us(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/page", Reply(body=b"page", headers=(("Set-Cookie", "id=1"), ("Set-Cookie", "b=2"))))
    server.route("/moved", redirect(302, "/page"))
    answers = ask(
        tmp_path, [page(server.url("/page")), page(server.url("/moved")), feed(server.url("/feed"))]
    )
    assert answers[0].headers["set-cookie"] == "id=1, b=2"
    for request in server.requests:
        assert request.headers["user-agent"] == "Dateline/1.2.3 (+https://example.org/about)"
        assert request.headers["accept-encoding"] == "gzip, br, zstd"
        assert request.headers["host"] == f"127.0.0.1:{server.port}"
        assert not {"cookie", "referer", "authorization"} & set(request.headers)
    assert server.requests[0].headers["accept"].startswith("text/html")
    assert server.requests[-1].headers["accept"].startswith("application/atom+xml")
    assert len({request.port for request in server.requests}) == 1  # one connection for all


def test_credentials_of_an_address_are_not_sent(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/moved", redirect(302, f"http://user:secret@127.0.0.1:{server.port}/feed"))
    fetch = ask_one(tmp_path, server.url("/moved")).fetch
    assert fetch.outcome == "ok"
    assert "secret" not in fetch.final_url
    assert all("authorization" not in request.headers for request in server.requests)


def test_the_environments_proxy_is_not_used(
    server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ask_one(tmp_path, server.url("/feed")).fetch.outcome == "ok"


def test_without_a_contact() -> None:
    assert make_user_agent("1.2.3", "") == "Dateline/1.2.3"


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
@pytest.mark.parametrize("chunked", [False, True])
def test_content_codings(server: LoopbackServer, tmp_path: Path, encoding: Encoding, chunked: bool) -> None:
    text = b"words and words " * 5000
    server.route("/packed", Reply(body=text, encoding=encoding, chunked=chunked))
    exchange = ask_one(tmp_path, server.url("/packed"))
    assert (exchange.body, exchange.fetch.body_bytes) == (text, len(text))


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_bombs_are_refused(server: LoopbackServer, tmp_path: Path, encoding: Encoding) -> None:
    server.route("/bomb", bomb(encoding, 100_000_000))
    exchange = ask_one(tmp_path, server.url("/bomb"))
    assert (exchange.fetch.outcome, exchange.body) == ("refused", b"")
    assert exchange.fetch.error == "size: the body has more than 100,000 bytes"


def test_size_caps_by_kind(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/big", Reply(body=b"x" * 150_000))
    server.route("/bigger", Reply(body=b"x" * 250_000, chunked=True))
    server.route("/endless", Reply(body=b"x" * 10_000, fault="endless"))
    urls = [server.url(path) for path in ("/big", "/bigger", "/endless")]
    assert [one.fetch.outcome for one in ask(tmp_path, map(feed, urls))] == ["refused"] * 3
    assert [one.fetch.outcome for one in ask(tmp_path, map(page, urls))] == ["ok", "refused", "refused"]


@pytest.mark.parametrize(
    "label", ["gzip", "br", "zstd", "deflate", "lzma", "UTF-8", "none", "binary", "identity", ","]
)
def test_a_body_that_is_not_coded_as_it_says(server: LoopbackServer, tmp_path: Path, label: str) -> None:
    server.route("/wrong", Reply(body=b"<rss/>", headers=(("Content-Encoding", label),)))
    exchange = ask_one(tmp_path, server.url("/wrong"))
    assert (exchange.fetch.outcome, exchange.fetch.error, exchange.body) == ("ok", "", b"<rss/>")


@pytest.mark.parametrize("headers", [(), (("Content-Encoding", "gzip"),), (("Content-Encoding", "none"),)])
@pytest.mark.parametrize("layers", [1, 2])
def test_gzip_is_known_by_its_first_bytes(
    server: LoopbackServer, tmp_path: Path, headers: tuple[tuple[str, str], ...], layers: int
) -> None:
    body = compress("gzip", b"<rss/>")
    if layers == 2 and ("Content-Encoding", "gzip") in headers:
        body = compress("gzip", body)
    server.route("/packed", Reply(body=body, headers=headers, content_type="application/octet-stream"))
    assert ask_one(tmp_path, server.url("/packed")).body == b"<rss/>"


def test_an_unannounced_bomb_is_refused(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/bomb", Reply(body=bomb("gzip", 100_000_000).body))
    assert ask_one(tmp_path, server.url("/bomb")).fetch.error == "size: the body has more than 100,000 bytes"


# --- conditional requests


def test_validators_come_back_as_they_were(server: LoopbackServer, tmp_path: Path) -> None:
    etag, date = 'W/"x, y\xe9--gzip"', "sometime last week"  # opaque: nobody parses them
    server.route("/etag", Reply(body=b"<rss/>", etag=etag))
    server.route("/date", Reply(body=b"<rss/>", last_modified=date))
    first = ask(tmp_path, [feed(server.url("/etag")), feed(server.url("/date"))])
    assert (first[0].headers["etag"], first[1].headers["last-modified"]) == (etag, date)
    second = ask(tmp_path, [feed(server.url("/etag"), etag, date), feed(server.url("/date"), "", date)])
    assert [one.fetch.outcome for one in second] == ["not_modified"] * 2
    assert [one.fetch.status for one in second] == [304, 304]
    sent = server.requests_for("/etag")[1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == (etag, date)
    assert "if-none-match" not in server.requests_for("/date")[1].headers
    assert "if-none-match" not in server.requests_for("/etag")[0].headers


def test_validators_stay_with_their_address(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/moved", redirect(302, "/other"))
    server.route("/other", Reply(body=b"<rss/>", etag='"1"'))
    exchange = ask(tmp_path, [feed(server.url("/moved"), etag='"1"')])[0]
    assert exchange.fetch.outcome == "ok"
    assert server.requests_for("/moved")[0].headers["if-none-match"] == '"1"'
    assert "if-none-match" not in server.requests_for("/other")[0].headers


def test_a_304_that_nobody_asked_for(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/odd", Reply(status=304))
    fetch = ask_one(tmp_path, server.url("/odd")).fetch
    assert (fetch.outcome, fetch.status) == ("http_error", 304)


# --- errors, throttling


@pytest.mark.parametrize("status", [400, 401, 403, 404, 451, 500, 502])
def test_http_errors(server: LoopbackServer, tmp_path: Path, status: int) -> None:
    server.route("/bad", Reply(status=status, body=b"<rss>not this</rss>"))
    exchange = ask_one(tmp_path, server.url("/bad"))
    assert (exchange.fetch.outcome, exchange.fetch.status) == ("http_error", status)
    assert (exchange.fetch.error, exchange.body) == (f"HTTP {status}", b"")


def test_an_empty_answer_is_no_success(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/empty", Reply())
    server.route("/none", Reply(status=204))
    for exchange in ask(tmp_path, [feed(server.url("/empty")), feed(server.url("/none"))]):
        assert exchange.fetch.outcome == "http_error"
        assert exchange.fetch.error.endswith("without a body")


def test_gone(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/gone", Reply(status=410))
    server.route("/moved", redirect(301, "/gone"))
    server.route("/elsewhere", redirect(302, "/gone"))
    answers = ask(tmp_path, [feed(server.url(path)) for path in ("/gone", "/moved", "/elsewhere")])
    assert [one.fetch.outcome for one in answers] == ["gone", "gone", "http_error"]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_throttling_holds_the_host_over_steps(
    server: LoopbackServer, tmp_path: Path, status: int, form: str
) -> None:
    until = NOW + timedelta(seconds=90)
    server.route(
        "/busy", throttle(status, "90" if form == "seconds" else format_datetime(until, usegmt=True))
    )
    first = ask(tmp_path, [feed(server.url("/busy"))], clock=lambda: NOW)[0]
    assert (first.fetch.outcome, first.fetch.status, first.retry_at) == ("throttled", status, until)
    requests = [feed(server.url("/feed")), page(server.url("/page")), feed(server.url("/feed", "localhost"))]
    held_feed, held_page, other_host = ask(tmp_path, requests, clock=lambda: NOW + timedelta(seconds=80))
    for held in (held_feed, held_page):
        assert (held.fetch.outcome, held.fetch.status, held.retry_at) == ("throttled", 0, until)
        assert "asked to be left alone until 2026-11-23 12:01:30 UTC" in held.fetch.error
    assert other_host.fetch.outcome == "ok"
    assert len(server.requests) == 2
    assert ask(tmp_path, requests[:1], clock=lambda: until)[0].fetch.outcome == "ok"


def test_throttled_without_a_time(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/busy", Reply(status=503))
    busy, after = ask(tmp_path, [feed(server.url("/busy")), feed(server.url("/feed"))])
    assert (busy.fetch.outcome, busy.retry_at, after.fetch.outcome) == ("throttled", None, "ok")


# --- deadlines and broken servers


@pytest.mark.parametrize(
    ("reply", "limits", "error"),
    [
        (Reply(fault="hang"), HASTY, "timeout: the server stayed silent"),
        (Reply(wait_s=HANG_S), HASTY, "timeout: the server stayed silent"),
        (Reply(body=b"x" * 1000, drip_bytes=1, drip_s=0.05), BRIEF, "timeout: the whole took too long"),
        (Reply(body=b"x" * 9, drip_bytes=3, drip_s=HANG_S), HASTY, "timeout: the server stayed silent"),
        (Reply(fault="close"), QUICK, "protocol: "),
        (Reply(raw=b"\x00\x01\x02 nonsense\r\n\r\n"), QUICK, "protocol: "),
    ],
)
def test_servers_that_fail(
    server: LoopbackServer, tmp_path: Path, reply: Reply, limits: HttpSettings, error: str
) -> None:
    server.route("/bad", reply)
    exchange = ask_one(tmp_path, server.url("/bad"), limits)
    assert (exchange.fetch.outcome, exchange.fetch.status, exchange.body) == ("network_error", 0, b"")
    assert exchange.fetch.error.startswith(error)
    server.wait_for("/bad", 1)
    assert len(server.requests) == 1


def test_the_total_deadline_covers_redirects(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/slow", lambda request: replace(redirect(302, f"/slow?{request.path}"), wait_s=0.25))
    limits = BRIEF.model_copy(update={"max_redirects": 50})  # 50 would take more than 12 s
    fetch = ask_one(tmp_path, server.url("/slow"), limits).fetch
    assert (fetch.outcome, fetch.error) == ("network_error", "timeout: the whole took too long")
    assert fetch.duration_s > 0.7


def test_a_kept_connection_that_was_closed_is_replaced(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/flaky", [Reply(body=b"1"), Reply(fault="close"), Reply(body=b"3")])
    answers = ask(tmp_path, [feed(server.url("/flaky"))] * 2)
    assert [one.body for one in answers] == [b"1", b"3"]


def test_refused_connections(tmp_path: Path) -> None:
    with LoopbackServer() as closed:
        url = closed.url("/feed")
    fetch = ask_one(tmp_path, url).fetch
    assert (fetch.outcome, fetch.error) == ("network_error", "connect: Connection refused")


# --- limits on how much at once


def meet(count: int) -> Callable[[Received], Reply]:
    """An answer that comes when `count` requests wait for it."""
    barrier = threading.Barrier(count, timeout=HANG_S)

    def answer(request: Received) -> Reply:
        barrier.wait()
        return Reply(body=b"ok")

    return answer


def test_global_concurrency(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/slow", meet(3))
    limits = QUICK.model_copy(update={"connections": 3, "per_host": 20})
    answers = ask(tmp_path, [feed(server.url(f"/slow?{n}")) for n in range(12)], limits, at_once=True)
    assert {one.fetch.outcome for one in answers} == {"ok"}
    assert server.peak_active == 3


def test_per_host_concurrency(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/slow", meet(QUICK.per_host))
    ask(tmp_path, [feed(server.url(f"/slow?{n}")) for n in range(8)], at_once=True)
    assert server.peak_active == QUICK.per_host


def test_spacing_covers_feeds_pages_and_redirects(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/moved", redirect(302, "/feed"))
    limits = QUICK.model_copy(update={"host_spacing_s": 0.1})
    requests = [feed(server.url("/moved")), page(server.url("/feed")), feed(server.url("/feed"))]
    began = time.monotonic()
    ask(tmp_path, requests[:2], limits, at_once=True)
    ask(tmp_path, requests[2:], limits)
    times = sorted(request.at for request in server.requests)
    assert len(times) == 4
    assert all(at - began > 0.098 * nth for nth, at in enumerate(times))


def test_waiting_for_a_host_does_not_count_as_time_spent(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/slow", Reply(body=b"ok", wait_s=0.1))
    limits = QUICK.model_copy(update={"per_host": 1})
    began = time.monotonic()
    answers = ask(tmp_path, [feed(server.url(f"/slow?{n}")) for n in range(6)], limits, at_once=True)
    assert sum(one.fetch.duration_s for one in answers) <= time.monotonic() - began  # one after the other


def test_the_total_deadline_begins_when_the_host_is_free(server: LoopbackServer, tmp_path: Path) -> None:
    limits = QUICK.model_copy(update={"host_spacing_s": 2.1, "total_timeout_s": 2.0})
    answers = ask(tmp_path, [feed(server.url("/feed"))] * 2, limits, at_once=True)
    assert {one.fetch.outcome for one in answers} == {"ok"}


def test_a_name_that_does_not_exist(tmp_path: Path) -> None:
    fetch = ask_one(tmp_path, "http://no-such-host.invalid/feed").fetch
    assert fetch.outcome == "network_error"
    assert fetch.error.startswith(("dns: ", "offline: "))
    assert "no-such-host.invalid" in fetch.error
