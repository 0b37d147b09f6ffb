"""Keep the table `events` what `transforms.events.merge_reports` makes of the current mentions, block by block.

What a load changed is a set of blocks (event type, country, day). Only events with a mention in or shortly
after them can differ, so those are merged again from the mentions around them and compared with the rows
there: the cost depends on the blocks, not on the archive, and an event that did not change is not written.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import duckdb
import pyarrow as pa

from transforms.events.event_columns import EventColumns
from transforms.events.merge_reports import MergedEvent, merge_reports
from transforms.events.same_incident import Report
from warehouse.load_summary import MergeSummary
from warehouse.sql_files import read_sql
from warehouse.statements import fetch_rows, lend_tables, run_script

_REPORT_LISTS = ("actor_names", "recipient_names", "weapons")  # made from the structs of a mention
_AS_THEY_STAND = ", ".join(
    f"c.{field.name}" for field in fields(EventColumns) if field.name not in _REPORT_LISTS
)
_COLUMNS = tuple(field.name for field in fields(MergedEvent) if field.name != "members")


@dataclass(frozen=True, slots=True)
class _Placed:
    """A mention as it is in the warehouse now: its report and the event it belongs to, if any."""

    report: Report
    event_id: str | None
    is_inner: bool


def merge_changed(connection: duckdb.DuckDBPyConnection, load_id: int, max_days_apart: int) -> MergeSummary:
    """Merge again what the blocks in the temporary table `changed_blocks` touch; the caller commits."""
    connection.execute(read_sql("widen_blocks"), {"days": max_days_apart})
    placed = [_to_placed(row) for row in fetch_rows(connection, "read_reports", event_columns=_AS_THEY_STAND)]
    lost = fetch_rows(connection, "read_lost_mentions")
    inner = {item.report.mention_id for item in placed if item.is_inner}
    events = merge_reports((item.report for item in placed), max_days_apart, inner)
    before = {item.report.mention_id: item.event_id for item in placed if item.event_id is not None}
    touched = {before[mention_id] for mention_id in inner & before.keys()} | {row["event_id"] for row in lost}
    touched |= {event.event_id for event in events}
    existing = _read_events(connection, touched)
    changed = [event for event in events if existing.get(event.event_id) != _to_row(event)]
    kept = {event.event_id for event in events}
    gone = existing.keys() - kept
    members = {mention_id: event.event_id for event in events for mention_id in event.members}
    moved: dict[str, str | None] = {key: value for key, value in members.items() if before.get(key) != value}
    moved |= {row["mention_id"]: None for row in lost}
    articles = [(item.event_id, item.report.article_id) for item in placed if item.event_id in gone]
    articles += [(row["event_id"], row["article_id"]) for row in lost if row["event_id"] in gone]
    successors = _find_successors(
        gone, articles, {item.report.mention_id: item.report for item in placed}, events
    )
    if changed or gone or moved:
        _write(connection, load_id, changed, gone, moved, successors)
    replaced = sum(event.event_id in existing for event in changed)
    return MergeSummary(len(changed) - replaced, replaced, len(gone))


def _find_successors(
    gone: Iterable[str],
    articles: Sequence[tuple[str | None, str]],
    reports: Mapping[str, Report],
    events: Sequence[MergedEvent],
) -> dict[str, str | None]:
    """For each event that is gone the one that most of its articles now speak of, or None."""
    homes: dict[str, set[str]] = defaultdict(set)
    for event in events:
        for mention_id in event.members:
            homes[reports[mention_id].article_id].add(event.event_id)
    votes: dict[str, Counter[str]] = {old: Counter() for old in gone}
    for old, article_id in articles:
        if old is not None:
            votes[old].update(homes.get(article_id, ()))
    return {
        old: min(counts, key=lambda event_id: (-counts[event_id], event_id)) if counts else None
        for old, counts in votes.items()
    }


def _write(
    connection: duckdb.DuckDBPyConnection,
    load_id: int,
    changed: Sequence[MergedEvent],
    gone: Iterable[str],
    moved: Mapping[str, str | None],
    successors: Mapping[str, str | None],
) -> None:
    text = pa.string()
    replaced = sorted({*gone, *(event.event_id for event in changed)})
    tables = {
        "new_events": _events_table(connection, changed),
        "gone_events": pa.table({"event_id": pa.array(replaced, text)}),
        "new_members": pa.table(
            {"mention_id": pa.array(list(moved), text), "event_id": pa.array(list(moved.values()), text)}
        ),
        "new_aliases": pa.table(
            {
                "old_event_id": pa.array(list(successors), text),
                "event_id": pa.array(list(successors.values()), text),
            }
        ),
    }
    with lend_tables(connection, **tables):
        run_script(connection, "write_events", {"load_id": load_id})


def _read_events(
    connection: duckdb.DuckDBPyConnection, event_ids: Iterable[str]
) -> dict[str, tuple[object, ...]]:
    touched = pa.table({"event_id": pa.array(sorted(event_ids), pa.string())})
    with lend_tables(connection, touched_events=touched):
        rows = fetch_rows(connection, "read_events")
    return {row["event_id"]: tuple(_to_hashable(row[name]) for name in _COLUMNS) for row in rows}


def _events_table(connection: duckdb.DuckDBPyConnection, events: Sequence[MergedEvent]) -> pa.Table:
    empty = connection.sql(read_sql("describe_events")).to_arrow_table()
    rows = [{name: getattr(event, name) for name in _COLUMNS} for event in events]
    return pa.Table.from_pylist(rows, schema=empty.schema)


def _to_row(event: MergedEvent) -> tuple[object, ...]:
    return tuple(getattr(event, name) for name in _COLUMNS)


def _to_placed(row: dict[str, Any]) -> _Placed:
    event_id, is_inner = row.pop("event_id"), row.pop("is_inner")
    for name in _REPORT_LISTS:
        row[name] = tuple(row[name])
    return _Placed(Report(**row), event_id, is_inner)


def _to_hashable(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
