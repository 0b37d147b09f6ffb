"""Fetching feeds that a user named on the command line."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from dateline.home import Home
from dateline.settings import Settings
from dateline.steps.wiring import make_fetcher
from ingest.feeds.parse_workers import FeedParser
from ingest.feeds.subscriptions import repair_feed_url
from ingest.http.exchange import Exchange, Fetcher, Request
from transforms.articles.page_redirects import find_redirect
from transforms.errors import Permanent
from transforms.feeds.parsed_feed import NotAFeed, ParsedFeed

_MOST_PAGES = 3
"""How many pages that lead on are followed; what is longer leads nowhere."""


@dataclass(frozen=True, slots=True)
class CheckedFeed:
    """What an address serves; `url` is where to ask for it from now on."""

    url: str
    parsed: ParsedFeed | NotAFeed


async def fetch_feeds(
    urls: Sequence[str], home: Home, settings: Settings, *, now: bool = False
) -> list[CheckedFeed | Permanent]:
    """Fetch and parse the feeds at `urls`, without archiving them; an address that gives nothing gives why.

    A page that leads on to another address (`meta http-equiv="refresh"`) is followed. `now`: also ask hosts
    that asked to be left alone for a while.

    Raises:
        Transient: there is no network.
    """
    with FeedParser(settings.clean, settings.poll.max_entries) as parser:
        async with make_fetcher(home, settings, now=now) as fetcher:
            exchanges = await asyncio.gather(*(_ask(repair_feed_url(url), fetcher) for url in urls))
            fetcher.check_network(exchanges)
            checks = (_check(exchange, fetcher, parser, now) for exchange in exchanges)
            return list(await asyncio.gather(*checks))


async def fetch_feed(url: str, home: Home, settings: Settings, *, now: bool = False) -> CheckedFeed:
    """As `fetch_feeds`, of one.

    Raises:
        Transient: there is no network.
        Permanent: the address gives nothing.
    """
    (checked,) = await fetch_feeds([url], home, settings, now=now)
    if isinstance(checked, Permanent):
        raise checked
    return checked


async def _ask(url: str, fetcher: Fetcher) -> Exchange:
    return await fetcher.fetch(Request("feed", url, "check"))


async def _check(
    exchange: Exchange, fetcher: Fetcher, parser: FeedParser, now: bool
) -> CheckedFeed | Permanent:
    asked = exchange.fetch.url
    url = exchange.moved_to or asked
    for _ in range(_MOST_PAGES):
        fetch = exchange.fetch
        if fetch.outcome != "ok":
            return Permanent(_describe_failure(asked, exchange, now))
        parsed = await parser.parse(exchange.body, fetch.content_type, fetch.final_url)
        target = ""
        if isinstance(parsed, NotAFeed) and parsed.reason == "not_a_feed":
            target = find_redirect(exchange.body.decode("utf-8", "replace"), fetch.final_url)
        if not target:
            return CheckedFeed(url, parsed)
        exchange = await _ask(target, fetcher)
        url = exchange.moved_to or target
    return Permanent(f"{asked} leads from page to page, the last one to {url}; check the address")


def _describe_failure(asked: str, exchange: Exchange, now: bool) -> str:
    fetch = exchange.fetch
    where = "" if fetch.url == asked else f" (which leads to {fetch.url})"
    problem = f"{asked}{where} cannot be fetched: {fetch.error or f'HTTP status {fetch.status}'}"
    if fetch.outcome != "throttled":
        return f"{problem}; check the address (`dateline feeds add --no-check` adds it all the same)"
    if fetch.status and exchange.retry_at:
        problem += f", and its host asks to be left alone until {exchange.retry_at:%Y-%m-%d %H:%M:%S} UTC"
    if now or not exchange.retry_at:
        return f"{problem}; try again later (`dateline feeds add --no-check` adds it all the same)"
    return f"{problem}; try again then, or ask all the same with --now"
