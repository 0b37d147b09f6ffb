"""The source `wordpress`: the posts of a WordPress site, by its API or, where that is closed, by its feeds."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date

from ingest.history.paged_documents import TRIES
from ingest.history.planning import name_window, read_days, read_wanted
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow, Mark, WindowItem
from ingest.history.wordpress_api import MOST_A_PAGE, USUAL_A_PAGE, Post, PostsPage, ask_posts
from ingest.history.wordpress_feeds import (
    BY_PAGE,
    BY_PATH,
    BY_QUERY,
    FeedsCursor,
    find_way,
    read_feeds,
    read_feeds_cursor,
)
from ingest.history.wordpress_find import Site, find_site
from ingest.http.exchange import Fetcher
from transforms.errors import Transient
from transforms.history.records import Candidate, DayEvidence, WindowEnd
from transforms.history.windows import DayRange, is_between, list_days, split_half, split_months
from transforms.records import Feed, Rejection

_BY_API = "api"
WINDOW_POSTS = 1_000
"""A range of days with more posts is cut."""
_MOST_RESTARTS = 3
"""How often a window's listing is begun again because the site changed meanwhile."""


class WordPressSource:
    """The posts of a feed's site, counted and listed by the REST API; else the site's feeds of the past.

    What is asked for is cut by years, months and days until no window holds more than `WINDOW_POSTS`. The feed of
    a category, tag or author gives its own posts only. Where the API is closed, months are read by their feeds;
    where these do not work either, all pages of the feed are one window.

    Source: WordPress' REST API Handbook ("Discovery", "Pagination", "Posts"); answers of WordPress 6.1.9.
    """

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        feed, first, last = read_wanted(wanted, "wordpress")
        async with access.open_fetcher() as fetcher:
            site = await find_site(fetcher, feed, access)
            if site is None:
                return
            planner = _Planner(fetcher, site, feed, access)
            for api in site.apis:
                counted = await planner.count(api, (first, last))
                if counted is not None:
                    oldest = await planner.find_oldest_day(api)
                    async for window in planner.split(api, (first, last), counted, oldest):
                        yield window
                    return
            if not site.is_wordpress:
                return
            place = await find_way(fetcher, _list_places(site), first, access, feed.feed_id)
            if place is None:
                return
            ranges = [(first, last)] if place.name == BY_PAGE else split_months(first, last)
            for begin, end in ranges:
                facts: tuple[str, ...] = (place.name, place.address)
                if end >= site.asked_at.date():  # a day that is not over may hold more later
                    facts += (site.version,)
                yield HistoryWindow(
                    name_window(feed.feed_id, f"{begin}_{end}"), facts, (place,), feed.feed_id, begin, end
                )

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[FoundItem]:
        first, last = read_days(window)
        start = read_feeds_cursor(cursor)
        async with access.open_fetcher() as fetcher:
            if start is None and window.items[0].name == _BY_API:
                scope = (wanted.first_day or first, wanted.last_day or last)
                listing = _Listing(window, scope, access, fetcher)
                async for found in listing.read(cursor):
                    yield found
                if not listing.problem:
                    return
                places = window.items[1:]
                place = await find_way(fetcher, places, first, access, window.feed_id)
                if place is None:
                    raise Transient(f"{listing.problem}, and there is no feed in its place; run again later")
                start = FeedsCursor(place.name, place.address)
            if start is None:
                start = FeedsCursor(window.items[0].name, window.items[0].address)
            async for found in read_feeds(start, window, access, fetcher):
                yield found


def _list_places(site: Site) -> list[WindowItem]:
    """The ways through a site's feeds, the best first."""
    places = [WindowItem(site.home, BY_PATH)] if site.is_main and site.feed_url else []
    if site.feed_url:
        places += [WindowItem(site.feed_url, BY_QUERY), WindowItem(site.feed_url, BY_PAGE)]
    return places


