"""Saved feeds and pages as the exchanges that brought them once."""

import gzip
import re
import zlib
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from ingest.http.exchange import Exchange
from transforms.errors import Permanent
from transforms.identity import make_id
from transforms.records import Fetch, FetchKind
from transforms.urls import is_web_url

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_FEED = re.compile(rb"<(rss|feed|rdf:rdf|channel)[\s>]", re.IGNORECASE)
_TAG = re.compile(rb"<(?:link|meta)\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_WARC_NAMES = (".warc", ".warc.gz")
_HEAD_BYTES = 200_000
_SKIPPED = {".json", ".jsonl", ".csv", ".md", ".txt", ".log"}
"""Endings that are no saved page; a `.json` file is taken when it begins like a JSON Feed."""


def find_files(path: Path, source: str) -> list[Path]:
    """The files that a backfill from `path` reads, in order: the WARC files, or all others that may be saved.

    Raises:
        Permanent: there is nothing at `path`, or nothing of that source in it.
    """
    if not path.exists():
        raise Permanent(f"{path} does not exist; give the folder or file that holds what was saved")
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    warc = source == "warc"
    found = [
        file for file in files if file.name.endswith(_WARC_NAMES) == warc and not file.name.startswith(".")
    ]
    if not found:
        wanted = "WARC files (.warc, .warc.gz)" if warc else "saved feeds or pages"
        raise Permanent(
            f"{path} holds no {wanted}; for the other kind give --source {'folder' if warc else 'warc'}"
        )
    return found


def read_saved(file: Path, name: str, run_id: str) -> Exchange | None:
    """Make the exchange of one saved file; None when it is neither a feed nor a page.

    `name` (the file's path below the source's folder) stands for the URL where the content gives none. The
    file's time of modification stands for the time of the fetch.

    Raises:
        OSError, EOFError, zlib.error: the file cannot be read or is cut short.
    """
    body = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    kind = tell_kind(body, Path(name.removesuffix(".gz")).suffix.lower())
    if kind is None:
        return None
    url = (_find_address(body[:_HEAD_BYTES]) if kind == "page" else "") or f"file:{name}"
    fetched_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return make_exchange(run_id, kind, url, fetched_at, "", body)


def _find_address(head: bytes) -> str:
    """The address that a page gives as its own, the canonical link before `og:url`; "" for none."""
    canonical = open_graph = b""
    for tag in _TAG.finditer(head):
        attributes = {name.lower(): b"".join(values) for name, *values in _ATTRIBUTE.findall(tag[1])}
        if b"canonical" in attributes.get(b"rel", b"").lower().split():
            canonical = canonical or attributes.get(b"href", b"")
        elif attributes.get(b"property", b"").lower() == b"og:url":
            open_graph = open_graph or attributes.get(b"content", b"")
    addresses = (unescape(found.decode("utf-8", "replace")).strip() for found in (canonical, open_graph))
    return next((address for address in addresses if is_web_url(address)), "")


def tell_kind(body: bytes, suffix: str = "") -> FetchKind | None:
    """Whether a body is a feed or a page; None for neither."""
    head = body[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
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
    fetch = Fetch(
        fetch_id=make_id("ft1", run_id, kind, url, fetched_at.isoformat()),
        run_id=run_id,
        kind=kind,
        feed_id="",
        entry_id="",
        url=url,
        final_url=url,
        requested_at=fetched_at,
        outcome="ok",
        status=200,
        error="",
        duration_s=0.0,
        body_bytes=len(body),
        content_type=content_type,
        redirects=(),
        warc_file="",
        warc_offset=0,
    )
    return Exchange(fetch, {"content-type": content_type} if content_type else {}, body)


def unreadable(error: Exception) -> str:
    """Say what is wrong with a file that could not be read."""
    return "the compressed file is damaged" if isinstance(error, zlib.error | EOFError) else str(error)
