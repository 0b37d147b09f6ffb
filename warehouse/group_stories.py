"""Keep `article_stories` what `transforms.events.group_stories` makes of the current articles, link by link.

Whom an article follows depends on its own words and theirs alone. So a load finds links for the articles it
changed and for those that followed these, and tries the changed ones against the later articles that share keys
with them; all that is read lies within some weeks of a changed article, however large the archive.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from transforms.events.group_stories import (
    LEAST_SHARED_KEYS,
    LEAST_SHARED_WEIGHT,
    WINDOW,
    Link,
    ReportedArticle,
    Root,
    find_link,
    find_root,
    order_of,
    story_order,
)
from transforms.records import Fingerprint
from transforms.shift_dates import shift_date
from warehouse.sql_files import read_sql
from warehouse.statements import fetch_rows, lend_tables, run_script

_MOST_PAIRED = 5_000  # articles whose links are found at once, so that memory stays bounded


@dataclass(frozen=True, slots=True)
class _ToLink:
    """An article whose link is to be found, since it or the one it followed has changed."""

    article_id: str
    reported_at: datetime
    is_changed: bool


def group_changed(connection: duckdb.DuckDBPyConnection, load_id: int) -> None:
    """Group the articles in the temporary table `touched_articles` again; the caller commits."""
    run_script(connection, "choose_articles_to_link", {"load_id": load_id})
    to_link = [_ToLink(**row) for row in fetch_rows(connection, "read_articles_to_link")]
    if to_link:
        unlinked = {item.article_id for item in to_link}
        changed = {item.article_id for item in to_link if item.is_changed}
        moved = set(unlinked)
        for part in _split_by_time(to_link):
            links = _find_links(connection, part, unlinked, changed)
            with lend_tables(connection, new_links=_links_table(links)):
                run_script(connection, "write_links")
            moved |= links.keys()
        roots = _find_roots(connection, moved)
    else:
        roots = {}
    with lend_tables(connection, new_roots=_roots_table(roots)):
        run_script(connection, "write_stories", {"load_id": load_id})


def _split_by_time(to_link: Sequence[_ToLink]) -> Iterator[list[_ToLink]]:
    """Parts that lie close together, so that a new article of long ago does not open all the years since."""
    part: list[_ToLink] = []
    for item in to_link:
        if part and (item.reported_at - part[-1].reported_at > 2 * WINDOW or len(part) >= _MOST_PAIRED):
            yield part
            part = []
        part.append(item)
    if part:
        yield part


def _find_links(
    connection: duckdb.DuckDBPyConnection, part: Sequence[_ToLink], unlinked: Set[str], changed: Set[str]
) -> dict[str, Link | None]:
    """The links of a part's articles, and the new ones of later articles for which a changed one is better."""
    first, last = part[0].reported_at, part[-1].reported_at
    names, pairs = _pair(connection, first, last)
    window = (shift_date(first, -WINDOW), shift_date(last, WINDOW))
    articles, kept = _read_articles(connection, set(names), *window)
    in_order = sorted(names, key=lambda name: story_order(articles[name]))
    beside = _list_earlier(names, pairs, in_order, unlinked, changed)
    parents = {kept[name] for name, _ in beside if name not in unlinked} - {""} - articles.keys()
    wider = (shift_date(first, -2 * WINDOW), shift_date(last, 2 * WINDOW))
    articles |= _read_articles(connection, parents, *wider)[0]
    links: dict[str, Link | None] = {item.article_id: None for item in part}
    for name, shared in beside:
        others = shared
        follows = "" if name in unlinked else kept[name]
        if follows and follows not in others:
            others = sorted([*others, follows], key=lambda other: story_order(articles[other]))
        link = find_link(articles[name], (articles[other] for other in others))
        if name in unlinked or (link is not None and link.parent_id != kept[name]):
            links[name] = link
    return links


