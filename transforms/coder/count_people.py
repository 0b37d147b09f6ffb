"""How many a sentence says were killed and hurt: numbers of people, and the words of death and injury they go with.

Patterns over words, no tree: what follows an active verb (`killed 12 people`), what stands before a passive one or an
adjective (`12 people were killed`, `12 dead`), what `of` joins to a noun (`the deaths of 12 people`). Numbers side by
side are summed (`three soldiers and a guard`); those of parts are not (`12 people, including two children`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from transforms.coder.counts import (
    BEING,
    DEATH_NOUNS,
    DIE_WORDS,
    HURT_WORDS,
    KILL_WORDS,
    LINKS,
    RISING,
    STOPS,
    UNKNOWN,
    Count,
    Kind,
    Quantity,
    find_quantities,
)
from transforms.coder.lexicon import Lexicon
from transforms.coder.sentences import split_words
from transforms.word_lists import word_set


@dataclass(frozen=True, slots=True)
class Casualties:
    """What one word of death or injury counts; offsets into the text."""

    kind: Kind
    count: Count
    start: int  # of the word
    end: int

    def list_spans(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Where the word and the number stand."""
        return (self.start, self.end), (self.count.start, self.count.end)


_STATES: dict[str, Kind] = {"dead": "killed", "wounded": "injured", "injured": "injured", "hurt": "injured"}
_BETWEEN = word_set(
    "also reportedly later then all both already seriously critically badly and not reported left shot had have "
    "has"
)
_ASIDES = word_set("including among mostly many some most all")
_ATTACKERS = word_set(
    "attacker attackers assailant assailants bomber bombers gunman gunmen shooter himself themselves perpetrator "
    "perpetrators"
)
_TARGETS = word_set("gunman gunmen shooter")
"""Whom others kill (`troops killed six gunmen`); where nobody is said to (`four gunmen were also killed`) attackers."""


def count_people(text: str, start: int, end: int, lexicon: Lexicon) -> list[Casualties]:
    """What the words of death and injury of a sentence count, in the order of the text; attackers' own deaths not."""
    words = split_words(text, start, end)
    lower = [word.lower for word in words]
    quantities = list(find_quantities(lower, lexicon))
    asides = _find_asides(lower, quantities)
    usable = [one for one in quantities if one.start not in asides]
    found: list[Casualties] = []
    taken: set[int] = set()
    for kind, at in _find_cues(lower):
        chain = _find_counted(lower, at, [one for one in usable if one.start not in taken])
        if not chain:
            continue
        taken |= {one.start for one in chain}
        own = _ATTACKERS - _TARGETS if chain[0].start > at else _ATTACKERS
        told = [one for one in chain if own.isdisjoint(lower[one.start : one.end])]
        if told:
            span = (words[told[0].start].start, words[told[-1].end - 1].end)
            count = replace(_sum(told), start=span[0], end=span[1])
            found += _list_kinds(lower[at], Casualties(kind, count, words[at].start, words[at].end))
    return found


def _list_kinds(word: str, one: Casualties) -> list[Casualties]:
    """Of `20 casualties` up to 20 are dead and up to 20 hurt; where nobody was hurt nobody died."""
    nobody = one.count.bound == (0, 0) and one.kind == "injured"
    if word != "casualties" and not nobody:
        return [one]
    if not nobody:
        one = replace(
            one,
            count=replace(one.count, bound=(0 if one.count.bound == (0, 0) else None, one.count.bound[1])),
        )
    return [replace(one, kind="killed"), replace(one, kind="injured")]


def _sum(chain: Sequence[Quantity]) -> Count:
    counted = [one for one in chain if one.bound != UNKNOWN]
    if not counted:
        return Count(UNKNOWN, chain[0].least, 0, 0)
    open_end = len(counted) < len(chain)  # "two soldiers and several villagers"
    least = [one.bound[0] for one in counted]
    most = [one.bound[1] for one in counted]
    low = None if None in least else sum(n for n in least if n is not None)
    high = None if open_end or None in most else sum(n for n in most if n is not None)
    return Count((low, high), None, 0, 0)


