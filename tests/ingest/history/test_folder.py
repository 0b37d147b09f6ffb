"""Saved files as exchanges: what is a feed, what a page, what neither, and which address it has."""

import gzip
import os
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history.folder import find_files, make_exchange, read_saved, tell_kind, unreadable
from transforms.errors import Permanent

SAVED_AT = datetime(2026, 3, 6, 9, tzinfo=UTC)
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title></channel></rss>'
PAGE = (
    b'<!doctype html><html><head><link rel="canonical" href="https://a.example/x?a=1&amp;b=2"></head></html>'
)


def save(path: Path, body: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    os.utime(path, (SAVED_AT.timestamp(), SAVED_AT.timestamp()))
    return path


@pytest.mark.parametrize(
    ("body", "suffix", "kind"),
    [
        (RSS, ".xml", "feed"),
        (b"\xef\xbb\xbf\n" + RSS, "", "feed"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', ".atom", "feed"),
        (b'<rdf:RDF xmlns="http://purl.org/rss/1.0/"/>', ".rdf", "feed"),
        (
            b'<?xml version="1.0"?><!-- nothing of ours --><data/>',
            ".xml",
            "feed",
        ),  # the parser says what is wrong
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', ".json", "feed"),
        (b'{"title": "T", "items": []}', ".json", "feed"),
        (b'{"name": "package"}', ".json", None),
        (PAGE, ".html", "page"),
        (b"<HTML><BODY>old</BODY></HTML>", ".htm", "page"),
        (b"<p>no head at all</p><body>", "", "page"),
        (b"<html><body><pre>&lt;rss&gt; <rss ></pre></body></html>", ".html", "page"),
        (PAGE, ".txt", None),
        (b"url,title\n", ".csv", None),
        (b"\x89PNG\r\n", ".png", None),
        (b"", "", None),
    ],
)
def test_what_a_body_is(body: bytes, suffix: str, kind: str | None) -> None:
    assert tell_kind(body, suffix) == kind


@given(st.binary(max_size=400), st.sampled_from(["", ".html", ".xml", ".json"]))
def test_any_bytes_are_told_apart(body: bytes, suffix: str) -> None:
    assert tell_kind(body, suffix) in ("feed", "page", None)


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
        with pytest.raises((OSError, EOFError, zlib.error)) as caught:
            read_saved(save(tmp_path / "b.html.gz", broken), "b.html.gz", "backfill-1")
        assert unreadable(caught.value)


def test_the_same_file_has_the_same_fetch_id_in_every_run_of_a_backfill() -> None:
    one = make_exchange("backfill-1", "page", "https://a.example/x", SAVED_AT, "", b"x")
    assert one == make_exchange("backfill-1", "page", "https://a.example/x", SAVED_AT, "", b"x")
    assert (
        one.fetch.fetch_id
        != make_exchange("backfill-2", "page", "https://a.example/x", SAVED_AT, "", b"x").fetch.fetch_id
    )


def test_files_are_found_by_source(tmp_path: Path) -> None:
    page, warc = save(tmp_path / "b" / "x.html", PAGE), save(tmp_path / "a" / "c.warc.gz", b"")
    save(tmp_path / ".DS_Store", b"")
    assert find_files(tmp_path, "folder") == [page]
    assert find_files(tmp_path, "warc") == [warc]
    assert find_files(page, "folder") == [page]
    with pytest.raises(Permanent, match="does not exist; give the folder or file"):
        find_files(tmp_path / "none", "folder")
    with pytest.raises(Permanent, match="for the other kind give --source warc"):
        find_files(tmp_path / "a", "folder")
