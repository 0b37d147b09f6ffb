"""Knowing an entry again when its GUID or its link has changed since the last poll."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from transforms.records import Entry
from transforms.urls import differ_in_tokens_only


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What is stored of an entry's latest version, as far as it takes to know it again."""

    entry_id: str
    entry_version_id: str
    article_id: str
    canonical_url: str
    title: str
    published_at: datetime | None


def to_known(entry: Entry) -> KnownEntry:
    return KnownEntry(
        entry.entry_id,
        entry.entry_version_id,
        entry.article_id,
        entry.canonical_url,
        entry.title,
        entry.published_at,
    )


@dataclass(frozen=True, slots=True)
class EntryKeys:
    """By what the entries of one feed may be known already."""

    entry_ids: tuple[str, ...]
    canonical_urls: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What an entry is known by. `entry_id` is the one that its own identity gives."""

    entry_id: str
    canonical_url: str
    title: str
    published_at: datetime | None


@dataclass(slots=True)
class _Stored:
    """The known entries of a feed, by what they are looked up by, and which of them are taken."""

    by_id: dict[str, KnownEntry]
    by_url: dict[str, list[KnownEntry]] = field(default_factory=dict)
    by_title: dict[str, list[KnownEntry]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def free(self, index: dict[str, list[KnownEntry]], key: str) -> list[KnownEntry]:
        return [known for known in index.get(key, ()) if known.entry_id not in self.taken] if key else []


def match_known(facts: Sequence[EntryFacts], known: Iterable[KnownEntry]) -> list[KnownEntry | None]:
    """For each entry of a poll the stored one that it is, each at most once; None for a new one.

    Its own id decides. Else, where GUIDs are drawn anew at every poll, its address with the same title; or its
    address alone where nothing else in the feed has it; or its title and day, where addresses are missing or
    differ in tokens only.
    """
    stored = _Stored({entry.entry_id: entry for entry in known})
    for entry in stored.by_id.values():
        stored.by_url.setdefault(entry.canonical_url, []).append(entry)
        stored.by_title.setdefault(entry.title, []).append(entry)
    stored.taken = {fact.entry_id for fact in facts if fact.entry_id in stored.by_id}
    on_page: dict[str, int] = {}
    for fact in facts:
        on_page[fact.canonical_url] = on_page.get(fact.canonical_url, 0) + 1
    found: list[KnownEntry | None] = []
    for fact in facts:
        match = stored.by_id.get(fact.entry_id)
        if match is None:
            match = _find_by_url(fact, stored, on_page[fact.canonical_url]) or _find_by_title(fact, stored)
            if match is not None:
                stored.taken.add(match.entry_id)
        found.append(match)
    return found


def keeps_address(fact: EntryFacts, known: KnownEntry) -> bool:
    """Whether an entry's address is the stored one's but for tokens, so that it leads to the same article."""
    if fact.canonical_url == known.canonical_url:
        return True
    return fact.title == known.title and differ_in_tokens_only(fact.canonical_url, known.canonical_url)


def _find_by_url(fact: EntryFacts, stored: _Stored, sharers: int) -> KnownEntry | None:
    free = stored.free(stored.by_url, fact.canonical_url)
    same_title = next((known for known in free if known.title == fact.title), None)
    if same_title is not None or not free:
        return same_title
    is_alone = sharers == 1 and len(stored.by_url[fact.canonical_url]) == 1
    return free[0] if is_alone and urlsplit(fact.canonical_url).path.strip("/") else None


def _find_by_title(fact: EntryFacts, stored: _Stored) -> KnownEntry | None:
    for known in stored.free(stored.by_title, fact.title):
        if not fact.canonical_url and not known.canonical_url:
            if fact.published_at == known.published_at:
                return known
        elif _day_of(fact) == _day_of(known) and differ_in_tokens_only(
            fact.canonical_url, known.canonical_url
        ):
            return known
    return None


def _day_of(one: EntryFacts | KnownEntry) -> str:
    return one.published_at.date().isoformat() if one.published_at else ""
