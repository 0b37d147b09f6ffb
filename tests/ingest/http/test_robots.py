import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.http.exchange import Exchange
from ingest.http.robots import MAX_ROBOTS_BYTES
from tests.ingest.http.fetching import HASTY, QUICK, ask, feed, page
from tests.loopback import LoopbackServer, Reply, redirect, throttle

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
POLITE = QUICK.model_copy(update={"obey_robots": True})
FORBID_ALL = Reply(body=b"User-agent: *\nDisallow: /\n", content_type="text/plain")


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as running:
        running.route("/news", Reply(body=b"<p>news</p>"))
        running.route("/private/x", Reply(body=b"<p>private</p>"))
        yield running


def ask_pages(server: LoopbackServer, folder: Path, *paths: str, at: datetime = NOW) -> list[Exchange]:
    return ask(folder, [page(server.url(path)) for path in paths], POLITE, clock=lambda: at)


def outcomes(server: LoopbackServer, folder: Path, *paths: str, at: datetime = NOW) -> list[str]:
    return [exchange.fetch.outcome for exchange in ask_pages(server, folder, *paths, at=at)]


def rules(text: str) -> Reply:
    return Reply(body=text.encode(), content_type="text/plain")


def test_what_is_forbidden_is_not_fetched(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/robots.txt", rules("User-agent: *\nDisallow: /private\n"))
    allowed, forbidden = ask_pages(server, tmp_path, "/news", "/private/x")
    assert allowed.fetch.outcome == "ok"
    assert (forbidden.fetch.outcome, forbidden.fetch.status) == ("refused", 0)
    assert forbidden.fetch.error == f"robots.txt of {server.url('')} forbids this page"
    assert server.requests_for("/private/x") == []
    assert len(server.requests_for("/robots.txt")) == 1
    assert "cookie" not in server.requests_for("/robots.txt")[0].headers


def test_our_own_group_comes_before_that_of_all(server: LoopbackServer, tmp_path: Path) -> None:
    server.route(
        "/robots.txt", rules("User-agent: *\nDisallow: /\n\nUser-agent: dateline\nDisallow: /private\n")
    )
    assert outcomes(server, tmp_path, "/news", "/private/x") == ["ok", "refused"]


def test_the_longest_rule_wins(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/robots.txt", rules("User-agent: *\nDisallow: /private\nAllow: /private/x\n"))
    assert outcomes(server, tmp_path, "/private/x", "/private/y") == ["ok", "refused"]


def test_feeds_are_asked_for_whatever_it_says(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/robots.txt", FORBID_ALL)
    assert ask(tmp_path, [feed(server.url("/news"))], POLITE)[0].fetch.outcome == "ok"
    assert server.requests_for("/robots.txt") == []


def test_the_setting_turns_it_off(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/robots.txt", FORBID_ALL)
    assert ask(tmp_path, [page(server.url("/news"))], QUICK)[0].fetch.outcome == "ok"


def test_every_hop_of_a_page_is_judged(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/robots.txt", rules("User-agent: *\nDisallow: /private\n"))
    server.route("/moved", redirect(302, "/private/x"))
    assert outcomes(server, tmp_path, "/moved") == ["refused"]
    assert server.requests_for("/private/x") == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_missing_file_forbids_nothing(server: LoopbackServer, tmp_path: Path, status: int) -> None:
    server.route("/robots.txt", replace(FORBID_ALL, status=status))
    assert outcomes(server, tmp_path, "/news") == ["ok"]


@pytest.mark.parametrize(
    "reply",
    [Reply(status=500), Reply(status=503), Reply(status=429), Reply(fault="close"), Reply(fault="hang")],
)
def test_a_file_that_cannot_be_had_forbids_all_for_now(
    server: LoopbackServer, tmp_path: Path, reply: Reply
) -> None:
    server.route("/robots.txt", reply)
    limits = (HASTY if reply.fault == "hang" else QUICK).model_copy(update={"obey_robots": True})
    first, second = ask(tmp_path, [page(server.url("/news"))] * 2, limits, clock=lambda: NOW)
    server.wait_for("/robots.txt", 1)
    for exchange in (first, second):
        assert exchange.fetch.outcome == "network_error"  # so that the page is tried again later
        assert "robots.txt" in exchange.fetch.error
    assert len(server.requests_for("/robots.txt")) == 1
    server.route("/robots.txt", rules(""))
    assert outcomes(server, tmp_path, "/news", at=NOW + timedelta(minutes=14)) == ["network_error"]
    assert outcomes(server, tmp_path, "/news", at=NOW + timedelta(minutes=16)) == ["ok"]


def test_an_older_copy_serves_while_the_file_cannot_be_had(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/robots.txt", [rules("User-agent: *\nDisallow: /private\n"), Reply(status=500)])
    assert outcomes(server, tmp_path, "/news", "/private/x") == ["ok", "refused"]
    late = NOW + timedelta(days=3)
    assert outcomes(server, tmp_path, "/news", "/private/x", at=late) == ["ok", "refused"]
    assert len(server.requests_for("/robots.txt")) == 2


def test_after_thirty_days_the_file_counts_as_missing(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/robots.txt", Reply(status=500))
    assert outcomes(server, tmp_path, "/news") == ["network_error"]
    assert outcomes(server, tmp_path, "/news", at=NOW + timedelta(days=29)) == ["network_error"]
    assert outcomes(server, tmp_path, "/news", at=NOW + timedelta(days=31)) == ["ok"]


def test_a_throttled_file_holds_the_host(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/robots.txt", throttle(503, "120"))
    for exchange in ask_pages(server, tmp_path, "/news", "/news"):
        assert exchange.fetch.outcome == "throttled"
        assert exchange.retry_at == NOW + timedelta(seconds=120)
    assert len(server.requests) == 1


def test_a_copy_serves_all_steps_for_a_day(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/robots.txt", [rules(""), FORBID_ALL])
    assert outcomes(server, tmp_path, "/news", "/news") == ["ok", "ok"]
    assert outcomes(server, tmp_path, "/news", at=NOW + timedelta(hours=23)) == ["ok"]
    assert len(server.requests_for("/robots.txt")) == 1
    assert outcomes(server, tmp_path, "/news", at=NOW + timedelta(hours=25)) == ["refused"]


def test_many_pages_at_once_ask_once(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/robots.txt", replace(rules(""), wait_s=0.1))
    ask(tmp_path, [page(server.url(f"/news?{n}")) for n in range(6)], POLITE, at_once=True)
    assert len(server.requests_for("/robots.txt")) == 1
    assert len(server.requests_for("/news")) == 6


def test_redirects_of_the_file(server: LoopbackServer, tmp_path: Path) -> None:
    for hop in range(5):
        server.route("/robots.txt" if hop == 0 else f"/hop{hop}", redirect(302, f"/hop{hop + 1}"))
    server.route("/hop5", FORBID_ALL)
    assert outcomes(server, tmp_path / "five", "/news") == ["refused"]
    server.route("/hop5", redirect(302, "/hop6"))
    server.route("/hop6", FORBID_ALL)
    assert outcomes(server, tmp_path / "six", "/news") == ["ok"]


def test_only_the_beginning_of_a_huge_file_counts(server: LoopbackServer, tmp_path: Path) -> None:
    filler = "# nothing to see here\n" * (MAX_ROBOTS_BYTES // 22 + 1)
    early, late = "User-agent: *\nDisallow: /private\n", "\nDisallow: /news\n"
    server.route("/robots.txt", replace(rules(early + filler + late), encoding="gzip"))
    assert outcomes(server, tmp_path, "/news", "/private/x") == ["ok", "refused"]


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\x00garbage\x00", b"<html><p>no such page</p></html>", b"\xef\xbb\xbf"]
)
def test_files_that_say_nothing(server: LoopbackServer, tmp_path: Path, body: bytes) -> None:
    server.route("/robots.txt", Reply(body=body or b"\n"))
    assert outcomes(server, tmp_path, "/news") == ["ok"]


def test_a_byte_order_mark_hides_nothing(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/robots.txt", Reply(body=b"\xef\xbb\xbf" + FORBID_ALL.body))
    assert outcomes(server, tmp_path, "/news") == ["refused"]


def test_crawl_delay_spaces_requests(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/robots.txt", rules("User-agent: *\nCrawl-delay: 0.15\n"))
    began = time.monotonic()
    ask_pages(server, tmp_path, "/news", "/news", "/news")
    times = sorted(request.at for request in server.requests_for("/news"))
    assert len(times) == 3
    assert all(at - began > 0.148 * nth for nth, at in enumerate(times))


def test_a_copy_on_disk_that_is_broken_is_fetched_again(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/robots.txt", FORBID_ALL)
    assert outcomes(server, tmp_path, "/news") == ["refused"]
    (stored,) = (tmp_path / "hosts").glob("*.robots")
    stored.write_bytes(b"{half")
    assert outcomes(server, tmp_path, "/news") == ["refused"]
    assert len(server.requests_for("/robots.txt")) == 2


def test_what_a_clock_that_was_ahead_noted_is_not_believed(server: LoopbackServer, tmp_path: Path) -> None:
    years_ahead = NOW + timedelta(days=2000)
    server.route("/robots.txt", Reply(status=500))
    assert outcomes(server, tmp_path, "/news", at=years_ahead) == ["network_error"]
    server.route("/robots.txt", rules("User-agent: *\nDisallow: /private\n"))
    assert outcomes(server, tmp_path, "/news", "/private/x") == ["ok", "refused"]
