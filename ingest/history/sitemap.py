"""The source `sitemap`: the pages that a site's sitemaps name.

Sitemaps name pages, seldom when they were published. `lastmod` is when a page was changed, so it bounds the date
of publication and gives none. A day is known by the news sitemap's own date, else by the address.
"""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ingest.history.answers import is_cut, is_too_large, reject_listing, try_later
from ingest.history.planning import read_days, read_wanted, refuse_cursor
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow, Mark
from ingest.history.services import ask
from ingest.history.sitemap_days import is_before, may_overlap, read_month_path
from ingest.history.sitemap_files import (
    Listed,
    NotASitemap,
    Sitemap,
    SitemapCut,
    parse_sitemap,
    read_sitemap_lines,
)
from ingest.history.sitemap_plan import PlannedFile, WindowFacts, choose_files, make_windows, read_facts
from ingest.http.exchange import Exchange, Fetcher, Request
from transforms.dates import FeedDate
from transforms.errors import Transient
from transforms.history.article_addresses import is_no_article
from transforms.history.records import Candidate, DayEvidence, WindowEnd
from transforms.history.sites import find_home, find_site, is_of_site
from transforms.history.url_days import read_url_day
from transforms.history.windows import DayRange, is_between, list_days
from transforms.records import Feed, Rejection
from transforms.urls import canonicalize_url

log = logging.getLogger("dateline.history")

_GUESSES = ("/sitemap.xml", "/sitemap_index.xml")
_MAX_DEPTH = 3
"""An index, an index that it names, and the files that this one names; the protocol allows two levels."""
_NO_DATES = "a sitemap names pages, not when they were published"


@dataclass(slots=True)
class _Reading:
    """A window that is being read. What its end needs survives a stop in the cursor."""

    fetcher: Fetcher
    access: HistoryAccess
    window: HistoryWindow
    facts: WindowFacts
    first: date
    last: date
    done: tuple[str, ...]  # the file read last, behind the indexes that led to it; () for none
    undated: int = 0  # pages of which no day is known
    lost: int = 0  # files that could not be read
    by_day: Counter[date] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)

    def make_mark(self, trail: tuple[str, ...]) -> Mark:
        self.done = trail
        by_day = {day.isoformat(): count for day, count in sorted(self.by_day.items())}
        return Mark(json.dumps([self.done, self.undated, self.lost, by_day]))


class SitemapSource:
    """Every page that the sitemaps of the feed's site name and that may have been published on the days wanted."""

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        feed, first, last = read_wanted(wanted, "sitemap")
        site, most = find_site(feed), access.history.max_pages
        if not site or first > last:
            return
        async with access.open_fetcher() as fetcher:
            files = await _list_files(feed, (first, last), fetcher, access)
        if len(files) > most:
            log.warning("sitemap_files_left site=%s files=%d read=%d", site, len(files), most)
        for window in make_windows(files, feed.feed_id, site, (first, last), most):
            yield window

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[FoundItem]:
        first, last = read_days(window)
        first, last = wanted.first_day or first, wanted.last_day or last
        place = _read_cursor(cursor)
        async with access.open_fetcher() as fetcher:
            reading = _Reading(fetcher, access, window, read_facts(window), first, last, *place)
            rest = _skip_done(list(reading.facts.files), reading.done)
            for file in rest:
                async for found in _read_file(reading, (file.url,)):
                    yield found
        yield _make_end(reading)


def _read_cursor(cursor: str) -> tuple[tuple[str, ...], int, int, Counter[date]]:
    """Where a mark was made; the beginning for "".

    Raises:
        Permanent: it is none of this source's.
    """
    try:
        done, undated, lost, by_day = json.loads(cursor or "[[], 0, 0, {}]")
        counts = Counter({date.fromisoformat(day): int(count) for day, count in by_day.items()})
        return tuple(map(str, done)), int(undated), int(lost), counts
    except (ValueError, TypeError, AttributeError) as error:
        raise refuse_cursor(cursor, "among sitemaps") from error


