"""The likeness of many pairs at once is that of one pair after another."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transforms.events.fingerprint import SKETCH, TERMS, take_fingerprint
from transforms.events.group_stories import LEAST_SHARED_KEYS, SAME_STORY, ReportedArticle, score_pair
from transforms.events.link_articles import (
    NO_SHINGLE,
    WEIGHT_UNITS,
    AlikeFinder,
    PackedArticles,
    hash_terms,
    join_articles,
    pad_lists,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WORDS = [
    f"{one}{two}"
    for one in ("amber", "basalt", "falcon", "lagoon")
    for two in ("ik", "ov", "er", "un", "ade")
]


@st.composite
def reported(draw: st.DrawFn) -> list[ReportedArticle]:
    """Up to eight articles over three months, some of them copies with a few words more, some without terms."""
    articles: list[ReportedArticle] = []
    texts = draw(
        st.lists(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join), min_size=1, max_size=5)
    )
    for nth in range(draw(st.integers(2, 8))):
        text = draw(st.sampled_from(texts)) + draw(st.sampled_from(["", " by our own writer", " (wire)"]))
        taken = take_fingerprint(f"av1-{nth}", "", text, draw(st.sampled_from(["en", "de"])), {})
        at = EPOCH + timedelta(hours=draw(st.integers(-2000, 200)), microseconds=nth)
        articles.append(ReportedArticle(f"ar1-{nth}", at, at, taken))
    return articles


def pack(articles: Sequence[ReportedArticle], first: int = 0) -> PackedArticles:
    def lists(name: str) -> tuple[list[object], np.ndarray]:
        found = [getattr(article.fingerprint, name) for article in articles]
        return [item for items in found for item in items], np.array([*map(len, found)], np.int64)

    terms, counts = lists("terms")
    weights = np.rint(np.array(lists("weights")[0], float) * WEIGHT_UNITS).astype(np.int64)
    shingles = lists("shingles")
    return PackedArticles(
        np.arange(first, first + len(articles)),
        np.array([(article.seen_at - EPOCH) // timedelta(microseconds=1) for article in articles], np.int64),
        pad_lists(hash_terms([str(term) for term in terms]), counts, TERMS),
        pad_lists(weights, counts, TERMS),
        pad_lists(np.array(shingles[0], np.int64), shingles[1], SKETCH, NO_SHINGLE),
    )


@given(articles=reported())
def test_all_pairs_at_once_are_as_alike_as_one_by_one(articles: list[ReportedArticle]) -> None:
    half = len(articles) // 2
    some = join_articles([pack(articles[:half]), pack(articles[half:], half)])
    finder = AlikeFinder(some)
    found: dict[tuple[int, int], float] = {}
    for part in (some.take(np.arange(half)), some.take(np.arange(half, len(articles)))):
        for one, other, scores in finder.find(part):
            pairs = zip(some.places[one].tolist(), part.places[other].tolist(), strict=True)
            found |= dict(zip(pairs, scores.tolist(), strict=True))
    alike = {
        (one, other): score
        for one, other in permutations(range(len(articles)), 2)
        if (score := score_pair(articles[one], articles[other])) >= SAME_STORY
    }
    met = {pair for pair in alike if share_keys(articles[pair[0]], articles[pair[1]])}
    assert found == {pair: alike[pair] for pair in met}


def share_keys(one: ReportedArticle, other: ReportedArticle) -> bool:
    return len(set(one.fingerprint.keys) & set(other.fingerprint.keys)) >= LEAST_SHARED_KEYS
