"""What a web archive replays, as the answers that publishers gave once.

An archived answer carries `Memento-Datetime`, whatever its status; an answer without it is the archive's own.
Source: RFC 7089, 2.1.1; the archive's `id_` flag asks for an answer as it was archived.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urljoin, urlsplit

from ingest.history.packed_bodies import undo_coding
from ingest.history.services import ARCHIVE_ORG, MEMENTO, ask, make_gate
from ingest.http.exchange import Exchange, Fetcher, Request, ServiceGate
from transforms.errors import Permanent
from transforms.history.records import Capture, WantedPage
from transforms.history.settings import HistorySettings
from transforms.history.stamps import read_stamp, write_stamp
from transforms.make_fetch import make_fetch
from transforms.records import Outcome
from transforms.urls import canonicalize_url, is_web_url

RUNTIME_ERROR = "x-archive-wayback-runtime-error"
EXCLUDED = "excluded:"
"""How the error text begins of what the archive has but does not show."""

_PLACE = re.compile(r"(\d{4,14})((?:[a-z]{2}_)*)/(.+)", re.DOTALL)
_BASE = re.compile(r"(https?://.+?)/\d{4,14}(?:[a-z]{2}_)*/", re.IGNORECASE)
_SCHEME = re.compile(r"(https?):/+", re.IGNORECASE)
_ORIGINAL = re.compile(r'<(https?:[^>]*)>\s*;\s*rel="?original"?', re.IGNORECASE)
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_QUESTIONS = 6  # for one page, where archived redirects lead on
_KEPT_HEADERS = ("content-type", "content-language", MEMENTO)
_BEFORE = timedelta(days=1)  # clocks and time zones differ; earlier than this no page was there


@dataclass(frozen=True, slots=True)
class ReplayAddress:
    """Where a web archive replays what it keeps of a live address."""

    base: str  # of all its replays, without a slash at its end
    timestamp: str  # 4 to 14 digits, UTC: of the capture, or near which one is wanted
    url: str  # the live address
    is_raw: bool = True  # as it was archived, without the archive's additions

    @property
    def raw(self) -> str:
        return f"{self.base}/{self.timestamp}id_/{self.url}"


@dataclass(frozen=True, slots=True)
class ReplayAnswer:
    """What came of asking for a replay."""

    exchange: Exchange  # the last one
    place: ReplayAddress  # that it is of
    hops: tuple[str, ...] = ()  # the publisher's redirects that led there, "301 https://..."
    is_circle: bool = False  # they never end


def make_replay_address(history: HistorySettings, near: datetime, url: str) -> ReplayAddress:
    """Where the capture of a live address nearest to an instant is replayed."""
    base = history.wayback_url.rstrip("/")
    return ReplayAddress(base, write_stamp(near), url.partition("#")[0])


def read_replay_address(text: str, base: str) -> ReplayAddress | None:
    """Take apart an address below `base`, over http or https; None where it is no replay of a live address."""
    own, given = base.partition("://")[2] + "/", text.partition("://")[2]
    if given[: len(own)].lower() != own.lower():
        return None
    match = _PLACE.fullmatch(given[len(own) :])
    if match is None:
        return None
    url = match[3]
    if url.lower().startswith(("http%3a", "https%3a")):
        url = unquote(url)
    url = _SCHEME.sub(r"\1://", url, count=1) if _SCHEME.match(url) else f"http://{url}"
    return ReplayAddress(base, match[1], url, match[2] == "id_") if is_web_url(url) else None


def make_replay_gate(history: HistorySettings) -> ServiceGate:
    """Source: staff of the Internet Archive ask clients for at most 480 a minute (edgi wayback 0.5.1)."""
    spacing_s = 60 / history.wayback_replay_per_minute
    return make_gate(history.wayback_url, "replay", spacing_s, history, 0.125, ARCHIVE_ORG)


async def fetch_replay(
    capture: Capture, page: WantedPage, fetcher: Fetcher, history: HistorySettings
) -> Exchange:
    """The archived answer for a live page: an exchange whose `requested_at` is the capture's instant and
    whose `archive_url` says where it was had. What no archived answer of that article came of is an
    `http_error`, or `refused` where nobody may have it, with a sentence. It is not in the archive of ours yet.

    A capture stands for the article where it was made within `history.wayback_max_days` of its publication
    (without that: of the instant asked for), and not more than a day before it.

    Raises:
        Transient: the archive is down, refuses connections or wants to be left alone for long.
        Permanent: the capture's address is none of a replay.
    """
    base = find_base(capture.address, history)
    gate = make_replay_gate(history)
    request = Request(
        "page", capture.address, page.run_id, page.feed_id, page.entry_id, gate=gate, is_kept=False
    )
    answer = await ask_replay(fetcher, request, base)
    exchange = make_live(answer, request, page.url)
    if exchange.fetch.outcome != "ok":
        return exchange
    wanted_at = (
        page.published_at or capture.captured_at or read_stamp(_read_place(capture.address, base).timestamp)
    )
    return _check_time(exchange, page.published_at, wanted_at, history.wayback_max_days)


async def ask_replay(fetcher: Fetcher, request: Request, base: str) -> ReplayAnswer:
    """Ask for a replay, and on where archived redirects lead, always for the raw one.

    Where an archive leaves the addresses of archived redirects as they were, they lead out of it: nobody is asked
    there, but the archive for what it keeps of that address.

    Raises:
        Transient: as `ask` does.
        Permanent: `request.url` is no replay below `base`.
    """
    place = _read_place(request.url, base)
    hops: list[str] = []
    asked: set[str] = set()

    while True:
        place = replace(place, is_raw=True)
        asked.add(place.raw)
        exchange = await ask(fetcher, replace(request, url=place.raw, is_followed=False), _is_final)
        place, leads_on = _follow(place, exchange, hops)
        if not leads_on:
            return ReplayAnswer(exchange, place, tuple(hops))
        if place.raw in asked or len(asked) == _MOST_QUESTIONS:
            return ReplayAnswer(exchange, place, tuple(hops), is_circle=True)


def make_live(answer: ReplayAnswer, request: Request, url: str) -> Exchange:
    """The exchange that stands for what the publisher of `url` once answered, or for why there is none."""
    exchange = answer.exchange
    place = _find_original(exchange, answer.place)
    fetch = exchange.fetch
    captured_at = _read_capture_time(exchange, place)
    outcome, error, body = fetch.outcome, fetch.error, exchange.body
    if answer.is_circle:
        outcome, error = "http_error", "the archived redirects lead in a circle"
    elif MEMENTO not in exchange.headers:
        outcome, error = _explain(exchange)
    elif captured_at is None:
        outcome, error = "http_error", "the archive does not say when it captured this"
    elif outcome == "ok":
        body = undo_coding(body)
    elif outcome != "refused":
        outcome, error = "http_error", f"when captured, the publisher answered {error}"
    if MEMENTO in exchange.headers and captured_at is not None:
        place = replace(place, timestamp=write_stamp(captured_at))
    body = body if outcome == "ok" else b""
    live = make_fetch(
        request.run_id,
        request.kind,
        url,
        captured_at or fetch.requested_at,
        feed_id=request.feed_id,
        entry_id=request.entry_id,
        final_url=place.url if canonicalize_url(place.url) != canonicalize_url(url) else url,
        outcome=outcome,
        status=fetch.status,
        error=error,
        duration_s=fetch.duration_s,
        body_bytes=len(body),
        content_type=fetch.content_type,
        redirects=answer.hops,
    )
    headers = {name: exchange.headers[name] for name in _KEPT_HEADERS if name in exchange.headers}
    return Exchange(replace(live, archive_url=place.raw), headers, body)


def _is_final(exchange: Exchange) -> bool:
    """Whether the archive's own error will not pass: what it keeps cannot be had."""
    return exchange.fetch.status >= 500 and "Resource" in exchange.headers.get(RUNTIME_ERROR, "")


