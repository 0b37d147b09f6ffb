"""From saved exchanges to entries and their pages: what polling and fetching would have brought."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlsplit

from dateline.steps.backfill_params import Scope
from ingest.http.exchange import Exchange
from transforms.feeds.decide_entries import decide_entries, read_entries, to_iso_639_1
from transforms.feeds.known_entries import EntryKeys, KnownEntry, to_known
from transforms.feeds.page_entries import make_host_feed, make_page_entry
from transforms.feeds.parsed_feed import NotAFeed, ParsedFeed
from transforms.history.entries import make_candidate_entry
from transforms.history.records import Candidate, Capture, EntryCaptures
from transforms.identity import make_id
from transforms.records import Entry, Feed, Fetch, Page, Rejection
from transforms.urls import canonicalize_url

KnownEntries = Callable[[str, EntryKeys], Iterable[KnownEntry]]
"""Looks up what is stored of the entries of a feed, by its id and by their keys."""


@dataclass(frozen=True, slots=True)
class SavedEntries:
    """taken == len(entries) + unchanged + len(rejections); `unchanged` also counts what is out of scope."""

    taken: int
    unchanged: int
    feeds: tuple[Feed, ...]
    fetches: tuple[Fetch, ...]
    entries: tuple[Entry, ...]
    pages: tuple[Page, ...]
    rejections: tuple[Rejection, ...]
    captures: tuple[EntryCaptures, ...] = ()  # of entries whose page is not here, where anything is known
    found: tuple[tuple[str, date, int], ...] = ()  # articles by feed id and day, those known before as well


class SavedCollector:
    """Takes exchanges one by one, without keeping their bodies, and joins pages to their entries."""

    def __init__(
        self,
        scope: Scope,
        known_feeds: Iterable[Feed],
        read_known: KnownEntries,
        *,
        keeps_known: bool = False,
    ) -> None:
        """`known_feeds`: those that an exchange may name by id or a feed by its URL.

        `keeps_known`: an entry that is stored stays as it is, whatever an older copy of its feed says.
        """
        self._scope = scope
        self._keeps_known = keeps_known
        self._known_feeds = {
            key: feed for feed in known_feeds for key in (canonicalize_url(feed.url), feed.feed_id)
        }
        self._read_known = read_known
        self._known: dict[str, dict[str, KnownEntry]] = {}  # what is taken here, by feed and entry id
        self._feeds: dict[str, Feed] = {}
        self._fetches: list[Fetch] = []
        self._entries: dict[str, Entry] = {}
        self._unchanged_entries: dict[str, Entry] = {}  # by canonical URL
        self._out_of_scope: set[str] = set()  # canonical URLs of entries
        self._saved_pages: dict[str, list[tuple[Fetch, Feed, Entry]]] = {}  # by canonical URL
        self._candidates: dict[str, Entry] = {}  # by canonical URL
        self._captures: dict[str, list[Capture]] = {}  # by canonical URL
        self._found: dict[tuple[str, date], set[str]] = {}
        self._rejections: list[Rejection] = []
        self._taken = self._unchanged = 0

    def reject(self, rejection: Rejection) -> None:
        self._taken += 1
        self._rejections.append(rejection)

    def add_candidate(self, candidate: Candidate, seen_at: datetime) -> None:
        """Take a page that is to be fetched; of several sayings of its date the first that can be meant counts."""
        entry = make_candidate_entry(candidate, seen_at)
        url = entry.canonical_url
        self._captures.setdefault(url, []).extend(candidate.captures)
        known = self._candidates.get(url)
        if known is None or (entry.published_trusted and not known.published_trusted):
            self._candidates[url] = entry
        if entry.feed_id not in self._known_feeds:
            self._known_feeds[entry.feed_id] = replace(make_host_feed(candidate.url), feed_id=entry.feed_id)

    def add(self, exchange: Exchange, parsed: ParsedFeed | NotAFeed | None) -> None:
        """Take one exchange, whose fetch knows where it lies in the archive, and what its body gave if it is a feed."""
        fetch = exchange.fetch
        if fetch.kind == "listing":  # what it says has become candidates
            self._fetches.append(fetch)
            return
        if fetch.outcome != "ok":
            self._fetches.append(fetch)
            reason = f"{fetch.kind}_{'refused' if fetch.outcome == 'refused' else 'unreachable'}"
            self.reject(
                Rejection(fetch.kind, fetch.url, "", fetch.url, reason, fetch.error, fetch.requested_at)
            )
            return
        if parsed is None:
            self._add_page(exchange)
            return
        if isinstance(parsed, NotAFeed):
            self._fetches.append(fetch)
            self.reject(
                Rejection("feed", fetch.url, "", fetch.url, parsed.reason, parsed.detail, fetch.requested_at)
            )
            return
        feed = self._known_feeds.get(fetch.feed_id) or self._find_feed(parsed, fetch.url)
        self._fetches.append(replace(fetch, feed_id=feed.feed_id))
        if self._scope.holds_feed(feed):
            self._feeds[feed.feed_id] = feed
            self._add_entries(parsed, feed, fetch)
        else:
            count = len(parsed.entries) + len(parsed.unreadable)
            self._taken += count
            self._unchanged += count
            self._out_of_scope.update(canonicalize_url(entry.url) for entry in parsed.entries)

    def _find_feed(self, parsed: ParsedFeed, url: str) -> Feed:
        url = parsed.self_url or url
        known = self._known_feeds.get(canonicalize_url(url))
        if known:
            return known
        outlet = (urlsplit(parsed.site_url or url).hostname or parsed.title).removeprefix("www.")
        return Feed(make_id("fd1", url), url, parsed.title, outlet, language=to_iso_639_1(parsed.language))

    def _add_entries(self, parsed: ParsedFeed, feed: Feed, fetch: Fetch) -> None:
        taken = self._known.setdefault(feed.feed_id, {})
        read = read_entries(parsed, feed, fetch, fetch.requested_at)
        known = {one.entry_id: one for one in self._read_known(feed.feed_id, read.keys)} | taken
        decision = decide_entries(read, known.values())
        self._taken += decision.taken
        self._rejections += decision.rejections
        if parsed.left_out:  # a saved feed is read once: there is no next poll
            detail = f"{parsed.left_out} entries behind the first {read.taken} were not read"
            item = (f"{feed.feed_id}#over-limit", feed.feed_id, fetch.url)
            self.reject(Rejection("entry", *item, "entry_over_limit", detail, fetch.requested_at))
        stored = {one.entry_id for one in known.values()} - taken.keys() if self._keeps_known else set()
        old = [entry for entry in decision.entries if entry.entry_id in stored]
        self._unchanged += decision.unchanged + len(old)
        for entry in (*decision.unchanged_entries, *old):
            self._note(entry)
            if self._is_wanted(entry):
                self._unchanged_entries[entry.canonical_url] = entry
            else:
                self._out_of_scope.add(entry.canonical_url)
        for entry in decision.entries:
            if entry.entry_id in stored:
                continue
            self._note(entry)
            if not self._is_wanted(entry):
                self._unchanged += 1
                self._out_of_scope.add(entry.canonical_url)
            else:
                self._entries[entry.entry_version_id] = entry
                taken[entry.entry_id] = to_known(entry)

    def _note(self, entry: Entry) -> None:
        """Count an article on its day, once."""
        if entry.published_at is not None and entry.published_trusted:
            day = (entry.feed_id, entry.published_at.date())
            self._found.setdefault(day, set()).add(entry.canonical_url or entry.entry_id)

    def _is_wanted(self, entry: Entry) -> bool:
        """Whether an entry is in scope; one without a date of its own is judged by its article's, later."""
        if entry.published_at is None or not entry.published_trusted:
            return True
        return self._scope.holds(entry.published_at)

    def _add_page(self, exchange: Exchange) -> None:
        known = self._known_feeds.get(exchange.fetch.feed_id)
        feed, entry = make_page_entry(exchange.fetch, exchange.body, known)
        self._saved_pages.setdefault(entry.canonical_url, []).append((exchange.fetch, feed, entry))

    def finish(self) -> SavedEntries:
        """Join pages to entries: a page without an entry gets one, an entry without a page does without.

        A page that was saved more than once gives its article a version each time.
        """
        pages: list[Page] = []
        self._take_up_unchanged()
        self._take_up_candidates()
        for entry in self._entries.values():
            saved_here = self._saved_pages.get(entry.canonical_url)
            fetches = [fetch for fetch, _, _ in saved_here] if saved_here else [None]
            pages += [_make_page(entry, fetch) for fetch in fetches]
        joined = {entry.canonical_url for entry in self._entries.values()} | self._out_of_scope
        for canonical_url, saved in self._saved_pages.items():
            for fetch, feed, entry in saved:
                self._fetches.append(fetch)
                if canonical_url not in joined:
                    self._take_page(fetch, feed, entry, pages)
        return SavedEntries(
            self._taken,
            self._unchanged,
            tuple(self._feeds.values()),
            tuple(self._fetches),
            tuple(self._entries.values()),
            tuple(pages),
            tuple(self._rejections),
            tuple(
                EntryCaptures(entry.entry_id, tuple(dict.fromkeys(self._captures[entry.canonical_url])))
                for entry in self._entries.values()
                if entry.canonical_url in self._captures
            ),
            tuple((feed_id, day, len(urls)) for (feed_id, day), urls in sorted(self._found.items())),
        )

    def _take_up_candidates(self) -> None:
        """Take candidates that no feed here announced and that are not stored."""
        told = {entry.canonical_url for entry in self._entries.values()}
        told |= self._unchanged_entries.keys() | self._out_of_scope
        new = [entry for url, entry in self._candidates.items() if url not in told]
        by_feed: dict[str, list[Entry]] = {}
        for entry in new:
            by_feed.setdefault(entry.feed_id, []).append(entry)
        for feed_id, entries in by_feed.items():
            ids, urls = zip(*((entry.entry_id, entry.canonical_url) for entry in entries), strict=True)
            stored = {one.canonical_url for one in self._read_known(feed_id, EntryKeys(ids, urls))}
            feed = self._known_feeds[feed_id]
            for entry in entries:
                self._taken += 1
                if not (self._is_wanted(entry) and self._scope.holds_feed(feed)):
                    self._out_of_scope.add(entry.canonical_url)
                    self._unchanged += 1
                    continue
                self._note(entry)
                if entry.canonical_url in stored:
                    self._unchanged += 1
                    continue
                self._feeds.setdefault(feed_id, feed)
                self._entries[entry.entry_version_id] = entry

    def _take_up_unchanged(self) -> None:
        """Take entries that are known already if their pages are here: those may be new."""
        new = {entry.canonical_url for entry in self._entries.values()}
        for canonical_url, entry in self._unchanged_entries.items():
            is_new = canonical_url not in new and entry.entry_version_id not in self._entries
            if is_new and canonical_url in self._saved_pages:
                self._entries[entry.entry_version_id] = entry
                self._unchanged -= 1

    def _take_page(self, fetch: Fetch, feed: Feed, entry: Entry, pages: list[Page]) -> None:
        self._taken += 1
        stored = self._read_known(entry.feed_id, EntryKeys((entry.entry_id,)))
        known = any(one.entry_version_id == entry.entry_version_id for one in stored)
        if known or entry.entry_version_id in self._entries or not self._scope.holds_feed(feed):
            self._unchanged += 1
            return
        self._feeds.setdefault(feed.feed_id, feed)
        self._entries[entry.entry_version_id] = entry
        pages.append(_make_page(entry, fetch))


def _make_page(entry: Entry, fetch: Fetch | None) -> Page:
    if fetch is None:
        return Page(entry.entry_version_id, "", entry.url, entry.url, entry.seen_at, "", "", 0)
    return Page(
        entry.entry_version_id,
        fetch.fetch_id,
        fetch.url,
        fetch.final_url,
        fetch.requested_at,
        fetch.content_type,
        fetch.warc_file,
        fetch.warc_offset,
    )
