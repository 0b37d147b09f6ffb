"""A site that lists what it published, for tests of backfills from the network, and the source that reads it."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from functools import partial

from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow, Mark
from ingest.http.exchange import Request
from tests.dateline.homes import SETTINGS
from tests.dateline.saved_news import page
from tests.loopback import LoopbackServer, Received, Reply
from transforms.errors import Transient
from transforms.history.records import Candidate, WindowEnd
from transforms.history.windows import split_months

SETTINGS_HERE = SETTINGS.replace("[http]\n", '[http]\ncontact = "desk@tidings.example"\n') + (
    "[history]\nbatch_articles = 3\npause_s = 0\n"
)
PAGE_ITEMS = 2


class CalendarSource:
    """A site that lists at `/calendar/MONTH?page=N` what it published, two articles a page, and says how many."""

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        [feed], first, last = wanted.feeds, wanted.first_day, wanted.last_day
        assert first and last
        async with access.open_fetcher() as fetcher:
            for begin, end in split_months(first, last):
                exchange = await fetcher.fetch(
                    Request("listing", self._address(feed.url, begin), access.run_id, feed.feed_id)
                )
                if exchange.fetch.outcome != "ok":
                    raise Transient(f"{exchange.fetch.url}: {exchange.fetch.error}")
                count = json.loads(exchange.body)["total"]
                yield HistoryWindow(
                    f"{feed.feed_id}-{begin:%Y-%m}", (str(count),), (), feed.feed_id, begin, end, count=count
                )

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[FoundItem]:
        [feed] = wanted.feeds
        assert window.first_day
        number = int(cursor or 1)
        async with access.open_fetcher() as fetcher:
            while True:
                address = f"{self._address(feed.url, window.first_day)}?page={number}"
                exchange = await fetcher.fetch(Request("listing", address, access.run_id, feed.feed_id))
                if exchange.fetch.outcome != "ok":
                    raise Transient(f"{address}: {exchange.fetch.error}")
                yield exchange
                items = json.loads(exchange.body)["items"]
                for url, at in items:
                    yield Candidate(feed.feed_id, url, "calendar", datetime.fromisoformat(at), "calendar", 0)
                if len(items) < PAGE_ITEMS:
                    break
                number += 1
                yield Mark(str(number))
        yield WindowEnd("complete", window.count, "the calendar's own count")

    @staticmethod
    def _address(feed_url: str, day: date) -> str:
        return f"{feed_url.rpartition('/')[0]}/calendar/{day:%Y-%m}"


class Site:
    """Nine articles of January to March 2024, one every ninth day, under the feed `/rss`."""

    def __init__(self, server: LoopbackServer) -> None:
        self.server = server
        self.pages: dict[str, Reply] = {}
        first = datetime(2024, 1, 3, 8, tzinfo=UTC)
        self.articles = [first + timedelta(days=9 * number) for number in range(9)]
        for number, at in enumerate(self.articles):
            name = ("aleppo", "kisumu", "harvest")[number % 3]
            body = page(name, 1).replace(b"2026-03-01", at.date().isoformat().encode())
            self.pages[self.path(at)] = Reply(body=body)
            server.route(self.path(at), self.pages[self.path(at)])
        for month in (1, 2, 3):
            server.route(f"/calendar/2024-0{month}", partial(self.answer, month=month))

    @property
    def feed(self) -> str:
        return self.server.url("/rss")

    @staticmethod
    def path(at: datetime) -> str:
        return f"/news/{at:%Y%m%d}"

    def of(self, month: int) -> list[datetime]:
        return [at for at in self.articles if at.month == month]

    def answer(self, request: Received, month: int) -> Reply:
        number = int(request.path.partition("page=")[2] or 1)
        some = self.of(month)[(number - 1) * PAGE_ITEMS : number * PAGE_ITEMS]
        items = [(self.server.url(self.path(at)), at.isoformat()) for at in some]
        body = json.dumps({"total": len(self.of(month)), "items": items}).encode()
        return Reply(body=body, content_type="application/json")

    def page_of(self, request: Received) -> Reply:
        """The page at an address, whatever its route says by now."""
        return self.pages[request.path]

    def asked_for_pages(self) -> list[str]:
        return [request.path for request in self.server.requests if request.path.startswith("/news/")]
