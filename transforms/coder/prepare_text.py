"""A text as the coder reads it: without invisible characters, with plain blanks, with numbers in one style.

What is written over keeps its length; what is taken away is remembered, so that every place of the prepared
text can be found again in the text as it was given.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from transforms.coder.write_numbers import write_numbers


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
    if given.isascii() and not _CONTROL.search(given):
        return PreparedText(write_numbers(given), given)
    text, cuts, taken = _take_invisible(_HARD.sub(",", given))
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


def _take_invisible(given: str) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """The text with each character as `_read_character` has it, and where some were taken away."""
    text = _BREAK.sub(" ", _CARRIAGE.sub(" ", given))
    written = {character: _read_character(character) for character in sorted(set(text))}
    unseen = [character for character, other in written.items() if not other]
    cuts: list[int] = []
    taken: list[int] = []
    gone = 0
    if unseen:
        for match in re.finditer(f"[{re.escape(''.join(unseen))}]+", text):
            cuts.append(match.start() - gone)
            gone += len(match.group())
            taken.append(gone)
    changed = {ord(character): other for character, other in written.items() if other != character}
    return text.translate(changed), tuple(cuts), tuple(taken)


@lru_cache(maxsize=4096)
def _read_character(character: str) -> str:
    """What stands for a character: itself, a blank, a line break, or "" for what nobody sees.

    Source: Unicode 15, the property Default_Ignorable_Code_Point, and the general categories of the rest; the
    C1 controls as windows-1252 means them, as the WHATWG Encoding Standard reads pages.
    """
    if character in "\t\n " or "!" <= character <= "~":
        return character
    if character in "\r\x0b\x0c\x85\u2028\u2029":
        return "\n"
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category == "Cc":
        return _read_control(character)
    if category in ("Cf", "Cn") or _is_ignorable(ord(character)):
        return ""
    return " " if category == "Co" else character  # private use: the icons of a page's own font


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


_HARD = re.compile(r"(?<=\d)[\u00a0\u2007-\u200a\u202f](?=\d{3}(?!\d))")
"""A blank that no line break may part: between a digit and three of them it stands in a number."""
