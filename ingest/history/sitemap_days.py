"""What addresses in sitemaps say without being fetched: which days a file is of, and which month a page."""

import calendar
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

from transforms.dates import FeedDate
from transforms.history.url_days import read_url_day
from transforms.history.windows import DayRange, begin_of

_SLACK = timedelta(days=1)
"""Sites go by days of their own clock, we by those of UTC."""
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/](0[1-9]|1[0-2])(?!\d)")
_MONTH_PATH = re.compile(r"/((?:19|20)\d\d)/(0?[1-9]|1[0-2])(?=/|$)")
_MONTH_DIGITS = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


def read_spans(urls: Sequence[str]) -> list[DayRange | None]:
    """The days that each of the files named side by side is of; None where its name says nothing.

    A number means a day, month or year only where it does in all names that differ in numbers alone: of
    `sitemap-1.xml` to `sitemap-3000.xml` the 2024th is of no year. One name alone may be that of a site's only
    file, so there only a day, or a year in a parameter of that name, counts.
    """
    groups: dict[str, list[str]] = {}
    for url in urls:
        groups.setdefault(re.sub(r"\d+", "#", url), []).append(url)
    found: dict[str, DayRange] = {}
    for members in groups.values():
        for reader in _READERS:
            spans = [reader(url) for url in members]
            if all(spans):
                if len(set(members)) > 1 or reader in _CERTAIN:
                    found.update((url, span) for url, span in zip(members, spans, strict=True) if span)
                break
    return [found.get(url) for url in urls]


def read_month_path(url: str) -> DayRange | None:
    """The month of a permalink such as `/2024/03/name/`."""
    return _read_month(_MONTH_PATH, url)


def may_overlap(span: DayRange, first: date, last: date) -> bool:
    """Whether a span of days of some clock can share an instant with the days from `first` to `last`."""
    return span[0] - _SLACK <= last and span[1] + _SLACK >= first


def is_before(lastmod: FeedDate | None, first: date) -> bool:
    """Whether what was changed last at `lastmod` was all there before `first`."""
    if lastmod is None:
        return False
    slack = _SLACK if lastmod.utc_offset_s is None else timedelta()
    return lastmod.at < begin_of(first) - slack


def _read_query(url: str) -> DayRange | None:
    """`?yyyy=2024&mm=03&dd=05`, as Automattic's msm-sitemap names its files."""
    query = {name.lower(): values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    numbers = []
    for names in (("yyyy", "year"), ("mm", "month"), ("dd", "day")):
        value = next((query[name] for name in names if name in query), "")
        if not (value.isascii() and value.isdigit() and len(value) <= 4):
            break
        numbers.append(int(value))
    try:
        return _make_span(*numbers) if numbers else None
    except ValueError:
        return None


def _read_day(url: str) -> DayRange | None:
    day = read_url_day(_behind_host(url))
    return (day, day) if day else None


def _read_month(pattern: re.Pattern[str], url: str) -> DayRange | None:
    found = {(int(year), int(month)) for year, month in pattern.findall(_behind_host(url))}
    return _make_span(*found.pop()) if len(found) == 1 else None


def _read_split_month(url: str) -> DayRange | None:
    return _read_month(_MONTH, url) or _read_month(_MONTH_PATH, url)


def _read_digits_month(url: str) -> DayRange | None:
    return _read_month(_MONTH_DIGITS, url)


def _read_year(url: str) -> DayRange | None:
    found = set(_YEAR.findall(_behind_host(url)))
    return _make_span(int(found.pop())) if len(found) == 1 else None


def _make_span(year: int, month: int = 0, day: int = 0) -> DayRange:
    """Raises: ValueError: there are no such days."""
    if not 1900 <= year <= 2100:
        raise ValueError(f"{year} is not meant")
    first = date(year, month or 1, day or 1)
    last_month = month or 12
    last = day or calendar.monthrange(year, last_month)[1]
    return first, date(year, last_month, last)


def _behind_host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


_READERS: tuple[Callable[[str], DayRange | None], ...] = (
    _read_query, _read_day, _read_split_month, _read_digits_month, _read_year,
)  # fmt: skip
_CERTAIN = (_read_query, _read_day)
