"""Dates as feeds write them, to UTC."""

import re
from datetime import UTC, datetime, timedelta, timezone

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
_ZONES_H: dict[str, float] = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": 1, "west": 1, "cet": 1, "met": 1, "mez": 1,
    "cest": 2, "mest": 2, "mesz": 2, "eet": 2, "sast": 2, "cat": 2, "eest": 3, "msk": 3, "eat": 3, "pkt": 5,
    "sgt": 8, "hkt": 8, "pht": 8, "awst": 8, "wib": 7, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12,
    "nzdt": 13, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5, "art": -3, "brt": -3,
    "wat": 1,
}  # fmt: skip

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
_AMERICAN = re.compile(
    rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/(?P<year>\d{{4}})(?:[\s,T]+{_TIME})?\s*{_ZONE}"
)
_DOTTED = re.compile(
    rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}})(?:[\s,T-]+{_TIME})?\s*{_ZONE}"
)
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?")
_OFFSET = re.compile(
    r"(?:(?:gmt|utc?)\s*)?(?P<sign>[+-])\s*(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?\b", re.IGNORECASE
)
_LONGEST = 100


def parse_date(text: str) -> datetime | None:
    """Read a date of a feed; None where it is none.

    Takes RFC 822 as it is written in the wild (two-digit years, no seconds, zone names, month names of seven
    languages, US order), RFC 3339 and W3C-DTF with their cuts and relatives, asctime, epoch seconds and
    milliseconds. A time without a zone, or with one unknown to us, counts as UTC; a date without a time as
    midnight UTC; a year or month alone as its first day. `12/31/2026` is read in US order (day first where
    only that makes sense), `31.12.2026` day first. 24:00 is the next day's 00:00, a leap second is dropped.

    Source: RFC 822 section 5 and RFC 2822 section 4.3 (zones, two-digit years), RFC 3339, W3C NOTE-datetime.
    """
    text = " ".join(text[:_LONGEST].split()).strip(" ,;")
    try:
        for pattern in (
            _ISO_ORDINAL,
            _ISO_8601,
            _ISO_BASIC,
            _RFC_822,
            _ASCTIME,
            _MONTH_FIRST,
            _AMERICAN,
            _DOTTED,
        ):
            match = pattern.fullmatch(text)
            found = _build(match.groupdict(), day_first_if_needed=pattern is _AMERICAN) if match else None
            if found:
                return found
        if _EPOCH.fullmatch(text):
            seconds = int(text) / (1000 if len(text) > 10 else 1)
            return datetime.fromtimestamp(seconds, tz=UTC)
    except (ValueError, OverflowError):
        return None
    return None


def is_trusted(published_at: datetime | None, now: datetime) -> bool:
    """Whether a publication date can be meant: not before 1990 and not more than a day ahead of `now`.

    A missing date is not trusted either. The day ahead forgives feeds that write local time as UTC.
    """
    return published_at is not None and OLDEST_TRUSTED <= published_at <= now + FURTHEST_AHEAD


def _build(found: dict[str, str | None], *, day_first_if_needed: bool) -> datetime | None:
    def number(name: str, default: int) -> int:
        return int(found.get(name) or default)

    month = _read_month(found.get("month") or "1")
    day, year = number("day", 1), number("year", 0)
    if month is None:
        return None
    if day_first_if_needed and month > 12:
        month, day = day, month
    if len(found["year"] or "") == 2:
        year += 2000 if year < 70 else 1900
    hour, minute, second = number("hour", 0), number("minute", 0), min(number("second", 0), 59)
    half = (found.get("half") or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    microsecond = int((found.get("fraction") or "0")[:6].ljust(6, "0"))
    extra = timedelta(days=number("ordinal", 1) - 1)
    if hour == 24:
        hour, extra = 0, extra + timedelta(days=1)
    offset = _read_zone(found.get("zone") or "")
    if offset is None:
        return None
    local = datetime(year, month, day, hour, minute, second, microsecond, tzinfo=timezone(offset))
    return (local + extra).astimezone(UTC)


def _read_month(text: str) -> int | None:
    return int(text) if text.isdigit() else _MONTHS.get(text.lower())


def _read_zone(text: str) -> timedelta | None:
    """The offset from UTC; None where the text after the time is no zone at all."""
    text = text.strip(" ()")
    offset = _OFFSET.match(text)
    if offset:
        hours, minutes = int(offset["hours"]), int(offset["minutes"] or 0)
        if hours > 15 or minutes > 59:
            return timedelta(0)
        size = timedelta(hours=hours, minutes=minutes)
        return -size if offset["sign"] == "-" else size
    if not text or re.fullmatch(r"[A-Za-z][A-Za-z_/ .()]{0,40}", text):
        return timedelta(hours=_ZONES_H.get(text.split(" ")[0].lower() if text else "z", 0))
    return None
