"""Saved files: what is a feed, what a page, what neither, and which windows they make."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history.folder import FolderSource
from ingest.history.protocol import HistoryWindow
from ingest.history.saved_files import make_exchange, tell_kind
from ingest.history.warc import WarcSource
from tests.ingest.history.saved import PAGE, RSS, SAVED_AT, list_windows, save
from transforms.errors import Permanent


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
        (b'{\n "rss": {"version": "2.0", "channel": {"item": []}}}', ".json", "feed"),
        (b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"/>', ".xml", "feed"),
        (RSS.decode().encode("utf-16"), ".xml", "feed"),
        (RSS.decode().encode("utf-16-le"), ".xml", "feed"),
        (b"<title>T</title><h1>T</h1><p>Text.", ".html", "page"),
        (b"Four men died.<p>Police said.", ".htm", "page"),
        (PAGE.decode().encode("utf-16"), ".html", "page"),
        (PAGE, ".txt", None),
        (RSS, ".txt", "feed"),
        (b"<p align=center>About</p>", ".md", None),
        (
            b'<?xml version="1.0"?>\n<!-- mine --><opml version="2.0"><head/><body></body></opml>',
            ".opml",
            None,
        ),
        (b"An <html> page and <rss> feed", ".txt", None),
        (b"\x89PNG <p>", ".png", None),
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
    assert [w.items[0].address for w in list_windows(FolderSource(), str(tmp_path))] == [str(page)]
    assert [w.items[0].address for w in list_windows(WarcSource(), str(tmp_path))] == [str(warc)]
    [alone] = list_windows(FolderSource(), str(page))
    assert (alone.items[0].address, alone.items[0].name) == (str(page), "x.html")


def test_what_is_wrong_with_a_path_is_said(tmp_path: Path) -> None:
    save(tmp_path / "a" / "c.warc.gz", b"")
    with pytest.raises(Permanent, match="does not exist; give the folder or file"):
        list_windows(FolderSource(), str(tmp_path / "none"))
    with pytest.raises(Permanent, match="for the other kind give --source warc"):
        list_windows(FolderSource(), str(tmp_path / "a"))
    with pytest.raises(Permanent, match="this source reads files; give the folder or file"):
        list_windows(WarcSource(), "")


def test_a_file_that_changed_makes_another_window(tmp_path: Path) -> None:
    save(tmp_path / "x.html", PAGE)
    before = list_windows(FolderSource(), str(tmp_path))
    assert list_windows(FolderSource(), str(tmp_path)) == before
    save(tmp_path / "x.html", PAGE + b"<p>more</p>")
    after = list_windows(FolderSource(), str(tmp_path))
    assert [window.items for window in after] == [window.items for window in before]
    assert [window.facts for window in after] != [window.facts for window in before]


@pytest.mark.parametrize("name", ["", "..", "2026/03", "a b"])
def test_the_name_of_a_window_must_do_for_a_folder(name: str) -> None:
    with pytest.raises(ValueError, match="is no name for a window"):
        HistoryWindow(name)
