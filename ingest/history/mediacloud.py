"""The source `mediacloud`: the addresses that Media Cloud lists of a site, with the user's own key.

Media Cloud collects what it finds in feeds and sitemaps; it says how many stories it has of each day, which is not
how many were published. A query must name one of its sources, so a feed's site is looked up in its directory first.

Source: the package mediacloud 5.2.0 (endpoints, names of parameters, the header of the key); github.com/mediacloud/
web-search (`query_rate`: two queries a minute; answers 400, 401, 403, 422 and 429).
"""

import asyncio
import json
import logging
import os
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from ingest.history.answers import reject_listing, try_later
from ingest.history.planning import name_window, refuse_cursor, say_days
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow, Mark, WindowItem
from ingest.history.services import TRIES, ask, make_gate
from ingest.http.exchange import Exchange, Fetcher, Request, ServiceGate
from transforms.dates import read_feed_date
from transforms.errors import Permanent, Transient
from transforms.history.records import Candidate, DayEvidence, WindowEnd
from transforms.history.settings import HistorySettings
from transforms.history.sites import FeedHosts, is_of_site
from transforms.history.windows import DayRange, begin_of, is_between, list_days, split_half, split_months
from transforms.plain_text import html_to_line
from transforms.records import Feed, Rejection
from transforms.urls import is_web_url

log = logging.getLogger("dateline.history")

PAGE_STORIES = 1_000
"""What one answer holds at most."""
_OWNERS = ("mediacloud.org",)
SEARCH_SPACING_S = 31.0  # of two a minute
_DIRECTORY_SPACING_S = 1.0
_DIRECTORY_ROWS = 100
_DIRECTORY_PAGES = 10
_PLATFORM = "onlinenews-mediacloud"
_KEY = re.compile(r"[!-~]{1,500}")
_ABOUT = "Media Cloud lists what it collected, not all that was published"

_DayCounts = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class _Known:
    """What Media Cloud's directory has of a site."""

    ids: str  # of its sources there, comma-separated
    name: str
    is_exact: bool  # its stories are the site's and no other's


class MediaCloudSource:
    """The stories that Media Cloud has of the wanted feeds' sites, with its day of publication for each."""

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        if not wanted.feeds or wanted.first_day is None or wanted.last_day is None:
            raise Permanent(
                "the source 'mediacloud' needs feeds, whose sites it looks for, and a first and a last day"
            )
        key = read_key(access.history)
        days = wanted.first_day, wanted.last_day
        if days[0] > days[1]:
            return
        async with access.open_fetcher() as fetcher:
            api = _Api(fetcher, access, key)
            for site, feed in FeedHosts(wanted.feeds).by_site.items():
                known = await _find_known(api, site)
                if known is None:
                    log.info("mediacloud_unknown site=%s", site)
                    continue
                counts = await _count_days(api, known, days)
                for part in _split_days(days, counts):
                    yield _make_window(api, feed, site, known, part, counts)

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[FoundItem]:
        told, _, token = cursor.partition(" ")
        if not told.isdecimal():
            raise refuse_cursor(cursor, "among Media Cloud's answers")
        pages = int(told)
        [item] = window.items
        seen = {token}
        async with access.open_fetcher() as fetcher:
            api = _Api(fetcher, access, read_key(access.history))
            while pages == 0 or token:
                url = f"{item.address}&pagination_token={quote(token, safe='')}" if token else item.address
                exchange, answer = await api.search(url, window.feed_id)
                yield exchange
                stories, token = _read_page(answer, url)
                for story in stories:
                    found = _read_story(story, window, item.name, wanted)
                    if found is not None:
                        yield found
                pages += 1
                if token in seen and token:
                    raise try_later(f"Media Cloud's pages go in a circle at {url}")
                seen.add(token)
                yield Mark(f"{pages} {token}")
                if pages >= access.history.max_pages and token:
                    yield _reject(window, url, "history.max_pages is used up; raise it to read on")
                    break
        yield _make_end(window)


def read_key(history: HistorySettings) -> str:
    """The user's key, out of the environment variable that the settings name.

    Raises:
        Permanent: there is none, or it cannot be sent.
    """
    name = history.mediacloud_key_env
    if not name:
        raise Permanent(
            "Media Cloud asks for a key: sign up at https://search.mediacloud.org/ to get one, put it into an "
            "environment variable such as MEDIACLOUD_KEY, and set history.mediacloud_key_env to that name"
        )
    key = os.environ.get(name, "").strip()
    if not key:
        raise Permanent(
            f"history.mediacloud_key_env names {name}, but this environment variable is not set or empty"
        )
    if not _KEY.fullmatch(key):
        raise Permanent(
            f"the environment variable {name} holds no Media Cloud key, but blanks or letters that no key has"
        )
    return key


