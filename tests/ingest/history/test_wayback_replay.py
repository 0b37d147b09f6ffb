"""Replays of a web archive: what the publisher once answered is told from what the archive says itself."""

import asyncio
import gzip
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from ingest.history.packed_bodies import undo_coding
from ingest.history.wayback_replay import (
    EXCLUDED,
    ReplayAddress,
    fetch_replay,
    make_replay_address,
    make_replay_gate,
    read_replay_address,
)
from ingest.http.exchange import Exchange, Request
from tests.ingest.history.wayback_asking import at, give_access, skip_waiting
from tests.loopback import LoopbackServer, Reply, throttle
from tests.web_archive import TOOLBAR, Archived, WebArchive
from transforms.errors import Permanent, Transient
from transforms.history.records import Capture, WantedPage
from transforms.history.settings import HistorySettings
from transforms.make_fetch import make_fetch

URL = "https://www.tern.example/ferry-sails"
PAGE = b"<!DOCTYPE html><html><head><title>Ferry sails</title></head><body><p>It sails.</p></body></html>"
PUBLISHED_AT = at("2024-03-05T08:00")
STORY = Archived("http://tern.example/ferry-sails", "20240305120000", PAGE)


@pytest.fixture
def archive() -> Iterator[WebArchive]:
    with WebArchive([STORY]) as archive:
        yield archive


def fetch(
    folder: Path,
    archive: WebArchive,
    near: str = "20240305120000",
    published_at: datetime | None = PUBLISHED_AT,
    url: str = URL,
    captured_at: datetime | None = None,
    **settings: float | str,
) -> Exchange:
    history = archive.settings(**settings)
    capture = Capture("replay", f"{archive.replay_url}/{near}id_/{url}", captured_at)
    access = give_access(folder, history)

    async def run() -> Exchange:
        async with access.open_fetcher() as fetcher:
            return await fetch_replay(
                capture, WantedPage(url, published_at, "run-1", "fd1-1", "en1-1"), fetcher, history
            )

    return asyncio.run(run())


def test_a_replay_is_the_publishers_answer_when_it_was_captured(tmp_path: Path, archive: WebArchive) -> None:
    exchange = fetch(tmp_path, archive)
    one = exchange.fetch
    assert (one.outcome, one.status, one.error) == ("ok", 200, "")
    assert (one.kind, one.run_id, one.feed_id, one.entry_id) == ("page", "run-1", "fd1-1", "en1-1")
    assert (one.url, one.final_url, one.redirects) == (URL, URL, ())
    assert one.requested_at == at("2024-03-05T12:00")
    assert one.archive_url == f"{archive.replay_url}/20240305120000id_/http://tern.example/ferry-sails"
    assert exchange.body == PAGE
    assert one.body_bytes == len(PAGE)
    assert one.content_type == "text/html"
    assert set(exchange.headers) == {"content-type", "memento-datetime"}
    assert one.warc_file == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://www.tern.example/größe und tiefe",
        "https://www.tern.example/gr%C3%B6%C3%9Fe?tiefe=3&art=fähre",
        "https://www.tern.example:80/ferry",
        "https://fähre.example/x",
    ],
)
def test_addresses_of_any_letters(tmp_path: Path, archive: WebArchive, url: str) -> None:
    archive.captures = [
        Archived(url.replace("fähre.example", "xn--fhre-loa.example"), "20240305120000", PAGE)
    ]
    fetch_of = fetch(tmp_path, archive, url=url.replace("fähre.example", "xn--fhre-loa.example")).fetch
    assert (fetch_of.outcome, fetch_of.redirects) == ("ok", ())
    assert fetch_of.final_url == fetch_of.url
    far = fetch(tmp_path, archive, "20240306", url=fetch_of.url).fetch
    assert (far.outcome, far.final_url) == ("ok", far.url)


def test_the_nearest_capture_stands_for_the_page(tmp_path: Path, archive: WebArchive) -> None:
    exchange = fetch(tmp_path, archive, "20240303080000", at("2024-03-03T08:00"))
    assert exchange.fetch.outcome == "ok"
    assert exchange.fetch.requested_at == at("2024-03-05T12:00")
    assert exchange.fetch.archive_url.endswith("/20240305120000id_/http://tern.example/ferry-sails")
    assert exchange.fetch.redirects == ()
    assert exchange.fetch.final_url == URL


