"""The source `wayback`: snapshots of the feed in a web archive, or captures of the outlet's pages.

A snapshot shows what the feed announced at that time, with titles and dates, at the cost of one answer. Where the
archive never captured the feed, its captures of pages are candidates: no list of articles, but all there is.
"""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ingest.history.planning import name_window, read_days, read_wanted, say_days
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
from transforms.history.article_addresses import is_no_article
from transforms.history.records import Candidate, Capture, WindowEnd
from transforms.history.settings import HistorySettings
from transforms.history.sites import find_home
from transforms.history.url_days import read_url_day
from transforms.history.windows import DayRange, begin_of, is_between, split_half, split_months
from transforms.records import Feed
from transforms.urls import canonicalize_url

MOST_SNAPSHOTS = 300
"""So many snapshots of a feed a window has at most, unless a single day has more."""
_FEED, _PAGES, _EXCLUDED = "feed", "pages", "excluded"
"""What kind a window is of: its first fact."""
_BEFORE = timedelta(days=31)  # how far back the snapshot is looked for that the first one follows
_AFTER = timedelta(days=14)  # so long after a day what was published on it may first be captured
_SECOND = timedelta(seconds=1)
_NO_ERRORS = ("!statuscode:[345]..",)  # "statuscode:200" would lose those that are as they were before
_HTML = ("statuscode:200", "mimetype:text/html")


@dataclass(frozen=True, slots=True)
class FeedCopy:
    """A snapshot that differs from those before, and the last one in a row that is the same."""

    row: ArchivedRow
    until: datetime


class WaybackSource:
    """A web archive's snapshots of the feed, by months; without any, its captures of HTML pages of the host."""

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        feed, first, last = read_wanted(wanted, "wayback")
        async with access.open_fetcher() as fetcher:
            try:
                windows = await _plan(feed, first, last, access, fetcher)
            except SiteExcluded as excluded:
                name, facts = name_window(feed.feed_id, f"{first}-{_EXCLUDED}"), (_EXCLUDED, str(excluded))
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
    host = find_home(feed).partition("://")[2].removeprefix("www.")
    if windows or not host:
        return windows
    if not await has_captures(fetcher, _ask_pages(host, first, last), access, feed.feed_id):
        return []
    return [
        HistoryWindow(
            name_window(feed.feed_id, f"{days[0]}-{_PAGES}"),
            (_PAGES, host, say_days(*days)),
            (),
            feed.feed_id,
            *days,
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
    yield HistoryWindow(
        name_window(feed.feed_id, str(days[0])), facts, tuple(items), feed.feed_id, *days, requests=len(items)
    )


def _ask_pages(host: str, first: date, last: date) -> IndexQuery:
    end = begin_of(last) + timedelta(days=1) - _SECOND + _AFTER
    return IndexQuery(f"http://{host}/", begin_of(first), end, "host", _HTML, "urlkey")


async def _read_pages(
    window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess, fetcher: Fetcher
) -> AsyncIterator[FoundItem]:
    """The captures of pages that may be articles of a window's days; each answer of the index is kept."""
    days = read_days(window)
    is_end = days[1] == wanted.last_day  # what was captured later belongs to a later window, if there is one
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
    if is_no_article(row.url):
        return False
    told = read_url_day(row.url)
    if told is not None:
        return is_between(told, *days)
    return is_end or row.captured_at.date() <= days[1]


def _make_candidate(row: ArchivedRow, feed_id: str, history: HistorySettings) -> Candidate:
    address = make_replay_address(history, row.captured_at, row.url).raw
    return Candidate(
        feed_id,
        re.sub(r"^(http://[^/:]+):80(?=/|$)", r"\1", row.url),
        SOURCE,
        not_after=row.captured_at,
        captures=(Capture("replay", address, row.captured_at),),
    )
