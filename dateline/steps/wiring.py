"""What steps use of the outside world: the network and the archive, imported when they are opened.

A run that has nothing to do opens neither.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from dateline import read_version
from dateline.home import Home
from dateline.settings import Settings
from ingest.http.exchange import Fetcher

if TYPE_CHECKING:
    from ingest.archive.warc_files import ArchiveWriter


def make_archive(home: Home, settings: Settings) -> "ArchiveWriter":
    """The archive to append to. A file that goes into a store is put there once, so it is closed for good."""
    from ingest.archive.warc_files import ArchiveWriter

    is_shared = bool(settings.storage.url)
    software = f"Dateline/{read_version()}"
    return ArchiveWriter(home.archive, settings.archive.max_file_bytes, software, is_reopened=not is_shared)


@asynccontextmanager
async def open_http_fetcher(home: Home, settings: Settings, run: str) -> AsyncIterator[Fetcher]:
    """The network, with everything fetched going to the archive.

    `run`: the run in which the time of a host counts together; "" for what is opened here alone.
    """
    from ingest.http.client import HttpFetcher

    with make_archive(home, settings) as archive:
        given = settings.http, home.hosts, archive, read_version()
        async with HttpFetcher(*given, run=run, locks=settings.locks) as fetcher:
            yield fetcher


@asynccontextmanager
async def make_fetcher(home: Home, settings: Settings, *, now: bool) -> AsyncIterator[Fetcher]:
    """The network, with nothing archived: to check addresses that a user names.

    `now`: also ask hosts that asked to be left alone for a while.
    """
    from ingest.http.client import HttpFetcher

    given = settings.http, home.hosts, None, read_version()
    async with HttpFetcher(*given, ignores_holds=now, locks=settings.locks) as fetcher:
        yield fetcher
