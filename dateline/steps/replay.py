"""Replaying: build the warehouse again from the raw archive, by the same steps and without the network."""

import logging
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from dateline.home import Home, ReplayHome
from dateline.settings import Settings
from dateline.steps import planning
from dateline.steps.articles import clean_batch, code_batch
from dateline.steps.context import Context
from dateline.steps.import_window import import_again
from dateline.steps.job_files import read_job
from dateline.steps.kept_imports import (
    IMPORTS,
    ImportedBatch,
    KeptBatch,
    read_imports,
    read_kept,
    take_kept,
)
from dateline.steps.load import load_ready
from dateline.steps.load_staged import load_staged
from dateline.steps.plan_poll import write_plan
from dateline.steps.poll import fetch_batch, poll_batch
from dateline.steps.runs import find_unfinished_runs, read_start
from dateline.steps.shared_archive import pull_whole_archive
from dateline.steps.warehouse_files import find_build_file
from ingest.archive.warc_files import ArchiveFetcher, Location, iterate_exchanges, key_of
from ingest.feeds.subscriptions import read_subscriptions
from ingest.http.exchange import Fetcher
from ingest.locks import hold_named_lock
from ingest.staging.records import explain_full_disk, find_batches, mark_done
from transforms.errors import Permanent
from transforms.records import Feed, FeedState, Fetch
from warehouse.connection import BrokenFile
from warehouse.publish import replace_build
from warehouse.read import read_archived, read_feeds, read_loaded_batches, read_pages_to_retry

