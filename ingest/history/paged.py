"""The source `paged`: feeds that link to their older pages, walked from the newest to the first day wanted."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import quote, urlsplit

from ingest.history.answers import is_cut
from ingest.history.paged_documents import FeedPage, fail, read_document
from ingest.history.paged_links import FeedHead, add_query, read_head
from ingest.history.paged_walk import Walk, end_walk, read_cursor, take_page, to_cursor
from ingest.history.planning import name_window, read_days, read_wanted
from ingest.history.protocol import (
    FoundItem,
    HistoryAccess,
    HistoryRequest,
    HistoryWindow,
    Mark,
    WindowItem,
)
from ingest.history.services import ask
from ingest.http.exchange import Exchange, Request
from transforms.errors import Transient
from transforms.history.records import WindowEnd
from transforms.history.sites import is_same_host
from transforms.history.windows import begin_of
from transforms.identity import make_id

_BLOGGER = "blogger"
_COMPLETE = "complete"
_BLOGGER_POSTS = "/feeds/posts/"
_BLOGGER_PAGE = 500
"""How many entries Blogger is asked for; it gives fewer, so what came is counted."""


class PagedSource:
    """Feeds with `prev-archive` or `next` links, `fh:complete`, JSON Feed's `next_url`, and Blogger's.

    A feed is one window, since such pages can only be walked. The walk ends where two pages in a row lie before
    the window: pages are mostly ordered, but entries of archives need not be.

    Source: RFC 5005 (section 2 complete, 3 paged, 4 archived feeds); JSON Feed 1.1; Google Data Protocol
    (`start-index` from 1, `published-min` inclusive, `published-max` exclusive).
    """

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        feed, first, last = read_wanted(wanted, "paged")
        async with access.open_fetcher() as fetcher:
            exchange = await ask(fetcher, Request("feed", feed.url, access.run_id, feed.feed_id))
        if exchange.fetch.outcome != "ok":
            return
        if is_cut(exchange):
            raise Transient(f"{feed.url} broke off ({exchange.fetch.error}); plan again later")
        head = read_head(exchange)
        found = _choose(exchange, head, first, last) if head.is_feed else None
        if found is None:
            return
        way, start, fact = found
        facts: tuple[str, ...] = (way, fact)
        if last >= exchange.fetch.requested_at.date():  # a day that is not over may hold more later
            facts += (make_id("pg1", exchange.body.decode("latin-1")),)
        yield HistoryWindow(
            name_window(feed.feed_id, f"{first}_{last}"),
            facts,
            (WindowItem(start, way),),
            feed.feed_id,
            first,
            last,
            requests=1 if way == _COMPLETE else None,
        )

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[FoundItem]:
        read_days(window)
        walk = read_cursor(cursor) or Walk(window.items[0].address)
        seen = {walk.url, walk.digest}
        async with access.open_fetcher() as fetcher:
            while True:
                document = await read_document(fetcher, walk.url, window.feed_id, access)
                yield document.exchange
                if document.state != "feed":
                    again = to_cursor(replace(walk, tries=walk.tries + 1))
                    for found in fail(document, walk.tries, again):
                        yield end_walk(found, walk, window)
                    return
                is_repeated = bool(document.digest) and document.digest in seen
                walk = take_page(walk, document)
                onward = _go_on(walk, document, window, access.history.max_pages)
                if isinstance(onward, Walk) and (is_repeated or onward.url in seen):
                    onward = WindowEnd("partial", None, "the site gives pages again that it gave before")
                if isinstance(onward, WindowEnd):
                    yield end_walk(onward, walk, window)
                    return
                walk = onward
                seen |= {walk.url, document.digest}
                yield Mark(to_cursor(walk))


def _choose(exchange: Exchange, head: FeedHead, first: date, last: date) -> tuple[str, str, str] | None:
    """By what the feed is walked, where that begins, and what would differ if it held something else."""
    url = exchange.fetch.final_url
    if _BLOGGER in head.generator.lower():
        path = urlsplit(url).path
        if "comments" in path:
            return None
        start = url if _BLOGGER_POSTS in path else urlsplit(url)._replace(
            path=f"{_BLOGGER_POSTS}default", query="").geturl()  # fmt: skip
        after = quote(begin_of(last + timedelta(days=1)).isoformat().replace("+00:00", "Z"))
        before = quote(begin_of(first).isoformat().replace("+00:00", "Z"))
        bounds = {"published-min": before, "published-max": after, "orderby": "published"}
        # without redirect=false a blog may send its readers to a service that knows no pages
        start = add_query(start, **bounds, redirect="false", **{"max-results": str(_BLOGGER_PAGE)})
        return _BLOGGER, add_query(start, **{"start-index": "1"}), ""
    if head.is_complete:
        return _COMPLETE, url, str(head.entries)
    for way in ("prev-archive", "next"):
        link = head.find(way)
        if link and link != url and is_same_host(link, url):
            return way, url, link
    return None


def _go_on(walk: Walk, document: FeedPage, window: HistoryWindow, max_pages: int) -> Walk | WindowEnd:
    """The walk with the next page, or how it ended; `walk` has taken `document`."""
    way, head = window.items[0].name, document.head
    if head.is_complete:
        return WindowEnd("complete", None, "the feed says that it holds all that there is")
    if way == _COMPLETE:
        return WindowEnd("partial", None, "the feed no longer says that it holds all that there is")
    if way == _BLOGGER and not document.entries:
        if head.total is not None and head.total > walk.entries:
            return WindowEnd("partial", None, f"the site says that there are {head.total} entries")
        return WindowEnd("complete", None, "the listing was read to its end")
    if window.first_day and walk.passed and walk.passed < begin_of(window.first_day):
        return WindowEnd("complete", None, "what follows is older than the window")
    onward = _find_following(walk, document, way)
    if onward is None and head.find("prev-archive", "next"):
        return WindowEnd("partial", None, "the link to the next page leads away from the feed's host")
    if onward is None and walk.is_stable and walk.pages > 1:
        return WindowEnd("complete", None, "the oldest archive was reached")
    if onward is None or (not onward.is_stable and not document.entries):
        return WindowEnd("partial", None, "nobody can say whether there is more than these pages showed")
    if walk.pages >= max_pages:
        return WindowEnd("partial", None, f"no more than history.max_pages = {max_pages} pages are read")
    return onward


def _find_following(walk: Walk, document: FeedPage, way: str) -> Walk | None:
    """The walk with the page that comes next; None where there is none that may be followed."""
    if way == _BLOGGER:
        onward = add_query(walk.url, **{"start-index": str(walk.entries + 1)})
        return replace(walk, url=onward, is_stable=False)
    own = (walk.url, document.exchange.fetch.final_url)
    for name in ("prev-archive", "next"):
        link = document.head.find(name)
        if link and is_same_host(link, *own):
            return replace(walk, url=link, is_stable=walk.is_stable and name == "prev-archive")
    return None
