"""The source `folder`: saved files as exchanges, and which address each has."""

import gzip
import os
from pathlib import Path

import pytest

from ingest.history.folder import FolderSource, read_saved
from ingest.history.protocol import HistoryAccess, HistoryWindow
from ingest.history.saved_files import UNREADABLE, reject_unreadable
from ingest.http.exchange import Exchange
from ingest.staging.records import read_records, write_records
from tests.ingest.history.saved import OFFLINE, PAGE, RSS, SAVED_AT, list_windows, read_all, save
from transforms.records import Rejection
from transforms.settings import HttpSettings


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
    for broken in (packed[:-20], packed[:30] + b"\x00" * 20 + packed[50:]):
        with pytest.raises(UNREADABLE) as caught:
            read_saved(save(tmp_path / "b.html.gz", broken), "b.html.gz", "backfill-1")
        assert reject_unreadable("b.html.gz", caught.value).detail


def test_what_is_packed_is_told_by_its_bytes(tmp_path: Path) -> None:
    packed = gzip.compress(PAGE)
    for name, data in (("a.html", packed), ("a.html.gz", PAGE), ("b.html.gz", gzip.compress(packed))):
        exchange = read_saved(save(tmp_path / name, data), name, "backfill-1")
        assert exchange is not None
        assert exchange.body == PAGE


def test_the_address_of_a_page_in_utf_16_is_found(tmp_path: Path) -> None:
    wide = PAGE.decode().encode("utf-16")
    exchange = read_saved(save(tmp_path / "w.html", wide), "w.html", "backfill-1")
    assert exchange is not None
    assert (exchange.fetch.url, exchange.body) == ("https://a.example/x?a=1&b=2", wide)


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


@pytest.mark.parametrize("at", [-70_000_000_000.0, -1.0e6, 4.0e9, 253_402_300_799.0])
def test_a_file_that_was_saved_at_no_time_is_rejected(at: float, tmp_path: Path) -> None:
    save(tmp_path / "a.html", PAGE)
    os.utime(tmp_path / "a.html", (0, at))
    save(tmp_path / "b.html", PAGE)
    [window] = list_windows(FolderSource(), str(tmp_path))
    odd, good = read_all(FolderSource(), window)
    assert isinstance(odd, Rejection)
    assert "nothing was saved at" in odd.detail
    assert isinstance(good, Exchange)


def test_a_name_that_is_no_utf_8_is_spelled_out(tmp_path: Path) -> None:
    save(tmp_path / os.fsdecode(b"caf\xe9 50%.html"), PAGE)
    save(tmp_path / os.fsdecode(b"caf\xe9.xml"), RSS)
    save(tmp_path / os.fsdecode(b"\xff.png"), b"no page")
    [window] = list_windows(FolderSource(), str(tmp_path))
    write_records(tmp_path / "window.parquet", HistoryWindow, [window])
    [window] = read_records(tmp_path / "window.parquet", HistoryWindow)
    page, feed, neither = read_all(FolderSource(), window)
    assert isinstance(page, Exchange) and isinstance(feed, Exchange) and isinstance(neither, Rejection)
    assert (page.body, feed.fetch.url, neither.item_id) == (PAGE, "file:caf\\xe9.xml", "\\xff.png")


def test_what_is_larger_than_allowed_is_rejected_unread(tmp_path: Path) -> None:
    save(tmp_path / "a.html.gz", gzip.compress(PAGE + bytes(100_000_000)))
    save(tmp_path / "b.xml", RSS + b" " * 6_000)
    save(tmp_path / "c.html", PAGE)
    [window] = list_windows(FolderSource(), str(tmp_path))
    limits = HttpSettings(max_page_bytes=1_000, max_feed_bytes=5_000)
    found = read_all(FolderSource(), window, HistoryAccess("backfill-1", OFFLINE.open_fetcher, limits))
    assert [item.reason if isinstance(item, Rejection) else item.body for item in found] == [
        "page_refused",
        "feed_refused",
        PAGE,
    ]
