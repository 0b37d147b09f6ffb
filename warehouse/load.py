"""Load staged batches into the build file: a transaction a load; loading anything twice changes nothing."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

import duckdb

from transforms.errors import Permanent
from transforms.records import Event
from warehouse.connection import BuildFile, is_of_machine, open_build
from warehouse.fingerprint_files import FingerprintFiles
from warehouse.group_stories import group_changed
from warehouse.load_parts import SetAside, find_damaged, load_in_parts
from warehouse.load_summary import NO_CHANGE, LoadSummary, MergeSummary, TableCount
from warehouse.merge_events import merge_changed
from warehouse.sql_files import read_sql
from warehouse.statements import run_script

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind of record and how its rows come into their table."""

    name: str  # STEP.name.parquet
    table: str
    item: str  # the column that names a row in a rejection
    key: tuple[str, ...] = ()  # what makes a row the same as one that is there; () none does
    order: str = "file_nth"  # which of several rows with one key is taken: the first in this order
    upsert: bool = False  # a newer row takes the place of the one there (statement `upsert_NAME`)
    touch: bool = False  # a row that is there learns something from its repetition (statement `touch_NAME`)
    first_reading: bool = False  # rows of a coder's first reading only (condition `first_reading_NAME`)


_FIRST_FETCHED = "date_trunc('hour', fetched_at), outlet, feed_id, url, fetched_at"
"""Of two feeds that bring one version the one in an earlier hour, not the one that a run happens to ask first."""
PLACE_KEY = ("article_version_id", "text_start", "text_end", "geonameid")
RECORD_KINDS = (
    RecordKind("feeds", "feeds", "feed_id", ("feed_id",), upsert=True),
    RecordKind("states", "feeds", "feed_id", ("feed_id",), upsert=True),
    RecordKind("fetches", "fetches", "fetch_id", ("fetch_id",)),
    RecordKind("entries", "entries", "entry_version_id", ("entry_version_id",), "seen_at", touch=True),
    RecordKind("page_states", "page_states", "entry_id", ("entry_id",), upsert=True),
    RecordKind("articles", "articles", "article_version_id", ("article_version_id",), _FIRST_FETCHED, touch=True),
    RecordKind("codings", "codings", "article_version_id", ("article_version_id", "coder"), "coded_at", touch=True),
    RecordKind("mentions", "mentions", "mention_id", ("mention_id",), first_reading=True),
    RecordKind("places", "article_places", "article_version_id", PLACE_KEY, first_reading=True),
    RecordKind("rejections", "rejections", "item_id"),
    RecordKind("counts", "step_counts", "step", ("run_id", "batch", "step")),
    RecordKind("windows", "backfill_windows", "batch", ("run_id", "batch")),
    RecordKind("coverage", "coverage_evidence", "day", ("run_id", "batch", "feed_id", "day")),
)  # fmt: skip
"""In the order of loading: mentions are loaded after the articles that they lean on."""
FINGERPRINTS = RecordKind("fingerprints", "", "article_version_id", ("article_version_id",))
"""Loaded into files of their own (`warehouse/fingerprint_files.py`)."""
EVENT_FIELDS = tuple(field.name for field in fields(Event) if field.name != "place")
"""The fields of an event that are columns of `mentions` as they stand; its place becomes several."""


