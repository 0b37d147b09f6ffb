"""Which articles report the same happening: each may follow one earlier article, the one most like it.

What is most like an article depends on the two texts alone, never on what else is there, so the stories are a
function of the set of articles and their order, however they came in. An article finds those like it by rare
words and runs of words that both have among their keys, so the cost depends on how much of the news of some
weeks shares these, not on the archive.
"""

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
_FADING = 0.5
"""How much of the likeness is lost over the window."""
_NEAR_COPY = 0.5
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
    index = StoryIndex(len(ordered) + 1)
    return {article.article_id: index.add(article) for article in ordered}


def score_pair(later: ReportedArticle, earlier: ReportedArticle) -> float:
    """How alike two articles are: 0 to 1, for near-copies above 1; 0 when too far apart in time."""
    gap = _gap(later.reported_at, earlier.reported_at)
    if gap > WINDOW:
        return 0.0
    kept = 1.0 - _FADING * (gap / WINDOW)
    shared = set(later.fingerprint.keys).intersection(earlier.fingerprint.keys)
    if any(key.startswith("#") for key in shared):
        copied = _resemble(later.fingerprint.shingles, earlier.fingerprint.shingles)
        if copied >= _NEAR_COPY:
            return round(1.0 + copied * kept, 6)
    there = dict(zip(earlier.fingerprint.terms, earlier.fingerprint.weights, strict=True))
    pairs = zip(later.fingerprint.terms, later.fingerprint.weights, strict=True)
    products = [(term, weight * there[term]) for term, weight in pairs if term in there]
    if sum(product for term, product in products if term in shared) < LEAST_SHARED_WEIGHT:
        return 0.0
    return round(sum(product for _, product in products) * kept, 6)


def find_link(article: ReportedArticle, earlier: Iterable[ReportedArticle]) -> Link | None:
    """The article of `earlier` to follow, if any is like enough; of equals the first one.

    `earlier` are in order, share enough keys with the article, and come before it.
    """
    best: Link | None = None
    for other in earlier:
        score = score_pair(article, other)
        if score >= SAME_STORY and (best is None or score > best.likeness):
            best = Link(other.article_id, score)
    return best


def find_root(article_id: str, reported_at: datetime | None, parent: Root | None) -> Root:
    """The root of an article's story, given that of the article it follows; itself when that began too long ago."""
    if parent is None or _gap(reported_at, parent.reported_at) > WINDOW:
        return Root(article_id, reported_at)
    return parent


class StoryIndex:
    """The stories of a stream of articles: each is put into a story as it comes, and stays there."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._articles: dict[int, ReportedArticle] = {}  # by number of arrival
        self._roots: dict[str, Root] = {}  # by article id
        self._numbers: defaultdict[str, deque[int]] = defaultdict(
            deque
        )  # of the articles with a key, ascending
        self._next = 0

    def add(self, article: ReportedArticle) -> str:
        """The story id of an article; one whose id was there before keeps its story."""
        known = self._roots.get(article.article_id)
        if known is not None:
            return known.story_id
        link = find_link(article, self._find_candidates(article.fingerprint.keys))
        parent = self._roots[link.parent_id] if link else None
        root = find_root(article.article_id, article.reported_at, parent)
        self._roots[article.article_id] = root
        self._articles[self._next] = article
        for key in article.fingerprint.keys:
            self._numbers[key].append(self._next)
        self._next += 1
        if len(self._articles) > self._remembered:
            self._forget(self._next - 1 - self._remembered)
        return root.story_id

    def _find_candidates(self, keys: Sequence[str]) -> Iterator[ReportedArticle]:
        shared = Counter(number for key in keys for number in self._numbers.get(key, ()))
        for number in sorted(number for number, count in shared.items() if count >= LEAST_SHARED_KEYS):
            yield self._articles[number]

    def _forget(self, number: int) -> None:
        article = self._articles.pop(number)
        del self._roots[article.article_id]
        for key in article.fingerprint.keys:
            numbers = self._numbers[key]
            numbers.popleft()
            if not numbers:
                del self._numbers[key]


def _gap(one: datetime | None, other: datetime | None) -> timedelta:
    return abs(one - other) if one is not None and other is not None else timedelta(0)


def _resemble(one: Sequence[int], other: Sequence[int]) -> float:
    """The share of common runs of words, estimated from the least hashes of both texts together."""
    most = max(len(one), len(other))
    common = set(one).intersection(other)
    if not common or len(common) < _NEAR_COPY * min(len(one), len(other)):
        return 0.0  # fewer than could do
    both = sorted({*one, *other})[:most]
    return sum(shingle in common for shingle in both) / len(both)
