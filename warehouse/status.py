"""What `dateline status` shows, read from the published file."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from warehouse.connection import open_published
from warehouse.sql_files import read_sql


@dataclass(frozen=True, slots=True)
class FeedHealth:
    url: str
    outlet: str
    status: str
    last_success_at: datetime | None
    next_poll_at: datetime | None
    failures: int
    last_error: str
    entries_a_day: float


@dataclass(frozen=True, slots=True)
class DayCount:
    day: date
    articles: int
    events: int
    killed: int | None


@dataclass(frozen=True, slots=True)
class RejectionCount:
    stage: str
    reason: str
    rejections: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class LoadRow:
    load_id: int
    kind: str
    run_id: str
    loaded_at: datetime
    batches: int
    rows_new: int
    rows_rejected: int
    events_new: int
    events_changed: int


@dataclass(frozen=True, slots=True)
class Status:
    feeds: tuple[FeedHealth, ...]
    days: tuple[DayCount, ...]  # latest first
    rejections: tuple[RejectionCount, ...]  # most first
    loads: tuple[LoadRow, ...]  # latest first


def read_status(published: Path, days: int = 10, loads: int = 5) -> Status:
    """Feeds, the last `days` days that have articles or events, rejections, and the last `loads` loads.

    Raises:
        Permanent: there is no published file yet, or it is from a newer version.
    """
    with open_published(published) as connection:

        def rows(name: str, *values: object) -> list[tuple[object, ...]]:
            return connection.execute(read_sql(name), list(values)).fetchall()

        return Status(
            tuple(FeedHealth(*row) for row in rows("status_feeds")),  # type: ignore[arg-type]
            tuple(DayCount(*row) for row in rows("status_days", days)),  # type: ignore[arg-type]
            tuple(RejectionCount(*row) for row in rows("status_rejections")),  # type: ignore[arg-type]
            tuple(LoadRow(*row) for row in rows("status_loads", loads)),  # type: ignore[arg-type]
        )
