"""The records that stages hand to one another; each stands for one row of a staging file.

All instants are timezone-aware UTC. Ids come from `transforms.identity`. Empty text is "", an unknown
number or instant is None. Staging schemas are derived from these classes (`ingest.staging.records`), and the
warehouse's tables carry the same names, so a field added here needs a migration there.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FeedStatus = Literal["active", "gone", "removed"]
FetchKind = Literal["feed", "page", "listing"]  # a listing says which pages there are
Outcome = Literal[
    "ok",  # 2xx with a body
    "not_modified",  # 304
    "gone",  # 410: never asked again
    "throttled",  # 429 or 503: the host said to wait
    "http_error",  # any other status
    "network_error",  # no response: DNS, connect, TLS, time-out, protocol
    "refused",  # our own no: robots.txt, an address that is not public, size, redirect limit, scheme
]
Stage = Literal["feed", "entry", "page", "article", "code", "load"]
DatePrecision = Literal["second", "minute", "day", ""]
PageKind = Literal[
    "article",
    "live_blog",
    "stub",  # some words of an article, or of one that has few
    "video",
    "listing",  # a front page, a section, a search: it leads to articles
    "consent_wall",
    "bot_check",  # a check of the reader, or a refusal
    "geo_block",
    "login_wall",
    "parked",  # a domain or a server without a site
    "redirect",  # it shows nothing and leads elsewhere
    "other_page",  # it says nothing of what its feed tells
    "error",  # what a site says where a page is missing or out of service
]
CODED_KINDS: tuple[PageKind, ...] = ("article", "live_blog")
"""Events are coded of these alone."""
GROUPED_KINDS: tuple[PageKind, ...] = (*CODED_KINDS, "stub", "video")
"""Only these can share a story: what a site says to readers of all its pages is no news."""
ActorKind = Literal["person", "group", "organization", "country", "property"]
Realis = Literal["actual", "planned", "hypothetical", "negated"]

REJECTION_REASONS: dict[str, str] = {
    # feed
    "feed_unreachable": "the feed could not be fetched",
    "feed_refused": "our own rules forbade fetching the feed",
    "feed_gone": "the publisher says that the feed is gone (410)",
    "not_a_feed": "what the address serves is no feed",
    "feed_unreadable": "the feed is too broken to read",
    # entry
    "entry_empty": "the entry has neither link, title nor text",
    "entry_unreadable": "the entry could not be read",
    "entry_duplicate": "the feed holds the same entry twice",
    "entry_over_limit": "the saved feed holds more entries than are read at once",
    # page
    "page_unreachable": "the page could not be fetched",
    "page_refused": "our own rules or robots.txt forbade fetching the page",
    "page_not_html": "the page is no HTML",
    "listing_unreadable": "a listing of pages could not be had or read",
    "record_unreadable": "a record of a WARC file could not be read",
    # article
    "page_empty": "no text could be found on the page",
    "page_hangs": "extraction took too long",
    "page_too_big": "extraction took too much memory",
    "page_breaks": "extraction failed",
    "page_not_article": "the page is no article, and the feed's own text is used in its place",
    "page_redirects": "the page shows nothing and leads to another",
    # code
    "not_an_article": "the page is not an article, so no events are coded from it",
    "language_unsupported": "the coder does not read this language",
    "coder_failed": "the coder failed on this article",
    "coder_bad_answer": "the model that the coder asks gave no usable answer, asked twice",
    "coder_refused": "the model that the coder asks does not take this text",
    "coder_budget": "the day's budget for asking a model was used up",
    # load
    "row_invalid": "the row does not fit the warehouse",
}
"""The closed list of reasons; `rejections.reason` holds one of its keys."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A subscription. `feed_id` is `make_id("fd1", url)` with the URL as first subscribed."""

    feed_id: str
    url: str
    title: str = ""
    outlet: str = ""
    country: str = ""  # the outlet's, ISO 3166-1 alpha-3
    language: str = ""  # ISO 639-1
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedState:
    """What polling knows of a feed; stored only by the load that stores what the poll brought."""

    feed_id: str
    url: str  # where to ask now: differs from the subscription after permanent redirects
    status: FeedStatus = "active"
    etag: str = ""  # opaque, as received
    last_modified: str = ""  # opaque, as received
    interval_s: int = 0  # the interval chosen last
    next_poll_at: datetime | None = None  # None: due at once
    last_attempt_at: datetime | None = None
    last_success_at: datetime | None = None  # last 200 or 304
    failures: int = 0  # in a row
    last_error: str = ""
    entries_read: int = 0  # behind so many of the feed's entries the next poll goes on; 0: none are waiting


