"""When: date expressions of a sentence, relative to the day of publication, cut to the precision known."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from transforms.word_lists import list_words

_MONTH_NAMES = list_words(
    "january february march april may june july august september october november december"
)
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_WEEKDAYS = {
    name: number
    for number, name in enumerate(list_words("monday tuesday wednesday thursday friday saturday sunday"))
}
_NUMBERS = {
    word: number
    for number, word in enumerate(
        list_words("a one two three four five six seven eight nine ten eleven twelve")
    )
} | {"a": 1, "an": 1, "several": 0, "few": 0}
_MONTH = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|March|Mar\.|Apr(?:il|\.)|May|June?|July?|"
    r"Aug(?:ust|\.)?|Sept?(?:ember|\.)?|"
    r"Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = r"(?P<day>[12]?\d|3[01]|0\d)(?:st|nd|rd|th)?"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("iso", re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b")),
    ("day", re.compile(
        rf"\b{_DAY}(?: of)? {_MONTH}(?:,? (?P<year>(?:19|20)\d\d|\d\d(?= \()|last year|this year))?")),
    ("day", re.compile(rf"\b{_MONTH} {_DAY}\b(?!\d)(?:,? (?P<year>(?:19|20)\d\d|last year|this year))?")),
    ("month", re.compile(rf"\b{_MONTH},? (?:of )?(?P<year>(?:19|20)\d\d|last year|this year)\b")),
    ("month", re.compile(
        rf"\b(?:[Ii]n|[Ss]ince|[Ll]ast|of|[Dd]uring|early|late|mid) (?:early |late |mid-?)?"
        rf"{_MONTH}\b(?! \d)")),
    ("weekday", re.compile(
        r"\b(?P<last>[Ll]ast |[Pp]revious )?"
        r"(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
        r"(?P<week>,? last week)?")),
    ("yesterday", re.compile(r"\b(?:[Yy]esterday|[Ll]ast night|[Oo]vernight)\b")),
    ("today", re.compile(
        r"\b(?:[Tt]oday|[Tt]onight|[Tt]his (?:morning|afternoon|evening)|[Ee]arlier in the day|hours ago)\b"
    )),
    ("ago", re.compile(
        r"\b(?P<number>\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) "
        r"(?P<unit>day|week|month|year)s? (?:ago|earlier|before)\b")),
    ("period", re.compile(
        r"\b(?P<which>[Tt]his|[Ll]ast|[Pp]ast|[Ee]arlier this|[Ll]ater this|[Pp]revious) "
        r"(?P<unit>week|month|year|weekend)\b")),
    ("year", re.compile(r"\b(?:[Ii]n|[Ss]ince|[Dd]uring|of|early|late) (?P<year>(?:19|20)\d\d)\b")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateSpan:
    """ISO dates cut to the precision known: `2014-08-03`, `2014-08`, `2014`; "" unknown."""

    start: str
    end: str
    text: str = ""
    at: int = -1  # character offset of the expression within the searched text


def find_dates(text: str, published: date | None) -> list[DateSpan]:
    """Every date expression of a text, in the order of the text; overlapping ones give the longest.

    Weekdays are the last such day on or before publication. Without a day of publication only absolute dates
    are resolved.
    """
    found: list[tuple[int, int, DateSpan]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end, _ in found):
                continue
            span = _resolve(kind, match, published)
            if span:
                found.append((match.start(), match.end(), span))
    spans = [span for _, _, span in sorted(found, key=lambda item: item[0])]
    return sorted([*spans, *_find_earlier(text, spans)], key=lambda span: span.at)


def _find_earlier(text: str, spans: list[DateSpan]) -> list[DateSpan]:
    """`on Tuesday, a day after police shot`: what follows was a day before the date told last."""
    found = []
    for match in _AFTER.finditer(text):
        base = next(
            (latest_day(s.end) for s in reversed(spans) if s.at < match.start() and len(s.end) == 10), None
        )
        if base:
            number = int(_NUMBERS.get(match["number"].lower(), 0) or match["number"])
            day = _minus(base, number * (7 if match["unit"] == "week" else 1)).isoformat()
            found.append(DateSpan(day, day, match.group(), match.start()))
    return found


_AFTER = re.compile(
    r"\b(?P<number>\d{1,3}|[Aa]n?|[Oo]ne|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Tt]en) "
    r"(?P<unit>day|week)s? after\b"
)


def _resolve(kind: str, match: re.Match[str], published: date | None) -> DateSpan | None:
    parts = match.groupdict()
    if kind in ("iso", "day", "month", "year"):
        value = _absolute(kind, parts, published)
    elif published is None:
        return None
    elif kind == "weekday":
        value = _weekday(parts, published)
    elif kind == "yesterday":
        value = (published - timedelta(days=1)).isoformat()
    elif kind == "today":
        value = published.isoformat()
    elif kind == "ago":
        value = _ago(int(_NUMBERS.get(parts["number"], 0) or parts["number"]), parts["unit"], published)
    else:
        return _period(parts, match, published)
    return DateSpan(value, value, match.group().strip(" ,"), match.start()) if value else None


def _absolute(kind: str, parts: dict[str, str | None], published: date | None) -> str:
    year = _year(parts.get("year"), published)
    month_text = parts.get("month") or ""
    month = int(month_text) if month_text.isdigit() else _MONTHS.get(month_text.rstrip(".").lower()[:3], 0)
    if kind == "year":
        return str(year) if year and (published is None or year <= published.year + 1) else ""
    if not month:
        return ""
    if not year:
        if published is None:
            return ""
        day = int(parts.get("day") or 1)
        year = published.year if (month, day) <= (published.month, published.day) else published.year - 1
    if kind == "month":
        return f"{year:04}-{month:02}"
    try:
        return date(year, month, int(parts["day"] or 0)).isoformat()
    except ValueError:
        return f"{year:04}-{month:02}" if 1 <= month <= 12 else ""


def _year(text: str | None, published: date | None) -> int:
    if not text:
        return 0
    if text.isdigit():
        value = int(text)
        return value if value > 99 else 1900 + value if value >= 50 else 2000 + value
    if published is None:
        return 0
    return published.year - (text == "last year")


def _weekday(parts: dict[str, str | None], published: date) -> str:
    wanted = _WEEKDAYS[(parts["weekday"] or "").lower()]
    back = (published.weekday() - wanted) % 7
    if parts["last"] and back == 0:
        back = 7
    if parts["week"]:
        back = published.weekday() + 7 - wanted
    return (published - timedelta(days=back)).isoformat()


def _ago(number: int, unit: str, published: date) -> str:
    if unit == "day":
        return (
            _minus(published, number).isoformat()
            if number < 60
            else _minus(published, number).isoformat()[:7]
        )
    if unit == "week":
        return _minus(published, 7 * number).isoformat()[:7]
    if unit == "month":
        months = published.year * 12 + published.month - 1 - number
        return f"{months // 12:04}-{months % 12 + 1:02}" if months >= 12 else ""
    return f"{published.year - number:04}" if number < published.year else ""


def _minus(day: date, days: int) -> date:
    return day - timedelta(days=min(days, day.toordinal() - 1))


def _period(parts: dict[str, str | None], match: re.Match[str], published: date) -> DateSpan:
    text, at = match.group(), match.start()
    last = (parts["which"] or "").lower() in ("last", "previous")
    unit = parts["unit"]
    if unit == "week":
        monday = published - timedelta(days=published.weekday() + (7 if last else 0))
        until = monday + timedelta(days=6) if last else published
        return DateSpan(monday.isoformat(), until.isoformat(), text, at)
    if unit == "weekend":
        saturday = published - timedelta(days=(published.weekday() - 5) % 7)
        return DateSpan(saturday.isoformat(), (saturday + timedelta(days=1)).isoformat(), text, at)
    value = _ago(1 if last else 0, unit or "month", published)
    return DateSpan(value, value, text, at)


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
