"""Parsing of feeds in worker processes: no feed can take the run down with it."""

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ingest.workers.pool import Failure, WorkerPool
from transforms.feeds.parse_feed import parse_feed
from transforms.feeds.parsed_feed import NotAFeed, ParsedFeed

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
        job = ParseJob(body, content_type, url, country, self._max_entries, skip)
        result = await asyncio.wrap_future(self._pool.submit(job))
        if result.failure:
            return NotAFeed("feed_unreadable", f"{_FAILURES[result.failure]} ({result.detail})")
        found: ParsedFeed | NotAFeed = result.value
        return found


def run_job(job: ParseJob) -> ParsedFeed | NotAFeed:
    """What a worker process does with a job."""
    return parse_feed(
        job.body,
        job.content_type,
        job.url,
        country=job.country,
        max_entries=job.max_entries,
        skip=job.skip,
    )
