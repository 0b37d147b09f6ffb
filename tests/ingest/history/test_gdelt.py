"""The source `gdelt`: the wanted hosts' addresses out of files of fifteen minutes, and the holes between them."""

import io
import os
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history import gdelt, services
from ingest.history.gdelt import GdeltSource
from ingest.history.protocol import HistoryAccess, HistoryRequest, Mark
from ingest.http.exchange import Exchange
from tests.ingest.history.asking import (
    LIMITS,
    Reading,
    check_every_cursor,
    discover,
    give_access,
    make_feed,
    pick,
    plan,
    want,
)
from tests.loopback import LoopbackServer, Reply
from transforms.errors import Permanent, Transient
from transforms.history.records import Candidate, DayEvidence
from transforms.history.settings import HistorySettings
from transforms.make_fetch import make_fetch

DAY = date(2024, 3, 5)
LAKESIDE = make_feed("https://feeds.lakeside.example/all.xml", 1)
HARBOUR = make_feed("https://www.harbour.example/rss", 2)
WANTED = want(LAKESIDE, HARBOUR, first=DAY, last=DAY)


def make_row(url: str, added: str = "20240305101500", columns: int = 61) -> str:
    return "\t".join([str(number) for number in range(columns - 2)] + [added, url])


def pack(*rows: str, name: str = "x.export.CSV") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, "".join(f"{row}\n" for row in rows))
    return made.getvalue()


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as running:
        for quarter in range(96):
            running.route(path_of(quarter), Reply(body=pack(), content_type="application/zip"))
        yield running


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Days of eight files, and no second tries."""
    monkeypatch.setattr(gdelt, "_FILES_A_DAY", 8)
    monkeypatch.setattr(services, "TRIES", 1)


def path_of(quarter: int) -> str:
    stamp = datetime(2024, 3, 5, tzinfo=UTC) + timedelta(minutes=15 * quarter)
    return f"/gdeltv2/{stamp:%Y%m%d%H%M%S}.export.CSV.zip"


def serve(server: LoopbackServer, quarter: int, body: bytes) -> None:
    server.route(path_of(quarter), Reply(body=body, content_type="application/zip"))


def open_access(server: LoopbackServer, tmp_path: Path, most: int = 1_000_000) -> HistoryAccess:
    history = HistorySettings(gdelt_url=server.url("/gdeltv2"), pause_s=0)
    return give_access(tmp_path, history, LIMITS.model_copy(update={"max_listing_bytes": most}))


def read(server: LoopbackServer, tmp_path: Path, wanted: HistoryRequest = WANTED) -> Reading:
    access = open_access(server, tmp_path)
    [window] = plan(GdeltSource(), wanted, access)
    return discover(GdeltSource(), window, wanted, access)


def test_addresses_of_the_wanted_hosts_are_listed_with_what_bounds_them(
    server: LoopbackServer, tmp_path: Path
) -> None:
    a, b = "https://www.lakeside.example/a", "https://sport.lakeside.example/2024/03/05/b"
    rows = [make_row(a), make_row(a), make_row("https://elsewhere.example/x"), make_row(b, "20240305100000")]
    rows += [make_row("BBC Monitoring"), make_row(""), make_row("https://harbour.example/2024/03/04/old")]
    rows += [make_row("https://harbour.example/c?x=ü", "never")]
    serve(server, 1, pack(*rows))
    found = read(server, tmp_path)
    assert found.candidates == [
        Candidate(LAKESIDE.feed_id, a, "gdelt", not_after=datetime(2024, 3, 5, 10, 15, tzinfo=UTC)),
        Candidate(LAKESIDE.feed_id, b, "gdelt", not_after=datetime(2024, 3, 5, 10, tzinfo=UTC)),
        Candidate(
            HARBOUR.feed_id,
            "https://harbour.example/c?x=ü",
            "gdelt",
            not_after=datetime(2024, 3, 5, 0, 15, tzinfo=UTC),
        ),
    ]
    assert [request.path for request in server.requests] == [path_of(quarter) for quarter in range(8)]
    assert {exchange.fetch.kind for exchange in found.exchanges} == {"listing"}
    end = found.end
    assert (end.state, end.expected) == ("partial", None)
    assert end.days == (
        DayEvidence(HARBOUR.feed_id, DAY, "partial", None, end.evidence),
        DayEvidence(LAKESIDE.feed_id, DAY, "partial", None, end.evidence),
    )
    assert end.evidence == "GDELT lists the news that it coded events from, not all that was published"


def test_a_missing_file_is_a_hole(server: LoopbackServer, tmp_path: Path) -> None:
    server.route(path_of(2), Reply(status=404, body=b"<Error><Code>NoSuchKey</Code></Error>"))
    server.route(path_of(5), Reply(status=410))
    found = read(server, tmp_path)
    assert "2 of its 8 files of the day are missing" in found.end.evidence
    assert found.details == []
    assert len(pick(found, Mark)) == 8


def make_spoiled() -> bytes:
    body = bytearray(pack(make_row("https://lakeside.example/a")))
    body[60] ^= 0xFF
    return bytes(body)


DAMAGED: dict[str, tuple[bytes, str]] = {
    "cut": (pack(make_row("https://lakeside.example/a"))[:-30], "its ZIP file is damaged"),
    "check sum": (make_spoiled(), "its ZIP file is damaged"),
    "no rows": (pack("a\tb\tc"), "1 of its 1 rows have not the 61 columns of GDELT 2"),
    "short row": (pack(make_row("https://lakeside.example/a", columns=60)), "1 of its 1 rows have not the 61 columns"),
    "bomb": (pack("0" * 5_000_000), "it unpacks to more than 1,000,000 bytes"),
    "empty": (b"", "it is empty"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "detail"), DAMAGED.values(), ids=DAMAGED)
def test_a_file_that_is_damaged_where_it_lies_is_told(
    server: LoopbackServer, tmp_path: Path, body: bytes, detail: str
) -> None:
    serve(server, 3, body)
    serve(server, 4, pack(make_row("https://lakeside.example/b")))
    found = read(server, tmp_path)
    assert found.urls == ["https://lakeside.example/b"]
    [rejection] = found.rejections
    assert (rejection.reason, rejection.url) == ("listing_unreadable", server.url(path_of(3)))
    assert detail in rejection.detail
    assert "1 of its 8 files of the day are missing or damaged" in found.end.evidence


def test_a_file_of_two_or_none_is_damaged(server: LoopbackServer, tmp_path: Path) -> None:
    both, none = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(both, "w") as packed:
        packed.writestr("a", "x")
        packed.writestr("b", "y")
    zipfile.ZipFile(none, "w").close()
    serve(server, 0, both.getvalue())
    serve(server, 1, none.getvalue())
    details = read(server, tmp_path).details
    assert ["it holds 2 files" in details[0], "it holds 0 files" in details[1]] == [True, True]


def test_a_larger_file_than_allowed_is_told(server: LoopbackServer, tmp_path: Path) -> None:
    serve(server, 3, pack(*[os.urandom(30).hex() for _ in range(200)]))
    access = open_access(server, tmp_path, most=1_000)
    [window] = plan(GdeltSource(), WANTED, access)
    [detail] = discover(GdeltSource(), window, WANTED, access).details
    assert "larger than http.max_listing_bytes allows" in detail


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500),
        Reply(status=403),
        Reply(status=429, headers=(("Retry-After", "5000"),)),
        Reply(fault="close"),
        Reply(body=pack(make_row("https://lakeside.example/a")), fault="cut"),
        Reply(body=b"<html>Please log in</html>"),
    ],
    ids=["500", "403", "429", "closed", "cut", "html"],
)
def test_other_failures_leave_the_window_open(server: LoopbackServer, tmp_path: Path, reply: Reply) -> None:
    server.route(path_of(3), reply)
    with pytest.raises(Transient, match="run again later"):
        read(server, tmp_path)
    assert server.requests[-1].path == path_of(3)


def test_a_stop_costs_one_file(server: LoopbackServer, tmp_path: Path) -> None:
    for quarter in range(8):
        serve(server, quarter, pack(*[make_row(f"https://lakeside.example/{n}") for n in range(quarter)]))
    server.route(path_of(2), Reply(status=404))
    serve(server, 5, b"PK")
    access = open_access(server, tmp_path)
    [window] = plan(GdeltSource(), WANTED, access)
    check_every_cursor(GdeltSource(), window, WANTED, access)


def test_a_window_a_day_that_is_over(server: LoopbackServer, tmp_path: Path) -> None:
    access = open_access(server, tmp_path)
    wanted = want(LAKESIDE, first=date(2015, 2, 16), last=date(2015, 2, 20))
    windows = plan(GdeltSource(), wanted, access)
    assert [window.name for window in windows] == ["gdelt-2015-02-18", "gdelt-2015-02-19", "gdelt-2015-02-20"]
    assert (windows[0].first_day, windows[0].feed_id, windows[0].count) == (date(2015, 2, 18), "", None)
    assert plan(GdeltSource(), want(LAKESIDE, first=date(2014, 1, 1), last=date(2014, 2, 1)), access) == []
    today = datetime.now(UTC).date()
    ahead = plan(GdeltSource(), want(LAKESIDE, first=today, last=today + timedelta(days=9)), access)
    assert all(window.last_day is not None and window.last_day < datetime.now(UTC).date() for window in ahead)
    assert plan(GdeltSource(), want(LAKESIDE, first=DAY, last=DAY - timedelta(days=1)), access) == []
    assert server.requests == []


def test_other_feeds_or_days_make_other_windows(server: LoopbackServer, tmp_path: Path) -> None:
    access = open_access(server, tmp_path)
    requests = [
        WANTED,
        want(HARBOUR, LAKESIDE, first=DAY, last=DAY),
        want(LAKESIDE, first=DAY, last=DAY),
        want(LAKESIDE, HARBOUR, first=DAY - timedelta(days=1), last=DAY),
    ]
    same, turned, fewer, longer = (plan(GdeltSource(), one, access)[-1] for one in requests)
    assert same == turned
    assert len({window.facts for window in (same, fewer, longer)}) == 3


def test_what_is_missing(server: LoopbackServer, tmp_path: Path) -> None:
    access = open_access(server, tmp_path)
    for wanted in (want(), want(LAKESIDE, first=None), want(LAKESIDE, last=None)):
        with pytest.raises(Permanent, match="needs feeds"):
            plan(GdeltSource(), wanted, access)
    with pytest.raises(Permanent, match="none of the feeds has a web address"):
        plan(GdeltSource(), want(make_feed("file:/x")), access)


@given(
    body=st.binary(max_size=300),
    start=st.sampled_from([b"", b"PK\x03\x04", pack(make_row("https://lakeside.example/a"))]),
)
def test_no_bytes_break_the_reader(body: bytes, start: bytes) -> None:
    fetch = make_fetch("run", "listing", "https://data.example/x.zip", datetime(2024, 3, 5, tzinfo=UTC))
    exchange = Exchange(fetch, {}, start + body)
    try:
        rows, fault = gdelt._read_file(exchange, 100_000)
    except Transient:
        assert not exchange.body.startswith(b"PK")
        return
    assert rows or fault or body == b""
