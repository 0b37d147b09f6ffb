"""Reading a window of a history source: entries and pages as a poll would have brought them.

What a window gives is kept answer by answer (`import-0000.part.parquet`, each with the source's cursor), so a
stop costs one answer of the source at most.
"""

import asyncio
import logging
import os
import shutil
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import cast

from dateline.home import Home
from dateline.steps.backfill_params import BackfillParams
from dateline.steps.collect_saved import SavedCollector, SavedEntries
from dateline.steps.context import Context
from dateline.steps.job_files import further_of
from dateline.steps.kept_imports import IMPORTS, ImportedBatch
from dateline.steps.row_accounting import count_step, write_counts
from dateline.steps.run_coroutine import run_coroutine
from dateline.steps.runs import step_of
from dateline.steps.wiring import make_archive
from ingest.archive.warc_files import ArchiveWriter, read_exchange
from ingest.archive.warc_records import encode_exchange
from ingest.feeds.parse_workers import FeedParser
from ingest.feeds.subscriptions import read_subscriptions
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryWindow, Mark
from ingest.history.sources import SOURCES, open_source
from ingest.http.exchange import Exchange
from ingest.staging.records import mark_done, read_records, write_records
from transforms.errors import Permanent
from transforms.feeds.known_entries import EntryKeys, KnownEntry
from transforms.feeds.parsed_feed import NotAFeed, ParsedFeed
from transforms.history.coverage import cover_days, make_evidence, sum_states
from transforms.history.records import (
    BackfillWindow,
    Candidate,
    CoverageEvidence,
    EntryCaptures,
    WindowEnd,
)
from transforms.records import Entry, Feed, Fetch, Page, Rejection
from warehouse.read import read_known_entries

log = logging.getLogger("dateline")
_Parsed = ParsedFeed | NotAFeed | None
"""What the body of a feed gives; None for a page."""


@dataclass(frozen=True, slots=True)
class FoundPart:
    """What the source gave up to one mark; `fetches` know where their answers lie in the archive."""

    cursor: str
    fetches: tuple[Fetch, ...]
    candidates: tuple[Candidate, ...]
    rejections: tuple[Rejection, ...]


@dataclass(slots=True)
class _Import:
    """An import under way."""

    batch: Path
    collector: SavedCollector
    started_at: datetime
    parts: int = 0
    fetches: list[Fetch] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    kept: tuple[int, int, int] = (0, 0, 0)  # how many of the three are in parts
    end: WindowEnd | None = None

    def add_candidate(self, candidate: Candidate) -> None:
        self.candidates.append(candidate)
        self.collector.add_candidate(candidate, self.started_at)

    def reject(self, rejection: Rejection) -> None:
        self.rejections.append(rejection)
        self.collector.reject(rejection)

    def keep(self, cursor: str) -> None:
        """Write what came since the last mark."""
        fetches, candidates, rejections = self.kept
        part = FoundPart(
            cursor,
            tuple(self.fetches[fetches:]),
            tuple(self.candidates[candidates:]),
            tuple(self.rejections[rejections:]),
        )
        write_records(self.batch / f"import-{self.parts:05d}.part.parquet", FoundPart, [part])
        self.parts += 1
        self.kept = (len(self.fetches), len(self.candidates), len(self.rejections))


def import_batch(context: Context, batch: Path) -> None:
    """Read a batch's window, archive what the fetcher has not, and make entries and pages of it.

    Raises:
        Transient: the source cannot be read now; the window is read again from its last mark.
        Permanent: the source never can be read.
    """
    with step_of(batch, "import") as to_do:
        if not to_do:
            return
        [params] = read_records(batch / "plan.params.parquet", BackfillParams)
        [window] = read_records(batch / "plan.window.parquet", HistoryWindow)
        is_network = SOURCES[params.source].is_network
        collector = open_collector(context.home, params, keeps_known=is_network)
        state = _Import(batch, collector, datetime.now(UTC))
        with make_archive(context.home, context.settings) as archive, open_parser(context) as parser:
            run_coroutine(_read_window(context, params, window, state, archive, parser))
        saved = collector.finish()
        if is_network:
            write_found(context, batch, params, window, state.end, saved, state.started_at)
            return
        write_saved(batch, saved)
        imported = ImportedBatch(
            batch.parent.name,
            batch.name,
            state.started_at,
            params,
            tuple(state.fetches),
            tuple(state.rejections),
        )
        path = context.home.archive / IMPORTS / f"{imported.run_id}.{imported.batch}.parquet"
        write_records(path, ImportedBatch, [imported])


