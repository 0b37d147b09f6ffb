"""Fetching article pages over real HTTP on loopback."""

import asyncio
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.archive.warc_files import ArchiveWriter, read_exchange
from ingest.http.client import HttpFetcher
from ingest.pages.fetch_pages import FetchedPages, fetch_pages
from tests.limits import HANG_S
from tests.loopback import LoopbackServer, Reply, throttle
from transforms.errors import Transient
from transforms.records import Entry, PageState
from transforms.settings import HttpSettings, PagesSettings

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HTTP = HttpSettings(
    host_spacing_s=0,
    per_host=8,
    connect_timeout_s=HANG_S,
    read_timeout_s=HANG_S,
    total_timeout_s=HANG_S,
    allow_private_addresses=True,
)
PAGES = PagesSettings(max_attempts=3, retry_s=1_800)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as running:
        yield running


def entry(name: str, url: str, article: str = "") -> Entry:
    return Entry(
        entry_id=f"en1-{name}", entry_version_id=f"ev1-{name}", article_id=f"ar1-{article or name}",
        feed_id="fd1-0", fetch_id="ft1-0", guid="", url=url, canonical_url=url, title=name, authors=(),
        published_at=None, published_source="", published_trusted=False, updated_at=None, summary="",
        content="", language="en", tags=(), seen_at=NOW,
    )  # fmt: skip


def fetch(
    entries: Sequence[Entry],
    folder: Path,
    states: Mapping[str, PageState] | None = None,
    now: datetime = NOW,
    http: HttpSettings = HTTP,
) -> FetchedPages:
    async def run() -> FetchedPages:
        with ArchiveWriter(folder / "archive", 10**9, "test") as archive:
            async with HttpFetcher(http, folder / "hosts", archive, "0") as fetcher:
                return await fetch_pages(entries, states or {}, fetcher, "run", PAGES, now)

    pages = asyncio.run(run())
    assert pages.taken == pages.passed + pages.pending + len(pages.rejections) == len(entries)
    assert len(pages.pages) == pages.passed + len(pages.rejections)
    return pages


def test_a_page_is_fetched_and_found_in_the_archive(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/a", Reply(body=b"<html>a</html>"))
    got = fetch([entry("a", server.url("/a"))], tmp_path)
    (page,) = got.pages
    assert (page.fetch_id, page.final_url) == (got.fetches[0].fetch_id, server.url("/a"))
    assert page.content_type.startswith("text/html")
    assert page.warc_file
    assert [(state.status, state.attempts) for state in got.states] == [("done", 1)]


def test_entries_of_one_article_share_a_fetch(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/a", Reply(body=b"<html>a</html>"))
    entries = [entry("a", server.url("/a?utm_source=x"), "one"), entry("b", server.url("/a"), "one")]
    got = fetch(entries, tmp_path)
    assert len(server.requests_for("/a")) == 1
    assert len(got.fetches) == 1
    assert [page.entry_version_id for page in got.pages] == ["ev1-a", "ev1-b"]
    assert len({page.warc_offset for page in got.pages}) == 1


def test_an_entry_without_an_address_has_a_page_without_a_fetch(tmp_path: Path) -> None:
    got = fetch([entry("a", "")], tmp_path)
    assert (got.passed, got.fetches) == (1, ())
    assert (got.pages[0].warc_file, got.pages[0].fetch_id) == ("", "")
    assert got.states == (PageState("en1-a", "done", 0, None, ""),)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=404, body=b"x"), "page_unreachable"),
        (Reply(status=403, body=b"x"), "page_unreachable"),
        (Reply(status=410, body=b"x"), "page_unreachable"),
        (Reply(body=b"%PDF-1.7", content_type="application/pdf"), "page_not_html"),
    ],
)
def test_what_will_not_pass_is_rejected_at_once(
    server: LoopbackServer, tmp_path: Path, reply: Reply, reason: str
) -> None:
    server.route("/a", reply)
    got = fetch([entry("a", server.url("/a"))], tmp_path)
    assert [rejection.reason for rejection in got.rejections] == [reason]
    assert [(state.status, state.next_attempt_at) for state in got.states] == [("failed", None)]
    assert [page.warc_file for page in got.pages] == [""]


