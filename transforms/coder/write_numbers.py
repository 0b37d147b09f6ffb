"""Numbers in one style, each character in its place: `12 000`, `12.000` and `12'000` as `12,000`."""

import re

from transforms.word_lists import word_set

MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?"
)
_END = r"(?!\w|[:/,.-]\d| \d)"
_SPACED = re.compile(rf"(?<![\w.,:/-])[1-9]\d{{0,2}}(?: \d{{3}})+{_END}")
"""`12 000`, `1 200 000`."""
_NO_COUNT_BEFORE = re.compile(
    rf"(?:\b(?:{MONTHS})|[a-z,;] [A-Z][\w’'-]*|\b(?i:aged?|no|number|route|flight|article|section|page|chapter|room"
    r"|unit|highway|block|sector|grade|class|day|week|type|model|phase|box|code|call|phone|tel)\.?|[+#]|\d) $"
)
"""What stands before a number that goes with it and not with the one behind: `on May 12 300 people`."""
_POINTED = re.compile(rf"(?<![\w.,:/$£€-])[1-9]\d{{0,2}}(?:\.\d{{3}})+{_END}")
_MARKED = re.compile(r"(?<![\w.,:/-])[1-9]\d{0,2}(?:['’]\d{3})+(?![\w'’])")  # as the Swiss do
_DECIMAL = re.compile(
    r"(?<![\d.,])\d+,\d{1,2}(?= (?:million|billion|thousand|lakh|crore|percent|per cent)\b|%)"
)
_COMMA_DECIMAL = re.compile(r"(?<![\d.,])\d+(?:\.\d{3})*,\d{1,2}(?![\d,])(?! ?\d)")
_POINT_DECIMAL = re.compile(r"(?<![\d.,])\d+(?:,\d{3})*\.\d{1,2}(?![\d.])")
_COMMA_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_FOLLOWING = re.compile(r"(?: [^\W\d_][\w’'-]*){1,3}")
_PEOPLE = word_set(
    "people persons men women children civilians soldiers troops dead deaths killed wounded injured victims "
    "others police policemen refugees migrants prisoners hostages detainees protesters demonstrators fighters "
    "militants rebels residents villagers students workers inhabitants casualties lives bodies families officers "
    "supporters marchers"
)
_SEPARATORS = str.maketrans(" .'’", ",,,,")


def write_numbers(text: str) -> str:
    """`12 000`, `12.000`, `12'000` as `12,000`: thousands are counted, whatever parts them."""
    text = _SPACED.sub(_join_spaced, text)
    text = _MARKED.sub(lambda match: match.group().translate(_SEPARATORS), text)
    european = _uses_points(text)
    text = _DECIMAL.sub(lambda match: match.group().replace(",", "."), text)
    return _POINTED.sub(
        lambda match: (
            match.group().translate(_SEPARATORS)
            if european or match.group().count(".") > 1 or _counts_people(text, match.end())
            else match.group()
        ),
        text,
    )


def _join_spaced(match: re.Match[str]) -> str:
    number, before = match.group(), match.string[max(0, match.start() - 24) : match.start()]
    sure = " 0" in number  # nobody counts `000 people`
    return number if not sure and _NO_COUNT_BEFORE.search(before) else number.translate(_SEPARATORS)


def _uses_points(text: str) -> bool:
    """Whether the text writes `1.200` for thousands: `3,5 million`, and nowhere `3.5` or `1,200`."""
    if _COMMA_DECIMAL.search(text) is None:
        return False
    return not (_POINT_DECIMAL.search(text) or _COMMA_THOUSANDS.search(text))


def _counts_people(text: str, end: int) -> bool:
    match = _FOLLOWING.match(text, end)
    words = match.group().lower().split() if match else []
    return next((True for word in words if word in _PEOPLE), False) and not _MEASURES.intersection(words)


_MEASURES = word_set(
    "of per percent km kilometres kilometers metres meters miles tonnes tons kg litres liters hectares acres times "
    "degrees points million billion dollars euros pounds"
)
