"""One document of a feed that has many: asked for, parsed, and judged."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from ingest.history.answers import is_cut
from ingest.history.paged_links import FeedHead, read_head
from ingest.history.protocol import FoundItem, HistoryAccess, Mark
from ingest.history.saved_files import name_type
from ingest.history.services import ask
from ingest.http.exchange import Exchange, Fetcher, Request
from transforms.dates import is_trusted
from transforms.errors import Permanent, Transient
from transforms.feeds.parsed_feed import NotAFeed, ParsedFeed
from transforms.history.records import WindowEnd
from transforms.identity import make_id

TRIES = 3
"""In how many runs a document is asked for that cannot be read, before its window ends without it."""
_UNKNOWN_ZONE = timedelta(days=1)
"""How far a wall-clock time may be from the instant that it means."""

State = Literal[
    "feed",
    "end",  # a 404 that says by its type that it is a feed: WordPress' page after the last
    "absent",  # another 404, or a 410
    "refused",  # our own rules forbid it: it is too large, or elsewhere
    "unreadable",  # a page in place of the feed, 403, half a feed, ...
]


@dataclass(frozen=True, slots=True)
class FeedPage:
    """What became of one document."""

    exchange: Exchange
    state: State
    problem: str = ""  # a sentence, where it is no feed
    head: FeedHead = FeedHead()  # noqa: RUF009
    entries: int = 0  # those that could not be read included
    left_out: int = 0
    newest: datetime | None = None  # no entry was published after it; None: nobody knows
    oldest: datetime | None = None  # of the entries with a date that can be meant
    digest: str = ""  # of which entries it holds; "" without any


async def read_document(fetcher: Fetcher, url: str, feed_id: str, access: HistoryAccess) -> FeedPage:
    """Ask for a document and parse it.

    Raises:
        Transient: the site is down, refuses connections or wants to be left alone for long.
    """
    exchange = await ask(fetcher, Request("feed", url, access.run_id, feed_id))
    fetch = exchange.fetch
    if fetch.status in (404, 410):
        is_feed = fetch.status == 404 and is_feed_type(fetch.content_type)
        return FeedPage(exchange, "end" if is_feed else "absent", f"{url} answered {fetch.error}")
    if fetch.outcome == "refused":
        return FeedPage(exchange, "refused", f"{url}: {fetch.error}")
    if fetch.outcome != "ok":
        return FeedPage(exchange, "unreadable", f"{url}: {fetch.error}")
    if is_cut(exchange):
        return FeedPage(exchange, "unreadable", f"{url} broke off ({fetch.error})")
    if access.parse is None:
        raise Permanent(
            "feeds cannot be read without a parser; this is a mistake of whoever calls the source"
        )
    parsed = await access.parse(exchange)
    if isinstance(parsed, NotAFeed):
        return FeedPage(exchange, "unreadable", f"{url} gave no feed: {parsed.detail}")
    return _judge(exchange, parsed)


def is_feed_type(content_type: str) -> bool:
    """Whether a `Content-Type` is that of a feed rather than of a page."""
    name = name_type(content_type)
    return "xml" in name and "xhtml" not in name


def fail(document: FeedPage, tries: int, next_try: str) -> Iterator[FoundItem]:
    """What a document that is no feed makes of its window, where a feed should be.

    What may be otherwise later is tried again in the next runs, as `next_try` remembers; what is for good, or was
    tried often enough, ends the window as partial.

    Raises:
        Transient: it is to be tried again.
    """
    if document.state == "unreadable" and tries + 1 < TRIES:
        yield Mark(next_try)
        raise Transient(f"{document.problem}; it is tried again in the next run")
    often = f"; given up after {TRIES} runs" if document.state == "unreadable" else ""
    yield WindowEnd("partial", None, f"{document.problem}{often}")


def _judge(exchange: Exchange, parsed: ParsedFeed) -> FeedPage:
    fetched_at = exchange.fetch.requested_at
    newest: datetime | None = None
    for entry in parsed.entries:
        at = entry.published_at
        if at is None or not is_trusted(at, fetched_at):
            newest = None
            break
        if entry.published_utc_offset_s is None:
            at += _UNKNOWN_ZONE
        newest = max(newest or at, at)
    dated = (one.published_at for one in parsed.entries if is_trusted(one.published_at, fetched_at))
    identities = sorted(f"{entry.guid}\n{entry.url}\n{entry.title}" for entry in parsed.entries)
    return FeedPage(
        exchange,
        "feed",
        head=replace(read_head(exchange), is_feed=True),
        entries=len(parsed.entries) + len(parsed.unreadable),
        left_out=parsed.left_out,
        newest=None if parsed.unreadable or parsed.left_out else newest,
        oldest=min((at for at in dated if at), default=None),
        digest=make_id("pg1", *identities) if identities else "",
    )
