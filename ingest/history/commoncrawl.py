"""The source `commoncrawl`: pages of a feed's site that Common Crawl keeps, crawl by crawl."""

import logging
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from ingest.history.commoncrawl_index import (
    Crawl,
    IndexCapture,
    find_site,
    make_count_query,
    make_data_address,
    make_index_gate,
    make_page_query,
    make_query,
    read_captures,
    read_crawls,
    read_page_count,
)
from ingest.history.feed_hosts import is_of_site
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow, Mark, WindowItem
from ingest.history.services import ask
from ingest.history.sitemap_days import is_no_article
from ingest.http.exchange import Exchange, Request
from transforms.errors import Permanent, Transient
from transforms.history.records import Candidate, Capture, WindowEnd
from transforms.history.settings import HistorySettings
from transforms.history.url_days import read_url_day
from transforms.records import Rejection
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
_HTML = ("text/html", "application/xhtml+xml")
_CURSOR = re.compile(r"(\d{1,7})-(\d{1,7})-(\d{1,12})")
_OTHER_PAGES = frozenset({
    "topic", "topics", "search", "feed", "feeds", "rss", "atom", "login", "signin", "sign-in", "log-in", "logout",
    "register", "signup", "sign-up", "subscribe", "subscription", "newsletter", "newsletters", "account",
    "my-account", "cart", "checkout", "wp-admin", "wp-json", "wp-login.php", "wp-content", "wp-includes",
    "xmlrpc.php", "cdn-cgi", "sitemap", "sitemaps", "print", "embed",
})  # fmt: skip
_ABOUT = frozenset({
    "about-us", "contact-us", "privacy-policy", "cookie-policy", "terms-of-use", "terms-of-service",
    "terms-and-conditions", "advertise-with-us", "privacy-notice",
})  # fmt: skip
_QUERIES = frozenset(
    {"s", "q", "search", "query", "page", "paged", "replytocom", "share", "print", "sort", "filter", "feed"}
)
_WORD = re.compile(r"[a-z]{1,20}", re.IGNORECASE)


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
        if len(wanted.feeds) != 1 or wanted.first_day is None or wanted.last_day is None:
            raise Permanent("Common Crawl is asked for one feed at a time, and needs a first and a last day")
        [feed], days = wanted.feeds, (wanted.first_day, wanted.last_day)
        site, history = find_site(feed), access.history
        if not site or days[0] > days[1]:
            return
        gate = make_index_gate(history)

        async with access.open_fetcher() as fetcher:

            async def get(url: str) -> Exchange:
                return await ask(fetcher, Request("listing", url, access.run_id, feed.feed_id, gate=gate))

            listed = read_crawls(await get(f"{history.commoncrawl_index_url.rstrip('/')}/collinfo.json"))
            for crawl in choose_crawls(listed, *days):
                query = make_query(crawl.name, site, history)
                pages = read_page_count(await get(make_count_query(query)))
                read = min(pages, history.max_pages)
                if read < pages:
                    log.warning("index_cut site=%s crawl=%s pages=%d read=%d", site, crawl.name, pages, read)
                for window in _split_pages(crawl, query, pages, read, feed.feed_id, days):
                    yield window

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[FoundItem]:
        place = _read_cursor(cursor or window.cursor)
        [item] = window.items
        gate = make_index_gate(access.history)
        async with access.open_fetcher() as fetcher:
            while place.page <= place.last:
                url = make_page_query(item.address, place.page)
                answer = await ask(fetcher, Request("listing", url, access.run_id, window.feed_id, gate=gate))
                yield answer
                if answer.fetch.status == 400:
                    url = make_count_query(item.address)
                    count = await ask(
                        fetcher, Request("listing", url, access.run_id, window.feed_id, gate=gate)
                    )
                    yield count
                    _check_end(answer, place.page, read_page_count(count))
                    break
                captures, unusable = read_captures(answer)
                candidates = list(choose_candidates(captures, window, access.history))
                for candidate in candidates:
                    yield candidate
                if unusable:
                    yield _reject_lines(answer, unusable)
                place = _Progress(place.page + 1, place.last, place.found + len(candidates))
                yield Mark(str(place))
        yield WindowEnd("partial" if place.found else "unknown", None, EVIDENCE)


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
    first, last = window.first_day or date.min, window.last_day or date.max
    newest: dict[str, IndexCapture] = {}
    for capture in captures:
        is_page = capture.status == "200" and capture.mime.startswith(_HTML)
        if not is_page or not is_of_site(capture.url, site) or capture.captured_at.date() < first:
            continue
        day, key = read_url_day(capture.url), canonicalize_url(capture.url)
        if (day is not None and not first <= day <= last) or is_other_page(key):
            continue
        known = newest.get(key)
        if known is None or capture.captured_at > known.captured_at:
            newest[key] = capture
    for one in newest.values():
        address = make_data_address(one.file, history)
        kept = Capture("record", address, one.captured_at, one.offset, one.length)
        yield Candidate(window.feed_id, one.url, "commoncrawl", not_after=one.captured_at, captures=(kept,))


def is_other_page(url: str) -> bool:
    """Whether an address shows that its page is no article: a front page, a section, a listing, a file, a search.

    An address with a day in it is that of an article, unless it is of a file.
    """
    if is_no_article(url):
        return True
    if read_url_day(url) is not None:
        return False
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.lower().split("/") if segment]
    queries = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if queries & _QUERIES or not _OTHER_PAGES.isdisjoint(segments):
        return True
    alone = segments[0] if len(segments) == 1 and not queries else ""
    return alone in _ABOUT or _WORD.fullmatch(alone) is not None


def _split_pages(
    crawl: Crawl, query: str, pages: int, read: int, feed_id: str, days: tuple[date, date]
) -> Iterator[HistoryWindow]:
    """Windows of ten pages of a crawl's index; `read` of its `pages` are read."""
    name = f"{re.sub(r'[^A-Za-z0-9._-]', '-', feed_id)}-{crawl.name}"
    first, last = days[0], min(days[1], max(crawl.last_day, days[0]))
    for at in range(0, read, PAGES_A_WINDOW):
        end = min(at + PAGES_A_WINDOW, read) - 1
        yield HistoryWindow(
            f"{name}-{at:05d}",
            (query, f"pages {at} to {end} of {pages}", f"{first} to {last}"),
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
        raise Permanent(f"{text[:100]!r} is no place in an index; cancel the backfill and begin it again")
    return _Progress(*map(int, found.groups()))


def _check_end(answer: Exchange, page: int, pages: int) -> None:
    """Raises: Transient: a page that is there was refused."""
    if page < pages:
        raise Transient(
            f"{answer.fetch.url}: HTTP 400 for page {page} of {pages}; run again later, nothing is lost"
        )


def _reject_lines(answer: Exchange, count: int) -> Rejection:
    url = answer.fetch.url
    detail = f"{count} lines of the index tell no address, time or place in a file"
    return Rejection("page", url, answer.fetch.feed_id, url, "listing_unreadable", detail, datetime.now(UTC))
