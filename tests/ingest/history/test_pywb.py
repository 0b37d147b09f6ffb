"""The source `wayback` against a real web archive, pywb, and the archive of our tests against a real client of it."""

import asyncio
import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.archive.warc_files import ArchiveWriter
from ingest.history.protocol import HistoryAccess
from ingest.history.wayback_index import IndexQuery, read_index
from ingest.history.wayback_replay import fetch_replay, make_replay_address
from ingest.http.exchange import Exchange
from tests.ingest.history.pywb_archive import ask_library, find_tools, serve_warcs
from tests.ingest.history.wayback_asking import (
    FEED,
    RSS,
    at,
    days_of,
    discover,
    give_access,
    link,
    make_feed,
    plan,
    snapshot,
    want,
)
from tests.web_archive import Archived, WebArchive
from transforms.history.records import Capture, WantedPage
from transforms.history.settings import HistorySettings
from transforms.history.stamps import write_stamp
from transforms.make_fetch import make_fetch
from transforms.records import Feed, Outcome

pytestmark = pytest.mark.slow

PAGE = b"<!DOCTYPE html><html><head><title>Ferry sails</title></head><body><p>It sails.</p></body></html>"
CAPTURES = [
    *(snapshot(f"202403{day:02}12", range(max(1, day - 4), day + 1)) for day in range(2, 12)),
    snapshot("2024031412", [12, 13, 14]),
    snapshot("2024032012", [18, 19, 20]),
    Archived(link(5), "20240306090000", PAGE),
    Archived("http://tern.example/old", "20240306090000", status=301, location="/ferry-3-5-sails-again"),
    Archived("http://tern.example/away", "20240306090000", status=302, location="http://127.0.0.1:9/x"),
    Archived("http://127.0.0.1:9/x", "20240306090003", PAGE),
    Archived("http://tern.example/lost", "20240306090000", status=404),
    Archived("http://tern.example/busy", "20240306090000", status=503),
    Archived("http://gull.example/2024/03/05/nests", "20240306090000", PAGE),
    Archived("http://gull.example/2024/03/09/eggs", "20240315090000", PAGE),
    Archived("http://gull.example/tag/nests", "20240306090000", PAGE),
]
OUTCOMES: dict[int, Outcome] = {200: "ok", 503: "throttled"}


@dataclass(frozen=True, slots=True)
class Running:
    """A pywb that runs."""

    tools: Path
    history: HistorySettings


@pytest.fixture(scope="module")
def tools() -> Path:
    return find_tools()


