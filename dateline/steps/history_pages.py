"""Fetching the pages of a backfill, from their publishers and from archives, in parts that survive a stop."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from dateline.steps.backfill_params import BackfillParams
from dateline.steps.context import Context
from dateline.steps.import_window import archive_exchange, give_access
from dateline.steps.job_files import check_stop, read_job
from dateline.steps.kept_imports import keep_import
from dateline.steps.row_accounting import count_step, write_counts
from dateline.steps.run_coroutine import run_coroutine
from dateline.steps.runs import step_of
from dateline.steps.wiring import make_archive
from ingest.archive.warc_files import ArchiveWriter
from ingest.history.captures import fetch_capture, make_replay
from ingest.history.sources import SOURCES
from ingest.http.exchange import Exchange, Fetcher
from ingest.pages.fetch_pages import FetchedPages, OtherWays, Way, fetch_pages
from ingest.staging.records import read_records, write_records
from transforms.errors import Transient
from transforms.history.records import Capture, EntryCaptures, WantedPage
from transforms.records import Entry, Fetch, Page, PageState, Rejection

PART_ENTRIES = 50
"""How many pages a stop may cost; what was fetched of them is in the archive all the same."""
_LONGEST_WAIT_S = 900.0
"""A page that may be asked for again later than this is left to the next poll."""
_MOST_IDLE_S = 3_600.0
"""So long a batch waits for its host without having a page of it."""


def fetch_history_pages(context: Context, batch: Path) -> None:
    """Fetch the pages that a window named; then keep all that the import took beside the archive, for a replay.

    A page that fails for now is tried again, `pages.max_attempts` times in all.

    Raises:
        Transient: there is no network, a service is down, the disk is full, or the backfill was told to pause.
    """
    with step_of(batch, "pages") as to_do:
        [params] = read_records(batch / "plan.params.parquet", BackfillParams)
        if not to_do or not SOURCES[params.source].is_network:
            return
        wanted = {one.entry_id: one for one in read_records(batch / "import.wanted.parquet", EntryCaptures)}
        entries = [
            entry
            for entry in read_records(batch / "import.entries.parquet", Entry)
            if entry.entry_id in wanted
        ]
        parts = [
            part
            for path in sorted(batch.glob("pages-*.part.parquet"))
            for part in read_records(path, FetchedPages)
        ]
        run_coroutine(_fetch_parts(context, batch, entries, wanted, parts))
        _write_fetched(batch, parts)
        keep_import(context.home.archive, batch)


async def _fetch_parts(
    context: Context,
    batch: Path,
    entries: Sequence[Entry],
    wanted: dict[str, EntryCaptures],
    parts: list[FetchedPages],
) -> None:
    """Fetch part by part what no part has, and again what may pass, when it is due; adds to `parts`.

    Raises:
        Transient: the host wants to be left alone again and again; what was fetched is kept.
    """
    settings = context.settings.pages.model_copy(update={"retry_s": min(context.settings.pages.retry_s, 5)})
    run_id = batch.parent.name
    idle_s = 0.0
    with make_archive(context.home, context.settings) as archive:
        async with give_access(context, run_id).open_fetcher() as fetcher:
            while True:
                states = _latest_states(parts)
                left = [entry for entry in entries if _is_open(states.get(entry.entry_id))]
                if not left:
                    return
                idle_s += await _wait_for(left, states)
                if idle_s > _MOST_IDLE_S:
                    raise Transient(
                        f"{left[0].url}: its host wants to be left alone again and again; run again later, nothing "
                        "is lost"
                    )
                check_stop(context.home, run_id)
                most = min(PART_ENTRIES, context.check_stop() or PART_ENTRIES)
                some = [entry for entry in left if _is_due(states.get(entry.entry_id))][:most]
                fetched = await fetch_pages(
                    some,
                    states,
                    fetcher,
                    run_id,
                    settings,
                    datetime.now(UTC),
                    ways=partial(_list_ways, context, fetcher, archive, run_id, wanted),
                )
                write_records(batch / f"pages-{len(parts):05d}.part.parquet", FetchedPages, [fetched])
                parts.append(fetched)
                idle_s = idle_s if fetched.passed == 0 else 0.0
                done = sum(not _is_open(state) for state in _latest_states(parts).values())
                context.progress("pages", done, len(entries))


def _is_open(state: PageState | None) -> bool:
    """Whether a page is still to be had here, and not by a later poll."""
    if state is None:
        return True
    return state.status == "pending" and _count_wait(state) <= _LONGEST_WAIT_S


def _is_due(state: PageState | None) -> bool:
    return state is None or _count_wait(state) <= 0


def _count_wait(state: PageState) -> float:
    """Seconds until a page may be asked for."""
    if state.next_attempt_at is None:
        return 0.0
    return (state.next_attempt_at - datetime.now(UTC)).total_seconds()


async def _wait_for(entries: Sequence[Entry], states: dict[str, PageState]) -> float:
    """Wait until the first of some pages may be asked for; returns for how many seconds."""
    known = [states.get(entry.entry_id) for entry in entries]
    wait_s = max(0.0, min(_count_wait(state) if state else 0.0 for state in known))
    await asyncio.sleep(wait_s)
    return wait_s


def _latest_states(parts: Sequence[FetchedPages]) -> dict[str, PageState]:
    return {state.entry_id: state for part in parts for state in part.states}


def _list_ways(
    context: Context,
    fetcher: Fetcher,
    archive: ArchiveWriter,
    run_id: str,
    wanted: dict[str, EntryCaptures],
    entry: Entry,
) -> OtherWays:
    known = wanted.get(entry.entry_id) or EntryCaptures(entry.entry_id, ())

    def make_way(capture: Capture) -> Way:
        async def fetch() -> Exchange:
            published_at = entry.published_at if entry.published_trusted else None
            page = WantedPage(entry.url, published_at, run_id, entry.feed_id, entry.entry_id)
            exchange = await fetch_capture(capture, page, fetcher, context.settings.history)
            return exchange if exchange.fetch.warc_file else archive_exchange(archive, exchange)

        return fetch

    fallbacks = [one for one in _list_fallbacks(context, run_id, entry) if one not in known.captures]
    return OtherWays(tuple(map(make_way, known.captures)), tuple(map(make_way, fallbacks)))


def _list_fallbacks(context: Context, run_id: str, entry: Entry) -> tuple[Capture, ...]:
    """Where the page of a dead link may still be had: the web archive, if the backfill asks it at all."""
    job = read_job(context.home, run_id)
    is_dated = entry.published_at is not None and entry.published_trusted
    if job is None or "wayback" not in job.sources or entry.published_at is None or not is_dated:
        return ()
    return (make_replay(entry.url, entry.published_at, context.settings.history),)


def _write_fetched(batch: Path, parts: Sequence[FetchedPages]) -> None:
    """All parts together; of a page that was tried more than once the last try counts."""
    states = _latest_states(parts)
    pages = {page.entry_version_id: page for part in parts for page in part.pages}
    rejections = {one.item_id: one for part in parts for one in part.rejections}
    fetches = {one.fetch_id: one for part in parts for one in part.fetches}  # a capture may be had twice
    write_records(batch / "pages.fetches.parquet", Fetch, fetches.values())
    write_records(batch / "pages.pages.parquet", Page, pages.values())
    write_records(batch / "pages.page_states.parquet", PageState, states.values())
    write_records(batch / "pages.rejections.parquet", Rejection, rejections.values())
    pending = sum(1 for state in states.values() if state.status == "pending")
    passed = sum(1 for state in states.values() if state.status == "done")
    counts = count_step(batch, "fetch_pages", len(states), passed, pending, len(states) - passed - pending)
    write_counts(batch, "pages", [counts])
