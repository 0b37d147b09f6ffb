"""Dates that nobody can mean: adding without falling off Python's calendar, and what no page was saved at."""

from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

_FIRST_SAVED = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCKS_DIFFER = timedelta(days=1)
Moment = TypeVar("Moment", date, datetime)


def shift_date(moment: Moment, by: timedelta) -> Moment:
    """`moment + by`, or the first or last that there is where that lies beyond."""
    try:
        return moment + by
    except OverflowError:
        end = type(moment).min if by < timedelta(0) else type(moment).max
        return end.replace(tzinfo=moment.tzinfo) if isinstance(moment, datetime) else end  # type: ignore[call-arg]


def is_time_of_saving(instant: datetime, now: datetime) -> bool:
    """Whether something may have been saved then: not before 1970, nor over a day after `now`."""
    return _FIRST_SAVED <= instant <= shift_date(now, _CLOCKS_DIFFER)
