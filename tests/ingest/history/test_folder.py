"""The source `folder`: saved files as exchanges, and which address each has."""

import gzip
from pathlib import Path

import pytest

from ingest.history.folder import FolderSource, read_saved
from ingest.history.saved_files import UNREADABLE, reject_unreadable
from tests.ingest.history.saved import PAGE, RSS, SAVED_AT, list_windows, read_all, save


def test_a_page_has_the_address_that_it_gives(tmp_path: Path) -> None:
    exchange = read_saved(save(tmp_path / "x.html", PAGE), "x.html", "backfill-1")
    assert exchange is not None
    fetch = exchange.fetch
    assert (fetch.kind, fetch.url, fetch.outcome) == ("page", "https://a.example/x?a=1&b=2", "ok")
    assert (fetch.requested_at, fetch.run_id, fetch.body_bytes) == (SAVED_AT, "backfill-1", len(PAGE))
    assert exchange.body == PAGE


@pytest.mark.parametrize(
    "head",
    [
        b"<link rel=canonical href=https://a.example/y>",
        b"<link rel='canonical' href='https://a.example/y'/>",
        b'<LINK REL="canonical" HREF="https://a.example/y">',
        b'<meta property="og:url" content="https://a.example/y">',
    ],
)
def test_the_ways_in_which_a_page_gives_its_address(head: bytes, tmp_path: Path) -> None:
    path = save(tmp_path / "y.html", b"<html><head>" + head + b"</head><body></body></html>")
    exchange = read_saved(path, "y.html", "backfill-1")
    assert exchange is not None
    assert exchange.fetch.url == "https://a.example/y"


@pytest.mark.parametrize(
    "attributes",
    [b'href="https://a.example/z" rel="canonical"', b'href="https://a.example/z" id="c" rel="canonical"'],
)
def test_the_address_may_stand_before_what_it_is(attributes: bytes, tmp_path: Path) -> None:
    path = save(tmp_path / "z.html", b"<html><head><link " + attributes + b"></head></html>")
    exchange = read_saved(path, "z.html", "backfill-1")
    assert exchange is not None
    assert exchange.fetch.url == "https://a.example/z"


def test_a_file_without_an_address_is_known_by_its_name(tmp_path: Path) -> None:
    exchange = read_saved(save(tmp_path / "f.xml", RSS), "feeds/f.xml", "backfill-1")
    assert exchange is not None
    assert exchange.fetch.url == "file:feeds/f.xml"


def test_compressed_files_are_read_and_cut_ones_raise(tmp_path: Path) -> None:
    packed = gzip.compress(PAGE * 50)
    exchange = read_saved(save(tmp_path / "p.html.gz", packed), "p.html.gz", "backfill-1")
    assert exchange is not None
    assert exchange.body == PAGE * 50
    for broken in (packed[:-20], packed[:30] + b"\x00" * 20 + packed[50:], b"<html>not gzip</html>"):
        with pytest.raises(UNREADABLE) as caught:
            read_saved(save(tmp_path / "b.html.gz", broken), "b.html.gz", "backfill-1")
        assert reject_unreadable("b.html.gz", caught.value).detail


def test_a_window_holds_two_hundred_files_and_is_read_in_order(tmp_path: Path) -> None:
    for number in range(203):
        save(tmp_path / f"{number:03d}.html", PAGE)
    save(tmp_path / "002.html", b"\x89PNG")
    save(tmp_path / "a.warc", b"")
    save(tmp_path / ".DS_Store", b"")
    first, second = list_windows(FolderSource(), str(tmp_path))
    assert [len(window.items) for window in (first, second)] == [200, 3]
    assert (first.name, second.name) == ("batch-0000", "batch-0001")
    items = read_all(FolderSource(), first)
    assert [type(item).__name__ for item in items[:4]] == ["Exchange", "Exchange", "Rejection", "Exchange"]
