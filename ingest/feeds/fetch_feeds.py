"""Ask feeds what is new: fetch, parse and decide when to ask again."""

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.feeds.parse_workers import FeedParser, ReadFeed
from ingest.http.client import CUT
from ingest.http.exchange import Exchange, Fetcher, Request
from transforms.articles.page_redirects import find_redirect
from transforms.errors import Permanent, Transient
from transforms.feeds.decide_entries import ReadEntries
from transforms.feeds.parsed_feed import NotAFeed
from transforms.feeds.schedule import next_state
from transforms.records import Feed, FeedState, Rejection
from transforms.settings import CleanSettings, PollSettings

log = logging.getLogger("dateline.poll")

_ENTRY_END = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_VALIDATORS = ("etag", "last-modified")
_REASONS = {"gone": "feed_gone", "refused": "feed_refused"}


@dataclass(frozen=True, slots=True)
class PolledFeed:
    """The result for one feed: `entries` when it gave one, a rejection when it failed, neither for a 304."""

    feed: Feed
    exchange: Exchange
    state: FeedState
    entries: ReadEntries | None
    rejections: tuple[Rejection, ...]


async def poll_feeds(
    pairs: Sequence[tuple[Feed, FeedState]],
    fetcher: Fetcher,
    run_id: str,
    settings: PollSettings,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
    workers: CleanSettings | None = None,
) -> list[PolledFeed]:
    """Ask all of `pairs` at once (the fetcher limits how many go out), in their order.

    `now` is when the run began; `progress` gets how many feeds are done and how many there are. Feeds are
    parsed in processes as `workers` says. A feed's failure is a rejection and a state and does not touch the
    others.

    Raises:
        Transient: there is no network; no state changes then.
    """
    done = 0

    async def poll_one(feed: Feed, state: FeedState) -> PolledFeed:
        nonlocal done
        polled = await _poll_feed(feed, state, fetcher, parser, run_id, settings, now)
        done += 1
        if progress:
            progress(done, len(pairs))
        return polled

    with FeedParser(workers or CleanSettings(), settings.max_entries) as parser:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(poll_one(feed, state)) for feed, state in pairs]
    polled = [task.result() for task in tasks]
    fetcher.check_network([one.exchange for one in polled])
    return polled


async def _poll_feed(
    feed: Feed,
    state: FeedState,
    fetcher: Fetcher,
    parser: FeedParser,
    run_id: str,
    settings: PollSettings,
    now: datetime,
) -> PolledFeed:
    # in the middle of a feed a 304 would hide the entries that are still to be read
    validators = ("", "") if state.entries_read else (state.etag, state.last_modified)
    request = Request("feed", state.url, run_id, feed.feed_id, "", *validators)
    exchange = await fetcher.fetch(request)
    if exchange.fetch.error.startswith(CUT):
        exchange, state = _drop_cut_end(exchange), replace(state, etag="", last_modified="")
    try:
        read = await _read(exchange, parser, feed, state.entries_read)
        return _build(feed, state, exchange, read, settings, now)
    except (Transient, Permanent):
        raise
    except Exception as error:  # whatever a feed or its headers do to us is that feed's failure
        return fail_feed(feed, state, exchange, error, settings, now)


def _drop_cut_end(exchange: Exchange) -> Exchange:
    """Without the entry that broke off, which would pass for an edited one, and without validators: with
    those a 304 would hide what is missing."""
    ends = [match.end() for match in _ENTRY_END.finditer(exchange.body)]
    headers = {name: value for name, value in exchange.headers.items() if name not in _VALIDATORS}
    return replace(exchange, headers=headers, body=exchange.body[: ends[-1]] if ends else exchange.body)


def fail_feed(
    feed: Feed, state: FeedState, exchange: Exchange, error: Exception, settings: PollSettings, now: datetime
) -> PolledFeed:
    """The result for a feed that something failed on which nobody foresaw; `state` is that before."""
    failure = NotAFeed("feed_unreadable", f"{type(error).__name__}: {error}"[:300])
    plain = replace(exchange, headers={}, moved_to="", retry_at=None)
    return _build(feed, state, plain, failure, settings, now)


def _build(
    feed: Feed,
    state: FeedState,
    exchange: Exchange,
    read: ReadFeed | NotAFeed | None,
    settings: PollSettings,
    now: datetime,
) -> PolledFeed:
    fetch = exchange.fetch
    parsed = read.facts if isinstance(read, ReadFeed) else read
    new_state = next_state(
        state, fetch, exchange.headers, exchange.moved_to, exchange.retry_at, parsed, now, settings
    )
    if new_state.url != state.url:
        log.info("feed_moved feed_id=%s from=%s to=%s", feed.feed_id, state.url, new_state.url)
    if isinstance(read, ReadFeed):
        if left := read.facts.left_out:
            log.info("feed_in_parts feed_id=%s read=%d left=%d", feed.feed_id, new_state.entries_read, left)
        return PolledFeed(feed, exchange, new_state, read.entries, ())
    if isinstance(read, NotAFeed):
        reason, detail = read.reason, describe_no_feed(read)
    elif fetch.outcome == "not_modified":
        return PolledFeed(feed, exchange, new_state, None, ())
    else:
        reason, detail = _REASONS.get(fetch.outcome, "feed_unreachable"), new_state.last_error
    rejection = Rejection("feed", feed.feed_id, feed.feed_id, state.url, reason, detail, fetch.requested_at)
    log.info("feed_failed feed_id=%s url=%s reason=%s detail=%r", feed.feed_id, state.url, reason, detail)
    return PolledFeed(feed, exchange, new_state, None, (rejection,))


async def _read(exchange: Exchange, parser: FeedParser, feed: Feed, skip: int) -> ReadFeed | NotAFeed | None:
    fetch = exchange.fetch
    if fetch.outcome != "ok":
        return None
    read = await parser.read(exchange.body, feed, fetch, skip)
    if isinstance(read, NotAFeed) and read.reason == "not_a_feed":
        target = find_redirect(exchange.body.decode("utf-8", "replace"), fetch.final_url)
        return replace(read, detail=f"{read.detail}, which leads on to {target}") if target else read
    return read


def describe_no_feed(found: NotAFeed) -> str:
    """Why a body is no feed, with the feeds that the page names."""
    if not found.advertised:
        return found.detail
    return f"{found.detail}, which advertises " + ", ".join(link.url for link in found.advertised)
