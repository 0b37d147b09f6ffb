"""Keep `article_stories` what `transforms.events.group_stories` makes of the current articles, link by link.

Whom an article follows depends on its own words and theirs alone. So a load finds links for the articles it
changed and for those that followed these, and tries the changed ones against the later articles that share keys
with them; all that is read lies within some weeks of a changed article, however large the archive.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from transforms.events.group_stories import WINDOW, Link, Root, find_root, order_of
from transforms.events.link_articles import AlikeFinder, join_articles
from transforms.shift_dates import shift_date
from warehouse.fingerprint_files import FingerprintFiles
from warehouse.sql_files import read_sql
from warehouse.statements import fetch_rows, lend_tables, run_script

_MOST_PAIRED = 5_000  # articles whose links are found at once, so that memory stays bounded


@dataclass(frozen=True, slots=True)
class _ToLink:
    """An article whose link is to be found, since it or the one it followed has changed."""

    article_id: str
    reported_at: datetime


def group_changed(
    connection: duckdb.DuckDBPyConnection, load_id: int, fingerprints: FingerprintFiles
) -> None:
    """Group the articles in the temporary table `touched_articles` again; the caller commits."""
    run_script(connection, "choose_articles_to_link", {"load_id": load_id})
    to_link = [_ToLink(**row) for row in fetch_rows(connection, "read_articles_to_link")]
    if to_link:
        moved = {item.article_id for item in to_link}
        for part in _split_by_time(to_link):
            links = _find_links(connection, part, fingerprints)
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
    connection: duckdb.DuckDBPyConnection, part: Sequence[_ToLink], fingerprints: FingerprintFiles
) -> dict[str, Link | None]:
    """The links of a part's articles, and the new ones of later articles for which a changed one is better."""
    given = {"first": part[0].reported_at, "last": part[-1].reported_at}
    connection.execute(read_sql("number_near_articles"), given | {"window": WINDOW})
    near = connection.sql(read_sql("read_near_articles")).to_arrow_table()
    is_changed, is_unlinked, similarity = (
        near.column(name).to_numpy() for name in ("is_changed", "is_unlinked", "similarity")
    )
    window = (shift_date(given["first"], -WINDOW), shift_date(given["last"], WINDOW))
    fingerprints.complete(connection, *window)
    best = _BestLinks(len(near))
    to_link = join_articles(fingerprints.read(connection, *window, only_to_link=True))
    finder = AlikeFinder(to_link)
    for others in fingerprints.read(connection, *window):
        for one, other, scores in finder.find(others):
            place, their_place = to_link.places[one], others.places[other]
            counts = (their_place < place) | (is_changed[place] & ~is_unlinked[their_place])
            best.add(
                np.maximum(place, their_place)[counts],
                np.minimum(place, their_place)[counts],
                scores[counts],
            )
    better = best.scores > np.where(is_unlinked, 0.0, similarity)
    equal = (best.scores > 0) & ~better & (best.scores == similarity)
    links: dict[str, Link | None] = {item.article_id: None for item in part}
    return links | _name_links(connection, best, better, equal)


class _BestLinks:
    """The article of most likeness that each near article can follow, of equals the first; all by their places."""

    def __init__(self, count: int) -> None:
        self.scores = np.zeros(count)
        self.parents = np.full(count, count)

    def add(self, later: NDArray[np.int64], earlier: NDArray[np.int64], scores: NDArray[np.float64]) -> None:
        order = np.lexsort((earlier, -scores, later))
        later, earlier, scores = later[order], earlier[order], scores[order]
        first = np.flatnonzero(np.diff(later, prepend=-1))
        later, earlier, scores = later[first], earlier[first], scores[first]
        there = self.scores[later]
        better = (scores > there) | ((scores == there) & (earlier < self.parents[later]))
        self.scores[later[better]], self.parents[later[better]] = scores[better], earlier[better]


def _name_links(
    connection: duckdb.DuckDBPyConnection,
    best: _BestLinks,
    better: NDArray[np.bool_],
    equal: NDArray[np.bool_],
) -> dict[str, Link | None]:
    """The links by the ids of the articles; of the `equal` ones those whose parent came before the one they have."""
    places = np.flatnonzero(better | equal)
    found = pa.table({"place": places, "parent_place": best.parents[places], "is_equal": equal[places]})
    with lend_tables(connection, found_links=found):
        rows = fetch_rows(connection, "name_found_links")
    return {row["article_id"]: Link(row["parent_id"], best.scores[row["place"]].item()) for row in rows}


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
