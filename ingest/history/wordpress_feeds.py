"""WordPress' feeds of the past: those of months and days, else all pages of the feed itself."""

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingest.history.answers import is_cut
from ingest.history.paged_documents import FeedPage, fail, is_feed_type, read_document
from ingest.history.paged_links import add_query, read_head
from ingest.history.paged_walk import Walk, end_walk, read_cursor, take_page, to_cursor
from ingest.history.planning import read_days
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryWindow, Mark, WindowItem
from ingest.history.services import ask
from ingest.http.exchange import Exchange, Fetcher, Request
from transforms.history.records import WindowEnd
from transforms.history.windows import begin_of, list_days, split_months

BY_PATH, BY_QUERY, BY_PAGE = "path", "query", "page"
"""The ways through the feeds: `HOME/2024/02/feed/`, `FEED?m=202402`, and all pages of `FEED`."""
_DAYS_ALONE = 3
"""Up to so many days of a month are read by feeds of days."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FeedsCursor:
    """Where the reading of a window's feeds stands."""

    way: str
    base: str
    period: int = 0  # of `list_periods`
    page: int = 1
    walk: Walk = Walk("")  # noqa: RUF009

    def dump(self) -> str:
        return json.dumps(
            {
                "by": "feeds",
                "way": self.way,
                "base": self.base,
                "period": self.period,
                "page": self.page,
                "walk": to_cursor(self.walk),
            }
        )


def read_feeds_cursor(cursor: str) -> FeedsCursor | None:
    """The reading that a cursor tells of; None where it is of something else."""
    try:
        told = json.loads(cursor or "{}")
        if told["by"] != "feeds":
            return None
        walk = read_cursor(told["walk"])
        return FeedsCursor(told["way"], told["base"], told["period"], told["page"], walk) if walk else None
    except (ValueError, TypeError, KeyError):
        return None


def list_periods(first: date, last: date) -> list[str]:
    """The months and days whose feeds hold what was published from `first` to `last`, UTC, by any clock.

    Archives go by the clock of the site, so a day before and a day after may hold some of it.
    """
    found: list[str] = []
    for begin, end in split_months(max(first, date.min + _DAY) - _DAY, min(last, date.max - _DAY) + _DAY):
        if (end - begin).days < _DAYS_ALONE:
            found += [f"{day:%Y%m%d}" for day in list_days(begin, end)]
        else:
            found.append(f"{begin:%Y%m}")
    return found


async def find_way(
    fetcher: Fetcher, places: Iterable[WindowItem], first: date, access: HistoryAccess, feed_id: str
) -> WindowItem | None:
    """The first of `places` that can be read by months; else that of all pages, if it is among them.

    Feeds of months may be switched off, or lead elsewhere, or be those of today: the month of `first` is asked for.

    Raises:
        Transient: the site is down, refuses connections or wants to be left alone for long.
    """
    for place in places:
        if place.name == BY_PAGE or await _has_month(fetcher, place, first.replace(day=1), access, feed_id):
            return place
    return None


async def _has_month(
    fetcher: Fetcher, place: WindowItem, first: date, access: HistoryAccess, feed_id: str
) -> bool:
    url = _address(place.name, place.address, f"{first:%Y%m}", 1)
    exchange = await ask(fetcher, Request("feed", url, access.run_id, feed_id))
    fetch = exchange.fetch
    if fetch.outcome != "ok" or is_cut(exchange):
        return fetch.status == 404 and is_feed_type(fetch.content_type)
    head = read_head(exchange)
    begin, end = split_months(first, first + 30 * _DAY)[0]
    inside = [begin - _DAY <= day <= end + _DAY for day in head.days]
    return head.is_feed and all(inside) and bool(inside or not head.entries)


def _address(way: str, base: str, period: str, page: int) -> str:
    if way == BY_PATH:
        url = f"{base}{period[:4]}/{period[4:6]}/{period[6:] + '/' if period[6:] else ''}feed/"
    elif way == BY_QUERY:
        url = add_query(base, m=period)
    else:
        url = base
    return add_query(url, paged=str(page)) if page > 1 else url


async def read_feeds(
    start: FeedsCursor, window: HistoryWindow, access: HistoryAccess, fetcher: Fetcher
) -> AsyncIterator[FoundItem]:
    """Read the feeds of a window to its end.

    The proper end of each is an empty page, or a 404 that is a feed by its type. Where a site gives one page for
    every number, or another 404, nobody knows whether that was all.

    Raises:
        Transient: what came is no feed, or broke off; the window is read again from the last mark.
    """
    periods = list_periods(*read_days(window)) if start.way != BY_PAGE else [""]
    at = start
    while at.period < len(periods):
        url = _address(at.way, at.base, periods[at.period], at.page)
        document = await read_document(fetcher, url, window.feed_id, access)
        yield _as_listing(document.exchange) if document.state == "end" else document.exchange
        if document.state in ("unreadable", "refused"):
            again = replace(at, walk=replace(at.walk, tries=at.walk.tries + 1)).dump()
            for found in fail(document, at.walk.tries, again):
                yield _end(found, at, window)
            return
        at, is_last = _take(at, document, window)
        if not is_last and at.walk.pages >= access.history.max_pages:
            doubt = f"no more than history.max_pages = {access.history.max_pages} pages are read"
            yield _end(WindowEnd("partial", None, doubt), at, window)
            return
        yield Mark(at.dump())
    yield _end(WindowEnd("complete", None, "the feeds were read to their ends"), at, window)


def _take(at: FeedsCursor, document: FeedPage, window: HistoryWindow) -> tuple[FeedsCursor, bool]:
    """The reading after a page, and whether that was the last of its period."""
    before, walk = at.walk, replace(at.walk, tries=0)
    if document.state == "absent" or (document.state == "end" and at.way == BY_PAGE and at.page == 1):
        walk = replace(walk, doubt=f"{document.problem}, and not as WordPress ends a feed")
    elif document.state == "feed":
        walk = take_page(walk, document)
        if document.digest and document.digest == before.digest:
            walk = replace(
                walk, doubt=f"the site gives one page whatever its number ({document.exchange.fetch.url})"
            )
        elif document.entries and not (at.way == BY_PAGE and _is_past(walk, window)):
            return replace(at, page=at.page + 1, walk=walk), False
    return replace(at, period=at.period + 1, page=1, walk=replace(walk, digest="")), True


def _as_listing(exchange: Exchange) -> Exchange:
    """The page after the last: no feed that could not be had, but how the site says that there are no more."""
    return replace(exchange, fetch=replace(exchange.fetch, kind="listing"))


def _is_past(walk: Walk, window: HistoryWindow) -> bool:
    return walk.passed is not None and walk.passed < begin_of(read_days(window)[0])


def _end(end: FoundItem, at: FeedsCursor, window: HistoryWindow) -> FoundItem:
    # feeds of months are read the oldest first, so none but the last days were passed
    walk = at.walk if at.way == BY_PAGE else replace(at.walk, passed=None)
    return end_walk(end, walk, window, is_whole=at.way == BY_PAGE)
