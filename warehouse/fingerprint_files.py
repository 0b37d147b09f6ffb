"""The fingerprints of articles: Parquet files beside the build file, one for each week of publication.

A fingerprint follows from an article's text and is needed by nothing but grouping. So it is in neither database
file: it would be a third of the published one. It is no less safe for that. A version's fingerprint is the same
whatever load it comes with, so the files may be ahead of the build file after a kill, or behind it where they were
lost: what is missing when grouping asks for it is taken from the text again.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from transforms.events.fingerprint import FINGERPRINT_VERSION, SKETCH, TERMS, take_fingerprint
from transforms.events.link_articles import NO_SHINGLE, WEIGHT_UNITS, PackedArticles, hash_terms, pad_lists
from warehouse.compact import put_in_place
from warehouse.sql_files import read_sql

log = logging.getLogger(__name__)
WordFrequencies = Callable[[], Mapping[str, float]]
"""Gives the share of all English words that each one is."""
_LISTS = ("terms", "weights", "shingles")
STORED = pa.schema(
    {
        "article_version_id": pa.string(),
        "reported_us": pa.int64(),
        "terms": pa.list_(pa.uint32()),
        "weights": pa.list_(pa.int32()),
        "shingles": pa.list_(pa.int64()),
    }
)
_AT_ONCE = 8_192  # articles, so that memory does not grow with the news of some weeks
_TAKEN_AT_ONCE = 500  # texts
_DAY_US = 86_400_000_000


class FingerprintFiles:
    """The files of one build file, which the caller holds."""

    def __init__(self, build: Path, word_frequencies: WordFrequencies) -> None:
        self.folder = build.with_name(f"{build.name}.fingerprints-{FINGERPRINT_VERSION}")
        self._word_frequencies = word_frequencies

    def add_staged(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Keep what the temporary table `staged_fingerprints` holds."""
        reader = connection.sql(read_sql("read_staged_fingerprints")).to_arrow_reader(_AT_ONCE)
        for batch in reader:
            self.add(_pack(pa.Table.from_batches([batch])))

    def complete(self, connection: duckdb.DuckDBPyConnection, first: datetime, last: datetime) -> None:
        """Take the fingerprints that are missing of `near_articles`, reported between two instants."""
        files = self._list_between(first, last)
        kept = read_sql("kept_fingerprints" if files else "no_fingerprints")
        missing = read_sql("read_missing_texts", kept=kept)
        given = {"files": files} if files else {}
        reader = connection.sql(missing, params=given).to_arrow_reader(_TAKEN_AT_ONCE)
        while taken := [self._take(batch) for batch in islice(reader, _AT_ONCE // _TAKEN_AT_ONCE)]:
            self.add(pa.concat_tables(taken))

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        first: datetime,
        last: datetime,
        *,
        only_to_link: bool = False,
    ) -> Iterator[PackedArticles]:
        """The near articles between two instants, some thousands at a time; `complete` was called before."""
        given = {"files": self._list_between(first, last), "only_to_link": only_to_link}
        kept = read_sql("kept_fingerprints")
        for batch in connection.sql(
            read_sql("read_near_fingerprints", kept=kept), params=given
        ).to_arrow_reader(_AT_ONCE):
            yield _unpack(batch)

    def _take(self, batch: pa.RecordBatch) -> pa.Table:
        taken = [
            take_fingerprint(
                row["article_version_id"],
                row["title"],
                row["text"],
                row["language"],
                self._word_frequencies(),
                row["page_kind"],
            )
            for row in batch.to_pylist()
        ]
        columns = {name: [getattr(item, name) for item in taken] for name in _LISTS}
        types = {"terms": pa.string(), "weights": pa.float64(), "shingles": pa.int64()}
        lists = {name: pa.array(columns[name], pa.list_(types[name])) for name in _LISTS}
        head = {name: batch.column(name) for name in ("article_version_id", "reported_us")}
        log.info("fingerprints_taken articles=%d", len(taken))
        return _pack(pa.table(head | lists))

    def _list_between(self, first: datetime, last: datetime) -> list[str]:
        """The files of the weeks from one instant to another; one that was cut is as good as lost."""
        begin, end = (
            _name_week(np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "us").astype(np.int64).item())
            for at in (first, last)
        )
        files = [path for path in sorted(self.folder.glob("*.parquet")) if begin <= path.name <= end]
        return [str(path) for path in files if _is_whole(path)]

    def add(self, new: pa.Table) -> None:
        """Add packed fingerprints to the files of their weeks, each of which is the old or the new one after a kill.

        A file is written anew, some thousand fingerprints at a time: a dense week does not fit into memory.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        weeks = _find_weeks(new.column("reported_us").to_numpy())
        for week in np.unique(weeks):
            added = new.filter(pa.array(weeks == week))
            path = self.folder / _name_week(week.item() * _DAY_US)
            part = path.with_suffix(".part")
            names = added.column("article_version_id")
            others = (
                there.filter(pc.invert(pc.is_in(there.column("article_version_id"), names)))
                for there in _read_groups(path)
            )
            with pq.ParquetWriter(part, STORED, use_dictionary=False) as writer:
                for group in _fill_groups(chain(others, [added])):
                    writer.write_table(group)
            put_in_place(part, path)


def _fill_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows of many tables in larger ones: each load brings a few, and a file is read by groups."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(map(len, waiting)) >= _AT_ONCE:
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)


def _read_groups(path: Path) -> Iterator[pa.Table]:
    """What a file holds, a group of rows at a time; nothing of one that is missing, or was cut."""
    if path.exists() and _is_whole(path):
        with pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                yield file.read_row_group(number, use_threads=False)


def _pack(table: pa.Table) -> pa.Table:
    """Fingerprints as they are stored: a term by its hash, a weight as a whole number."""
    table = table.combine_chunks()
    terms, weights, shingles = (_join_lists(table.column(name)) for name in _LISTS)
    words = terms.flatten().dictionary_encode()
    hashes = hash_terms(words.dictionary.to_pylist())[words.indices.to_numpy()]
    units = np.rint(weights.flatten().to_numpy() * WEIGHT_UNITS)
    return pa.table(
        {
            "article_version_id": table.column("article_version_id"),
            "reported_us": table.column("reported_us"),
            "terms": _make_lists(terms, pa.array(hashes, pa.uint32())),
            "weights": _make_lists(weights, pa.array(units.astype(np.int32))),
            "shingles": _make_lists(shingles, shingles.flatten()),
        },
        schema=STORED,
    )


def _unpack(batch: pa.RecordBatch) -> PackedArticles:
    terms, weights, shingles = (
        (column.flatten().to_numpy(zero_copy_only=False).astype(np.int64), _count(column))
        for column in (batch.column(name) for name in _LISTS)
    )
    return PackedArticles(
        batch.column("place").to_numpy(),
        batch.column("reported_us").to_numpy(),
        pad_lists(*terms, TERMS),
        pad_lists(*weights, TERMS),
        pad_lists(*shingles, SKETCH, NO_SHINGLE),
    )


def _join_lists(column: pa.ChunkedArray) -> pa.ListArray:
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _make_lists(like: pa.ListArray, values: pa.Array) -> pa.ListArray:
    offsets = np.concatenate([[0], np.cumsum(_count(like))])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def _count(lists: pa.ListArray) -> NDArray[np.int64]:
    counts: NDArray[np.int64] = pc.list_value_length(lists).to_numpy().astype(np.int64)
    return counts


def _find_weeks(reported_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """The Mondays before these instants, in days since 1970."""
    days = reported_us // _DAY_US
    return days - (days + 3) % 7


def _name_week(reported_us: int) -> str:
    [monday] = _find_weeks(np.array([reported_us]))
    return f"{np.datetime64(int(monday), 'D')}.parquet"


def _is_whole(path: Path) -> bool:
    try:
        pq.read_metadata(path)
    except pa.ArrowException as error:
        log.warning("fingerprints_lost path=%s error=%r", path, str(error)[:300])
        return False
    return True