def load_batches(
    build: BuildFile,
    batches: Sequence[Path],
    run_id: str,
    now: datetime,
    max_days_apart: int,
    set_aside: SetAside | None = None,
) -> LoadSummary:
    """Load complete batch folders (`.../RUN/BATCH`), oldest first, that are not loaded yet.

    All are loaded at one stroke. Where that fails, and not for a reason of the machine, they are loaded in
    ever smaller parts, so that the rest comes in. `set_aside` is called with each batch that cannot be loaded,
    and with the error, while the build file is still held. Without it, such an error is raised.

    Raises:
        Transient: another run is loading, or the disk is full; what is loaded by then is whole.
        Permanent: without `set_aside`: a staging file does not have the columns of this version.
    """
    fingerprints = FingerprintFiles(build.path, build.word_frequencies)
    with open_build(build) as connection:
        known = set(connection.execute(read_sql("read_loaded_batches"), {"run_id": None}).fetchall())
        waiting = [batch for batch in dict.fromkeys(batches) if (batch.parent.name, batch.name) not in known]
        there = [
            batch for batch in waiting if batch.is_dir()
        ]  # another load may have set one aside meanwhile
        summary = LoadSummary(None, 0, len(batches) - len(waiting))
        for part in load_in_parts(
            there,
            lambda batches: _load_at_one_stroke(
                connection, fingerprints, batches, run_id, now, max_days_apart
            ),
            lambda error: is_of_machine(build.path, error),
            set_aside,
        ):
            summary = summary.add(part)
    return summary


def _load_at_one_stroke(
    connection: duckdb.DuckDBPyConnection,
    fingerprints: FingerprintFiles,
    batches: Sequence[Path],
    run_id: str,
    now: datetime,
    max_days_apart: int,
) -> LoadSummary:
    with transaction(connection):
        load_id, counts, events = load_into(connection, fingerprints, batches, run_id, now, max_days_apart)
    summary = LoadSummary(load_id, len(batches), 0, counts, events)
    log.info(
        "load_done load_id=%d run_id=%s batches=%d rows_new=%d events_new=%d events_changed=%d events_removed=%d",
        load_id, run_id, len(batches), summary.rows_new, events.new, events.changed, events.removed,
    )  # fmt: skip
    return summary


def load_into(
    connection: duckdb.DuckDBPyConnection,
    fingerprints: FingerprintFiles,
    batches: Sequence[Path],
    run_id: str,
    now: datetime,
    max_days_apart: int,
) -> tuple[int, tuple[TableCount, ...], MergeSummary]:
    """Load batches that are not loaded yet, the caller commits; returns the load's id and its row accounting."""
    load_id = next_load_id(connection)
    counts = tuple(_load_kind(connection, kind, batches, load_id, now) for kind in RECORD_KINDS)
    connection.execute(read_sql("add_places"), {"load_id": load_id})
    run_script(connection, "choose_current")
    if files := _list_files(FINGERPRINTS, batches):
        _stage(connection, FINGERPRINTS, files)
        fingerprints.add_staged(connection)
    group_changed(connection, load_id, fingerprints)
    events = merge_changed(connection, load_id, max_days_apart)
    for batch in batches:
        connection.execute(read_sql("insert_batch"), [batch.parent.name, batch.name, load_id])
    _write_counts(connection, load_id, counts)
    record_load(connection, load_id, "batches", run_id, now, len(batches), counts, events)
    return load_id, counts, events


def next_load_id(connection: duckdb.DuckDBPyConnection) -> int:
    return _run(connection, read_sql("next_load_id"), {})


