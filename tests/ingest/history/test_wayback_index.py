"""The index of a web archive: both dialects are read whole or not at all, and in halves where that is too much."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history.protocol import HistoryAccess
from ingest.history.wayback_index import (
    ArchivedRow,
    EndlessIndex,
    IndexPart,
    IndexQuery,
    SiteExcluded,
    UnreadableIndex,
    has_captures,
    make_index_gate,
    parse_index,
    read_index,
)
from ingest.http.exchange import Exchange, Fetcher, Request
from tests.ingest.history.wayback_asking import at, give_access, skip_waiting
from tests.loopback import LoopbackServer, Received, Reply, throttle
from tests.web_archive import Archived, WebArchive
from transforms.errors import Permanent, Transient
from transforms.history.settings import HistorySettings
from transforms.history.stamps import write_stamp
from transforms.make_fetch import make_fetch

HEADER = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
ROW = ["example,tern)/feed", "20240305120000", "http://tern.example/feed", "text/xml", "200", "SNVP", "528"]
QUERY = IndexQuery("http://tern.example/feed", at("2024-03-01"), at("2024-03-31T23:59:59"))
HOST = replace(QUERY, url="http://tern.example/", match="host")


def feed(day: int, hour: int = 12, body: bytes = b"") -> Archived:
    return Archived(
        "http://tern.example/feed", f"202403{day:02}{hour:02}0000", body or b"%d-%d" % (day, hour)
    )


def page(name: str, day: int) -> Archived:
    return Archived(f"http://tern.example/{name}", f"202403{day:02}120000", name.encode())


@pytest.fixture
def archive() -> Iterator[WebArchive]:
    with WebArchive([feed(day) for day in range(1, 8)]) as archive:
        yield archive


def read(
    folder: Path,
    archive: LoopbackServer,
    query: IndexQuery = QUERY,
    cursor: str = "",
    most_rows: int = 5_000,
    **settings: float | str,
) -> list[IndexPart]:
    assert isinstance(archive, WebArchive)
    access = give_access(folder, archive.settings(**settings))

    async def run() -> list[IndexPart]:
        async with access.open_fetcher() as fetcher:
            return [part async for part in read_index(fetcher, query, access, "fd1-1", cursor, most_rows)]

    return asyncio.run(run())


def stamps(parts: Sequence[IndexPart]) -> list[str]:
    """Day and hour of each capture: `0512`."""
    return [write_stamp(row.captured_at)[6:10] for part in parts for row in part.rows]


def table(*rows: object) -> bytes:
    return json.dumps([HEADER, *rows]).encode()


def test_rows_of_the_internet_archive() -> None:
    [row] = parse_index(table(ROW)).rows
    assert row == ArchivedRow(
        "example,tern)/feed", at("2024-03-05T12:00"), "http://tern.example/feed", "text/xml", 200, "SNVP"
    )
    assert row.is_usable
    assert write_stamp(row.captured_at) == "20240305120000"
    assert parse_index(table(ROW, [], ["example%2Ctern%29%2Ffeed+20240305120000%21"])).resume_key == (
        "example%2Ctern%29%2Ffeed+20240305120000%21"
    )
    for empty in (b"[]", b"[[]]"[:0] + b"[]\n", table()):
        assert parse_index(empty).rows == ()
    assert parse_index(table(ROW, [])).resume_key == ""


def test_a_revisit_is_usable_and_an_error_is_not() -> None:
    revisit = [*ROW[:3], "warc/revisit", "-", "SNVP", "300"]
    [row, error] = parse_index(table(revisit, [*ROW[:4], "503", "X", "1"])).rows
    assert (row.mime, row.status, row.is_usable) == ("warc/revisit", None, True)
    assert not error.is_usable


def test_more_fields_than_asked_for_and_another_order() -> None:
    names = ["timestamp", "original", "urlkey", "digest", "orig.length", "statuscode", "mimetype"]
    row = ["20240305120000", "http://tern.example/feed", "k", "-", "1", "200", "text/xml"]
    [found] = parse_index(json.dumps([names, row]).encode()).rows
    assert (found.digest, found.status) == ("", 200)


def test_lines_of_pywb() -> None:
    line = json.dumps(
        dict(zip(["urlkey", "timestamp", "url", "mime", "status", "digest"], ROW, strict=False))
    )
    answer = parse_index(f"{line}\n{line}\n".encode())
    assert answer.is_lines
    assert answer.count == 2
    assert answer.rows[0] == parse_index(table(ROW)).rows[0]
    assert parse_index(b"").is_lines


@pytest.mark.parametrize(
    "body",
    [
        table(ROW, ROW)[:-20],
        table(ROW)[:1],
        b'{"urlkey": "a"}\n{"urlk',
        b"<!DOCTYPE html><html><body>We are out of service</body></html>",
        b"org,example)/ 20240305120000 http://a.example/",
        b'{"message": "no such thing"}',
        b"[1, 2]",
        b'[["a", "b"], ["c", "d"]]',
        b"[[1, 2], [3]]",
        json.dumps([HEADER, ["k", "20240005120000", "http://a.example/", "", "", "", ""]]).encode(),
        b"[" * 100_000,
        b"\xff\xfe",
    ],
    ids=range(12),
)
def test_what_is_no_index_is_never_an_empty_one(body: bytes) -> None:
    with pytest.raises(UnreadableIndex):
        parse_index(body)


@pytest.mark.parametrize(
    "row",
    [
        ["k", "20240005120000", "http://a.example/", "m", "200", "D", "1"],  # month 00: such rows are there
        ["k", "2024", "http://a.example/", "m", "200", "D", "1"],
        ["k", "20240305120000", "data:image/png;base64,x", "m", "200", "D", "1"],
        ["k", "20240305120000"],
        [None] * 7,
    ],
    ids=range(5),
)
def test_a_row_that_says_nonsense_costs_no_other(row: list[object]) -> None:
    assert len(parse_index(table(row, ROW)).rows) == 1


def test_a_text_that_says_blocked_means_excluded() -> None:
    with pytest.raises(SiteExcluded):
        parse_index(b"org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error")


LISTS = st.recursive(st.none() | st.text(max_size=5), st.lists)


@given(st.binary(max_size=200) | LISTS.map(lambda value: json.dumps(value).encode()))
def test_nothing_breaks_the_parser(body: bytes) -> None:
    try:
        parse_index(body)
    except UnreadableIndex as error:
        assert str(error)


def test_the_question_is_asked_as_the_archive_wants_it(tmp_path: Path, archive: WebArchive) -> None:
    query = replace(QUERY, filters=("!statuscode:[345]..",), collapse="urlkey")
    read(tmp_path, archive, query)
    [request] = archive.index_requests
    assert request.headers["user-agent"].startswith("Dateline/")
    for part in (
        "url=http%3A%2F%2Ftern.example%2Ffeed&",
        "&from=20240301000000&to=20240331235959&",
        "&filter=%21statuscode%3A%5B345%5D..&",
        "&collapse=urlkey&",
        "&output=json&",
        "&showResumeKey=true",
        "&matchType=exact&",
    ):
        assert part in request.path
    assert "fl=" not in request.path


@pytest.mark.parametrize("dialect", ["archive.org", "pywb"])
@pytest.mark.parametrize("most", [1, 2, 3, 7, 8])
def test_every_row_comes_once_however_few_come_at_once(tmp_path: Path, dialect: str, most: int) -> None:
    captures = [feed(day) for day in range(1, 8)]
    with WebArchive(captures, dialect) as archive:  # type: ignore[arg-type]
        # pywb cuts without a word, so the newest of an answer is asked for again
        most_rows = max(2, most) if dialect == "pywb" else most
        found = stamps(read(tmp_path, archive, most_rows=most_rows))
    assert found == [f"{day:02}12" for day in range(1, 8)]


def test_a_stopped_reading_goes_on_at_its_cursor(tmp_path: Path, archive: WebArchive) -> None:
    parts = read(tmp_path, archive, most_rows=2)
    assert len(parts) == 4
    for number, part in enumerate(parts[:-1], start=1):
        rest = read(tmp_path, archive, cursor=part.cursor, most_rows=2)
        assert stamps(rest) == stamps(parts[number:])
    assert parts[-1].cursor == ""


def test_rows_that_come_again_at_a_seam_are_left_out(tmp_path: Path, archive: WebArchive) -> None:
    archive.repeats_row = True
    parts = read(tmp_path, archive, most_rows=3)
    assert [len(parse_index(part.exchange.body).rows) for part in parts] == [3, 3, 3]
    assert stamps(parts) == [f"{day:02}12" for day in range(1, 8)]


def test_a_key_that_repeats_ends_the_reading(tmp_path: Path, archive: WebArchive) -> None:
    archive.repeats_key = True
    with pytest.raises(EndlessIndex, match="repeats itself"):
        read(tmp_path, archive, most_rows=2)
    assert len(archive.index_requests) == 2


def test_new_keys_for_the_same_rows_end_the_reading(tmp_path: Path, archive: WebArchive) -> None:
    numbers = iter(range(1_000))
    archive.route("/cdx/search/cdx", lambda request: Reply(body=table(ROW, [], [f"key {next(numbers)}"])))
    with pytest.raises(EndlessIndex, match="repeats itself"):
        read(tmp_path, archive)


def test_answers_without_end_are_not_read_for_ever(tmp_path: Path, archive: WebArchive) -> None:
    numbers = iter(range(1_000))
    archive.route("/cdx/search/cdx", lambda request: Reply(body=table([], [f"key {next(numbers)}"])))
    with pytest.raises(EndlessIndex, match=r"more than 12 answers \(history.max_pages\)"):
        read(tmp_path, archive, max_pages=12)
    assert len(archive.index_requests) == 12


def test_pywb_with_many_captures_at_one_instant_is_not_read_for_ever(tmp_path: Path) -> None:
    with WebArchive([feed(5)] * 3, "pywb") as archive, pytest.raises(EndlessIndex):
        read(tmp_path, archive, most_rows=2)


def test_what_is_too_much_at_once_is_asked_for_in_halves(tmp_path: Path, archive: WebArchive) -> None:
    archive.captures += [page(f"story-{day}", day) for day in range(1, 31)]
    archive.widest_days = 9
    parts = read(tmp_path, archive, HOST)
    assert len(stamps(parts)) == 37
    assert len(set(stamps(parts))) == 30
    statuses = [part.exchange.fetch.status for part in parts]
    assert statuses[:3] == [504, 504, 200]
    for number, part in enumerate(parts[:-1], start=1):
        assert stamps(read(tmp_path, archive, HOST, part.cursor)) == stamps(parts[number:])


def test_an_index_that_is_always_too_slow_is_asked_later(
    tmp_path: Path, archive: WebArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    skip_waiting(monkeypatch)
    archive.route("/cdx/search/cdx", Reply(504))
    with pytest.raises(Transient, match=r"HTTP 504; run again later, nothing is lost"):
        read(tmp_path, archive, replace(HOST, last=HOST.first + timedelta(hours=5)))
    assert len(archive.index_requests) < 10


def test_a_504_in_the_middle_asks_for_fewer_rows(tmp_path: Path, archive: WebArchive) -> None:
    archive.most_rows = 3
    first, *_ = read(tmp_path, archive)
    archive.index_faults = [Reply(504)]
    parts = read(tmp_path, archive, cursor=first.cursor)
    assert "limit=2500" in archive.index_requests[-2].path
    assert stamps(parts) == ["0412", "0512", "0612", "0712"]


def test_pywb_is_asked_in_halves_where_it_cuts_the_pages_of_a_host(tmp_path: Path) -> None:
    with WebArchive([page(f"story-{day}", day) for day in range(1, 31)], "pywb") as archive:
        parts = read(tmp_path, archive, HOST, most_rows=10)
        assert sorted(stamps(parts)) == [f"{day:02}12" for day in range(1, 31)]
        archive.captures = [page(f"story-{number}", 5) for number in range(20)]
        with pytest.raises(EndlessIndex, match="more than 10 captures in an hour"):
            read(tmp_path, archive, HOST, most_rows=10)


def test_an_excluded_site_is_told_from_one_without_captures(tmp_path: Path, archive: WebArchive) -> None:
    assert stamps(read(tmp_path, archive, replace(QUERY, url="http://other.example/"))) == []
    archive.excluded = {"tern.example"}
    with pytest.raises(SiteExcluded, match=r"does not show this site \(HTTP 403\)"):
        read(tmp_path, archive)


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (Reply(403), Transient, "HTTP 403"),
        (Reply(400), Permanent, "is history.wayback_index_url where"),
        (Reply(404), Permanent, "HTTP 404"),
        (Reply(401), Permanent, "HTTP 401"),
        (Reply(418), Transient, "HTTP 418"),
        (Reply(302), Transient, "without a Location"),
        (Reply(body=b"<html><h1>Out of service</h1></html>"), Transient, "with a page, not with a list"),
        (Reply(body=table(ROW, ROW), fault="cut"), Transient, "cut short"),
        (Reply(body=table(ROW)[:-4]), Transient, "cut short or broken"),
    ],
    ids=lambda value: "" if isinstance(value, type) else str(value)[:40],
)
def test_what_an_index_may_answer_instead(
    tmp_path: Path, archive: WebArchive, reply: Reply, error: type[Exception], says: str
) -> None:
    archive.route("/cdx/search/cdx", reply)
    with pytest.raises(error, match=says):
        read(tmp_path, archive)
    assert len(archive.index_requests) == 1


def test_an_index_that_is_asked_too_often_is_waited_for(tmp_path: Path, archive: WebArchive) -> None:
    archive.index_faults = [throttle(429, "0"), Reply(429), throttle(503, "0")]
    assert len(stamps(read(tmp_path, archive))) == 7
    assert len(archive.index_requests) == 4


def test_an_index_that_refuses_connections_is_left_alone(tmp_path: Path, archive: WebArchive) -> None:
    closed = HistorySettings(wayback_index_url="http://127.0.0.1:9/cdx", wayback_index_per_minute=60_000)
    with pytest.raises(Transient, match="refuses connections"):
        read(tmp_path, archive, wayback_index_url=closed.wayback_index_url)


def test_an_empty_answer_of_the_internet_archive_is_no_answer() -> None:
    async def run(url: str) -> list[IndexPart]:
        access = HistoryAccess("r", refuse, history=HistorySettings(wayback_index_url=url))
        return [part async for part in read_index(Fixed(b""), QUERY, access, "fd1-1")]

    assert [part.rows for part in asyncio.run(run("http://arquivo.example/cdx"))] == [()]
    with pytest.raises(Transient, match="gave no list of captures"):
        asyncio.run(run("https://web.archive.org/cdx/search/cdx"))


def test_whether_there_is_anything(tmp_path: Path, archive: WebArchive) -> None:
    access = give_access(tmp_path, archive.settings())

    async def ask(query: IndexQuery) -> bool:
        async with access.open_fetcher() as fetcher:
            return await has_captures(fetcher, query, access, "fd1-1")

    assert asyncio.run(ask(QUERY))
    assert not asyncio.run(ask(replace(QUERY, url="http://other.example/")))
    archive.widest_days = 1
    assert asyncio.run(ask(HOST))


def test_a_cursor_of_something_else_is_refused(tmp_path: Path, archive: WebArchive) -> None:
    for cursor in ("7", "[1, 2]", '["20240301000000", "2024", 1, ""]', "{}"):
        with pytest.raises(Permanent, match="no place in an index"):
            read(tmp_path, archive, cursor=cursor)


def test_the_internet_archive_is_never_asked_more_often_than_it_wants() -> None:
    fast = HistorySettings(wayback_index_per_minute=6_000.0, pause_s=0.0)
    gate = make_index_gate(fast)
    assert (gate.spacing_s, gate.pause_s) == (2.5, 60.0)
    own = make_index_gate(fast.model_copy(update={"wayback_index_url": "http://127.0.0.1:8080/cdx"}))
    assert (own.spacing_s, own.pause_s) == (0.01, 0.0)


class Fixed:
    """A fetcher that always gets the same body, or asks a function."""

    def __init__(self, answer: bytes | Callable[[Request], bytes]) -> None:
        self._answer = answer

    async def fetch(self, request: Request) -> Exchange:
        body = self._answer if isinstance(self._answer, bytes) else self._answer(request)
        outcome, error = ("ok", "") if body else ("http_error", "HTTP 200 without a body")
        fetch = make_fetch("r", request.kind, request.url, at("2026-01-01"), outcome=outcome, error=error)  # type: ignore[arg-type]
        return Exchange(fetch, {}, body)

    def check_network(self, exchanges: Sequence[Exchange]) -> None:
        raise AssertionError("nobody asks for this")


def refuse() -> AbstractAsyncContextManager[Fetcher]:
    raise AssertionError("the fetcher is given")


@given(
    st.lists(st.tuples(st.integers(1, 31), st.integers(0, 3)), min_size=0, max_size=25),
    st.integers(1, 6),
    st.sampled_from(["archive.org", "pywb"]),
    st.sampled_from(["exact", "host"]),
    st.booleans(),
)
def test_paging_gives_what_one_answer_would(
    days: list[tuple[int, int]], most: int, dialect: str, match: str, repeats_row: bool
) -> None:
    captures = {feed(day, hour) for day, hour in days}
    if match == "host":
        captures |= {page(f"story-{day}-{hour}", day) for day, hour in days}
    archive = WebArchive(captures, dialect)  # type: ignore[arg-type]
    archive.repeats_row = repeats_row and most > 1
    query = HOST if match == "host" else QUERY
    try:
        if dialect == "pywb":
            most = max(most, 5)  # more than are there in an hour
        whole = asyncio.run(read_all(archive, query, 5_000))
        assert len(whole) == len(captures)
        paged = asyncio.run(read_all(archive, query, most))
        assert sorted(paged, key=str) == sorted(whole, key=str)
    finally:
        archive._server.server_close()


async def read_all(archive: WebArchive, query: IndexQuery, most_rows: int) -> list[ArchivedRow]:
    def answer(request: Request) -> bytes:
        path = request.url.partition(str(archive.port))[2]
        return archive.take(Received("GET", path, {}, 0.0, 0)).body

    history = HistorySettings(wayback_index_url=archive.index_url)
    access = HistoryAccess("r", refuse, history=history)
    parts = read_index(Fixed(answer), query, access, "fd1-1", "", most_rows)
    return [row async for part in parts for row in part.rows]
