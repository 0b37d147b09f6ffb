"""Keep `article_stories` what `transforms.events.group_stories` makes of the current articles, link by link.

Whom an article follows depends on its own words and theirs alone. So a load finds links for the articles it
changed and for those that followed these, and tries the changed ones against the later articles that share keys
with them; all that is read lies within some weeks of a changed article, however large the archive.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from transforms.events.group_stories import (
    LEAST_SHARED_KEYS,
    LEAST_SHARED_WEIGHT,
    WINDOW,
    Link,
    ReportedArticle,
    Root,
    find_link,
    find_root,
    story_order,
)
from transforms.records import Fingerprint
from warehouse.sql_files import read_sql

_MOST_PAIRED = 5_000  # articles whose links are found at once, so that memory stays bounded


@dataclass(frozen=True, slots=True)
class _Relinked:
    article_id: str
    told_at: datetime
    is_changed: bool


def group_changed(connection: duckdb.DuckDBPyConnection, load_id: int) -> None:
    """Group the articles in the temporary table `touched_articles` anew; the caller commits."""
    _run(connection, "change_stories", {"load_id": load_id})
    relinked = [_Relinked(**row) for row in _fetch(connection, "read_relinked")]
    if relinked:
        unsettled = {item.article_id for item in relinked}
        changed = {item.article_id for item in relinked if item.is_changed}
        moved = set(unsettled)
        for part in _split_by_time(relinked):
            links = _find_links(connection, part, unsettled, changed)
            with _registered(connection, "new_links", _links_table(links)):
                _run(connection, "write_links")
            moved |= links.keys()
        roots = _find_roots(connection, moved)
    else:
        roots = {}
    with _registered(connection, "new_roots", _roots_table(roots)):
        _run(connection, "write_stories", {"load_id": load_id})


def _split_by_time(relinked: Sequence[_Relinked]) -> Iterator[list[_Relinked]]:
    """Parts that lie close together, so that a new article of long ago does not open all the years since."""
    part: list[_Relinked] = []
    for item in relinked:
        if part and (item.told_at - part[-1].told_at > 2 * WINDOW or len(part) >= _MOST_PAIRED):
            yield part
            part = []
        part.append(item)
    if part:
        yield part


def _find_links(
    connection: duckdb.DuckDBPyConnection, part: Sequence[_Relinked], unsettled: Set[str], changed: Set[str]
) -> dict[str, Link | None]:
    """The links of a part's articles, and the new ones of later articles for which a changed one is better."""
    first, last = part[0].told_at, part[-1].told_at
    given = {
        "first": first,
        "last": last,
        "window": WINDOW,
        "least": LEAST_SHARED_KEYS,
        "least_weight": LEAST_SHARED_WEIGHT - 1e-6,  # sums in another order may differ that much
    }
    pairs = [(row["article_id"], row["other_id"]) for row in _fetch(connection, "pair_stories", given)]
    wanted = {name for pair in pairs for name in pair}
    told, kept = _read_told(connection, wanted, first - WINDOW, last + WINDOW)
    beside: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        if story_order(told[other]) < story_order(told[one]):
            beside[one].add(other)
        elif one in changed and other not in unsettled:
            beside[other].add(one)
    parents = {kept[name] for name in beside if name not in unsettled} - {""} - told.keys()
    told |= _read_told(connection, parents, first - 2 * WINDOW, last + 2 * WINDOW)[0]
    links: dict[str, Link | None] = {item.article_id: None for item in part}
    for name, others in beside.items():
        if name not in unsettled and kept[name]:
            others.add(kept[name])
        link = find_link(told[name], sorted((told[other] for other in others), key=story_order))
        if name in unsettled or (link is not None and link.parent_id != kept[name]):
            links[name] = link
    return links


def _find_roots(connection: duckdb.DuckDBPyConnection, moved: Set[str]) -> dict[str, Root]:
    """The root of every article whose link is new, and of those that follow it, by article id."""
    with _registered(connection, "moved_articles", _names_table(moved)):
        rows = _fetch(connection, "read_below")
    rows.sort(key=lambda row: (row["seen_at"], row["told_at"], row["article_id"]))
    roots: dict[str, Root] = {}
    for row in rows:
        parent = roots.get(row["parent_id"])
        if parent is None and row["parent_id"] is not None:
            parent = Root(row["parent_root_id"], row["parent_root_told_at"])
        roots[row["article_id"]] = find_root(row["article_id"], row["told_at"], parent)
    return roots


def _read_told(
    connection: duckdb.DuckDBPyConnection, names: Set[str], first: datetime, last: datetime
) -> tuple[dict[str, ReportedArticle], dict[str, str]]:
    """The articles of these ids that were told between two instants, and the ids of those they follow now."""
    with _registered(connection, "wanted_articles", _names_table(names)):
        rows = _fetch(connection, "read_told_articles", {"first": first, "last": last})
    told = {row["article_id"]: _to_told(row) for row in rows}
    return told, {row["article_id"]: row["parent_id"] or "" for row in rows}


def _to_told(row: Mapping[str, Any]) -> ReportedArticle:
    lists = [tuple(row[name]) for name in ("terms", "weights", "shingles", "keys")]
    fingerprint = Fingerprint(row["article_version_id"], *lists)
    return ReportedArticle(row["article_id"], row["seen_at"], row["told_at"], fingerprint)


def _names_table(names: Iterable[str]) -> pa.Table:
    return pa.table({"article_id": pa.array(sorted(names), pa.string())})


def _links_table(links: Mapping[str, Link | None]) -> pa.Table:
    found = list(links.values())
    return pa.table(
        {
            "article_id": pa.array(list(links), pa.string()),
            "parent_id": pa.array([link and link.parent_id for link in found], pa.string()),
            "likeness": pa.array([link and link.likeness for link in found], pa.float64()),
        }
    )


def _roots_table(roots: Mapping[str, Root]) -> pa.Table:
    return pa.table(
        {
            "article_id": pa.array(list(roots), pa.string()),
            "root_id": pa.array([root.article_id for root in roots.values()], pa.string()),
            "story_id": pa.array([root.story_id for root in roots.values()], pa.string()),
        }
    )


@contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> Iterator[None]:
    connection.register(name, table)
    try:
        yield
    finally:
        connection.unregister(name)


def _run(
    connection: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, object] | None = None
) -> None:
    """Run the statements of a file, each with those of the values that it names."""
    for statement in read_sql(name).split(";\n"):
        if statement.strip():
            given = {key: value for key, value in (values or {}).items() if f"${key}" in statement}
            connection.execute(statement, given)


def _fetch(
    connection: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, object] | None = None
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (
        connection.sql(read_sql(name), params=dict(values or {})).to_arrow_table().to_pylist()
    )
    return rows
