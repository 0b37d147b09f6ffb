"""A text as the coder reads it: without invisible characters, with single blanks, with numbers in one style.

What is written over keeps its length; what is taken away is remembered, so that every place of the prepared
text can be found again in the text as it was given.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from transforms.word_lists import word_set


@dataclass(frozen=True, slots=True)
class PreparedText:
    """`text` is what the coder reads, `given` what it was made of; both without half characters."""

    text: str
    given: str
    cuts: tuple[int, ...] = ()  # offsets into `text` before which characters were taken away, ascending
    taken: tuple[int, ...] = ()  # how many were, up to and with each of the cuts

    def find_given(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters `start` to `end` (exclusive) of `text` stand in `given`."""
        if not self.cuts or start >= end:
            return start + self._count_taken(start), end + self._count_taken(end)
        return start + self._count_taken(start), end + self._count_taken(end - 1)

    def _count_taken(self, at: int) -> int:
        number = bisect_right(self.cuts, at)
        return self.taken[number - 1] if number else 0


def prepare_text(given: str) -> PreparedText:
    """Take invisible characters out of a text, and write blanks and numbers in one way. Never raises."""
    given = replace_halves(given)
    if given.isascii() and not _CONTROL.search(given) and not _SURPLUS.search(given):
        return PreparedText(write_numbers(given), given)
    text, cuts, taken = _take_out(_HARD.sub(_join_hard, given))
    return PreparedText(write_numbers(text), given, cuts, taken)


def prepare_line(given: str) -> str:
    """A headline prepared as a text is; where its characters stood is not kept."""
    return prepare_text(given).text


def replace_halves(text: str) -> str:
    """Lone surrogates, which no encoding can write, become U+FFFD."""
    return _HALF.sub("�", text)


_HALF = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CARRIAGE = re.compile(r"\r(?=\n)")
_BREAK = re.compile(r"(?<=[.!?…:;,”\"’)\]])\u200b(?=[^\W\d_])")
"""A zero-width space that stands for a blank: `said.*The`; inside a word it stands for nothing."""


_SURPLUS = re.compile(r"[ \t]{2}|[ \t]\n|\n[ \t]")
_RUN = re.compile(r"[ \t\0]*\n[ \t\0]*|[ \t\0]{2,}|\0")
"""Blanks and line breaks together with what is not seen, which is \\0 by then."""


def _take_out(given: str) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """The text with each character as `_read_character` has it, and where some were taken away.

    Of a run of blanks one stays, of blanks around a line break none: the grammar, as its training texts, knows
    no others (`killed  three` had no object).
    """
    text = _BREAK.sub(" ", _CARRIAGE.sub(" ", given))
    written = {ord(character): _read_character(character) or "\0" for character in sorted(set(text))}
    text = text.translate(written)
    pieces: list[str] = []
    cuts: list[int] = []
    taken: list[int] = []
    at = gone = 0
    for match in _RUN.finditer(text):
        run = match.group()
        kept = _keep_of_run(run, text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1])
        pieces += (text[at : match.start()], kept)
        at = match.end()
        if len(kept) < len(run):
            cuts.append(match.start() - gone + len(kept))
            gone += len(run) - len(kept)
            taken.append(gone)
    return "".join(pieces) + text[at:], tuple(cuts), tuple(taken)


def _keep_of_run(run: str, before: str, after: str) -> str:
    """A line break, a blank or nothing.

    An indented line that goes on with a sentence is no new line: a capital would make it a new paragraph.
    """
    if "\n" not in run:
        return run.strip("\0")[:1]
    indented = not run.endswith("\n") and run.count("\n") == 1
    return " " if indented and (before.islower() or before == ",") and after.isupper() else "\n"


@lru_cache(maxsize=4096)
def _read_character(character: str) -> str:
    """What stands for a character: itself, a blank, a line break, or "" for what nobody sees.

    Source: Unicode 15, the property Default_Ignorable_Code_Point, and the general categories of the rest; the
    C1 controls as windows-1252 means them, as the WHATWG Encoding Standard reads pages.
    """
    if character in "\t\n " or "!" <= character <= "~":
        return character
    if "\uff01" <= character <= "\uff5e" or "\U0001d400" <= character <= "\U0001d7ff":
        return _read_styled(character)
    if character in "\r\x0b\x0c\x85\u2028\u2029":
        return "\n"
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category == "Cc":
        return _read_control(character)
    if category in ("Cf", "Cn", "Me") or _is_ignorable(ord(character)):
        return ""
    return " " if category == "Co" else character  # private use: the icons of a page's own font


def _read_styled(character: str) -> str:
    """Full-width letters, and the bold and slanted ones of mathematics, as plain ones."""
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain.isascii() and len(plain) == 1 else character


def _read_control(character: str) -> str:
    if character < "\x80":
        return " " if character.isspace() else ""
    return character.encode("latin-1").decode("windows-1252", "ignore")


_IGNORABLE = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164), (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF),
)  # fmt: skip
"""What is ignorable and of another category than Cf."""


def _is_ignorable(code: int) -> bool:
    return any(first <= code <= last for first, last in _IGNORABLE)


_HARD = re.compile(r"\d+(?:[ \u00a0\u2007-\u200a\u202f]\d{3}(?!\d))+")
"""A number whose thousands are parted by blanks, also by such as no line break may part."""
_MARKS = dict.fromkeys((0xA0, *range(0x2007, 0x200B), 0x202F), ",")


def _join_hard(match: re.Match[str]) -> str:
    """Hard blanks stand in a number; beside a plain one they may part it from another, as plain ones do."""
    number = match.group()
    return number.translate(_MARKS if " " not in number else dict.fromkeys(_MARKS, " "))


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
