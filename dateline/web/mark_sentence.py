"""A sentence in pieces: which words gave which field of a mention, and what was made of them.

Marked are the words that the mention itself keeps. `dateline explain` says more, but reads the whole article
with the coder anew, which takes seconds.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from transforms.marked_text import MarkedPiece, TextMark, cut_pieces

MOST_CHARACTERS = 2_000  # of a sentence that is shown
_ORDER = ("date", "killed", "injured", "actor", "recipient", "place", "weapon")
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12, "hundred": 100,
}  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d+)(?![\w]|[.,]\d)|[A-Za-z]+(?:-[A-Za-z]+)?")


def mark_sentence(mention: Mapping[str, Any]) -> tuple[MarkedPiece, ...]:
    """The pieces of a row of `mentions`; together they are its sentence, cut at `MOST_CHARACTERS`."""
    sentence = str(mention["sentence"])
    shown = sentence if len(sentence) <= MOST_CHARACTERS else sentence[:MOST_CHARACTERS] + "…"
    return cut_pieces(shown, 0, _find_marks(shown, mention), _ORDER)


def _find_marks(sentence: str, mention: Mapping[str, Any]) -> Iterator[TextMark]:
    if mention["date_text"]:
        yield from _find_words(sentence, mention["date_text"], "date", f"date: {_show_dates(mention)}")
    for kind, parties in (("actor", mention["actors"]), ("recipient", mention["recipients"])):
        for party in parties:
            title = f"{kind}: {_show_party(party)}"
            for words in sorted({party["text"], party["name"], *party["mentions"]}, key=len, reverse=True):
                yield from _find_words(sentence, words, kind, title)
    yield from _find_words(sentence, mention["place_text"], "place", f"place: {_show_place(mention)}")
    for weapon in mention["weapons"]:
        yield from _find_words(sentence, weapon["text"], "weapon", f"weapon: {weapon['text']}")
    for kind in ("killed", "injured"):
        bounds = {mention[f"{kind}_min"], mention[f"{kind}_max"]} - {None}
        title = f"{kind}: {_show_range(mention[f'{kind}_min'], mention[f'{kind}_max'])}"
        for match in _NUMBER.finditer(sentence):
            if _read_number(match[0]) in bounds:
                yield match.start(), match.end(), kind, title


def _find_words(sentence: str, words: str, kind: str, title: str) -> Iterator[TextMark]:
    """Where words stand as words of their own."""
    if not words or not words.strip():
        return
    before = r"(?<!\w)" if words[0].isalnum() else ""
    after = r"(?!\w)" if words[-1].isalnum() else ""
    for match in re.finditer(before + re.escape(words) + after, sentence, re.IGNORECASE):
        yield match.start(), match.end(), kind, title


def _read_number(words: str) -> int | None:
    digits = words.replace(",", "")
    if digits.isdigit():
        return int(digits) if len(digits) <= 12 else None
    tens, _, ones = words.lower().partition("-")
    if not ones:
        return _NUMBERS.get(tens)
    if tens in _NUMBERS and ones in _NUMBERS and _NUMBERS[tens] >= 20 and _NUMBERS[ones] < 10:
        return _NUMBERS[tens] + _NUMBERS[ones]
    return None


def _show_dates(mention: Mapping[str, Any]) -> str:
    start, end = mention["date_start"], mention["date_end"]
    return start if start == end or not end else f"{start} to {end}"


def _show_party(party: Mapping[str, Any]) -> str:
    codes = ", ".join(_list_there((party["kind"], party["country"], party["sector"])))
    name = party["name"] or party["text"]
    return f"{name} ({codes})" if codes else name


def _show_place(mention: Mapping[str, Any]) -> str:
    names = ", ".join(_list_there((mention["place_name"], mention["admin1"], mention["country"])))
    known = f"GeoNames {mention['geonameid']}" if mention["geonameid"] else "not in the gazetteer"
    return f"{names or mention['place_text']}; {mention['place_precision'] or 'no point'}, {known}"


def _show_range(low: int | None, high: int | None) -> str:
    if low == high:
        return f"{low}"
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"


def _list_there(values: Sequence[str]) -> list[str]:
    return [value for value in values if value]
