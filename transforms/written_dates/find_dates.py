"""All dates of a line, each with the time that stands next to it.

A line is cut into tokens and read from left to right. Nothing is filled in: a day without a year is no day, a time
without a zone stays without one, and 4/9 is only read where the order of day and month is known.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from transforms.written_dates.date_tokens import MAX_CHARS, DateToken, cut_line, is_filler, is_soft, tidy_line
from transforms.written_dates.read_clocks import Clock, find_clocks
from transforms.written_dates.read_days import DateContext, DayOrder, DayReading, find_days
from transforms.written_dates.zone_names import read_zone

_MONTH_FIRST_REGIONS = frozenset({"US", "PH", "PR", "GU", "VI", "AS", "MP", "UM", "FM", "MH", "PW"})
_MONTH_FIRST_COUNTRIES = frozenset(
    {"USA", "PHL", "PRI", "GUM", "VIR", "ASM", "MNP", "UMI", "FSM", "MHL", "PLW"}
)
_BOTH_WAYS = frozenset({"CA", "CAN"})
_MONTH_FIRST_LANGUAGES = frozenset({"fil", "tl"})
_GAP_TOKENS = 14
ANYWHERE = DateContext()
"""Where nothing is known of the place."""


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A day as written, with the time next to it.

    `others` holds the further reading of a numeric date whose order of day and month is not known: then `day` is
    only one of two.
    """

    day: date
    clock: time | None = None
    has_seconds: bool = False
    offset: timedelta | None = None
    start: int = 0  # offsets into the line as `tidy_line` gives it
    end: int = 0
    others: tuple[date, ...] = ()
    is_alone: bool = False  # nothing else is said in the line

    @property
    def wall(self) -> datetime:
        """The wall-clock time, midnight where none is written."""
        return datetime.combine(self.day, self.clock or time())


def choose_order(language_tag: str, country: str = "") -> DayOrder:
    """Whether `4/9/2026` is written day or month first; "" where that is not known.

    The region of a language tag (`en-US`) decides, then the language where all who write it do alike, then the
    outlet's country (ISO 3166-1 alpha-3). Canadians write both.

    Source: Unicode CLDR, short date formats of the English, Spanish and Filipino locales.
    """
    parts = re.split(r"[-_]", language_tag.strip())
    language, regions = (
        parts[0].lower(),
        [part.upper() for part in parts[1:] if len(part) == 2 or part.isdigit()],
    )
    if language in _MONTH_FIRST_LANGUAGES:
        return "month first"
    if regions and regions[0] not in _BOTH_WAYS:
        return "month first" if regions[0] in _MONTH_FIRST_REGIONS else "day first"
    if language and language not in ("en", "es", "x"):
        return "day first"
    if country and country not in _BOTH_WAYS:
        return "month first" if country in _MONTH_FIRST_COUNTRIES else "day first"
    return "day first" if language == "es" else ""


def find_dates(line: str, context: DateContext = ANYWHERE) -> list[WrittenDate]:
    """All days that a line writes, in their order, each with its time. Never raises."""
    line = tidy_line(line)
    if not any(char.isdigit() for char in line):
        return []
    tokens = cut_line(line)
    days = find_days(line, tokens, context)
    clocks = find_clocks(line, tokens, days)
    return [_join(tokens, day, _nearest(tokens, day, days, clocks), context) for day in days]


def read_date(text: str, context: DateContext = ANYWHERE) -> WrittenDate | None:
    """The one date that `text` is; None where it says anything else or more."""
    if len(text) > MAX_CHARS:
        return None
    found = find_dates(text, context)
    return found[0] if len(found) == 1 and found[0].is_alone else None


def _nearest(
    tokens: Sequence[DateToken], day: DayReading, days: Sequence[DayReading], clocks: Sequence[Clock]
) -> Clock | None:
    """The time that belongs to a day: the one behind it, else the one in front, with nothing told between."""
    behind = next((clock for clock in clocks if clock.first >= day.last), None)
    if behind is not None and _is_near(tokens, day.last, behind.first):
        return behind
    before = next((clock for clock in reversed(clocks) if clock.last <= day.first), None)
    is_others = before is not None and any(
        other.last <= before.first and _is_near(tokens, other.last, before.first) for other in days
    )
    if before is not None and not is_others and _is_near(tokens, before.last, day.first):
        return before
    return None


def _is_near(tokens: Sequence[DateToken], first: int, last: int) -> bool:
    return last - first <= _GAP_TOKENS and is_soft(tokens[first:last])


def _join(
    tokens: Sequence[DateToken], day: DayReading, clock: Clock | None, context: DateContext
) -> WrittenDate:
    spans = [(day.first, day.last)] + ([(clock.first, clock.last)] if clock else [])
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    inside = {index for span in spans for index in range(*span)}
    rest = [token for index, token in enumerate(tokens) if index not in inside]
    offset = None
    if clock is not None and clock.zone:
        offset = read_zone(clock.zone, datetime.combine(day.day, clock.clock), context.country)
    return WrittenDate(
        day.day,
        clock.clock if clock else None,
        has_seconds=clock.has_seconds if clock else False,
        offset=offset,
        start=tokens[first].start,
        end=tokens[last - 1].end,
        others=day.others,
        is_alone=_says_nothing(rest),
    )


def _says_nothing(rest: Sequence[DateToken]) -> bool:
    """Whether nothing is told beside a date; a year may stand behind the zone, in Java's way."""
    return all(
        len(token.text) == 4 if token.kind == "number" else token.kind != "word" or is_filler(token)
        for token in rest
    )
