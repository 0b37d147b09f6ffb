"""The Retry-After header."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST = timedelta(days=366)  # what is longer is a mistake, and would overflow dates


def parse_retry_after(value: str, now: datetime) -> datetime | None:
    """When a host says to come back, in UTC; never before `now`; None where `value` says nothing.

    Both forms are read: seconds from `now`, and a date in any of the three formats of HTTP.

    Source: RFC 9110, 10.2.3 (Retry-After) and 5.6.7 (HTTP-date).
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        seconds = int(value[:12])
        return now + min(timedelta(seconds=seconds), _LONGEST)
    try:
        date = parsedate_to_datetime(value)
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):  # the last day of the calendar in a zone west of ours
        return None
    return min(max(date, now), now + _LONGEST)
