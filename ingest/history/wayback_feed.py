"""Reading a web archive's snapshots of a feed, one after the other, and what they say of the days between."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from ingest.history.planning import read_days, refuse_cursor
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow, Mark
from ingest.history.wayback_replay import (
    EXCLUDED,
    ask_replay,
    fail_exchange,
    find_base,
    make_live,
    make_replay_address,
    make_replay_gate,
)
from ingest.http.exchange import Exchange, Fetcher, Request
from transforms.dates import is_trusted
from transforms.errors import Permanent
from transforms.feeds.parsed_feed import ParsedEntry, ParsedFeed
from transforms.history.coverage import sum_states
from transforms.history.records import Candidate, Capture, WindowEnd
from transforms.history.settings import HistorySettings
from transforms.history.snapshots import (
    Snapshot,
    Stretch,
    join_stretches,
    judge_days,
    link_snapshots,
    make_snapshot,
)
from transforms.history.stamps import read_stamp, write_stamp
from transforms.history.windows import is_between
from transforms.identity import make_id
from transforms.urls import canonicalize_url

SOURCE = "wayback"
_KEY_CHARS = 12
_ANOTHER = timedelta(minutes=1)  # a capture that differs by more from the one asked for is not that one


def make_fact(captured_at: datetime, until: datetime, digest: str) -> str:
    """What a window says of one snapshot; `until` is when it was last seen unchanged."""
    return f"{write_stamp(captured_at)} {write_stamp(until)} {digest}"


def _read_fact(fact: str) -> tuple[datetime, datetime]:
    """Raises: Permanent: it is none."""
    captured_at, until = map(read_stamp, fact.split(" ")[:2])
    if captured_at is None or until is None:
        raise Permanent(f"{fact[:100]!r} names no snapshot; plan the backfill again")
    return captured_at, until


@dataclass(slots=True)
class _Reading:
    """How far the reading of a window is, and what is known by then; it is all in the cursor."""

    next: int = 0
    unread: int = 0  # snapshots that gave no feed
    before: Snapshot | None = None
    stretches: list[Stretch] = field(default_factory=list)

    def take(self, snapshot: Snapshot) -> None:
        self.stretches = list(join_stretches([*self.stretches, *link_snapshots(self.before, snapshot)]))
        self.before = snapshot

    def write(self) -> str:
        one = self.before
        before = one and [
            one.name,
            one.captured_at.isoformat(),
            one.until.isoformat(),
            sorted(one.keys),
            sorted(one.recent),
            [at.isoformat() for at in one.dates[:1]],
        ]
        stretches = [
            [one.first.isoformat(), one.last.isoformat(), one.state, one.evidence] for one in self.stretches
        ]
        return json.dumps([self.next, self.unread, before, stretches], separators=(",", ":"))

    @classmethod
    def read(cls, cursor: str) -> Self:
        """Raises: Permanent: it is no cursor of a window of snapshots."""
        if not cursor:
            return cls()
        instant = datetime.fromisoformat
        try:
            number, unread, before, told = json.loads(cursor)
            snapshot = None
            if before:
                name, captured_at, until, keys, recent, dates = before
                times = (instant(captured_at), instant(until))
                snapshot = Snapshot(
                    name, *times, frozenset(keys), frozenset(recent), tuple(map(instant, dates))
                )
            stretches = [Stretch(instant(first), instant(last), *rest) for first, last, *rest in told]
        except (ValueError, TypeError) as error:
            raise refuse_cursor(cursor, "among snapshots") from error
        return cls(number, unread, snapshot, stretches)


async def read_snapshots(
    window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess, fetcher: Fetcher
) -> AsyncIterator[FoundItem]:
    """Each snapshot as an exchange of the live feed, candidates for the entries that are new in it, and at the end
    what is known of each day.

    Of entries with a date those of the days wanted are candidates, also beyond the window's: the snapshots at
    its borders show them.

    Raises:
        Transient, Permanent: as asking for a replay does.
    """
    reading = _Reading.read(cursor)
    for number in range(reading.next, len(window.items)):
        item = window.items[number]
        asked_at, until = _read_fact(window.facts[number + 1])
        exchange = await _fetch_snapshot(item.address, item.name, window.feed_id, asked_at, access, fetcher)
        is_ok = exchange.fetch.outcome == "ok"
        parsed = await access.parse(exchange) if is_ok and access.parse else None
        yield exchange
        if exchange.fetch.error.startswith(EXCLUDED):
            yield WindowEnd("excluded", None, exchange.fetch.error.removeprefix(EXCLUDED).strip())
            return
        if isinstance(parsed, ParsedFeed):
            keyed = list(_key_entries(parsed))
            known = reading.before.keys if reading.before else frozenset()
            for entry in {key: entry for key, entry in keyed if key not in known}.values():
                candidate = _make_candidate(
                    entry, window.feed_id, exchange.fetch.requested_at, access.history
                )
                if candidate and _is_wanted(candidate, wanted):
                    yield candidate
            entries = [(key, entry.published_at) for key, entry in keyed]
            reading.take(
                make_snapshot(f"the snapshot of {asked_at:%Y-%m-%d %H:%M}", asked_at, until, entries)
            )
        else:
            reading.unread += 1
        reading.next = number + 1
        yield Mark(reading.write())
    yield _make_end(window, reading)


async def _fetch_snapshot(
    address: str, url: str, feed_id: str, asked_at: datetime, access: HistoryAccess, fetcher: Fetcher
) -> Exchange:
    gate = make_replay_gate(access.history)
    request = Request("feed", address, access.run_id, feed_id, gate=gate, is_kept=False)
    answer = await ask_replay(fetcher, request, find_base(address, access.history))
    exchange = make_live(answer, request, url)
    fetch = exchange.fetch
    if fetch.outcome == "ok" and abs(fetch.requested_at - asked_at) > _ANOTHER:
        error = f"the archive shows the snapshot of {fetch.requested_at:%Y-%m-%d %H:%M} in its place"
        return fail_exchange(exchange, "http_error", error, asked_at)
    return exchange


def _make_end(window: HistoryWindow, reading: _Reading) -> WindowEnd:
    days = judge_days(reading.stretches, window.feed_id, *read_days(window))
    evidence = f"{len(window.items)} snapshots of the feed"
    if reading.unread:
        evidence += f", {reading.unread} of them unreadable"
    return WindowEnd(sum_states(one.state for one in days), None, evidence, days)


def _key_entries(parsed: ParsedFeed) -> Iterator[tuple[str, ParsedEntry]]:
    """The entries by what they are known by in every snapshot: the address, else, or where several share it, all else.

    GUIDs alone will not do: some feeds draw new ones each time.
    """
    urls = [canonicalize_url(entry.url) for entry in parsed.entries]
    count = Counter(urls)
    for entry, url in zip(parsed.entries, urls, strict=True):
        parts = (url,) if url and count[url] == 1 else (url, entry.guid, entry.title)
        if any(parts):
            yield make_id("", *parts)[-_KEY_CHARS:], entry


def _make_candidate(
    entry: ParsedEntry, feed_id: str, captured_at: datetime, history: HistorySettings
) -> Candidate | None:
    """The page of an entry, with the captures nearest to its publication; None without a page."""
    if not entry.url:
        return None
    is_dated = is_trusted(entry.published_at, captured_at)
    near = entry.published_at if is_dated and entry.published_at else captured_at
    captures = [
        Capture("replay", make_replay_address(history, near, url).raw) for url in _list_spellings(entry.url)
    ]
    return Candidate(
        feed_id,
        entry.url,
        SOURCE,
        published_at=entry.published_at if is_dated else None,
        published_source=entry.published_source if is_dated else "",
        published_utc_offset_s=entry.published_utc_offset_s if is_dated else None,
        not_after=captured_at,
        title=entry.title,
        captures=tuple(captures),
    )


def _list_spellings(url: str) -> list[str]:
    """The address as the feed has it, and without what only tracks readers: crawlers may have met either.

    Archives do not tell http from https, nor hosts with `www.` from those without.
    """
    canonical = canonicalize_url(url)
    one, other = urlsplit(url), urlsplit(canonical)
    is_same = (one.path.rstrip("/"), one.query) == (other.path.rstrip("/"), other.query)
    return [url] if is_same else [url, canonical]


def _is_wanted(candidate: Candidate, wanted: HistoryRequest) -> bool:
    at = candidate.published_at
    return at is None or is_between(at.date(), wanted.first_day, wanted.last_day)
