"""Numbers of people in a sentence: digits and words, bounds ("at least", "up to"), and what they count."""

import re
from dataclasses import dataclass
from typing import Literal

from transforms.coder.lexicon import Lexicon
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.word_classes import Tag
from transforms.word_lists import list_words, word_set

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


_UNITS = {
    word: number
    for number, word in enumerate(
        list_words(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen"
        )
    )
}


_TENS = {
    word: 10 * number
    for number, word in enumerate(
        list_words("twenty thirty forty fifty sixty seventy eighty ninety"), start=2
    )
}


VAGUE = word_set("dozens scores hundreds thousands several many some few tens numerous countless multiple")


_AT_LEAST = (
    "at least", "more than", "no fewer than", "not fewer than", "no less than", "not less than", "upwards of",
    "upward of", "a minimum of", "in excess of", "well over", "just over", "over",
)  # fmt: skip


_AT_MOST = (
    "up to", "as many as", "fewer than", "less than", "at most", "no more than", "not more than", "nearly",
    "almost", "under", "a maximum of", "close to", "just under",
)  # fmt: skip


_ABOUT = (
    "some", "about", "around", "another", "between", "roughly", "approximately", "an estimated", "a total of",
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
    "hectares acres operations bodies-of-water drones tanks aircraft planes helicopters camels livestock"
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


_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "dozen": 12, "score": 20}


def parse_number(words: list[str], at: int) -> tuple[int | None, int]:
    """The number that begins at word `at` and where it ends; (None, at) where there is none.

    `1,200` `twenty-five` `two dozen` `a hundred and five` `half a dozen` `a couple of`; vague words (`dozens`)
    are no numbers.
    """
    if at >= len(words) or not words[at]:
        return None, at
    if words[at : at + 3] == ["half", "a", "dozen"] or words[at : at + 2] == ["half-a-dozen", "half-dozen"]:
        return 6, at + 3
    if words[at] in ("a", "the") and words[at + 1 : at + 3] in (
        ["couple", "of"],
        ["pair", "of"],
        ["trio", "of"],
    ):
        return (3 if words[at + 1] == "trio" else 2), at + 3
    if words[at][0].isdecimal():
        return _parse_digits(words, at)
    total, part, end = 0, 0, at
    value, after = _parse_small(words, at)
    while after > end:
        part, end = part + value, after
        while end < len(words) and words[end] in _SCALES:
            scale = _SCALES[words[end]]
            part, end = part * scale, end + 1
            if scale >= 1000:
                total, part = total + part, 0
            elif scale != 100:
                return total + part, end
        if words[end - 1] not in ("hundred", "thousand"):
            break
        linked = words[end : end + 1] == ["and"]
        value, after = _parse_small(words, end + linked)
        if after == end + linked or words[after : after + 1] in (["dozen"], ["million"]):
            break  # "a hundred and others"
    return (total + part, end) if end > at else (None, at)


def _parse_digits(words: list[str], at: int) -> tuple[int | None, int]:
    digits = words[at].replace(",", "")
    if not digits.isdecimal() or len(digits) > 9:
        return None, at
    scale = words[at + 1] if at + 1 < len(words) else ""
    if scale in ("hundred", "thousand", "million", "dozen"):
        return int(digits) * _SCALES[scale], at + 2
    return int(digits), at + 1


def _parse_small(words: list[str], at: int) -> tuple[int, int]:
    """A number below a hundred, or the `a` of `a dozen`."""
    word = words[at] if at < len(words) else ""
    following = words[at + 1] if at + 1 < len(words) else ""
    tens, hyphen, unit = word.partition("-")
    if hyphen and tens in _TENS and 0 < _UNITS.get(unit, 0) < 10:
        return _TENS[tens] + _UNITS[unit], at + 1
    if word in _TENS:
        if 0 < _UNITS.get(following, 0) < 10:
            return _TENS[word] + _UNITS[following], at + 2
        return _TENS[word], at + 1
    if word in _UNITS:
        return _UNITS[word], at + 1
    if word in ("a", "an") and following in _SCALES:
        return 1, at + 1
    return 0, at


def find_quantities(parsed: ParsedSentence, lexicon: Lexicon) -> list[Quantity]:
    """Every number of people in the sentence (and every other number, marked so)."""
    words = [word.lower for word in parsed.words]
    found: list[Quantity] = []
    at = 0
    while at < len(words):
        quantity = _quantity_at(parsed, words, at, lexicon)
        if quantity:
            found.append(quantity)
        at = quantity.end if quantity else at + 1
    return found


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
    if words[at] in VAGUE:
        end, counts = _noun_behind(parsed, words, at + 1, lexicon)
        return Quantity(start, end, (None, None), counts, counted=False)
    bound, end = _read_bound(words, at, between=words[start] == "between")
    if bound is None:
        return _some_person(parsed, words, at, lexicon) if at == start else None
    if not _is_count(parsed, words, at, end, bound[1] or 0):
        return Quantity(start, end, bound, "other", counted=True)
    if words[end : end + 2] == ["or", "more"]:
        high, end = False, end + 2
    end, counts = _noun_behind(parsed, words, end, lexicon)
    return Quantity(start, end, (bound[0] if low else None, bound[1] if high else None), counts, counted=True)


_RANGE = re.compile(r"(\d[\d,]*)[-–—](\d[\d,]*)")


def _read_bound(words: list[str], at: int, between: bool) -> tuple[tuple[int, int] | None, int]:
    """`12`, `10 to 15`, `10-15`, `30 or 40`, and `between 10 and 15`."""
    whole = _RANGE.fullmatch(words[at])
    if whole:
        first, last = (_parse_digits([text], 0)[0] or 0 for text in whole.groups())
        return ((first, last), at + 1) if first < last else (None, at)
    value, end = parse_number(words, at)
    if value is None:
        return None, at
    if end < len(words) and words[end] in ("to", "or", "-", "–", "—", "and" if between else "-"):
        second, after = parse_number(words, end + 1)
        if second and value < second <= 10 * value:
            return (value, second), after
    return (value, value), end


def _is_count(parsed: ParsedSentence, words: list[str], at: int, end: int, value: int) -> bool:
    """Years, ages, clock times, days of a month and the numbers of roads and flights count nobody."""
    before = words[at - 1] if at else ""
    after = words[end] if end < len(words) else ""
    if words[at].isdecimal() and 1900 <= value <= 2100 and after not in _PEOPLE_WORDS and len(words[at]) == 4:
        return False
    if before in ("aged", "age", "$", "£", "€", "no", "#") or after.startswith(("a.m", "p.m")):
        return False
    if after in ("%", "percent", "-year-old", "year-old"):
        return False
    if before == "," and after in (",", ".", "") and value < 110:
        return False  # "John Smith, 44, was killed"
    named = at and parsed.head(at) == at - 1 and parsed.tokens[at - 1].tag.startswith("NNP")
    if named and before not in KILL_WORDS | HURT_WORDS and after not in _PEOPLE_WORDS:
        return False  # "Route 66"
    near = {before, after}
    return not any(word[:3] in _MONTH_STARTS and (word in _MONTHS or len(word) <= 4) for word in near if word)


_MONTHS = word_set(
    "january february march april may june july august september october november december jan feb mar apr "
    "jun jul aug sep sept oct nov dec"
)


_MONTH_STARTS = frozenset(word[:3] for word in _MONTHS)


_PEOPLE_WORDS = word_set("people civilians soldiers men women children others victims")


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
