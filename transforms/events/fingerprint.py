"""What grouping keeps of an article: its heaviest words and a sketch of its wording, a kilobyte or so.

The weight of a word is its rarity in English at large, a shipped table, times how prominently the article uses
it. A table learnt from the archive would follow the news, but then what two articles have in common would depend
on what else was loaded, and when: a replay could not arrive at the same stories.
"""

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Mapping

from transforms.records import GROUPED_KINDS, Fingerprint

FINGERPRINT_VERSION = 1
"""Another one, when a text's fingerprint would be another: what is kept of it is then taken again."""
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_ENGLISH = ("", "en")  # a document that says nothing of its language is taken for English
_TITLE, _LEAD, _REST = 2.0, 1.0, 0.3
"""How much a word counts in the title, in the lead and after it."""
_LEAD_WORDS, _READ_WORDS = 150, 600
_NAME = 1.5
"""How much more a capitalised word counts: names distinguish stories better than anything else."""
_NUMBER_RARITY = 3.0
_ARTICLE_WORDS = 300  # of a typical article, for the chance that it holds a word
_LEAST_FREQUENCY = 1e-5  # of the words in the table; whatever is not in it counts as this rare
_AGENCY = re.compile(r"\A([^\n()]{1,60})\([^\n()]{2,30}\)(?=\s*[-–—])")  # PARIS, March 2 (Agency) -
TERMS = 40
KEY_TERMS, KEY_SHINGLES = 12, 8
_SHINGLE_WORDS = 5
SKETCH = 32


def take_fingerprint(
    article_version_id: str,
    title: str,
    text: str,
    language: str,
    frequencies: Mapping[str, float],
    page_kind: str = "",
) -> Fingerprint:
    """The fingerprint of one text; `frequencies` are those of `strip_ending` forms among all English words.

    A text in another language has no terms: only near-copies of it can be found. What is no article has nothing.
    """
    if page_kind not in ("", *GROUPED_KINDS):
        return Fingerprint(article_version_id, (), (), (), ())
    words = _WORD.findall(text)
    terms: list[tuple[str, float]] = []
    if re.split("[-_]", language)[0].lower() in _ENGLISH:
        body = _WORD.findall(_AGENCY.sub(r"\1", text))  # an agency's name says nothing of what happened
        terms = _weigh_terms(_WORD.findall(title), body, frequencies)
    shingles = _sketch([word.lower() for word in words or _WORD.findall(title)])
    keys = [term for term, _ in terms[:KEY_TERMS]] + [f"#{shingle:x}" for shingle in shingles[:KEY_SHINGLES]]
    return Fingerprint(
        article_version_id,
        tuple(term for term, _ in terms),
        tuple(weight for _, weight in terms),
        shingles,
        tuple(keys),
    )


def strip_ending(word: str) -> str:
    """A lower-case word without possessive and plural: enough to make `satellites` meet `satellite's`."""
    word = word.replace("’", "'").removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-2] if word.endswith(("shes", "ches", "xes", "sses", "zes")) else word[:-1]
    return word


def _weigh_terms(
    title: list[str], words: list[str], frequencies: Mapping[str, float]
) -> list[tuple[str, float]]:
    """The heaviest terms of an English text, heaviest first, their weights a vector of unit length."""
    counts: defaultdict[str, float] = defaultdict(float)
    for part, weight in (
        (title, _TITLE),
        (words[:_LEAD_WORDS], _LEAD),
        (words[_LEAD_WORDS:_READ_WORDS], _REST),
    ):
        for word in part:
            whole = strip_ending(word.lower())
            weighed = weight * (_NAME if word[0].isupper() else 1.0)
            for term in {whole, *whole.split("-")}:
                if len(term) > 1 or term.isdigit():
                    counts[term] += weighed
    weights = {
        term: (1.0 + math.log(count) if count > 1.0 else count) * _rarity_of(term, frequencies)
        for term, count in counts.items()
    }
    heaviest = sorted(weights.items(), key=lambda item: (-round(item[1], 6), item[0]))[:TERMS]
    length = math.sqrt(sum(weight * weight for _, weight in heaviest)) or 1.0
    return [(term, round(weight / length, 5)) for term, weight in heaviest]


def _rarity_of(term: str, frequencies: Mapping[str, float]) -> float:
    """How surprising it is that an article holds the term at all: minus the logarithm of the chance."""
    if term[0].isdigit():
        return _NUMBER_RARITY
    frequency = max(frequencies.get(term, 0.0), _LEAST_FREQUENCY)
    return -math.log(1.0 - math.exp(-_ARTICLE_WORDS * frequency))


def _sketch(words: list[str]) -> tuple[int, ...]:
    """The least hashes of all runs of five words, the end running on into the beginning.

    Of two sketches so made the share of common hashes estimates that of common runs.
    Source: Broder, "On the resemblance and containment of documents" (1997).
    """
    if not words:
        return ()
    ring = words + words[: _SHINGLE_WORDS - 1]
    runs = {" ".join(ring[start : start + _SHINGLE_WORDS]) for start in range(len(words))}
    return tuple(sorted({_hash(run) for run in runs})[:SKETCH])


def _hash(run: str) -> int:
    digest = hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1  # 63 bits fit a signed column
