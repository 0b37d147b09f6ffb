"""The source `folder`: saved feeds and pages, as the exchanges that brought them once."""

import gzip
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from ingest.history.protocol import HistoryAccess, HistoryRequest, HistoryWindow, WindowItem
from ingest.history.saved_files import (
    HEAD_BYTES,
    UNREADABLE,
    is_warc,
    make_exchange,
    plan_files,
    reject_file,
    reject_unreadable,
    tell_kind,
)
from ingest.http.exchange import Exchange
from transforms.records import Rejection
from transforms.urls import is_web_url

FILES_A_WINDOW = 200
_TAG = re.compile(rb"<(?:link|meta)\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


class FolderSource:
    """Every file at the path that is no WARC file: feeds and pages become exchanges, others are rejected."""

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        what = "saved feeds or pages; for the other kind give --source warc"
        for window in plan_files(wanted.path, lambda file: not is_warc(file), what, FILES_A_WINDOW):
            yield window

    async def read(self, window: HistoryWindow, access: HistoryAccess) -> AsyncIterator[Exchange | Rejection]:
        for item in window.items:
            yield _read_item(item, access.run_id)


def _read_item(item: WindowItem, run_id: str) -> Exchange | Rejection:
    try:
        found = read_saved(Path(item.address), item.name, run_id)
    except UNREADABLE as error:
        return reject_unreadable(item.name, error)
    return found or reject_file(item.name, "not_a_feed", "the file is neither a feed nor a page")


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
    url = (_find_address(body[:HEAD_BYTES]) if kind == "page" else "") or f"file:{name}"
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
