"""Which entries of a parsed feed are new, edited, unchanged or of no use: a pure decision."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
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
class ReadEntry:
    """A usable entry, as it is stored if nothing is known of it."""

    fact: EntryFacts
    page: str  # its canonical URL, or what names it: of those with one page, none may be twice the same thing
    signs: tuple[
        tuple[object, ...], ...
    ]  # two entries with one page are the same thing if they share one of these
    entry: Entry | None  # None where it cannot be made
    failure: str = ""  # why


@dataclass(frozen=True, slots=True)
class ReadEntries:
    """The entries of a parsed feed before it is asked which of them are known."""

    feed_id: str
    url: str
    seen_at: datetime
    taken: int
    entries: tuple[ReadEntry, ...]
    rejections: tuple[Rejection, ...]  # of those that could not be read or hold nothing

    @property
    def keys(self) -> EntryKeys:
        """By what to look up which of them are known."""
        facts = [one.fact for one in self.entries]
        return EntryKeys(
            tuple(dict.fromkeys(fact.entry_id for fact in facts)),
            tuple(dict.fromkeys(fact.canonical_url for fact in facts if fact.canonical_url)),
            tuple(dict.fromkeys(fact.title for fact in facts if fact.title)),
        )

    def reject(self, reason: str, item_id: str, detail: str) -> Rejection:
        return Rejection("entry", item_id, self.feed_id, self.url, reason, detail, self.seen_at)


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
    def signs(self) -> tuple[tuple[object, ...], ...]:
        """Two entries at one address are the same thing if they share one of these."""
        by_text = (self.canonical_url, self.title, self.summary)
        if not self.title:
            return (by_text,)
        return ((*by_text[:2], self.entry.published_at), by_text)


def read_entries(parsed: ParsedFeed, feed: Feed, fetch: Fetch, seen_at: datetime) -> ReadEntries:
    """Make entries of what a feed holds, in time that grows with its size: all that can be told without asking
    what is known.

    An entry's identity is its GUID (canonicalised where it is a URL), else its canonical URL, else its title and
    day. Entries of one feed that share an identity but are different things (a feed that gives every item the
    same GUID) are told apart by URL, title and, if need be, date and summary. Entries that were left out for
    their number are not taken yet. What fails in one entry is that entry's rejection.
    """
    usable, failures = _list_candidates(parsed)
    read = [_read_entry(one, parsed, feed, fetch, seen_at) for one in _tell_apart(usable)]
    taken = len(parsed.entries) + len(parsed.unreadable)
    found = ReadEntries(feed.feed_id, fetch.url, seen_at, taken, tuple(read), ())
    return replace(found, rejections=tuple(_reject_unread(found, parsed, failures)))


def decide_entries(read: ReadEntries, known: Iterable[KnownEntry]) -> EntryDecision:
    """Decide about every entry of a feed, in time that grows with its size.

    `known` holds the feed's stored entries that `read.keys` asks for. An entry that is stored under another
    identity keeps its id (`match_known`). Of entries that are the same thing twice the first is taken and the
    others are rejected as duplicates; so are two with one canonical URL and title whose GUIDs differ.

    A version is what a reader would see: title, text, authors, day of publication, canonical URL. Markup,
    addresses inside it, tokens in the link, tags, update stamps and counters of comments or views change
    without a new version.
    """
    rejections = list(read.rejections)
    kept_at: dict[str, set[tuple[object, ...]]] = {}
    entries: list[Entry] = []
    unchanged: list[Entry] = []
    matches = match_known([one.fact for one in read.entries], known)
    for one, stored in zip(read.entries, matches, strict=True):
        kept = kept_at.setdefault(one.page, set())
        if not kept.isdisjoint(one.signs):
            detail = (one.entry and one.entry.url) or one.fact.title
            rejections.append(read.reject("entry_duplicate", one.fact.entry_id, detail))
            continue
        if one.entry is None:
            rejections.append(read.reject("entry_unreadable", one.fact.entry_id, one.failure))
            continue
        built = one.entry if stored is None else _take_up(one.entry, one.fact, stored)
        kept.update(one.signs)
        is_same = stored is not None and stored.entry_version_id == built.entry_version_id
        (unchanged if is_same else entries).append(built)
    return EntryDecision(read.taken, tuple(entries), tuple(unchanged), tuple(rejections))


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


def _reject_unread(read: ReadEntries, parsed: ParsedFeed, failures: list[str]) -> Iterator[Rejection]:
    """A rejection for each entry that could not be read or holds nothing."""
    for number, detail in enumerate((*parsed.unreadable, *failures), start=1):
        yield read.reject("entry_unreadable", f"{read.feed_id}#unreadable-{number}", detail)
    for position, entry in enumerate(parsed.entries, start=1):
        if _is_empty(entry):
            detail = f"entry {position} of {len(parsed.entries)}"
            yield read.reject("entry_empty", f"{read.feed_id}#{position}", detail)


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
        if first.setdefault(identity, frozenset(one.signs)).isdisjoint(one.signs):
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


def _read_entry(
    one: _Candidate, parsed: ParsedFeed, feed: Feed, fetch: Fetch, seen_at: datetime
) -> ReadEntry:
    entry_id = make_id("en1", feed.feed_id, one.identity)
    fact = EntryFacts(entry_id, one.canonical_url, one.entry.title, one.entry.published_at)
    page = one.canonical_url or one.identity
    try:
        return ReadEntry(fact, page, one.signs, _build_entry(one, entry_id, parsed, feed, fetch, seen_at))
    except Exception as error:  # one entry must not end the feed, whatever is in it
        return ReadEntry(fact, page, one.signs, None, describe_failure(one.position, error))


def _build_entry(
    one: _Candidate, entry_id: str, parsed: ParsedFeed, feed: Feed, fetch: Fetch, seen_at: datetime
) -> Entry:
    entry = one.entry
    built = Entry(
        entry_id=entry_id,
        entry_version_id="",
        article_id=make_id("ar1", one.canonical_url or entry_id),
        feed_id=feed.feed_id,
        fetch_id=fetch.fetch_id,
        guid=entry.guid,
        url=entry.url,
        canonical_url=one.canonical_url,
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
    return replace(built, entry_version_id=_identify_version(built))


def _take_up(entry: Entry, fact: EntryFacts, stored: KnownEntry) -> Entry:
    """`entry` under the id of the stored one that it is, and at its address where that differs in tokens only."""
    if keeps_address(fact, stored):
        canonical_url, article_id = stored.canonical_url, stored.article_id
    else:
        canonical_url = fact.canonical_url
        article_id = make_id("ar1", canonical_url or stored.entry_id)
    if (stored.entry_id, canonical_url) == (entry.entry_id, entry.canonical_url):
        return entry if article_id == entry.article_id else replace(entry, article_id=article_id)
    kept = replace(entry, entry_id=stored.entry_id, canonical_url=canonical_url, article_id=article_id)
    return replace(kept, entry_version_id=_identify_version(kept))


def _identify_version(entry: Entry) -> str:
    # an update stamp that stands in for a missing publication date moves with every touch
    stamped = re.search(r"updated|modified", entry.published_source, re.IGNORECASE)
    return make_id(
        "ev1",
        entry.entry_id,
        entry.canonical_url,
        entry.title,
        "\n".join(entry.authors),
        "" if stamped else _day_of(entry.published_at),
        _fold(_COUNTERS.sub("", entry.summary)),
        _fold(_COUNTERS.sub("", html_to_line(entry.content))),
    )


def _fold(text: str) -> str:
    return " ".join(text.split())


def _day_of(instant: datetime | None) -> str:
    return instant.date().isoformat() if instant else ""


def to_iso_639_1(tag: str) -> str:
    """`en-GB` to `en`; "" for what has no two-letter code in front."""
    primary = re.split(r"[-_]", tag.strip().lower())[0]
    return primary if re.fullmatch(r"[a-z]{2}", primary) else ""
