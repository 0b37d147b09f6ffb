"""The source `urls`: lines of addresses in their three forms, and what is said of lines that are none."""

import gzip
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history.protocol import HistoryAccess
from ingest.history.url_file import LINES_A_WINDOW, UrlFileSource
from tests.ingest.history.asking import Reading, discover, make_feed, pick, plan, read_plan, want
from tests.ingest.history.saved import OFFLINE, save
from transforms.errors import Permanent, Transient
from transforms.feeds.page_entries import make_host_feed
from transforms.history.records import Candidate, WindowEnd

LAKESIDE = make_feed("https://www.lakeside.example/feed")
A, B, C = (f"https://lakeside.example/{name}" for name in "abc")


def read(path: Path, body: bytes, access: HistoryAccess = OFFLINE) -> Reading:
    save(path, body)
    return read_plan(UrlFileSource(), want(LAKESIDE, path=str(path)), access)


PLAIN = f"{A}\n\n# a note\n{B}\t2024-03-05\n  {C} 2024-03-06T10:00:00+02:00  \r\n{A}\n"
CSV = f'\ufeffTitle;URL;Published\nHarbour;{A};\n"Bridge; old";{B};2024-03-05\nFerry;"{C}";2024-03-06T10:00:00+02:00\n'
JSON = (
    f'{{"url": "{A}", "published": null}}\n{{"published": "2024-03-05", "url": "{B}"}}\n'
    f'{{"url": "{C}", "published_at": "2024-03-06T10:00:00+02:00", "title": "Ferry"}}'
)


@pytest.mark.parametrize(
    "text", [PLAIN, CSV, CSV.replace(";", ","), JSON], ids=["plain", "semicolon", "comma", "json"]
)
@pytest.mark.parametrize("layers", [0, 1, 2])
def test_the_three_forms_say_the_same(tmp_path: Path, text: str, layers: int) -> None:
    body = text.replace("Bridge, old", "Bridge; old").encode()
    for _ in range(layers):
        body = gzip.compress(body)
    found = read(tmp_path / "list", body)
    assert found.rejections == []
    told = [
        (c.url, c.published_at, c.published_source, c.published_utc_offset_s, c.source, c.feed_id)
        for c in found.candidates
    ]
    assert told == [
        (A, None, "", None, "urls", LAKESIDE.feed_id),
        (B, datetime(2024, 3, 5, tzinfo=UTC), "list", None, "urls", LAKESIDE.feed_id),
        (C, datetime(2024, 3, 6, 8, tzinfo=UTC), "list", 7200, "urls", LAKESIDE.feed_id),
    ]
    assert found.end == WindowEnd("unknown", None, "a list of addresses")


def test_lines_of_no_use_are_told_with_their_numbers(tmp_path: Path) -> None:
    lines = [
        b"no address",
        A.encode(),
        b"mailto:desk@lakeside.example",
        b"https://lakeside.example/\xff",
        B.encode() + b"\t5th of never",
        B.encode() + b"\t2024-03",
        b"https://lakeside.example/" + b"x" * 200_000,
        b'{"url": 5}',
        b'{"published": "2024-03-05"}',
        b'{"url": "' + A.encode(),
        b"{" * 60_000,
        b"www.lakeside.example/c",
    ]
    found = read(tmp_path / "list.txt", b"\n".join(lines))
    assert found.urls == [A, "https://www.lakeside.example/c"]
    assert [one.item_id for one in found.rejections] == [
        f"list.txt:{n}" for n in (1, 3, 4, 5, 6, 7, 8, 9, 10, 11)
    ]
    assert {(one.stage, one.reason) for one in found.rejections} == {("feed", "record_unreadable")}
    details = found.details
    assert details[0] == "line 1: 'no' is no web address"
    assert details[2:6] == [
        "line 4: it is no UTF-8",
        "line 5: '5th of never' is no date; write it as 2024-03-05",
        "line 6: '2024-03' is no date; write it as 2024-03-05",
        "line 7: it has more than 65,536 bytes",
    ]
    assert details[-1] == "line 11: it is no JSON"


def test_broken_rows_of_csv_are_told(tmp_path: Path) -> None:
    found = read(tmp_path / "list.csv", f'url,published\n{A}\n"{B}\n,2024-03-05\n'.encode())
    assert found.urls == [A]
    assert [detail.partition(":")[0] for detail in found.details] == ["line 3", "line 4"]