def find_base(address: str, history: HistorySettings) -> str:
    """The archive that a capture lies in: the settings may name another one by now."""
    base = history.wayback_url.rstrip("/")
    if base and read_replay_address(address, base):
        return base
    match = _BASE.match(address)
    return match[1] if match else base


def _read_place(address: str, base: str) -> ReplayAddress:
    place = read_replay_address(address, base)
    if place is None:
        raise Permanent(
            f"{address[:300]!r} is no address of a replay; history.wayback_url says where they are"
        )
    return place


def _follow(place: ReplayAddress, exchange: Exchange, hops: list[str]) -> tuple[ReplayAddress, bool]:
    """Where an answer leads, and whether the archive is to be asked for that: an archived redirect, or a capture
    that is nearer."""
    location = exchange.headers.get("location", "")
    if exchange.fetch.status in _REDIRECTS and location:
        target = _join(place.raw, location)
        if MEMENTO in exchange.headers or read_replay_address(target, place.base):
            return _step(place, str(exchange.fetch.status), target, hops), True
    return place, not place.is_raw


def _step(place: ReplayAddress, status: str, target: str, hops: list[str]) -> ReplayAddress:
    """One redirect on: a capture nearby is the same page, all else a hop."""
    found = read_replay_address(target, place.base)
    if found is None:
        at_archive = urlsplit(place.base).netloc.lower() == _host_of(target)
        path = target.partition("://")[2].partition("/")[2]
        live = (
            _join(place.url, f"/{path}") if at_archive else target
        )  # a relative one was joined to the archive's
        found = ReplayAddress(place.base, place.timestamp, live.partition("#")[0])
    if canonicalize_url(found.url) != canonicalize_url(place.url):
        hops.append(f"{status} {found.url}")
    return found


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _join(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return base


def _find_original(exchange: Exchange, place: ReplayAddress) -> ReplayAddress:
    """The place by the address that was captured: archives do not tell http from https, nor `www.` from none.

    Source: RFC 7089, 2.2.1 (the relation "original").
    """
    found = _ORIGINAL.search(exchange.headers.get("link", ""))
    is_same = found is not None and canonicalize_url(found[1]) == canonicalize_url(place.url)
    return replace(place, url=found[1]) if found and is_same else place


def _read_capture_time(exchange: Exchange, place: ReplayAddress) -> datetime | None:
    """When an answer was captured: as it says, else as its address does; None for the archive's own."""
    told = exchange.headers.get(MEMENTO)
    if told is None:
        return None
    try:
        found = parsedate_to_datetime(told)
    except (ValueError, TypeError, IndexError, OverflowError):
        return read_stamp(place.timestamp)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _explain(exchange: Exchange) -> tuple[Outcome, str]:
    """What an answer of the archive's own means."""
    fetch = exchange.fetch
    told = exchange.headers.get(RUNTIME_ERROR, "")
    if "AccessControlException" in told or b"has been excluded" in exchange.body:
        return "refused", f"{EXCLUDED} the archive does not show this site, as its owner asked"
    if fetch.status in (403, 451):
        return "refused", f"{EXCLUDED} the archive does not show this page (HTTP {fetch.status})"
    if fetch.outcome == "refused":
        return "refused", fetch.error
    if fetch.status == 404:
        return "http_error", "the archive has not kept this page"
    if fetch.outcome == "ok":
        return "http_error", "the archive answered with a page of its own, not with what it keeps"
    said = told.partition(":")[0].strip()[:100]
    return "http_error", f"the archive cannot show this: {fetch.error}{f' ({said})' if said else ''}"


def _check_time(
    exchange: Exchange, published_at: datetime | None, wanted_at: datetime | None, max_days: float
) -> Exchange:
    """The exchange, or that its capture cannot stand for the article."""
    captured_at = exchange.fetch.requested_at
    if published_at is not None and captured_at - published_at < -_BEFORE:
        error = f"the capture of {captured_at:%Y-%m-%d} cannot be the article's, published on {published_at:%Y-%m-%d}"
        return fail_exchange(exchange, "refused", error)
    days = abs(captured_at - wanted_at) / timedelta(days=1) if wanted_at else 0.0
    if days > max_days:
        what = "its publication" if published_at else "the one asked for"
        return fail_exchange(exchange, "http_error", f"the nearest capture is {days:.0f} days from {what}")
    return exchange


def fail_exchange(
    exchange: Exchange, outcome: Outcome, error: str, captured_at: datetime | None = None
) -> Exchange:
    """The exchange without its body, as what cannot be used; `captured_at`: of the capture that was asked for."""
    fetch = replace(exchange.fetch, outcome=outcome, error=error, body_bytes=0)
    if captured_at is not None:
        own = make_fetch(fetch.run_id, fetch.kind, fetch.url, captured_at)
        fetch = replace(fetch, fetch_id=own.fetch_id, requested_at=captured_at)
    return replace(exchange, body=b"", fetch=fetch)