async def _read_window(
    context: Context,
    params: BackfillParams,
    window: HistoryWindow,
    state: _Import,
    archive: ArchiveWriter,
    parser: FeedParser,
) -> None:
    """Take up what earlier tries kept, and read the window on from there to its end."""
    parsed: dict[str, ParsedFeed | NotAFeed | None] = {}

    async def parse(exchange: Exchange) -> ParsedFeed | NotAFeed:
        found = await _parse(exchange, parser)
        parsed.clear()
        parsed[exchange.fetch.fetch_id] = found
        return found or NotAFeed("feed_unreadable", exchange.fetch.error or "there is no body")

    cursor = window.cursor
    for part in _read_parts(state.batch):
        for fetch in part.fetches:
            exchange = read_exchange(context.home.archive, fetch.warc_file, fetch.warc_offset)
            state.fetches.append(fetch)
            state.collector.add(replace(exchange, fetch=fetch), await _parse(exchange, parser))
        for candidate in part.candidates:
            state.add_candidate(candidate)
        for rejection in part.rejections:
            state.reject(rejection)
        state.parts, cursor = state.parts + 1, part.cursor
    state.kept = (len(state.fetches), len(state.candidates), len(state.rejections))
    wanted = params.make_request(read_subscriptions(context.home.feeds))
    access = replace(give_access(context, state.batch.parent.name), parse=parse)
    total = window.requests or len(window.items) or window.count or 0  # answers, as far as they are known

    def tell_progress() -> None:
        done = len(state.fetches) + len(state.rejections)
        context.progress("history", min(done, total or done), total or done)

    line = _Line(state, archive, parser)
    found = open_source(params.source).discover(window, cursor, wanted, access)
    async with aclosing(
        cast("AsyncGenerator[FoundItem, None]", found)
    ):  # a stop closes what the source opened
        async for item in found:
            if isinstance(item, Exchange):
                await line.add(item, parsed.get(item.fetch.fetch_id))
            else:
                await line.end()
            if isinstance(item, Mark):
                state.keep(item.cursor)
                context.check_stop()
            elif isinstance(item, WindowEnd):
                state.end = item
            elif isinstance(item, Rejection):
                state.reject(item)
            elif isinstance(item, Candidate):
                state.add_candidate(item)
            tell_progress()
        await line.end()
        tell_progress()


class _Line:
    """Exchanges on their way to an import: a few are packed and parsed side by side, on all cores, and all are taken
    in the order in which they came."""

    def __init__(self, state: _Import, archive: ArchiveWriter, parser: FeedParser) -> None:
        self._state = state
        self._archive = archive
        self._parser = parser
        self._most = 2 * (os.cpu_count() or 1)
        self._waiting: deque[tuple[Exchange, asyncio.Future[bytes], asyncio.Task[_Parsed]]] = deque()

    async def add(self, exchange: Exchange, known: _Parsed) -> None:
        """`known`: what its body gave, where it was parsed before."""
        packed: asyncio.Future[bytes] = asyncio.get_running_loop().run_in_executor(None, self._pack, exchange)
        self._waiting.append((exchange, packed, asyncio.create_task(self._parse(exchange, known))))
        if len(self._waiting) > self._most:
            await self._take()

    async def end(self) -> None:
        """Take what is still on its way."""
        while self._waiting:
            await self._take()

    async def _take(self) -> None:
        exchange, packed, parsed = self._waiting.popleft()
        if not exchange.fetch.warc_file:
            exchange = archive_exchange(self._archive, exchange, await packed)
        self._state.fetches.append(exchange.fetch)
        self._state.collector.add(exchange, await parsed)

    async def _parse(self, exchange: Exchange, known: _Parsed) -> _Parsed:
        return known or await _parse(exchange, self._parser)

    @staticmethod
    def _pack(exchange: Exchange) -> bytes:
        return b"" if exchange.fetch.warc_file else encode_exchange(exchange)


def _read_parts(batch: Path) -> list[FoundPart]:
    return [
        part for path in sorted(batch.glob("import-*.part.parquet")) for part in read_records(path, FoundPart)
    ]


def give_access(context: Context, run_id: str) -> HistoryAccess:
    """What a source is given. Its fetcher has no limit of time a host, as the past of a host takes what it takes, and
    leaves a host alone for a while that says nothing of how long."""
    pause_s = context.settings.history.pause_s
    http = context.settings.http.model_copy(update={"host_budget_s": 1e9, "pause_s": pause_s})
    settings = context.settings.model_copy(update={"http": http})
    opener = partial(context.open_fetcher, context.home, settings, "")
    return HistoryAccess(run_id, opener, context.settings.http, context.settings.history)


def open_parser(context: Context) -> FeedParser:
    return FeedParser(context.settings.clean, context.settings.poll.max_entries)


async def _parse(exchange: Exchange, parser: FeedParser) -> _Parsed:
    """What the body of a feed gives; None for a page, or without a body."""
    fetch = exchange.fetch
    if fetch.kind != "feed" or fetch.outcome != "ok":
        return None
    return await parser.parse(exchange.body, fetch.content_type, fetch.url)


