"""Which articles report the same happening: each may follow one earlier article, the one most like it.

What is most like an article depends on the two texts alone, never on what else is there, so the stories are a
function of the set of articles and their order, however they came in. An article finds those like it by rare
words and runs of words that both have among their keys, so the cost depends on how much of the news of some
weeks shares these, not on the archive.

The dates of a stream are only what its documents say, so `StoryIndex` lets a strong likeness outweigh them.
"""

import math
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from transforms.identity import make_id
from transforms.records import Fingerprint

WINDOW = timedelta(days=42)
"""No article joins a story that began, or follows an article reported, longer before or after it."""
LEAST_SHARED_KEYS = 2
"""Articles that share fewer keys are not compared."""
LEAST_SHARED_WEIGHT = 0.08
"""What the shared keys must add to the likeness, so that most pairs of busy topics need not be compared."""
SAME_STORY = 0.22
"""The least likeness at which an article follows another."""
FADING = 0.5
"""How much of the likeness is lost over the window."""
STREAM_SAME_STORY = 0.19
"""The least likeness at which one follows another in a stream.

With the fading there, links in news of 2016 with true dates, of which 162 were read, are as precise as with
`SAME_STORY` and its fading.
"""
_STREAM_FADING = 0.45
"""How much of the likeness is lost in a stream over `_STREAM_FADED`, and no more, as a date may be that of a crawl."""
_STREAM_FADED = WINDOW / 2
_DAY = timedelta(days=1)
NEAR_COPY = 0.5
"""The least share of common runs of words at which two texts are one report, edited."""
REMEMBERED = 30_000
"""How many articles of a stream are remembered, some 4 kB each."""


@dataclass(frozen=True, slots=True)
class ReportedArticle:
    """An article as grouping sees it."""

    article_id: str
    seen_at: datetime  # when any version of it was first fetched
    reported_at: datetime | None  # when it was published, else `seen_at`; None: unknown, any time will do
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Link:
    """The article that another follows, and how alike they are."""

    parent_id: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Root:
    """The first article of a story."""

    article_id: str
    reported_at: datetime | None

    @property
    def story_id(self) -> str:
        return make_id("st1", self.article_id)


def story_order(article: ReportedArticle) -> tuple[datetime, datetime, str]:
    """Sorts articles by who reported first."""
    return order_of(article.article_id, article.seen_at, article.reported_at)


def order_of(
    article_id: str, seen_at: datetime, reported_at: datetime | None
) -> tuple[datetime, datetime, str]:
    """Sorts by the hour in which articles were first fetched, and within it by when they were published.

    What comes later follows what was there, so that stories keep their ids. But the order in which one run
    fetches says nothing.
    """
    return (seen_at.replace(minute=0, second=0, microsecond=0), reported_at or seen_at, article_id)


def group_stories(articles: Iterable[ReportedArticle]) -> dict[str, str]:
    """The story id of each article, by article id: a function of the set alone."""
    ordered = sorted(articles, key=story_order)
    by_key = _ArticlesByKey(len(ordered))
    roots: dict[str, Root] = {}
    for article in ordered:
        link = find_link(article, by_key.find(article.fingerprint.keys))
        parent = roots[link.parent_id] if link else None
        roots[article.article_id] = find_root(article.article_id, article.reported_at, parent)
        by_key.add(article)
    return {article_id: root.story_id for article_id, root in roots.items()}


def score_pair(later: ReportedArticle, earlier: ReportedArticle) -> float:
    """How alike two articles are: 0 to 1, for near-copies above 1; 0 when too far apart in time."""
    return _score(later, _Words(later.fingerprint), earlier)


def find_link(article: ReportedArticle, earlier: Iterable[ReportedArticle]) -> Link | None:
    """The article of `earlier` to follow, if any is like enough; of equals the first one.

    `earlier` are in order, share enough keys with the article, and come before it.
    """
    words = _Words(article.fingerprint)
    best: Link | None = None
    for other in earlier:
        score = _score(article, words, other)
        if score >= SAME_STORY and (best is None or score > best.likeness):
            best = Link(other.article_id, score)
    return best


def find_root(article_id: str, reported_at: datetime | None, parent: Root | None) -> Root:
    """The root of an article's story, given that of the article it follows; itself when that began too long ago."""
    if parent is None or _gap(reported_at, parent.reported_at) > WINDOW:
        return Root(article_id, reported_at)
    return parent


@dataclass(slots=True)
class _Story:
    """A story of a stream."""

    story_id: str
    began_at: datetime | None  # None: none of its articles has a date yet


@dataclass(slots=True)
class _Member:
    """An article of a stream in its story."""

    article: ReportedArticle
    story: _Story
    reported_at: datetime | None  # as far as it is believed