def test_pywb_gives_the_nearest_capture_at_once(tmp_path: Path) -> None:
    with WebArchive([STORY], "pywb") as archive:
        exchange = fetch(tmp_path, archive, "20240303080000", at("2024-03-03T08:00"))
    assert exchange.fetch.requested_at == at("2024-03-05T12:00")
    assert "/20240305120000id_/" in exchange.fetch.archive_url


@pytest.mark.parametrize(
    ("published", "most", "outcome", "says"),
    [
        ("2024-02-20T12:00", 30, "ok", ""),
        ("2024-01-01T12:00", 30, "http_error", "the nearest capture is 64 days from its publication"),
        ("2024-01-01T12:00", 64, "ok", ""),
        ("2024-03-04T00:00", 1, "http_error", "the nearest capture is 2 days from its publication"),
        ("2024-03-06T11:00", 30, "ok", ""),  # clocks differ
        ("2024-03-06T13:00", 30, "refused", "captured"[:7]),
        ("2025-03-06T13:00", 3_000, "refused", "cannot be the article's, published on 2025-03-06"),
    ],
)
def test_a_capture_far_from_the_publication_is_not_the_article(
    tmp_path: Path, archive: WebArchive, published: str, most: int, outcome: str, says: str
) -> None:
    exchange = fetch(tmp_path, archive, "20240305000000", at(published), wayback_max_days=most)
    assert exchange.fetch.outcome == outcome
    assert says in exchange.fetch.error
    assert bool(exchange.body) == (outcome == "ok")
    assert exchange.fetch.body_bytes == len(exchange.body)


def test_without_a_date_the_instant_asked_for_counts(tmp_path: Path, archive: WebArchive) -> None:
    assert fetch(tmp_path, archive, "20240401000000", None).fetch.outcome == "ok"
    error = fetch(tmp_path, archive, "20250401000000", None).fetch.error
    assert error == "the nearest capture is 392 days from the one asked for"
    assert fetch(tmp_path, archive, "2025", None).fetch.outcome == "ok"  # nobody said what is near
    exchange = fetch(tmp_path, archive, "2025", None, captured_at=at("2025-01-01"))
    assert exchange.fetch.outcome == "http_error"


@pytest.mark.parametrize("status", [404, 410, 403, 429, 500, 503, 504])
def test_an_archived_error_is_the_publishers(tmp_path: Path, archive: WebArchive, status: int) -> None:
    archive.captures = [Archived(URL, STORY.timestamp, b"no", status)]
    exchange = fetch(tmp_path, archive)
    assert (exchange.fetch.outcome, exchange.fetch.status) == ("http_error", status)
    assert exchange.fetch.error == f"when captured, the publisher answered HTTP {status}"
    assert exchange.fetch.requested_at == at("2024-03-05T12:00")
    assert len(archive.requests) == 1  # and nobody waits for it
    assert exchange.retry_at is None


