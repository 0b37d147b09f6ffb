"""What one run of a backfill may take, and how everything that it starts learns that it is to stop."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from threading import Lock

from dateline.home import Home
from dateline.settings import Settings
from dateline.steps.context import FetcherOpener
from ingest.http.exchange import Exchange, Fetcher, Request
from transforms.errors import Transient


class LimitReached(Transient):
    """As many requests were sent, or days read, as this run may."""


@dataclass(slots=True)
class Limits:
    """What one run may take; 0: no limit. Requests that hosts are waited for in vain for are none."""

    max_requests: int = 0
    max_days: int = 0
    requests: int = 0
    is_stopped: bool = False
    _lock: Lock = field(default_factory=Lock)

    def check(self) -> int | None:
        """How many requests may still be sent; None where there is no limit.

        Raises:
            LimitReached: the run was stopped, or has sent as many requests as it may.
        """
        if self.is_stopped:
            raise LimitReached("stopped; nothing is lost, the same command again carries on")
        left = max(0, self.max_requests - self.requests) if self.max_requests else None
        if left == 0:
            raise LimitReached(
                f"{self.requests} requests were sent, as many as --max-requests allows; the same command again carries "
                "on, nothing is lost"
            )
        return left

    def count(self, exchange: Exchange) -> None:
        """Count what was sent: not what a host that is to be left alone kept back."""
        with self._lock:
            self.requests += exchange.fetch.outcome != "throttled" or exchange.fetch.status != 0


class CountingFetcher:
    """A fetcher whose requests are counted."""

    def __init__(self, inner: Fetcher, limits: Limits) -> None:
        self._inner = inner
        self._limits = limits

    async def fetch(self, request: Request) -> Exchange:
        exchange = await self._inner.fetch(request)
        self._limits.count(exchange)
        return exchange

    def check_network(self, exchanges: Sequence[Exchange]) -> None:
        self._inner.check_network(exchanges)


def count_requests(opener: FetcherOpener, limits: Limits) -> FetcherOpener:
    """The same network, with every request counted."""

    @asynccontextmanager
    async def open_counting(home: Home, settings: Settings, run: str) -> AsyncIterator[Fetcher]:
        async with opener(home, settings, run) as fetcher:
            yield CountingFetcher(fetcher, limits)

    return open_counting
