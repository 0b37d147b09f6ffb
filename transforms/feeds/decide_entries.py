"""Which entries of a parsed feed are new, edited, unchanged or of no use: a pure decision."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from transforms.dates import is_trusted
from transforms.feeds.known_entries import EntryFacts, EntryKeys, KnownEntry, keeps_address, match_known
from transforms.feeds.parsed_feed import ParsedEntry, ParsedFeed, describe_failure
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
    unchanged_entries: tuple[Entry, ...]
    rejections: tuple[Rejection, ...]

    @property
    def unchanged(self) -> int:
        return len(self.unchanged_entries)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A usable entry with what is asked of it more than once, so that it is computed once."""

    position: int  # in the feed, from 1
    entry: ParsedEntry
    canonical_url: str
    title: str
    summary: str  # a digest
    identity: str

    @property
    def keys(self) -> tuple[tuple[object, ...], ...]:
        """Two entries at one address are the same thing if they share one of these."""
        by_text = (self.canonical_url, self.title, self.summary)
        if not self.title:
            return (by_text,)
        return ((*by_text[:2], self.entry.published_at), by_text)


def list_keys(parsed: ParsedFeed, feed: Feed) -> EntryKeys:
    """By what to look up which entries of `parsed` are known."""
    candidates = _tell_apart(_list_candidates(parsed)[0])
    return EntryKeys(
        tuple(dict.fromkeys(_make_entry_id(feed, one) for one in candidates)),
        tuple(dict.fromkeys(one.canonical_url for one in candidates if one.canonical_url)),
        tuple(dict.fromkeys(one.entry.title for one in candidates if one.entry.title)),
    )


def decide_entries(
    parsed: ParsedFeed, feed: Feed, fetch: Fetch, known: Iterable[KnownEntry], seen_at: datetime
) -> EntryDecision:
    """Decide about every entry of `parsed`, in time that grows with its size.

    `known` holds the feed's stored entries that `list_keys` asks for. An entry's identity is its GUID
    (canonicalised where it is a URL), else its canonical URL, else its title and day; an entry that is stored
    under another one keeps its id (`match_known`). Entries of one feed that share an identity but are different
    things (a feed that gives every item the same GUID) are told apart by URL, title and, if need be, date and
    summary. Of entries that are the same thing twice the first is taken and the others are rejected as
    duplicates; so are two with one canonical URL and title whose GUIDs differ. Entries that were left out for
    their number are not taken yet. What fails in one entry is that entry's rejection.

    A version is what a reader would see: title, text, authors, day of publication, canonical URL. Markup,
    addresses inside it, tokens in the link, tags, update stamps and counters of comments or views change
    without a new version.
    """
    usable, failures = _list_candidates(parsed)
    rejections = _reject_unread(parsed, failures, feed, fetch, seen_at)
    candidates = _tell_apart(usable)
    facts = [
        EntryFacts(_make_entry_id(feed, one), one.canonical_url, one.entry.title, one.entry.published_at)
        for one in candidates
    ]
    kept_at: dict[str, set[tuple[object, ...]]] = {}
    entries: list[Entry] = []
    unchanged: list[Entry] = []
    for one, fact, stored in zip(candidates, facts, match_known(facts, known), strict=True):
        kept = kept_at.setdefault(one.canonical_url or one.identity, set())
        if not kept.isdisjoint(one.keys):
            detail = one.entry.url or one.entry.title
            rejections.append(_reject("entry_duplicate", fact.entry_id, feed, fetch, detail, seen_at))
            continue
        try:
            built = _build_entry(one, fact, stored, parsed, feed, fetch, seen_at)
        except Exception as error:  # one entry must not end the feed, whatever is in it
            detail = describe_failure(one.position, error)
            rejections.append(_reject("entry_unreadable", fact.entry_id, feed, fetch, detail, seen_at))
            continue
        kept.update(one.keys)
        is_same = stored is not None and stored.entry_version_id == built.entry_version_id
        (unchanged if is_same else entries).append(built)
    taken = len(parsed.entries) + len(parsed.unreadable)
    return EntryDecision(taken, tuple(entries), tuple(unchanged), tuple(rejections))


