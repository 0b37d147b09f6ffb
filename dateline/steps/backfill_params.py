"""What a backfill was asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from ingest.history.protocol import HistoryRequest
from transforms.errors import Permanent
from transforms.identity import make_id
from transforms.records import Feed
from transforms.urls import canonicalize_url


@dataclass(frozen=True, slots=True)
class Scope:
    """Which days, both inclusive, and which feeds (by canonical URL; none: all) are wanted."""

    first: date | None = None
    last: date | None = None
    feeds: frozenset[str] = frozenset()

    def holds_feed(self, feed: Feed) -> bool:
        return not self.feeds or canonicalize_url(feed.url) in self.feeds

    def holds(self, instant: datetime) -> bool:
        """Whether an instant's day (UTC) is wanted."""
        day = instant.date()
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class BackfillParams:
    """What to load: `source` is a name in `ingest.history.sources`, `path` is "" for those that read no files,
    `feeds` are URLs (none: all), days are YYYY-MM-DD or ""."""

    source: str
    path: str
    feeds: tuple[str, ...] = ()
    first_day: str = ""
    last_day: str = ""

    @property
    def scope(self) -> Scope:
        """The days and feeds wanted.

        Raises:
            Permanent: a day is no day, or the last comes before the first.
        """
        first, last = parse_day(self.first_day, "--from"), parse_day(self.last_day, "--to")
        if first and last and first > last:
            raise Permanent(f"--from {first} is after --to {last}")
        return Scope(first, last, frozenset(map(canonicalize_url, self.feeds)))

    def make_request(self, subscriptions: Iterable[Feed]) -> HistoryRequest:
        """The same, as a source is asked; a feed that is not among `subscriptions` is one of its own.

        Raises:
            Permanent: as `scope` does.
        """
        path = str(Path(self.path).expanduser().absolute()) if self.path else ""
        known = {canonicalize_url(feed.url): feed for feed in subscriptions}
        feeds = (known.get(canonicalize_url(url)) or Feed(make_id("fd1", url), url) for url in self.feeds)
        return HistoryRequest(path, tuple(feeds), self.scope.first, self.scope.last)


def parse_day(text: str, option: str) -> date | None:
    """A day given by the user; None for "".

    Raises:
        Permanent: it is no day.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Permanent(f"{option} {text!r} is no day; write it as YYYY-MM-DD, such as 2026-03-02") from error
