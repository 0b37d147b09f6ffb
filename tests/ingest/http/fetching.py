"""Asking the loopback server as a step asks the world, in a handful of words."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from ingest.archive.warc_files import ArchiveWriter
from ingest.http.client import HttpFetcher
from ingest.http.exchange import Exchange, Request
from tests.limits import HANG_S
from transforms.settings import HttpSettings

QUICK = HttpSettings(
    contact="https://example.org/about",
    host_spacing_s=0.0,
    connect_timeout_s=HANG_S,
    read_timeout_s=HANG_S,
    total_timeout_s=HANG_S,
    max_feed_bytes=100_000,
    max_page_bytes=200_000,
    max_redirects=3,
    allow_private_addresses=True,
    obey_robots=False,
)
"""No politeness to wait for, small caps, and deadlines that no busy machine reaches."""

HASTY = QUICK.model_copy(update={"read_timeout_s": 0.3})
"""For servers that stay silent."""
BRIEF = QUICK.model_copy(update={"total_timeout_s": 0.8})
"""For servers that take too long on the whole."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def ask(
    folder: Path,
    requests: Iterable[Request],
    limits: HttpSettings = QUICK,
    archive: ArchiveWriter | None = None,
    clock: Callable[[], datetime] = utc_now,
    at_once: bool = False,
) -> list[Exchange]:
    """What becomes of `requests`, one after the other or all at once, in a step of their own."""

    async def run() -> list[Exchange]:
        async with HttpFetcher(limits, folder / "hosts", archive, "1.2.3", clock) as fetcher:
            if at_once:
                return await asyncio.gather(*(fetcher.fetch(request) for request in requests))
            return [await fetcher.fetch(request) for request in requests]

    return asyncio.run(run())


def feed(url: str, etag: str = "", last_modified: str = "") -> Request:
    return Request("feed", url, "run-1", feed_id="fd1-1", etag=etag, last_modified=last_modified)


def page(url: str) -> Request:
    return Request("page", url, "run-1", feed_id="fd1-1", entry_id="en1-1")
