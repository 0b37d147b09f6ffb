"""Backfilling: saved feeds, pages and WARC files become the same staging files that a poll writes."""

import shutil
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from dateline.home import Home
from dateline.steps.books import count_step, write_counts
from dateline.steps.collect_saved import SavedCollector, SavedEntries, Scope
from dateline.steps.context import Context
from dateline.steps.runs import LAST_STEP, step_of
from dateline.steps.wiring import make_archive
from ingest.archive.warc_files import iterate_exchanges, read_exchange
from ingest.feeds.subscriptions import read_subscriptions
from ingest.history.folder import find_files, make_exchange, read_saved, tell_kind, unreadable
from ingest.http.exchange import Exchange
from ingest.staging.records import find_batches, is_done, mark_done, read_records, write_records
from transforms.errors import Permanent
from transforms.identity import make_id
from transforms.records import Entry, Feed, Fetch, Page, Rejection
from transforms.urls import canonicalize_url
from warehouse.read import read_known_entries, read_loaded_batches

IMPORTS = "imports"
"""The folder of the archive with an `ImportedBatch` in a file each."""
FILES_A_BATCH = {"folder": 200, "warc": 1}


@dataclass(frozen=True, slots=True)
class BackfillParams:
    """What to load: `source` is folder or warc, `feeds` are URLs (none: all), days are YYYY-MM-DD or ""."""

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


@dataclass(frozen=True, slots=True)
class ImportedBatch:
    """What an import read, kept beside the archive's WARC files: all that a replay needs to do it again."""

    run_id: str
    batch: str
    started_at: datetime  # of the import
    params: BackfillParams
    fetches: tuple[Fetch, ...]  # with where each lies in the archive, in the order read
    rejections: tuple[Rejection, ...]  # of files that could not be read, and so are not in the archive


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a backfill, with the name below its folder that stands for it in rows."""

    path: str
    name: str


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
    """Split a source into batches; those that were loaded before are left out, so a backfill can be resumed.

    A batch is known by its files' names, sizes and times: changed files are loaded again, others are not.

    Raises:
        Permanent: the days or the path make no sense, or there is nothing to load.
    """
    _ = params.scope  # says so now if the days make no sense
    if params.source not in FILES_A_BATCH:
        raise Permanent(f"--source {params.source!r} is neither folder nor warc")
    root = Path(params.path).expanduser().absolute()
    files = find_files(root, params.source)
    base = root.parent if root.is_file() else root
    scope = (params.source, str(root), *params.feeds, params.first_day, params.last_day)
    run = context.home.staging / make_id("backfill", *scope)
    loaded = read_loaded_batches(context.home.published, run.name)
    size = FILES_A_BATCH[params.source]
    planned = []
    for number, start in enumerate(range(0, len(files), size)):
        chunk = [
            SourceFile(str(file), file.relative_to(base).as_posix()) for file in files[start : start + size]
        ]
        stats = [Path(file.path).stat() for file in chunk]
        facts = [f"{f.name} {s.st_size} {s.st_mtime_ns}" for f, s in zip(chunk, stats, strict=True)]
        batch = run / make_id(f"batch-{number:04d}", *facts)
        if (run.name, batch.name) not in loaded:
            write_records(batch / "plan.params.parquet", BackfillParams, [params])
            write_records(batch / "plan.sources.parquet", SourceFile, chunk)
            planned.append(batch)
    for batch in find_batches(run):
        if batch not in planned and not is_done(batch, LAST_STEP):
            shutil.rmtree(batch)  # its files have changed since it was planned, and are in another batch now
    run.mkdir(parents=True, exist_ok=True)
    mark_done(run, "plan")
    return planned


def import_batch(context: Context, batch: Path) -> None:
    """Archive a batch's saved feeds and pages and make entries and pages of them."""
    with step_of(batch, "import") as to_do:
        if not to_do:
            return
        started_at = datetime.now(UTC)
        [params] = read_records(batch / "plan.params.parquet", BackfillParams)
        sources = read_records(batch / "plan.sources.parquet", SourceFile)
        fetches: list[Fetch] = []
        rejections: list[Rejection] = []
        collector = open_collector(context.home, params)
        with make_archive(context.home, context.settings) as archive:
            for done, item in enumerate(_read_sources(sources, params.source, batch.parent.name), 1):
                if isinstance(item, Rejection):
                    rejections.append(item)
                    collector.reject(item)
                else:
                    warc_file, offset = archive.append(item)
                    fetch = replace(item.fetch, warc_file=warc_file, warc_offset=offset)
                    fetches.append(fetch)
                    collector.add(replace(item, fetch=fetch))
                context.progress("saved files", min(done, len(sources)), len(sources))
        write_saved(batch, collector.finish())
        imported = ImportedBatch(
            batch.parent.name, batch.name, started_at, params, tuple(fetches), tuple(rejections)
        )
        path = context.home.archive / IMPORTS / f"{imported.run_id}.{imported.batch}.parquet"
        write_records(path, ImportedBatch, [imported])


