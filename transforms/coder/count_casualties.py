"""How many were killed and hurt: the numbers of those whom the grammar says that it befell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from transforms.coder.casualty_cues import Cue, find_cues
from transforms.coder.clauses import expand, find_agents, is_passive
from transforms.coder.find_events import Hit
from transforms.coder.lexicon import Lexicon
from transforms.coder.number_words import VAGUE, parse_number
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.quantities import (
    ATTACKERS,
    HURT_WORDS,
    KILL_WORDS,
    Bound,
    Counts,
    Quantity,
    find_quantities,
)
from transforms.coder.word_classes import Tag
from transforms.word_lists import word_set


@dataclass(frozen=True, slots=True)
class Toll:
    """Counts of one sentence. None: the text does not say. The attackers' own deaths are kept apart."""

    killed: Bound = (None, None)
    injured: Bound = (None, None)
    attackers_killed: Bound = (None, None)
    any_killed: bool = False  # someone was killed, counted or not
    any_injured: bool = False
    killed_least: int | None = None  # how many "dozens" are at least, where nothing is counted
    injured_least: int | None = None
    claimed: bool = False  # those who did it say so: officials' counts go before theirs


@dataclass(frozen=True, slots=True)
class Casualty:
    """A word of death or injury at word `at`, and the numbers that it speaks of."""

    at: int
    kind: Literal["killed", "injured"]
    quantities: tuple[Quantity, ...]
    total: bool = (
        False  # "the death toll rose to 17", "the number killed is 17": holds what other words count
    )


def find_casualties(parsed: ParsedSentence, hits: list[Hit], lexicon: Lexicon) -> list[Casualty]:
    """The words of death and injury in a sentence; each number is bound to one of them.

    The tree says whom it befell; where it is silent, the nearest number of people counts.
    """
    cues = find_cues(parsed)
    if not cues:
        return []
    words = [word.lower for word in parsed.words]
    quantities = find_quantities(parsed, lexicon)
    beside = {cue.at: q for cue in cues for q in quantities if _stands_beside(parsed, words, cue, q)}
    taken: list[Quantity] = []
    found = []
    for cue in cues:
        others = [q for at, q in beside.items() if at != cue.at]
        free = [q for q in quantities if q not in taken and q not in others]
        bound = [q for q in _bind(parsed, words, cue, free, beside.get(cue.at), lexicon) if q not in taken]
        taken += bound
        holds_all = bool(bound) and bool(_find_number_of(words, cue.at, bound))
        found += _make_casualties(replace(cue, total=cue.total or holds_all), bound)
    counted = {c.kind for c in found if any(q.counted for q in c.quantities) and not _is_weak(c, cues)}
    return [c for c in found if not (_is_weak(c, cues) and c.kind in counted)]


def _is_weak(casualty: Casualty, cues: Sequence[Cue]) -> bool:
    return any(cue.at == casualty.at and (cue.weak or cue.kind == "casualties") for cue in cues)


def _make_casualties(cue: Cue, bound: list[Quantity]) -> list[Casualty]:
    if cue.kind != "casualties":
        return [Casualty(cue.at, cue.kind, tuple(bound), cue.total)]
    if cue.nobody:
        return [Casualty(cue.at, "killed", tuple(bound)), Casualty(cue.at, "injured", tuple(bound))]
    if not bound:
        return []
    # "inflicted 20 casualties": some were killed, the others hurt
    parts = tuple(replace(q, bound=(None, q.bound[1])) for q in bound)
    return [Casualty(cue.at, "killed", parts), Casualty(cue.at, "injured", parts)]


def sum_casualties(parsed: ParsedSentence, casualties: list[Casualty]) -> Toll:
    """The toll of those casualties of a sentence that belong to one event."""
    words = [word.lower for word in parsed.words]
    killed = _collect(words, [c for c in casualties if c.kind == "killed"])
    injured = _collect(words, [c for c in casualties if c.kind == "injured"])
    victims = _take_away(words, _sum([q for q in killed if q.counts != "attackers"]))
    hurt = _sum(injured)
    if hurt == (0, 0) and not any(c.kind == "killed" for c in casualties):
        victims = (0, 0)  # where nobody was hurt nobody was killed
    return Toll(
        victims,
        hurt,
        _sum([q for q in killed if q.counts == "attackers"]),
        any(c.kind == "killed" for c in casualties),
        any(c.kind == "injured" for c in casualties),
        _find_least([q for q in killed if q.counts != "attackers"]),
        _find_least(injured),
    )


