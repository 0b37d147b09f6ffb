"""The source `folder`: saved feeds and pages, as the exchanges that brought them once."""

import gzip
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import BinaryIO, cast

from ingest.history.protocol import DEFAULT_LIMITS, HistoryAccess, HistoryRequest, HistoryWindow, WindowItem
from ingest.history.saved_files import (
    HEAD_BYTES,
    UNREADABLE,
    UnusableFile,
    find_excess,
    is_warc,
    make_exchange,
    plan_files,
    read_head,
    reject_file,
    reject_unreadable,
    tell_kind,
    to_path,
)
from ingest.http.exchange import Exchange
from transforms.records import Rejection
from transforms.settings import HttpSettings
from transforms.shift_dates import is_time_of_saving, shift_date
from transforms.urls import is_web_url

FILES_A_WINDOW = 200
_GZIP = b"\x1f\x8b\x08"
_MOST_LAYERS = 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAG = re.compile(rb"<(?:link|meta)\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


class FolderSource:
    """Every file at the path that is no WARC file: feeds and pages become exchanges, others are rejected."""

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        what = "saved feeds or pages; for the other kind give --source warc"
        for window in plan_files(wanted.path, lambda file: not is_warc(file), what, FILES_A_WINDOW):
            yield window

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[Exchange | Rejection]:
        for item in window.items:
            yield _read_item(item, access)


def _read_item(item: WindowItem, access: HistoryAccess) -> Exchange | Rejection:
    try:
        found = read_saved(to_path(item.address), item.name, access.run_id, access.limits)
    except UNREADABLE as error:
        return reject_unreadable(item.name, error)
    except UnusableFile as error:
        return reject_file(item.name, error.reason, error.detail)
    return found or reject_file(item.name, "not_a_feed", "the file is neither a feed nor a page")


def read_saved(file: Path, name: str, run_id: str, limits: HttpSettings = DEFAULT_LIMITS) -> Exchange | None:
    """Make the exchange of one saved file; None when it is neither a feed nor a page.

    `name` (the file's path below the source's folder) stands for the URL where the content gives none. The
    file's time of modification stands for the time of the fetch.

    Raises:
        UnusableFile: the file is larger than `limits` allow, or was saved at no time that can be.
        OSError, EOFError, zlib.error: the file cannot be read or is cut short.
    """
    named = Path(name[:-3] if name.lower().endswith(".gz") else name)
    with open_saved(file) as opened:
        body = opened.read(HEAD_BYTES)
        kind = tell_kind(body, named.suffix.lower())
        if kind is None:
            return None
        allowed = max(limits.max_feed_bytes, limits.max_page_bytes)
        body += opened.read(max(0, allowed + 1 - len(body)))
    excess = find_excess(kind, len(body), limits)
    if excess:
        raise UnusableFile(f"{kind}_refused", excess)
    url = (_find_address(read_head(body)) if kind == "page" else "") or f"file:{name}"
    fetched_at = shift_date(_EPOCH, timedelta(seconds=file.stat().st_mtime))
    if not is_time_of_saving(fetched_at, datetime.now(UTC)):
        reason = "feed_unreadable" if kind == "feed" else "page_unreachable"
        raise UnusableFile(reason, f"nothing was saved at {fetched_at:%Y-%m-%d}, the file's time")
    return make_exchange(run_id, kind, url, fetched_at, "", body)


@contextmanager
def open_saved(file: Path) -> Iterator[BinaryIO]:
    """The content of a saved file, unpacked where it begins as gzip does, whatever its name says; also twice."""
    with ExitStack() as stack:
        opened: BinaryIO = stack.enter_context(file.open("rb"))
        for _ in range(_MOST_LAYERS):
            packed = opened.read(len(_GZIP)) == _GZIP
            opened.seek(0)
            if not packed:
                break
            opened = cast(BinaryIO, stack.enter_context(gzip.GzipFile(fileobj=opened, mode="rb")))
        yield opened


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
