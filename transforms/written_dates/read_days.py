"""Days in a line: two numbers and a month's name, or three numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from transforms.written_dates.date_tokens import DateToken, begins_clock, skip_fillers
from transforms.written_dates.date_words import fold, month_words
from transforms.written_dates.foreign_calendars import minguo_day, read_day, solar_hijri_day

DayOrder = Literal["day first", "month first", ""]

_CJK_DAY = re.compile(
    r"(?P<era>民國|民国|中華民國|令和|平成)?\s*(?P<year>\d{1,4}|元)\s*[年년]"
    r"\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일號号]?"
)
_ERAS = {"令和": 2018, "平成": 1988}


@dataclass(frozen=True, slots=True)
class DateContext:
    """What is known of the place where a date was written.

    `languages` are ISO 639-1 codes, best known first; `country` is the outlet's, ISO 3166-1 alpha-3 or "".
    """

    languages: tuple[str, ...] = ()
    order: DayOrder = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class DayReading:
    """A day and where it stands; `others` is its further reading where the order of day and month is not known."""

    day: date
    first: int  # tokens: the first, and the one behind the last
    last: int
    others: tuple[date, ...] = ()


def find_days(line: str, tokens: Sequence[DateToken], context: DateContext) -> list[DayReading]:
    days: list[DayReading] = []
    position = 0
    starts = {token.start: index for index, token in enumerate(tokens)}
    east_asian = {
        starts[found.start()]: found for found in _CJK_DAY.finditer(line) if found.start() in starts
    }
    while position < len(tokens):
        day = None
        if position in east_asian:
            day = _read_cjk(tokens, position, east_asian[position])
        elif tokens[position].kind == "number":
            day = _read_from_number(tokens, position, context)
        elif tokens[position].kind == "word":
            day = _read_month_first(tokens, position, context)
        if day is not None:
            days.append(day)
        position = day.last if day is not None else position + 1
    return days


def _read_cjk(tokens: Sequence[DateToken], position: int, found: re.Match[str]) -> DayReading | None:
    year = 1 if found["year"] == "元" else int(found["year"])
    month, day, era = int(found["month"]), int(found["day"]), found["era"] or ""
    if era in _ERAS:
        read = read_day(year + _ERAS[era], month, day)
    elif era or 80 <= year < 200:  # Taiwan's years need no name of their era
        read = minguo_day(year, month, day) if year < 1000 else read_day(year, month, day)
    else:
        read = read_day(year, month, day) if year > 1000 else None
    last = next((index for index, token in enumerate(tokens) if token.start >= found.end()), len(tokens))
    return DayReading(read, position, last) if read is not None else None


def _read_from_number(tokens: Sequence[DateToken], position: int, context: DateContext) -> DayReading | None:
    """A day that begins with a number: 4 September 2026, 2026 September 4, 4.9.2026, 2026-09-04."""
    before = tokens[max(position - 2, 0) : position]
    if len(before) == 2 and before[0].kind == "number" and before[1].text in ("/", "-", ".", ":"):
        return None  # the rest of something longer
    first = tokens[position]
    middle = skip_fillers(tokens, position + 1)
    if (month := _month_at(tokens, middle, context)) is not None:
        number, is_solar, after = month
        last = skip_fillers(tokens, after)
        if last >= len(tokens) or tokens[last].kind != "number":
            return None
        one, two = first, tokens[last]
        if len(one.text) == 4 and len(two.text) <= 2:
            one, two = two, one
        elif len(one.text) > 2 or (len(two.text) == 3 or len(two.text) > 4) or begins_clock(tokens, last):
            return None
        return _named_day(two, number, one, position, last + 1, is_solar=is_solar)
    return _read_numeric(tokens, position, context)


def _read_month_first(tokens: Sequence[DateToken], position: int, context: DateContext) -> DayReading | None:
    """September 4, 2026; also with the weekday or the time between (Fri Sep 04 15:00:00 2026)."""
    month = _month_at(tokens, position, context)
    if month is None:
        return None
    number, is_solar, after = month
    day = skip_fillers(tokens, after)
    if day >= len(tokens) or tokens[day].kind != "number" or len(tokens[day].text) > 2:
        return None
    year = skip_fillers(tokens, day + 1)
    if begins_clock(tokens, year):  # Java's and C's way
        behind = next(
            (index for index in range(year, min(year + 10, len(tokens))) if len(tokens[index].text) == 4
             and tokens[index].kind == "number"), len(tokens),
        )  # fmt: skip
        if behind < len(tokens):
            return _named_day(tokens[behind], number, tokens[day], position, day + 1, is_solar=is_solar)
        return None
    if year >= len(tokens) or tokens[year].kind != "number" or len(tokens[year].text) not in (2, 4):
        return None
    if len(tokens[year].text) == 2 and tokens[year - 1].text not in ("'", "’"):
        return None  # September 4, 26 men
    return _named_day(tokens[year], number, tokens[day], position, year + 1, is_solar=is_solar)


def _named_day(
    year: DateToken, month: int, day: DateToken, first: int, last: int, *, is_solar: bool
) -> DayReading | None:
    value = year.value + 2000 if len(year.text) == 2 and year.value < 70 else year.value
    read = solar_hijri_day(value, month, day.value) if is_solar else None
    if not is_solar and not 1300 <= value < 2000 - 100:
        read = read_day(value, month, day.value)
    return DayReading(read, first, last) if read is not None and read.year > 1800 else None


def _read_numeric(tokens: Sequence[DateToken], position: int, context: DateContext) -> DayReading | None:
    """2026-09-04, 4.9.2026, 9/4/2026, 4/9/26: three numbers with the same mark between them."""
    numbers, mark, last = [tokens[position]], "", position + 1
    for _ in range(2):
        at = last
        if at < len(tokens) and tokens[at].kind == "space":
            at += 1
        if (
            at >= len(tokens)
            or tokens[at].text not in ("/", "-", ".", "‐", "‑")
            or (mark and tokens[at].text != mark)
        ):
            return None
        mark = tokens[at].text
        at += 1
        if at < len(tokens) and tokens[at].kind == "space":
            at += 1
        if at >= len(tokens) or tokens[at].kind != "number":
            return None
        numbers.append(tokens[at])
        last = at + 1
    if last + 1 < len(tokens) and tokens[last].text in ("/", ".", "-") and tokens[last + 1].kind == "number":
        return None  # an address or a version
    readings = _order_numbers(numbers, mark, context)
    return DayReading(readings[0], position, last, tuple(readings[1:])) if readings else None


def _order_numbers(numbers: Sequence[DateToken], mark: str, context: DateContext) -> list[date]:
    one, two, three = (token.value for token in numbers)
    lengths = [len(token.text) for token in numbers]
    if lengths[0] == 4 and max(lengths[1:]) <= 2:
        read = read_day(one, two, three)
        return [read] if read and read.year > 1800 else []
    if (
        lengths[2] not in (2, 4)
        or max(lengths[:2]) > 2
        or (lengths[2] == 2 and (mark == "-" or min(lengths) < 2))
    ):
        return []
    year = three + 2000 if lengths[2] == 2 else three
    day_first, month_first = read_day(year, two, one), read_day(year, one, two)
    if mark == ".":
        month_first = None
    elif lengths[2] == 2 and not context.order:
        return []
    elif context.order and day_first and month_first:
        return [day_first if context.order == "day first" else month_first]
    return list(dict.fromkeys(read for read in (day_first, month_first) if read and read.year > 1800))


def _month_at(
    tokens: Sequence[DateToken], position: int, context: DateContext
) -> tuple[int, bool, int] | None:
    """The month at a token: its number, whether it is of the Solar Hijri year, and the token behind it."""
    if position >= len(tokens) or tokens[position].kind != "word":
        return None
    known, word = month_words(), fold(tokens[position].text).strip("'’").rstrip(".॰")
    candidates = []
    if position + 2 < len(tokens) and tokens[position + 1].kind == "space":
        candidates.append((f"{word} {fold(tokens[position + 2].text)}", position + 3))
    candidates.append((word, position + 1))
    for key, after in candidates:
        if (month := known.get(key)) is None or (number := month.number(context.languages)) is None:
            continue
        if (
            after < len(tokens) and tokens[after].text == "/"
        ):  # a second name: the other one of the Arab world
            second = skip_fillers(tokens, after)
            if second < len(tokens) and fold(tokens[second].text) in known:
                return number, month.is_solar, second + 1
        return number, month.is_solar, after
    return None