def _find_least(quantities: Sequence[Quantity]) -> int | None:
    return max((q.least for q in quantities if q.least is not None), default=None)


def _collect(words: list[str], casualties: list[Casualty]) -> list[Quantity]:
    """What is to be added up: of `17 dead` and `the 17`, and of a total and its parts, only one."""
    totals = [c for c in casualties if c.total and c.quantities]
    found: list[Quantity] = []
    for casualty in totals or casualties:
        for q in casualty.quantities:
            again = q.start and words[q.start - 1] in ("the", "those", "these", "all")
            if not (again and any(other.bound == q.bound for other in found)):
                found.append(q)
    some = [q for q in found if q.bound != (0, 0)] or found
    named = [q for q in some if words[q.start] not in _PRONOUNS or q.end > q.start + 1]
    # "when police shot him dead, he had killed five": he is none of the five
    return named if any(q.counted for q in named) else some


_PRONOUNS = frozenset({"he", "she", "him", "her"})


def _stands_beside(parsed: ParsedSentence, words: list[str], cue: Cue, q: Quantity) -> bool:
    """`14 dead`, `30 others wounded`, `16 injuries`: the number stands right before its word."""
    if q.counts == "other" or not q.counted or cue.shut or cue.total or _is_part(words, q):
        return False
    if q.start <= cue.at < q.end:
        return q.counts != "attackers" or words[cue.at] in KILL_WORDS
    if q.end != cue.at or words[cue.at].endswith("ing"):
        return False
    return not (parsed.is_verb(cue.at) and parsed.find(cue.at, "obj"))


def _bind(
    parsed: ParsedSentence,
    words: list[str],
    cue: Cue,
    free: list[Quantity],
    beside: Quantity | None,
    lexicon: Lexicon,
) -> list[Quantity]:
    """The numbers that a word of death or injury speaks of."""
    if cue.nobody:
        return [Quantity(cue.at, cue.at + 1, (0, 0), "people", counted=True)]
    if cue.total:
        return _find_total(words, cue.at, free)
    people = [q for q in free if q.counts != "other"]
    named = _find_number_of(words, cue.at, people)
    if named:
        return named
    victims = _count_all(parsed, words, cue.victims, free, lexicon)
    if beside and beside not in victims:
        return [*(q for q in victims if q.counted and q.end <= beside.start), beside]
    right = [q for q in people if q.start == cue.at + 1 and q.counted and q not in victims]
    if right and parsed.is_verb(cue.at) and not is_passive(parsed, cue.at):
        return right  # "killed five and wounded 12 to 15 others", whatever the tree says
    if victims or cue.shut or cue.kind == "casualties":
        return _put_attackers_right(parsed, words, cue, victims)
    near = [q for q in people if not _is_part(words, q)]
    if cue.victims:  # things, says the tree: only a number right behind outdoes it ("the blast wounded 17")
        return [q for q in near if q.start == cue.at + 1]
    return _find_near(parsed, words, cue.at, near)


def _find_total(words: list[str], at: int, free: list[Quantity]) -> list[Quantity]:
    """`the toll rose to 17 from 12`, `put the toll at 21`, `a toll of 40`."""
    linked = [q for q in free if q.start > at and words[q.start - 1] in _TOLL_LINKS]
    best = [q for q in linked if words[q.start - 1] in ("to", "at")]
    return (best or linked)[:1]


_TOLL_LINKS = frozenset(
    {"to", "at", "is", "was", "reached", "of", "stands", "exceeded", "passed", "hit", "topped"}
)


def _find_number_of(words: list[str], at: int, people: list[Quantity]) -> list[Quantity]:
    """`the number of people killed in the strike has risen to 19`."""
    if "number" not in words[max(0, at - 5) : at]:
        return []
    links = ("to", "at", "is", "was", "reached")
    return [q for q in people if q.start > at and words[q.start - 1] in links][:1]


