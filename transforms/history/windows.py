"""Closed ranges of days, by which the past is asked for."""

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

DayRange = tuple[date, date]
"""A first and a last day, both inclusive, UTC."""


def split_months(first: date, last: date) -> list[DayRange]:
    """The calendar months from `first` to `last`, the outer ones cut to these days, oldest first."""
    found = []
    while first <= last:
        end = date(first.year, first.month, calendar.monthrange(first.year, first.month)[1])
        found.append((first, min(end, last)))
        first = end + timedelta(days=1)
    return found


def split_half(days: DayRange) -> list[DayRange]:
    """Two halves of a range, or the one day that it is."""
    first, last = days
    if first == last:
        return [days]
    middle = first + (last - first) // 2
    return [(first, middle), (middle + timedelta(days=1), last)]


def list_days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def begin_of(day: date) -> datetime:
    """The first instant of a day, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def is_between(day: date, first: date | None, last: date | None) -> bool:
    """Whether a day is one of a range, both ends inclusive; an end that is None is open."""
    return (first is None or day >= first) and (last is None or day <= last)
