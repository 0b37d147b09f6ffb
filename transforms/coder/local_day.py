"""The day on which an article was published, as its own clock showed it."""

from datetime import UTC, date, timedelta

from transforms.records import Document


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