class _Api:
    """Media Cloud's search: asked as often as it allows, with the key in a header that is kept nowhere."""

    def __init__(self, fetcher: Fetcher, access: HistoryAccess, key: str) -> None:
        history = access.history
        self.url = history.mediacloud_url.rstrip("/")
        self._fetcher = fetcher
        self._run_id = access.run_id
        self._headers = (("Authorization", f"Token {key}"),)
        self._key_env = history.mediacloud_key_env
        self._search = make_gate(self.url, "search", 0.0, history, SEARCH_SPACING_S, _OWNERS)
        self._directory = make_gate(self.url, "directory", 0.0, history, _DIRECTORY_SPACING_S, _OWNERS)

    async def search(self, url: str, feed_id: str = "") -> tuple[Exchange, dict[str, Any]]:
        """Raises: Transient, Permanent"""
        return await self._ask(url, feed_id, self._search)

    async def look_up(self, name: str, offset: int) -> dict[str, Any]:
        """Some of the sources whose name or label holds `name`, from the `offset`-th on.

        Raises:
            Transient, Permanent
        """
        query = {"platform": "online_news", "name": name, "limit": _DIRECTORY_ROWS, "offset": offset}
        _, answer = await self._ask(f"{self.url}/sources/sources/?{urlencode(query)}", "", self._directory)
        return answer

    async def _ask(self, url: str, feed_id: str, gate: ServiceGate) -> tuple[Exchange, dict[str, Any]]:
        """Ask; a 403 is how Media Cloud says "too often", and a 400 may be its search being away for a moment."""
        for attempt in range(TRIES):
            exchange = await ask(
                self._fetcher,
                Request("listing", url, self._run_id, feed_id, gate=gate, headers=self._headers),
            )
            fetch = exchange.fetch
            if fetch.status not in (400, 403):
                break
            if attempt < TRIES - 1:
                log.info("mediacloud_waits status=%d seconds=%.0f", fetch.status, gate.pause_s)
                await asyncio.sleep(gate.pause_s)
        if fetch.outcome != "ok":
            self._complain(exchange)
        return exchange, _read_object(exchange)

    def _complain(self, exchange: Exchange) -> None:
        """Raises: Transient, Permanent: what an answer without a body means."""
        fetch = exchange.fetch
        if fetch.status == 401:
            raise Permanent(
                f"Media Cloud does not know the key in {self._key_env}; see https://search.mediacloud.org/"
            )
        if fetch.status == 403:
            raise Transient(
                "Media Cloud refuses to answer (HTTP 403), as it does when a key asks more than twice a minute; run "
                f"again later, nothing is lost. If it goes on, the key in {self._key_env} may not use the API"
            )
        if fetch.status == 400:
            raise try_later(
                "Media Cloud does not answer (HTTP 400), as when its search is away or the week's calls of a key are "
                "used up"
            )
        raise Permanent(f"{fetch.url}: {fetch.error}; check history.mediacloud_url")


def _read_object(exchange: Exchange) -> dict[str, Any]:
    """Raises: Transient: the answer is no JSON object, as one that broke off."""
    fetch = exchange.fetch
    try:
        answer = json.loads(exchange.body)
    except (ValueError, RecursionError) as error:
        raise try_later(f"{fetch.url} gives no whole JSON ({error})") from error
    if not isinstance(answer, dict):
        raise _surprise(fetch.url, "no JSON object")
    return answer


def _surprise(url: str, what: str) -> Transient:
    return try_later(f"{url} gives {what}, which Media Cloud does not do")


async def _find_known(api: _Api, site: str) -> _Known | None:
    """What the directory has of a site, or of a host above it; None for nothing."""
    labels = site.split(".")
    for start in range(max(1, len(labels) - 1)):
        name = ".".join(labels[start:])
        rows = [row async for row in _list_rows(api, name)]
        whole = [row for row in rows if not row.get("url_search_string")]  # others are parts of a site
        if rows:
            ids = ",".join(str(row["id"]) for row in sorted(whole or rows, key=lambda row: int(row["id"])))
            return _Known(ids, name, is_exact=bool(whole) and name == site)
    return None


