"""Numbers in digits and words: `1,200`, `two dozen`, `1.2 million`, and what `tens of thousands` are at least."""

import re
from fractions import Fraction

from transforms.word_lists import list_words, word_set

PEOPLE_WORDS = word_set("people civilians soldiers men women children others victims")


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


VAGUE = word_set(
    "dozens scores hundreds thousands several many some few tens numerous countless multiple millions lakhs crores"
)


_LEAST = {
    "tens": 10, "dozens": 12, "scores": 20, "hundreds": 100, "thousands": 1000, "lakhs": 100_000,
    "millions": 1_000_000, "crores": 10_000_000,
}  # fmt: skip
"""Source: ACLED's codebook, which counts "dozens" as 12 and "hundreds" as 100; the others alike."""


_SCALES = {
    "hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 10**9, "dozen": 12, "score": 20,
    "lakh": 100_000, "lakhs": 100_000, "crore": 10_000_000, "crores": 10_000_000,
}  # fmt: skip
_SHORT_SCALES = {"k": "thousand", "m": "million", "mn": "million"}
_WITH_SCALE = re.compile(r"(\d+(?:\.\d+)?)(k|m|mn)")


def parse_number(words: list[str], at: int) -> tuple[int | None, int]:
    """The number that begins at word `at` and where it ends; (None, at) where there is none.

    `1,200` `1,00,000` `1.2 million` `12k people` `twenty-five` `two dozen` `a hundred and five` `half a dozen`
    `a couple of`; vague words (`dozens`) are no numbers.
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
    scale = words[at + 1] if at + 1 < len(words) else ""
    short = _WITH_SCALE.fullmatch(digits)
    if short and scale in PEOPLE_WORDS:  # elsewhere `12m` are metres
        return round(Fraction(short[1]) * _SCALES[_SHORT_SCALES[short[2]]]), at + 1
    if len(digits) > 12 or not _DIGITS.fullmatch(digits):
        return None, at
    if scale in _SCALES and scale != "score":
        number = Fraction(digits) * _SCALES[scale]
        return (round(number), at + 2) if number.denominator == 1 and number < 10**10 else (None, at)
    return (int(digits), at + 1) if digits.isdecimal() and len(digits) <= 9 else (None, at)


_DIGITS = re.compile(r"\d+(?:\.\d+)?")


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


def read_vague(words: list[str], at: int) -> tuple[int, int | None]:
    """Where `dozens`, `tens of thousands`, `several hundred` end, and how many it is at least; `at` if it is none."""
    if words[at] not in VAGUE and words[at : at + 2] != ["a", "few"]:
        if words[at : at + 3] == ["a", "couple", "of"] and words[at + 3 : at + 4] in (
            ["hundred"],
            ["thousand"],
        ):
            return at + 4, 2 * _SCALES[words[at + 3]]
        return at, None
    end = at + 1 + (words[at] == "a")
    if words[end : end + 1] and words[end] in _SCALES and words[end - 1] in ("several", "few", "many"):
        return end + 1, 2 * _SCALES[words[end]]
    least = _LEAST.get(words[at])
    while least and words[end : end + 1] == ["of"] and words[end + 1 : end + 2] and words[end + 1] in _LEAST:
        least, end = least * _LEAST[words[end + 1]], end + 2
    return end, least
