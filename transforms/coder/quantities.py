"""Numbers of people in a sentence: digits and words, bounds ("at least", "up to"), and what they count."""

from dataclasses import dataclass
from typing import Literal

from transforms.coder.lexicon import Lexicon
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.word_classes import Tag
from transforms.word_lists import list_words, word_set

Bound = tuple[int | None, int | None]  # least and most; None where the text sets no limit


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of people: words `start` to `end` (exclusive), the noun behind it included."""

    start: int
    end: int
    bound: Bound
    counts: Literal["people", "attackers", "other", "unclear"]
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


_VAGUE = word_set("dozens scores hundreds thousands several many some few tens numerous countless multiple")


_AT_LEAST = (
    ("at", "least"),
    ("more", "than"),
    ("no", "fewer", "than"),
    ("no", "less", "than"),
    ("upwards", "of"),
)


_AT_MOST = (
    ("up", "to"),
    ("as", "many", "as"),
    ("fewer", "than"),
    ("less", "than"),
    ("at", "most"),
    ("no", "more", "than"),
)


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


def parse_number(words: list[str], at: int) -> tuple[int | None, int]:
    """The number that begins at word `at` and where it ends; (None, at) where there is none.

    `1,200` `twenty-five` `two dozen` `a hundred`; vague words (`dozens`) are no numbers.
    """
    if at >= len(words):
        return None, at
    word = words[at]
    if word[0].isdigit():
        digits = word.replace(",", "")
        if not digits.isdigit() or len(digits) > 9:
            return None, at
        value = int(digits)
        if at + 1 < len(words) and words[at + 1] in ("thousand", "million"):
            return value * (1000 if words[at + 1] == "thousand" else 1_000_000), at + 2
        return value, at + 1
    value, end = _parse_small(words, at)
    if end == at:
        return None, at
    while end < len(words) and words[end] in ("hundred", "thousand", "dozen", "score"):
        value *= {"hundred": 100, "thousand": 1000, "dozen": 12, "score": 20}[words[end]]
        end += 1
        rest, after = _parse_small(words, end + 1 if end < len(words) and words[end] == "and" else end)
        if (
            words[end - 1] == "hundred"
            and rest
            and after > end
            and (end >= len(words) or words[end] == "and" or words[end] in _TENS)
        ):
            value, end = value + rest, after
    return (value, end) if value else (None, at)


def _parse_small(words: list[str], at: int) -> tuple[int, int]:
    if at >= len(words):
        return 0, at
    word = words[at]
    if "-" in word:
        tens, _, unit = word.partition("-")
        if tens in _TENS and unit in _UNITS:
            return _TENS[tens] + _UNITS[unit], at + 1
        return 0, at
    if word in _TENS:
        unit = words[at + 1] if at + 1 < len(words) else ""
        if 0 < _UNITS.get(unit, 0) < 10:
            return _TENS[word] + _UNITS[unit], at + 2
        return _TENS[word], at + 1
    if word in _UNITS:
        return _UNITS[word], at + 1
    if (
        word in ("a", "an")
        and at + 1 < len(words)
        and words[at + 1] in ("dozen", "hundred", "thousand", "score")
    ):
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
    for cue in (*_AT_LEAST, *_AT_MOST):
        if tuple(words[at : at + len(cue)]) == cue:
            low, high = cue in _AT_LEAST, cue in _AT_MOST
            at += len(cue)
            break
    else:
        if words[at] in (
            "over",
            "nearly",
            "almost",
            "under",
            "some",
            "about",
            "around",
            "another",
            "between",
            "roughly",
            "approximately",
        ):
            nxt = at + 1
            if parse_number(words, nxt)[0] is None:
                return None
            low, high = words[at] not in ("nearly", "almost", "under"), words[at] != "over"
            at += 1
    if words[at : at + 1] and words[at] in _VAGUE:
        end, counts = _noun_behind(parsed, words, at + 1, lexicon)
        return Quantity(start, end, (None, None), counts, counted=False)
    value, end = parse_number(words, at)
    if value is None:
        return _one_person(parsed, at, lexicon) if at == start else None
    bound: Bound = (value if low else None, value if high else None)
    if (
        end < len(words)
        and words[end] in ("to", "and", "or", "-", "–")
        and (words[start] == "between" or words[end] != "and")
    ):
        second, after = parse_number(words, end + 1)
        if second and second > value:
            bound, end = (value, second), after
    if not _is_count(parsed, words, at, end, value):
        return Quantity(start, end, bound, "other", counted=True)
    end, counts = _noun_behind(parsed, words, end, lexicon)
    return Quantity(start, end, bound, counts, counted=True)


def _is_count(parsed: ParsedSentence, words: list[str], at: int, end: int, value: int) -> bool:
    """Years, ages, clock times and days of a month count nobody."""
    before = words[at - 1] if at else ""
    after = words[end] if end < len(words) else ""
    if words[at].isdigit() and 1900 <= value <= 2100 and after not in _PEOPLE_WORDS and len(words[at]) == 4:
        return False
    if before in ("aged", "age", "$", "£", "€", "no", "#") or after in (
        "%",
        "percent",
        "-year-old",
        "year-old",
    ):
        return False
    if before == "," and after in (",", ".", "") and value < 110:
        return False  # "John Smith, 44, was killed"
    near = {before, after}
    return not any(word[:3] in _MONTH_STARTS and (word in _MONTHS or len(word) <= 4) for word in near if word)


_MONTHS = word_set(
    "january february march april may june july august september october november december jan feb mar apr "
    "jun jul aug sep sept oct nov dec"
)


_MONTH_STARTS = frozenset(word[:3] for word in _MONTHS)


_PEOPLE_WORDS = word_set("people civilians soldiers men women children others victims")


def _noun_behind(
    parsed: ParsedSentence, words: list[str], at: int, lexicon: Lexicon
) -> tuple[int, Literal["people", "attackers", "other", "unclear"]]:
    """What a number counts: the nouns behind it up to the end of their phrase."""
    end = at
    seen: Literal["people", "attackers", "other", "unclear"] = "unclear"
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


def _one_person(parsed: ParsedSentence, at: int, lexicon: Lexicon) -> Quantity | None:
    """`a soldier`, `his wife`, `another man`: one person, as a member of a list too."""
    if (
        parsed.words[at].lower not in _ONE_STARTS
        or at + 1 >= len(parsed.words)
        or parsed.phrase_at[at + 1] < 0
    ):
        return None
    phrase = parsed.phrases[parsed.phrase_at[at + 1]]
    agent = lexicon.agents.get(parsed.words[phrase.head].lower)
    if phrase.start < at or agent is None or agent.plural or agent.row.kind != "person":
        return None
    counts: Literal["people", "attackers"] = (
        "attackers" if parsed.words[phrase.head].lower in ATTACKERS else "people"
    )
    return Quantity(at, phrase.head + 1, (1, 1), counts, counted=True)


_ONE_STARTS = frozenset({"a", "an", "his", "her", "their", "another"})
