"""The days that addresses of articles tell."""

import re
from datetime import date

URL_DATE = "url"
"""What stands as the source of a date that the address of a page gave."""
_SPLIT = re.compile(r"(?<!\d)((?:19|20)\d\d)([/-])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?!\d)")
_DIGITS = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")


def read_url_day(url: str) -> date | None:
    """The day that an address tells (`/2024/03/05/`, `-20240305-`); None for none, or for two that differ."""
    found = [match.group(1, 3, 4) for match in _SPLIT.finditer(url)]
    found += [match.group(1, 2, 3) for match in _DIGITS.finditer(url)]
    days = set()
    for year, month, day in found:
        try:
            days.add(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return days.pop() if len(days) == 1 else None