def _list_candidates(parsed: ParsedFeed) -> tuple[list[_Candidate], list[str]]:
    """The usable entries, and why others that are not empty cannot be used."""
    candidates: list[_Candidate] = []
    failures: list[str] = []
    for position, entry in enumerate(parsed.entries, start=1):
        if _is_empty(entry):
            continue
        try:
            url, title, summary = canonicalize_url(entry.url), _fold(entry.title), _fold(entry.summary)
            digest = make_id("tx1", summary) if summary else ""
            candidates.append(_Candidate(position, entry, url, title, digest, identify_entry(entry)))
        except Exception as error:  # one entry must not end the feed, whatever is in it
            failures.append(describe_failure(position, error))
    return candidates, failures


def _is_empty(entry: ParsedEntry) -> bool:
    return not (entry.guid or entry.url or entry.title or entry.summary or entry.content)


def _reject_unread(
    parsed: ParsedFeed, failures: list[str], feed: Feed, fetch: Fetch, seen_at: datetime
) -> list[Rejection]:
    """A rejection for each entry that could not be read or holds nothing."""
    rejections = [
        _reject("entry_unreadable", f"{feed.feed_id}#unreadable-{number}", feed, fetch, detail, seen_at)
        for number, detail in enumerate((*parsed.unreadable, *failures), start=1)
    ]
    for position, entry in enumerate(parsed.entries, start=1):
        if _is_empty(entry):
            detail = f"entry {position} of {len(parsed.entries)}"
            item_id = f"{feed.feed_id}#{position}"
            rejections.append(_reject("entry_empty", item_id, feed, fetch, detail, seen_at))
    return rejections


def identify_entry(entry: ParsedEntry) -> str:
    """What names an entry within its feed: GUID, else canonical URL, else title and day, else its text."""
    if entry.guid:
        return canonicalize_guid(entry.guid)
    if entry.url:
        return canonicalize_url(entry.url)
    if entry.title:
        return f"{_fold(entry.title)}\n{_day_of(entry.published_at)}"
    return _fold(entry.summary or html_to_line(entry.content))


def _tell_apart(candidates: list[_Candidate]) -> list[_Candidate]:
    """The same, with identities made longer where entries that differ would share one."""
    identities = [one.identity for one in candidates]
    first: dict[str, frozenset[tuple[object, ...]]] = {}
    shared: set[str] = set()
    for one, identity in zip(candidates, identities, strict=True):
        if first.setdefault(identity, frozenset(one.keys)).isdisjoint(one.keys):
            shared.add(identity)
    longer = [
        f"{identity}\n{one.canonical_url}\n{one.title}" if identity in shared else identity
        for one, identity in zip(candidates, identities, strict=True)
    ]
    counts = Counter(longer)
    return [
        replace(
            one,
            identity=f"{identity}\n{_day_of(one.entry.published_at)}\n{_fold(one.entry.summary)}"
            if counts[identity] > 1 and short in shared
            else identity,
        )
        for one, identity, short in zip(candidates, longer, identities, strict=True)
    ]


def _make_entry_id(feed: Feed, one: _Candidate) -> str:
    return make_id("en1", feed.feed_id, one.identity)


def _build_entry(
    one: _Candidate,
    fact: EntryFacts,
    stored: KnownEntry | None,
    parsed: ParsedFeed,
    feed: Feed,
    fetch: Fetch,
    seen_at: datetime,
) -> Entry:
    entry = one.entry
    entry_id = stored.entry_id if stored else fact.entry_id
    canonical_url = one.canonical_url
    article_id = make_id("ar1", canonical_url or entry_id)
    if stored is not None and keeps_address(fact, stored):
        canonical_url, article_id = stored.canonical_url, stored.article_id
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
        article_id=article_id,
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
        published_utc_offset_s=entry.published_utc_offset_s,
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
