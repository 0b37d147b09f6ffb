"""Backfilling: what a history source holds becomes the same staging files that a poll writes."""

import asyncio
import logging
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from dateline.home import Home
from dateline.steps.collect_saved import SavedCollector, SavedEntries, Scope
from dateline.steps.context import Context
from dateline.steps.row_accounting import count_step, write_counts
from dateline.steps.runs import LAST_STEP, step_of
from dateline.steps.warehouse_files import with_repair
from dateline.steps.wiring import make_archive
from ingest.archive.warc_files import ArchiveWriter, read_exchange
from ingest.feeds.parse_workers import FeedParser
from ingest.feeds.subscriptions import read_subscriptions
from ingest.history.protocol import HistoryAccess, HistoryRequest, HistoryWindow
from ingest.history.sources import open_source
from ingest.http.exchange import Exchange
from ingest.staging.records import DamagedFile, find_batches, is_done, mark_done, read_records, write_records
from transforms.errors import Permanent
from transforms.feeds.parsed_feed import NotAFeed, ParsedFeed
from transforms.identity import make_id
from transforms.records import Entry, Feed, Fetch, Page, Rejection
from transforms.urls import canonicalize_url
from warehouse.read import read_known_entries, read_loaded_batches, read_rejection_counts

log = logging.getLogger("dateline")

IMPORTS = "imports"
"""The folder of the archive with an `ImportedBatch` in a file each."""


@dataclass(frozen=True, slots=True)
class BackfillParams:
    """What to load: `source` is a name in `ingest.history.sources`, `path` is "" for those that read no files,
    `feeds` are URLs (none: all), days are YYYY-MM-DD or ""."""

    source: str
    path: str
    feeds: tuple[str, ...] = ()
    first_day: str = ""
    last_day: str = ""

    @property
    def scope(self) -> Scope:
        """The days and feeds wanted.

        Raises:
            Permanent: a day is no day, or the last comes before the first.
        """
        first, last = parse_day(self.first_day, "--from"), parse_day(self.last_day, "--to")
        if first and last and first > last:
            raise Permanent(f"--from {first} is after --to {last}")
        return Scope(first, last, frozenset(map(canonicalize_url, self.feeds)))

    def make_request(self, subscriptions: Iterable[Feed]) -> HistoryRequest:
        """The same, as a source is asked; a feed that is not among `subscriptions` is one of its own.

        Raises:
            Permanent: as `scope` does.
        """
        path = str(Path(self.path).expanduser().absolute()) if self.path else ""
        known = {canonicalize_url(feed.url): feed for feed in subscriptions}
        feeds = (known.get(canonicalize_url(url)) or Feed(make_id("fd1", url), url) for url in self.feeds)
        return HistoryRequest(path, tuple(feeds), self.scope.first, self.scope.last)


@dataclass(frozen=True, slots=True)
class ImportedBatch:
    """What an import read, kept beside the archive's WARC files: all that a replay needs to do it again."""

    run_id: str
    batch: str
    started_at: datetime  # of the import
    params: BackfillParams
    fetches: tuple[Fetch, ...]  # with where each lies in the archive, in the order read
    rejections: tuple[Rejection, ...]  # of files that could not be read, and so are not in the archive


def parse_day(text: str, option: str) -> date | None:
    """A day given by the user; None for "".

    Raises:
        Permanent: it is no day.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Permanent(f"{option} {text!r} is no day; write it as YYYY-MM-DD, such as 2026-03-02") from error


def plan_backfill(context: Context, params: BackfillParams) -> list[Path]:
    """As `plan_windows`; returns the batches that are still to be loaded.

    Raises:
        Permanent, Transient: as `plan_windows` does.
    """
    return [batch for batch, is_waiting in plan_windows(context, params).items() if is_waiting]


def plan_windows(context: Context, params: BackfillParams) -> dict[Path, bool]:
    """Make a batch of each window of a source, but not of loaded ones, so a backfill can be resumed.

    Returns the batches of all windows, and whether each is still to be loaded. A batch is known by its window's
    name and facts: what has changed is loaded again, what has not is not.

    Raises:
        Permanent: there is no such source, the request makes no sense to it, or there is nothing to load.
        Transient: the source cannot be asked now; the same call again carries on.
    """
    source = open_source(params.source)
    wanted = params.make_request(read_subscriptions(context.home.feeds))
    scope = (params.source, wanted.path, *params.feeds, params.first_day, params.last_day)
    run = context.home.staging / make_id("backfill", *scope)
    loaded = with_repair(context, lambda: read_loaded_batches(context.home.published, run.name))
    planned: dict[Path, bool] = {}  # whether there is anything to do

    async def plan() -> None:
        async for window in source.plan(wanted, _give_access(context, run.name)):
            batch = run / make_id(window.name, *window.facts)
            if batch in planned:
                raise Permanent(f"the source {params.source!r} plans {window.name!r} twice; report this")
            planned[batch] = (run.name, batch.name) not in loaded
            if planned[batch]:
                write_records(batch / "plan.params.parquet", BackfillParams, [params])
                write_records(batch / "plan.window.parquet", HistoryWindow, [window])

    asyncio.run(plan())
    if not planned:
        raise Permanent(f"the source {params.source!r} holds nothing of what was asked for")
    waiting = [batch for batch, is_waiting in planned.items() if is_waiting]
    for batch in find_batches(run):
        if batch not in waiting and not is_done(batch, LAST_STEP):
            shutil.rmtree(batch)  # its window has changed since it was planned, and makes another batch now
    run.mkdir(parents=True, exist_ok=True)
    mark_done(run, "plan")
    log.info(
        "backfill_planned run=%s batches=%d loaded=%d", run.name, len(waiting), len(planned) - len(waiting)
    )
    return planned


def count_unreadable(context: Context, planned: Iterable[Path]) -> int:
    """How many records of a backfill's loaded batches, all of one run, could not be read."""
    planned = list(planned)
    counts = read_rejection_counts(context.home.published, planned[0].parent.name, "record_unreadable")
    return sum(counts.get(batch.name, 0) for batch in planned)