class StoryIndex:
    """The stories of a stream of articles: each is put into a story as it comes, and stays there.

    Dates are what the documents say: none, or that of a crawl, which is later than the publication. So dates far
    apart only ask for more likeness, and of two articles of one story that lie too far apart the earlier date is
    believed. An article without a date can join any story, but hands on none that began too long ago.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._members: dict[str, _Member] = {}  # by article id
        self._by_key = _ArticlesByKey(remembered)

    def add(self, article: ReportedArticle) -> str:
        """The story id of an article; one whose id was there before keeps its story."""
        known = self._members.get(article.article_id)
        if known is not None:
            return known.story.story_id
        member = self._find_place(article)
        self._members[article.article_id] = member
        forgotten = self._by_key.add(article)
        if forgotten is not None:
            del self._members[forgotten.article_id]
        return member.story.story_id

    def _find_place(self, article: ReportedArticle) -> _Member:
        """The article in the story of the one most like it, unless that began too long ago; then in its own.

        What one without a date is like says nothing of when it was, so there the next one is asked.
        """
        at = article.reported_at
        for other in self._rank(article):
            if _gap(at, other.reported_at) > WINDOW or _gap(at, other.story.began_at) <= WINDOW:
                return _follow(article, other)
            if other.reported_at is not None:
                break  # something like it was reported when it says it was
        return _Member(article, _Story(Root(article.article_id, at).story_id, at), at)

    def _rank(self, article: ReportedArticle) -> list[_Member]:
        """The articles that it could follow, the most like first; of equals in the order they came."""
        words = _Words(article.fingerprint)
        scored: list[tuple[float, _Member]] = []
        for other in self._by_key.find(article.fingerprint.keys):
            member = self._members[other.article_id]
            gap = _gap(article.reported_at, member.reported_at)
            score = words.compare(other.fingerprint, _keep_in_stream(gap))
            if score >= STREAM_SAME_STORY:
                scored.append((score, member))
        scored.sort(key=lambda item: -item[0])
        return [member for _, member in scored]


def _keep_in_stream(gap: timedelta) -> float:
    """The share of their likeness that two dates leave.

    Most reports of one happening come within a day or two and the others long after, so it falls with the
    logarithm of the days.
    """
    if gap >= _STREAM_FADED:
        return 1.0 - _STREAM_FADING
    return 1.0 - _STREAM_FADING * math.log1p(gap / _DAY) / math.log1p(_STREAM_FADED / _DAY)


def _follow(article: ReportedArticle, other: _Member) -> _Member:
    """The article in the story of another; of two dates too far apart the earlier one is believed."""
    member = _Member(article, other.story, article.reported_at)
    if _gap(member.reported_at, other.reported_at) > WINDOW:
        member.reported_at = other.reported_at = _find_first(member.reported_at, other.reported_at)
        other.story.began_at = _find_first(other.story.began_at, other.reported_at)
    other.story.began_at = other.story.began_at or member.reported_at
    return member


def _find_first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


class _ArticlesByKey:
    """The last so many articles, to be found by the keys they share with another."""

    def __init__(self, remembered: int) -> None:
        self._remembered = remembered
        self._articles: dict[int, ReportedArticle] = {}  # by number of arrival
        self._numbers: defaultdict[str, deque[int]] = defaultdict(
            deque
        )  # of the articles with a key, ascending
        self._next = 0

    def add(self, article: ReportedArticle) -> ReportedArticle | None:
        """Remember an article; the one that is forgotten for it, if any."""
        self._articles[self._next] = article
        for key in article.fingerprint.keys:
            self._numbers[key].append(self._next)
        self._next += 1
        return self._forget() if len(self._articles) > self._remembered else None

    def find(self, keys: Sequence[str]) -> Iterator[ReportedArticle]:
        """The articles that share enough keys, in the order they came."""
        shared = Counter(number for key in keys for number in self._numbers.get(key, ()))
        for number in sorted(number for number, count in shared.items() if count >= LEAST_SHARED_KEYS):
            yield self._articles[number]

    def _forget(self) -> ReportedArticle:
        number = self._next - 1 - self._remembered
        article = self._articles.pop(number)
        for key in article.fingerprint.keys:
            numbers = self._numbers[key]
            numbers.popleft()
            if not numbers:
                del self._numbers[key]
        return article


class _Words:
    """One article's words, ready to be compared with those of many."""

    def __init__(self, fingerprint: Fingerprint) -> None:
        self._weights = dict(zip(fingerprint.terms, fingerprint.weights, strict=True))
        self._keys = frozenset(fingerprint.keys)
        self._shingles = fingerprint.shingles

    def compare(self, other: Fingerprint, kept: float) -> float:
        """How alike the other's are, where the two dates leave that share of it."""
        shared = self._keys.intersection(other.keys)
        own = self._weights
        of_keys = 0.0  # the heaviest terms are the first keys
        for key, weight in zip(other.keys, other.weights, strict=False):
            if key in shared and key in own:
                of_keys += weight * own[key]
        if any(key[0] == "#" for key in shared):
            copied = _resemble(self._shingles, other.shingles)
            if copied >= NEAR_COPY:
                return round(1.0 + copied * kept, 6)
        if of_keys < LEAST_SHARED_WEIGHT:
            return 0.0
        pairs = zip(other.terms, other.weights, strict=True)
        return round(sum(weight * own[term] for term, weight in pairs if term in own) * kept, 6)


def _score(later: ReportedArticle, words: _Words, earlier: ReportedArticle) -> float:
    gap = _gap(later.reported_at, earlier.reported_at)
    if gap > WINDOW:
        return 0.0
    return words.compare(earlier.fingerprint, 1.0 - FADING * (gap / WINDOW))


def _gap(one: datetime | None, other: datetime | None) -> timedelta:
    return abs(one - other) if one is not None and other is not None else timedelta(0)


def _resemble(one: Sequence[int], other: Sequence[int]) -> float:
    """The share of common runs of words, estimated from the least hashes of both texts together."""
    most = max(len(one), len(other))
    common = set(one).intersection(other)
    if not common or len(common) < NEAR_COPY * min(len(one), len(other)):
        return 0.0  # fewer than could do
    both = sorted({*one, *other})[:most]
    return sum(shingle in common for shingle in both) / len(both)
