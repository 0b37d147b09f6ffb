"""A web archive asked by the source `wayback`, and feeds in it, for tests."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow, Mark
from ingest.history.wayback import WaybackSource
from ingest.http.client import HttpFetcher
from ingest.http.exchange import Exchange
from tests.ingest.http.fetching import QUICK
from tests.web_archive import Archived
from transforms.feeds.parse_feed import parse_feed
from transforms.feeds.parsed_feed import NotAFeed, ParsedFeed
from transforms.history.records import Candidate, WindowEnd
from transforms.history.settings import HistorySettings
from transforms.records import Feed

FEED = Feed("fd1-tern", "https://www.tern.example/feed/", "The Tern", "tern.example")
RSS = "application/rss+xml"


def at(text: str) -> datetime:
    """`at("2024-03-05")`, `at("2024-03-05T12:00")`: an instant, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def make_feed(numbers: Iterable[int], month: int = 3) -> bytes:
    """A feed of stories, newest first: story 5 was published on the fifth of the month, at eight."""
    items = "".join(
        f"<item><title>Ferry {month}-{day} sails again</title><link>{link(day, month)}</link>"
        f"<pubDate>{day:02} {at(f'2024-{month:02}-01'):%b} 2024 08:00:00 GMT</pubDate></item>"
        for day in sorted(numbers, reverse=True)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Tern</title>{items}</channel></rss>'.encode()


def link(day: int, month: int = 3) -> str:
    return f"https://www.tern.example/ferry-{month}-{day}-sails-again"


def snapshot(stamp: str, numbers: Iterable[int], month: int = 3, **more: object) -> Archived:
    """A capture of the feed; `stamp` is cut after the hour: `2024030512`."""
    one = Archived("http://tern.example/feed", stamp.ljust(14, "0"), make_feed(numbers, month), mime=RSS)
    return replace(one, **more)  # type: ignore[arg-type]


def give_access(folder: Path, history: HistorySettings) -> HistoryAccess:
    """Access with the real client, whose answers are not archived, and the real parser."""

    @asynccontextmanager
    async def open_fetcher() -> AsyncIterator[HttpFetcher]:
        async with HttpFetcher(QUICK, folder / "hosts", None, "1.2.3") as fetcher:
            yield fetcher

    async def parse(exchange: Exchange) -> ParsedFeed | NotAFeed:
        return parse_feed(exchange.body, exchange.fetch.content_type, exchange.fetch.url)

    return HistoryAccess("backfill-1", open_fetcher, QUICK, history, parse)


def want(first: str = "2024-03-01", last: str = "2024-03-31", feed: Feed = FEED) -> HistoryRequest:
    return HistoryRequest("", (feed,), date.fromisoformat(first), date.fromisoformat(last))


def plan(access: HistoryAccess, wanted: HistoryRequest) -> list[HistoryWindow]:
    async def run() -> list[HistoryWindow]:
        return [window async for window in WaybackSource().plan(wanted, access)]

    return asyncio.run(run())


def discover(
    access: HistoryAccess,
    wanted: HistoryRequest,
    window: HistoryWindow,
    cursor: str = "",
    marks: int | None = None,
) -> list[FoundItem]:
    """All that a window gives, or what it gives up to so many marks, as where a process is killed."""

    async def run() -> list[FoundItem]:
        found: list[FoundItem] = []
        left = marks
        source = WaybackSource().discover(window, cursor or window.cursor, wanted, access)
        async for one in source:
            found.append(one)
            if isinstance(one, Mark) and left is not None:
                left -= 1
                if not left:
                    await source.aclose()  # type: ignore[attr-defined]
                    break
        return found

    return asyncio.run(run())


def exchanges_of(found: Sequence[FoundItem]) -> list[Exchange]:
    return [one for one in found if isinstance(one, Exchange)]


def candidates_of(found: Sequence[FoundItem]) -> list[Candidate]:
    return [one for one in found if isinstance(one, Candidate)]


def marks_of(found: Sequence[FoundItem]) -> list[str]:
    return [one.cursor for one in found if isinstance(one, Mark)]


def end_of(found: Sequence[FoundItem]) -> WindowEnd:
    [end] = [one for one in found if isinstance(one, WindowEnd)]
    assert found[-1] is end
    return end


def days_of(end: WindowEnd) -> dict[str, str]:
    """State by day, as `{"05": "complete"}`; only days of one month."""
    return {f"{one.day:%d}": one.state for one in end.days}