def record_load(
    connection: duckdb.DuckDBPyConnection,
    load_id: int,
    kind: str,
    run_id: str,
    now: datetime,
    batches: int = 0,
    counts: Sequence[TableCount] = (),
    events: MergeSummary = NO_CHANGE,
) -> None:
    """Write the row of `loads`; a load that changed nothing has none."""
    connection.execute(
        read_sql("insert_load"),
        [
            load_id,
            kind,
            run_id,
            now,
            batches,
            sum(count.rows_in for count in counts),
            sum(count.rows_new for count in counts),
            sum(count.rows_known for count in counts),
            sum(count.rows_rejected for count in counts),
            events.new,
            events.changed,
            events.removed,
        ],
    )


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit at the end, or undo everything when something fails."""
    connection.begin()
    try:
        yield
    except BaseException:
        try:
            connection.rollback()
        except duckdb.Error:
            log.warning("rollback_failed reason=connection_unusable")
        raise
    connection.commit()


def _load_kind(
    connection: duckdb.DuckDBPyConnection,
    kind: RecordKind,
    batches: Sequence[Path],
    load_id: int,
    now: datetime,
) -> TableCount:
    files = _list_files(kind, batches)
    if not files:
        connection.execute(read_sql("stage_none", name=kind.name, table=kind.table))
        return TableCount(kind.name, 0, 0, 0, 0)
    _stage(connection, kind, files)
    given = {"load_id": load_id}
    rows_in = _run(connection, read_sql("count_staged", name=kind.name), {})
    rejecting = read_sql("reject", name=kind.name, table=kind.table, item=kind.item)
    rejected = _run(connection, rejecting, given | {"now": now})
    if kind.touch:
        connection.execute(read_sql(f"touch_{kind.name}"))
    if kind.upsert:
        text = read_sql(f"upsert_{kind.name}")
        new = _run(connection, text, given | ({"now": now} if "$now" in text else {}))
    elif kind.key:
        required = _find_required(connection, kind.table)
        same = {column: "=" if column in required else "IS NOT DISTINCT FROM" for column in kind.key}
        match = " AND ".join(f"t.{column} {sign} s.{column}" for column, sign in same.items())
        text = read_sql(
            "insert_new",
            name=kind.name,
            table=kind.table,
            match=match,
            key=", ".join(kind.key),
            order=kind.order,
            first_reading=read_sql(f"first_reading_{kind.name}") if kind.first_reading else "",
        )
        new = _run(connection, text, given)
    else:
        new = _run(connection, read_sql("insert_all", name=kind.name, table=kind.table), given)
    return TableCount(kind.name, rows_in, new, rows_in - new - rejected, rejected)


def _list_files(kind: RecordKind, batches: Sequence[Path]) -> list[str]:
    return [str(path) for batch in batches for path in sorted(batch.glob(f"*.{kind.name}.parquet"))]


def _stage(connection: duckdb.DuckDBPyConnection, kind: RecordKind, files: Sequence[str]) -> None:
    """Make the temporary table `staged_NAME`: the rows of `files` as the table's, and their problem."""
    mapping = read_sql(f"map_{kind.name}", event_fields=", ".join(f"e.{name}" for name in EVENT_FIELDS))
    try:
        mapped = {row[0] for row in connection.execute(f"DESCRIBE {mapping}", {"files": files}).fetchall()}
        required = sorted(_find_required(connection, kind.table) & mapped)
        checks = [f"WHEN \"{column}\" IS NULL THEN '{column} is missing'" for column in required]
        checks += [f"WHEN \"{column}\" = '' THEN '{column} is empty'" for column in kind.key[:1]]
        text = read_sql("stage", name=kind.name, mapping=mapping, checks=" ".join(checks))
        connection.execute(text, {"files": files})
    except duckdb.Error as error:
        damaged = find_damaged(files)
        if not isinstance(error, duckdb.ProgrammingError | duckdb.DataError) and not damaged:
            raise
        raise Permanent(
            f"a staging file of {kind.name} does not fit this version of Dateline, or is damaged: "
            f"{', '.join((damaged or files)[:3])} ({' '.join(str(error).split())[:300]})"
        ) from error


def _find_required(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {row[0] for row in connection.execute(read_sql("required_columns"), {"table": table}).fetchall()}


def _write_counts(connection: duckdb.DuckDBPyConnection, load_id: int, counts: Sequence[TableCount]) -> None:
    for count in counts:
        if count.rows_in:
            row = [load_id, count.table, count.rows_in, count.rows_new, count.rows_known, count.rows_rejected]
            connection.execute(read_sql("insert_load_count"), row)


def _run(connection: duckdb.DuckDBPyConnection, text: str, values: Mapping[str, object]) -> int:
    """Run a statement that counts or changes rows; returns how many."""
    [(count,)] = connection.execute(text, dict(values)).fetchall()
    return int(count)