def archive_exchange(archive: ArchiveWriter, exchange: Exchange, member: bytes | None = None) -> Exchange:
    """The exchange as the archive has it from now on. `member`: as of `ArchiveWriter.append`."""
    warc_file, offset = archive.append(exchange, member)
    return replace(exchange, fetch=replace(exchange.fetch, warc_file=warc_file, warc_offset=offset))


def open_collector(home: Home, params: BackfillParams, *, keeps_known: bool = False) -> SavedCollector:
    """A collector that knows the subscriptions, the feeds asked for and the entries of earlier loads."""
    subscriptions = read_subscriptions(home.feeds)
    asked_for = params.make_request(subscriptions).feeds

    def read_known(feed_id: str, keys: EntryKeys) -> list[KnownEntry]:
        return read_known_entries(home.published, {feed_id: keys})[feed_id]

    return SavedCollector(params.scope, [*asked_for, *subscriptions], read_known, keeps_known=keeps_known)


def write_saved(batch: Path, saved: SavedEntries, here: Sequence[Entry] | None = None) -> None:
    """Leave what was collected, and its row accounting, for the next steps.

    `here`: the entries that this batch takes, where further batches take the others.
    """
    write_records(batch / "import.feeds.parquet", Feed, saved.feeds)
    write_records(batch / "import.fetches.parquet", Fetch, saved.fetches)
    write_records(batch / "import.entries.parquet", Entry, saved.entries if here is None else here)
    write_records(batch / "import.pages.parquet", Page, saved.pages)
    write_records(batch / "import.rejections.parquet", Rejection, saved.rejections)
    refused = len(saved.rejections)
    counts = count_step(batch, "import", saved.taken, len(saved.entries), saved.unchanged, refused)
    write_counts(batch, "import", [counts])


def write_found(
    context: Context,
    batch: Path,
    params: BackfillParams,
    window: HistoryWindow,
    end: WindowEnd | None,
    saved: SavedEntries,
    started_at: datetime,
) -> None:
    """Leave what a window from the network gave: entries, which of their pages are to be fetched, and how
    complete it was. More articles than a batch takes make further batches of the same run."""
    have_page = {page.entry_version_id for page in saved.pages if page.warc_file}
    to_fetch = [entry for entry in saved.entries if entry.entry_version_id not in have_page]
    ways = {one.entry_id: one for one in saved.captures}
    most = context.settings.history.batch_articles
    parts = [to_fetch[at : at + most] for at in range(0, len(to_fetch), most)] or [[]]
    _write_further(context, batch, parts[1:], ways)
    here = [entry for entry in saved.entries if entry.entry_version_id in have_page] + parts[0]
    pages = tuple(page for page in saved.pages if page.warc_file)
    write_saved(batch, replace(saved, pages=pages), here)
    _write_ways(batch, parts[0], ways)
    found = {(feed_id, day): count for feed_id, day, count in saved.found}
    days = cover_days(end or WindowEnd("unknown"), window.feed_id, window.first_day, window.last_day, found)
    in_window = sum(
        count
        for (_, day), count in found.items()
        if (window.first_day or day) <= day <= (window.last_day or day)
    )
    row = BackfillWindow(
        batch.parent.name,
        batch.name,
        params.source,
        window.feed_id,
        window.first_day,
        window.last_day,
        sum_states(one.state for one in days) if days else (end.state if end else "unknown"),
        end.expected if end else None,
        in_window,
        len(saved.fetches),
        end.evidence if end else "",
        started_at,
    )
    write_records(batch / "import.windows.parquet", BackfillWindow, [row])
    evidence = make_evidence(batch.parent.name, batch.name, params.source, days, found)
    write_records(batch / "import.coverage.parquet", CoverageEvidence, evidence)


def _write_ways(batch: Path, entries: Sequence[Entry], ways: dict[str, EntryCaptures]) -> None:
    wanted = [ways.get(entry.entry_id) or EntryCaptures(entry.entry_id, ()) for entry in entries]
    write_records(batch / "import.wanted.parquet", EntryCaptures, wanted)


def _write_further(
    context: Context, batch: Path, parts: Sequence[Sequence[Entry]], ways: dict[str, EntryCaptures]
) -> None:
    """Further batches of the same window, aside until its import is done: `job_files.release_further`."""
    folder = further_of(context.home, batch)
    shutil.rmtree(folder, ignore_errors=True)  # of a try that was stopped
    for number, entries in enumerate(parts, 2):
        part = folder / f"{batch.name}.{number:03d}"
        part.mkdir(parents=True)
        for name in ("plan.params.parquet", "plan.window.parquet"):
            shutil.copyfile(batch / name, part / name)
        write_records(part / "import.entries.parquet", Entry, entries)
        _write_ways(part, entries, ways)
        mark_done(part, "import")


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

        with open_parser(context) as parser:
            asyncio.run(collect(parser))
        write_saved(batch, collector.finish())
