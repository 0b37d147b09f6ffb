"""Keep a lake of Parquet files what the published tables are: events, mentions and articles, a file a day.

Of a lake there are three faces:

- `versions/TABLE/day=D/VERSION.parquet`: files that never change; one that no manifest names any more is removed
  after a grace, so that who is reading it comes to its end.
- `manifests/TABLE/files.txt`: the files of now, a path a line, replaced as a whole.
- `TABLE/day=D/TABLE.parquet`: the file of now under a name that stays, one a day, for readers that list folders: they
  never see a row twice within a day.

`manifest.json` comes last. What a process that was killed before it has written is written again, or found there.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from transforms.errors import Permanent
from warehouse.connection import open_published
from warehouse.copies.stores import LakeStore
from warehouse.copies.tables import (
    ARTICLES,
    EVENTS,
    MENTIONS,
    CopiedTable,
    TableDays,
    read_days,
    read_rows,
    split_days,
)
from warehouse.migrate import check_version
from warehouse.sql_files import read_sql

log = logging.getLogger(__name__)

LAKE_TABLES = (EVENTS, MENTIONS, ARTICLES)
FORMAT = 1
_GROUP_ROWS = 20_000  # of a file; an article has some kB
_MANIFEST, _UNFINISHED = "manifest.json", "unfinished"


@dataclass(frozen=True, slots=True)
class LakeManifest:
    """What a lake holds: the content of its `manifest.json`."""

    stamp: list[Any]  # of the publication that it shows
    location: str
    has_folders: bool  # whether each file is also shown under a name that stays
    tables: dict[str, dict[str, dict[str, Any]]]  # by table and day: file, rows, version
    columns: dict[str, list[list[str]]]  # by table: name and DuckDB type
    superseded: dict[str, str] = field(default_factory=dict)  # files that go after the grace, and since when

    def list_files(self, table: str) -> list[str]:
        """The names of a table's files, by day."""
        return [str(day["file"]) for day in self.tables.get(table, {}).values()]


@dataclass(frozen=True, slots=True)
class LakeSummary:
    """What an update of a lake did."""

    location: str
    days_written: int  # over all tables; of these a killed update may have left some
    days_removed: int
    rows: int  # in the lake


def update_lake(
    published: Path,
    store: LakeStore,
    now: datetime,
    grace_s: float,
    *,
    has_folders: bool,
    whole: bool = False,
) -> LakeSummary:
    """Bring a lake up to date; only days whose rows have changed are written. The caller lets one in at a time.

    `whole`: write all days again, as files of the lake are damaged.

    Raises:
        Permanent: there is no published file, or the lake is of a newer version.
        Transient: the store does not answer; the lake is as it was, or shows some days of the new publication.
    """
    before = read_manifest(store)
    with open_published(published) as connection:
        check_version(connection, str(published), may_be_older=False)
        stamp = [str(value) for value in connection.execute(read_sql("read_stamp")).fetchall()[0]]
        same = (before.stamp, before.location, before.has_folders) == (stamp, store.location, has_folders)
        if same and not whole and not _list_due(before.superseded, now, grace_s):
            return LakeSummary(store.location, 0, 0, _count_rows(before))
        there = {table.name: read_days(connection, table) for table in LAKE_TABLES}
        found = set() if whole else store.list("versions")
        after = _plan(there, stamp, store.location, has_folders=has_folders)
        written = 0
        for table in LAKE_TABLES:
            missing = {
                date.fromisoformat(day): str(entry["file"])
                for day, entry in after.tables[table.name].items()
                if entry["file"] not in found
            }
            _write_days(connection, table, there[table.name], missing, store)
            written += len(missing)
    all_again = whole or not _is_same_place(before, after) or store.read(_UNFINISHED) is not None
    with store.write(_UNFINISHED) as path:
        path.write_bytes(b"")
    removed = sum(
        len(before.tables.get(name, {}).keys() - days.keys()) for name, days in after.tables.items()
    )
    for table in LAKE_TABLES:
        _show(store, table.name, before, after, all_again=all_again)
    _commit(store, before, after, now, grace_s)
    summary = LakeSummary(store.location, written, removed, _count_rows(after))
    log.info("lake_done written=%d removed=%d rows=%d", written, removed, summary.rows)
    return summary


