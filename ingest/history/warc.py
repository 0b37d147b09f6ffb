"""The source `warc`: the feeds and pages in WARC files, of any crawler."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from ingest.archive.warc_files import iterate_exchanges
from ingest.history.protocol import HistoryAccess, HistoryRequest, HistoryWindow
from ingest.history.saved_files import (
    UNREADABLE,
    is_warc,
    make_exchange,
    plan_files,
    reject_unreadable,
    tell_kind,
)
from ingest.http.exchange import Exchange
from transforms.records import Rejection


class WarcSource:
    """Every WARC file at the path, a window each; responses that are neither feed nor page are passed over."""

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        what = "WARC files (.warc, .warc.gz); for the other kind give --source folder"
        for window in plan_files(wanted.path, is_warc, what, files_a_window=1):
            yield window

    async def read(self, window: HistoryWindow, access: HistoryAccess) -> AsyncIterator[Exchange | Rejection]:
        for item in window.items:
            try:
                for exchange in _read_warc(Path(item.address), access.run_id):
                    yield exchange
            except UNREADABLE as error:
                yield reject_unreadable(item.name, error)


def _read_warc(path: Path, run_id: str) -> Iterator[Exchange]:
    for found in iterate_exchanges([path]):
        kind = tell_kind(found.body) if found.fetch.outcome == "ok" else None
        if kind:
            fetch = found.fetch
            yield make_exchange(run_id, kind, fetch.url, fetch.requested_at, fetch.content_type, found.body)