@pytest.mark.parametrize(
    ("reply", "outcome", "says"),
    [
        (Reply(404, b"<html>has not archived that URL</html>"), "http_error", "has not kept this page"),
        (
            Reply(body=b"<html>This URL has been excluded</html>"),
            "refused",
            "excluded: the archive does not show",
        ),
        (Reply(body=b"<html>Welcome</html>"), "http_error", "a page of its own"),
        (Reply(403), "refused", "HTTP 403"),
        (Reply(451), "refused", "HTTP 451"),
        (Reply(400), "http_error", "the archive cannot show this: HTTP 400"),
        (Reply(204), "http_error", "cannot show this"),
        (Reply(302), "http_error", "HTTP 302"),
        (
            Reply(
                403, headers=(("X-Archive-Wayback-Runtime-Error", "RobotAccessControlException: Blocked"),)
            ),
            "refused",
            "as its owner asked",
        ),
        (
            Reply(503, headers=(("X-Archive-Wayback-Runtime-Error", "ResourceNotAvailableException: x"),)),
            "http_error",
            "HTTP 503 (ResourceNotAvailableException)",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_the_archive_says_itself_is_no_page(
    tmp_path: Path, archive: WebArchive, reply: Reply, outcome: str, says: str
) -> None:
    archive.replay_faults = [reply]
    exchange = fetch(tmp_path, archive)
    assert exchange.fetch.outcome == outcome
    assert says in exchange.fetch.error
    assert exchange.fetch.url == URL
    assert exchange.body == b""
    assert len(archive.requests) == 1


def test_an_excluded_site(tmp_path: Path, archive: WebArchive) -> None:
    archive.excluded = {"tern.example"}
    error = fetch(tmp_path, archive).fetch.error
    assert error.startswith(EXCLUDED)


def test_an_unknown_page(tmp_path: Path, archive: WebArchive) -> None:
    exchange = fetch(tmp_path, archive, url="https://www.tern.example/other")
    assert (exchange.fetch.outcome, exchange.fetch.status) == ("http_error", 404)
    assert exchange.fetch.error == "the archive has not kept this page"


LOCATIONS = ("absolute", "path", "host", "lost", "unrewritten")


@pytest.mark.parametrize("locations", LOCATIONS)
@pytest.mark.parametrize("dialect", ["archive.org", "pywb"])
def test_archived_redirects_are_followed_in_the_archive(tmp_path: Path, locations: str, dialect: str) -> None:
    with WebArchive((), dialect) as archive:  # type: ignore[arg-type]
        archive.captures = [
            Archived(URL, STORY.timestamp, status=301, location="/2024/ferry-sails"),
            Archived("https://www.tern.example/2024/ferry-sails", "20240305120007", PAGE),
        ]
        archive.locations = locations  # type: ignore[assignment]
        exchange = fetch(tmp_path, archive)
        assert exchange.fetch.outcome == "ok"
        assert exchange.body == PAGE
        assert TOOLBAR not in exchange.body
        assert exchange.fetch.url == URL
        assert exchange.fetch.final_url == "https://www.tern.example/2024/ferry-sails"
        assert exchange.fetch.redirects == ("301 https://www.tern.example/2024/ferry-sails",)
        assert exchange.fetch.requested_at == at("2024-03-05T12:00:07")
        place = "20240305120007id_/https://www.tern.example/2024/ferry-sails"
        assert exchange.fetch.archive_url == f"{archive.replay_url}/{place}"


def test_a_redirect_that_leads_out_of_the_archive_is_led_back(tmp_path: Path) -> None:
    with LoopbackServer() as live, WebArchive((), "pywb") as archive:
        archive.locations = "unrewritten"
        moved = live.url("/moved")
        archive.captures = [
            Archived(URL, STORY.timestamp, status=302, location=moved),
            Archived(moved, STORY.timestamp, PAGE),
        ]
        live.route("/moved", Reply(body=b"<html>what is there today</html>"))
        exchange = fetch(tmp_path, archive)
        assert exchange.body == PAGE
        assert exchange.fetch.final_url == moved
        assert exchange.fetch.archive_url.endswith(f"id_/{moved}")


def test_a_redirect_to_a_dead_host_is_led_back(tmp_path: Path, archive: WebArchive) -> None:
    archive.locations = "unrewritten"
    archive.captures = [
        Archived(URL, STORY.timestamp, status=302, location="http://127.0.0.1:9/moved"),
        Archived("http://127.0.0.1:9/moved", STORY.timestamp, PAGE),
    ]
    assert fetch(tmp_path, archive).body == PAGE


class FollowingNothing:
    """A fetcher that hands out redirects as they come."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = answers  # Location by the address, "" for a page
        self.asked: list[str] = []

    async def fetch(self, request: Request) -> Exchange:
        self.asked.append(request.url)
        location = self.answers[request.url]
        headers = {"memento-datetime": "Tue, 05 Mar 2024 12:00:00 GMT", "location": location}
        made = make_fetch(
            "r",
            "page",
            request.url,
            PUBLISHED_AT,
            status=302 if location else 200,
            outcome="http_error" if location else "ok",
        )
        return Exchange(made, headers, b"" if location else PAGE)

    def check_network(self, exchanges: Sequence[Exchange]) -> None:
        raise AssertionError("nobody asks for this")


def test_redirects_that_the_fetcher_does_not_follow_are_followed_in_the_archive() -> None:
    base = "https://web.archive.example/web"
    places = [
        f"{base}/20240305120000id_/https://{name}" for name in ("a.example/1", "a.example/2", "b.example/3")
    ]
    fetcher = FollowingNothing({places[0]: "/2", places[1]: "https://b.example/3", places[2]: ""})
    history = HistorySettings(wayback_url=base)
    exchange = asyncio.run(
        fetch_replay(
            Capture("replay", places[0]),
            WantedPage("https://a.example/1", None, "r", "f", "e"),
            fetcher,
            history,
        )
    )
    assert fetcher.asked == places
    assert exchange.body == PAGE
    assert exchange.fetch.redirects == ("302 https://a.example/2", "302 https://b.example/3")
    assert exchange.fetch.final_url == "https://b.example/3"


@pytest.mark.parametrize("locations", LOCATIONS)
def test_archived_redirects_in_a_circle_end(tmp_path: Path, archive: WebArchive, locations: str) -> None:
    archive.locations = locations  # type: ignore[assignment]
    other = "https://www.tern.example/other"
    archive.captures = [
        Archived(URL, STORY.timestamp, status=301, location="/other"),
        Archived(other, STORY.timestamp, status=301, location="/ferry-sails"),
    ]
    exchange = fetch(tmp_path, archive)
    assert exchange.fetch.outcome in ("http_error", "refused")
    assert "circle" in exchange.fetch.error
    assert len(archive.requests) < 12


def test_archived_redirects_without_end_end(tmp_path: Path, archive: WebArchive) -> None:
    archive.locations = "lost"
    pages = [f"https://www.tern.example/{number}" for number in range(30)]
    archive.captures = [
        Archived(page, STORY.timestamp, status=301, location=f"/{number + 1}")
        for number, page in enumerate(pages)
    ]
    exchange = fetch(tmp_path, archive, url=pages[0])
    assert exchange.fetch.outcome in ("http_error", "refused")
    assert len(archive.requests) < 30


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(PAGE), ()),
        (gzip.compress(PAGE), (("Content-Encoding", "gzip"), ("content-encoding", ""))),
        (brotli.compress(PAGE), (("Content-Encoding", "br"),)),
        (brotli.compress(PAGE), ()),
        (zstandard.compress(PAGE), ()),
        (PAGE, (("Content-Encoding", "gzip"),)),
        (PAGE, (("Content-Encoding", "br"),)),
        (gzip.compress(gzip.compress(PAGE)), (("Content-Encoding", "gzip"),)),
    ],
    ids=range(8),
)
def test_bodies_are_unpacked_whatever_is_said_of_them(
    tmp_path: Path, archive: WebArchive, body: bytes, headers: tuple[tuple[str, str], ...]
) -> None:
    archive.captures = [Archived(URL, STORY.timestamp, body, headers=headers)]
    exchange = fetch(tmp_path, archive)
    assert exchange.body == PAGE
    assert exchange.fetch.body_bytes == len(PAGE)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        PAGE,
        b"%PDF-1.7 \xe2\xe3\xcf\xd3",
        b"\x89PNG\r\n\x1a\n",
        "société générale".encode("latin-1"),
        "ящик".encode("koi8-r"),
        b'{"a": 1}',
        b"\x28\xb5\x2f\xfd broken",
        zstandard.compress(b"x" * 30_000_000),
        brotli.compress(b"\0" * 500),
        brotli.compress(PAGE)[:-4],
        bytes(range(256)) * 20,
    ],
    ids=range(12),
)
def test_other_bodies_stay_as_they_are(body: bytes) -> None:
    assert undo_coding(body) == body


@given(st.binary(max_size=300))
def test_any_body_survives(body: bytes) -> None:
    undo_coding(body)


def test_an_archive_that_is_asked_too_often_is_waited_for(tmp_path: Path, archive: WebArchive) -> None:
    archive.replay_faults = [throttle(429, "0"), Reply(429), Reply(503)]
    assert fetch(tmp_path, archive).fetch.outcome == "ok"
    assert len(archive.requests) == 4


def test_an_archive_that_is_down_is_asked_later(
    tmp_path: Path, archive: WebArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    skip_waiting(monkeypatch)
    archive.replay_faults = [Reply(502)] * 4
    with pytest.raises(Transient, match="nothing is lost"):
        fetch(tmp_path, archive)
    archive.replay_faults = [Reply(503)] * 4
    with pytest.raises(Transient, match="nothing is lost"):
        fetch(tmp_path, archive)


def test_an_archive_that_refuses_connections_is_left_alone(tmp_path: Path) -> None:
    with WebArchive() as archive:
        gone = archive.settings()
    access = give_access(tmp_path, gone)

    async def run() -> Exchange:
        async with access.open_fetcher() as fetcher:
            capture = Capture("replay", f"{gone.wayback_url}/20240305120000id_/{URL}")
            return await fetch_replay(capture, WantedPage(URL, None, "r", "f", "e"), fetcher, gone)

    with pytest.raises(Transient, match=r"127\.0\.0\.1 refuses connections"):
        asyncio.run(run())


def test_a_body_that_breaks_off_is_known_as_cut(tmp_path: Path, archive: WebArchive) -> None:
    headers = (("Memento-Datetime", "Tue, 05 Mar 2024 12:00:00 GMT"),)
    archive.replay_faults = [Reply(body=PAGE, headers=headers, fault="cut")]
    exchange = fetch(tmp_path, archive)
    assert exchange.fetch.outcome == "ok"
    assert exchange.fetch.error.startswith("cut:")


@pytest.mark.parametrize(
    "told", ["yesterday", "", "Tue, 99 Mar 2024 12:00:00 GMT", "Tue, 05 Mar 2024 12:00:00"]
)
def test_an_instant_that_cannot_be_read_is_that_of_the_address(
    tmp_path: Path, archive: WebArchive, told: str
) -> None:
    reply = Reply(body=PAGE, headers=(("Memento-Datetime", told),))
    archive.replay_faults = [reply]
    exchange = fetch(tmp_path, archive)
    if told:  # an empty header is not sent by the server of the tests
        assert exchange.fetch.requested_at == at("2024-03-05T12:00")
    archive.replay_faults = [reply]
    assert fetch(tmp_path, archive, "2024").fetch.outcome == (
        "ok" if told.endswith("12:00:00") else "http_error"
    )


def test_a_capture_in_an_archive_that_the_settings_do_not_name_any_more(
    tmp_path: Path, archive: WebArchive
) -> None:
    exchange = fetch(tmp_path, archive, wayback_url="https://other.example/web")
    assert exchange.body == PAGE


def test_what_is_no_replay_is_refused(tmp_path: Path, archive: WebArchive) -> None:
    access = give_access(tmp_path, archive.settings())

    async def run(address: str) -> Exchange:
        async with access.open_fetcher() as fetcher:
            capture = Capture("replay", address)
            return await fetch_replay(
                capture, WantedPage(URL, None, "r", "f", "e"), fetcher, archive.settings()
            )

    for address in ("https://www.tern.example/ferry", "", f"{archive.replay_url}/save/{URL}"):
        with pytest.raises(Permanent, match="is no address of a replay"):
            asyncio.run(run(address))


BASE = "https://web.archive.example/web"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{BASE}/20240305120000id_/http://a.example/x?y=1", ("20240305120000", "http://a.example/x?y=1", True)),
        (f"{BASE}/20240305120000/http://a.example/", ("20240305120000", "http://a.example/", False)),
        (f"{BASE}/2024im_/https:/a.example/", ("2024", "https://a.example/", False)),
        (f"{BASE}/2024id_/a.example/x", ("2024", "http://a.example/x", True)),
        (f"{BASE}/2024id_/https%3A%2F%2Fa.example%2Fx", ("2024", "https://a.example/x", True)),
        ("http://WEB.archive.example/web/2024id_/http://a.example/", ("2024", "http://a.example/", True)),
        (f"{BASE}/2024id_/http://a.example/2024/05/06/x", ("2024", "http://a.example/2024/05/06/x", True)),
        (f"{BASE}/", None),
        (f"{BASE}/2024id_/", None),
        (f"{BASE}/save/http://a.example/", None),
        ("https://a.example/2024/03/05/story", None),
        (f"{BASE}site/2024id_/http://a.example/", None),
        ("", None),
    ],
)  # fmt: skip
def test_addresses_of_replays(text: str, expected: tuple[str, str, bool] | None) -> None:
    found = read_replay_address(text, BASE)
    assert found == (ReplayAddress(BASE, *expected) if expected else None)


LIVE = st.from_regex(r"https?://[a-z]{1,9}\.example/[a-z0-9/?=&%2F.-]{0,30}", fullmatch=True)


@given(st.datetimes(PUBLISHED_AT.replace(tzinfo=None, year=1996)), LIVE)
def test_an_address_that_was_made_is_read_again(instant: datetime, url: str) -> None:
    history = HistorySettings(wayback_url=f"{BASE}/")
    made = make_replay_address(history, instant.replace(tzinfo=UTC), f"{url}#part")
    assert read_replay_address(made.raw, BASE) == made
    assert made.url == url


def test_the_internet_archive_is_never_asked_faster_than_it_wants() -> None:
    fast = HistorySettings(wayback_replay_per_minute=60_000.0, pause_s=1.0)
    assert (make_replay_gate(fast).spacing_s, make_replay_gate(fast).pause_s) == (0.125, 60.0)
    own = fast.model_copy(update={"wayback_url": "http://127.0.0.1:8080/web"})
    assert make_replay_gate(own).spacing_s == 0.001
