"""Parsing of feeds in worker processes: no feed can take the run down with it."""

import asyncio
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ingest.workers.pool import Failure, WorkerPool
from transforms.feeds.decide_entries import ReadEntries, read_entries
from transforms.feeds.parse_feed import parse_feed
from transforms.feeds.parsed_feed import NotAFeed, ParsedFeed
from transforms.records import Feed, Fetch

if TYPE_CHECKING:  # a worker imports this module, and should not load pydantic
    from transforms.settings import CleanSettings

_FAILURES: dict[Failure, str] = {
    "hangs": "reading it took too long",
    "too_big": "reading it took too much memory",
    "breaks": "reading it failed",
}


@dataclass(frozen=True, slots=True)
class ParseJob:
    """The arguments of `parse_feed`."""

    body: bytes
    content_type: str
    url: str
    country: str
    max_entries: int
    skip: int
    feed: Feed | None = None  # whose entries are to be made of it
    fetch: Fetch | None = None


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """A parsed feed, and what its entries are."""

    facts: ParsedFeed  # without its entries, which would cross between two processes twice
    entries: ReadEntries


class FeedParser:
    """Parses feeds in processes that start when they are needed; a context manager."""

    def __init__(self, settings: "CleanSettings", max_entries: int) -> None:
        self._max_entries = max_entries
        self._pool = WorkerPool(
            "ingest.feeds.parse_workers:run_job",
            settings.workers,
            settings.page_timeout_s,
            settings.page_memory_bytes,
        )

    def __enter__(self) -> Self:
        self._pool.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.__exit__(kind, error, trace)

    async def parse(
        self, body: bytes, content_type: str, url: str, country: str = "", skip: int = 0
    ) -> ParsedFeed | NotAFeed:
        """As `parse_feed`; what takes too much time or memory, or breaks its process, is `feed_unreadable`.

        Raises:
            Permanent: processes cannot be started.
        """
        found: ParsedFeed | NotAFeed = await self._run(
            ParseJob(body, content_type, url, country, self._max_entries, skip)
        )
        return found

    async def read(self, body: bytes, feed: Feed, fetch: Fetch, skip: int) -> ReadFeed | NotAFeed:
        """As `parse`, and make entries of what the feed holds: `body` is what `fetch` brought of `feed`."""
        given = body, fetch.content_type, fetch.final_url, feed.country, self._max_entries, skip
        found: ReadFeed | NotAFeed = await self._run(ParseJob(*given, feed, fetch))
        return found

    async def _run(self, job: ParseJob) -> Any:
        result = await asyncio.wrap_future(self._pool.submit(job))
        if result.failure:
            return NotAFeed("feed_unreadable", f"{_FAILURES[result.failure]} ({result.detail})")
        return result.value


def run_job(job: ParseJob) -> ParsedFeed | ReadFeed | NotAFeed:
    """What a worker process does with a job."""
    parsed = parse_feed(
        job.body,
        job.content_type,
        job.url,
        country=job.country,
        max_entries=job.max_entries,
        skip=job.skip,
    )
    if isinstance(parsed, NotAFeed) or job.feed is None or job.fetch is None:
        return parsed
    entries = read_entries(parsed, job.feed, job.fetch, job.fetch.requested_at)
    return ReadFeed(replace(parsed, entries=()), entries)
