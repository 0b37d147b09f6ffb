"""The source `wayback`: snapshots of the feed in a web archive, or captures of the outlet's pages.

A snapshot shows what the feed announced at that time, with titles and dates, at the cost of one answer. Where the
archive never captured the feed, its captures of pages are candidates: no list of articles, but all there is.
"""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow, Mark, WindowItem
from ingest.history.wayback_feed import SOURCE, make_fact, read_snapshots
from ingest.history.wayback_index import (
    ArchivedRow,
    EndlessIndex,
    IndexQuery,
    SiteExcluded,
    has_captures,
    read_index,
)
from ingest.history.wayback_replay import make_replay_address
from ingest.http.exchange import Fetcher
from transforms.articles.page_agreement import is_front
from transforms.errors import Permanent
from transforms.history.records import Candidate, Capture, WindowEnd
from transforms.history.settings import HistorySettings
from transforms.history.url_days import read_url_day
from transforms.history.windows import DayRange, begin_of, split_half, split_months
from transforms.records import Feed
from transforms.urls import canonicalize_url, host_of

MOST_SNAPSHOTS = 300
"""So many snapshots of a feed a window has at most, unless a single day has more."""
_FEED, _PAGES, _EXCLUDED = "feed", "pages", "excluded"
"""What kind a window is of: its first fact."""
_BEFORE = timedelta(days=31)  # how far back the snapshot is looked for that the first one follows
_AFTER = timedelta(days=14)  # so long after a day what was published on it may first be captured
_SECOND = timedelta(seconds=1)
_NO_ERRORS = ("!statuscode:[345]..",)  # "statuscode:200" would lose those that are as they were before
_HTML = ("statuscode:200", "mimetype:text/html")
_FEED_HOSTS = ("feedburner.com", "feedproxy.google.com", "feedblitz.com", "rss.app")
_FEED_NAMES = ("feeds", "feed", "rss", "xml", "atom")
_NO_ARTICLE = re.compile(
    r"/(?:feeds?|rss|atom|tags?|topics?|categor(?:y|ies)|authors?|search|suche|log-?in|log-?out|sign-?(?:in|up)|"
    r"register|subscribe|subscription|accounts?|newsletters?|about(?:-us)?|contact(?:-us)?|privacy(?:-policy)?|terms|"
    r"imprint|impressum|cookies?|wp-(?:admin|json|content|includes|login\.php)|cdn-cgi|page/\d+)(?:/|$)"
    r"|\.(?:xml|rss|atom|json|txt|css|js|jpe?g|png|gif|svg|webp|ico|pdf|mp[34]|zip|woff2?)$",
    re.IGNORECASE,
)
_NO_ARTICLE_NAMES = frozenset({"s", "q", "search", "share", "replytocom", "page", "paged", "print", "sort"})


@dataclass(frozen=True, slots=True)
class FeedCopy:
    """A snapshot that differs from those before, and the last one in a row that is the same."""

    row: ArchivedRow
    until: datetime


class WaybackSource:
    """A web archive's snapshots of the feed, by months; without any, its captures of HTML pages of the host."""

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        feed, first, last = _read_wanted(wanted)
        async with access.open_fetcher() as fetcher:
            try:
                windows = await _plan(feed, first, last, access, fetcher)
            except SiteExcluded as excluded:
                name, facts = _name(feed, first, f"-{_EXCLUDED}"), (_EXCLUDED, str(excluded))
                windows = [HistoryWindow(name, facts, (), feed.feed_id, first, last, requests=0)]
        for window in windows:
            yield window

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[FoundItem]:
        kind = window.facts[0]
        if kind == _EXCLUDED:
            yield WindowEnd("excluded", None, window.facts[1])
            return
        read = read_snapshots if kind == _FEED else _read_pages
        async with access.open_fetcher() as fetcher:
            async for found in read(window, cursor, wanted, access, fetcher):
                yield found


def _read_wanted(wanted: HistoryRequest) -> tuple[Feed, date, date]:
    if wanted.path or len(wanted.feeds) != 1 or not (wanted.first_day and wanted.last_day):
        raise Permanent("the source 'wayback' needs a feed and days (--from, --to), and takes no path")
    return wanted.feeds[0], wanted.first_day, wanted.last_day


async def _plan(
    feed: Feed, first: date, last: date, access: HistoryAccess, fetcher: Fetcher
) -> list[HistoryWindow]:
    """Raises: SiteExcluded, Transient, Permanent: as reading the index does."""
    begin, end = begin_of(first), begin_of(last) + timedelta(days=1) - _SECOND
    query = IndexQuery(feed.url, begin - _BEFORE, end + _AFTER, "exact", _NO_ERRORS)
    rows = [row async for part in read_index(fetcher, query, access, feed.feed_id) for row in part.rows]
    copies = list_copies(rows)
    months = split_months(first, last)
    windows = [one for days in months for one in _make_windows(feed, copies, days, access.history)]
    host = _find_site(feed)
    if windows or not host:
        return windows
    if not await has_captures(fetcher, _ask_pages(host, first, last), access, feed.feed_id):
        return []
    return [
        HistoryWindow(
            _name(feed, days[0], f"-{_PAGES}"), (_PAGES, host, *map(str, days)), (), feed.feed_id, *days
        )
        for days in months
    ]


