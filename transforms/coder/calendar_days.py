"""Days, months and years: ISO dates cut to the precision known, and what lies a while before or after."""

from datetime import UTC, date, timedelta

from transforms.records import Document


def latest_day(iso: str) -> date | None:
    """The last day that an ISO date cut to its precision can mean."""
    try:
        if len(iso) == 10:
            return date.fromisoformat(iso)
        if len(iso) == 7:
            year, month = int(iso[:4]), int(iso[5:])
            return (date(year + month // 12, month % 12 + 1, 1)) - timedelta(days=1)
        return date(int(iso), 12, 31) if iso else None
    except ValueError:
        return None


def earliest_day(iso: str) -> date | None:
    """The first day that an ISO date cut to its precision can mean."""
    last = latest_day(iso)
    if last is None or len(iso) == 10:
        return last
    return last.replace(day=1) if len(iso) == 7 else last.replace(month=1, day=1)


def make_day(year: int, month: int, day: int) -> str:
    """`2016-03-14`; only the month where it has no such day, "" where there is no such month."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return f"{year:04}-{month:02}" if 1 <= month <= 12 and 1 <= year <= 9999 else ""


def move_days(day: date, days: int) -> date:
    """The day so many days later, or earlier if negative; the ends of the calendar stop it."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def move_months(day: date, months: int) -> str:
    """`2016-03`, so many months later, or earlier if negative; "" beyond the calendar."""
    number = day.year * 12 + day.month - 1 + months
    return f"{number // 12:04}-{number % 12 + 1:02}" if 12 <= number < 120_000 else ""


def move_years(day: date, years: int) -> str:
    """`2016`, so many years later, or earlier if negative; "" beyond the calendar."""
    return f"{day.year + years:04}" if 1 <= day.year + years <= 9999 else ""


def move_by(day: date, number: int, unit: str) -> str:
    """So many days, weeks, months or years from a day: as precise as such words are when told of a known day.

    Days and weeks give a day, months a month, years a year.
    """
    if unit in ("month", "year"):
        return move_months(day, number) if unit == "month" else move_years(day, number)
    if unit == "decade":
        return move_years(day, 10 * number)
    return move_days(day, number * {"week": 7, "fortnight": 14}.get(unit, 1)).isoformat()


def find_weekday(day: date, weekday: int) -> date:
    """The last such weekday (Monday is 0) on or before a day."""
    return move_days(day, -((day.weekday() - weekday) % 7))


def find_easter(year: int) -> date:
    """Easter Sunday of the western churches.

    Source: the anonymous Gregorian algorithm, Meeus, Astronomical Algorithms (1991), chapter 8.
    """
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def find_local_day(document: Document) -> date | None:
    """The day that the article's own clock showed when it was published: its `today`."""
    told, offset_s = document.published_at, document.published_utc_offset_s
    if told is None:
        return None
    try:
        local = told if offset_s is None else told.astimezone(UTC) + timedelta(seconds=offset_s)
    except OverflowError:  # the ends of the calendar
        local = told
    return local.date()
