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
_MOST_MEETINGS = 100_000  # of two keys, looked at together
_MARKS = 1 << 20  # most keys are nowhere else: looked up here first
_MOST_PAIRS = 1_000  # scored together
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


class AlikeFinder:
    """Finds those that are like some articles among any others, which come a part at a time."""

    def __init__(self, some: PackedArticles) -> None:
        self.some = some
        keys, rows, slots = some.list_keys()
        order = np.argsort(keys, kind="stable")
        self._rows, self._slots = rows[order], slots[order]
        self._keys, self._starts, self._counts = np.unique(keys[order], return_index=True, return_counts=True)
        self._may_be_there = np.zeros(_MARKS, bool)
        self._may_be_there[_mark(self._keys)] = True

    def find(self, others: PackedArticles) -> Iterator[tuple[Numbers, Numbers, NDArray[np.float64]]]:
        """Pairs that are like enough to be in one story: rows of `some`, rows of `others`, how alike they are.

        An article is not compared with itself, by its place; nor are two that were reported too far apart.
        """
        for met in self._meet(others):
            one, other, shared, has_run = _gather(self.some, others, met)
            for at in range(0, len(one), _MOST_PAIRS):
                part = slice(at, at + _MOST_PAIRS)
                pairs = self.some.take(one[part]), others.take(other[part])
                scores = _score(*pairs, shared[part], has_run[part])
                alike = scores >= SAME_STORY
                yield one[part][alike], other[part][alike], scores[alike]

    def _meet(self, others: PackedArticles) -> Iterator[Numbers]:
        """The meetings of equal keys, see `_gather`, sorted, those of a row of `others` together."""
        keys, rows, slots = others.list_keys()
        there = self._may_be_there[_mark(keys)]
        keys, rows, slots = keys[there], rows[there], slots[there]
        nth = np.minimum(np.searchsorted(self._keys, keys), max(0, len(self._keys) - 1))
        there = self._keys[nth] == keys
        nth, rows, theirs = nth[there], rows[there], (rows << 10 | slots)[there]
        own = (self._rows * len(others) << 5 | self._slots) << 5
        first, counts = self._starts[nth], self._counts[nth]
        ends = np.cumsum(counts)
        begin = 0
        while begin < len(counts):
            base = ends[begin - 1] if begin else 0
            end = max(begin + 1, int(np.searchsorted(ends, base + _MOST_MEETINGS, "right")))
            if end < len(counts):
                whole = int(np.searchsorted(rows, rows[end], "left"))
                end = whole if whole > begin else int(np.searchsorted(rows, rows[end], "right"))
            part = slice(begin, end)
            at = np.repeat(first[part] - (ends[part] - counts[part] - base), counts[part])
            at += np.arange(len(at))
            met = own[at]
            met += np.repeat(theirs[part], counts[part])
            met.sort()
            yield met
            begin = end


def _mark(keys: Numbers) -> Numbers:
    return (keys ^ keys >> 20 ^ keys >> 40) & (_MARKS - 1)


def _gather(
    some: PackedArticles, others: PackedArticles, met: Numbers
) -> tuple[Numbers, Numbers, Numbers, NDArray[np.bool_]]:
    """Meetings of two keys, sorted, as pairs of articles, those with enough of them and near enough in time.

    The bits of a meeting: row of `some` times the others and row of the other, and the keys' places within the two.
    """
    pairs = met >> 10
    starts = np.flatnonzero(np.diff(pairs, prepend=-1))
    counts = np.diff(starts, append=len(met))
    starts, counts = starts[counts >= LEAST_SHARED_KEYS], counts[counts >= LEAST_SHARED_KEYS]
    one, other = np.divmod(pairs[starts], len(others))
    near = np.abs(some.reported_at[one] - others.reported_at[other]) <= _WINDOW_US
    near &= some.places[one] != others.places[other]
    one, other, starts, counts = one[near], other[near], starts[near], counts[near]
    if not len(one):
        return one, other, one, near[:0]
    firsts = np.cumsum(counts) - counts
    met = met[np.repeat(starts - firsts, counts) + np.arange(counts.sum())]
    is_run = (met >> 5 & 31) >= KEY_TERMS
    slot, their_slot = np.where(is_run, 0, met >> 5 & 31), np.where(is_run, 0, met & 31)
    products = (
        some.weights[np.repeat(one, counts), slot] * others.weights[np.repeat(other, counts), their_slot]
    )
    shared = np.add.reduceat(np.where(is_run, 0, products), firsts)
    has_run = np.logical_or.reduceat(is_run, firsts)
    enough = has_run | (shared >= _LEAST_SHARED)
    return one[enough], other[enough], shared[enough], has_run[enough]


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
