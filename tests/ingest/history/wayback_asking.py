"""A web archive asked by the source `wayback`, and feeds in it, for tests."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.history.protocol import HistoryAccess, HistoryRequest, HistoryWindow
from ingest.history.wayback import WaybackSource
from tests.ingest.history import asking
from tests.ingest.http.fetching import QUICK
from tests.web_archive import Archived
from transforms.history.records import WindowEnd
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
    return asking.give_access(folder, history, QUICK)


def want(first: str = "2024-03-01", last: str = "2024-03-31", feed: Feed = FEED) -> HistoryRequest:
    return asking.want(feed, first=first, last=last)


def plan(access: HistoryAccess, wanted: HistoryRequest) -> list[HistoryWindow]:
    return asking.plan(WaybackSource(), wanted, access)


def discover(
    access: HistoryAccess,
    wanted: HistoryRequest,
    window: HistoryWindow,
    cursor: str = "",
    marks: int = 0,
) -> asking.Reading:
    """All that a window gives, or what it gives up to so many marks."""
    return asking.discover(WaybackSource(), window, wanted, access, cursor, marks)


def days_of(end: WindowEnd) -> dict[str, str]:
    """State by day, as `{"05": "complete"}`; only days of one month."""
    return {f"{one.day:%d}": one.state for one in end.days}


def skip_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    wait = asyncio.sleep

    async def sleep(delay_s: float) -> None:
        await wait(min(delay_s, 0.01))

    monkeypatch.setattr("ingest.history.services.asyncio.sleep", sleep)
