"""What backfills know beside the records that every run has: candidates, and how complete the past is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

CoverageState = Literal[
    "complete",  # the source says how much there is, and all of it was found
    "partial",  # there is more than was found, or nobody can tell
    "gap",  # something was lost for this source
    "excluded",  # the source does not show this
    "unknown",  # the source says nothing of it
]


@dataclass(frozen=True, slots=True)
class Capture:
    """A page as an archive keeps it: where its answer can be had."""

    kind: Literal["replay", "record"]  # the raw replay of a web archive; a record of a WARC file
    address: str  # of the replay, or of the WARC file
    captured_at: datetime | None = None  # where it is known before asking
    offset: int = 0  # of a record, bytes
    length: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A page that a source says was published, and what it knows of when.

    Of dates without a clock (a day in an address) `published_at` is midnight UTC and the offset None.
    """

    feed_id: str
    url: str  # the live address, also of what an archive keeps
    source: str  # the history source that named it
    published_at: datetime | None = None
    published_source: str = ""  # what gave it: "date_gmt", "news:publication_date", "url"; "" without
    published_utc_offset_s: int | None = None  # of the clock that published_at was told by; None: unknown
    not_after: datetime | None = None  # it was published by then: a capture, a sitemap's lastmod
    title: str = ""
    captures: tuple[Capture, ...] = ()  # tried in this order before the live page


@dataclass(frozen=True, slots=True)
class EntryCaptures:
    """The captures of an entry's page, for the step that fetches it."""

    entry_id: str
    captures: tuple[Capture, ...]  # tried in this order before the live page


@dataclass(frozen=True, slots=True)
class DayEvidence:
    """What a source says of one day of a feed, by the day's UTC dates of publication."""

    feed_id: str
    day: date
    state: CoverageState
    expected: int | None = None  # how many articles there are, where the source says so
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class WindowEnd:
    """That a window was read to its proper end, and what is now known of its days.

    Without `days` the state holds for every day of the window.
    """

    state: CoverageState
    expected: int | None = None  # how many articles the window has, where the source says so
    evidence: str = ""
    days: tuple[DayEvidence, ...] = ()


@dataclass(frozen=True, slots=True)
class BackfillWindow:
    """A window that was read: a row of `backfill_windows`."""

    run_id: str
    batch: str
    source: str
    feed_id: str  # "" where it is of many feeds
    first_day: date | None
    last_day: date | None
    state: CoverageState
    expected: int | None
    found: int  # candidates and entries in scope
    requests: int  # how many answers the listing took
    evidence: str
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class CoverageEvidence:
    """What one window, or one poll, says of one day of a feed: a row of `coverage_evidence`."""

    run_id: str
    batch: str
    source: str  # "poll" of a live feed
    feed_id: str
    day: date
    state: CoverageState
    expected: int | None
    found: int
    evidence: str


@dataclass(frozen=True, slots=True)
class WantedPage:
    """A live page that an archive is asked for: its address, and of which run and entry it is."""

    url: str
    published_at: datetime | None  # as far as it is known for certain
    run_id: str
    feed_id: str
    entry_id: str