def _skip_done(files: list[PlannedFile], done: tuple[str, ...]) -> list[PlannedFile]:
    """What is left of files when the last mark was at `done`: an index on the way there is read once more."""
    urls = [file.url for file in files]
    if not done or done[0] not in urls:
        return files
    return files[urls.index(done[0]) + (len(done) == 1) :]


async def _list_files(
    feed: Feed, days: DayRange, fetcher: Fetcher, access: HistoryAccess
) -> list[PlannedFile]:
    """The sitemap files of a site, out of robots.txt and the indexes that it names, else of two guesses."""
    site, home = find_site(feed), find_home(feed)
    robots = await ask(fetcher, Request("listing", f"{home}/robots.txt", access.run_id, feed.feed_id))
    if is_cut(robots):
        raise try_later(f"{home}/robots.txt broke off")
    named = read_sitemap_lines(robots.body, robots.fetch.final_url) if robots.fetch.outcome == "ok" else []
    is_named = any(is_of_site(url, site) for url in named)
    roots = choose_files([Listed(url) for url in named], site, *days)
    if not is_named:
        roots = [PlannedFile(f"{home}{path}") for path in _GUESSES]
    found: list[PlannedFile] = []
    indexes = set()
    for number, root in enumerate(roots):
        if number >= access.history.max_pages:
            found.append(root)
            continue
        exchange = await ask(fetcher, Request("listing", root.url, access.run_id, feed.feed_id))
        try:
            sitemap = await _read_sitemap(exchange, site, access)
        except NotASitemap as error:
            log.debug("no_sitemap url=%s error=%s", root.url, error)
            if is_named:  # the window that reads it says so in a row
                found.append(root)
            continue
        if sitemap.is_index:
            indexes.add(root.url)
        found += choose_files(sitemap.listed, site, *days) if sitemap.is_index else [root]
        if not is_named:
            break
    by_url = {file.url: file for file in reversed(found) if file.url not in indexes}
    return list(by_url.values())


async def _read_sitemap(exchange: Exchange, site: str, access: HistoryAccess) -> Sitemap:
    """The sitemap that an answer is.

    Raises:
        NotASitemap: there is none at this address.
        Transient: it broke off or is too large, so what came of it must not count.
    """
    fetch = exchange.fetch
    limit = access.limits.max_listing_bytes
    if is_too_large(exchange):
        raise Transient(
            f"the sitemap {fetch.url} is larger than http.max_listing_bytes allows; raise that and run again"
        )
    if fetch.outcome != "ok":
        raise NotASitemap(fetch.error)
    if not is_of_site(fetch.final_url, site):
        raise NotASitemap(f"it leads to another site: {fetch.final_url}")
    try:
        sitemap = await asyncio.to_thread(parse_sitemap, exchange.body, fetch.final_url, limit)
    except SitemapCut as error:
        raise try_later(f"the sitemap {fetch.url} cannot be read whole: {error}") from error
    except NotASitemap:
        if not is_cut(exchange):
            raise
        sitemap = Sitemap(is_index=False, is_xml=False, listed=())
    if is_cut(exchange) and not sitemap.is_xml:
        raise try_later(f"the sitemap {fetch.url} broke off ({fetch.error})")
    return sitemap


async def _read_file(reading: _Reading, trail: tuple[str, ...]) -> AsyncIterator[FoundItem]:
    """Read the file at the end of `trail`, the indexes that lead to it, and what it names.

    Where `reading.done` goes on behind `trail`, all up to there was read before a stop.
    """
    url = trail[-1]
    most = reading.access.history.max_pages
    if url in reading.seen or len(reading.seen) > most:
        return
    reading.seen.add(url)
    if len(reading.seen) > most:
        yield _reject(
            reading, url, f"it and what follows are beyond history.max_pages, {most} files a window"
        )
        return
    access, feed_id = reading.access, reading.window.feed_id
    exchange = await ask(reading.fetcher, Request("listing", url, access.run_id, feed_id))
    yield exchange
    try:
        sitemap = await _read_sitemap(exchange, reading.facts.site, access)
    except NotASitemap as error:
        yield _reject(reading, url, str(error))
        yield reading.make_mark(trail)
        return
    if not sitemap.is_index:
        for candidate in await asyncio.to_thread(_choose_pages, reading, sitemap):
            yield candidate
    elif len(trail) + 1 >= _MAX_DEPTH:
        yield _reject(
            reading, url, f"it is an index below {_MAX_DEPTH - 1} others, and deeper ones are not read"
        )
    else:
        done = reading.done[len(trail) :] if reading.done[: len(trail)] == trail else ()
        files = choose_files(sitemap.listed, reading.facts.site, reading.first, reading.last)
        for file in _skip_done(files, done):
            async for found in _read_file(reading, (*trail, file.url)):
                yield found
    yield reading.make_mark(trail)


