"""Points in time as pages write them, with what is known of their time of day and zone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from transforms.records import DatePrecision
from transforms.written_dates.find_dates import ANYWHERE, WrittenDate, read_date
from transforms.written_dates.foreign_calendars import read_day
from transforms.written_dates.read_days import DateContext

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST_AHEAD = timedelta(days=1)

_ISO = re.compile(
    r"^(\d{4})-?(\d{2})-?(\d{2})"
    r"(?:[T ,]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?)?$",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"^\d{10}(?:\d{3})?(?:\.\d+)?$")


@dataclass(frozen=True, slots=True)
class PageDate:
    """An instant as written. `at` has an offset where `is_zoned`; else it is wall-clock time, marked UTC.

    `offset` is the offset from UTC that was written: none for an epoch.
    """

    at: datetime
    precision: DatePrecision
    is_zoned: bool
    offset: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """The instant chosen for a field, where it came from, and the offset from UTC of the place it was written."""

    at: datetime | None = None
    precision: DatePrecision = ""
    source: str = ""
    offset: timedelta | None = None


def parse_page_date(text: str, context: DateContext = ANYWHERE) -> PageDate | None:
    """Read a date as metadata write it; None for what has no certain reading (9/11/2024 of no known country).

    Read are ISO 8601 and its usual misspellings, seconds or milliseconds since 1970, and all that people write
    (`transforms.written_dates`), if the text is a date and nothing more. Midnight on the dot counts as a day
    without a time.
    """
    text = " ".join(text.split())
    if not 6 <= len(text) <= 80:
        return None
    try:
        if _EPOCH.match(text):
            seconds = int(text.split(".")[0]) / (1000 if len(text.split(".")[0]) == 13 else 1)
            return PageDate(datetime.fromtimestamp(seconds, UTC), "second", True)
        if found := _ISO.match(text):
            return _build(*found.groups())
    except (ValueError, OverflowError):
        pass  # such as 2569-09-04T24:00
    written = read_date(text, context)
    return None if written is None or written.others else page_date_of(written, written.day)


def page_date_of(written: WrittenDate, day: date) -> PageDate:
    """A written date as an instant; `day` is the reading chosen of it."""
    wall = datetime.combine(day, written.clock or time(), tzinfo=UTC)
    if written.clock is None or written.clock == time():
        return PageDate(wall, "day", False)
    precision: DatePrecision = "second" if written.has_seconds else "minute"
    if written.offset is None:
        return PageDate(wall, precision, False)
    return PageDate(wall.replace(tzinfo=timezone(written.offset)), precision, True, written.offset)


def choose_date(
    candidates: Iterable[tuple[str, str]],
    fetched_at: datetime,
    hints: Sequence[datetime] = (),
    others: Sequence[datetime] = (),
    context: DateContext = ANYWHERE,
) -> Dated:
    """Pick the instant from `(source, text)` pairs, best source first.

    The first readable and plausible candidate decides the day. Another one of the same day with a time
    supplies what the first lacks. A time without a zone gets its zone from a candidate of the same wall-clock
    time; or from one of `hints` (the same instant as given elsewhere, in the feed) that lies whole quarters of
    an hour away; or from the offset that candidates or `others` (other instants of the page) were written
    with in the same season. A time whose zone stays unknown is kept as if in UTC, with precision `day`.
    """
    read = [(source, found) for source, text in candidates if (found := parse_page_date(text, context))]
    return choose_read(read, fetched_at, hints, others)


def choose_read(
    candidates: Iterable[tuple[str, PageDate]],
    fetched_at: datetime,
    hints: Sequence[datetime] = (),
    others: Sequence[datetime] = (),
) -> Dated:
    """`choose_date` for dates that were read already."""
    read = [(source, found) for source, found in candidates if is_plausible(found.at, fetched_at)]
    if not read:
        return Dated()
    source, first = read[0]
    if first.precision == "day":
        for other_source, other in read[1:]:
            if other.precision != "day" and other.at.date() == first.at.date():
                source, first = other_source, other
                break
    if first.precision == "day":
        return Dated(first.at, "day", source)
    if first.is_zoned:
        return Dated(
            first.at, first.precision, source, _find_local(first, [other for _, other in read], others)
        )
    zoned = [other.at for _, other in read if other.is_zoned and other.precision != "day"]
    offset = _find_offset(first.at, zoned, hints, others)
    if offset is None:
        return Dated(first.at, "day", source)
    return Dated(first.at.replace(tzinfo=timezone(offset)), first.precision, source, offset)


def is_plausible(at: datetime, fetched_at: datetime) -> bool:
    """Whether an article fetched then can have been published at that time."""
    return EARLIEST <= at <= fetched_at + LATEST_AHEAD


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
    if (known := read_day(int(year), int(month), int(day))) is None:
        return None
    at = datetime(known.year, known.month, known.day, *clock, tzinfo=UTC)
    if zone and zone.upper() not in ("Z", "UTC", "GMT"):
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        at = at.replace(tzinfo=timezone(-offset if zone[0] == "-" else offset))
    if hour is None or clock == (0, 0, 0):
        return PageDate(at, "day", bool(zone))
    return PageDate(
        at, "minute" if second is None else "second", bool(zone), at.utcoffset() if zone else None
    )


def _find_local(
    chosen: PageDate, candidates: Sequence[PageDate], others: Sequence[datetime]
) -> timedelta | None:
    """The offset of the place where a zoned time was written; UTC only where no other date of the page gives one."""
    if chosen.offset:
        return chosen.offset
    for other in candidates:
        if other.offset and abs(other.at - chosen.at) < timedelta(minutes=1):
            return other.offset
    for known in others:
        if known.utcoffset() and abs(known - chosen.at) < timedelta(days=30):
            return known.utcoffset()
    return chosen.offset


def _find_offset(
    wall: datetime, zoned: Sequence[datetime], hints: Sequence[datetime], others: Sequence[datetime]
) -> timedelta | None:
    """The UTC offset of a wall-clock time (marked UTC), by what other instants say."""
    minute, quarter = timedelta(minutes=1), timedelta(minutes=15)
    for other in zoned:
        if abs(other.replace(tzinfo=UTC) - wall) < minute:
            return other.utcoffset()
    for hint in hints:
        if hint.tzinfo is None:
            continue
        offset = round((wall - hint) / quarter) * quarter
        if abs(offset) <= timedelta(hours=14) and abs(wall - hint - offset) < minute:
            return offset
    for other in [*zoned, *others]:
        if other.utcoffset() and abs(other.replace(tzinfo=UTC) - wall) < timedelta(days=30):
            return other.utcoffset()
    return None
