"""The source `warc`: the feeds and pages in WARC files, of any crawler."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from ingest.archive.warc_files import read_warc
from ingest.archive.warc_reader import Damage
from ingest.history.protocol import HistoryAccess, HistoryRequest, HistoryWindow
from ingest.history.saved_files import (
    HTML_TYPES,
    UNREADABLE,
    find_excess,
    is_warc,
    make_exchange,
    name_type,
    plan_files,
    reject_record,
    tell_kind,
    to_path,
)
from ingest.http.exchange import Exchange
from transforms.records import Rejection

_NO_NEWS = ("image/", "audio/", "video/", "font/", "text/css")
_PROGRAMS = ("javascript", "ecmascript", "font", "wasm")
"""What a page is shown with; the rest of a type's name may be anything."""


class WarcSource:
    """Every WARC file at the path, a window each.

    Passed over is what is not news: what a page is shown with, redirects and errors, and records that hold no
    body (`request`, `metadata`, `revisit`, ...). All else becomes an exchange or a rejection.
    """

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        what = "WARC files (.warc, .warc.gz, .warc.zst); for the other kind give --source folder"
        for window in plan_files(wanted.path, is_warc, what, files_a_window=1):
            yield window

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[Exchange | Rejection]:
        for item in window.items:
            try:
                for found in _read_warc(to_path(item.address), item.name, access):
                    yield found
            except UNREADABLE as error:
                yield reject_record(item.name, -1, "", "record_unreadable", str(error))


def _read_warc(path: Path, name: str, access: HistoryAccess) -> Iterator[Exchange | Rejection]:
    limits = access.limits
    for found in read_warc(path, name, max(limits.max_page_bytes, limits.max_feed_bytes)):
        if isinstance(found, Damage):
            yield reject_record(name, found.offset, found.url, "record_unreadable", found.detail)
        elif 200 <= found.fetch.status < 300 and not _is_no_news(found.fetch.content_type):
            yield _judge(found, name, access)


def _judge(found: Exchange, name: str, access: HistoryAccess) -> Exchange | Rejection:
    """What a response with a body is, or why it is of no use."""
    fetch = found.fetch
    kind = tell_kind(found.body) or ("page" if name_type(fetch.content_type) in HTML_TYPES else None)
    reason, detail = "", ""
    if fetch.outcome == "refused":
        reason, detail = f"{fetch.kind}_refused", fetch.error
    elif fetch.outcome != "ok":
        reason = "record_unreadable" if fetch.error.startswith("body:") else "page_empty"
        detail = fetch.error
    elif kind is None:
        reason, detail = "not_a_feed", f"{fetch.content_type or 'what has no type'} is neither feed nor page"
    elif detail := find_excess(kind, len(found.body), access.limits):
        reason = f"{kind}_refused"
    if reason or kind is None:
        return reject_record(name, fetch.warc_offset, fetch.url, reason, detail)
    return make_exchange(access.run_id, kind, fetch.url, fetch.requested_at, fetch.content_type, found.body)


def _is_no_news(content_type: str) -> bool:
    name = name_type(content_type)
    return name.startswith(_NO_NEWS) or any(word in name for word in _PROGRAMS)
