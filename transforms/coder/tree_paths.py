"""How near two words of a sentence are in its dependency tree."""

from collections.abc import Iterable

from transforms.coder.parsed_sentence import ParsedSentence

_CLAUSES = ("ccomp", "advcl", "acl:relcl", "parataxis", "advcl:relcl", "csubj")
_CLAUSE_COST = 2.0


def find_path(parsed: ParsedSentence, first: int, second: int) -> tuple[list[int], list[int]]:
    """The words passed on the way up from either word to the one above both, which is in neither list.

    Each word in the lists stands for the edge from it to its head. Where a parse has several roots, the ways end
    at the roots.
    """
    above: dict[int, int] = {}
    at = first
    ups: list[int] = []
    while True:
        above[at] = len(ups)
        if parsed.head(at) == at:
            break
        ups.append(at)
        at = parsed.head(at)
    downs: list[int] = []
    at = second
    while at not in above:
        if parsed.head(at) == at:
            return ups, downs
        downs.append(at)
        at = parsed.head(at)
    return ups[: above[at]], downs


def measure_path(parsed: ParsedSentence, start: int, end: int, strange: Iterable[int] = ()) -> float:
    """The length of the way between two words: an edge costs 1, one that leaves a clause more.

    `strange` words belong to something else; a way through one of them is long.
    """
    ups, downs = find_path(parsed, start, end)
    edges = [*ups, *downs]
    cost = float(len(edges))
    for at in edges:
        label = parsed.label(at)
        if label in _CLAUSES or (label == "conj" and parsed.is_verb(at)):
            cost += _CLAUSE_COST
    passed = {*edges, *(parsed.head(at) for at in edges)} - {start, end}
    return cost + 3.0 * len(passed.intersection(strange))


def find_word(parsed: ParsedSentence, offset: int) -> int:
    """The word that stands at a character offset of the document, or the next one."""
    for i, word in enumerate(parsed.words):
        if word.end > offset:
            return i
    return len(parsed.words) - 1
