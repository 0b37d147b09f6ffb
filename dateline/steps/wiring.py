"""How settings become the parts that steps use."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dateline import read_version
from dateline.settings import Home, Settings
from ingest.archive.warc_files import ArchiveWriter
from ingest.http.client import HttpFetcher, HttpLimits
from ingest.http.exchange import Fetcher
from ingest.pages.fetch_pages import PageLimits
from transforms.feeds.schedule import PollBounds


def make_limits(settings: Settings) -> HttpLimits:
    return HttpLimits(
        contact=settings.text("http.contact"),
        connections=settings.whole("http.connections"),
        per_host=settings.whole("http.per_host"),
        host_spacing_s=settings.number("http.host_spacing_s"),
        connect_timeout_s=settings.number("http.connect_timeout_s"),
        read_timeout_s=settings.number("http.read_timeout_s"),
        total_timeout_s=settings.number("http.total_timeout_s"),
        max_feed_bytes=settings.whole("http.max_feed_bytes"),
        max_page_bytes=settings.whole("http.max_page_bytes"),
        max_redirects=settings.whole("http.max_redirects"),
        allow_private_addresses=settings.flag("http.allow_private_addresses"),
        obey_robots=settings.flag("http.obey_robots"),
    )


def make_archive(home: Home, settings: Settings) -> ArchiveWriter:
    return ArchiveWriter(home.archive, settings.whole("archive.max_file_bytes"), f"Dateline/{read_version()}")


def make_bounds(settings: Settings) -> PollBounds:
    return PollBounds(
        min_interval_s=settings.whole("poll.min_interval_s"),
        max_interval_s=settings.whole("poll.max_interval_s"),
        default_interval_s=settings.whole("poll.default_interval_s"),
        max_backoff_s=settings.whole("poll.max_backoff_s"),
    )


def make_page_limits(settings: Settings) -> PageLimits:
    return PageLimits(settings.whole("pages.max_attempts"), settings.whole("pages.retry_s"))


@asynccontextmanager
async def open_http_fetcher(home: Home, settings: Settings) -> AsyncIterator[Fetcher]:
    """The network, with everything fetched going to the archive."""
    with make_archive(home, settings) as archive:
        async with HttpFetcher(make_limits(settings), home.hosts, archive, read_version()) as fetcher:
            yield fetcher


@asynccontextmanager
async def make_fetcher(home: Home, settings: Settings) -> AsyncIterator[Fetcher]:
    """The network, with nothing archived: to check a single address."""
    async with HttpFetcher(make_limits(settings), home.hosts, None, read_version()) as fetcher:
        yield fetcher
