"""Fetch the pages of entries: each article once, later again where that may help."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.http.client import CUT, LEFT
from ingest.http.exchange import Exchange, Fetcher, Request
from transforms.articles.page_agreement import is_led_away
from transforms.articles.page_redirects import find_redirect
from transforms.records import Entry, Fetch, Page, PageState, Rejection
from transforms.settings import LONGEST_PAGE_WAIT, PagesSettings
from transforms.urls import is_web_url

log = logging.getLogger("dateline.pages")

_HTML_TYPES = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "")
_PASSING_STATUSES = (408, 421, 425, 429)
"""Statuses under 500 that may pass. Source: RFC 9110 sections 15.5.9 and 15.5.20, RFC 8470, RFC 6585."""
_MAX_REDIRECT_BYTES = 100_000
"""A larger page shows something."""


Way = Callable[[], Awaitable[Exchange]]
"""Another way to have a page than from its publisher; the answer is in the archive."""


@dataclass(frozen=True, slots=True)
class OtherWays:
    """What is tried before and after the publisher, each in its order, until one gives the page."""

    before: tuple[Way, ...] = ()
    after: tuple[Way, ...] = ()


NO_OTHER_WAYS = OtherWays()


@dataclass(frozen=True, slots=True)
class FetchedPages:
    """taken == passed + pending + len(rejections); `pages` holds those passed and those rejected."""

    taken: int
    passed: int  # fetched, or entries that have no page
    pending: int  # to be tried again by a later run
    fetches: tuple[Fetch, ...]
    pages: tuple[Page, ...]
    states: tuple[PageState, ...]
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The result for one article's page, for all of its entries."""

    status: str  # done, failed, pending; left: its host could not be asked; cut: only a part came
    exchange: Exchange | None
    reason: str = ""
    detail: str = ""
    others: tuple[Exchange, ...] = ()  # of ways that failed, or of a page that led on: stored as well


async def fetch_pages(
    entries: Sequence[Entry],
    states: Mapping[str, PageState],
    fetcher: Fetcher,
    run_id: str,
    settings: PagesSettings,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
    ways: Callable[[Entry], OtherWays] = lambda entry: NO_OTHER_WAYS,
) -> FetchedPages:
    """Fetch the pages of `entries`, which are those new or edited and those whose page is to be tried again.

    `states` holds what earlier attempts left, by entry id. Entries with one article id share a fetch. What
    may pass (no answer, a part of the page, 408, 429, 5xx) is tried again after `retry_s`, doubled each time.
    What was not asked for because its host had used up its time, or is to be left alone, counts no attempt, and is
    due when that is over.
    Until then there is no `Page`, so that an article is not coded from the feed's text first and from the page
    an hour later. What will not pass, or has used up its attempts, gives a rejection and a `Page` without
    `warc_file`, so that the feed's own content is used; of a page that never came whole the part is used. An
    entry without a web address gives one at once.
    A page that shows nothing and leads to another by markup or script is followed once; where that fails, it
    is the page that was fetched. `ways` says where else the page of an entry may be had.

    Raises:
        Transient: there is no network; nothing changes then.
    """
    by_article: dict[str, list[Entry]] = {}
    for entry in entries:
        by_article.setdefault(entry.article_id, []).append(entry)
    done = 0

    async def fetch_one(group: list[Entry]) -> _Outcome:
        nonlocal done
        outcome = await _try_ways(group, fetcher, run_id, ways)
        done += 1
        if progress:
            progress(done, len(by_article))
        return outcome

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(fetch_one(group)) for group in by_article.values()]
    outcomes = [task.result() for task in running]
    exchanges = [
        exchange for outcome in outcomes for exchange in (*outcome.others, outcome.exchange) if exchange
    ]
    fetches = tuple(exchange.fetch for exchange in exchanges)
    fetcher.check_network(exchanges)
    return _gather(list(by_article.values()), outcomes, states, fetches, settings, now)


async def _try_ways(
    group: list[Entry], fetcher: Fetcher, run_id: str, ways: Callable[[Entry], OtherWays]
) -> _Outcome:
    """The first way that gives the page; else what the publisher said, or one that may still pass."""
    other = ways(group[0])
    tried: list[_Outcome] = []
    for way in (*other.before, None, *other.after):
        if way is None:
            tried.append(await _fetch_article(group, fetcher, run_id))
        else:
            tried.append(_judge(await way()))
        if tried[-1].status in ("done", "cut"):
            break
    best = tried[-1]
    if best.status not in ("done", "cut"):
        may_pass = (one for one in tried if one.status in ("pending", "left"))
        best = next(may_pass, tried[min(len(other.before), len(tried) - 1)])
    rest = [one for one in tried if one is not best]
    others = [exchange for one in rest for exchange in (*one.others, one.exchange) if exchange]
    return replace(best, others=(*others, *best.others))


async def _fetch_article(group: list[Entry], fetcher: Fetcher, run_id: str) -> _Outcome:
    entry = next((entry for entry in group if is_web_url(entry.url)), None)
    if entry is None:
        return _Outcome("done", None)
    outcome = await _fetch_page(entry, entry.url, fetcher, run_id)
    if outcome.status != "done" or outcome.exchange is None:
        return outcome
    target = _find_target(entry, outcome.exchange)
    if not target:
        return outcome
    led = await _fetch_page(entry, target, fetcher, run_id)
    if led.status == "done":
        return replace(led, others=(outcome.exchange,))
    return replace(outcome, others=(led.exchange,) if led.exchange else ())


