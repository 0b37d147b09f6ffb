"""Replaying: build the warehouse again from the raw archive, by the same steps and without the network."""

import logging
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from dateline.context import Context
from dateline.planning import BatchPlan
from dateline.runs import read_start, step_of
from dateline.settings import Home, Settings
from dateline.steps.articles import clean_batch, code_batch
from dateline.steps.backfill import open_collector, read_archived_params, write_saved
from dateline.steps.load import load_ready, load_staged
from dateline.steps.poll import fetch_batch, poll_batch, write_plan
from ingest.archive import ArchiveFetcher, iterate_exchanges, key_of, read_exchange
from ingest.exchange import Fetcher
from ingest.subscriptions import read_subscriptions
from transforms.errors import Permanent
from transforms.records import Feed, FeedState, Fetch
from warehouse.publish import replace_build
from warehouse.read import read_feeds, read_pages_to_retry

log = logging.getLogger("dateline")
Location = tuple[str, int]


@dataclass(frozen=True, slots=True)
class ReplayHome(Home):
    """Where a replay builds: its own staging and build file, all else of the home that it replays.

    Nobody sees the replay's file before its end, so its steps read the build file instead of a published
    copy, which would have to be made anew for every run.
    """

    original: Home

    @property
    def published(self) -> Path:
        return self.build

    @property
    def archive(self) -> Path:
        return self.original.archive

    @property
    def cache(self) -> Path:
        return self.original.cache

    @property
    def feeds(self) -> Path:
        return self.original.feeds

    @property
    def seeds(self) -> Path:
        return self.original.seeds


@dataclass(slots=True)
class ArchivedRun:
    """What the archive holds of one run: its feeds' fetches, and where everything lies, oldest first."""

    run_id: str
    started_at: datetime
    feeds: dict[str, Fetch] = field(default_factory=dict)  # by feed id; of several, the latest
    locations: list[Location] = field(default_factory=list)

    @property
    def is_backfill(self) -> bool:
        return self.run_id.startswith("backfill-")


def replay_archive(context: Context) -> int:
    """Build the warehouse again from the archive and put it in the old one's place; returns how many runs.

    The feeds' subscriptions are those of `feeds.csv` and of the warehouse as it was. A run that never came
    to be loaded is replayed as well, as the next run would have done.

    Raises:
        Permanent: the archive is empty or damaged; the warehouse is as it was.
    """
    original = context.home
    runs, index = survey_archive(original.archive)
    if not runs:
        raise Permanent(f"the archive {original.archive} is empty; there is nothing to replay")
    home = ReplayHome(original.path / "replay", original)
    shutil.rmtree(home.path, ignore_errors=True)

    @asynccontextmanager
    async def open_archive(home: Home, settings: Settings) -> AsyncIterator[Fetcher]:
        yield ArchiveFetcher(home.archive, index)

    feeds = {feed.feed_id: feed for feed, _ in read_feeds(original.published)}
    feeds |= {feed.feed_id: feed for feed in read_subscriptions(original.feeds)}
    replaying = replace(context, home=home, open_fetcher=open_archive)
    for done, run in enumerate(runs, 1):
        batch = home.staging / run.run_id / "batch-000"
        if run.is_backfill:
            _import_again(replaying, run, batch)
        else:
            _poll_again(replaying, run, batch, feeds)
        clean_batch(replaying, batch)
        code_batch(replaying, batch)
        load_staged(replaying)
        shutil.rmtree(batch.parent)
        context.progress("runs", done, len(runs))
    replace_build(home.build, original.build, lock_wait_s=context.settings.number("load.lock_wait_s"))
    load_ready(context)
    shutil.rmtree(home.path)
    return len(runs)


def survey_archive(folder: Path) -> tuple[list[ArchivedRun], dict[str, Location]]:
    """The archive's runs, oldest first, and where each exchange lies by its key (of several, the latest)."""
    runs: dict[str, ArchivedRun] = {}
    latest: dict[str, tuple[datetime, Location]] = {}
    for fetch in _read_fetches(folder):
        run = runs.get(fetch.run_id)
        if run is None:
            is_poll = fetch.run_id.startswith("poll-")
            started_at = read_start(fetch.run_id) if is_poll else fetch.requested_at
            run = runs[fetch.run_id] = ArchivedRun(fetch.run_id, started_at)
        location = (fetch.warc_file, fetch.warc_offset)
        run.locations.append(location)
        key = key_of(fetch)
        if key not in latest or latest[key][0] <= fetch.requested_at:
            latest[key] = (fetch.requested_at, location)
            if fetch.kind == "feed":
                run.feeds[fetch.feed_id] = fetch
    index = {key: location for key, (_, location) in latest.items()}
    return sorted(runs.values(), key=lambda run: (run.started_at, run.run_id)), index


def _read_fetches(folder: Path) -> Iterator[Fetch]:
    for exchange in iterate_exchanges(folder):
        if exchange.fetch.run_id:
            yield exchange.fetch


def _poll_again(context: Context, run: ArchivedRun, batch: Path, feeds: Mapping[str, Feed]) -> None:
    states = {state.feed_id: state for _, state in read_feeds(context.home.published)}
    pairs = []
    for feed_id, fetch in run.feeds.items():
        feed = feeds.get(feed_id) or Feed(feed_id, fetch.url)
        state = states.get(feed_id) or FeedState(feed_id, fetch.url)
        pairs.append((feed, replace(state, url=fetch.url)))
    retries = read_pages_to_retry(context.home.published, run.started_at)
    write_plan(batch.parent, [BatchPlan(tuple(pairs), tuple(retries))], [])
    poll_batch(context, batch)
    fetch_batch(context, batch)


def _import_again(context: Context, run: ArchivedRun, batch: Path) -> None:
    batch.mkdir(parents=True)
    write_plan(batch.parent, [], [])
    params = read_archived_params(context.home, run.run_id)
    collector = open_collector(context.home, params)
    for location in run.locations:
        collector.add(read_exchange(context.home.archive, *location))
    with step_of(batch, "import"):
        write_saved(batch, params, collector.finish())
