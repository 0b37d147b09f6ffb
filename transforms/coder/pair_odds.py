"""Whether two mentions of an article tell of one event: learnt from the encoder's vectors and plain cues."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from transforms.coder.judge import Array, Encoder, NewsGate

CUES = (
    "same sentence", "next sentence", "next but one", "three to five apart", "farther apart", "distance",
    "headline", "lead", "same trigger", "alike trigger", "shared names", "shared number", "other numbers",
)  # fmt: skip
_NAME = re.compile(r"[A-Z][\w’'-]+")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, eq=False)
class PairMention:
    """What is compared of a mention."""

    sentence: int
    words: str  # the trigger's
    sentence_text: str
    vector: Array | None


@dataclass(frozen=True, slots=True, eq=False)
class PairWeights:
    """Two layers over products and differences of projected vectors, and the cues. Rows are inputs."""

    projection: Array  # (384, 96)
    projection_bias: Array
    hidden: Array  # (2 * 96 + cues, 64)
    hidden_bias: Array
    output: Array  # (64,)
    output_bias: float


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """What finds the mentions, what knows quiet texts, and what puts mentions together."""

    encoder: Encoder
    gate: NewsGate
    pairs: PairWeights

    @property
    def version(self) -> str:
        """Names the weights, their quantisation and what runs them."""
        return self.encoder.version


def list_cues(earlier: PairMention, later: PairMention) -> list[float]:
    """The values of `CUES` for two mentions in the order of the text."""
    apart = abs(later.sentence - earlier.sentence)
    names, other_names = (_find_names(one.sentence_text) for one in (earlier, later))
    numbers, other_numbers = (_find_numbers(one.sentence_text) for one in (earlier, later))
    shared = numbers & other_numbers
    words, other_words = earlier.words.lower(), later.words.lower()
    return [
        apart == 0,
        apart == 1,
        apart == 2,
        3 <= apart <= 5,
        apart > 5,
        min(apart, 20) / 20,
        min(earlier.sentence, later.sentence) < 0,
        min(earlier.sentence, later.sentence) <= 1,
        words == other_words,
        words[:5] == other_words[:5] or words[-5:] == other_words[-5:],
        len(names & other_names) / (1 + min(len(names), len(other_names))),
        bool(shared),
        bool(numbers and other_numbers and not shared),
    ]


def rate_pair(earlier: PairMention, later: PairMention, weights: PairWeights) -> float:
    """The logit of two mentions being of one event; above 0 they rather are."""
    return rate_clusters([earlier], [later], weights)


def rate_clusters(told: Sequence[PairMention], draft: Sequence[PairMention], weights: PairWeights) -> float:
    """The mean logit over the pairs of two groups of mentions: of many, the first and the last ones."""
    told, draft = _sample(told), _sample(draft)
    first, second = (
        np.stack([np.asarray(one.vector) for one in some]) @ weights.projection + weights.projection_bias
        for some in (told, draft)
    )
    cues = np.array([[list_cues(one, other) for other in draft] for one in told])
    left, right = first[:, None, :], second[None, :, :]
    inputs = np.concatenate([left * right, np.abs(left - right), cues], axis=2)
    hidden = np.maximum(inputs @ weights.hidden + weights.hidden_bias, 0)
    return float((hidden @ weights.output + weights.output_bias).mean())


def _sample(mentions: Sequence[PairMention]) -> Sequence[PairMention]:
    """Few enough that a text of a thousand alike sentences takes no minutes; those with a vector."""
    known = [one for one in mentions if one.vector is not None]
    return known if len(known) <= 2 * _AT_EACH_END else [*known[:_AT_EACH_END], *known[-_AT_EACH_END:]]


_AT_EACH_END = 4


@lru_cache(maxsize=4_000)
def _find_names(sentence: str) -> frozenset[str]:
    return frozenset(_NAME.findall(sentence))


@lru_cache(maxsize=4_000)
def _find_numbers(sentence: str) -> frozenset[str]:
    return frozenset(_NUMBER.findall(sentence))
