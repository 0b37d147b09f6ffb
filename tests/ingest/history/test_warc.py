"""The source `warc`: every record of a response is read, passed over as no news, or rejected with its reason."""

import gzip
from pathlib import Path

import pytest
import zstandard

from ingest.history.protocol import HistoryAccess
from ingest.history.warc import WarcSource
from ingest.http.exchange import Exchange
from tests.ingest.archive.captures import PAGE, make_record
from tests.ingest.history.saved import OFFLINE, RSS, list_windows, read_all, save
from transforms.records import Rejection
from transforms.settings import HttpSettings

SMALL = HistoryAccess(
    "backfill-1", OFFLINE.open_fetcher, HttpSettings(max_page_bytes=1_000, max_feed_bytes=5_000)
)


def read(
    tmp_path: Path, *records: bytes, access: HistoryAccess = OFFLINE
) -> tuple[list[str], dict[str, str]]:
    """The addresses read, and the reasons of the rejections by their item."""
    save(tmp_path / "x.warc", b"".join(records))
    [window] = list_windows(WarcSource(), str(tmp_path))
    found = read_all(WarcSource(), window, access)
    read_ones = [item.fetch.url[-1] for item in found if isinstance(item, Exchange)]
    return read_ones, {item.item_id: item.reason for item in found if isinstance(item, Rejection)}


def typed(name: str, content_type: str, payload: bytes = PAGE, **more: str) -> bytes:
    return make_record(name, http=f"Content-Type: {content_type}\r\n", payload=payload, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (typed("a", "text/html"), None),
        (typed("a", "text/html", b"<p>no tag says that this is a page"), None),
        (typed("a", "application/rss+xml", RSS), None),
        (typed("a", "text/plain", RSS), None),
        (typed("a", "image/png", b"\x89PNG"), ""),
        (typed("a", "application/javascript", b"let x"), ""),
        (typed("a", "text/css", b"p {}"), ""),
        (make_record("a", kind="request", http=""), ""),
        (make_record("a", kind="revisit"), ""),
        (make_record("a", kind="metadata", http="", content_type="text/plain"), ""),
        (make_record("a", url="dns:{}", http="", content_type="text/dns"), ""),
        (make_record("a", url="urn:text:{}", kind="resource", http="", content_type="text/plain"), ""),
        (typed("a", "text/plain", b"a page's own text"), "not_a_feed"),
        (make_record("a", kind="conversion", http="", content_type="text/plain", payload=b"x"), "not_a_feed"),
        (typed("a", "application/pdf", b"%PDF-1.7"), "not_a_feed"),
        (typed("a", "text/html", b""), "page_empty"),
        (typed("a", "text/html", b"<html>" + b"x" * 2_000), "page_refused"),
        (typed("a", "text/html", b"<html>" + b"x" * 200_000_0), "page_refused"),
        (typed("a", "text/xml", RSS + b" " * 6_000), "feed_refused"),
        (typed("a", "text/html\r\nContent-Encoding: gzip", b"\x1f\x8b\x08 broken"), "record_unreadable"),
        (typed("a", "text/html\r\nContent-Encoding: gzip", gzip.compress(PAGE * 500)), "page_refused"),
        (typed("a", "text/html\r\nContent-Encoding: gzip", gzip.compress(PAGE)), None),
        (make_record("a", url="http://[::1"), "record_unreadable"),
        (make_record("a", date="0001-01-01T00:00:00Z"), "record_unreadable"),
    ],
)
def test_what_becomes_of_a_record(record: bytes, reason: str | None, tmp_path: Path) -> None:
    """None: it is read; "": it is passed over."""
    found, rejected = read(tmp_path, record, make_record("z"), access=SMALL)
    assert found == (["a", "z"] if reason is None else ["z"])
    assert list(rejected.values()) == ([reason] if reason else [])
    assert not reason or list(rejected) == ["x.warc#0"]


@pytest.mark.parametrize("name", ["x.WARC", "x.warc.zst", "x.Warc.GZ"])
def test_no_file_that_is_named_as_a_warc_file_is_passed_over(name: str, tmp_path: Path) -> None:
    record = make_record("a")
    save(tmp_path / name, zstandard.compress(record) if name.endswith("zst") else record)
    [window] = list_windows(WarcSource(), str(tmp_path))
    [found] = read_all(WarcSource(), window)
    assert isinstance(found, Exchange)
    assert found.fetch.url == "https://hills.example/a"


def test_a_file_that_is_no_warc_at_all_is_rejected(tmp_path: Path) -> None:
    found, rejected = read(tmp_path, b"<html>saved under a wrong name</html>")
    assert (found, rejected) == ([], {"x.warc#0": "record_unreadable"})
