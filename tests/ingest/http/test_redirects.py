from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.http.exchange import Exchange
from tests.ingest.http.fetching import QUICK, ask, feed
from tests.loopback import LoopbackServer, Reply, redirect
from transforms.settings import HttpSettings


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as running:
        running.route("/feed", Reply(body=b"<rss/>", content_type="application/rss+xml"))
        yield running


def ask_one(tmp_path: Path, url: str, limits: HttpSettings = QUICK) -> Exchange:
    return ask(tmp_path, [feed(url)], limits)[0]


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ([301], True),
        ([308], True),
        ([301, 308, 301], True),
        ([302], False),
        ([303], False),
        ([307], False),
        ([301, 302], False),
        ([307, 308], False),
    ],
)
def test_a_move_is_adopted_when_the_whole_chain_is_permanent(
    server: LoopbackServer, tmp_path: Path, statuses: list[int], moved: bool
) -> None:
    for number, status in enumerate(statuses):
        last = number == len(statuses) - 1
        server.route(f"/{number}", redirect(status, "/feed?x=1#top" if last else f"/{number + 1}"))
    exchange = ask_one(tmp_path, server.url("/0"))
    assert exchange.fetch.outcome == "ok"
    assert exchange.fetch.url == server.url("/0")
    assert exchange.fetch.final_url == server.url("/feed?x=1")
    assert [hop[:4] for hop in exchange.fetch.redirects] == [f"{status} " for status in statuses]
    assert exchange.fetch.redirects[-1] == f"{statuses[-1]} {server.url('/feed?x=1')}"
    assert exchange.moved_to == (server.url("/feed?x=1") if moved else "")


@pytest.mark.parametrize("status", [404, 410, 429, 500])
def test_a_move_to_nowhere_is_not_adopted(server: LoopbackServer, tmp_path: Path, status: int) -> None:
    server.route("/moved", redirect(301, "/end"))
    server.route("/end", Reply(status=status))
    exchange = ask_one(tmp_path, server.url("/moved"))
    assert (exchange.fetch.status, exchange.moved_to) == (status, "")


def test_circles_and_long_ways(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/self", redirect(301, "/self"))
    server.route("/a", redirect(302, "/b"))
    server.route("/b", redirect(302, "/a"))
    server.route(
        "/long", lambda request: redirect(302, f"/long?{len(request.path)}{'x' * len(request.path)}")
    )
    answers = ask(tmp_path, [feed(server.url(path)) for path in ("/self", "/a", "/long")])
    assert [one.fetch.outcome for one in answers] == ["refused"] * 3
    assert "in a circle" in answers[0].fetch.error
    assert "in a circle" in answers[1].fetch.error
    assert answers[2].fetch.error == "redirects: more than 3"
    assert len(server.requests_for("/long")) == 4
    assert all(one.moved_to == "" for one in answers)


@pytest.mark.parametrize(
    "location",
    ["ftp://example.org/feed", "file:///etc/passwd", "javascript:alert(1)", "http://[::1", "mailto:a@b"],
)
def test_redirects_out_of_the_web(server: LoopbackServer, tmp_path: Path, location: str) -> None:
    server.route("/moved", redirect(301, location))
    fetch = ask_one(tmp_path, server.url("/moved")).fetch
    assert fetch.outcome == "refused"
    assert fetch.error.startswith(("scheme:", "redirects:"))


def test_a_redirect_without_an_address(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/moved", Reply(status=301))
    fetch = ask_one(tmp_path, server.url("/moved")).fetch
    assert (fetch.outcome, fetch.error) == ("http_error", "HTTP 301 without a Location")


def test_a_redirect_in_raw_utf8(server: LoopbackServer, tmp_path: Path) -> None:
    raw = "HTTP/1.1 302 Found\r\nLocation: /f\xc3\xa9ed\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
    server.route("/moved", Reply(raw=raw))
    server.route("/f%C3%A9ed", Reply(body=b"<rss/>"))
    assert ask_one(tmp_path, server.url("/moved")).body == b"<rss/>"


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "file:///etc/passwd", "example.org/feed", "", "http://"]
)
def test_addresses_that_are_none(tmp_path: Path, url: str) -> None:
    fetch = ask_one(tmp_path, url).fetch
    assert (fetch.outcome, fetch.status, fetch.url) == ("refused", 0, url)
    assert fetch.error.startswith("scheme:")


# --- the address guard, through the whole client


def test_private_addresses_are_refused(server: LoopbackServer, tmp_path: Path) -> None:
    strict = QUICK.model_copy(update={"allow_private_addresses": False})
    urls = [
        server.url("/feed"),
        server.url("/feed", "localhost"),
        f"http://[::ffff:7f00:1]:{server.port}/feed",
    ]
    for exchange in ask(tmp_path, [feed(url) for url in urls], strict):
        assert exchange.fetch.outcome == "refused"
        assert exchange.fetch.error.startswith("address:")
    assert server.requests == []


def test_redirects_to_private_addresses_are_refused(
    server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # for this test alone the first server's address counts as public, so that its redirect is reached
    monkeypatch.setattr("ingest.http.address_guard.is_public", lambda address: str(address) == "127.0.0.1")
    server.route("/inside", redirect(302, "http://[::1]:80/admin"))
    server.route("/cloud", redirect(302, "http://169.254.169.254/latest/meta-data"))
    strict = QUICK.model_copy(update={"allow_private_addresses": False})
    for exchange in ask(tmp_path, [feed(server.url("/inside")), feed(server.url("/cloud"))], strict):
        assert exchange.fetch.outcome == "refused"
        assert exchange.fetch.error.startswith("address:")
    assert len(server.requests) == 2