def _find_cues(lower: Sequence[str]) -> Iterator[tuple[Kind, int]]:
    for at, word in enumerate(lower):
        if word in KILL_WORDS or word in DIE_WORDS or word == "dead":
            yield "killed", at
        elif word in HURT_WORDS:
            yield "injured", at
        elif word in DEATH_NOUNS:
            yield DEATH_NOUNS[word], at
        elif word == "treated" and {"hospital", "injuries", "wounds"} & set(lower[at : at + 4]):
            yield "injured", at


def _find_counted(lower: Sequence[str], at: int, quantities: Sequence[Quantity]) -> list[Quantity]:
    """The quantities that go with the word at `at`."""
    word = lower[at]
    before = [one for one in quantities if one.end <= at]
    after = [one for one in quantities if one.start > at]
    if "number" in lower[max(0, at - 5) : at] and "of" in lower[max(0, at - 4) : at]:
        return _read_toll(lower, at, after)
    if word in DEATH_NOUNS and word not in KILL_WORDS | HURT_WORDS:
        return _read_noun(lower, at, before, after)
    if word == "wounds" and lower[at - 1] in _BEARING:
        return _chain_back(lower, before, at)
    if word == "dead" and lower[at - 1] in _SHOT and not _is_passive(lower, at - 1):
        return _chain_on(lower, after, at)
    if word == "dead" or (word in _STATES and before and _side_by_side(lower, before[-1].end, at)):
        return _chain_back(lower, before, at)
    if word in DIE_WORDS or _is_passive(lower, at) or word == "treated":
        return _chain_back(lower, before, at)
    chain = _chain_on(lower, after, at)
    if chain:
        return chain
    if before and _follows_noun(lower, before[-1].end, at):
        return _chain_back(lower, before, at)  # "the 17 people killed in the attack", "five killed"
    return []


_SHOT = word_set("shot gunned shoot shoots shooting")
_BEARING = word_set("suffered sustained suffer sustain received")


def _read_noun(
    lower: Sequence[str], at: int, before: Sequence[Quantity], after: Sequence[Quantity]
) -> list[Quantity]:
    word = lower[at]
    if word == "toll":
        return _read_toll(lower, at, after)
    if lower[at - 1 : at] == ["no"]:
        return [Quantity(at - 1, at + 1, (0, 0))]
    if word == "death" and lower[at - 1 : at] == ["to"]:
        return _chain_back(lower, before, at)  # "beat two travellers to death"
    if lower[at - 1] in _BEARING or lower[at - 2 : at] == ["lost", "their"]:
        return _chain_back(lower, before, at)
    if before and _side_by_side(lower, before[-1].end, at):
        return [before[-1]]  # "three deaths", "25 lives"
    if lower[at + 1 : at + 2] == ["of"] and after and after[0].start <= at + 4:
        return _chain_on(lower, after, at + 1)
    return []


def _read_toll(lower: Sequence[str], at: int, after: Sequence[Quantity]) -> list[Quantity]:
    """`the death toll rose from 12 to 17`, `put the toll at 21`, `the number of dead has risen to 19`."""
    risen = [
        one for one in after
        if one.start - at <= _MOST_TO_RISEN and "to" in lower[max(at, one.start - 3) : one.start + 1]
        and not RISING.isdisjoint(lower[max(at, one.start - 6) : one.start])
    ]  # fmt: skip
    inside = [one for one in after if one.start - at <= _MOST_TO_TOLL]
    return (risen or inside)[:1]


_MOST_TO_TOLL, _MOST_TO_RISEN = 12, 30  # words


def _is_passive(lower: Sequence[str], at: int) -> bool:
    back = at - 1
    while back >= 0 and (lower[back] in _BETWEEN or lower[back].endswith("ly")):
        back -= 1
    return back >= 0 and lower[back] in BEING


def _side_by_side(lower: Sequence[str], end: int, at: int) -> bool:
    return end == at or (
        at - end <= 2 and all(word in ("more", "others", "people", "or") for word in lower[end:at])
    )


