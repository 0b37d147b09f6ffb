"""The likeness of many pairs of articles at once, over arrays: what `group_stories` says of one pair after another.

Weights are whole numbers here, so sums are exact and in no order. A term is a number of 32 bits; two that meet by
chance would have to be among the few heaviest of two articles that are alike anyway.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from transforms.events.fingerprint import KEY_SHINGLES, KEY_TERMS
from transforms.events.group_stories import (
    FADING,
    LEAST_SHARED_KEYS,
    LEAST_SHARED_WEIGHT,
    NEAR_COPY,
    SAME_STORY,
    WINDOW,
)

Numbers = NDArray[np.int64]
WEIGHT_UNITS = 100_000
"""Weights have five digits behind the point."""
_WINDOW_US = WINDOW // timedelta(microseconds=1)
_LEAST_SHARED = round(LEAST_SHARED_WEIGHT * WEIGHT_UNITS**2)
_WEIGHT_BITS = 17
_MOST_MEETINGS = 2_000_000  # of two keys, looked at together
_MOST_PAIRS = 20_000  # scored together
NO_SHINGLE = np.iinfo(np.int64).max
"""Stands where an article has fewer shingles than another."""


@dataclass(frozen=True, slots=True)
class PackedArticles:
    """Articles as arrays, a row each, with zeros where one has fewer terms than another."""

    places: Numbers  # (n,): which one it is among all articles, by `story_order`
    reported_at: Numbers  # (n,): microseconds since 1970
    terms: Numbers  # (n, TERMS), heaviest first
    weights: Numbers  # (n, TERMS), in `WEIGHT_UNITS`
    shingles: Numbers  # (n, SKETCH), ascending, then `NO_SHINGLE`

    def __len__(self) -> int:
        return len(self.places)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Self:
        return type(self)(
            self.places[rows],
            self.reported_at[rows],
            self.terms[rows],
            self.weights[rows],
            self.shingles[rows],
        )

    def list_keys(self) -> tuple[Numbers, Numbers, Numbers]:
        """All keys, the rows that have them, and their places there: from `KEY_TERMS` on they are shingles."""
        keys = np.hstack([self.terms[:, :KEY_TERMS], ~self.shingles[:, :KEY_SHINGLES]])
        given = np.hstack([self.weights[:, :KEY_TERMS] > 0, self.shingles[:, :KEY_SHINGLES] != NO_SHINGLE])
        rows, slots = np.nonzero(given)
        return keys[rows, slots], rows, slots


def join_articles(parts: Iterable[PackedArticles]) -> PackedArticles:
    """All of them in one; there is one at least."""
    columns = zip(
        *((part.places, part.reported_at, part.terms, part.weights, part.shingles) for part in parts),
        strict=True,
    )
    return PackedArticles(*map(np.concatenate, columns))


def hash_terms(terms: Sequence[str]) -> Numbers:
    """The number that stands for each term, of 32 bits."""
    return np.array([crc32(term.encode("utf-8", "surrogatepass")) for term in terms], np.int64)


def pad_lists(values: Numbers, lengths: Numbers, width: int, fill: int = 0) -> Numbers:
    """Lists, given one after the other, as the rows of an array of that width."""
    padded = np.full((len(lengths), width), fill, np.int64)
    padded[np.arange(width) < lengths[:, None]] = values
    return padded


def find_alike(
    some: PackedArticles, others: PackedArticles
) -> Iterator[tuple[Numbers, Numbers, NDArray[np.float64]]]:
    """Pairs that are like enough to be in one story: rows of `some`, rows of `others`, and how alike they are.

    An article is not compared with itself, by its place; nor are two that were reported too far apart.
    """
    for one, other, shared, has_run in _pair(some, others):
        for at in range(0, len(one), _MOST_PAIRS):
            part = slice(at, at + _MOST_PAIRS)
            scores = _score(some.take(one[part]), others.take(other[part]), shared[part], has_run[part])
            alike = scores >= SAME_STORY
            yield one[part][alike], other[part][alike], scores[alike]


def _pair(
    some: PackedArticles, others: PackedArticles
) -> Iterator[tuple[Numbers, Numbers, Numbers, NDArray[np.bool_]]]:
    """Pairs that share enough keys, what the shared terms add to the likeness, and whether they share a shingle."""
    keys, rows, slots = some.list_keys()
    order = np.argsort(keys, kind="stable")
    keys, rows, slots = keys[order], rows[order], slots[order]
    their_keys, their_rows, their_slots = others.list_keys()
    first = np.searchsorted(keys, their_keys, "left")
    counts = np.searchsorted(keys, their_keys, "right") - first
    ends = np.cumsum(counts)
    begin = 0
    while begin < len(counts):
        base = ends[begin - 1] if begin else 0
        end = int(np.searchsorted(ends, base + _MOST_MEETINGS, "right"))
        end = max(end, begin + 1)
        if end < len(counts):  # all keys of a row together
            row = their_rows[end]
            whole = int(np.searchsorted(their_rows, row, "left"))
            end = whole if whole > begin else int(np.searchsorted(their_rows, row, "right"))
        meeting = np.repeat(np.arange(begin, end), counts[begin:end])
        at = first[meeting] + np.arange(len(meeting)) - (ends[meeting] - counts[meeting] - base)
        one, other = rows[at], their_rows[meeting]
        near = np.abs(some.reported_at[one] - others.reported_at[other]) <= _WINDOW_US
        near &= some.places[one] != others.places[other]
        yield _gather(some, others, one[near], other[near], slots[at[near]], their_slots[meeting[near]])
        begin = end


def _gather(
    some: PackedArticles,
    others: PackedArticles,
    one: Numbers,
    other: Numbers,
    slot: Numbers,
    their_slot: Numbers,
) -> tuple[Numbers, Numbers, Numbers, NDArray[np.bool_]]:
    """Meetings of two keys as pairs of articles, those with enough of them."""
    met = np.sort((((one * len(others) + other) << 5 | slot) << 5) | their_slot)
    pairs = met >> 10
    starts = np.flatnonzero(np.diff(pairs, prepend=-1))
    counts = np.diff(starts, append=len(met))
    often = np.repeat(counts >= LEAST_SHARED_KEYS, counts)
    met, pairs = met[often], pairs[often]
    if not len(met):
        return met, met, met, met.astype(bool)
    starts = np.flatnonzero(np.diff(pairs, prepend=-1))
    one, other = np.divmod(pairs, len(others))
    slot, their_slot = met >> 5 & 31, met & 31
    is_run = slot >= KEY_TERMS
    slot, their_slot = np.where(is_run, 0, slot), np.where(is_run, 0, their_slot)
    products = np.where(is_run, 0, some.weights[one, slot] * others.weights[other, their_slot])
    shared = np.add.reduceat(products, starts)
    has_run = np.logical_or.reduceat(is_run, starts)
    enough = has_run | (shared >= _LEAST_SHARED)
    return one[starts][enough], other[starts][enough], shared[enough], has_run[enough]


def _score(
    some: PackedArticles, others: PackedArticles, shared: Numbers, has_run: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """How alike the articles of each row are: 0 to 1, for near-copies above 1."""
    gaps = np.abs(some.reported_at - others.reported_at)
    kept = 1.0 - FADING * (gaps / _WINDOW_US)
    own = some.terms << _WEIGHT_BITS | some.weights
    theirs = others.terms << _WEIGHT_BITS | others.weights
    both = np.sort(np.hstack([own, theirs]), axis=1)
    weights = both & ((1 << _WEIGHT_BITS) - 1)
    same = (both[:, 1:] >> _WEIGHT_BITS) == (both[:, :-1] >> _WEIGHT_BITS)
    sums = (weights[:, 1:] * weights[:, :-1] * same).sum(axis=1)
    scores = np.where(shared >= _LEAST_SHARED, np.round(sums / WEIGHT_UNITS**2 * kept, 6), 0.0)
    if has_run.any():
        copied = _resemble(some.shingles[has_run], others.shingles[has_run])
        of_copies = np.round(1.0 + copied * kept[has_run], 6)
        scores[has_run] = np.where(copied >= NEAR_COPY, of_copies, scores[has_run])
    return scores


def _resemble(some: Numbers, others: Numbers) -> NDArray[np.float64]:
    """The share of common runs of words, as `group_stories` estimates it."""
    most = np.maximum((some != NO_SHINGLE).sum(axis=1), (others != NO_SHINGLE).sum(axis=1))
    both = np.sort(np.hstack([some, others]), axis=1)
    is_twice = np.zeros(both.shape, bool)
    is_twice[:, :-1] = both[:, 1:] == both[:, :-1]
    is_first = np.ones(both.shape, bool)
    is_first[:, 1:] = ~is_twice[:, :-1]
    is_first &= both != NO_SHINGLE
    counts = is_first & (np.cumsum(is_first, axis=1) <= most[:, None])
    least: NDArray[np.float64] = (is_twice & counts).sum(axis=1) / np.maximum(counts.sum(axis=1), 1)
    return least