async def _list_rows(api: _Api, name: str) -> AsyncIterator[dict[str, Any]]:
    """The directory's sources of that very name."""
    for number in range(_DIRECTORY_PAGES):
        answer = await api.look_up(name, number * _DIRECTORY_ROWS)
        rows = answer.get("results")
        if not isinstance(rows, list):
            raise _surprise(f"{api.url}/sources/sources/", "no list of sources")
        for row in rows:
            if isinstance(row, dict) and row.get("name") == name and type(row.get("id")) is int:
                yield row
        if not answer.get("next"):
            return


async def _count_days(api: _Api, known: _Known, days: DayRange) -> _DayCounts:
    """How many stories Media Cloud has of each day."""
    url = _make_query(api, "count-over-time", known, days)
    _, answer = await api.search(url)
    try:
        counts = {
            date.fromisoformat(one["date"][:10]): int(one["count"])
            for one in answer["count_over_time"]["counts"]
        }
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _surprise(url, "no counts of days") from error
    return {day: count for day, count in counts.items() if days[0] <= day <= days[1] and count > 0}


def _make_query(api: _Api, endpoint: str, known: _Known, days: DayRange, **more: str) -> str:
    query = {
        "start": days[0].isoformat(),
        "end": days[1].isoformat(),
        "q": "*",
        "platform": _PLATFORM,
        "ss": known.ids,
    }
    return f"{api.url}/search/{endpoint}?{urlencode(query | more)}"


def _split_days(days: DayRange, counts: _DayCounts) -> Iterator[DayRange]:
    """Parts of `days`, within calendar months, that have stories and fit one answer if a day does."""
    parts = split_months(*days)
    while parts:
        part = parts.pop(0)
        total = sum(counts.get(day, 0) for day in list_days(*part))
        if total > PAGE_STORIES and part[0] != part[1]:
            parts[:0] = split_half(part)
        elif total:
            yield part


def _make_window(
    api: _Api, feed: Feed, site: str, known: _Known, days: DayRange, counts: _DayCounts
) -> HistoryWindow:
    total = sum(counts.get(day, 0) for day in list_days(*days))
    url = _make_query(api, "story-list", known, days, sort_order="asc", page_size=str(PAGE_STORIES))
    told = (f"{day} {counts[day]}" for day in list_days(*days) if day in counts)
    return HistoryWindow(
        name_window(feed.feed_id, str(days[0])),
        (f"source {known.ids}", f"{'exact' if known.is_exact else 'about'} {say_days(*days)}", *told),
        (WindowItem(url, site),),
        feed.feed_id,
        *days,
        cursor="0 ",
        count=total if known.is_exact else None,
        requests=total // PAGE_STORIES + 1,
    )


def _read_page(answer: dict[str, Any], url: str) -> tuple[list[Any], str]:
    """The stories of an answer, and what leads to the next; "" for none.

    Raises:
        Transient: it is no such answer.
    """
    stories, token = answer.get("stories"), answer.get("pagination_token", "")
    if not isinstance(stories, list) or not isinstance(token, str | None):
        raise _surprise(url, "no list of stories")
    return stories, token or ""


def _read_story(
    story: Any, window: HistoryWindow, site: str, wanted: HistoryRequest
) -> Candidate | Rejection | None:
    """The page of a story; None for one of another site, or of a day that is not wanted."""
    url = story.get("url") if isinstance(story, dict) else None
    if not isinstance(url, str) or not is_web_url(url):
        return _reject(window, window.items[0].address, f"a story without an address: {str(story)[:200]}")
    if not is_of_site(url, site):
        return None
    day = _read_day(story.get("publish_date"))
    if day and not is_between(day, wanted.first_day, wanted.last_day):
        return None
    indexed = read_feed_date(str(story.get("indexed_date") or ""))
    return Candidate(
        window.feed_id,
        url,
        "mediacloud",
        begin_of(day) if day else None,
        "publish_date" if day else "",
        not_after=indexed.at if indexed else None,
        title=html_to_line(str(story.get("title") or "")),
    )


def _read_day(text: object) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None


def _reject(window: HistoryWindow, url: str, detail: str) -> Rejection:
    return reject_listing(url, window.feed_id, f"Media Cloud's answer cannot be used: {detail}")


def _make_end(window: HistoryWindow) -> WindowEnd:
    if window.count is None or window.first_day is None or window.last_day is None:
        return WindowEnd("partial", None, f"{_ABOUT}; this site is a part of what it counts as one")
    counts = {}
    for fact in window.facts[2:]:
        day, count = fact.split(" ")
        counts[date.fromisoformat(day)] = int(count)
    days = (
        DayEvidence(window.feed_id, day, "partial", counts.get(day, 0), _ABOUT)
        for day in list_days(window.first_day, window.last_day)
    )
    return WindowEnd("partial", window.count, _ABOUT, tuple(days))