def _give_access(context: Context, run_id: str) -> HistoryAccess:
    # a backfill keeps its name when it is carried on, on other days as well: a host has its time a window
    opener = partial(context.open_fetcher, context.home, context.settings, "")
    return HistoryAccess(run_id, opener, context.settings.http)


def import_batch(context: Context, batch: Path) -> None:
    """Read a batch's window, archive what the fetcher has not, and make entries and pages of it.

    Raises:
        Transient: the source cannot be read now; the window is read again from its beginning.
        Permanent: the source never can be read.
    """
    with step_of(batch, "import") as to_do:
        if not to_do:
            return
        started_at = datetime.now(UTC)
        [params] = read_records(batch / "plan.params.parquet", BackfillParams)
        [window] = read_records(batch / "plan.window.parquet", HistoryWindow)
        fetches: list[Fetch] = []
        rejections: list[Rejection] = []
        collector = open_collector(context.home, params)
        access = _give_access(context, batch.parent.name)
        total = window.count or len(window.items)

        async def collect(archive: ArchiveWriter, parser: FeedParser) -> None:
            async for item in open_source(params.source).read(window, access):
                if isinstance(item, Rejection):
                    rejections.append(item)
                    collector.reject(item)
                else:
                    exchange = item if item.fetch.warc_file else _archive(archive, item)
                    fetches.append(exchange.fetch)
                    collector.add(exchange, await _parse(exchange, parser))
                done = len(fetches) + len(rejections)
                context.progress("history", min(done, total or done), total or done)

        with make_archive(context.home, context.settings) as archive, _open_parser(context) as parser:
            asyncio.run(collect(archive, parser))
        write_saved(batch, collector.finish())
        imported = ImportedBatch(
            batch.parent.name, batch.name, started_at, params, tuple(fetches), tuple(rejections)
        )
        path = context.home.archive / IMPORTS / f"{imported.run_id}.{imported.batch}.parquet"
        write_records(path, ImportedBatch, [imported])


def _open_parser(context: Context) -> FeedParser:
    return FeedParser(context.settings.clean, context.settings.poll.max_entries)


async def _parse(exchange: Exchange, parser: FeedParser) -> ParsedFeed | NotAFeed | None:
    """What the body of a feed gives; None for a page, or without a body."""
    fetch = exchange.fetch
    if fetch.kind != "feed" or fetch.outcome != "ok":
        return None
    return await parser.parse(exchange.body, fetch.content_type, fetch.url)


def _archive(archive: ArchiveWriter, exchange: Exchange) -> Exchange:
    warc_file, offset = archive.append(exchange)
    return replace(exchange, fetch=replace(exchange.fetch, warc_file=warc_file, warc_offset=offset))


def open_collector(home: Home, params: BackfillParams) -> SavedCollector:
    """A collector that knows the subscriptions, the feeds asked for and the entries of earlier loads."""
    subscriptions = read_subscriptions(home.feeds)
    asked_for = params.make_request(subscriptions).feeds
    known = partial(read_known_entries, home.published)
    return SavedCollector(params.scope, [*asked_for, *subscriptions], known)


def write_saved(batch: Path, saved: SavedEntries) -> None:
    """Leave what was collected, and its row accounting, for the next steps."""
    write_records(batch / "import.feeds.parquet", Feed, saved.feeds)
    write_records(batch / "import.fetches.parquet", Fetch, saved.fetches)
    write_records(batch / "import.entries.parquet", Entry, saved.entries)
    write_records(batch / "import.pages.parquet", Page, saved.pages)
    write_records(batch / "import.rejections.parquet", Rejection, saved.rejections)
    refused = len(saved.rejections)
    counts = count_step(batch, "import", saved.taken, len(saved.entries), saved.unchanged, refused)
    write_counts(batch, "import", [counts])


def read_imports(archive: Path) -> tuple[list[ImportedBatch], list[str]]:
    """Every batch that was imported into the archive, oldest first, and the files that are damaged."""
    found: list[ImportedBatch] = []
    damaged: list[str] = []
    for path in sorted((archive / IMPORTS).glob("*.parquet")):
        try:
            found += read_records(path, ImportedBatch)
        except DamagedFile:
            damaged.append(str(path))
    return sorted(found, key=lambda imported: (imported.started_at, imported.batch)), damaged


def import_again(context: Context, imported: ImportedBatch, batch: Path) -> None:
    """Do an import again from what the archive has of it; what it lacks is a rejection."""
    with step_of(batch, "import") as to_do:
        if not to_do:
            return
        write_records(batch / "plan.params.parquet", BackfillParams, [imported.params])
        collector = open_collector(context.home, imported.params)
        for rejection in imported.rejections:
            collector.reject(rejection)

        async def collect(parser: FeedParser) -> None:
            for fetch in imported.fetches:
                try:
                    exchange = read_exchange(context.home.archive, fetch.warc_file, fetch.warc_offset)
                except Permanent as error:
                    item = (fetch.fetch_id, fetch.feed_id, fetch.url, "record_unreadable", str(error))
                    collector.reject(Rejection("page", *item, fetch.requested_at))
                else:
                    collector.add(exchange, await _parse(exchange, parser))

        with _open_parser(context) as parser:
            asyncio.run(collect(parser))
        write_saved(batch, collector.finish())
