"""Points in time as pages write them, with what is known of their time of day and zone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from transforms.dates import parse_date
from transforms.records import DatePrecision

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST_AHEAD = timedelta(days=1)

_ISO = re.compile(
    r"^(\d{4})-?(\d{2})-?(\d{2})"
    r"(?:[T ,]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?)?$",
    re.IGNORECASE,
)
_SLASHES = re.compile(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$")
_EUROPEAN = re.compile(
    r"^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\D{1,8}(\d{1,2})[:.](\d{2})(?::(\d{2}))?)?(?:\s*(?:Uhr|h))?$"
)
_JAVA = re.compile(r"^\w{3} (\w{3}) (\d{1,2}) (\d{2}):(\d{2}):(\d{2}) ([A-Z]{2,4}) (\d{4})$")
_WRITTEN = re.compile(
    r"(?<!\d)(?P<first>\d{1,4})"
    r"(?:\.? ?(?P<word>[^\W\d_]{3,12})\.? |[./-](?P<middle>\d{1,2})[./-])(?P<last>\d{1,4})"
    r"(?:[\s|,·•–—-]|Uhr|at|um|alle|ore|à|kl\.?|o|г\.?|в){1,6}(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?!\d|[.]\d)"
)
_EPOCH = re.compile(r"^\d{10}(?:\d{3})?$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES_H: dict[str, float] = {
    "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "MSK": 3,
    "JST": 9, "KST": 9,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
"""Hours ahead of UTC of the abbreviations that Java's `Date.toString` writes into pages, where one
meaning is by far the most usual in news. Source: RFC 5322 section 4.3 for the American ones."""


@dataclass(frozen=True, slots=True)
class PageDate:
    """An instant as written. `at` has an offset where `is_zoned`; else it is wall-clock time, marked UTC."""

    at: datetime
    precision: DatePrecision
    is_zoned: bool


@dataclass(frozen=True, slots=True)
class Dated:
    """The instant chosen for a field, with its own UTC offset, and where it came from."""

    at: datetime | None = None
    precision: DatePrecision = ""
    source: str = ""


def parse_page_date(text: str) -> PageDate | None:
    """Read a date as metadata write it; None for what has no unambiguous reading (9/11/2024 among it).

    Read are ISO 8601 and its usual misspellings, RFC 5322, year-first with slashes, day-first with dots,
    Java's `Date.toString` and seconds or milliseconds since 1970. Midnight on the dot counts as a day
    without a time.
    """
    text = " ".join(text.split())
    if not 8 <= len(text) <= 60:
        return None
    try:
        return _parse_digits(text) or _parse_words(text)
    except (ValueError, OverflowError):
        return None


def choose_date(
    candidates: Iterable[tuple[str, str]],
    fetched_at: datetime,
    hints: Sequence[datetime] = (),
    others: Sequence[datetime] = (),
) -> Dated:
    """Pick the instant from `(source, text)` pairs, best source first.

    The first readable and plausible candidate decides the day. Another one of the same day with a time
    supplies what the first lacks. A time without a zone gets its zone from a candidate of the same wall-clock
    time; or from one of `hints` (the same instant as given elsewhere, in the feed) that lies whole quarters of
    an hour away; or from the offset that candidates or `others` (other instants of the page) were written
    with in the same season. A time whose zone stays unknown is kept as if in UTC, with precision `day`.
    """
    read = [(source, found) for source, text in candidates if (found := parse_page_date(text)) is not None]
    read = [(source, found) for source, found in read if _is_plausible(found, fetched_at)]
    if not read:
        return Dated()
    source, first = read[0]
    if first.precision == "day":
        for other_source, other in read[1:]:
            if other.precision != "day" and other.at.date() == first.at.date():
                source, first = other_source, other
                break
    if first.is_zoned or first.precision == "day":
        return Dated(first.at, first.precision, source)
    zoned = [other.at for _, other in read if other.is_zoned and other.precision != "day"]
    offset = _find_offset(first.at, zoned, hints, others)
    if offset is None:
        return Dated(first.at, "day", source)
    return Dated(first.at.replace(tzinfo=timezone(offset)), first.precision, source)


def find_written_time(text: str, day: date) -> datetime | None:
    """The time that `text` writes right after `day`, as if in UTC.

    Such as `25.04.24 | 14:07 Uhr` or `1. April 2025, 15:25`.
    """
    for found in _WRITTEN.finditer(text):
        written = _read_written_day(found)
        hour, minute = int(found["hour"]), int(found["minute"])
        if written == day and hour < 24 and minute < 60:
            return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    return None


def _read_written_day(found: re.Match[str]) -> date | None:
    if found["word"]:
        known = parse_date(f"{found['first']} {found['word']} {found['last']}")
        return known.date() if known else None
    first, middle, last = int(found["first"]), int(found["middle"]), int(found["last"])
    if first < 100:
        first, last = last + (2000 if last < 100 else 0), first
    try:
        return date(first, middle, last)
    except ValueError:
        return None


def _parse_digits(text: str) -> PageDate | None:
    if _EPOCH.match(text):
        seconds = int(text) / (1000 if len(text) == 13 else 1)
        return PageDate(datetime.fromtimestamp(seconds, UTC), "second", True)
    if found := _ISO.match(text):
        return _build(*found.groups())
    if found := _SLASHES.match(text):
        return _build(*found.groups())
    if found := _EUROPEAN.match(text):
        day, month, year, *clock = found.groups()
        return _build(year, month, day, *clock)
    return None


def _parse_words(text: str) -> PageDate | None:
    if found := _JAVA.match(text):
        month_name, day, hour, minute, second, zone, year = found.groups()
        if month_name.lower() not in _MONTHS:
            return None
        built = _build(year, str(_MONTHS.index(month_name.lower()) + 1), day, hour, minute, second)
        hours = _ZONES_H.get(zone)
        if built is None or hours is None:
            return built
        return PageDate(built.at.replace(tzinfo=timezone(timedelta(hours=hours))), built.precision, True)
    at = parsedate_to_datetime(text)
    if at.tzinfo is None:  # "-0000": RFC 5322 says that the zone is unknown
        return PageDate(at.replace(tzinfo=UTC), "second", False)
    return PageDate(at, "second", True)


def _build(
    year: str,
    month: str,
    day: str,
    hour: str | None,
    minute: str | None,
    second: str | None,
    zone: str | None = None,
) -> PageDate | None:
    clock = (int(hour or 0), int(minute or 0), int(second or 0))
    at = datetime(int(year), int(month), int(day), *clock, tzinfo=UTC)
    if zone and zone.upper() not in ("Z", "UTC", "GMT"):
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        at = at.replace(tzinfo=timezone(-offset if zone[0] == "-" else offset))
    if hour is None or clock == (0, 0, 0):
        return PageDate(at, "day", bool(zone))
    return PageDate(at, "minute" if second is None else "second", bool(zone))


def _is_plausible(found: PageDate, fetched_at: datetime) -> bool:
    return EARLIEST <= found.at <= fetched_at + LATEST_AHEAD


def _find_offset(
    wall: datetime, zoned: Sequence[datetime], hints: Sequence[datetime], others: Sequence[datetime]
) -> timedelta | None:
    """The UTC offset of a wall-clock time (marked UTC), by what other instants say."""
    minute, quarter = timedelta(minutes=1), timedelta(minutes=15)
    for other in zoned:
        if abs(other.replace(tzinfo=UTC) - wall) < minute:
            return other.utcoffset()
    for hint in hints:
        offset = round((wall - hint) / quarter) * quarter
        if abs(offset) <= timedelta(hours=14) and abs(wall - hint - offset) < minute:
            return offset
    for other in [*zoned, *others]:
        if other.utcoffset() and abs(other.replace(tzinfo=UTC) - wall) < timedelta(days=30):
            return other.utcoffset()
    return None
