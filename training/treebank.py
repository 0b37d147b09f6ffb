"""CoNLL-U trees as plain records, and how training varies them."""

import gzip
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tree:
    """One sentence. `heads` are indices into `words`, -1 for the root; `spaces`: a blank follows the word."""

    words: tuple[str, ...]
    spaces: tuple[bool, ...]
    tags: tuple[str, ...]  # Penn Treebank tags, the treebank's XPOS
    heads: tuple[int, ...]
    labels: tuple[str, ...]  # Universal Dependencies relations with subtypes
    lemmas: tuple[str, ...]


def read_trees(path: Path) -> list[Tree]:
    """The sentences of a (gzipped) CoNLL-U file; multiword and empty tokens are passed over.

    Source: https://universaldependencies.org/format.html
    """
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    return list(_read_blocks(iter(text.split("\n"))))


def _read_blocks(lines: Iterator[str]) -> Iterator[Tree]:
    rows: list[list[str]] = []
    joined: dict[int, bool] = {}  # last word of a multiword token: whether a blank follows
    inside: set[int] = set()
    for line in lines:
        if not line:
            if rows:
                yield _make_tree(rows, joined, inside)
            rows, joined, inside = [], {}, set()
        elif not line.startswith("#"):
            row = line.split("\t")
            if "-" in row[0]:
                first, last = map(int, row[0].split("-"))
                joined[last] = "SpaceAfter=No" not in row[9]
                inside.update(range(first, last))
            elif "." not in row[0]:
                rows.append(row)
    if rows:
        yield _make_tree(rows, joined, inside)


def _make_tree(rows: list[list[str]], joined: dict[int, bool], inside: set[int]) -> Tree:
    numbers = [int(row[0]) for row in rows]
    return Tree(
        words=tuple(row[1] for row in rows),
        spaces=tuple(
            False if n in inside else joined.get(n, "SpaceAfter=No" not in row[9])
            for n, row in zip(numbers, rows, strict=True)
        ),
        tags=tuple(row[4] if row[4] != "_" else row[3] for row in rows),
        heads=tuple(int(row[6]) - 1 for row in rows),
        labels=tuple(row[7] for row in rows),
        lemmas=tuple(row[2] for row in rows),
    )


def vary_tree(tree: Tree, chance: random.Random, share: float = 1.0) -> Tree:
    """A tree as headlines and careless text would write it: case changed, or the final stop missing.

    Changes 40 % of the trees, or `share` of that.
    """
    roll = chance.random() / share if share else 1.0
    if roll < 0.10:
        return replace(tree, words=tuple(word.lower() for word in tree.words))
    if roll < 0.16:
        return replace(tree, words=tuple(word.upper() for word in tree.words))
    if roll < 0.26:
        return replace(tree, words=tuple(word[:1].upper() + word[1:] for word in tree.words))
    if roll < 0.40:
        return cut_final_stop(tree)
    return tree


def cut_final_stop(tree: Tree) -> Tree:
    """The tree without its final full stop, where nothing hangs on that."""
    last = len(tree.words) - 1
    if last < 2 or tree.words[last] != "." or last in tree.heads:
        return tree
    return Tree(
        tree.words[:last], tree.spaces[:last], tree.tags[:last],
        tree.heads[:last], tree.labels[:last], tree.lemmas[:last],
    )  # fmt: skip
