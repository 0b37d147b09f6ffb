"""What a poll has to do: which feeds are due, which pages to try again, and how to split them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from transforms.records import Entry, Feed, FeedState, PageState
from transforms.settings import PollSettings
from transforms.shift_dates import shift_date

DEFAULTS = PollSettings()


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """One batch's feeds with what is known of them, and its pages to try again."""

    feeds: tuple[tuple[Feed, FeedState], ...]
    pages: tuple[tuple[Entry, PageState], ...] = ()


def match_states(subscriptions: Iterable[Feed], stored: Iterable[FeedState]) -> list[tuple[Feed, FeedState]]:
    """Pair each subscription with what is known of it; one that is new, or back again, is due at once."""
    known = {state.feed_id: state for state in stored}
    pairs = []
    for feed in subscriptions:
        state = known.get(feed.feed_id) or FeedState(feed_id=feed.feed_id, url=feed.url)
        if state.status == "removed":
            state = replace(state, status="active", next_poll_at=None)
        pairs.append((feed, state))
    return pairs


def find_removed(subscriptions: Iterable[Feed], stored: Iterable[FeedState]) -> list[FeedState]:
    """The stored states whose subscription is gone, now marked so."""
    subscribed = {feed.feed_id for feed in subscriptions}
    return [
        replace(state, status="removed", next_poll_at=None)
        for state in stored
        if state.feed_id not in subscribed and state.status != "removed"
    ]


def choose_due(
    pairs: Iterable[tuple[Feed, FeedState]],
    now: datetime,
    only_due: bool,
    settings: PollSettings = DEFAULTS,
) -> list[tuple[Feed, FeedState]]:
    """The feeds to poll now: never those that are gone, others when due, or all without `only_due`.

    A poll that is planned further ahead than `settings` allow was planned by a clock that was wrong.
    """
    furthest = shift_date(now, timedelta(seconds=settings.longest_wait_s))
    return [
        (feed, state)
        for feed, state in pairs
        if state.status == "active"
        and (not only_due or state.next_poll_at is None or not now < state.next_poll_at <= furthest)
    ]


def split_batches(
    feeds: Sequence[tuple[Feed, FeedState]],
    pages: Sequence[tuple[Entry, PageState]],
    batch_feeds: int,
    max_batches: int,
) -> list[BatchPlan]:
    """Split the work into at most `max_batches` batches, all feeds of one host in the same one.

    Hosts are dealt out largest first to the batch that has least, so batches are even; one host is never
    asked by two batches at once, which would only make them wait for each other.
    """
    by_host: dict[str, list[tuple[Feed, FeedState]]] = {}
    for feed, state in feeds:
        by_host.setdefault(urlsplit(state.url).hostname or "", []).append((feed, state))
    count = min(max_batches, max(1, -(-len(feeds) // batch_feeds)), max(1, len(by_host)))
    bins: list[list[tuple[Feed, FeedState]]] = [[] for _ in range(count)]
    for host in sorted(by_host, key=lambda host: (-len(by_host[host]), host)):
        min(bins, key=len).extend(by_host[host])
    plans = [BatchPlan(tuple(members), tuple(pages) if i == 0 else ()) for i, members in enumerate(bins)]
    return [plan for plan in plans if plan.feeds or plan.pages]
