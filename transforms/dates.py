"""Dates as feeds write them, to UTC and the offset of the clock that told them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

from transforms.written_dates.find_dates import choose_order, read_date
from transforms.written_dates.foreign_calendars import read_day
from transforms.written_dates.read_days import DateContext, DayOrder
from transforms.written_dates.zone_names import read_zone

OLDEST_TRUSTED = datetime(1990, 1, 1, tzinfo=UTC)
FURTHEST_AHEAD = timedelta(days=1)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero ene gennaio gen janeiro januari",
            "feb february februar fevrier février fev fév febrero febbraio fevereiro februari",
            "mar march mär maerz märz mars marzo março marco maart mrt mrz",
            "apr april avril avr abril abr aprile",
            "may mai mayo maggio mag maio mei",
            "jun june juni juin junio giugno giu junho",
            "jul july juli juillet juil julio luglio lug julho",
            "aug august août aout agosto ago augustus",
            "sep sept september septembre septiembre settembre set setembro",
            "oct october oktober okt octobre octubre ottobre ott outubro out",
            "nov november novembre noviembre novembro",
            "dec december dezember dez décembre decembre déc diciembre dic dicembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
_TIME = (
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\b\.?)?"
)
_ZONE = r"(?P<zone>.*)"
_RFC_822 = re.compile(
    rf"(?:[^\W\d]+\.?,?\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]+(?:de\s+)?(?P<month>[^\W\d]+)\.?,?[\s-]+(?:de\s+)?(?P<year>\d{{4}}|\d{{2}})"
    rf"(?:[\s,T@-]+(?:at\s+)?{_TIME})?\s*{_ZONE}"
)
_MONTH_FIRST = re.compile(
    rf"(?:[^\W\d]+\.?,?\s+)?(?P<month>[^\W\d]{{3,}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"
    rf"(?:[\s,T@-]+(?:at\s+)?{_TIME})?\s*{_ZONE}"
)
_ASCTIME = re.compile(
    rf"[^\W\d]{{3}}\s+(?P<month>[^\W\d]{{3}})\s+(?P<day>\d{{1,2}})\s+{_TIME}\s+(?P<zone>\D*?)\s*(?P<year>\d{{4}})"
)
_ISO_8601 = re.compile(
    rf"(?P<year>\d{{4}})(?:[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}}))?)?(?:[\sTt,]+{_TIME})?\s*{_ZONE}"
)
_ISO_BASIC = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:[Tt ]?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?\s*(?P<zone>.*)"
)
_ISO_ORDINAL = re.compile(rf"(?P<year>\d{{4}})-(?P<ordinal>\d{{3}})(?:[\sTt]+{_TIME})?\s*{_ZONE}")
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?")
_OFFSET = re.compile(
    r"(?:(?:gmt|utc?)\s*)?(?P<sign>[+-])\s*(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?\b", re.IGNORECASE
)
_ZONE_TEXT = re.compile(r"[^\W\d_][^\d+<>]{0,79}")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d{2})(?!\d)")
_LONGEST = 100
_COMMAS = str.maketrans("،、，؛；", ",,,;;")
_YEARS = range(1900, 2200)
"""Years that can be meant at all; a date of another is none."""
_COUNTRIES_BY_REGION = {
    "US": "USA", "CA": "CAN", "GB": "GBR", "UK": "GBR", "IE": "IRL", "IN": "IND", "IL": "ISR", "PK": "PAK",
    "BD": "BGD", "LK": "LKA", "NP": "NPL", "CN": "CHN", "TW": "TWN", "HK": "HKG", "MO": "MAC", "SG": "SGP",
    "PH": "PHL", "AU": "AUS", "NZ": "NZL", "ZA": "ZAF", "KE": "KEN", "NG": "NGA", "GH": "GHA", "UG": "UGA",
    "TZ": "TZA", "ET": "ETH", "SA": "SAU", "IQ": "IRQ", "KW": "KWT", "QA": "QAT", "BH": "BHR", "YE": "YEM",
    "AE": "ARE", "OM": "OMN", "PS": "PSE", "JO": "JOR", "LB": "LBN", "SY": "SYR", "EG": "EGY", "IR": "IRN",
    "AF": "AFG", "TH": "THA", "MX": "MEX", "CR": "CRI", "GT": "GTM", "HN": "HND", "NI": "NIC", "SV": "SLV",
    "CU": "CUB", "EC": "ECU", "PR": "PRI", "BM": "BMU", "TT": "TTO", "BB": "BRB", "DO": "DOM", "AS": "ASM",
    "AM": "ARM", "BR": "BRA", "JP": "JPN", "KR": "KOR",
}  # fmt: skip
"""ISO 3166-1 alpha-3 of two-letter codes, as far as the reading of dates depends on the country."""
_COUNTRIES_BY_LANGUAGE = {
    "he": "ISR", "hi": "IND", "ta": "IND", "te": "IND", "mr": "IND", "gu": "IND", "kn": "IND", "ml": "IND",
    "pa": "IND", "ga": "IRL", "th": "THA", "ja": "JPN", "ko": "KOR", "zh": "CHN", "tl": "PHL", "fil": "PHL",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeedDate:
    """A point in time as a feed tells it.

    `at` is UTC. Where `utc_offset_s` is None the zone is not known, or no time was told: then `at` is the
    wall-clock time as written, marked UTC, and only its day counts.
    """

    at: datetime
    utc_offset_s: int | None = None


def read_feed_date(text: str, context: DateContext = DateContext()) -> FeedDate | None:  # noqa: B008
    """Read a date of a feed; None where it is none, or cannot be meant. Never raises.

    Takes RFC 822 as it is written in the wild (two-digit years, no seconds, zone names), RFC 3339 and W3C-DTF
    with their cuts and relatives, asctime, epoch seconds and milliseconds; and what `read_date` reads: months
    and weekdays of some seventy languages, other orders, missing blanks, Buddhist, Solar Hijri and Minguo years.
    `context` decides what could be read in two ways (IST, 4/9/2026); without it such a zone stays unknown and
    such a day is no date. A year or month alone counts as its first day. 24:00 is the next day's 00:00, a leap
    second is dropped.

    Source: RFC 822 section 5 and RFC 2822 section 4.3 (zones, two-digit years), RFC 3339, W3C NOTE-datetime.
    """
    text = text[: 4 * _LONGEST].translate(_COMMAS)
    return _read(" ".join(text.split()).strip(" ,;")[:_LONGEST], context)


def parse_date(text: str) -> datetime | None:
    """`read_feed_date` without its offset."""
    found = read_feed_date(text)
    return found.at if found else None


def make_context(language_tag: str, country: str, host: str, texts: Iterable[str] = ()) -> DateContext:
    """What is known of a feed for the reading of its dates.

    `language_tag` is as given (`en-IN`), `country` ISO 3166-1 alpha-3 or "", `host` the site's. `texts` are the
    feed's dates: one of them that can only be read in one order tells the order of all.
    """
    parts = re.split(r"[-_]", language_tag.strip())
    language = parts[0].lower()
    region = next((part.upper() for part in parts[1:] if len(part) == 2), "")
    top = host.rsplit(".", 1)[-1].upper()
    country = (
        country
        or _COUNTRIES_BY_REGION.get(region, "")
        or _COUNTRIES_BY_REGION.get(top, "")
        or _COUNTRIES_BY_LANGUAGE.get(language, "")
    )
    order = _find_order(texts) or choose_order(language_tag, country)
    return DateContext((language,) if language else (), order, country)


@lru_cache(maxsize=4096)
def _read(text: str, context: DateContext) -> FeedDate | None:
    try:
        for pattern in (_ISO_ORDINAL, _ISO_8601, _ISO_BASIC, _RFC_822, _ASCTIME, _MONTH_FIRST):
            match = pattern.fullmatch(text)
            found = _build(match.groupdict(), context) if match else None
            if found:
                return found
        if _EPOCH.fullmatch(text):
            seconds = int(text) / (1000 if len(text) > 10 else 1)
            return FeedDate(datetime.fromtimestamp(seconds, tz=UTC), 0)
        return _read_written(text, context)
    except (ValueError, OverflowError):
        return None


def _read_written(text: str, context: DateContext) -> FeedDate | None:
    found = read_date(text, context)
    if found is None or found.others or found.day.year not in _YEARS:
        return None
    return _place(found.wall, found.offset if found.clock is not None else None)


def _find_order(texts: Iterable[str]) -> DayOrder:
    orders: set[DayOrder] = set()
    for text in texts:
        for first, second in _NUMERIC.findall(text):
            if int(first) > 12 >= int(second):
                orders.add("day first")
            elif int(second) > 12 >= int(first):
                orders.add("month first")
    return orders.pop() if len(orders) == 1 else ""


def is_trusted(published_at: datetime | None, now: datetime) -> bool:
    """Whether a publication date can be meant: not before 1990 and not more than a day ahead of `now`.

    A missing date is not trusted either. The day ahead forgives feeds that write local time as UTC.
    """
    return published_at is not None and OLDEST_TRUSTED <= published_at <= now + FURTHEST_AHEAD


def _build(found: dict[str, str | None], context: DateContext) -> FeedDate | None:
    def number(name: str, default: int) -> int:
        return int(found.get(name) or default)

    month = _read_month(found.get("month") or "1")
    year = number("year", 0)
    if month is None:
        return None
    if len(found["year"] or "") == 2:
        year += 2000 if year < 70 else 1900
    day = read_day(year, month, number("day", 1))
    if day is None or day.year not in _YEARS:
        return None
    day += timedelta(days=number("ordinal", 1) - 1)
    zone = (found.get("zone") or "").strip()
    if found.get("hour") is None:
        return FeedDate(_combine(day, time())) if not zone or _is_zone(zone) else None
    hour, minute, second = number("hour", 0), number("minute", 0), min(number("second", 0), 59)
    half = (found.get("half") or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    microsecond = int((found.get("fraction") or "0")[:6].ljust(6, "0"))
    if hour == 24:
        hour, day = 0, day + timedelta(days=1)
    wall = _combine(day, time(hour, minute, second, microsecond))
    offset = _read_zone(zone, wall, context.country)
    return None if zone and offset is None and not _is_zone(zone) else _place(wall, offset)


def _combine(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=UTC)


def _place(wall: datetime, offset: timedelta | None) -> FeedDate:
    """A wall-clock time with its offset, if known; `wall` may be marked UTC or not."""
    if offset is None:
        return FeedDate(wall.replace(tzinfo=UTC))
    return FeedDate(wall.replace(tzinfo=timezone(offset)).astimezone(UTC), int(offset.total_seconds()))


def _read_month(text: str) -> int | None:
    return int(text) if text.isdigit() else _MONTHS.get(text.lower())


def _is_zone(text: str) -> bool:
    """Whether what follows a time may be a zone that is not known to us."""
    return bool(_ZONE_TEXT.fullmatch(text.strip(" ()[]")) or _OFFSET.match(text))


def _read_zone(text: str, wall: datetime, country: str) -> timedelta | None:
    """The offset from UTC at a wall-clock time; None where it is unknown."""
    text = text.strip(" ()[]")
    found = _OFFSET.match(text)
    if found:
        hours, minutes = int(found["hours"]), int(found["minutes"] or 0)
        if hours > 15 or minutes > 59:
            return None
        size = timedelta(hours=hours, minutes=minutes)
        return -size if found["sign"] == "-" else size
    local = wall.replace(tzinfo=None)
    for name in (text, re.sub(r"\s*[(\[].*", "", text)):
        offset = read_zone(name, local, country) if name else None
        if offset is not None:
            return offset
    return None
