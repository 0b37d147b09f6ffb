"""What earlier runs left in the published file, as records; nothing where there is no file yet."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import duckdb

from transforms.feeds.known_entries import EntryKeys, KnownEntry
from transforms.records import Document, Entry, Feed, FeedState, PageState, Toponym
from transforms.settings import LONGEST_PAGE_WAIT
from transforms.shift_dates import shift_date
from warehouse.connection import open_published
from warehouse.sql_files import read_sql

log = logging.getLogger(__name__)
T = TypeVar("T")
_ONE_AT_A_TIME = Lock()
"""DuckDB shares what it opened under one path within a process: while one thread reads, another would be given the
file as it was, though it was published again meanwhile."""


def read_feeds(published: Path) -> list[tuple[Feed, FeedState]]:
    """Every feed ever polled with its state, by id; removed and gone ones included."""
    return _to_feeds(_read(published, "read_feeds", {}))


def read_known_entries(published: Path, keys: Mapping[str, EntryKeys]) -> dict[str, list[KnownEntry]]:
    """By feed id the latest version of each entry of the feed that is known by its id, its address or its title.

    The table is read once, however many feeds there are: each reading takes as long as the table is large.
    """
    found: dict[str, list[KnownEntry]] = {feed_id: [] for feed_id in keys}
    values = {
        "feed_ids": list(keys),
        "entry_ids": [one for asked in keys.values() for one in asked.entry_ids],
        "canonical_urls": [one for asked in keys.values() for one in asked.canonical_urls],
        "titles": [one for asked in keys.values() for one in asked.titles],
    }
    rows = _read(published, "read_known_entries", values) if keys else []
    wanted = {feed_id: frozenset(_name_keys(asked)) for feed_id, asked in keys.items()}
    for row in rows:  # what one feed asks for another may have
        names = {(name, row[name]) for name in ("entry_id", "canonical_url", "title")}
        if not names.isdisjoint(wanted[row["feed_id"]]):
            found[row["feed_id"]].append(_to_record(KnownEntry, row))
    return found


def _name_keys(keys: EntryKeys) -> Iterator[tuple[str, str]]:
    yield from (("entry_id", one) for one in keys.entry_ids)
    yield from (("canonical_url", one) for one in keys.canonical_urls)
    yield from (("title", one) for one in keys.titles)


def read_pages_to_retry(published: Path, now: datetime) -> list[tuple[Entry, PageState]]:
    """The latest version of each entry whose page is pending and due at `now`, the longest waiting first."""
    return _to_pages(_read(published, "read_pages_to_retry", _until(now)))


def read_loaded_batches(published: Path, run_id: str | None = None) -> set[tuple[str, str]]:
    """(run id, batch) of every batch that is published; only of `run_id` where it is given."""
    return _to_batches(_read(published, "read_loaded_batches", {"run_id": run_id}))


@dataclass(frozen=True, slots=True)
class PollPast:
    """What a poll is planned from: all that `read_loaded_batches`, `read_feeds` and `read_pages_to_retry` give."""

    loaded: set[tuple[str, str]]
    feeds: list[tuple[Feed, FeedState]]
    pages: list[tuple[Entry, PageState]]


def read_poll_past(published: Path, now: datetime) -> PollPast:
    """`now`: when pages are to be due."""
    queries = {"read_loaded_batches": {"run_id": None}, "read_feeds": {}, "read_pages_to_retry": _until(now)}
    batches, feeds, pages = _read_all(published, queries)
    return PollPast(_to_batches(batches), _to_feeds(feeds), _to_pages(pages))


def _until(now: datetime) -> dict[str, Any]:
    return {"now": now, "furthest": shift_date(now, LONGEST_PAGE_WAIT)}


def _to_batches(rows: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    return {(row["run_id"], row["batch"]) for row in rows}


def _to_feeds(rows: Iterable[dict[str, Any]]) -> list[tuple[Feed, FeedState]]:
    return [(_to_record(Feed, row), _to_record(FeedState, row | {"url": row["poll_url"]})) for row in rows]


def _to_pages(rows: Iterable[Mapping[str, Any]]) -> list[tuple[Entry, PageState]]:
    return [(_to_record(Entry, row), _to_record(PageState, row)) for row in rows]


def read_rejection_counts(published: Path, run_id: str, reason: str) -> dict[str, int]:
    """How much was rejected for `reason` in each batch of a run that has any."""
    rows = _read(published, "read_rejection_counts", {"run_id": run_id, "reason": reason})
    return {row["batch"]: row["rejected"] for row in rows}


def read_archived(published: Path) -> list[tuple[str, int]]:
    """The WARC file and the offset in it of every fetch that lies in the archive."""
    return [(row["warc_file"], row["warc_offset"]) for row in _read(published, "read_archived", {})]


def read_article(published: Path, identifier: str) -> tuple[Document, str] | None:
    """An article as a coder reads it, and what kind of page it is; None where none has this id.

    `identifier` is an `article_version_id`, or an `article_id`: then it is the version that counts.
    """
    rows = _read(published, "read_article", {"id": identifier})
    return (_to_record(Document, rows[0]), str(rows[0]["page_kind"])) if rows else None


def read_earlier_places(
    published: Path, hosts: Iterable[str], most: int
) -> list[tuple[str, tuple[Toponym, ...]]]:
    """Address and place names of the latest articles of some hosts, `most` of each, the latest last.

    Each name is there once. Hosts are those of `transforms.urls.host_of`.
    """
    rows = _read(published, "read_earlier_places", {"hosts": sorted(set(hosts) - {""}), "most": most})
    found: list[tuple[str, tuple[Toponym, ...]]] = []
    for (_, url), group in groupby(rows, lambda row: (row["article_version_id"], row["url"])):
        found.append((url, tuple(_to_record(Toponym, row) for row in group)))
    return found


def has_entries(published: Path, feed_id: str) -> bool:
    """Whether the feed ever brought any."""
    return bool(_read(published, "read_any_entry", {"feed_id": feed_id}))


def read_complete_days(
    published: Path, feed_id: str, first: date, last: date, sources: Iterable[str]
) -> set[date]:
    """The days of a feed of which one of these history sources named everything that there is."""
    values = {"feed_id": feed_id, "first": first, "last": last, "sources": list(sources)}
    return {row["day"] for row in _read(published, "read_complete_days", values, is_new=True)}


@dataclass(frozen=True, slots=True)
class CoverageDay:
    """A row of the view `coverage_days`."""

    outlet: str | None
    feed_id: str
    day: date
    state: str
    expected: int | None
    found: int
    fetched: int
    refused: int
    articles: int
    evidence: str


def read_coverage(
    published: Path, feed_id: str | None, first: date | None, last: date | None
) -> list[CoverageDay]:
    """How complete days are, by feed and day; None for any."""
    values = {"feed_id": feed_id, "first": first, "last": last}
    return [_to_record(CoverageDay, row) for row in _read(published, "read_coverage", values, is_new=True)]


@dataclass(frozen=True, slots=True)
class WindowSum:
    """What the windows of one source and state come to in a backfill."""

    source: str
    state: str
    windows: int
    expected: int | None
    found: int
    requests: int


def read_window_sums(published: Path, run_id: str) -> list[WindowSum]:
    """What a backfill from the network has read."""
    return [
        _to_record(WindowSum, row)
        for row in _read(published, "read_window_sums", {"run_id": run_id}, is_new=True)
    ]


def _read(
    published: Path, name: str, values: Mapping[str, Any], *, is_new: bool = False
) -> list[dict[str, Any]]:
    """`is_new`: a file of an earlier version has nothing of this, and the next load makes it one of this version."""
    [rows] = _read_all(published, {name: values}, is_new=is_new)
    return rows


def _read_all(
    published: Path, queries: Mapping[str, Mapping[str, Any]], *, is_new: bool = False
) -> list[list[dict[str, Any]]]:
    """As `_read`, several queries at once: opening the file takes longer than a small query."""
    if not published.exists():
        return [[] for _ in queries]
    found = []
    with _ONE_AT_A_TIME, open_published(published) as connection:
        for name, values in queries.items():
            rows = _fetch(connection, name, values, is_new=is_new)
            log.debug("published_read file=%s query=%s rows=%d", published, name, len(rows))
            found.append(rows)
    return found


def _fetch(
    connection: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, Any], *, is_new: bool
) -> list[dict[str, Any]]:
    try:
        result = connection.execute(read_sql(name), dict(values))
    except duckdb.CatalogException:
        if is_new:
            return []
        raise
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _to_record(kind: type[T], row: Mapping[str, Any]) -> T:
    # a file of an earlier version, which the next load migrates, lacks columns; their fields have defaults
    there = (field for field in fields(kind) if field.name in row or field.default is MISSING)  # type: ignore[arg-type]
    return kind(**{field.name: _to_plain(row[field.name]) for field in there})


def _to_plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return tuple(value) if isinstance(value, list) else value