def _follows_noun(lower: Sequence[str], end: int, at: int) -> bool:
    """Whether only words of the phrase, or a chain, lie between a quantity and the participle behind it."""
    return at - end <= 3 and STOPS.isdisjoint(lower[end:at]) and "," not in lower[end:at]


def _chain_on(lower: Sequence[str], after: Sequence[Quantity], at: int) -> list[Quantity]:
    """The quantities behind a word: the first one, if it is near, and those joined to it."""
    if not after or after[0].start - at > _NEAR:
        return []
    if not (STOPS | BEING).isdisjoint(_strip(lower[at + 1 : after[0].start])):
        return []  # "among those killed were two nurses"
    chain = [after[0]]
    for one in after[1:]:
        between = lower[chain[-1].end : one.start]
        if not between or not all(word in LINKS for word in between) or _begins_clause(lower, one.end):
            break
        chain.append(one)
    return _drop_sources(lower, chain)


def _drop_sources(lower: Sequence[str], chain: list[Quantity]) -> list[Quantity]:
    """`killing 14 people, two medics and a rescue group said`: who says it stands behind a comma."""
    end = chain[-1].end
    if len(chain) < 2 or _SAYING.isdisjoint(lower[end : end + _NEAR]):
        return chain
    commas = [at for at in range(1, len(chain)) if "," in lower[chain[at - 1].end : chain[at].start]]
    return chain[: commas[0]] if commas else chain


_SAYING = word_set("said says say told reported wrote added announced confirmed")
_NEAR = 6  # words
_BEFORE_NUMBERS = word_set(
    "at least most over up to as many more than no fewer less about around some nearly almost an estimated in excess of"
)


def _strip(between: Sequence[str]) -> Sequence[str]:
    """The words without those that bound the number behind them: `killed *at least* 12`."""
    end = len(between)
    while end and between[end - 1] in _BEFORE_NUMBERS:
        end -= 1
    return between[:end]


def _begins_clause(lower: Sequence[str], end: int) -> bool:
    """Whether what follows has its own word of injury: `killed 12 and 30 *were wounded*`, `9 dead, 30 *hurt*`."""
    near = lower[end : end + 3]
    return any(word in _STATES or word in HURT_WORDS or word in BEING for word in near[:2])


def _chain_back(lower: Sequence[str], before: Sequence[Quantity], at: int) -> list[Quantity]:
    """The quantities before a word: the last one of its clause, and those joined to it."""
    if not before:
        return []
    chain = [before[-1]]
    for one in reversed(before[:-1]):
        between = lower[one.end : chain[0].start]
        if not between or not all(word in LINKS for word in between):
            break
        chain.insert(0, one)
    cues = [
        word
        for word in lower[chain[-1].end : at]
        if word in KILL_WORDS or word in HURT_WORDS or word == "dead"
    ]
    linked = not cues or "and" in lower[chain[-1].end : at]
    return chain if linked and at - chain[-1].end <= _FAR else []


_FAR = 14  # words


def _find_asides(lower: Sequence[str], quantities: Sequence[Quantity]) -> frozenset[int]:
    """Where quantities begin that count a part of what stands before them."""
    asides: set[int] = set()
    for last, one in pairwise(quantities):
        before = lower[max(0, one.start - 3) : one.start]
        among = next((at for at, word in enumerate(before) if word in _ASIDES), None)
        opened = among is not None and (before[among] == "including" or before[:among][-1:] in _OPENING)
        parted = lower[one.end : one.end + 1] == ["of"] and lower[one.end + 1 : one.end + 2] in (
            ["them"],
            ["whom"],
        )
        of_them = parted and lower[one.end + 2 : one.end + 3][:1] and lower[one.end + 2] not in BEING
        listed = before[-1:] in _OPENING and before[-1:] != [","]
        linked = all(word in LINKS for word in lower[last.end : one.start])
        if (
            opened
            or of_them
            or listed
            or (last.start in asides and linked and lower[last.end : one.start] != [","])
        ):
            asides.add(one.start)
    return frozenset(asides)


_OPENING = ([","], [":"], ["-"], ["–"], ["—"], ["("])
