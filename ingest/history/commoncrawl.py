"""The source `commoncrawl`: pages of a feed's site that Common Crawl keeps, crawl by crawl."""

import logging
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from ingest.history.answers import reject_listing, try_later
from ingest.history.commoncrawl_index import (
    Crawl,
    IndexCapture,
    make_count_query,
    make_data_address,
    make_index_gate,
    make_page_query,
    make_query,
    read_captures,
    read_crawls,
    read_page_count,
)
from ingest.history.planning import name_window, read_days, read_wanted, refuse_cursor, say_days
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow, Mark, WindowItem
from ingest.history.saved_files import HTML_TYPES, name_type
from ingest.history.services import ask
from ingest.http.exchange import Exchange, Fetcher, Request
from transforms.history.article_addresses import is_no_article
from transforms.history.records import Candidate, Capture, WindowEnd
from transforms.history.settings import HistorySettings
from transforms.history.sites import find_site, is_of_site
from transforms.history.url_days import read_url_day
from transforms.history.windows import DayRange, is_between
from transforms.shift_dates import shift_date
from transforms.urls import canonicalize_url

log = logging.getLogger("dateline.history")

PAGES_A_WINDOW = 10
"""A page of the index has up to 15,000 captures: 5 blocks (its answers to `showNumPages`) of 3,000 lines.

Source: https://commoncrawl.org/cdxj-index.
"""
LATE = timedelta(days=60)
"""So long after its publication a page is still likely to be crawled for the first time."""
EVIDENCE = "captures of a crawl, not a list of articles"
_CURSOR = re.compile(r"(\d{1,7})-(\d{1,7})-(\d{1,12})")


@dataclass(frozen=True, slots=True)
class _Progress:
    """Which page of an index comes next, which is the window's last, and how many candidates there were before."""

    page: int
    last: int
    found: int = 0

    def __str__(self) -> str:
        return f"{self.page}-{self.last}-{self.found}"


class CommonCrawlSource:
    """The captures of a site's pages in the crawls of the wanted days, and of the two months behind them.

    A window is up to ten pages of one crawl's index. Common Crawl has some pages of most sites and all of none,
    so it never says how many articles there are.
    """

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        feed, first, last = read_wanted(wanted, "commoncrawl")
        site, history = find_site(feed), access.history
        if not site or first > last:
            return
        async with access.open_fetcher() as fetcher:
            get = partial(_ask_index, fetcher, access, feed.feed_id)
            listed = read_crawls(await get(f"{history.commoncrawl_index_url.rstrip('/')}/collinfo.json"))
            for crawl in choose_crawls(listed, first, last):
                query = make_query(crawl.name, site, history)
                pages = read_page_count(await get(make_count_query(query)))
                read = min(pages, history.max_pages)
                if read < pages:
                    log.warning("index_cut site=%s crawl=%s pages=%d read=%d", site, crawl.name, pages, read)
                for window in _split_pages(crawl, query, pages, read, feed.feed_id, (first, last)):
                    yield window

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[FoundItem]:
        place = _read_cursor(cursor or window.cursor)
        [item] = window.items
        async with access.open_fetcher() as fetcher:
            get = partial(_ask_index, fetcher, access, window.feed_id)
            while place.page <= place.last:
                answer = await get(make_page_query(item.address, place.page))
                yield answer
                if answer.fetch.status == 400:
                    count = await get(make_count_query(item.address))
                    yield count
                    _check_end(answer, place.page, read_page_count(count))
                    break
                captures, unusable = read_captures(answer)
                candidates = list(choose_candidates(captures, window, access.history))
                for candidate in candidates:
                    yield candidate
                if unusable:
                    detail = f"{unusable} lines of the index tell no address, time or place in a file"
                    yield reject_listing(answer.fetch.url, window.feed_id, detail)
                place = _Progress(place.page + 1, place.last, place.found + len(candidates))
                yield Mark(str(place))
        yield WindowEnd("partial" if place.found else "unknown", None, EVIDENCE)


async def _ask_index(fetcher: Fetcher, access: HistoryAccess, feed_id: str, url: str) -> Exchange:
    gate = make_index_gate(access.history)
    return await ask(fetcher, Request("listing", url, access.run_id, feed_id, gate=gate))


def choose_crawls(crawls: Iterable[Crawl], first: date, last: date) -> list[Crawl]:
    """The crawls that may hold pages published from `first` to `last`."""
    latest = shift_date(last, LATE)
    return [crawl for crawl in crawls if crawl.last_day >= first and crawl.first_day <= latest]


def choose_candidates(
    captures: Iterable[IndexCapture], window: HistoryWindow, history: HistorySettings
) -> Iterator[Candidate]:
    """A candidate for each page that may be an article of the window's days, with the newest of its captures.

    Left out are other hosts, what was captured before the days or has another day in its address, and what the
    address shows to be no article.
    """
    site = dict(parse_qsl(urlsplit(window.items[0].address).query)).get("url", "").removesuffix("/*")
    first, last = read_days(window)
    newest: dict[str, IndexCapture] = {}
    for capture in captures:
        is_page = capture.status == "200" and name_type(capture.mime) in HTML_TYPES
        if not is_page or not is_of_site(capture.url, site) or capture.captured_at.date() < first:
            continue
        day, key = read_url_day(capture.url), canonicalize_url(capture.url)
        if (day is not None and not is_between(day, first, last)) or is_no_article(capture.url):
            continue
        known = newest.get(key)
        if known is None or capture.captured_at > known.captured_at:
            newest[key] = capture
    for one in newest.values():
        address = make_data_address(one.file, history)
        kept = Capture("record", address, one.captured_at, one.offset, one.length)
        yield Candidate(window.feed_id, one.url, "commoncrawl", not_after=one.captured_at, captures=(kept,))


def _split_pages(
    crawl: Crawl, query: str, pages: int, read: int, feed_id: str, days: DayRange
) -> Iterator[HistoryWindow]:
    """Windows of ten pages of a crawl's index; `read` of its `pages` are read."""
    first, last = days[0], min(days[1], max(crawl.last_day, days[0]))
    for at in range(0, read, PAGES_A_WINDOW):
        end = min(at + PAGES_A_WINDOW, read) - 1
        yield HistoryWindow(
            name_window(feed_id, f"{crawl.name}-{at:05d}"),
            (query, f"pages {at} to {end} of {pages}", say_days(first, last)),
            (WindowItem(query, crawl.name),),
            feed_id,
            first,
            last,
            cursor=str(_Progress(at, end)),
            requests=end - at + 1,
        )


def _read_cursor(text: str) -> _Progress:
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise refuse_cursor(text, "in an index")
    return _Progress(*map(int, found.groups()))


def _check_end(answer: Exchange, page: int, pages: int) -> None:
    """Raises: Transient: a page that is there was refused."""
    if page < pages:
        raise try_later(f"{answer.fetch.url}: HTTP 400 for page {page} of {pages}")