def _pair(
    connection: duckdb.DuckDBPyConnection, first: datetime, last: datetime
) -> tuple[list[str], NDArray[np.int64]]:
    """Articles that share enough keys: the ids of all that share any, and pairs of places in these, (n, 2)."""
    given = {"first": first, "last": last, "window": WINDOW}
    connection.execute(read_sql("number_near_articles"), given)
    shared = {
        "window": WINDOW,
        "least": LEAST_SHARED_KEYS,
        "least_weight": LEAST_SHARED_WEIGHT - 1e-6,  # sums in another order may differ that much
    }
    found = connection.sql(read_sql("pair_stories"), params=shared).to_arrow_table()
    pairs = np.column_stack([found.column(nth).to_numpy() for nth in range(2)]).astype(np.int64)
    numbers, places = np.unique(pairs, return_inverse=True)
    with lend_tables(connection, wanted_numbers=pa.table({"nth": pa.array(numbers)})):
        names = [row["article_id"] for row in fetch_rows(connection, "read_near_ids")]
    return names, places.reshape(-1, 2)


def _list_earlier(
    names: Sequence[str],
    pairs: NDArray[np.int64],
    in_order: Sequence[str],
    unlinked: Set[str],
    changed: Set[str],
) -> list[tuple[str, list[str]]]:
    """Each article whose link may be another now, with those of its pairs that come before it, in their order.

    `in_order` are `names` by story order.
    """
    place = {name: at for at, name in enumerate(in_order)}
    rank = np.array([place[name] for name in names], dtype=np.int64)[pairs]
    one, other = rank[:, 0], rank[:, 1]
    is_changed = np.array([name in changed for name in in_order], dtype=bool)
    is_unlinked = np.array([name in unlinked for name in in_order], dtype=bool)
    counts = (other < one) | (is_changed[one] & ~is_unlinked[other])
    later, earlier = np.maximum(one, other)[counts], np.minimum(one, other)[counts]
    together = np.unique(later * len(in_order) + earlier)
    later, earlier = np.divmod(together, max(1, len(in_order)))
    starts = np.flatnonzero(np.diff(later, prepend=-1))
    parts = np.split(earlier, starts[1:]) if starts.size else []
    return [
        (in_order[at], [in_order[nth] for nth in part])
        for at, part in zip(later[starts].tolist(), parts, strict=True)
    ]


def _find_roots(connection: duckdb.DuckDBPyConnection, moved: Set[str]) -> dict[str, Root]:
    """The root of every article whose link is new, and of those that follow it, by article id."""
    with lend_tables(connection, moved_articles=_names_table(moved)):
        rows = fetch_rows(connection, "read_descendants")
    rows.sort(key=lambda row: order_of(row["article_id"], row["seen_at"], row["reported_at"]))
    roots: dict[str, Root] = {}
    for row in rows:
        parent = roots.get(row["parent_id"])
        if parent is None and row["parent_id"] is not None:
            parent = Root(row["parent_root_id"], row["parent_root_reported_at"])
        roots[row["article_id"]] = find_root(row["article_id"], row["reported_at"], parent)
    return roots


def _read_articles(
    connection: duckdb.DuckDBPyConnection, names: Set[str], first: datetime, last: datetime
) -> tuple[dict[str, ReportedArticle], dict[str, str]]:
    """The articles of these ids that were published between two instants, and the ids of those they follow now."""
    with lend_tables(connection, wanted_articles=_names_table(names)):
        rows = fetch_rows(connection, "read_fingerprints", {"first": first, "last": last})
    articles = {row["article_id"]: _to_told(row) for row in rows}
    return articles, {row["article_id"]: row["parent_id"] or "" for row in rows}


def _to_told(row: Mapping[str, Any]) -> ReportedArticle:
    lists = [tuple(row[name]) for name in ("terms", "weights", "shingles", "keys")]
    fingerprint = Fingerprint(row["article_version_id"], *lists)
    return ReportedArticle(row["article_id"], row["seen_at"], row["reported_at"], fingerprint)


def _names_table(names: Iterable[str]) -> pa.Table:
    return pa.table({"article_id": pa.array(sorted(names), pa.string())})


def _links_table(links: Mapping[str, Link | None]) -> pa.Table:
    found = list(links.values())
    return pa.table(
        {
            "article_id": pa.array(list(links), pa.string()),
            "parent_id": pa.array([link and link.parent_id for link in found], pa.string()),
            "similarity": pa.array([link and link.likeness for link in found], pa.float64()),
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
