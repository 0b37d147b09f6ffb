"""Asking a history source for what it plans and for what is in a window, as the steps do, in one place.

wanted, access = want(feed, first="2024-03-01", last="2024-03-31"), give_access(tmp_path)
[window] = plan(source, wanted, access)
reading = discover(source, window, wanted, access)
assert reading.urls == [...] and reading.end.state == "partial"
check_every_cursor(source, window, wanted, access)  # a stop after any mark costs nothing
"""

import asyncio
from collections.abc import Callable, Iterable
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
from ingest.http.exchange import Archive, Exchange
from tests.ingest.http.fetching import QUICK
from transforms.errors import Transient
from transforms.feeds.parse_feed import parse_feed
from transforms.feeds.parsed_feed import NotAFeed, ParsedEntry, ParsedFeed
from transforms.history.records import Candidate, WindowEnd
from transforms.history.settings import HistorySettings
from transforms.records import Feed, Rejection
from transforms.settings import HttpSettings

T = TypeVar("T")
FIRST, LAST = date(2024, 3, 1), date(2024, 3, 31)
LIMITS = QUICK.model_copy(update={"max_feed_bytes": 2_000_000, "max_listing_bytes": 2_000_000})


class Reading(list[FoundItem]):
    """What a source gave, in its order."""

    error = ""  # what the Transient says that ended it
    cause: Transient | None = None

    @property
    def exchanges(self) -> list[Exchange]:
        return pick(self, Exchange)

    @property
    def candidates(self) -> list[Candidate]:
        return pick(self, Candidate)

    @property
    def urls(self) -> list[str]:
        return [candidate.url for candidate in self.candidates]

    @property
    def rejections(self) -> list[Rejection]:
        return pick(self, Rejection)

    @property
    def details(self) -> list[str]:
        return [rejection.detail for rejection in self.rejections]

    @property
    def cursors(self) -> list[str]:
        return [mark.cursor for mark in pick(self, Mark)]

    @property
    def end(self) -> WindowEnd:
        """The end, which is the last that comes."""
        [end] = pick(self, WindowEnd)
        assert self[-1] is end
        return end

    @property
    def entries(self) -> list[ParsedEntry]:
        """The entries of the feeds, as the framework takes them; each once."""
        found: dict[str, ParsedEntry] = {}
        for exchange in self.exchanges:
            parsed = parse(exchange) if exchange.fetch.outcome == "ok" else None
            if exchange.fetch.kind == "feed" and isinstance(parsed, ParsedFeed):
                found |= {entry.guid: entry for entry in parsed.entries}
        return list(found.values())

    def after(self, cursor: str) -> list[str]:
        """What came after the mark of that cursor, comparably."""
        return [describe(item) for item in self[self.index(Mark(cursor)) + 1 :]]


def pick(found: Iterable[object], kind: type[T]) -> list[T]:
    return [item for item in found if isinstance(item, kind)]


def describe(item: FoundItem) -> str:
    """What can be compared of two readings: all but when something was asked for."""
    if isinstance(item, Exchange):
        fetch = item.fetch
        return f"{fetch.kind} {fetch.url} {fetch.status} {fetch.archive_url}"
    if isinstance(item, Rejection):
        return f"{item.reason} {item.item_id} {item.detail}"
    return repr(item)


def parse(exchange: Exchange) -> ParsedFeed | NotAFeed:
    return parse_feed(exchange.body, exchange.fetch.content_type, exchange.fetch.url)


def give_access(
    folder: Path,
    history: HistorySettings | None = None,
    limits: HttpSettings = LIMITS,
    archive: Archive | None = None,
) -> HistoryAccess:
    """What a source is given: the real client, which waits for nobody, and a parser in this process."""

    async def parse_here(exchange: Exchange) -> ParsedFeed | NotAFeed:
        return parse(exchange)

    opener = partial(HttpFetcher, limits, folder / "hosts", archive, "1.2.3")
    return HistoryAccess("backfill-1", opener, limits, history or HistorySettings(pause_s=0), parse_here)


def make_feed(url: str, number: int = 1) -> Feed:
    return Feed(f"fd1-{number:016x}", url)


def want(
    *feeds: Feed, path: str = "", first: date | str | None = FIRST, last: date | str | None = LAST
) -> HistoryRequest:
    """What is wanted; days may be written as `2024-03-01`."""
    days = (date.fromisoformat(day) if isinstance(day, str) else day for day in (first, last))
    return HistoryRequest(path, feeds, *days)


def plan(source: HistorySource, wanted: HistoryRequest, access: HistoryAccess) -> list[HistoryWindow]:
    async def run() -> list[HistoryWindow]:
        return [window async for window in source.plan(wanted, access)]

    return asyncio.run(run())


def attempt(
    source: HistorySource,
    window: HistoryWindow,
    wanted: HistoryRequest,
    access: HistoryAccess,
    cursor: str | None = None,
    stop_at: int = 0,
    watch: Callable[[FoundItem], None] = lambda item: None,
) -> Reading:
    """Read a window from `cursor` to its end, or to the error that it is to be read again for.

    As a stop would, `stop_at` ends it at so many marks. `watch` sees what comes.
    """
    reading = Reading()

    async def run() -> None:
        begin = window.cursor if cursor is None else cursor
        async for item in source.discover(window, begin, wanted, access):
            reading.append(item)
            watch(item)
            if stop_at and len(reading.cursors) == stop_at:
                break

    try:
        asyncio.run(run())
    except Transient as error:
        reading.error = str(error)
        reading.cause = error
    return reading


def discover(
    source: HistorySource,
    window: HistoryWindow,
    wanted: HistoryRequest,
    access: HistoryAccess,
    cursor: str | None = None,
    stop_at: int = 0,
) -> Reading:
    """As `attempt`, where the error is none that is waited for."""
    reading = attempt(source, window, wanted, access, cursor, stop_at)
    if reading.cause:
        raise reading.cause
    return reading


def read_plan(source: HistorySource, wanted: HistoryRequest, access: HistoryAccess) -> Reading:
    """What all windows of a plan give."""
    windows = plan(source, wanted, access)
    return Reading(item for window in windows for item in discover(source, window, wanted, access))


def check_every_cursor(
    source: HistorySource,
    window: HistoryWindow,
    wanted: HistoryRequest,
    access: HistoryAccess,
    *,
    asks_again: bool = False,
) -> Reading:
    """Hold that whoever stops at any mark, and reads on from there, gets exactly what is read at once, which is
    returned. `asks_again`: some answers may be asked for once more."""
    whole = attempt(source, window, wanted, access)
    assert whole.cursors
    for number, cursor in enumerate(whole.cursors, start=1):
        before = attempt(source, window, wanted, access, stop_at=number)
        after = attempt(source, window, wanted, access, cursor)
        assert before.cursors[-1] == cursor
        assert _compare(before + after, asks_again) == _compare(whole, asks_again)
    return whole


def _compare(found: Iterable[FoundItem], asks_again: bool) -> list[str]:
    return [describe(item) for item in found if not (asks_again and isinstance(item, Exchange))]