def _find_target(entry: Entry, exchange: Exchange) -> str:
    """Where a page leads on to, unless that is above the article or the page is one that shows something."""
    if len(exchange.body) > _MAX_REDIRECT_BYTES:
        return ""
    target = find_redirect(exchange.body.decode("utf-8", "replace"), exchange.fetch.final_url)
    return "" if is_led_away(entry.url, target) else target


async def _fetch_page(entry: Entry, url: str, fetcher: Fetcher, run_id: str) -> _Outcome:
    return _judge(await fetcher.fetch(Request("page", url, run_id, entry.feed_id, entry.entry_id)))


def _judge(exchange: Exchange) -> _Outcome:
    fetch = exchange.fetch
    content_type = fetch.content_type.split(";")[0].strip().lower()
    if fetch.outcome == "ok":
        if content_type in _HTML_TYPES or content_type.endswith("+xml"):
            is_cut = fetch.error.startswith(CUT)
            return _Outcome("cut" if is_cut else "done", exchange, detail=fetch.error)
        return _Outcome("failed", exchange, "page_not_html", f"its type is {content_type}")
    detail = fetch.error or f"HTTP status {fetch.status}"
    if fetch.outcome == "refused":
        return _Outcome("failed", exchange, "page_refused", detail)
    if fetch.error.startswith(LEFT) or (fetch.outcome == "throttled" and not fetch.status):  # it was not sent
        return _Outcome("left", exchange, "page_unreachable", detail)
    passing = fetch.outcome in ("network_error", "throttled") or fetch.status >= 500
    passing = (passing or fetch.status in _PASSING_STATUSES) and not fetch.archive_url  # what was, stays so
    status = "pending" if passing else "failed"
    return _Outcome(status, exchange, "page_unreachable", detail)


def _gather(
    groups: list[list[Entry]],
    outcomes: list[_Outcome],
    states: Mapping[str, PageState],
    fetches: tuple[Fetch, ...],
    settings: PagesSettings,
    now: datetime,
) -> FetchedPages:
    pages: list[Page] = []
    rejections: list[Rejection] = []
    new_states: dict[str, PageState] = {}
    passed = pending = 0
    for group, outcome in zip(groups, outcomes, strict=True):
        for entry in group:
            state = _next_state(entry, states.get(entry.entry_id), outcome, settings, now)
            new_states[entry.entry_id] = state
            if state.status == "pending":
                pending += 1
                continue
            pages.append(_build_page(entry, outcome, now))
            if state.status == "done":
                passed += 1
            else:
                rejections.append(_reject(entry, outcome, now))
    log.info(
        "pages_fetched taken=%d passed=%d pending=%d rejected=%d",
        sum(map(len, groups)),
        passed,
        pending,
        len(rejections),
    )
    return FetchedPages(
        taken=sum(map(len, groups)),
        passed=passed,
        pending=pending,
        fetches=fetches,
        pages=tuple(pages),
        states=tuple(new_states.values()),
        rejections=tuple(rejections),
    )


def _next_state(
    entry: Entry, before: PageState | None, outcome: _Outcome, settings: PagesSettings, now: datetime
) -> PageState:
    earlier = before.attempts if before and before.status == "pending" else 0
    if outcome.status == "left":
        is_held = outcome.exchange and outcome.exchange.retry_at and not outcome.detail.startswith(LEFT)
        again_at = outcome.exchange.retry_at if outcome.exchange and is_held else None
        again_at = max(now, min(again_at or now, now + LONGEST_PAGE_WAIT))
        return PageState(entry.entry_id, "pending", earlier, again_at, outcome.detail)
    attempts = earlier + (1 if outcome.exchange else 0)
    if outcome.status == "done":
        return PageState(entry.entry_id, "done", attempts, None, "")
    if outcome.status == "cut" and attempts >= settings.max_attempts:
        return PageState(entry.entry_id, "done", attempts, None, outcome.detail)
    if outcome.status == "failed" or attempts >= settings.max_attempts:
        return PageState(entry.entry_id, "failed", attempts, None, outcome.detail)
    wait = min(timedelta(seconds=settings.retry_s * 2.0 ** min(attempts - 1, 30)), LONGEST_PAGE_WAIT)
    again_at = now + wait
    if outcome.exchange and outcome.exchange.retry_at:
        again_at = max(again_at, min(outcome.exchange.retry_at, now + LONGEST_PAGE_WAIT))
    return PageState(entry.entry_id, "pending", attempts, again_at, outcome.detail)


def _build_page(entry: Entry, outcome: _Outcome, now: datetime) -> Page:
    if outcome.status not in ("done", "cut") or outcome.exchange is None:
        return Page(entry.entry_version_id, "", entry.url, "", now, "", "", 0)
    fetch = outcome.exchange.fetch
    return Page(
        entry_version_id=entry.entry_version_id,
        fetch_id=fetch.fetch_id,
        url=entry.url,
        final_url=fetch.final_url,
        fetched_at=fetch.requested_at,
        content_type=fetch.content_type,
        warc_file=fetch.warc_file,
        warc_offset=fetch.warc_offset,
    )


def _reject(entry: Entry, outcome: _Outcome, now: datetime) -> Rejection:
    return Rejection("page", entry.entry_id, entry.feed_id, entry.url, outcome.reason, outcome.detail, now)
