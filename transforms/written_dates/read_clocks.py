"""Times in a line: 15:00, 3 p.m. EDT, 14h05, 오후 3:05."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from transforms.written_dates.date_tokens import DateToken
from transforms.written_dates.date_words import fold, half_words
from transforms.written_dates.read_days import DayReading

_CJK_CLOCK = re.compile(r"(\d{1,2})\s*[時时点點시]\s*(?:(\d{1,2})\s*[分분])?(?:\s*\d{1,2}\s*[秒초])?(半)?")
_ZONE_TEXT = re.compile(
    r"\s*[(\[]?\s*"
    r"(?P<zone>(?:(?i:gmt|utc?)\s*)?[+\-−]\s?\d{1,2}(?::?\d{2})?(?![\d/.])"
    r"|[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?"
    r"|[A-Z][a-z]+(?: [A-Z][a-z]+)? (?:(?:Standard|Daylight|Summer|Winter) )?Time"
    r"|(?:[A-Z]{1,5}|МСК)(?!\w))\s*[)\]]?"
)
_HOUR_WORDS = ("uhr", "h", "hrs", "น")
_NO_ZONES = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun", "by"}) | frozenset(
    {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time, where it stands, and what is written behind it in the place of a zone."""

    clock: time
    has_seconds: bool
    first: int  # tokens: the first, and the one behind the last
    last: int
    zone: str


def find_clocks(line: str, tokens: Sequence[DateToken], days: Sequence[DayReading]) -> list[Clock]:
    taken = {index for day in days for index in range(day.first, day.last)}
    starts = {token.start: index for index, token in enumerate(tokens)}
    east_asian = {found.start(): found for found in _CJK_CLOCK.finditer(line)}
    clocks: list[Clock] = []
    position = 0
    while position < len(tokens):
        clock = None
        token = tokens[position]
        if token.kind == "number" and position not in taken and len(token.text) <= 2:
            if token.start in east_asian:
                clock = _read_cjk_clock(tokens, position, east_asian[token.start], starts)
            else:
                clock = _read_clock(tokens, position)
        if clock is not None:
            clocks.append(clock)
        position = clock.last if clock is not None else position + 1
    return clocks


def _read_clock(tokens: Sequence[DateToken], position: int) -> Clock | None:
    """15:00, 3.00 pm, 14h05, 3 p.m., 14 Uhr, with seconds, half of the day and zone."""
    mark = _text_at(tokens, position + 1).lower()
    minute, last = _digits_behind(tokens, position, (":", ".", "h", "u", "ч"))
    second = None
    if minute is not None and mark == ":":
        second, last = _digits_behind(tokens, last - 1, (":",))
        if (
            second is not None
            and _text_at(tokens, last) in (".", ",")
            and _text_at(tokens, last + 1).isdigit()
        ):
            last += 2  # of a second
    half, last = _half_at(tokens, last)
    if half is None:
        half = _half_before(tokens, position)
    if half is None and (minute is None or mark == "."):
        is_named = _word_at(tokens, last) in _HOUR_WORDS
        is_dotted_pair = minute is not None and len(tokens[position].text) == 2
        if not is_named and (not is_dotted_pair or _text_at(tokens, position - 1) == "."):
            return None
    if _word_at(tokens, last) in _HOUR_WORDS:
        last += 2 if tokens[last].kind == "space" else 1
    return _build_clock(tokens, (tokens[position].value, minute or 0, second), half, position, last)


def _digits_behind(
    tokens: Sequence[DateToken], position: int, marks: tuple[str, ...]
) -> tuple[int | None, int]:
    """The two digits behind a number and one of `marks`, at most 59, and the token behind them."""
    digits = _text_at(tokens, position + 2)
    if _text_at(tokens, position + 1).lower() in marks and len(digits) == 2 and digits.isdigit():
        return min(int(digits), 59), position + 3
    return None, position + 1


def _text_at(tokens: Sequence[DateToken], position: int) -> str:
    return tokens[position].text if 0 <= position < len(tokens) else ""


def _read_cjk_clock(
    tokens: Sequence[DateToken], position: int, found: re.Match[str], starts: dict[int, int]
) -> Clock | None:
    last = next((starts[at] for at in range(found.end(), found.end() + 2) if at in starts), len(tokens))
    if last <= position:
        last = next((index for index, token in enumerate(tokens) if token.start >= found.end()), len(tokens))
    minute = 30 if found[3] else int(found[2] or 0)
    return _build_clock(tokens, (int(found[1]), minute, None), _half_before(tokens, position), position, last)


def _build_clock(
    tokens: Sequence[DateToken], parts: tuple[int, int, int | None], half: bool | None, first: int, last: int
) -> Clock | None:
    hour, minute, second = parts
    if half is not None and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half else 0)
    if hour > 23 or minute > 59:
        return None
    zone, last = _zone_at(tokens, last)
    return Clock(time(hour, minute, second or 0), second is not None, first, last, zone)


def _half_at(tokens: Sequence[DateToken], position: int) -> tuple[bool | None, int]:
    """The half of the day behind a time: `pm`, `p.m.`, `P. M.`"""
    at = position + 1 if position < len(tokens) and tokens[position].kind == "space" else position
    if at >= len(tokens) or tokens[at].kind != "word":
        return None, position
    word = fold(tokens[at].text)
    if word in half_words():
        end = at + 1
        return half_words()[word], end + 1 if end < len(tokens) and tokens[end].text == "." else end
    if word in ("a", "p"):
        rest = [index for index in range(at + 1, min(at + 4, len(tokens))) if tokens[index].text not in ". "]
        if rest and fold(tokens[rest[0]].text) == "m" and tokens[at + 1].text in ". ":
            end = rest[0] + 1
            return word == "p", end + 1 if end < len(tokens) and tokens[end].text == "." else end
    return None, position


def _half_before(tokens: Sequence[DateToken], position: int) -> bool | None:
    """The half of the day in front of a time: 오후 3:00, 下午3:00."""
    at = position - 1
    if at >= 0 and tokens[at].kind == "space":
        at -= 1
    if at < 0 or tokens[at].kind != "word":
        return None
    word = fold(tokens[at].text)
    found = half_words().get(word)
    if found is None and not word.isascii():
        found = next(
            (half for key, half in half_words().items() if not key.isascii() and word.endswith(key)), None
        )
    return found if not word.isascii() else None


def _word_at(tokens: Sequence[DateToken], position: int) -> str:
    at = position + 1 if position < len(tokens) and tokens[position].kind == "space" else position
    return fold(tokens[at].text) if at < len(tokens) and tokens[at].kind == "word" else ""


def _zone_at(tokens: Sequence[DateToken], position: int) -> tuple[str, int]:
    """What reads like a zone behind a time, and the token behind it."""
    if position >= len(tokens):
        return "", position
    rest = "".join(token.text for token in tokens[position : position + 12])
    found = _ZONE_TEXT.match(rest)
    if not found:
        return "", position
    length, at = found.end(), position
    while at < len(tokens) and length > 0:
        length -= len(tokens[at].text)
        at += 1
    if fold(found["zone"]) in _NO_ZONES:
        return "", position
    return found["zone"], at