@dataclass(frozen=True, slots=True)
class _Planner:
    """Counts posts, and cuts what is asked for into windows."""

    fetcher: Fetcher
    site: Site
    feed: Feed
    access: HistoryAccess

    async def count(self, api: str, days: DayRange) -> int | None:
        """How many posts there are in these days; None where the API is of no use.

        Raises:
            Transient: the answer broke off.
        """
        counted = await self._ask(api, days)
        if counted.problem:
            return None
        if counted.total:
            return counted.total
        # a site may show posts of another kind than its feeds have: none at all would prove nothing
        every = await self._ask(api, None)
        return 0 if every.total and not every.problem else None

    async def find_oldest_day(self, api: str) -> str:
        """The ISO day of the site's oldest post; "" where it does not say. Of what was before, under another system
        perhaps, the API knows nothing."""
        found = await self._ask(api, None, "date")
        dated = [str(post.published_at.date()) for post in found.posts if post.published_at]
        return min(dated, default="")

    async def split(self, api: str, days: DayRange, total: int, oldest: str) -> AsyncIterator[HistoryWindow]:
        """Windows of at most `WINDOW_POSTS` posts; of a day as many as it has.

        Raises:
            Transient: posts cannot be counted any more.
        """
        parts = list(_cut(days)) if total > WINDOW_POSTS else [days]
        if len(parts) == 1:
            yield self._make_window(api, days, total, oldest)
            return
        for part in parts:
            counted = await self._ask(api, part)
            if counted.problem:
                raise Transient(f"{counted.problem} while posts were counted; plan again later")
            async for window in self.split(api, part, counted.total, oldest):
                yield window

    def _make_window(self, api: str, days: DayRange, total: int, oldest: str) -> HistoryWindow:
        return HistoryWindow(
            name_window(self.feed.feed_id, f"{days[0]}_{days[1]}"),
            (_BY_API, api, str(total), oldest),
            (WindowItem(api, _BY_API), *_list_places(self.site)),
            self.feed.feed_id,
            *days,
            count=total,
            requests=max(1, -(-total // MOST_A_PAGE)),
        )

    async def _ask(self, api: str, days: DayRange | None, order: str = "id") -> PostsPage:
        counted = await ask_posts(self.fetcher, api, days, self.access.run_id, self.feed.feed_id, order=order)
        if counted.is_cut:
            raise Transient(f"{counted.problem}; plan again later")
        return counted


def _cut(days: DayRange) -> Iterator[DayRange]:
    """A range in years, those in months, those in halves; so that ranges that overlap have windows in common."""
    first, last = days
    if first.year != last.year:
        for year in range(first.year, last.year + 1):
            yield max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
    elif first.month != last.month:
        yield from split_months(first, last)
    else:
        yield from split_half(days)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the reading of a window by the API stands."""

    page: int = 1
    size: int = MOST_A_PAGE
    total: int = 0
    seen: int = 0
    days: dict[str, int] = field(default_factory=dict)  # posts by ISO day of publication
    restarts: int = 0
    tries: int = 0
    by: str = _BY_API


class _Listing:
    """One reading of a window by the API. `problem` says afterwards why it was of no use; "" where it was read."""

    def __init__(
        self, window: HistoryWindow, scope: DayRange, access: HistoryAccess, fetcher: Fetcher
    ) -> None:
        self.problem = ""
        self._window = window
        self._scope = scope
        self._access = access
        self._fetcher = fetcher
        self._counted: set[int | str] = set()  # posts since the listing was begun, or carried on
        self._given: set[int | str] = set()

    async def read(self, cursor: str) -> AsyncIterator[FoundItem]:
        """Read on from `cursor`.

        Raises:
            Transient: an answer broke off; the site is down.
        """
        at = _read_place(cursor)
        while True:
            answer = await ask_posts(
                self._fetcher,
                self._window.items[0].address,
                read_days(self._window),
                self._access.run_id,
                self._window.feed_id,
                at.page,
                at.size,
            )
            yield answer.exchange
            if answer.is_cut and at.tries + 1 < TRIES:
                yield Mark(_dump_place(replace(at, tries=at.tries + 1)))
                raise Transient(f"{answer.problem}; it is asked again in the next run")
            if answer.is_beyond and at.page == 1 and at.size > USUAL_A_PAGE:
                at = replace(at, size=USUAL_A_PAGE)  # a site may be set to give less at once
                continue
            if answer.problem and not (answer.is_beyond and at.page > 1):
                self.problem = answer.problem
                return
            if at.page > 1 and (answer.problem or answer.total != at.total):
                if at.restarts == _MOST_RESTARTS:
                    what = "the site's posts of these days changed again and again while they were listed"
                    yield WindowEnd("partial", at.total, what)
                    return
                at = _Place(size=at.size, restarts=at.restarts + 1)
                self._counted = set()
            else:
                for found in self._give(answer):
                    yield found
                at = self._count(at, answer)
                end = self._find_end(at, answer)
                if end is not None:
                    yield end
                    return
            yield Mark(_dump_place(at))

    def _give(self, answer: PostsPage) -> Iterator[Candidate | Rejection]:
        """The posts of a page that are wanted and were not given before."""
        fetch = answer.exchange.fetch
        for post in answer.posts:
            if _key(post) in self._given:
                continue
            self._given.add(_key(post))
            at = post.published_at
            if at is not None and not is_between(at.date(), *self._scope):
                continue
            if not post.url:
                item = (f"{self._window.feed_id}#post-{post.number}", self._window.feed_id, fetch.url)
                detail = "the API gives a post without an address that can be fetched"
                yield Rejection("entry", *item, "entry_unreadable", detail, fetch.requested_at)
                continue
            yield Candidate(
                self._window.feed_id,
                post.url,
                "wordpress",
                at,
                post.published_source,
                post.utc_offset_s,
                title=post.title,
            )

    def _count(self, at: _Place, answer: PostsPage) -> _Place:
        new = {_key(post): post for post in answer.posts if _key(post) not in self._counted}
        self._counted |= new.keys()
        days = Counter(at.days)
        days.update(str(post.published_at.date()) for post in new.values() if post.published_at)
        return replace(
            at, page=at.page + 1, total=answer.total, seen=at.seen + len(new), days=dict(days), tries=0
        )

    def _find_end(self, at: _Place, answer: PostsPage) -> WindowEnd | None:
        """How the listing ended, if `answer` was its last page; `at` has counted it."""
        most = self._access.history.max_pages
        told = f"{at.seen} of {at.total} posts that X-WP-Total tells were listed"
        if at.page <= answer.pages:
            if at.page <= most:
                return None
            return WindowEnd("partial", at.total, f"{told}; no more than history.max_pages = {most} are read")
        if at.seen != at.total:
            return WindowEnd("partial", at.total, told)
        days = tuple(self._judge_day(str(day), at, told) for day in list_days(*read_days(self._window)))
        return WindowEnd("complete", at.total, told, days)

    def _judge_day(self, day: str, at: _Place, told: str) -> DayEvidence:
        oldest = self._window.facts[3]
        if day < oldest:
            evidence = f"the site's oldest post is of {oldest}"
            return DayEvidence(self._window.feed_id, date.fromisoformat(day), "unknown", None, evidence)
        count = at.days.get(day, 0)
        return DayEvidence(self._window.feed_id, date.fromisoformat(day), "complete", count, told)


def _key(post: Post) -> int | str:
    return post.number or f"{post.url} {post.title}"


def _dump_place(at: _Place) -> str:
    return json.dumps(asdict(at))


def _read_place(cursor: str) -> _Place:
    """The place that a cursor tells of; the beginning for "", and for what another version left."""
    try:
        told = json.loads(cursor or "{}")
        return _Place(**told) if told.get("by") == _BY_API else _Place()
    except (ValueError, TypeError, AttributeError):
        return _Place()