def _count_all(
    parsed: ParsedSentence, words: list[str], victims: Sequence[int], free: list[Quantity], lexicon: Lexicon
) -> list[Quantity]:
    inside = [
        other
        for noun in victims
        if words[noun] in _COLLECTIVE or words[noun] in VAGUE
        for inner in parsed.find(noun, "nmod")
        for other in expand(parsed, inner)[1:]
    ]  # "dozens of villagers and eight soldiers"
    counts = {noun: _count(parsed, words, noun, free, lexicon) for noun in (*victims, *inside)}
    if any(q and q.counted and q.bound != (0, 0) for q in counts.values()):
        for noun, q in counts.items():
            if q is None and _is_single(parsed, words, noun, lexicon):  # "a priest and their cook"
                counts[noun] = Quantity(noun, noun + 1, (1, 1), "people", counted=True)
    found = list(dict.fromkeys(q for q in counts.values() if q))
    whole = [q for q in found if not _is_part(words, q)] or found  # "thirty people, four of them badly"
    return whole[:1] if _is_spelled_out(parsed, words, whole) else whole


def _is_spelled_out(parsed: ParsedSentence, words: list[str], found: list[Quantity]) -> bool:
    """`three people, two guards and a driver`, `two guards, John Hill and Ann Lee`: a number, then who they are."""
    if len(found) < 2 or not found[0].counted:
        return False
    first, rest = found[0], found[1:]
    anyone = any(word in _ANYONE for word in words[first.start : first.end])
    if anyone and not any(q.counted or words[q.start] in VAGUE for q in rest):
        return True  # "300 people, mostly women and children"
    named = all(parsed.tags[q.end - 1] == Tag.NAME for q in rest)
    return len(rest) > 1 and (anyone or named) and first.bound == _sum(rest)


def _is_single(parsed: ParsedSentence, words: list[str], noun: int, lexicon: Lexicon) -> bool:
    determiners = {words[c] for c in parsed.find(noun, "det", "nmod:poss")}
    agent = lexicon.agents.get(words[noun])
    return (
        parsed.tokens[noun].tag == "NN"
        and bool(determiners & {"a", "an", "another", "his", "her", "their"})
        and not (agent and agent.row.kind != "person")
        and words[noun] not in lexicon.weapons
    )


_ANYONE = word_set("people persons victims members passengers men civilians")


def _count(
    parsed: ParsedSentence, words: list[str], noun: int, free: list[Quantity], lexicon: Lexicon
) -> Quantity | None:
    """How many a noun phrase is: `12 people`, `a soldier`, `himself`; uncounted for `villagers`; None for things."""
    word, tag = words[noun], parsed.tokens[noun].tag
    determiners = {words[c] for c in parsed.find(noun, "det", "advmod")}
    if "not" in determiners:
        return None  # "two were killed, not five"
    if word == "both":
        return Quantity(noun, noun + 1, (2, 2), "people", counted=True)
    if word in ("nobody", "none", "no-one") or "no" in determiners:
        return Quantity(noun, noun + 1, (0, 0), "people", counted=True)
    inner = parsed.phrase(noun).head if words[noun] in _COLLECTIVE else noun
    numbers = {noun, inner, *parsed.find(noun, "nummod", "det:predet"), *parsed.find(inner, "nummod")}
    for q in free:
        if any(q.start <= i < q.end for i in numbers):
            if _is_part(words, q) and parsed.label(noun) in ("appos", "nmod", "conj"):
                return None
            return None if q.counts == "other" else q
    if word in _PRONOUNS or (word == "another" and parsed.label(noun) != "det"):
        return Quantity(noun, noun + 1, (1, 1), "people", counted=True)
    if word in ("himself", "herself", "themselves"):
        alone = word != "themselves"
        return Quantity(noun, noun + 1, (1, 1) if alone else (None, None), "attackers", counted=alone)
    phrase = parsed.phrase(noun)
    single = _count_one(parsed, words, phrase.start, phrase.head, phrase.end, lexicon)
    if single or tag not in ("NNS", "NNPS"):
        return single
    counts: Counts = "attackers" if word in ATTACKERS else "people"
    vague = next((q for q in free if any(q.start <= i < q.end for i in numbers) and q.least), None)
    return vague or Quantity(noun, noun + 1, (None, None), counts, counted=False)


_COLLECTIVE = word_set("total family group couple pair trio team number crew busload crowd handful")


