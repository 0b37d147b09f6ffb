"""Polling: ask feeds, and fetch the pages of what is new."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from dateline.steps.context import Context
from dateline.steps.row_accounting import count_step, read_entries, write_counts
from dateline.steps.run_coroutine import run_coroutine
from dateline.steps.runs import read_start, step_of
from ingest.feeds.fetch_feeds import PolledFeed, fail_feed, poll_feeds
from ingest.pages.fetch_pages import FetchedPages, fetch_pages
from ingest.staging.records import read_records, write_records
from transforms.feeds.decide_entries import EntryDecision, decide_entries
from transforms.feeds.known_entries import KnownEntry
from transforms.history.coverage import find_poll_gap, make_evidence
from transforms.history.records import CoverageEvidence, DayEvidence
from transforms.records import Entry, Feed, FeedState, Fetch, Page, PageState, Rejection
from warehouse.read import has_entries, read_known_entries


def poll_batch(context: Context, batch: Path) -> None:
    """Ask the batch's feeds, and decide about every entry that they bring.

    Raises:
        Transient: there is no network, or the disk is full.
    """
    with step_of(batch, "poll") as to_do:
        if not to_do:
            return
        feeds = read_records(batch / "plan.feeds.parquet", Feed)
        states = read_records(batch / "plan.known_states.parquet", FeedState)
        asked = run_coroutine(_poll(context, list(zip(feeds, states, strict=True)), batch.parent.name))
        now = read_start(batch.parent.name)
        keys = {item.feed.feed_id: item.entries.keys for item in asked if item.entries}
        stored = read_known_entries(context.home.published, keys)
        decided = [
            _decide(context, item, state, stored.get(item.feed.feed_id, ()), now)
            for item, state in zip(asked, states, strict=True)
        ]
        polled, decisions = [item for item, _, _ in decided], [decision for _, decision, _ in decided]
        gaps = make_evidence(
            batch.parent.name, batch.name, "poll", (day for _, _, lost in decided for day in lost), {}
        )
        entries = [entry for decision in decisions for entry in decision.entries]
        refused = [rejection for decision in decisions for rejection in decision.rejections]
        failed = [rejection for item in polled for rejection in item.rejections]
        write_records(batch / "poll.fetches.parquet", Fetch, [item.exchange.fetch for item in polled])
        write_records(batch / "poll.states.parquet", FeedState, [item.state for item in polled])
        write_records(batch / "poll.entries.parquet", Entry, entries)
        write_records(batch / "poll.rejections.parquet", Rejection, failed + refused)
        write_records(batch / "poll.coverage.parquet", CoverageEvidence, gaps)
        unchanged = sum(1 for item in polled if item.entries is None and not item.rejections)
        taken, known = sum(item.taken for item in decisions), sum(item.unchanged for item in decisions)
        parsed = len(polled) - unchanged - len(failed)
        counts = [
            count_step(batch, "poll_feeds", len(polled), parsed, unchanged, len(failed)),
            count_step(batch, "poll_entries", taken, len(entries), known, len(refused)),
        ]
        write_counts(batch, "poll", counts)


async def _poll(context: Context, pairs: list[tuple[Feed, FeedState]], run_id: str) -> list[PolledFeed]:
    async with context.open_fetcher(context.home, context.settings, run_id) as fetcher:
        return await poll_feeds(
            pairs,
            fetcher,
            run_id,
            context.settings.poll,
            read_start(run_id),
            partial(context.progress, "feeds"),
            context.settings.clean,
        )


def _decide(
    context: Context, item: PolledFeed, before: FeedState, known: Sequence[KnownEntry], now: datetime
) -> tuple[PolledFeed, EntryDecision, list[DayEvidence]]:
    """Decide about a feed's entries by what is known of them, and tell the days of which it has lost some; a feed
    that makes this fail fails alone.

    `before` is the feed's state as it was, so that a feed that fails is asked for the same again.
    """
    nothing = EntryDecision(0, (), (), ())
    if item.entries is None:
        return item, nothing, []
    try:
        decision = decide_entries(item.entries, known)
    except Exception as error:
        failed = fail_feed(item.feed, before, item.exchange, error, context.settings.poll, now)
        return failed, nothing, []
    lost = [] if known else _find_lost_days(context, before, decision, item.exchange.fetch.requested_at)
    return item, decision, lost


def _find_lost_days(
    context: Context, before: FeedState, decision: EntryDecision, at: datetime
) -> list[DayEvidence]:
    """The days of a feed that lost entries, as none of these was known."""
    is_first = before.last_success_at is None or before.entries_read or not decision.entries
    if is_first or before.last_success_at is None or not has_entries(context.home.published, before.feed_id):
        return []
    dated = [
        entry.published_at for entry in decision.entries if entry.published_trusted and entry.published_at
    ]
    return find_poll_gap(before.feed_id, before.last_success_at, min(dated, default=None), at)


def fetch_batch(context: Context, batch: Path) -> None:
    """Fetch the pages of the batch's new and edited entries, and those to be tried again.

    Raises:
        Transient: there is no network, or the disk is full.
    """
    with step_of(batch, "fetch") as to_do:
        if not to_do:
            return
        entries = read_entries(batch)
        states = read_records(batch / "plan.retry_states.parquet", PageState)
        fetched = run_coroutine(_fetch(context, entries, states, batch.parent.name))
        write_records(batch / "fetch.fetches.parquet", Fetch, fetched.fetches)
        write_records(batch / "fetch.pages.parquet", Page, fetched.pages)
        write_records(batch / "fetch.page_states.parquet", PageState, fetched.states)
        write_records(batch / "fetch.rejections.parquet", Rejection, fetched.rejections)
        refused = len(fetched.rejections)
        counts = [count_step(batch, "fetch_pages", fetched.taken, fetched.passed, fetched.pending, refused)]
        write_counts(batch, "fetch", counts)


async def _fetch(
    context: Context, entries: list[Entry], states: list[PageState], run_id: str
) -> FetchedPages:
    async with context.open_fetcher(context.home, context.settings, run_id) as fetcher:
        return await fetch_pages(
            entries,
            {state.entry_id: state for state in states},
            fetcher,
            run_id,
            context.settings.pages,
            read_start(run_id),
            partial(context.progress, "pages"),
        )
