"""Where a walk through the pages of a feed stands: kept in the cursor of its window."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from ingest.history.paged_documents import FeedPage
from ingest.history.planning import read_days
from ingest.history.protocol import FoundItem, HistoryWindow
from transforms.history.records import DayEvidence, WindowEnd
from transforms.history.windows import list_days


@dataclass(frozen=True, slots=True)
class Walk:
    """Where the walk through a feed's pages stands; as JSON it is the cursor of a window."""

    url: str  # the page to be read next
    pages: int = 0  # read so far
    entries: int = 0
    digest: str = ""  # of the page before, to know a site that gives one page again and again
    newest: datetime | None = None  # nothing on the page before was published after it; None: nobody knows
    oldest: datetime | None = None  # of all entries with a date
    passed: datetime | None = None  # two pages in a row lie before it wholly
    is_stable: bool = True  # every link so far was to an archive, which never changes
    tries: int = 0  # runs in which `url` could not be read
    doubt: str = ""  # why the window is not complete, whatever its end


def take_page(walk: Walk, document: FeedPage) -> Walk:
    """The walk after a page: what it held, and what lies behind it wholly."""
    newest, passed = walk.newest, walk.passed
    if document.entries:
        newest = document.newest
        if newest and walk.newest:
            bound = max(newest, walk.newest)
            passed = min(passed or bound, bound)
    doubt, oldest = walk.doubt, walk.oldest
    if document.oldest:
        oldest = min(oldest or document.oldest, document.oldest)
    if document.left_out:
        doubt = f"{document.left_out} entries of {walk.url} are more than are read of one feed"
    return replace(
        walk,
        pages=walk.pages + 1,
        entries=walk.entries + document.entries,
        digest=document.digest or walk.digest,
        newest=newest,
        oldest=oldest,
        passed=passed,
        tries=0,
        doubt=doubt,
    )


def end_walk(end: FoundItem, walk: Walk, window: HistoryWindow, *, is_whole: bool = True) -> FoundItem:
    """`end` with what was read, and with the days that were passed although the walk ended early.

    Days before the oldest entry are open where the walk was through a feed as a whole; else, where only the
    window's days were asked for, those of a window without any entry.
    """
    if not isinstance(end, WindowEnd):
        return end
    read = f"pages read: {walk.pages}, entries: {walk.entries}"
    if walk.doubt:
        return WindowEnd("partial", None, f"{read}; {end.evidence}; {walk.doubt}")
    end = replace(end, evidence=f"{read}; {end.evidence}")
    first, last = read_days(window)
    if end.state == "complete" and not is_whole:
        return end if walk.entries else replace(end, state="unknown", evidence=f"{read}; nothing is there")
    if end.state == "complete":
        return _leave_older_open(end, walk, window)
    if walk.passed is None:
        return end
    passed = walk.passed.date()
    days = tuple(
        DayEvidence(window.feed_id, day, "complete" if day > passed else "partial", None, end.evidence)
        for day in list_days(first, last)
    )
    return replace(end, days=days)


def _leave_older_open(end: WindowEnd, walk: Walk, window: HistoryWindow) -> WindowEnd:
    """Of days before its oldest entry, perhaps under another address, a feed says nothing."""
    first, last = read_days(window)
    oldest = walk.oldest.date() if walk.oldest else first
    evidence = f"the feed has nothing older than {oldest}"
    days = tuple(
        DayEvidence(window.feed_id, day, "unknown", None, evidence)
        for day in list_days(first, last)
        if day < oldest
    )
    return replace(end, days=days)


def to_cursor(walk: Walk) -> str:
    return json.dumps(asdict(walk), default=datetime.isoformat)


def read_cursor(cursor: str) -> Walk | None:
    """The walk that a cursor tells of; None for the beginning, and for what another version left."""
    try:
        told = json.loads(cursor or "{}")
        for name in ("newest", "oldest", "passed"):
            told[name] = datetime.fromisoformat(told[name]) if told[name] else None
        return Walk(**told)
    except (ValueError, TypeError, KeyError):
        return None