@dataclass(frozen=True, slots=True)
class Fetch:
    """One attempt to fetch something: a row whatever became of it. `make_fetch` makes them."""

    fetch_id: str  # make_id("ft1", run_id, kind, url, requested_at)
    run_id: str
    kind: FetchKind
    feed_id: str
    entry_id: str  # "" for feeds
    url: str
    final_url: str
    requested_at: datetime
    outcome: Outcome
    status: int  # HTTP status of the last response, 0 without one
    error: str
    duration_s: float
    body_bytes: int  # decompressed
    content_type: str
    redirects: tuple[str, ...]  # "301 https://..." a hop
    warc_file: str  # relative to the archive folder; "" when nothing was archived
    warc_offset: int
    archive_url: str = ""  # of an answer out of a web archive: where it was had; requested_at is its capture


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of a feed's entry."""

    entry_id: str  # make_id("en1", feed_id, guid | canonical url | title and date)
    entry_version_id: str  # make_id("ev1", entry_id, and all that a reader would see)
    article_id: str  # make_id("ar1", canonical url), else made of the entry id
    feed_id: str
    fetch_id: str
    guid: str
    url: str  # as given, made absolute
    canonical_url: str
    title: str
    authors: tuple[str, ...]
    published_at: datetime | None
    published_source: str  # the element that gave it: "published", "updated", "dc:date", ...; "" without
    published_trusted: bool  # False when absurd: before 1990 or over a day ahead
    updated_at: datetime | None
    summary: str  # plain text
    content: str  # HTML or text as the feed gives it; "" when it gives a summary only
    language: str
    tags: tuple[str, ...]
    seen_at: datetime
    published_utc_offset_s: int | None = None  # of the clock that published_at was told by; None: unknown


@dataclass(frozen=True, slots=True)
class PageState:
    """Whether an entry's page is still to be fetched (again)."""

    entry_id: str
    status: Literal["pending", "done", "failed"]
    attempts: int
    next_attempt_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class Page:
    """What `clean_articles` reads: an entry version and where its page lies; no page, no `warc_file`."""

    entry_version_id: str
    fetch_id: str  # "" when there is no page and the feed's own content must do
    url: str
    final_url: str
    fetched_at: datetime
    content_type: str
    warc_file: str
    warc_offset: int


