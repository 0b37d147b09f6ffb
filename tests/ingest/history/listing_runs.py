"""Planning and reading the sources that list addresses, over the real HTTP client and a loopback server."""

import asyncio
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from ingest.history.protocol import (
    FoundItem,
    HistoryAccess,
    HistoryRequest,
    HistorySource,
    HistoryWindow,
    Mark,
)
from ingest.http.client import HttpFetcher
from ingest.http.exchange import Fetcher
from transforms.history.records import Candidate, WindowEnd
from transforms.history.settings import HistorySettings
from transforms.records import Feed, Rejection
from transforms.settings import HttpSettings

T = TypeVar("T")
FIRST, LAST = date(2024, 3, 1), date(2024, 3, 31)
POLITE = HttpSettings(
    host_spacing_s=0, allow_private_addresses=True, contact="https://desk.example/", host_budget_s=1e4
)


def make_access(
    tmp_path: Path, limits: HttpSettings = POLITE, history: HistorySettings | None = None
) -> HistoryAccess:
    def open_fetcher() -> AbstractAsyncContextManager[Fetcher]:
        return HttpFetcher(limits, tmp_path / "hosts", None, "1.2.3")

    return HistoryAccess("backfill-1", open_fetcher, limits, history or HistorySettings(pause_s=0))


def make_feed(url: str, number: int = 1) -> Feed:
    return Feed(f"fd1-{number:016x}", url)


def want(
    *feeds: Feed, path: str = "", first: date | None = FIRST, last: date | None = LAST
) -> HistoryRequest:
    return HistoryRequest(path, feeds, first, last)


def list_windows(source: HistorySource, wanted: HistoryRequest, access: HistoryAccess) -> list[HistoryWindow]:
    async def plan() -> list[HistoryWindow]:
        return [window async for window in source.plan(wanted, access)]

    return asyncio.run(plan())


def read_window(
    source: HistorySource,
    window: HistoryWindow,
    wanted: HistoryRequest,
    access: HistoryAccess,
    cursor: str | None = None,
    stop_at: int = 0,
) -> list[FoundItem]:
    """What reading a window yields, from `cursor`; until its `stop_at`-th mark, where that is given."""

    async def read() -> list[FoundItem]:
        found: list[FoundItem] = []
        reading = source.discover(window, window.cursor if cursor is None else cursor, wanted, access)
        async for item in reading:
            found.append(item)
            if stop_at and len(pick(found, Mark)) == stop_at:
                break
        return found

    return asyncio.run(read())


def read_all(source: HistorySource, wanted: HistoryRequest, access: HistoryAccess) -> list[FoundItem]:
    """What all windows of a plan yield."""
    read = partial(read_window, source, wanted=wanted, access=access)
    return [item for window in list_windows(source, wanted, access) for item in read(window)]


def pick(found: Iterable[object], kind: type[T]) -> list[T]:
    return [item for item in found if isinstance(item, kind)]


def list_urls(found: Iterable[object]) -> list[str]:
    return [candidate.url for candidate in pick(found, Candidate)]


def end_of(found: Iterable[object]) -> WindowEnd:
    [end] = pick(found, WindowEnd)
    return end


def list_details(found: Iterable[object]) -> list[str]:
    return [rejection.detail for rejection in pick(found, Rejection)]


def check_resume(
    source: HistorySource, window: HistoryWindow, wanted: HistoryRequest, access: HistoryAccess
) -> None:
    """Hold that a stop after any mark loses nothing and gives nothing twice, and that the end is the same."""
    whole = read_window(source, window, wanted, access)
    marks = pick(whole, Mark)
    for number, mark in enumerate(marks, start=1):
        before = read_window(source, window, wanted, access, stop_at=number)
        after = read_window(source, window, wanted, access, mark.cursor)
        assert pick(before, Candidate) + pick(after, Candidate) == pick(whole, Candidate)
        assert list_details(before) + list_details(after) == list_details(whole)
        assert end_of(after) == end_of(whole)
        assert before[-1] == mark