def _choose_pages(reading: _Reading, sitemap: Sitemap) -> list[Candidate]:
    """The pages of a file that are on the site, may be articles and may be of the days wanted."""
    first, last = reading.first, reading.last
    found = []
    told: set[str] = set()
    for page in sitemap.listed:
        if not is_of_site(page.url, reading.facts.site) or (not page.published and is_no_article(page.url)):
            continue  # what a news sitemap names with its date is an article whatever its address
        day = page.published.at.date() if page.published else read_url_day(page.url)
        if day is None:
            month = read_month_path(page.url)
            if is_before(page.lastmod, first) or (month and not may_overlap(month, first, last)):
                continue
            reading.undated += 1
        elif not is_between(day, first, last):
            continue
        elif canonicalize_url(page.url) not in told:
            told.add(canonicalize_url(page.url))
            reading.by_day[day] += 1
        found.append(
            Candidate(
                reading.window.feed_id,
                page.url,
                "sitemap",
                page.published.at if page.published else None,
                "news:publication_date" if page.published else "",
                page.published.utc_offset_s if page.published else None,
                _bound(page.lastmod),
                page.title,
            )
        )
    return found


def _bound(lastmod: FeedDate | None) -> datetime | None:
    """By when a page was there: the end of the day where that is all that is known of its last change."""
    if lastmod is None:
        return None
    return lastmod.at if lastmod.utc_offset_s is not None else lastmod.at + timedelta(days=1)


def _reject(reading: _Reading, url: str, detail: str) -> Rejection:
    reading.lost += 1
    return reject_listing(url, reading.window.feed_id, f"the sitemap cannot be used: {detail}")


def _make_end(reading: _Reading) -> WindowEnd:
    """Complete are the days of files that go by date, where every page of theirs has one."""
    facts, window = reading.facts, reading.window
    limits = []
    if reading.undated:
        limits.append(f"{_NO_DATES}: of {reading.undated} no day is known")
    if reading.lost:
        limits.append(f"{reading.lost} files could not be read")
    if facts.left:
        limits.append(f"{facts.left} files were left out by history.max_pages")
    spans = [file.span for file in facts.files]
    if limits or not all(spans):
        return WindowEnd("partial", None, "; ".join(limits) or _NO_DATES)
    evidence = "the site's sitemaps go by date, and every page in them has one"
    covered = {day for span in spans if span for day in list_days(*span)}
    wanted = list(list_days(window.first_day or reading.first, window.last_day or reading.last))
    days = [
        DayEvidence(window.feed_id, day, "complete", reading.by_day[day], evidence)
        for day in wanted
        if day in covered
    ]
    if any(file.is_oldest for file in facts.files):
        days = _leave_older_open(days)
    if len(days) == len(wanted) and all(one.state == "complete" for one in days):
        return WindowEnd("complete", sum(one.expected or 0 for one in days), evidence, tuple(days))
    return WindowEnd(
        "partial", None, "the site's sitemaps go by date, but not all days have one", tuple(days)
    )


def _leave_older_open(days: list[DayEvidence]) -> list[DayEvidence]:
    """Of days before the oldest page of all, perhaps under another system, sitemaps say nothing."""
    first = min((one.day for one in days if one.expected), default=date.max)
    evidence = "the site's sitemaps have nothing older"
    return [
        one if one.day >= first else DayEvidence(one.feed_id, one.day, "unknown", None, evidence)
        for one in days
    ]