def test_pages_of_other_hosts_stand_for_feeds_of_their_own(tmp_path: Path) -> None:
    found = read(tmp_path / "list", b"https://www.harbour.example/a\nhttps://sport.lakeside.example/b")
    assert [c.feed_id for c in found.candidates] == [
        make_host_feed("https://harbour.example/").feed_id,
        LAKESIDE.feed_id,
    ]
    save(tmp_path / "list", A.encode())
    [window] = plan(UrlFileSource(), want(path=str(tmp_path / "list"), first=None, last=None), OFFLINE)
    [candidate] = pick(discover(UrlFileSource(), window, want(), OFFLINE), Candidate)
    assert candidate.feed_id == make_host_feed(A).feed_id


def test_days_that_are_not_wanted_are_left_out(tmp_path: Path) -> None:
    lines = [
        f"{A}\t2024-02-29",
        f"{B}\t2024-04-01",
        "https://lakeside.example/2023/03/05/x",
        f"{C}\t2024-03-31",
    ]
    body = "\n".join([*lines, "https://lakeside.example/2023/03/05/y\t2024-03-01"]).encode()
    found = read(tmp_path / "list", body)
    assert found.urls == [C, "https://lakeside.example/2023/03/05/y"]
    whole = want(LAKESIDE, path=str(tmp_path / "list"), first=None, last=None)
    assert len(read_plan(UrlFileSource(), whole, OFFLINE).urls) == 5


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("header", ["", "url\n"])
def test_a_window_is_a_thousand_lines(tmp_path: Path, header: str, packed: bool) -> None:
    names = [f"https://lakeside.example/{number}/größe" for number in range(2 * LINES_A_WINDOW + 7)]
    body = (header + "\n".join(names) + "\n").encode()
    path = save(tmp_path / "list.gz", gzip.compress(body) if packed else body)
    wanted = want(LAKESIDE, path=str(path))
    windows = plan(UrlFileSource(), wanted, OFFLINE)
    last = len(names) + bool(header)
    assert [w.facts[2] for w in windows] == ["lines 1-1000", "lines 1001-2000", f"lines 2001-{last}"]
    assert [w.name for w in windows] == ["urls-000000001", "urls-000001001", "urls-000002001"]
    found = [url for w in windows for url in discover(UrlFileSource(), w, wanted, OFFLINE).urls]
    assert found == names
    assert plan(UrlFileSource(), wanted, OFFLINE) == windows
    os.utime(path, (1, 1))
    assert plan(UrlFileSource(), wanted, OFFLINE)[0].facts != windows[0].facts


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    save(tmp_path / "wide", "url\n".encode("utf-16"))
    save(tmp_path / "empty", b"")
    save(tmp_path / "cut", gzip.compress(os.urandom(90_000))[:-9_000])
    for name, detail in (
        ("", "give its path"),
        ("gone", "is no file"),
        (".", "is no file"),
        ("a\0b", "cannot be read|is no file"),
        ("wide", "is in UTF-16; save it as UTF-8"),
        ("empty", "is empty"),
        ("cut", "cannot be read"),
    ):
        with pytest.raises(Permanent, match=detail):
            plan(UrlFileSource(), want(path=str(tmp_path / name) if name else ""), OFFLINE)
    path = save(tmp_path / "list", A.encode())
    [window] = plan(UrlFileSource(), want(path=str(path)), OFFLINE)
    path.unlink()
    with pytest.raises(Transient, match="can no longer be read"):
        discover(UrlFileSource(), window, want(path=str(path)), OFFLINE)


def test_days_are_those_of_utc(tmp_path: Path) -> None:
    found = read(
        tmp_path / "list", f"{A}\t2024-03-01T00:30:00+05:00\n{B}\t2024-02-29T23:30:00-05:00".encode()
    )
    assert [(c.url, c.published_at) for c in found.candidates] == [
        (B, datetime(2024, 3, 1, 4, 30, tzinfo=UTC))
    ]
    assert date(2024, 3, 1) == found.candidates[0].published_at.date()  # type: ignore[union-attr]


@given(
    body=st.binary(max_size=300) | st.text(alphabet='{}"\t,;\n url:/.hp0-9é', max_size=200).map(str.encode)
)
def test_any_bytes_give_lines_or_reasons(body: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = save(tmp_path_factory.getbasetemp() / f"list-{os.getpid()}", body)
    try:
        windows = plan(UrlFileSource(), want(path=str(path)), OFFLINE)
    except Permanent:
        return
    for window in windows:
        found = discover(UrlFileSource(), window, want(path=str(path)), OFFLINE)
        assert isinstance(found[-1], WindowEnd)
        assert len(found) <= body.count(b"\n") + 2
