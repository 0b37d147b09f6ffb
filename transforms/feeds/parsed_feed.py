"""What the feed parsers make of a body, whatever the format."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """An entry as the feed gives it; nothing is decided about it yet."""

    guid: str = ""  # as given
    url: str = ""  # made absolute; "" without an http(s) link
    title: str = ""  # plain text, one line
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_source: str = ""  # the element's name as the feed has it, "pubDate", "dc:date", ...
    updated_at: datetime | None = None
    summary: str = ""  # plain text
    content: str = ""  # markup or text as given; "" when the feed gives a summary only
    language: str = ""  # as given
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed's own facts and its entries.

    `unreadable` describes, one text each, the entries that could not be read: the feed holds
    `len(entries) + len(unreadable)` entries.
    """

    format: str  # feedparser's names (rss20, rss10, atom10, ...), json10, json11, rssjson; "" when unclear
    title: str
    language: str  # as given
    site_url: str
    self_url: str
    ttl_s: int | None  # how long the feed says that it may be cached
    update_interval_s: int | None  # how often the feed says that it is updated (sy:updatePeriod)
    entries: tuple[ParsedEntry, ...]
    unreadable: tuple[str, ...] = ()
    problem: str = ""  # why the feed is malformed, when it is but could be used


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page advertises."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class NotAFeed:
    """Why a body gives no feed, and the feeds that it names if it is a page."""

    reason: str  # not_a_feed or feed_unreadable, as in REJECTION_REASONS
    detail: str
    advertised: tuple[FeedLink, ...] = ()
