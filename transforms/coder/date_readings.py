"""How each kind of date expression is resolved, from the day of publication or the day told before it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from transforms.coder.calendar_days import (
    find_weekday,
    make_day,
    move_by,
    move_days,
    move_months,
)
from transforms.coder.date_words import find_named_day, read_day, read_month, read_number, read_weekday

Match = re.Match[str]


@dataclass(frozen=True, slots=True)
class Frame:
    """What relative expressions count from."""

    published: date | None
    told: date | None  # the day told last
    told_here: bool = False  # in this sentence


@dataclass(frozen=True, slots=True)
class Days:
    """ISO dates cut to the precision known."""

    start: str
    end: str
    future: bool = False


Resolver = Callable[[Match, Frame], Days | None]


def _one(iso: str | None, future: bool = False) -> Days | None:
    return Days(iso, iso, future) if iso else None


def _many(first: date, last: date, future: bool = False) -> Days:
    return Days(first.isoformat(), last.isoformat(), future)


def _get(match: Match, name: str) -> str:
    """A named group in lower case; "" where the pattern has none or it took no part."""
    return (match.groupdict().get(name) or "").lower()


def refuse(_match: Match, _frame: Frame) -> Days | None:
    """Names that only look like dates: `Black Friday`, `the Sunday Times`, `Arab Spring`."""
    return None


def _find_year(match: Match, frame: Frame, month: int, day: int = 1) -> int:
    """The year told, else that of the last such day on or before publication; 0 unknown."""
    year, short = _get(match, "year"), _get(match, "short")
    if year:
        return int(year)
    if short:
        return int(short) + (1900 if int(short) >= 50 else 2000)
    if frame.published is None:
        return 0
    published, told = frame.published, _get(match, "yearword")
    if told:
        return published.year + {"last": -1, "next": 1}.get(told, 0)
    return published.year - ((month, day) > (published.month, published.day))


def resolve_iso(match: Match, _frame: Frame) -> Days | None:
    return _one(make_day(int(match["year"]), int(match["month"]), int(match["day"])))


def resolve_numeric(match: Match, _frame: Frame) -> Days | None:
    """`03/14/2016` and `14/03/2016` say which is the month, `03/04/2016` does not."""
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    month, day = (first, second) if second > 12 or first == second else (second, first)
    return _one(make_day(year, month, day)) if day > 12 or first == second else None


def resolve_day(match: Match, frame: Frame) -> Days | None:
    month, day = read_month(match["month"]), read_day(match["day"])
    year = _find_year(match, frame, month, day)
    if not year:
        return None
    until = _get(match, "until")
    first = make_day(year, month, day)
    last = make_day(year, month, read_day(until)) if until else first
    return Days(first, last) if first and first <= last else _one(first)


def resolve_month(match: Match, frame: Frame) -> Days | None:
    month, which = read_month(match["month"]), _get(match, "which")
    year = _find_year(match, frame, month)
    if not year:
        return None
    published = frame.published
    if which == "next" and published and not _get(match, "year"):
        year = published.year + (month <= published.month)
    elif which == "this" and published:
        year = published.year
    elif which in ("last", "past") and published and month == published.month:
        year = published.year - 1
    ahead = bool(
        published and which in ("this", "next") and (year, month) > (published.year, published.month)
    )
    return _one(f"{year:04}-{month:02}", ahead)


def resolve_day_of_month(match: Match, frame: Frame) -> Days | None:
    """`on the 15th`, `on the 3rd of last month`: the last such day on or before publication."""
    if frame.published is None:
        return None
    day, which = read_day(match["day"]), _get(match, "which")
    back = 1 if which == "last" or (not which and day > frame.published.day) else 0
    month = move_months(frame.published, -back)
    return _one(make_day(int(month[:4]), int(month[5:]), day), day > frame.published.day and not back)


def resolve_named_day(match: Match, frame: Frame) -> Days | None:
    name = match["named"]
    told = _get(match, "year")
    if told:
        return _one(find_named_day(name, int(told)))
    fixed = find_named_day(name, 0)  # `9/11` has its year in its name
    if fixed or frame.published is None:
        return _one(fixed)
    if _get(match, "yearword"):
        return _one(find_named_day(name, _find_year(match, frame, 1)))
    year, today = frame.published.year, frame.published.isoformat()
    if _get(match, "which") == "next":
        return _one(
            next(d for d in (find_named_day(name, year), find_named_day(name, year + 1)) if d > today), True
        )
    return _one(next((d for d in (find_named_day(name, y) for y in (year, year - 1)) if d <= today), ""))


def resolve_weekday(match: Match, frame: Frame) -> Days | None:
    which, week = _get(match, "which"), _get(match, "week")
    wanted = read_weekday(match["weekday"])
    if which in ("following", "previous") and frame.told:
        if which == "previous":
            return _one(find_weekday(move_days(frame.told, -1), wanted).isoformat())
        return _one(find_weekday(move_days(frame.told, 7), wanted).isoformat())
    published = frame.published
    if published is None or which == "following":
        return None
    if week:
        monday = find_weekday(published, 0)
        turn = -7 if "last" in week or "previous" in week else 7 if "next" in week else 0
        day = move_days(monday, wanted + turn)
        return _one(day.isoformat(), day > published)
    last = find_weekday(published, wanted)
    if which in ("next", "coming", "this coming"):
        return _one(move_days(last, 7).isoformat(), True)
    back = 7 if which in ("last", "past", "this past", "previous") and last == published else 0
    return _one(move_days(last, -back).isoformat())


_DAYS_AGO = {"yesterday": 1, "last night": 1, "overnight": 1, "last evening": 1}


def resolve_named_time(match: Match, frame: Frame) -> Days | None:
    """`yesterday`, `the day before yesterday`, `tonight`, `tomorrow`, `hours ago`."""
    if frame.published is None:
        return None
    words = match.group().lower()
    if "tomorrow" in words:
        return _one(move_days(frame.published, 2 if "after" in words else 1).isoformat(), True)
    back = 2 if "before" in words else next((n for w, n in _DAYS_AGO.items() if w in words), 0)
    return _one(move_days(frame.published, -back).isoformat())


def resolve_ago(match: Match, frame: Frame) -> Days | None:
    """`two weeks ago`: only days are told to the day, unless a weekday or `today` follows."""
    published, unit, tail = frame.published, _get(match, "unit"), _get(match, "tail")
    if published is None:
        return None
    number = read_number(match["number"])
    if unit in ("hour", "minute"):
        return _one(move_days(published, -(number // 24) if unit == "hour" else 0).isoformat())
    if not number:
        return _guess_few(published, unit)
    if tail and unit in ("week", "year", "month", "decade"):
        return resolve_anniversary(published, number, unit, tail)
    if unit in ("day", "night"):
        day = move_days(published, -number).isoformat()
        return _one(day if number < 60 else day[:7])
    if unit in ("week", "fortnight"):
        return _one(move_by(published, -number, unit)[:7])
    return _one(move_by(published, -number, unit))


def _guess_few(published: date, unit: str) -> Days | None:
    """`a few days ago`, `weeks ago`: some day of a range."""
    if unit in ("day", "night"):
        return _many(move_days(published, -7), move_days(published, -1))
    if unit == "week":
        return Days(move_days(published, -56).isoformat()[:7], move_days(published, -7).isoformat()[:7])
    return None


def resolve_anniversary(published: date, number: int, unit: str, tail: str) -> Days | None:
    """`a year ago today`, `ten years ago this month`, `a week ago on Sunday`."""
    day = published
    if tail not in ("today", "this week", "this month"):
        day = find_weekday(published, read_weekday(tail.removeprefix("on ").strip()))
    if unit == "week":
        if tail == "this week":
            return None
        near = move_days(published, -7 * number)  # the weekday that is nearest to so many weeks ago
        return _one(move_days(near, (day.weekday() - near.weekday() + 3) % 7 - 3).isoformat())
    months = {"month": 1, "year": 12, "decade": 120}[unit] * number
    month = move_months(day, -months)
    if not month or tail in ("this month", "this week"):
        return _one(month)
    return _one(make_day(int(month[:4]), int(month[5:]), day.day))


def resolve_past(match: Match, frame: Frame) -> Days | None:
    """`the past week`, `the last 24 hours`, `recent days`: from so long ago up to publication."""
    published, unit = frame.published, _get(match, "unit").rstrip("s")
    if published is None:
        return None
    count = _get(match, "number")
    number = read_number(count) if count else 1
    number = number or (7 if unit in ("day", "night") else 3)  # "a few", "several", "recent"
    if unit in ("hour", "minute"):
        return _many(move_days(published, -max(1, -(-number // 24)) if unit == "hour" else 0), published)
    if unit in ("day", "night", "week", "fortnight"):
        return _many(date.fromisoformat(move_by(published, -number, unit)), published)
    if unit == "month":
        start = move_months(published, -number)
        return Days(start, published.isoformat()[:7]) if start else None
    start = move_by(published, -number, unit)
    return Days(start, f"{published.year:04}") if start else None


def resolve_period(match: Match, frame: Frame) -> Days | None:
    """`last week`, `earlier this month`, `next year`, `by the end of the month`, `at the weekend`."""
    published, unit, which = frame.published, _get(match, "unit"), _get(match, "which")
    if published is None:
        return None
    turn = -1 if which.endswith(("last", "previous")) else 1 if which.endswith(("next", "coming")) else 0
    ahead = turn > 0 or which.startswith("later") or (which.startswith("the end of") and turn == 0)
    if unit == "week":
        monday = move_days(find_weekday(published, 0), 7 * turn)
        sunday = move_days(monday, 6)
        if ahead:
            return _many(max(monday, published), sunday, True)
        return _many(monday, min(sunday, published))
    if unit == "weekend":
        saturday = find_weekday(published, 5)
        if turn > 0:
            saturday = move_days(saturday, 7)
        elif turn < 0 and published.weekday() >= 5:
            saturday = move_days(saturday, -7)  # on a Sunday the last weekend is not the one that is
        sunday = move_days(saturday, 1)
        return _many(saturday, sunday if turn > 0 else min(sunday, published), turn > 0)
    return _one(move_by(published, turn, unit), ahead)


def resolve_relative(match: Match, frame: Frame) -> Days | None:
    """`the next day`, `that night`, `three days later`, `the previous week`: from the day told last."""
    which, unit = _get(match, "which"), _get(match, "unit")
    number = read_number(_get(match, "number") or "a")
    backwards = which.endswith(("previous", "before", "earlier"))
    base = frame.told or (frame.published if backwards else None)
    if base is None or not number:
        return _find_long_after(match, number)
    if unit in ("hour", "minute"):
        return _one(base.isoformat()) if frame.told else None
    turn = -1 if backwards else 1 if which.endswith(("next", "following", "after", "later")) else 0
    if unit in ("morning", "afternoon", "evening", "night"):
        unit = "day"
    if unit == "weekend":
        saturday = find_weekday(base, 5) if turn <= 0 else find_weekday(move_days(base, 7), 5)
        return _many(saturday, move_days(saturday, 1))
    if turn == 0 and unit == "week":
        return None
    day = move_by(base, turn * number, unit)
    if turn > 0 and frame.published and day > frame.published.isoformat():
        # counted from a day that the text did not tell in figures: "during the war ... seven years later"
        return _find_long_after(match, number)
    return _one(day)


def _find_long_after(match: Match, number: int) -> Days | None:
    """`Ten years later, the bombing still ...`: what is told then happened long ago, nobody says when."""
    opens = match.start() == 0 and match.string[match.end() : match.end() + 1] == ","
    is_long = _get(match, "unit") in ("year", "decade") and _get(match, "which") == "later"
    return LONG_AGO if opens and is_long and number > 1 else None


def resolve_since(match: Match, frame: Frame) -> Days | None:
    """`marks one year since`, `the tenth anniversary of`: so long before publication."""
    if frame.published is None:
        return None
    count, unit = _get(match, "number") or _get(match, "day"), _get(match, "unit") or "year"
    number = read_number(count) or (read_day(count) if count else 0)
    if not number or unit in ("hour", "minute"):
        return None
    if unit in ("year", "decade"):
        marked = "anniversary" in match.group().lower() or match.group().lower().startswith("mark")
        months = number * (12 if unit == "year" else 120)
        return _one(
            move_months(frame.published, -months) if marked else move_by(frame.published, -number, unit)
        )
    iso = move_by(frame.published, -number, unit)
    return _one(iso[:7] if unit == "week" else iso)


_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}


LONG_AGO = Days("", "")
"""A day that lies far back; when is not told."""


def resolve_long_ago(match: Match, frame: Frame) -> Days | None:
    """`forty years on`, `a decade on from`: so long before publication; `the anniversary of`: nobody says when."""
    count, unit = _get(match, "number"), _get(match, "unit")
    number = read_number(count) if count else 0
    if not number or frame.published is None:
        return LONG_AGO
    return _one(move_by(frame.published, -number, unit)) or LONG_AGO


def resolve_season(match: Match, frame: Frame) -> Days | None:
    """Seasons are those of the north, where most news is made; a winter without its second year is its year."""
    season, which = _get(match, "season"), _get(match, "which")
    first, last = _SEASONS[season]
    year = int(_get(match, "year") or 0)
    if year:
        return _one(f"{year:04}") if season == "winter" else Days(f"{year}-{first:02}", f"{year}-{last:02}")
    published = frame.published
    if published is None:
        return None
    wraps = last < first
    year = published.year - (published.month < first)  # of the season that began last
    over = (year + wraps, last) < (published.year, published.month)
    if which == "last" and not over:
        year -= 1  # the summer that is now is not the last one
    ahead = which == "next" or (which == "this" and over)
    year += ahead
    return Days(f"{year:04}-{first:02}", f"{year + wraps:04}-{last:02}", ahead)


def resolve_decade(match: Match, _frame: Frame) -> Days | None:
    decade = match["decade"]
    first = int(decade) if len(decade) == 4 else 1900 + int(decade) + (100 if int(decade) < 30 else 0)
    return Days(f"{first}", f"{first + 9}")


def resolve_year(match: Match, frame: Frame) -> Days | None:
    year = match["year"]
    until = _get(match, "until")
    if frame.published and int(year) > frame.published.year + 20:
        return None
    if until:
        last = until if len(until) == 4 else year[:2] + until
        return Days(year, last) if year < last else None
    return _one(year)