def open_collector(home: Home, params: BackfillParams) -> SavedCollector:
    """A collector that knows the subscriptions and the entries of earlier loads."""
    known = partial(read_known_entries, home.published)
    return SavedCollector(params.scope, read_subscriptions(home.feeds), known)


def write_saved(batch: Path, saved: SavedEntries) -> None:
    """Leave what was collected, and its books, for the next steps."""
    write_records(batch / "import.feeds.parquet", Feed, saved.feeds)
    write_records(batch / "import.fetches.parquet", Fetch, saved.fetches)
    write_records(batch / "import.entries.parquet", Entry, saved.entries)
    write_records(batch / "import.pages.parquet", Page, saved.pages)
    write_records(batch / "import.rejections.parquet", Rejection, saved.rejections)
    refused = len(saved.rejections)
    counts = count_step(batch, "import", saved.taken, len(saved.entries), saved.unchanged, refused)
    write_counts(batch, "import", [counts])


def read_imports(archive: Path) -> list[ImportedBatch]:
    """Every batch that was imported into the archive, oldest first."""
    paths = (archive / IMPORTS).glob("*.parquet")
    found = [imported for path in paths for imported in read_records(path, ImportedBatch)]
    return sorted(found, key=lambda imported: (imported.started_at, imported.batch))


def import_again(context: Context, imported: ImportedBatch, batch: Path) -> None:
    """Do an import again from what the archive has of it."""
    with step_of(batch, "import") as to_do:
        if not to_do:
            return
        write_records(batch / "plan.params.parquet", BackfillParams, [imported.params])
        collector = open_collector(context.home, imported.params)
        for rejection in imported.rejections:
            collector.reject(rejection)
        for fetch in imported.fetches:
            collector.add(read_exchange(context.home.archive, fetch.warc_file, fetch.warc_offset))
        write_saved(batch, collector.finish())


def _read_sources(sources: Iterable[SourceFile], source: str, run_id: str) -> Iterator[Exchange | Rejection]:
    for file in sources:
        try:
            if source == "warc":
                yield from _read_warc(Path(file.path), run_id)
            else:
                found = read_saved(Path(file.path), file.name, run_id)
                yield found or _reject(file.name, "not_a_feed", "the file is neither a feed nor a page")
        except (OSError, EOFError, zlib.error) as error:
            yield _reject(file.name, "feed_unreadable", unreadable(error))


def _read_warc(path: Path, run_id: str) -> Iterator[Exchange]:
    for found in iterate_exchanges([path]):
        kind = tell_kind(found.body) if found.fetch.outcome == "ok" else None
        if kind:
            fetch = found.fetch
            yield make_exchange(run_id, kind, fetch.url, fetch.requested_at, fetch.content_type, found.body)


def _reject(name: str, reason: str, detail: str) -> Rejection:
    return Rejection("feed", name, "", f"file:{name}", reason, detail, datetime.now(UTC))