log = logging.getLogger("dateline")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What a replay did: how many runs, where the old warehouse file lies now, and what was left out."""

    runs: int
    kept: Path | None
    lost: tuple[str, ...]


@dataclass(slots=True)
class ArchivedPoll:
    """What the archive holds of one polling run."""

    run_id: str
    feeds: dict[str, Fetch] = field(default_factory=dict)  # by feed id; of several, the latest

    @property
    def started_at(self) -> datetime:
        return read_start(self.run_id)


def replay_archive(context: Context, *, force: bool = False) -> ReplayResult:
    """Build the warehouse again from the archive and put it in the old one's place; the old one is kept beside.

    Where the archive lacks something that the warehouse's fetches or an import name, nothing is done without
    `force`; with it, that is left out.

    The feeds' subscriptions are those of `feeds.csv` and of the warehouse as it was. A run that never came
    to be loaded is replayed as well, as the next run would have done; one that is still under way is left to
    the next run, which has to fetch what is missing.

    Raises:
        Permanent: the archive is empty, or lacks something; the warehouse is as it was.
        Transient: another replay is under way, a load is running, or the disk is full.
    """
    original = context.home
    pull_whole_archive(context)
    if not original.archive.is_dir():
        raise Permanent(f"there is no archive {original.archive}; there is nothing to replay")
    with hold_named_lock(original.path / "replay.lock", 0), explain_full_disk(original.path):
        polls, index, readable = survey_polls(original.archive)
        unfinished = find_unfinished_runs(original.staging)
        polls = [poll for poll in polls if poll.run_id not in unfinished]
        imports, damaged = read_imports(original.archive)
        kept_batches, damaged_folders = read_kept(original.archive)
        fetches = [fetch for one in imports for fetch in one.fetches]
        fetches += [fetch for _, fetched in kept_batches for fetch in fetched]
        kept_imports: list[ImportedBatch | KeptBatch] = [*imports, *(kept for kept, _ in kept_batches)]
        lost = _find_lost(context, kept_imports, fetches, [*damaged, *damaged_folders], readable)
        if lost and not force:
            raise Permanent(_explain_lost(original, lost))
        if not polls and not kept_imports:
            raise Permanent(f"the archive {original.archive} has no finished run; there is nothing to replay")
        home = ReplayHome(original.path / "replay", original)
        shutil.rmtree(home.path, ignore_errors=True)

        @asynccontextmanager
        async def open_archive(home: Home, settings: Settings, run: str) -> AsyncIterator[Fetcher]:
            yield ArchiveFetcher(home.archive, index)

        replaying = replace(context, home=home, open_fetcher=open_archive)
        former = [feed for feed, _ in _read_whole(lambda: read_feeds(original.published))]
        runs = _replay_runs(replaying, polls, kept_imports, former)
        kept = _keep_old(original)
        replace_build(home.build, find_build_file(context))
        load_ready(context)
        shutil.rmtree(home.path)
    return ReplayResult(runs, kept, tuple(lost))


def _read_whole(read: Callable[[], Sequence[T]]) -> Sequence[T]:
    """What the old warehouse says; nothing where it is damaged, as a replay is the way out of that."""
    try:
        return read()
    except BrokenFile as error:
        log.warning("replay_without_comparison path=%s error=%r", error.path, str(error))
        return []


def _find_lost(
    context: Context,
    imports: Sequence[ImportedBatch | KeptBatch],
    fetches: Sequence[Fetch],
    lost_imports: Sequence[str],
    readable: Set[Location],
) -> list[str]:
    """What the old warehouse and the imports name and the archive lacks, a sentence a file."""
    home = context.home
    named = set(_read_whole(lambda: read_archived(home.published)))
    named |= {(fetch.warc_file, fetch.warc_offset) for fetch in fetches}
    lost = Counter(file for file, offset in named if file and (file, offset) not in readable)
    whole = Counter(file for file, _ in named)
    found = [
        f"{home.archive / file} "
        + (
            f"is damaged or cut: {count} of {whole[file]} records"
            if (home.archive / file).exists()
            else "is missing"
        )
        for file, count in sorted(lost.items())
    ]
    known = {(one.run_id, one.batch) for one in imports}
    loaded = _read_whole(lambda: sorted(read_loaded_batches(home.published)))
    gone = [
        f"{home.archive / IMPORTS / f'{run}.{batch}'}{'' if read_job(home, run) else '.parquet'} is missing"
        for run, batch in loaded
        if run.startswith("backfill-") and (run, batch) not in known
    ]
    damaged = [f"{path} is damaged" for path in lost_imports]
    return found + [one for one in gone if one.replace("missing", "damaged") not in damaged] + damaged


def _explain_lost(home: Home, lost: Sequence[str]) -> str:
    more = f"; and {len(lost) - 5} more" if lost[5:] else ""
    return (
        f"the archive lacks what the warehouse was made of: {'; '.join(lost[:5])}{more}; put these files back, or "
        "run `dateline replay --force` to build the warehouse without them; it is as it was"
    )


def _keep_old(home: Home) -> Path | None:
    """Keep the old warehouse file beside the new one, under a name with the time."""
    old = next((path for path in (home.published, home.build) if path.exists()), None)
    if old is None:
        return None
    kept = home.path / f"dateline-before-replay-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.duckdb"
    try:
        kept.hardlink_to(old)  # takes no room, and the file is replaced, never changed
    except OSError:
        shutil.copyfile(old, kept)
    return kept


def survey_polls(folder: Path) -> tuple[list[ArchivedPoll], dict[str, Location], set[Location]]:
    """The archive's polling runs, oldest first, where each exchange lies by its key, and all that can be read.

    Of several with one key, which a step leaves that was killed and run again, it is the latest.
    """
    polls: dict[str, ArchivedPoll] = {}
    latest: dict[str, tuple[datetime, Location]] = {}
    readable: set[Location] = set()
    for exchange in iterate_exchanges(folder):
        fetch = exchange.fetch
        if fetch.warc_offset < 0:
            continue  # a file that somebody packed otherwise: nothing can be read from its middle
        readable.add((fetch.warc_file, fetch.warc_offset))
        if not fetch.run_id.startswith("poll-"):
            continue
        poll = polls.setdefault(fetch.run_id, ArchivedPoll(fetch.run_id))
        key = key_of(fetch)
        if key not in latest or latest[key][0] <= fetch.requested_at:
            latest[key] = (fetch.requested_at, (fetch.warc_file, fetch.warc_offset))
            if fetch.kind == "feed":
                poll.feeds[fetch.feed_id] = fetch
    index = {key: location for key, (_, location) in latest.items()}
    return sorted(polls.values(), key=lambda poll: poll.run_id), index, readable


def _replay_runs(
    context: Context,
    polls: Sequence[ArchivedPoll],
    imports: Sequence[ImportedBatch | KeptBatch],
    former: Sequence[Feed],
) -> int:
    """Do the runs again in the order in which they were done, each loaded before the next; returns how many.

    `former` are the feeds of the warehouse as it was.
    """
    subscriptions = read_subscriptions(context.home.feeds)
    feeds = {feed.feed_id: feed for feed in subscriptions}
    for feed in former:
        feeds.setdefault(feed.feed_id, feed)
    jobs: list[ArchivedPoll | ImportedBatch | KeptBatch] = sorted(
        [*polls, *imports], key=lambda job: job.started_at
    )
    runs = [(run_id, list(group)) for run_id, group in groupby(jobs, lambda job: job.run_id)]
    for done, (run_id, group) in enumerate(runs, 1):
        batches: list[Path] = []
        for job in group:
            if isinstance(job, ImportedBatch | KeptBatch):
                batches.append(_import_again(context, job))
            else:
                batches += _poll_again(context, job, feeds, subscriptions if job is polls[-1] else ())
        for batch in batches:
            clean_batch(context, batch)
            code_batch(context, batch)
        load_staged(context)
        shutil.rmtree(context.home.staging / run_id)
        context.progress("runs", done, len(runs))
    return len(runs)


def _poll_again(
    context: Context, poll: ArchivedPoll, feeds: Mapping[str, Feed], subscriptions: Sequence[Feed]
) -> list[Path]:
    """Do a poll again; known feeds that are not among `subscriptions`, if there are any, are marked so."""
    home, settings = context.home, context.settings
    stored = {state.feed_id: state for _, state in read_feeds(home.published)}
    pairs = []
    for feed_id in [
        *(known for known in feeds if known in poll.feeds),
        *sorted(poll.feeds.keys() - feeds.keys()),
    ]:
        url = poll.feeds[feed_id].url
        feed, state = feeds.get(feed_id) or Feed(feed_id, url), stored.get(feed_id) or FeedState(feed_id, url)
        pairs.append((feed, replace(state, url=url)))
    retries = read_pages_to_retry(home.published, poll.started_at)
    plans = planning.split_batches(pairs, retries, settings.poll.batch_feeds, settings.poll.max_batches)
    run = home.staging / poll.run_id
    write_plan(run, plans, planning.find_removed(subscriptions, stored.values()) if subscriptions else [])
    batches = list(find_batches(run))
    for batch in batches:
        poll_batch(context, batch)
        fetch_batch(context, batch)
    return batches


def _import_again(context: Context, imported: ImportedBatch | KeptBatch) -> Path:
    batch = context.home.staging / imported.run_id / imported.batch
    batch.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(imported, KeptBatch):
        take_kept(context.home.archive, imported, batch)
    else:
        batch.mkdir()
        import_again(context, imported, batch)
    mark_done(batch.parent, "plan")
    return batch
