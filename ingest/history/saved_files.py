"""What sources that read files have in common: finding and splitting them, and what a saved body stands for."""

import codecs
import os
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote_to_bytes

from ingest.history.protocol import HistoryWindow, WindowItem
from ingest.http.exchange import Exchange
from transforms.errors import Permanent
from transforms.make_fetch import make_fetch
from transforms.records import FetchKind, Rejection, Stage
from transforms.settings import HttpSettings

HEAD_BYTES = 200_000
"""What a body is, and which address it has, is decided by so much of it."""
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"), (b"{\0", "utf-16-le"), (b"\0<", "utf-16-be"), (b"\0{", "utf-16-be"),
)  # fmt: skip
UNREADABLE = (OSError, EOFError, zlib.error)
"""What reading a damaged file raises."""
HTML_TYPES = ("text/html", "application/xhtml+xml")
_WARC_NAMES = (".warc", ".warc.gz", ".warc.zst")
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_FEED = re.compile(rb"<(?:[a-z][\w-]{0,20}:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_SUBSCRIPTIONS = re.compile(rb"(?:<(?:\?|!--)[^>]{0,500}>\s*)*<opml[\s>]", re.IGNORECASE)
"""OPML has a head and a body, but is no page."""
_PIECE = re.compile(rb"<(?:head|body|title|article|main|section|h1|h2|p|div|table)[\s>]", re.IGNORECASE)
"""What a page without `<html>` holds: browsers need none."""
_FEED_FIRST = re.compile(rb"(?:<\?xml[^>]{0,200}>\s*)?<(?:rss|feed|rdf:rdf)[\s>]", re.IGNORECASE)
_JSON_FEED = re.compile(
    rb"\{\s*\"(?:rss\"\s*:\s*\{|version\"\s*:\s*\"[^\"]{0,20}jsonfeed\.org)|\"items\"|jsonfeed\.org/version"
)
_SKIPPED = {".json", ".jsonl", ".csv", ".md", ".txt", ".log"}
"""Endings that are no saved page, but may be a feed; JSON is taken that looks like one."""
_PAGES = re.compile(r"\.(?:[sx]?html?|xht|php\d?|aspx?|jspx?|cfm|do)")


class UnusableFile(Exception):
    """A saved file is a feed or page, but of no use: `reason` and `detail` of its rejection."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def is_warc(file: Path) -> bool:
    return file.name.lower().endswith(_WARC_NAMES)


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
    items = tuple(WindowItem(to_address(file), to_text(file.relative_to(base).as_posix())) for file in files)
    stats = [file.stat() for file in files]
    facts = (f"{i.name} {s.st_size} {s.st_mtime_ns}" for i, s in zip(items, stats, strict=True))
    return HistoryWindow(name, tuple(facts), items)


def name_type(content_type: str) -> str:
    """The media type of a `Content-Type`, in small letters and without parameters."""
    return content_type.partition(";")[0].strip().lower()


def to_text(name: str) -> str:
    """A file's name as text: bytes in it that are no UTF-8 are spelled out, `caf\\xe9.html`."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def to_address(file: Path) -> str:
    """Where a file lies, as text: its path, or a `file:` URL where the path is no UTF-8."""
    path = str(file)
    return path if path == to_text(path) else file.as_uri()


def to_path(address: str) -> Path:
    """The file that `to_address` told."""
    if address.startswith("file://"):
        return Path(os.fsdecode(unquote_to_bytes(address.removeprefix("file://"))))
    return Path(address)


def find_excess(kind: FetchKind, size: int, limits: HttpSettings) -> str:
    """What is to be said of a body that is larger than it may be; "" of one that is not."""
    allowed = limits.max_feed_bytes if kind == "feed" else limits.max_page_bytes
    return f"size: the body has more than {allowed:,} bytes" if size > allowed else ""


def tell_kind(body: bytes, suffix: str = "") -> FetchKind | None:
    """Whether a body is a feed or a page; None for neither. UTF-16 and UTF-32 are read as well."""
    head = read_head(body).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] == b"{":
        return "feed" if _JSON_FEED.search(head) else None
    if _SUBSCRIPTIONS.match(head):
        return None
    if suffix in _SKIPPED and not _FEED_FIRST.match(head):
        return None
    html, feed = _HTML.search(head[:4000]), _FEED.search(head)
    if feed and (html is None or feed.start() < html.start()):
        return "feed"
    if html or b"<body" in head.lower():
        return "page"
    if head[:5] == b"<?xml":
        return "feed"
    is_piece = (head[:1] == b"<" or _PAGES.fullmatch(suffix)) and _PIECE.search(head)
    return "page" if is_piece else None


def read_head(body: bytes) -> bytes:
    """How a body begins, in UTF-8 where its first bytes say that it is in UTF-16 or UTF-32."""
    head = body[:HEAD_BYTES]
    codec = next((codec for start, codec in _WIDE if head.startswith(start)), "")
    return head.decode(codec, "replace").encode("utf-8", "replace") if codec else head


def make_exchange(
    run_id: str, kind: FetchKind, url: str, fetched_at: datetime, content_type: str, body: bytes
) -> Exchange:
    """The exchange that a saved body stands for."""
    fetch = make_fetch(run_id, kind, url, fetched_at, body_bytes=len(body), content_type=content_type)
    return Exchange(fetch, {"content-type": content_type} if content_type else {}, body)


def reject_file(name: str, reason: str, detail: str) -> Rejection:
    """The row that says why a file could not be used."""
    return Rejection("feed", name, "", f"file:{name}", reason, detail, datetime.now(UTC))


def reject_record(name: str, offset: int, url: str, reason: str, detail: str) -> Rejection:
    """The row that says why a record of the WARC file `name` could not be used."""
    item = f"{name}#{offset}" if offset >= 0 else name
    stage: Stage = "feed" if reason.startswith("feed") or reason == "not_a_feed" else "page"
    return Rejection(stage, item, "", url or f"file:{name}", reason, detail, datetime.now(UTC))


def reject_unreadable(name: str, error: Exception) -> Rejection:
    """As `reject_file`, for what reading the file raised."""
    damaged = isinstance(error, zlib.error | EOFError)
    return reject_file(name, "feed_unreadable", "the compressed file is damaged" if damaged else str(error))
