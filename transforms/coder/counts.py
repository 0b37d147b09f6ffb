"""Numbers of people as a text gives them: what `at least`, `up to`, `dozens` and a single person come to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from transforms.coder.lexicon import Lexicon
from transforms.coder.number_words import parse_number, read_vague
from transforms.word_lists import word_set

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
_RISING = word_set("rose risen rise rises climbed jumped grew increased up raised revised toll number went")
"""`the toll rose from 12 to 17`: two numbers, and no range."""
_RANGE = re.compile(r"(\d[\d,]*)[-–—](\d[\d,]*)")
_NOBODY = word_set("no nobody none zero")
_PLURAL_WORDS = word_set("people others men women children civilians them they their those many several some")


def read_count(words: Sequence[str], first: int, last: int, lexicon: Lexicon) -> tuple[Bound, int | None]:
    """What the words from `first` to `last` (exclusive; lower case) count, with the bounds that stand around them.

    Bounds, and how many it is at least where the words count nothing (`dozens`). A phrase without a number is one
    person, or unknown where it is a plural.
    """
    words = list(words)
    for at in range(first, last):
        if words[at] in _NOBODY:
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
    whole = _RANGE.fullmatch(words[at])
    if whole:
        first, last = (parse_number([text], 0)[0] or 0 for text in whole.groups())
        return ((first, last), at + 1) if first < last else (None, at)
    value, end = parse_number(words, at)
    if value is None:
        return None, at
    between = "between" in words[max(0, at - 2) : at]
    rising = "from" in words[max(0, at - 2) : at] and not _RISING.isdisjoint(words[max(0, at - 6) : at])
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
