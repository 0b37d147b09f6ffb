"""What the sources on the network have in common: what they are asked for, and how their windows are named."""

import re
from datetime import date

from ingest.history.protocol import HistoryRequest, HistoryWindow
from transforms.errors import Permanent
from transforms.records import Feed


def read_wanted(wanted: HistoryRequest, name: str) -> tuple[Feed, date, date]:
    """The one feed and the days that the source `name` is asked for.

    Raises:
        Permanent: something lacks.
    """
    if wanted.path:
        raise Permanent(f"the source {name!r} asks the network and takes no path; leave the path out")
    if len(wanted.feeds) != 1 or wanted.first_day is None or wanted.last_day is None:
        raise Permanent(
            f"the source {name!r} reads for one feed at a time, and needs a first and a last day (--from, --to)"
        )
    return wanted.feeds[0], wanted.first_day, wanted.last_day


def read_days(window: HistoryWindow) -> tuple[date, date]:
    """The days of a window.

    Raises:
        Permanent: it has none, so it is not of this source's own plan.
    """
    if window.first_day is None or window.last_day is None:
        raise Permanent(f"the window {window.name} has no days; plan the backfill again")
    return window.first_day, window.last_day


def say_days(first: date | None, last: date | None) -> str:
    """A range of days as a fact of a window."""
    return f"days {first or ''}..{last or ''}"


def refuse_cursor(cursor: str, where: str) -> Permanent:
    """The error for a cursor that no window of this plan has left."""
    return Permanent(f"{cursor[:100]!r} is no place {where}; cancel the backfill and begin it again")


def name_window(feed_id: str, what: str) -> str:
    """A name by which windows sort by feed and by `what`, such as a day."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", f"{feed_id}-{what}")
