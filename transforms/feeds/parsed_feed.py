"""What the feed parsers make of a body, whatever the format."""

from dataclasses import dataclass, replace
from datetime import datetime

from transforms.plain_characters import drop_illegal_characters, drop_unseen_characters

MAX_TITLE_CHARS = 2_000
MAX_TEXT_CHARS = 1_000_000
MAX_ADDRESS_CHARS = 8_000
MAX_NAMES = 100
"""How many authors and how many tags are kept of an entry."""
MAX_NAME_CHARS = 500


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """An entry as the feed gives it; nothing is decided about it yet."""

    guid: str = ""  # as given
    url: str = ""  # made absolute; "" without an http(s) link
    title: str = ""  # plain text, one line
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None  # UTC; where the offset is None the wall-clock time, marked UTC
    published_utc_offset_s: int | None = None  # of the clock that published_at was told by; None: unknown
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
    `skipped + len(entries) + len(unreadable) + left_out` entries.
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
    left_out: int = 0  # entries that are more than were asked for, not read
    skipped: int = 0  # entries before those asked for, not read
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


def tidy_entry(entry: ParsedEntry) -> ParsedEntry:
    """`entry` within bounds, and without what no reader sees: every entry passes here, whatever its format.

    Addresses and markup lose only what no text can hold (halves of surrogate pairs, control characters).
    """
    return replace(
        entry,
        guid=_clean(entry.guid)[:MAX_ADDRESS_CHARS],
        url=_clean(entry.url) if len(entry.url) <= MAX_ADDRESS_CHARS else "",
        title=_read_line(entry.title)[:MAX_TITLE_CHARS],
        authors=_read_names(entry.authors),
        published_source=_read_line(entry.published_source),
        summary=drop_unseen_characters(entry.summary[:MAX_TEXT_CHARS]).strip(),
        content=drop_illegal_characters(entry.content[:MAX_TEXT_CHARS]),
        language=_read_line(entry.language)[:MAX_NAME_CHARS],
        tags=_read_names(entry.tags),
    )


def tidy_feed(feed: ParsedFeed) -> ParsedFeed:
    """`feed` with its own texts cleaned as `tidy_entry` does, and every entry that can be."""
    entries: list[ParsedEntry] = []
    unreadable = [_clean(detail) for detail in feed.unreadable]
    for position, entry in enumerate(feed.entries, start=1):
        try:
            entries.append(tidy_entry(entry))
        except Exception as error:  # one entry must not end the feed
            unreadable.append(describe_failure(position, error))
    return replace(
        feed,
        title=_read_line(feed.title)[:MAX_TITLE_CHARS],
        language=_read_line(feed.language)[:MAX_NAME_CHARS],
        site_url=_clean(feed.site_url),
        self_url=_clean(feed.self_url),
        entries=tuple(entries),
        unreadable=tuple(unreadable),
        problem=_read_line(feed.problem),
    )


def describe_failure(position: int, error: Exception) -> str:
    """Why the entry at `position`, counted from 1, could not be read."""
    return drop_unseen_characters(f"entry {position}: {type(error).__name__}: {error}"[:300])


def _clean(text: str) -> str:
    return drop_illegal_characters(text)


def _read_line(text: str) -> str:
    return " ".join(drop_unseen_characters(text).split())


def _read_names(names: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = (_read_line(name)[:MAX_NAME_CHARS] for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if name))[:MAX_NAMES]
