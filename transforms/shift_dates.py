"""Adding to dates without falling off the calendar of Python, which has the years 1 to 9999."""

from datetime import date, datetime, timedelta
from typing import TypeVar

Moment = TypeVar("Moment", date, datetime)


def shift_date(moment: Moment, by: timedelta) -> Moment:
    """`moment + by`, or the first or last that there is where that lies beyond."""
    try:
        return moment + by
    except OverflowError:
        end = type(moment).min if by < timedelta(0) else type(moment).max
        return end.replace(tzinfo=moment.tzinfo) if isinstance(moment, datetime) else end
