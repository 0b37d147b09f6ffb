"""Noun phrases out of a dependency tree, with the boundaries that people give them."""

from collections.abc import Sequence
from dataclasses import dataclass

from transforms.coder.grammar import Token
from transforms.coder.sentences import Word
from transforms.coder.word_classes import NUMBER_WORDS, Tag
from transforms.word_lists import word_set

_INSIDE = word_set(
    "det det:predet amod compound flat nummod nmod:poss nmod:desc nmod:unmarked fixed goeswith advmod punct "
    "compound:prt reparandum nummod:entity"
)
"""Relations whose dependents belong to the phrase of their head."""
_NOMINAL = ("NN", "NNS", "NNP", "NNPS", "CD", "JJ", "JJS", "JJR", "DT", "VBN", "VBG")
_LEADING = word_set(
    "nsubj nsubj:pass nsubj:outer obj iobj obl obl:agent obl:unmarked nmod nmod:poss conj appos root dislocated "
    "vocative parataxis list dep orphan xcomp ccomp advcl"
)
QUANTIFYING = word_set(
    "dozen dozens scores hundreds thousands millions group groups number handful crowd crowds members member "
    "some many tens gang several couple majority bunch band column lot most part team pair hundred thousand "
    "score scores trio half"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: words `start` to `end` (exclusive) of the sentence; `head` is its head noun's index."""

    start: int
    end: int
    head: int


def find_phrases(
    tokens: tuple[Token, ...], children: Sequence[Sequence[int]], words: Sequence[Word], tags: list[Tag]
) -> list[Phrase]:
    """The outermost noun phrases of a sentence, left to right."""
    heads = [
        i for i, token in enumerate(tokens)
        if token.tag in _NOMINAL and token.label in _LEADING and tags[i] in (Tag.WORD, Tag.NAME, Tag.NUMBER)
    ]  # fmt: skip
    found = sorted(
        (span_phrase(tokens, children, words, head) for head in heads), key=lambda p: (p.start, -p.end)
    )
    outer: list[Phrase] = []
    for phrase in found:
        if not outer or phrase.start >= outer[-1].end:
            outer.append(phrase)
    return outer


def span_phrase(
    tokens: tuple[Token, ...], children: Sequence[Sequence[int]], words: Sequence[Word], head: int
) -> Phrase:
    """The phrase that a noun leads: determiners, adjectives, names, and what `of` joins to it.

    Of `dozens of protesters` and `a group of rebels` the head is the noun behind `of`.
    """
    members = {head}
    _collect(tokens, children, words, head, members)
    start = end = head
    while start - 1 in members:
        start -= 1
    while end + 1 in members:
        end += 1
    while start < head and (
        tokens[start].label == "punct" or (tokens[start].label, tokens[start].tag) == ("case", "IN")
    ):
        start += 1
    while end > head and (tokens[end].label == "punct" or tokens[end].tag in ("POS", "IN", "RB")):
        end -= 1
    return Phrase(start, end + 1, _find_head(tokens, children, words, head, end))


def _collect(
    tokens: tuple[Token, ...],
    children: Sequence[Sequence[int]],
    words: Sequence[Word],
    head: int,
    members: set[int],
) -> None:
    for child in children[head]:
        label = tokens[child].label
        if label in _INSIDE:
            if (child > head and label in ("advmod", "nummod", "nmod:unmarked")) or _is_led_by_preposition(
                tokens, children, child
            ):
                continue
            if child > head and words[child].lower in _STATES:
                continue  # "left six people | dead in Quetta"
            _collect_all(tokens, children, child, members)
        elif label == "nmod" and child > head and _is_of(tokens, children, words, child):
            members.add(child)
            members.update(c for c in children[child] if tokens[c].label == "case")
            _collect(tokens, children, words, child, members)
        elif (child == head + 1 and words[child].lower in _BEHIND) or (
            label == "case" and tokens[child].tag == "POS"
        ):
            members.add(child)


_BEHIND = word_set("general elect designate emeritus")  # "attorney general", "president elect"
_STATES = word_set("dead wounded injured hurt homeless missing trapped stranded unconscious alive")


def _is_led_by_preposition(tokens: tuple[Token, ...], children: Sequence[Sequence[int]], child: int) -> bool:
    """`In 2015` of `In 2015 gunmen`, whatever hangs it on the noun."""
    return tokens[child].tag == "CD" and any(
        tokens[c].tag == "IN" and tokens[c].label == "case" for c in children[child]
    )


def _collect_all(
    tokens: tuple[Token, ...], children: Sequence[Sequence[int]], child: int, members: set[int]
) -> None:
    members.add(child)
    for below in children[child]:
        if tokens[below].label not in ("acl:relcl", "acl", "advcl", "parataxis"):
            _collect_all(tokens, children, below, members)


def _is_of(
    tokens: tuple[Token, ...], children: Sequence[Sequence[int]], words: Sequence[Word], child: int
) -> bool:
    cases = [c for c in children[child] if tokens[c].label == "case" and tokens[c].tag != "POS"]
    return len(cases) == 1 and words[cases[0]].lower == "of"


def _find_head(
    tokens: tuple[Token, ...], children: Sequence[Sequence[int]], words: Sequence[Word], head: int, end: int
) -> int:
    names = [c for c in children[head] if tokens[c].label == "flat" and head < c <= end]
    if names:
        return names[-1]  # "Bashar Assad": the family name
    if (
        words[head].lower not in QUANTIFYING
        and words[head].lower not in NUMBER_WORDS
        and tokens[head].tag != "CD"
    ):
        return head
    inner = [
        c for c in children[head]
        if head < c <= end and tokens[c].label == "nmod" and _is_of(tokens, children, words, c)
        and tokens[c].tag != "PRP"
    ]  # fmt: skip
    return _find_head(tokens, children, words, inner[0], end) if inner else head
