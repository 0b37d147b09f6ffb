"""Saved files, and a source asked for all that it has, for tests of the history sources."""

import asyncio
import os
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

from ingest.history.protocol import HistoryAccess, HistoryRequest, HistorySource, HistoryWindow
from ingest.http.exchange import Exchange, Fetcher
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
    async def plan() -> list[HistoryWindow]:
        return [window async for window in source.plan(HistoryRequest(path), OFFLINE)]

    return asyncio.run(plan())


def read_all(
    source: HistorySource, window: HistoryWindow, access: HistoryAccess | None = None
) -> list[Exchange | Rejection]:
    async def read() -> list[Exchange | Rejection]:
        return [item async for item in source.discover(window, "", HistoryRequest(), access or OFFLINE)]

    return asyncio.run(read())


def _refuse_network() -> AbstractAsyncContextManager[Fetcher]:
    raise AssertionError("files need no network")


OFFLINE = HistoryAccess("backfill-1", _refuse_network)