def list_copies(rows: Iterable[ArchivedRow]) -> list[FeedCopy]:
    """The snapshots that show something new, oldest first: the first of each digest."""
    copies: list[FeedCopy] = []
    digests: set[str] = set()
    for row in sorted(rows, key=lambda row: (row.captured_at, row.url)):
        last = copies[-1] if copies else None
        if not row.is_usable or (last and row.captured_at == last.row.captured_at):
            continue
        if last and row.digest and row.digest == last.row.digest:
            copies[-1] = replace(last, until=row.captured_at)
        elif not row.digest or row.digest not in digests:
            copies.append(FeedCopy(row, row.captured_at))
            digests.add(row.digest)
    return copies


def _make_windows(
    feed: Feed, copies: Sequence[FeedCopy], days: DayRange, history: HistorySettings
) -> Iterator[HistoryWindow]:
    """The snapshots of some days, with the last one before and the first one after: these tell of the borders."""
    begin, end = begin_of(days[0]), begin_of(days[1]) + timedelta(days=1)
    inside = [one for one in copies if begin <= one.row.captured_at < end]
    if len(inside) > MOST_SNAPSHOTS and days[0] < days[1]:
        for half in split_half(days):
            yield from _make_windows(feed, copies, half, history)
        return
    before = [one for one in copies if one.row.captured_at < begin][-1:]
    after = [one for one in copies if one.row.captured_at >= end][:1]
    if not (inside or after):
        return
    chosen = [*before, *inside, *after]
    items = [
        WindowItem(make_replay_address(history, one.row.captured_at, one.row.url).raw, feed.url)
        for one in chosen
    ]
    facts = (_FEED, *(make_fact(one.row.captured_at, one.until, one.row.digest) for one in chosen))
    yield HistoryWindow(_name(feed, days[0]), facts, tuple(items), feed.feed_id, *days, requests=len(items))


def _name(feed: Feed, first: date, what: str = "") -> str:
    return f"{re.sub(r'[^A-Za-z0-9._-]', '-', feed.feed_id)}-{first}{what}"


def _find_site(feed: Feed) -> str:
    """The host whose pages the feed announces, as far as its address tells; "" where that is a service's."""
    host = host_of(feed.url)
    if not host or any(host == one or host.endswith(f".{one}") for one in _FEED_HOSTS):
        return ""
    name, _, rest = host.partition(".")
    host = rest if name in _FEED_NAMES and "." in rest else host
    port = urlsplit(feed.url).port
    return host if port in (None, 80, 443) else f"{host}:{port}"


def _ask_pages(host: str, first: date, last: date) -> IndexQuery:
    end = begin_of(last) + timedelta(days=1) - _SECOND + _AFTER
    return IndexQuery(f"http://{host}/", begin_of(first), end, "host", _HTML, "urlkey")


async def _read_pages(
    window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess, fetcher: Fetcher
) -> AsyncIterator[FoundItem]:
    """The captures of pages that may be articles of a window's days; each answer of the index is kept."""
    first, last = window.first_day, window.last_day
    assert first and last  # as planned
    days = (first, last)
    is_end = last == wanted.last_day  # what was captured later belongs to a later window, if there is one
    evidence = "captures of pages, not a list of articles"
    before = ""
    try:
        query = _ask_pages(window.facts[1], *days)
        async for part in read_index(fetcher, query, access, window.feed_id, cursor):
            yield part.exchange
            for row in part.rows:
                url = canonicalize_url(row.url)
                if url != before and row.is_usable and is_in_days(row, days, is_end):
                    yield _make_candidate(row, window.feed_id, access.history)
                before = url
            if part.cursor:
                yield Mark(part.cursor)
    except SiteExcluded as excluded:
        yield WindowEnd("excluded", None, str(excluded))
        return
    except EndlessIndex as endless:
        evidence = str(endless)
    yield WindowEnd("partial", None, evidence)


def is_in_days(row: ArchivedRow, days: DayRange, is_end: bool) -> bool:
    """Whether a captured page may be an article of these days, by its address and by when it was captured."""
    if not may_be_article(row.url):
        return False
    told = read_url_day(row.url)
    if told is not None:
        return days[0] <= told <= days[1]
    return is_end or row.captured_at.date() <= days[1]


def may_be_article(url: str) -> bool:
    """Whether an address does not look like a front page, a list, a form or a file."""
    parts = urlsplit(url)
    names = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if is_front(url) or names & _NO_ARTICLE_NAMES:
        return False
    return read_url_day(url) is not None or not _NO_ARTICLE.search(parts.path)


def _make_candidate(row: ArchivedRow, feed_id: str, history: HistorySettings) -> Candidate:
    address = make_replay_address(history, row.captured_at, row.url).raw
    return Candidate(
        feed_id,
        re.sub(r"^(http://[^/:]+):80(?=/|$)", r"\1", row.url),
        SOURCE,
        not_after=row.captured_at,
        captures=(Capture("replay", address, row.captured_at),),
    )