def read_manifest(store: LakeStore) -> LakeManifest:
    """What the lake holds; nothing where there is none yet, or its manifest is damaged.

    Raises:
        Permanent: it is of a newer version.
    """
    text = store.read(_MANIFEST)
    try:
        kept = json.loads(text or b"{}")
        if kept.pop("format", FORMAT) != FORMAT:
            raise Permanent(f"the lake at {store.location} was written by a newer Dateline; upgrade it")
        return LakeManifest(
            **{"stamp": [], "location": "", "has_folders": False, "tables": {}, "columns": {}} | kept
        )
    except (ValueError, TypeError, AttributeError) as error:
        log.warning("lake_manifest_damaged location=%s error=%r", store.location, str(error))
        return LakeManifest([], "", False, {}, {})


def _plan(
    there: Mapping[str, TableDays], stamp: list[str], location: str, *, has_folders: bool
) -> LakeManifest:
    tables = {
        name: {
            day.isoformat(): {
                "file": f"versions/{name}/day={day.isoformat()}/{copied.version}.parquet",
                "rows": copied.rows,
                "version": copied.version,
            }
            for day, copied in table.days.items()
        }
        for name, table in there.items()
    }
    columns = {name: [list(column) for column in table.columns] for name, table in there.items()}
    return LakeManifest(stamp, location, has_folders, tables, columns)


def _is_same_place(before: LakeManifest, after: LakeManifest) -> bool:
    return (before.location, before.has_folders) == (after.location, after.has_folders)


def _write_days(
    connection: duckdb.DuckDBPyConnection,
    table: CopiedTable,
    there: TableDays,
    files: Mapping[date, str],
    store: LakeStore,
) -> None:
    """Write a file for each day of `files`."""
    for days in split_days(files, there):
        reader = read_rows(connection, table, days, _GROUP_ROWS)
        schema = reader.schema.remove(reader.schema.get_field_index("day"))
        for day, groups in groupby(_split(reader), lambda piece: piece[0]):
            with (
                store.write(files[day]) as path,
                pq.ParquetWriter(path, schema, compression="zstd") as writer,
            ):
                for _, rows in groups:
                    writer.write_batch(rows)


def _split(reader: pa.RecordBatchReader) -> Iterator[tuple[date, pa.RecordBatch]]:
    """Rows by their day, which the path of a file says: BigQuery takes no file that says it again."""
    for batch in reader:
        start = 0
        for day, run in groupby(batch.column("day").to_pylist()):
            length = sum(1 for _ in run)
            yield day, batch.slice(start, length).drop_columns(["day"])
            start += length


def _show(
    store: LakeStore, table: str, before: LakeManifest, after: LakeManifest, *, all_again: bool
) -> None:
    """Bring the two faces that readers see up to the files of `after`."""
    old, new = before.tables.get(table, {}), after.tables[table]
    changed = [day for day in new if all_again or old.get(day) != new[day]]
    if after.has_folders:
        for day in changed:
            store.show(new[day]["file"], _name_in_folder(table, day))
    if changed or old.keys() != new.keys():
        with store.write(f"manifests/{table}/files.txt") as path:
            path.write_text(
                "".join(f"{store.location}/{name}\n" for name in after.list_files(table)), "utf-8"
            )
    if all_again:
        kept = {_name_in_folder(table, day) for day in new} if after.has_folders else set()
        gone = store.list(table) - kept
    else:
        gone = (
            {_name_in_folder(table, day) for day in old.keys() - new.keys()} if after.has_folders else set()
        )
    for name in sorted(gone):
        store.remove(name)


def _name_in_folder(table: str, day: str) -> str:
    return f"{table}/day={day}/{table}.parquet"


def _commit(
    store: LakeStore, before: LakeManifest, after: LakeManifest, now: datetime, grace_s: float
) -> None:
    """Replace the manifest, then remove what has been out of use for longer than the grace."""
    named = {name for table in after.tables for name in after.list_files(table)}
    unused = sorted(store.list("versions") - named)
    since = {name: before.superseded.get(name, now.isoformat()) for name in unused}
    due = _list_due(since, now, grace_s)
    kept = {name: instant for name, instant in since.items() if name not in due}
    content = {
        "format": FORMAT, "stamp": after.stamp, "location": after.location, "has_folders": after.has_folders,
        "columns": after.columns, "tables": after.tables, "superseded": kept,
    }  # fmt: skip
    with store.write(_MANIFEST) as path:
        path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    store.remove(_UNFINISHED)
    for name in due:
        store.remove(name)


def _list_due(superseded: Mapping[str, str], now: datetime, grace_s: float) -> set[str]:
    latest = now - timedelta(seconds=grace_s)
    return {name for name, since in superseded.items() if datetime.fromisoformat(since) <= latest}


def _count_rows(manifest: LakeManifest) -> int:
    return sum(int(day["rows"]) for days in manifest.tables.values() for day in days.values())
