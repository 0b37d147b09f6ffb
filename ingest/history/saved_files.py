"""What sources that read files have in common: finding and splitting them, and what a saved body stands for."""

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ingest.history.protocol import HistoryWindow, WindowItem
from ingest.http.exchange import Exchange
from transforms.errors import Permanent
from transforms.make_fetch import make_fetch
from transforms.records import FetchKind, Rejection

HEAD_BYTES = 200_000
"""What a body is, and which address it has, is decided by so much of it."""
UNREADABLE = (OSError, EOFError, zlib.error)
"""What reading a damaged file raises."""
_WARC_NAMES = (".warc", ".warc.gz")
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_FEED = re.compile(rb"<(rss|feed|rdf:rdf|channel)[\s>]", re.IGNORECASE)
_SKIPPED = {".json", ".jsonl", ".csv", ".md", ".txt", ".log"}
"""Endings that are no saved page; a `.json` file is taken when it begins like a JSON Feed."""


def is_warc(file: Path) -> bool:
    return file.name.endswith(_WARC_NAMES)


def plan_files(
    path: str, is_wanted: Callable[[Path], bool], wanted: str, files_a_window: int
) -> Iterator[HistoryWindow]:
    """Split the files at `path`, a folder or a file, into windows; `wanted` says in words which are meant.

    A window is known by its files' names, sizes and times.

    Raises:
        Permanent: no path was given, or there is nothing of the kind.
    """
    if not path:
        raise Permanent("this source reads files; give the folder or file that holds what was saved")
    root = Path(path)
    if not root.exists():
        raise Permanent(f"{path} does not exist; give the folder or file that holds what was saved")
    all_files = [root] if root.is_file() else sorted(file for file in root.rglob("*") if file.is_file())
    files = [file for file in all_files if is_wanted(file) and not file.name.startswith(".")]
    if not files:
        raise Permanent(f"{path} holds no {wanted}")
    base = root.parent if root.is_file() else root
    for number, start in enumerate(range(0, len(files), files_a_window)):
        yield _make_window(f"batch-{number:04d}", files[start : start + files_a_window], base)


def _make_window(name: str, files: Sequence[Path], base: Path) -> HistoryWindow:
    items = tuple(WindowItem(str(file), file.relative_to(base).as_posix()) for file in files)
    stats = [file.stat() for file in files]
    facts = (f"{i.name} {s.st_size} {s.st_mtime_ns}" for i, s in zip(items, stats, strict=True))
    return HistoryWindow(name, tuple(facts), items)


def tell_kind(body: bytes, suffix: str = "") -> FetchKind | None:
    """Whether a body is a feed or a page; None for neither."""
    head = body[:HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] == b"{":
        return "feed" if b"jsonfeed.org" in head[:2000] or b'"items"' in head else None
    if suffix in _SKIPPED:
        return None
    html, feed = _HTML.search(head[:4000]), _FEED.search(head)
    if feed and (html is None or feed.start() < html.start()):
        return "feed"
    return "page" if html or b"<body" in head.lower() else ("feed" if head[:5] == b"<?xml" else None)


def make_exchange(
    run_id: str, kind: FetchKind, url: str, fetched_at: datetime, content_type: str, body: bytes
) -> Exchange:
    """The exchange that a saved body stands for."""
    fetch = make_fetch(run_id, kind, url, fetched_at, body_bytes=len(body), content_type=content_type)
    return Exchange(fetch, {"content-type": content_type} if content_type else {}, body)


def reject_file(name: str, reason: str, detail: str) -> Rejection:
    """The row that says why a file could not be used."""
    return Rejection("feed", name, "", f"file:{name}", reason, detail, datetime.now(UTC))


def reject_unreadable(name: str, error: Exception) -> Rejection:
    """As `reject_file`, for what reading the file raised."""
    damaged = isinstance(error, zlib.error | EOFError)
    return reject_file(name, "feed_unreadable", "the compressed file is damaged" if damaged else str(error))
