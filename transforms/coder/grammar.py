"""What a grammar is: the seam between the coder and the model that parses English sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the grammar cuts it; `head` is the index of the word it depends on, its own for the root."""

    start: int  # character offsets into the parsed text
    end: int
    tag: str  # Penn Treebank
    head: int
    label: str  # Universal Dependencies relation with subtype; "root" for the root
    lemma: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """A text that is tagged and not yet parsed."""

    text: str
    tags: tuple[
        tuple[int, int, str], ...
    ]  # of each token start and end in the text, and its Penn Treebank tag
    state: object  # what the grammar that made it needs to parse it


class Grammar(Protocol):
    """Reads sentences in two steps, of which the second may be spared. The same sentence is always read alike."""

    @property
    def version(self) -> str:
        """Changes whenever any parse could."""

    def tag(self, texts: Sequence[str]) -> list[Tagged]:
        """Each text, which is one sentence, headline or fragment without line breaks, cut and tagged."""

    def parse(self, tagged: Sequence[Tagged]) -> list[tuple[Token, ...]]:
        """The tokens of each text."""


def merge_tokens(
    tokens: tuple[Token, ...], words: Sequence[tuple[int, int]]
) -> tuple[list[tuple[int, int]], list[Token]]:
    """Put tokens together that belong to one of `words` (character spans), such as the parts of `U.S.-backed`.

    Returns the spans of the merged words, and for each the token that leads it, with `head` counted in merged
    words. Neither cut is finer than the result: a word goes from one boundary that both share to the next.
    """
    edges = {start for start, _ in words} & {token.start for token in tokens}
    groups: list[list[int]] = []
    for number, token in enumerate(tokens):
        if token.start == token.end:
            continue
        if token.start in edges or not groups:
            groups.append([])
        groups[-1].append(number)
    group_of = {number: at for at, group in enumerate(groups) for number in group}
    spans = [(tokens[group[0]].start, tokens[group[-1]].end) for group in groups]
    leaders = [tokens[_find_leader(tokens, group)] for group in groups]
    heads = _break_cycles([group_of.get(leader.head, at) for at, leader in enumerate(leaders)])
    merged = [
        Token(*span, leader.tag, head, leader.label if head != at else "root", leader.lemma)
        for at, (span, leader, head) in enumerate(zip(spans, leaders, heads, strict=True))
    ]
    return spans, merged


def _break_cycles(heads: list[int]) -> list[int]:
    """Make a word a root where its way up comes back to it, as merging crossing words can make it do."""
    for at in range(len(heads)):
        seen = {at}
        above = heads[at]
        while heads[above] != above and above not in seen:
            seen.add(above)
            above = heads[above]
        if above in seen and heads[above] != above:
            heads[above] = above
    return heads


def _find_leader(tokens: tuple[Token, ...], group: list[int]) -> int:
    """The token on which the rest of its word depends: the last of those whose head lies outside."""
    outside = [n for n in group if tokens[n].head not in group or tokens[n].head == n]
    sound = [n for n in outside if tokens[n].label != "punct"]
    return (sound or outside or group)[-1]