@pytest.fixture(scope="module")
def pywb(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("pywb")
    with ArchiveWriter(folder / "archive", 1 << 30) as writer:
        for one in CAPTURES:
            writer.append(to_exchange(one))
    revisit = folder / "revisits.warc.gz"
    revisit.write_bytes(make_revisit(CAPTURES[2], "2024-03-04T18:00:00Z"))
    warcs = [*(folder / "archive").glob("*.warc.gz"), revisit]
    with serve_warcs(tools, warcs, folder / "served") as address:
        history = HistorySettings(
            wayback_url=f"{address}/web",
            wayback_index_url=f"{address}/web/cdx",
            wayback_index_per_minute=60_000.0,
            wayback_replay_per_minute=60_000.0,
            pause_s=0.0,
        )
        yield Running(tools, history)


@pytest.fixture
def access(tmp_path: Path, pywb: Running) -> HistoryAccess:
    return give_access(tmp_path, pywb.history)


def to_exchange(one: Archived) -> Exchange:
    """The capture as our own archive keeps it."""
    outcome = OUTCOMES.get(one.status, "http_error")
    fetch = make_fetch(
        "run-1",
        "feed" if one.mime == RSS else "page",
        one.url,
        one.captured_at,
        outcome=outcome,
        status=one.status,
        error="" if outcome == "ok" else f"HTTP {one.status}",
        body_bytes=len(one.body),
        content_type=one.mime,
    )
    headers = {"content-type": one.mime} | ({"location": one.location} if one.location else {})
    return Exchange(fetch, headers, one.body)


def make_revisit(one: Archived, when: str) -> bytes:
    """A record which says that a page was as it had been."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True)
    record = writer.create_revisit_record(
        one.url,
        f"sha1:{one.digest}",
        one.url,
        f"{one.captured_at:%Y-%m-%dT%H:%M:%SZ}",
        http_headers=StatusAndHeaders("200 OK", [("Content-Type", one.mime)], protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": when},
    )
    writer.write_record(record)
    return buffer.getvalue()


def replay(access: HistoryAccess, url: str, near: str, published: str = "2024-03-05T08:00") -> Exchange:
    async def run() -> Exchange:
        address = make_replay_address(access.history, at(near), url).raw
        async with access.open_fetcher() as fetcher:
            return await fetch_replay(
                Capture("replay", address),
                WantedPage(url, at(published), "r", "f", "e"),
                fetcher,
                access.history,
            )

    return asyncio.run(run())


def test_snapshots_in_pywb_are_read_as_the_live_feed(access: HistoryAccess) -> None:
    [window] = plan(access, want())
    assert [item.address.partition("/web/")[2][6:8] for item in window.items] == [
        *(f"{day:02}" for day in range(2, 12)),
        "14",
        "20",
    ]
    assert window.facts[3].startswith("20240304120000 20240304180000 ")  # the revisit
    found = discover(access, want(), window)
    exchanges = found.exchanges
    assert [one.fetch.requested_at for one in exchanges] == [one.captured_at for one in CAPTURES[:12]]
    assert [one.body for one in exchanges] == [one.body for one in CAPTURES[:12]]
    assert {(one.fetch.outcome, one.fetch.url, one.fetch.content_type) for one in exchanges} == {
        ("ok", FEED.url, RSS)
    }
    assert [one.url for one in found.candidates] == [
        *(link(day) for day in (2, 1)),
        *(link(day) for day in range(3, 12)),
        *(link(day) for day in (14, 13, 12, 20, 19, 18)),
    ]
    days = days_of(found.end)
    assert (days["01"], days["05"], days["12"], days["16"], days["25"]) == (
        "partial", "complete", "gap", "gap", "unknown",
    )  # fmt: skip


def test_pages_in_pywb_are_candidates(access: HistoryAccess) -> None:
    wanted = want(feed=Feed("fd1-gull", "https://gull.example/feed"))
    [window] = plan(access, wanted)
    candidates = discover(access, wanted, window).candidates
    assert {one.url for one in candidates} == {
        "http://gull.example/2024/03/05/nests",
        "http://gull.example/2024/03/09/eggs",
    }
    assert plan(access, want(feed=Feed("fd1-x", "https://nobody.example/feed"))) == []


def test_a_page_in_pywb_is_replayed(access: HistoryAccess) -> None:
    exchange = replay(access, link(5), "2024-03-05T08:00")
    assert (exchange.fetch.outcome, exchange.body) == ("ok", PAGE)
    assert exchange.fetch.requested_at == at("2024-03-06T09:00")
    assert exchange.fetch.archive_url.endswith(f"/web/20240306090000id_/{link(5)}")
    far = replay(access, link(5), "2024-03-05T08:00", "2023-03-05")
    assert far.fetch.error == "the nearest capture is 367 days from its publication"


def test_archived_redirects_of_pywb_are_followed_in_it(access: HistoryAccess) -> None:
    relative = replay(access, "http://tern.example/old", "2024-03-06T09:00")
    assert (relative.fetch.outcome, relative.body) == ("ok", PAGE)
    assert relative.fetch.final_url == link(5)
    away = replay(access, "http://tern.example/away", "2024-03-06T09:00")
    assert (away.fetch.outcome, away.body) == ("ok", PAGE)
    assert away.fetch.final_url == "http://127.0.0.1:9/x"
    assert away.fetch.requested_at == at("2024-03-06T09:00:03")


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [
        ("lost", 404, "when captured, the publisher answered HTTP 404"),
        ("busy", 503, "when captured, the publisher answered HTTP 503"),
        ("never", 404, "the archive has not kept this page"),
    ],
)
def test_archived_errors_of_pywb(access: HistoryAccess, name: str, status: int, says: str) -> None:
    fetch = replay(access, f"http://tern.example/{name}", "2024-03-06T09:00").fetch
    assert (fetch.outcome, fetch.status, fetch.error) == ("http_error", status, says)


def read_rows(access: HistoryAccess, query: IndexQuery, most_rows: int) -> list[list[object]]:
    async def run() -> list[list[object]]:
        async with access.open_fetcher() as fetcher:
            parts = read_index(fetcher, query, access, "fd1", "", most_rows)
            return [
                [write_stamp(row.captured_at), row.url, row.mime, row.status, row.digest]
                async for part in parts
                for row in part.rows
            ]

    return asyncio.run(run())


@pytest.mark.parametrize("most_rows", [1, 3, 1_000])
@pytest.mark.parametrize("match", ["exact", "host"])
def test_the_library_reads_the_same_rows(tmp_path: Path, tools: Path, most_rows: int, match: str) -> None:
    captures = [*CAPTURES, snapshot("2024030500", range(1, 4), is_revisit=True)]
    url = "http://tern.example/feed" if match == "exact" else "http://tern.example/"
    query = IndexQuery(url, at("2024-03-03"), at("2024-03-31"), match, ("!statuscode:[345]..",))  # type: ignore[arg-type]
    asked = {
        "url": url,
        "match_type": match,
        "from_date": "20240303000000",
        "to_date": "20240331000000",
        "filter_field": "!statuscode:[345]..",
        "limit": most_rows,
    }
    with WebArchive(captures) as archive:
        rows = read_rows(give_access(tmp_path, archive.settings()), query, most_rows)
        [known] = ask_library(tools, archive.url("").rstrip("/"), [asked])["search"]
    assert rows == known
    assert len(rows) > 10


@pytest.mark.parametrize("locations", ["absolute", "path"])
def test_the_library_reads_the_same_pages(tmp_path: Path, tools: Path, locations: str) -> None:
    pages = [
        (link(5), "20240305080000"),
        (link(5), "20240306090000"),
        ("http://tern.example/old", "20240306090000"),
        ("http://tern.example/lost", "20240306090000"),
        ("http://tern.example/never", "20240306090000"),
        ("http://secret.example/", "20240306090000"),
    ]
    with WebArchive([*CAPTURES, Archived("http://secret.example/", "20240306090000", PAGE)]) as archive:
        archive.locations = locations  # type: ignore[assignment]
        archive.excluded = {"secret.example"}
        access = give_access(tmp_path, archive.settings())
        theirs = ask_library(tools, archive.url("").rstrip("/"), (), pages)["pages"]
        ours = [
            replay(access, url, f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:00")
            for url, stamp in pages
        ]
    assert [describe(one) for one in ours[:3]] == theirs[:3]
    assert theirs[3][2] == ours[3].fetch.status == 404
    assert [theirs[4], theirs[5]] == [["NoMementoError"], ["BlockedSiteError"]]
    assert ours[4].fetch.error == "the archive has not kept this page"
    assert ours[5].fetch.error.startswith("excluded:")


def describe(exchange: Exchange) -> Sequence[object]:
    fetch = exchange.fetch
    body = base64.b64encode(exchange.body).decode()
    return [f"{fetch.requested_at:%Y%m%d%H%M%S}", fetch.final_url, fetch.status, body]


def test_a_feed_of_our_own_archive_is_what_it_was() -> None:
    assert to_exchange(CAPTURES[0]).body == make_feed(range(1, 3))
