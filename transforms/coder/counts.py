"""Numbers of people as a text gives them: what `at least`, `up to`, `dozens` and a single person come to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from transforms.coder.lexicon import Lexicon
from transforms.coder.number_words import PEOPLE_WORDS, parse_number, read_vague
from transforms.word_lists import word_set

Kind = Literal["killed", "injured"]
Bound = tuple[int | None, int | None]  # least and most; None where the text sets no limit
UNKNOWN: Bound = (None, None)


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people: the words that give it, from `start` to `end` of the text."""

    bound: Bound
    least: int | None  # of what is not counted: how many "dozens" are at least; None for "several"
    start: int
    end: int


_AT_LEAST = (
    "at least", "more than", "no fewer than", "not fewer than", "no less than", "not less than", "upwards of",
    "upward of", "a minimum of", "in excess of", "well over", "just over", "over", ">", "≥",
)  # fmt: skip
_AT_MOST = (
    "up to", "as many as", "fewer than", "less than", "at most", "no more than", "not more than", "nearly",
    "almost", "under", "a maximum of", "close to", "just under", "<", "≤",
)  # fmt: skip
_OPENERS = tuple(
    (tuple(cue.split()), cue in _AT_LEAST) for cue in sorted((*_AT_LEAST, *_AT_MOST), key=len, reverse=True)
)
_FILLERS = word_set("a an total of further additional another some about around the")
RISING = word_set(
    "rose risen rise rises climbed climbs grown jumped grew increased up raised revised toll number went"
)
"""`the toll rose from 12 to 17`: two numbers, and no range."""
_PLURAL_WORDS = word_set("people others men women children civilians them they their those many several some")