@dataclass(frozen=True, slots=True)
class Article:
    """One version of an article. Every field that has rivals says which one won (`*_source`)."""

    article_id: str
    article_version_id: str  # make_id("av1", article_id, title, text, published_at, page_kind)
    entry_id: str
    feed_id: str
    fetch_id: str
    url: str
    outlet: str
    outlet_country: str
    title: str
    title_source: str
    authors: tuple[str, ...]
    authors_source: str
    published_at: datetime | None
    published_source: str
    published_precision: DatePrecision
    modified_at: datetime | None
    section: str
    section_source: str
    language: str  # ISO 639-1
    language_source: str
    page_kind: PageKind
    text: str
    text_source: Literal["page", "feed", ""]
    fetched_at: datetime
    published_utc_offset_s: int | None = None  # of the clock that published_at was told by; None: unknown


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of an article version to find others of the same story."""

    article_version_id: str
    terms: tuple[str, ...]  # the heaviest words, heaviest first
    weights: tuple[float, ...]  # of the terms, a vector of unit length
    shingles: tuple[int, ...]  # the least hashes of its runs of five words, ascending
    keys: tuple[str, ...]  # what it is found by: terms and shingles


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor or recipient of an event."""

    text: str  # the noun phrase without a leading article
    name: str = ""  # the name in the actors table, or ""
    kind: ActorKind = "group"
    country: str = ""  # ISO 3166-1 alpha-3
    sector: str = ""  # PLOVER sector code
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weapon:
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A resolved place; `precision` is one of point, city, admin2, admin1, country."""

    text: str
    name: str = ""
    country: str = ""
    admin1: str = ""
    lat: float | None = None  # WGS 84 degrees
    lon: float | None = None
    geonameid: int | None = None
    precision: str = ""


@dataclass(frozen=True, slots=True)
class Toponym:
    """A place name in the text; `start` and `end` are character offsets."""

    text: str
    start: int
    end: int
    name: str = ""
    country: str = ""
    lat: float | None = None
    lon: float | None = None
    geonameid: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One real-world event as one document reports it; the object that `dateline code` prints."""

    event_type: str  # PLOVER
    mode: str
    realis: Realis
    actors: tuple[Actor, ...]
    recipients: tuple[Actor, ...]
    weapons: tuple[Weapon, ...]
    date_start: str  # ISO, cut to the precision known: 2014-08
    date_end: str
    date_text: str
    place: Place | None
    killed_min: int | None
    killed_max: int | None
    injured_min: int | None
    injured_max: int | None
    cameo: str
    goldstein: float | None
    quad: int | None
    acled_type: str
    acled_subtype: str
    sentence: str
    sentence_start: int  # character offsets into the document's text; -1 of the headline
    sentence_end: int
    confidence: float
    background: bool
    coder: str
    toll_claimed: bool = False  # only those who did it say how many they killed or hurt


@dataclass(frozen=True, slots=True)
class OutletHome:
    """What an outlet's earlier documents are about: places that many of them name, each with their share."""

    countries: tuple[tuple[str, float], ...] = ()  # ISO 3166-1 alpha-3
    divisions: tuple[tuple[str, str, float], ...] = ()  # country, GeoNames code of the first-level division
    squares: tuple[tuple[int, int, float], ...] = ()  # south and west edge, degrees: one around places named


NO_HOME = OutletHome()


@dataclass(frozen=True, slots=True)
class Document:
    """What a coder reads."""

    id: str
    text: str
    title: str = ""
    published_at: datetime | None = None
    url: str = ""
    language: str = ""
    country: str = ""  # the outlet's
    published_utc_offset_s: int | None = None  # of the clock that published_at was told by; None: unknown
    home: OutletHome = NO_HOME  # the outlet's, as `transforms.coder.outlet_homes` finds it


@dataclass(frozen=True, slots=True)
class CodedDocument:
    id: str
    events: tuple[Event, ...]
    places: tuple[Toponym, ...]
    unread: int = 0  # characters at the end of a text that is longer than the coder reads


@dataclass(frozen=True, slots=True)
class Mention:
    """An event as one article version reports it."""

    mention_id: str  # make_id("mn1", article_version_id, coder, and the event's fields)
    article_id: str
    article_version_id: str
    event: Event


@dataclass(frozen=True, slots=True)
class Coding:
    """That a coder has read an article version, whatever it found: only the newest one's mentions count."""

    article_version_id: str
    coder: str
    coded_at: datetime  # when the article was fetched, so that a replay gives the same row


@dataclass(frozen=True, slots=True)
class ArticlePlace:
    article_version_id: str
    place: Toponym


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something that could not be used, and why. `item_id` is the id or the URL of it."""

    stage: Stage
    item_id: str
    feed_id: str
    url: str
    reason: str  # a key of REJECTION_REASONS
    detail: str
    rejected_at: datetime


@dataclass(frozen=True, slots=True)
class StepCount:
    """The row accounting of one step on one batch: taken == passed + unchanged + rejected."""

    run_id: str
    batch: str
    step: str
    taken: int
    passed: int
    unchanged: int
    rejected: int