def _count_one(
    parsed: ParsedSentence, words: list[str], start: int, head: int, end: int, lexicon: Lexicon
) -> Quantity | None:
    """One person without a number: `a soldier`, `his wife`, `John Smith`, `a beekeeper`."""
    word = words[head]
    agent = lexicon.agents.get(word)
    counts: Counts = "attackers" if word in ATTACKERS else "people"
    if agent and agent.row.kind == "person" and not agent.plural:
        return Quantity(start, end, (1, 1), counts, counted=True)
    names = [i for i in range(start, end) if parsed.tags[i] == Tag.NAME]
    known = any(
        parsed.words[i].text in lexicon.demonyms or parsed.words[i].text in lexicon.countries for i in names
    )
    if len(names) >= 2 and names[-1] == head and not known and head + 1 == end and not agent:
        return Quantity(start, end, (1, 1), counts, counted=True)
    doer = not agent and not names and word.endswith(_DOERS) and word not in lexicon.weapons
    if doer and parsed.tokens[head].tag == "NN" and words[start] in ("a", "an", "his", "her", "another"):
        return Quantity(start, end, (1, 1), counts, counted=True)
    return None


_DOERS = ("er", "or", "ist", "man", "woman", "ian", "eer", "boy", "girl")


def _is_part(words: list[str], q: Quantity) -> bool:
    """`nine people, seven of them soldiers`, `12 people, including two children`: among those counted already."""
    behind = words[q.start + 1 : q.end + 2]
    return (
        any(pair in (("of", "them"), ("of", "whom")) for pair in pairwise(behind))
        or (q.start > 0 and words[q.start - 1] == "including")
        or words[max(0, q.start - 2) : q.start] in (["among", "them"], ["among", "whom"])
    )


def _put_attackers_right(
    parsed: ParsedSentence, words: list[str], cue: Cue, victims: list[Quantity]
) -> list[Quantity]:
    """`troops killed six gunmen`: gunmen are victims where others kill some of whom nothing was told before."""
    active = parsed.is_verb(cue.at) and bool(parsed.find(cue.at, "obj")) and find_agents(parsed, cue.at)
    if not active or "also" in words:
        return victims
    return [
        replace(q, counts="people")
        if words[q.end - 1] in ("gunmen", "gunman") and (q.start == 0 or words[q.start - 1] != "the")
        else q
        for q in victims
    ]


def _find_near(parsed: ParsedSentence, words: list[str], at: int, people: list[Quantity]) -> list[Quantity]:
    """Where the parse says nothing: the number right behind, else the nearest before in the same clause."""
    behind = [q for q in people if at < q.start <= at + 2 and "," not in words[at : q.start]]
    if behind:
        return behind[:1]
    before = [q for q in people if q.end <= at]
    return before[-1:] if before and not _crosses(words, before[-1].end, at) else []


def _crosses(words: list[str], start: int, end: int) -> bool:
    """Whether another word of harm, a new clause or too many words lie between a number and its word."""
    between = words[start:end]
    if len(between) > _MOST_BETWEEN or between.count(",") % 2:
        return True
    return any(w in KILL_WORDS or w in HURT_WORDS or w in _CLAUSES for w in between)


_MOST_BETWEEN = 12
_CLAUSES = frozenset({";", "when", "after", "that", "said", "before", "while", "as"})


def _sum(quantities: list[Quantity]) -> Bound:
    counted = [q for q in quantities if q.counted]
    if not counted:
        return (None, None)
    lows = [q.bound[0] for q in counted if q.bound[0] is not None]
    highs = [q.bound[1] for q in counted if q.bound[1] is not None]
    low = sum(lows) if lows else None
    whole = len(highs) == len(
        quantities
    )  # else "two soldiers and several villagers", "five and at least six"
    return (low, sum(highs) if whole else None)


def _take_away(words: list[str], killed: Bound) -> Bound:
    """`killed 12 people including the bomber`: the attacker is none of the victims."""
    for at, word in enumerate(words):
        if word == "including" and any(w in ATTACKERS for w in words[at + 1 : at + 4]):
            number = parse_number(words, at + 1)[0] or 1
            low, high = killed
            return (
                low - number if low is not None and low >= number else low,
                high - number if high is not None and high >= number else high,
            )
    return killed