_NOBODY = word_set("nobody none")
_ONE = word_set("a an his her their another its the")
_NOT_PEOPLE = word_set(
    "year years day days month months week weeks hour hours minute minutes second seconds percent per cent km "
    "kilometres kilometers miles mile metres meters m feet attacks attack strikes bombs rockets missiles shots "
    "rounds vehicles cars buses houses homes buildings villages times dollars euros pounds cattle cows sheep "
    "animals dogs goats points goals tonnes tons pm am gmt p a th o'clock incidents cases bullets provinces "
    "districts towns cities countries explosions blasts airstrikes trucks shops hectares acres operations drones "
    "tanks aircraft planes helicopters camels livestock rupees naira shillings pesos yen yuan rubles roubles lira "
    "dinars francs rand cents"
)
_MONTHS = word_set(
    "jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september "
    "october november december"
)
_AGED = word_set("aged age ages")
_NAMING = word_set("route flight no number highway article section page rs usd room unit $ € £ ₦")
KILL_WORDS = word_set(
    "killed kill kills killing murdered murdering slaughtered massacred assassinated executed beheaded lynched "
    "slain"
)
HURT_WORDS = word_set(
    "wounded wounds wounding injured injures injuring hurt hurting hospitalised hospitalized maimed injure wound"
)
DIE_WORDS = word_set("died die dies dying perished")
STOPS = word_set(
    "who which that when while after before as because although but including among by in near at on ; : ( ) - – "
    "—"
)
LINKS = word_set(", and or plus her his their")
BEING = word_set("was were been being be is are get got")
DEATH_NOUNS: dict[str, Kind] = {
    "death": "killed", "deaths": "killed", "killing": "killed", "killings": "killed", "murder": "killed",
    "murders": "killed", "massacre": "killed", "lives": "killed", "assassination": "killed", "toll": "killed",
    "injury": "injured", "injuries": "injured", "wounds": "injured", "casualties": "killed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    start: int  # words
    end: int
    bound: Bound
    least: int | None = None  # of what is not counted


def read_count(words: Sequence[str], first: int, last: int, lexicon: Lexicon) -> tuple[Bound, int | None]:
    """What the words from `first` to `last` (exclusive; lower case) count, with the bounds that stand around them.

    Bounds, and how many it is at least where the words count nothing (`dozens`). A phrase without a number is one
    person, or unknown where it is a plural.
    """
    words = list(words)
    for at in range(first, last):
        bounded = words[at + 1 : at + 3] in (["fewer", "than"], ["less", "than"], ["more", "than"])
        if words[at] in _NOBODY or words[at] == "zero" or (words[at] == "no" and not bounded):
            return (0, 0), None
        bound, end = read_bound(words, at)
        if bound is not None:
            return read_open_bound(words, at, end, bound)[0], None
        vague_end, least = read_vague(words, at)
        if vague_end > at:
            return UNKNOWN, least
    nouns = [word for word in words[first:last] if word.isalpha()]
    plural = not nouns or any(_is_plural(word, lexicon) for word in nouns[-1:]) or "and" in nouns
    return (UNKNOWN if plural else (1, 1)), None


def _is_plural(word: str, lexicon: Lexicon) -> bool:
    match = lexicon.agents.get(word)
    if match is not None:
        return match.plural
    return word in _PLURAL_WORDS or (word.endswith("s") and not word.endswith("ss"))


def read_bound(words: list[str], at: int) -> tuple[tuple[int, int] | None, int]:
    """`12`, `10 to 15`, `10-15`, `30 or 40`, and `between 10 and 15`."""
    value, end = parse_number(words, at)
    if value is None:
        return None, at
    between = "between" in words[max(0, at - 2) : at]
    rising = "from" in words[max(0, at - 2) : at] and not RISING.isdisjoint(words[max(0, at - 6) : at])
    if (
        end < len(words)
        and words[end] in ("to", "or", "-", "–", "—", "and" if between else "-")
        and not rising
    ):
        second, after = parse_number(words, end + 1)
        if second and value < second <= 10 * value:
            return (value, second), after
    return (value, value), end


def read_open_bound(words: list[str], at: int, end: int, bound: tuple[int, int]) -> tuple[Bound, int]:
    """The bounds without those that `at least`, `up to`, `or more` take away, and where the words end."""
    if words[end : end + 1] == ["+"]:
        return (bound[0], None), end + 1
    if words[end : end + 2] == ["or", "more"]:
        return (bound[0], None), end + 2
    while at and words[at - 1] in _FILLERS and _find_opener(words, at) is None:
        at -= 1
    opener = _find_opener(words, at)
    if opener is None:
        return bound, end
    if not opener[1]:
        return (None, bound[1]), end
    most, after = _read_most(words, end)
    return ((bound[0], most), after) if most > bound[0] else ((bound[0], None), end)


def _find_opener(words: list[str], at: int) -> tuple[tuple[str, ...], bool] | None:
    return next((one for one in _OPENERS if tuple(words[max(0, at - len(one[0])) : at]) == one[0]), None)


_BEFORE_MOST = word_set(", and or but perhaps possibly maybe probably potentially")


def _read_most(words: list[str], at: int) -> tuple[int, int]:
    """`at least 20*, and perhaps as many as 25,* people`: the most, and where its words end; 0 where none is told."""
    end = at
    while end < len(words) and end < at + 4 and words[end] in _BEFORE_MOST:
        end += 1
    for cue in (("as", "many", "as"), ("up", "to"), ("even",)):
        if end > at and tuple(words[end : end + len(cue)]) == cue:
            number, after = parse_number(words, end + len(cue))
            return (number or 0), after + (words[after : after + 1] == [","])
    return 0, at


def find_quantities(lower: list[str], lexicon: Lexicon) -> Iterator[Quantity]:
    """The numbers of people among words (lower case), single persons too."""
    at = 0
    last: Quantity | None = None
    while at < len(lower):
        quantity = _read_as_many(lower, at, last) or _read_quantity(lower, at, lexicon)
        if quantity is not None:
            yield quantity
            last = quantity if quantity.bound != UNKNOWN else last
        at = max(at + 1, quantity.end if quantity else at)


def _read_as_many(lower: list[str], at: int, last: Quantity | None) -> Quantity | None:
    """`killed 12 and wounded as many`, `at least twice as many`: counted by the number before."""
    start, least = at, lower[at : at + 2] == ["at", "least"]
    at += 2 * least
    times = {"twice": 2, "thrice": 3}.get(lower[at] if at < len(lower) else "", 1)
    at += times > 1
    if last is None or lower[at : at + 2] != ["as", "many"] or lower[at + 2 : at + 3] == ["as"]:
        return None
    low, high = (None if n is None else times * n for n in last.bound)
    return Quantity(
        start, at + 2 + (lower[at + 2 : at + 3] in (["others"], ["people"])), (low, None if least else high)
    )


def _read_quantity(lower: list[str], at: int, lexicon: Lexicon) -> Quantity | None:
    if lower[at] in _NOBODY or lower[at : at + 2] == ["no", "one"]:
        return Quantity(at, at + 1 + (lower[at] == "no"), (0, 0))
    vague_end, least = read_vague(lower, at)
    counted = lower[at] in ("some", "many") and (
        read_bound(lower, at + 1)[0] or lower[at + 1 : at + 2] == ["as"]
    )
    if vague_end > at:
        vague_end += lower[vague_end : vague_end + 1] == ["of"]
        close = _find_noun(lower, vague_end, lexicon)
        return None if counted or close is None else Quantity(at, close, UNKNOWN, least)
    bound, end = read_bound(lower, at)
    if bound is not None:
        if not counts_people(lower, at, end, bound[1]):
            return None
        told, end = read_open_bound(lower, at, end, bound)
        of_those = lower[end : end + 2] == ["of", "the"] and parse_number(lower, end + 2)[0] is not None
        close = _find_noun(lower, parse_number(lower, end + 2)[1] if of_those else end, lexicon)
        return None if close is None else Quantity(at, close, told)
    return _read_person(lower, at, lexicon)


def counts_people(lower: Sequence[str], at: int, end: int, value: int) -> bool:
    """Whether the number from word `at` to `end` may count people: no year, age, sum of money, clock time, day of a
    month, and no number of a road or flight."""
    before = lower[at - 1] if at else ""
    after = lower[end] if end < len(lower) else ""
    first = at
    while first and (lower[first - 1] in ("to", "and", ",", "between", "or") or lower[first - 1].isdecimal()):
        first -= 1
    if first and lower[first - 1] in _AGED:
        return False
    year = (
        lower[at].isdecimal() and len(lower[at]) == 4 and 1900 <= value <= 2100 and after not in PEOPLE_WORDS
    )
    if year or before in _NAMING or before.endswith("$") or after.startswith(("a.m", "p.m")):
        return False
    if after in ("%", "percent", "per", "-year-old", "year-old") or after in _MONTHS or before in _MONTHS:
        return False
    return not (before == "," and after in (",", ".", "") and value < 110)


def _ends_phrase(word: str) -> bool:
    return word in STOPS or word in LINKS or word in BEING or word in _CUES or word == "of"


_CUES = KILL_WORDS | HURT_WORDS | DIE_WORDS | {"dead", *DEATH_NOUNS}


def _find_noun(lower: Sequence[str], end: int, lexicon: Lexicon) -> int | None:
    """Where the noun ends that a number counts; None where it counts no people."""
    if lower[end : end + 2] == ["of", "the"] and lower[end + 2 : end + 3][:1] and lower[end + 2] in _CUES:
        return None  # "three of the dead"
    at = end
    while (
        at < len(lower)
        and at < end + 4
        and lower[at].replace("-", "").isalpha()
        and not _ends_phrase(lower[at])
    ):
        word, after = lower[at], lower[at + 1] if at + 1 < len(lower) else ""
        if word in _NOT_PEOPLE:
            return None
        match = lexicon.agents.get(word)
        if match is not None and (after not in lexicon.agents or _ends_phrase(after)):
            return None if match.row.kind == "property" else at + 1
        if match is None and (word in PEOPLE_WORDS or word in _PEOPLE):
            return at + 1
        at += 1
    return end


_PEOPLE = word_set("more members personnel troops passengers bodies recruits miners worshippers")


def _read_person(lower: Sequence[str], at: int, lexicon: Lexicon) -> Quantity | None:
    """`a soldier`, `his wife`, `the mayor`, `he`, `another`: one person; `both pilots`: two."""
    after = lower[at + 1] if at + 1 < len(lower) else ""
    if lower[at] in ("he", "she", "him") or (lower[at] == "another" and after in BEING):
        return Quantity(at, at + 1, (1, 1))
    both = lower[at] == "both"
    if not both and lower[at] not in _ONE:
        return None
    for end in range(at + 1, min(len(lower), at + 5)):
        if not lower[end].replace("-", "").isalnum() or _ends_phrase(lower[end]):
            return None
        match = lexicon.agents.get(lower[end])
        beyond = lower[end + 1] if end + 1 < len(lower) else ""
        if match is not None and (beyond not in lexicon.agents or _ends_phrase(beyond)):
            if match.row.kind != "person" or match.plural != both:
                return None
            return Quantity(at, end + 1, (2, 2) if both else (1, 1))
    return None
