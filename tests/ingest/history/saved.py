"""Saved files, and a source asked for all that it has, for tests of the history sources."""

import os
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

from ingest.history.protocol import HistoryAccess, HistoryRequest, HistorySource, HistoryWindow
from ingest.http.exchange import Exchange, Fetcher
from tests.ingest.history import asking
from transforms.records import Rejection

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


def list_windows(source: HistorySource, path: str) -> list[HistoryWindow]:
    return asking.plan(source, HistoryRequest(path), OFFLINE)


def read_all(
    source: HistorySource, window: HistoryWindow, access: HistoryAccess | None = None
) -> list[Exchange | Rejection]:
    reading = asking.discover(source, window, HistoryRequest(), access or OFFLINE)
    return [item for item in reading if isinstance(item, Exchange | Rejection)]


def _refuse_network() -> AbstractAsyncContextManager[Fetcher]:
    raise AssertionError("files need no network")


OFFLINE = HistoryAccess("backfill-1", _refuse_network)
