"""What a history source promises: to say what it holds of the past, in windows, and to read one of them.

A source may be files on this machine or a service on the network. Both methods are asynchronous generators,
so that a source can fetch through the project's own HTTP client; one that reads files only yields.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from ingest.http.exchange import Exchange, Fetcher
from transforms.feeds.parsed_feed import NotAFeed, ParsedFeed
from transforms.history.records import Candidate, WindowEnd
from transforms.history.settings import HistorySettings
from transforms.records import Feed, Rejection
from transforms.settings import HttpSettings

DEFAULT_LIMITS = HttpSettings()
DEFAULT_HISTORY = HistorySettings()


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    """What is wanted. A source may give more: what is out of scope is counted and left out after reading.

    A source on the network is given one feed and both days, unless it is one that reads for many feeds at once
    (`KnownSource.is_for_many`).
    """

    path: str = ""  # absolute; "" where none was given
    feeds: tuple[Feed, ...] = ()  # those asked for; none: whatever the source holds
    first_day: date | None = None  # both days are inclusive, and UTC
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class WindowItem:
    """One thing to read in a window."""

    address: str  # where it lies: a file's path (`to_address` of saved_files.py) or a URL
    name: str  # what stands for it in rows where its content tells no URL


@dataclass(frozen=True, slots=True)
class HistoryWindow:
    """A part of a source that is read as a whole: all that is needed to read it, now or after a stop.

    `name` tells it apart from the other windows of one plan, and windows are read in the order of their
    names; with `facts` it makes the batch's id. So a window whose facts are as they were is not loaded
    twice, and one whose facts have changed is read again.
    """

    name: str  # letters, digits, "-", "." and "_": the name of the batch's folder begins with it
    facts: tuple[str, ...] = ()  # what would differ if the window held something else
    items: tuple[WindowItem, ...] = ()
    feed_id: str = ""  # the feed that it is of, where the source goes by feeds
    first_day: date | None = None  # the closed range of days that it covers, where the source goes by days
    last_day: date | None = None
    cursor: str = ""  # where in the source's own listing it begins; only the source can read it
    count: int | None = None  # how many exchanges or articles it holds, where the source knows that exactly
    requests: int | None = None  # about how many answers its listing takes, where the source can say

    def __post_init__(self) -> None:
        if not self.name.replace("-", "").replace(".", "").replace("_", "").isalnum():
            raise ValueError(
                f"{self.name!r} is no name for a window; letters, digits, '-', '.' and '_' make one"
            )


@dataclass(frozen=True, slots=True)
class Mark:
    """That everything yielded so far is kept: after a stop the window is read on from `cursor`."""

    cursor: str


@dataclass(frozen=True, slots=True)
class HistoryAccess:
    """What a source is given to work with."""

    run_id: str  # goes into every request and exchange
    open_fetcher: Callable[[], AbstractAsyncContextManager[Fetcher]]
    """Opens the one HTTP client; what it fetches is archived. Nothing is opened where nobody calls it."""
    limits: HttpSettings = DEFAULT_LIMITS
    """How large a feed, page or listing may be, wherever it comes from."""
    history: HistorySettings = DEFAULT_HISTORY
    """Where the services are, and how often they may be asked."""
    parse: Callable[[Exchange], Awaitable[ParsedFeed | NotAFeed]] | None = None
    """Parses the body of a feed in a bounded process; None where nothing is parsed, as in a plan."""


FoundItem = Exchange | Candidate | Rejection | Mark | WindowEnd
"""What reading a window may yield."""


class HistorySource(Protocol):
    """A place that holds news of the past. `ingest.history.sources` lists them by name."""

    def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        """Say what is there, window by window; each is kept as soon as it is yielded.

        A window is the work that a stop can cost, and a batch is held in memory: some hundred exchanges are a
        good size. The same request gives the same windows as long as the source holds the same. A source that
        has nothing of a feed yields nothing.

        Raises:
            Permanent: the request lacks something or asks for what the source cannot do.
            Transient: the source cannot be asked now; planning again carries on.
        """
        ...

    def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[FoundItem]:
        """Read a window to its end, from `cursor`: `window.cursor`, or that of the last `Mark` before a stop.

        Yields an `Exchange` for each feed, page or listing, whatever became of it; a `Candidate` for each page
        that is to be fetched; a `Rejection` for what made neither; a `Mark` where a stop may cost what comes
        after but nothing before; and last a `WindowEnd`, where the source can say how complete that was.

        Exchanges that the fetcher brought are in the archive already, others are put there. One that names a
        feed by its id belongs to that feed, others to the feed that they are or to their page's host. The
        entries of a feed are candidates by themselves. A window that ends without an error counts as read:
        raise where an answer is cut short.

        Raises:
            Transient: the source cannot be read now; the window is read again from the last mark.
            Permanent: it never can be.
        """
        ...
