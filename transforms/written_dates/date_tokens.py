"""A line cut into numbers, words and marks, from which days and times are read."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from transforms.written_dates.date_words import FILLERS, fold, half_words, weekday_words

MAX_CHARS = 400
"""Longer lines are cut: what is read are bylines and metadata, not texts."""

_TOKEN = re.compile(
    r"(?P<number>\d+)"
    r"|(?P<word>[^\W\d_][^\s\d.,;:|/\\()\[\]{}<>\"«»“”+*•·=–—\-_，、。：（）]*)"
    r"|(?P<space>\s+)"
    r"|(?P<mark>.)"
)
_THAI_DOT = re.compile(r"(?<=[\u0e00-\u0e7f])\.(?=[\u0e00-\u0e7f\s\d]|$)")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SOFT_MARKS = frozenset(" ,;|/.-–—•·:()[]@'’،、>»")


@dataclass(frozen=True, slots=True)
class DateToken:
    """A piece of a line; `start` and `end` are character offsets."""

    kind: str  # "number", "word", "space", "mark"
    text: str
    start: int
    end: int

    @property
    def value(self) -> int:
        """The number that the token is."""
        return int(self.text)


def tidy_line(text: str) -> str:
    """`text` as it is read here: compatibility forms, one blank for many, digits as ASCII, nothing invisible."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text[: 4 * MAX_CHARS]))
    digits = (
        str(unicodedata.decimal(char)) if char.isdecimal() and not char.isascii() else char for char in text
    )
    return _THAI_DOT.sub("", " ".join("".join(digits).split()))[:MAX_CHARS]


def cut_line(line: str) -> list[DateToken]:
    """The tokens of a tidy line; together they are the line."""
    return [
        DateToken(found.lastgroup or "", found[0], found.start(), found.end())
        for found in _TOKEN.finditer(line)
    ]


def skip_fillers(tokens: Sequence[DateToken], position: int) -> int:
    """The next token that says something: behind blanks, marks, ordinal endings, `of` and the like."""
    end = min(position + 8, len(tokens))
    for at in range(position, end):
        token = tokens[at]
        if token.kind == "number" or (token.kind == "word" and fold(token.text) not in FILLERS):
            return at
        if token.kind == "mark" and token.text not in ".,-–'’º°ª/،॰":
            return at
    return end


def is_filler(token: DateToken) -> bool:
    """Whether a word says nothing beside a date: `at`, a weekday, a half of the day."""
    word = fold(token.text)
    return word in FILLERS or word in weekday_words() or word in half_words()


def is_soft(tokens: Sequence[DateToken]) -> bool:
    """Whether tokens say nothing of their own: blanks, usual marks and fillers."""
    for token in tokens:
        if token.kind == "number":
            return False
        if token.kind == "mark" and token.text not in _SOFT_MARKS:
            return False
        if token.kind == "word" and not is_filler(token):
            return False
    return True


def begins_clock(tokens: Sequence[DateToken], position: int) -> bool:
    """Whether a time such as 15:00 begins at a token."""
    return (
        position + 2 < len(tokens)
        and tokens[position].kind == "number"
        and len(tokens[position].text) <= 2
        and tokens[position + 1].text == ":"
        and tokens[position + 2].kind == "number"
    )