def test_robots_txt_is_a_refusal(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /\n", content_type="text/plain"))
    server.route("/a", Reply(body=b"<html>a</html>"))
    got = fetch([entry("a", server.url("/a"))], tmp_path)
    assert [rejection.reason for rejection in got.rejections] == ["page_refused"]
    assert server.requests_for("/a") == []


@pytest.mark.parametrize(
    "reply", [Reply(status=502, body=b"x"), Reply(fault="close"), Reply(status=408, body=b"x")]
)
def test_what_may_pass_is_tried_again_later_and_later(
    server: LoopbackServer, tmp_path: Path, reply: Reply
) -> None:
    server.route("/a", reply)
    one = entry("a", server.url("/a"))
    states: dict[str, PageState] = {}
    for attempt, wait_s in ((1, 1_800), (2, 3_600)):
        got = fetch([one], tmp_path, states)
        assert (got.pages, got.rejections, got.pending) == ((), (), 1)
        (state,) = got.states
        assert (state.status, state.attempts) == ("pending", attempt)
        assert state.next_attempt_at == NOW + timedelta(seconds=wait_s)
        assert state.last_error
        states = {one.entry_id: state}
    last = fetch([one], tmp_path, states)
    assert [rejection.reason for rejection in last.rejections] == ["page_unreachable"]
    assert (last.states[0].status, last.states[0].attempts) == ("failed", 3)
    assert [page.warc_file for page in last.pages] == [""]


def test_a_page_that_recovers_is_taken(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/a", [Reply(status=500, body=b"x"), Reply(body=b"<html>a</html>")])
    one = entry("a", server.url("/a"))
    (state,) = fetch([one], tmp_path).states
    got = fetch([one], tmp_path, {one.entry_id: state})
    assert (got.passed, got.states[0].status, got.states[0].attempts) == (1, "done", 2)


def test_an_edited_entry_starts_over(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/a", Reply(status=500, body=b"x"))
    one = entry("a", server.url("/a"))
    before = PageState(one.entry_id, "failed", 3, None, "x")
    got = fetch([replace(one, entry_version_id="ev1-new")], tmp_path, {one.entry_id: before})
    assert (got.states[0].status, got.states[0].attempts) == ("pending", 1)


def test_retry_after_lengthens_the_wait(server: LoopbackServer, tmp_path: Path) -> None:
    server.route("/a", throttle(503, "90000"))
    began = datetime.now(UTC)
    got = fetch([entry("a", server.url("/a"))], tmp_path, now=began)
    (state,) = got.states
    assert state.next_attempt_at is not None
    assert timedelta(seconds=89_000) < state.next_attempt_at - began < timedelta(seconds=91_000)


def test_links_to_hosts_that_do_not_exist_are_no_outage(tmp_path: Path) -> None:
    entries = [entry(str(number), f"https://{number}.example.invalid/") for number in range(4)]
    got = fetch(entries, tmp_path)
    assert [state.status for state in got.states] == ["pending"] * 4
    assert all(state.last_error.startswith("dns: ") for state in got.states)


def test_no_network_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_no_name_server(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", find_no_name_server)
    with pytest.raises(Transient, match="no network"):
        fetch([entry("one", "https://one.example/")], tmp_path)


def test_a_host_that_takes_too_long_leaves_its_other_pages_to_the_next_run(
    server: LoopbackServer, tmp_path: Path
) -> None:
    slow = [entry(f"slow{number}", server.url(f"/slow{number}")) for number in range(12)]
    for number in range(12):
        server.route(f"/slow{number}", Reply(body=b"<html>late</html>", wait_s=0.4))
    server.route("/quick", Reply(body=b"<html>quick</html>"))
    quick = entry("quick", server.url("/quick", "localhost"))
    http = HTTP.model_copy(update={"per_host": 1, "host_budget_s": 1.0, "obey_robots": False})
    got = fetch([*slow, quick], tmp_path, http=http)
    assert (got.passed, got.pending) == (4, 9)
    left = [state for state in got.states if state.status == "pending"]
    assert {(state.attempts, state.next_attempt_at) for state in left} == {(0, NOW)}
    assert left[0].last_error.endswith("took more than 1 s in this run; the rest waits for the next one")
    assert got.states[-1].status == "done"
    assert len(server.requests) == 4
    assert len(got.fetches) == 13, "a replay has to know which were left"
    later = fetch(slow, tmp_path, {state.entry_id: state for state in got.states}, http=http)
    assert later.passed == 3


def test_a_page_that_breaks_off_is_tried_again_and_then_used_as_it_is(
    server: LoopbackServer, tmp_path: Path
) -> None:
    server.route("/a", Reply(body=b"<html><p>" + b"words " * 100, fault="cut"))
    one = entry("a", server.url("/a"))
    states: dict[str, PageState] = {}
    for _ in range(2):
        got = fetch([one], tmp_path, states)
        assert (got.pages, got.pending) == ((), 1)
        assert got.states[0].last_error.startswith("cut: ")
        states = {one.entry_id: got.states[0]}
    last = fetch([one], tmp_path, states)
    assert (last.passed, last.states[0].status) == (1, "done")
    assert last.pages[0].warc_file
    server.route("/a", Reply(body=b"<html><p>whole</html>"))
    assert fetch([one], tmp_path, states).states[0].last_error == ""


ARTICLE = b"<html><body><h1>Here</h1><p>The text of the article.</p></body></html>"


@pytest.mark.parametrize(
    "leads",
    [
        b"<meta http-equiv='refresh' content='0; url=/world/target-1'>Redirecting",
        b"<META HTTP-EQUIV=Refresh CONTENT=\"3;URL='/world/target-1'\"><p>One moment.</p>",
        b"<script>window.location.replace('/world/target-1');</script><a href='/world/target-1'>continue</a>",
        b"<script>location.href = '\\/world\\/target-1'</script>",
        b"<script>top.location='/world/target-1';</script>",
    ],
)
def test_a_page_that_only_leads_on_is_followed_once(
    server: LoopbackServer, tmp_path: Path, leads: bytes
) -> None:
    server.route("/world/a", Reply(body=b"<html>" + leads + b"</html>"))
    server.route("/world/target-1", Reply(body=ARTICLE))
    got = fetch([entry("a", server.url("/world/a"))], tmp_path)
    (page,) = got.pages
    assert (page.url, page.final_url) == (server.url("/world/a"), server.url("/world/target-1"))
    assert {one.url for one in got.fetches} == {server.url("/world/a"), server.url("/world/target-1")}
    assert read_exchange(tmp_path / "archive", page.warc_file, page.warc_offset).body == ARTICLE
    assert [(state.status, state.attempts) for state in got.states] == [("done", 1)]


@pytest.mark.parametrize(
    ("leads", "asked"),
    [
        (b"<meta http-equiv='refresh' content='0; url=/world/target-2'>", ["/world/target-2"]),
        (b"<meta http-equiv='refresh' content='0; url=/'>", []),
        (b"<meta http-equiv='refresh' content='300'>", []),
        (b"<meta http-equiv='refresh' content='0; url=/world/a'>", []),
        (b"<meta http-equiv='refresh' content='0; url=javascript:go()'>", []),
        (b"<!-- <meta http-equiv='refresh' content='0; url=/world/target-1'> -->", []),
        (
            b"<meta http-equiv='refresh' content='5; url=/world/target-1'>" + b"<p>News of the day.</p>" * 40,
            [],
        ),
        (b"<script>if (phone) location = '/m/a'; else location = '/d/a';</script>", []),
    ],
)
def test_a_page_that_leads_nowhere_is_the_page(
    server: LoopbackServer, tmp_path: Path, leads: bytes, asked: list[str]
) -> None:
    server.route("/world/a", Reply(body=b"<html>" + leads + b"</html>"))
    server.route("/world/target-1", Reply(body=ARTICLE))
    got = fetch([entry("a", server.url("/world/a"))], tmp_path)
    (page,) = got.pages
    assert page.final_url == server.url("/world/a")
    paths = [request.path for request in server.requests if request.path not in ("/robots.txt", "/world/a")]
    assert paths == asked
    assert len(got.fetches) == 1 + len(asked)
