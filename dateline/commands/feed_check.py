"""Fetching one feed that a user named on the command line."""

from dataclasses import dataclass

from dateline.home import Home
from dateline.settings import Settings
from dateline.steps.wiring import make_fetcher
from ingest.feeds.subscriptions import repair_feed_url
from ingest.http.exchange import Request
from ingest.http.outage import check_network
from transforms.errors import Permanent
from transforms.feeds.parse_feed import parse_feed
from transforms.feeds.parsed_feed import NotAFeed, ParsedFeed


@dataclass(frozen=True, slots=True)
class CheckedFeed:
    """What an address serves; `url` is where to ask for it from now on."""

    url: str
    parsed: ParsedFeed | NotAFeed


async def fetch_feed(url: str, home: Home, settings: Settings) -> CheckedFeed:
    """Fetch and parse the feed at `url`, without archiving it.

    Raises:
        Transient: there is no network.
        Permanent: the address gives nothing.
    """
    url = repair_feed_url(url)
    async with make_fetcher(home, settings) as fetcher:
        exchange = await fetcher.fetch(Request("feed", url, "check"))
    check_network([exchange])
    fetch = exchange.fetch
    if fetch.outcome != "ok":
        raise Permanent(
            f"{url} cannot be fetched: {fetch.error or f'HTTP status {fetch.status}'}; check the address "
            "(`dateline feeds add --no-check` adds it all the same)"
        )
    parsed = parse_feed(exchange.body, fetch.content_type, fetch.final_url)
    return CheckedFeed(exchange.moved_to or url, parsed)
