"""Which entries of a parsed feed are new, edited, unchanged or of no use: a pure decision."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from transforms.dates import is_trusted
from transforms.feeds.parsed_feed import ParsedEntry, ParsedFeed
from transforms.identity import make_id
from transforms.plain_text import html_to_line
from transforms.records import Entry, Feed, Fetch, Rejection
from transforms.urls import canonicalize_guid, canonicalize_url

_COUNTERS = re.compile(
    r"(?<![\d.,])\d[\d.,]*[kKmM]?\s*(?:comments?|views?|shares?|likes?|reads?|replies|kommentare?|aufrufe|commentaires?|vues|comentarios|vistas)\b"
    r"|\b(?:comments?|views?|shares?|likes?|reads?|kommentare|commentaires|comentarios)\s*[:(]\s*\d[\d.,]*[kKmM]?\)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class EntryDecision:
    """The result for a feed's entries: taken == len(entries) + unchanged + len(rejections)."""

    taken: int
    entries: tuple[Entry, ...]  # new, or a new version of a known one
    unchanged: int
    rejections: tuple[Rejection, ...]


def decide_entries(
    parsed: ParsedFeed, feed: Feed, fetch: Fetch, known: Mapping[str, str], seen_at: datetime
) -> EntryDecision:
    """Decide about every entry of `parsed`.

    `known` maps the feed's entry ids to the entry version ids last stored. An entry's identity is its GUID
    (canonicalised where it is a URL), else its canonical URL, else its title and day. Entries of one feed
    that share an identity but are different things (a feed that gives every item the same GUID) are kept
    apart by URL, title and, if need be, date and summary. Of entries that are the same thing twice the first
    is taken and the others are rejected as duplicates; so are two with one canonical URL and title whose
    GUIDs differ.

    A version is what a reader would see: title, text, authors, day of publication, canonical URL. Markup,
    addresses inside it, tags, update stamps and counters of comments or views change without a new version.
    """
    rejections = [
        _reject("entry_unreadable", f"{feed.feed_id}#unreadable-{number}", feed, fetch, detail, seen_at)
        for number, detail in enumerate(parsed.unreadable, start=1)
    ]
    usable: list[ParsedEntry] = []
    for position, entry in enumerate(parsed.entries, start=1):
        if entry.guid or entry.url or entry.title or entry.summary or entry.content:
            usable.append(entry)
        else:
            detail = f"entry {position} of {len(parsed.entries)}"
            rejections.append(
                _reject("entry_empty", f"{feed.feed_id}#{position}", feed, fetch, detail, seen_at)
            )
    identities = _identify(usable)
    kept_at: dict[str, list[ParsedEntry]] = {}
    entries: list[Entry] = []
    unchanged = 0
    for entry, identity in zip(usable, identities, strict=True):
        built = _build_entry(entry, identity, parsed, feed, fetch, seen_at)
        place = built.canonical_url or identity
        if any(_is_same(entry, other) for other in kept_at.get(place, ())):
            detail = entry.url or entry.title
            rejections.append(_reject("entry_duplicate", built.entry_id, feed, fetch, detail, seen_at))
            continue
        kept_at.setdefault(place, []).append(entry)
        if known.get(built.entry_id) == built.entry_version_id:
            unchanged += 1
        else:
            entries.append(built)
    taken = len(parsed.entries) + len(parsed.unreadable)
    return EntryDecision(taken, tuple(entries), unchanged, tuple(rejections))


def identify_entry(entry: ParsedEntry) -> str:
    """What names an entry within its feed: GUID, else canonical URL, else title and day, else its text."""
    if entry.guid:
        return canonicalize_guid(entry.guid)
    if entry.url:
        return canonicalize_url(entry.url)
    if entry.title:
        return f"{_fold(entry.title)}\n{_day_of(entry.published_at)}"
    return _fold(entry.summary or html_to_line(entry.content))


def _identify(entries: list[ParsedEntry]) -> list[str]:
    """`identify_entry` for each, made longer where entries that differ would share it."""
    identities = [identify_entry(entry) for entry in entries]
    holders: dict[str, list[ParsedEntry]] = {}
    for entry, identity in zip(entries, identities, strict=True):
        holders.setdefault(identity, []).append(entry)
    shared = {
        identity
        for identity, group in holders.items()
        if any(not _is_same(group[0], other) for other in group[1:])
    }
    longer = [
        f"{identity}\n{canonicalize_url(entry.url)}\n{_fold(entry.title)}" if identity in shared else identity
        for entry, identity in zip(entries, identities, strict=True)
    ]
    counts = Counter(longer)
    return [
        f"{identity}\n{_day_of(entry.published_at)}\n{_fold(entry.summary)}"
        if counts[identity] > 1 and short in shared
        else identity
        for entry, identity, short in zip(entries, longer, identities, strict=True)
    ]


def _is_same(one: ParsedEntry, other: ParsedEntry) -> bool:
    """Whether two entries that share an identity or an address mean the same thing."""
    if canonicalize_url(one.url) != canonicalize_url(other.url) or _fold(one.title) != _fold(other.title):
        return False
    if not one.title and _fold(one.summary) != _fold(other.summary):
        return False
    return one.published_at == other.published_at or _fold(one.summary) == _fold(other.summary)


def _build_entry(
    entry: ParsedEntry, identity: str, parsed: ParsedFeed, feed: Feed, fetch: Fetch, seen_at: datetime
) -> Entry:
    canonical_url = canonicalize_url(entry.url)
    entry_id = make_id("en1", feed.feed_id, identity)
    # an update stamp that stands in for a missing publication date moves with every touch
    stamped = re.search(r"updated|modified", entry.published_source, re.IGNORECASE)
    day = "" if stamped else _day_of(entry.published_at)
    version_id = make_id(
        "ev1",
        entry_id,
        canonical_url,
        entry.title,
        "\n".join(entry.authors),
        day,
        _fold(_COUNTERS.sub("", entry.summary)),
        _fold(_COUNTERS.sub("", html_to_line(entry.content))),
    )
    return Entry(
        entry_id=entry_id,
        entry_version_id=version_id,
        article_id=make_id("ar1", canonical_url or entry_id),
        feed_id=feed.feed_id,
        fetch_id=fetch.fetch_id,
        guid=entry.guid,
        url=entry.url,
        canonical_url=canonical_url,
        title=entry.title,
        authors=entry.authors,
        published_at=entry.published_at,
        published_source=entry.published_source,
        published_trusted=is_trusted(entry.published_at, seen_at),
        updated_at=entry.updated_at,
        summary=entry.summary,
        content=entry.content,
        language=to_iso_639_1(entry.language or parsed.language) or feed.language,
        tags=entry.tags,
        seen_at=seen_at,
    )


def _reject(reason: str, item_id: str, feed: Feed, fetch: Fetch, detail: str, at: datetime) -> Rejection:
    return Rejection("entry", item_id, feed.feed_id, fetch.url, reason, detail, at)


def _fold(text: str) -> str:
    return " ".join(text.split())


def _day_of(instant: datetime | None) -> str:
    return instant.date().isoformat() if instant else ""


def to_iso_639_1(tag: str) -> str:
    """`en-GB` to `en`; "" for what has no two-letter code in front."""
    primary = re.split(r"[-_]", tag.strip().lower())[0]
    return primary if re.fullmatch(r"[a-z]{2}", primary) else ""
