"""Numbers of people in a sentence: digits and words, bounds ("at least", "up to"), and what they count."""

import re
from dataclasses import dataclass
from typing import Literal

from transforms.coder.lexicon import Lexicon
from transforms.coder.number_words import PEOPLE_WORDS, parse_number, read_vague
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.word_classes import Tag
from transforms.word_lists import word_set

Counts = Literal["people", "attackers", "other", "unclear"]
Bound = tuple[int | None, int | None]  # least and most; None where the text sets no limit


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of people: words `start` to `end` (exclusive), the noun behind it included."""

    start: int
    end: int
    bound: Bound
    counts: Counts
    counted: bool  # False for "dozens", "several"
    least: int | None = None  # of what is not counted: how many "dozens" are at least; None for "several"


_AT_LEAST = (
    "at least", "more than", "no fewer than", "not fewer than", "no less than", "not less than", "upwards of",
    "upward of", "a minimum of", "in excess of", "well over", "just over", "over", ">", "≥",
)  # fmt: skip


_AT_MOST = (
    "up to", "as many as", "fewer than", "less than", "at most", "no more than", "not more than", "nearly",
    "almost", "under", "a maximum of", "close to", "just under", "<", "≤",
)  # fmt: skip


_ABOUT = (
    "some", "about", "around", "another", "between", "from", "roughly", "approximately", "an estimated", "a total of",
    "a further", "an additional",
)  # fmt: skip


_OPENERS = tuple(
    (tuple(cue.split()), cue not in _AT_MOST, cue not in _AT_LEAST)
    for cue in sorted((*_AT_LEAST, *_AT_MOST, *_ABOUT), key=len, reverse=True)
)
"""Words before a number, whether it is a least and whether it is a most."""


_NOT_PEOPLE = word_set(
    "year years day days month months week weeks hour hours minute minutes second seconds percent per cent "
    "km kilometres kilometers miles mile metres meters m feet attacks attack strikes bombs rockets "
    "missiles shots rounds vehicles cars buses houses homes buildings villages times dollars euros pounds "
    "cattle cows sheep animals dogs goats points goals tonnes tons pm am gmt p a th o'clock incidents "
    "cases bullets provinces districts towns cities countries explosions blasts airstrikes trucks shops "
    "hectares acres operations bodies-of-water drones tanks aircraft planes helicopters camels livestock "
    "rupees naira shillings pesos yen yuan rubles roubles lira dinars francs rand cents crowns riyals dirhams degrees"
)


KILL_WORDS = word_set(
    "killed kill kills killing slain dead died die dies dying slaughtered massacred murdered murdering "
    "assassinated perished executed beheaded martyred lynched"
)


HURT_WORDS = word_set(
    "wounded wound wounding injured injure injures injuring hurt hurting hospitalised hospitalized maimed "
    "wounds injuries"
)


ATTACKERS = word_set(
    "attacker attackers assailant assailants bomber bombers gunman gunmen shooter himself themselves "
    "perpetrator perpetrators"
)


def find_quantities(parsed: ParsedSentence, lexicon: Lexicon) -> list[Quantity]:
    """Every number of people in the sentence (and every other number, marked so)."""
    words = [word.lower for word in parsed.words]
    found: list[Quantity] = []
    at = 0
    while at < len(words):
        quantity = _read_as_many(words, at, found) or _quantity_at(parsed, words, at, lexicon)
        if quantity:
            found.append(quantity)
        at = quantity.end if quantity else at + 1
    return found


def _read_as_many(words: list[str], at: int, before: list[Quantity]) -> Quantity | None:
    """`killed 12 and wounded as many`, `at least twice as many`: counted by the number told before."""
    start, least = at, words[at : at + 2] == ["at", "least"]
    at += 2 * least
    times = {"twice": 2, "thrice": 3}.get(words[at] if at < len(words) else "", 1)
    at += times > 1
    told = next((q for q in reversed(before) if q.counted and q.counts != "other"), None)
    if told is None or words[at : at + 2] != ["as", "many"] or words[at + 2 : at + 3] == ["as"]:
        return None
    end = at + 2 + (words[at + 2 : at + 3] in (["others"], ["people"]))
    low, high = (None if n is None else times * n for n in told.bound)
    return Quantity(start, end, (low, None if least else high), "people", counted=True)


def _quantity_at(parsed: ParsedSentence, words: list[str], at: int, lexicon: Lexicon) -> Quantity | None:
    start, low, high = at, True, True
    for cue, is_least, is_most in _OPENERS:
        if tuple(words[at : at + len(cue)]) == cue:
            opened = at + len(cue)
            if parse_number(words, opened)[0] is not None or _RANGE.match(
                "".join(words[opened : opened + 1])
            ):
                at, low, high = opened, is_least, is_most
            break
    vague_end, least = read_vague(words, at)
    if vague_end > at:
        end, counts = _noun_behind(parsed, words, vague_end, lexicon)
        return Quantity(start, end, (None, None), counts, counted=False, least=least)
    bound, end = _read_bound(words, at, words[start])
    if bound is None:
        return _some_person(parsed, words, at, lexicon) if at == start else None
    if _goes_from(words, start, at, bound):
        bound, end = (bound[0], bound[0]), parse_number(words, at)[1]
    if words[end : end + 1] == ["+"]:  # `20+ people`
        high, end = False, end + 1
    if not _is_count(parsed, words, start, at, end, bound[1]):
        return Quantity(start, end, bound, "other", counted=True)
    if words[end : end + 2] == ["or", "more"]:
        high, end = False, end + 2
    elif low and not high and (most := _read_most(words, end))[0] > bound[0]:
        bound, high, end = (bound[0], most[0]), True, most[1]
    end, counts = _noun_behind(parsed, words, end, lexicon)
    return Quantity(start, end, (bound[0] if low else None, bound[1] if high else None), counts, counted=True)


_RANGE = re.compile(r"(\d[\d,]*)[-–—](\d[\d,]*)")
_RISING = word_set(
    "rose risen rise rises rising climbed climbs jumped grew grown went gone increased increases fell fallen dropped "
    "up down raised revised toll number went moved"
)


def _goes_from(words: list[str], start: int, at: int, bound: tuple[int, int]) -> bool:
    """`the toll rose from 12 to 17`: two numbers, and no range."""
    return (
        words[start] == "from"
        and start < at
        and bound[0] < bound[1]
        and bool(_RISING.intersection(words[max(0, start - 5) : start]))
    )


def _read_most(words: list[str], at: int) -> tuple[int, int]:
    """`at least 20*, and perhaps as many as 25,* people`: the most, and where its words end; (0, at) without."""
    end = at
    while end < len(words) and end < at + 4 and words[end] in _BEFORE_MOST:
        end += 1
    for cue in (("as", "many", "as"), ("up", "to"), ("even",)):
        if end > at and tuple(words[end : end + len(cue)]) == cue:
            number, after = parse_number(words, end + len(cue))
            return (number or 0), after + (words[after : after + 1] == [","])
    return 0, at


_BEFORE_MOST = word_set(", and or but perhaps possibly maybe probably potentially")


def _read_bound(words: list[str], at: int, opener: str) -> tuple[tuple[int, int] | None, int]:
    """`12`, `10 to 15`, `10-15`, `30 or 40`, and `between 10 and 15`, `from 10 up to 15`."""
    whole = _RANGE.fullmatch(words[at])
    if whole:
        first, last = (parse_number([text], 0)[0] or 0 for text in whole.groups())
        return ((first, last), at + 1) if first < last else (None, at)
    value, end = parse_number(words, at)
    if value is None:
        return None, at
    if end < len(words) and words[end] in ("to", "or", "-", "–", "—", "and" if opener == "between" else "-"):
        second, after = parse_number(words, end + 1)
        if second and value < second <= 10 * value:
            return (value, second), after
    return (value, value), end


def _is_count(parsed: ParsedSentence, words: list[str], start: int, at: int, end: int, value: int) -> bool:
    """Years, ages, money, clock times, days of a month and the numbers of roads and flights count nobody."""
    before = words[at - 1] if at else ""
    first = start
    while first and (words[first - 1] in _LISTING or words[first - 1].isdecimal()):
        first -= 1
    if first and words[first - 1] in _AGED:
        return False  # "aged 4, 7 and 12", "aged between 20 and 25"
    after = words[end] if end < len(words) else ""
    if words[at].isdecimal() and 1900 <= value <= 2100 and after not in PEOPLE_WORDS and len(words[at]) == 4:
        return False
    if before in _NAMING or before.endswith("$") or after.startswith(("a.m", "p.m")):
        return False
    if after in ("%", "percent", "per", "-year-old", "year-old"):
        return False
    if before == "," and after in (",", ".", "") and value < 110:
        return False  # "John Smith, 44, was killed"
    named = at and parsed.head(at) == at - 1 and parsed.tokens[at - 1].tag.startswith("NNP")
    if named and before not in KILL_WORDS | HURT_WORDS and after not in PEOPLE_WORDS:
        return False  # "Route 66"
    near = {before, after}
    return not any(word[:3] in _MONTH_STARTS and (word in _MONTHS or len(word) <= 4) for word in near if word)


_AGED = word_set("aged age ages")
_LISTING = word_set(", and or to between from")
_NAMING = word_set("$ £ € ₹ ₦ ¥ rs rs. usd eur gbp kes ngn inr pkr no no. #")
"""Words before the number of something, or before a sum of money."""


_MONTHS = word_set(
    "january february march april may june july august september october november december jan feb mar apr "
    "jun jul aug sep sept oct nov dec"
)


_MONTH_STARTS = frozenset(word[:3] for word in _MONTHS)


def _noun_behind(parsed: ParsedSentence, words: list[str], at: int, lexicon: Lexicon) -> tuple[int, Counts]:
    """What a number counts: the nouns behind it up to the end of their phrase."""
    end = at
    seen: Counts = "unclear"
    while end < len(words) and end < at + 6:
        word = words[end]
        tag = parsed.tags[end]
        if (
            word == "of"
            or (word == "the" and words[end - 1] == "of")
            or word in ("other", "more", "others", "further")
        ):
            if word == "others":
                seen = "people"
            end += 1
            continue
        if tag not in (Tag.WORD, Tag.NAME) and word not in lexicon.agents:
            break
        if word in KILL_WORDS or word in HURT_WORDS:
            break
        if word in _NOT_PEOPLE:
            seen = "other"
        elif word in ATTACKERS:
            seen = "attackers"
        elif word in lexicon.agents:
            if lexicon.agents[word].row.kind in ("person", "group"):
                seen = "people"
            elif seen == "unclear" and lexicon.agents[word].row.kind == "property":
                seen = "other"
            elif seen == "unclear":
                seen = "people"
        elif parsed.words[end].text in lexicon.demonyms or word in (
            "dead",
            "bodies",
            "troops",
            "members",
            "personnel",
        ):
            seen = "people" if seen == "unclear" else seen
        end += 1
    return end, seen


def _some_person(parsed: ParsedSentence, words: list[str], at: int, lexicon: Lexicon) -> Quantity | None:
    """`a soldier`, `his wife`, `another man`: one person; `both pilots`: two."""
    if at + 1 >= len(words) or parsed.phrase_at[at + 1] < 0:
        return None
    both = words[at] == "both" and parsed.tokens[at + 1].tag == "NNS"
    if words[at] not in _ONE_STARTS and not both:
        return None
    phrase = parsed.phrases[parsed.phrase_at[at + 1]]
    head = words[phrase.head]
    agent = lexicon.agents.get(head)
    if phrase.start < at or head in _NOT_PEOPLE:
        return None
    counts: Counts = "attackers" if head in ATTACKERS else "people"
    if both:
        return Quantity(at, phrase.head + 1, (2, 2), counts if agent else "unclear", counted=True)
    if agent is None or agent.plural or agent.row.kind != "person":
        return None
    return Quantity(at, phrase.head + 1, (1, 1), counts, counted=True)


_ONE_STARTS = frozenset({"a", "an", "his", "her", "their", "another"})
