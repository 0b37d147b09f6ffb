"""The one place that fetches over HTTP: what `Fetcher` promises, kept to real servers.

`HttpFetcher` follows redirects itself, so that every hop passes the address guard, the host gate and
(pages only) robots.txt. Each request ends as an `Exchange` and, where there is an archive, in it.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from ingest.http.decoding import ACCEPT_ENCODING
from ingest.http.exchange import Archive, Exchange, Request, ServiceGate
from ingest.http.host_gate import HostHeld, HostSpent
from ingest.http.outage import check_network
from ingest.http.redis_gate import open_gate
from ingest.http.retry_after import parse_retry_after
from ingest.http.robots import MAX_ROBOTS_BYTES, MAX_ROBOTS_REDIRECTS, RobotsAnswer, RobotsRules
from ingest.http.targets import NoTarget, Target
from ingest.http.transport import (
    Answer,
    AnswerRefused,
    BodyRules,
    Deadlines,
    NoAnswer,
    Transport,
    describe_unforeseen,
)
from transforms.errors import Permanent, Transient
from transforms.make_fetch import make_fetch
from transforms.records import FetchKind, Outcome
from transforms.settings import HttpSettings
from transforms.sharing_settings import LocksSettings

AGENT = "Dateline"
"""Our product token: in the User-Agent, and the name that robots.txt files know us by."""

LEFT = "left:"
"""How the error text begins of a request that was not sent because its host had used up its time."""

CUT = "cut:"
"""How the error text begins of an answer that is used though only a part of it came."""

_SENDABLE = re.compile(r"[!-~\xa0-\xff](?:[\t -~\xa0-\xff]{0,8000}[!-~\xa0-\xff])?")
"""A header value without control characters and without blanks around it."""
_SMALL_BODY_BYTES = 1 << 14
_NOWHERE = Target("", "http", "", None, b"")
_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)
_ACCEPT: dict[FetchKind, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5",
    "listing": "application/json, application/xml;q=0.9, text/xml;q=0.9, text/plain;q=0.9, */*;q=0.5",
}
_ARCHIVED = "memento-datetime"
"""The header of an answer that an archive kept of another server. Source: RFC 7089, 2.1.1."""


@dataclass(slots=True)
class _RequestState:
    """The state of a request: what was asked, where redirects led, what came back."""

    target: Target
    headers: list[tuple[bytes, bytes]]
    rules: BodyRules
    max_redirects: int
    obey_robots: bool = False
    gate: ServiceGate | None = None
    is_followed: bool = True
    first_only: list[tuple[bytes, bytes]] = field(default_factory=list)  # not sent where redirects lead
    started_at: datetime | None = None
    spent_s: float = 0.0  # waiting for hosts to be free does not count
    redirects: list[str] = field(default_factory=list)
    is_permanent: bool = True  # so far every redirect was
    answer: Answer | None = None
    retry_at: datetime | None = None


class HttpFetcher:
    """Fetches feeds and pages; an asynchronous context manager, for use within one event loop."""

    def __init__(
        self,
        settings: HttpSettings,
        hosts: Path,
        archive: Archive | None,
        version: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        run: str = "",
        ignores_holds: bool = False,
        locks: LocksSettings | None = None,
    ) -> None:
        """`hosts`: the folder for what is known of hosts; `archive`: where every exchange goes.

        `run`: the run in which the time of a host counts together; "": what this fetcher asks counts.
        `ignores_holds`: also ask hosts that said to come back later, for a user who wants to know now.
        """
        self._settings = settings
        self._archive = archive
        self._clock = clock
        self._user_agent = make_user_agent(version, settings.contact)
        self._gate = open_gate(
            locks or LocksSettings(), settings, hosts, clock, run=run, ignores_holds=ignores_holds
        )
        self._connections = asyncio.Semaphore(settings.connections)
        self._robots = RobotsRules(hosts, AGENT, clock, self._ask_robots)
        self._transport = Transport(settings.connections, settings.allow_private_addresses)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._gate.close()
        await self._transport.close()

    async def fetch(self, request: Request) -> Exchange:
        """Fetch `request.url`, and archive what came of it.

        Raises:
            Transient: the archive cannot be written (the disk is full).
        """
        exchange = await self._fetch(request)
        if self._archive is None or not request.is_kept:
            return exchange
        try:
            if len(exchange.body) < _SMALL_BODY_BYTES:  # packed sooner than handed over to a thread
                warc_file, offset = self._archive.append(exchange)
            else:
                warc_file, offset = await asyncio.to_thread(self._archive.append, exchange)
        except (Transient, Permanent, OSError):
            raise
        except Exception as error:  # an answer that no archive holds could not be replayed
            return self._end(request, None, "refused", f"archive: {describe_unforeseen(error)}")
        return replace(exchange, fetch=replace(exchange.fetch, warc_file=warc_file, warc_offset=offset))

    def check_network(self, exchanges: Sequence[Exchange]) -> None:
        """Raises: Transient: `exchanges`, all of a batch, failed because this machine has no network."""
        check_network(exchanges)

    async def _fetch(self, request: Request) -> Exchange:
        try:
            state = self._plan(request)
        except AnswerRefused as error:
            return self._end(request, None, "refused", str(error))
        try:
            answer = await self._follow(state)
        except HostHeld as held:
            state.retry_at = held.until
            return self._end(request, state, "throttled", str(held))
        except HostSpent as spent:
            state.retry_at = self._clock()
            return self._end(request, state, "throttled", f"{LEFT} {spent}")
        except AnswerRefused as error:
            return self._end(request, state, "refused", str(error))
        except NoAnswer as error:
            return self._end(request, state, "network_error", str(error))
        except (Transient, Permanent, OSError):  # the folder of hosts: the disk is everybody's
            raise
        except Exception as error:
            return self._end(request, state, "network_error", f"failed: {describe_unforeseen(error)}")
        return self._end(request, state, *_judge(answer, state))

    def _plan(self, request: Request) -> _RequestState:
        settings = self._settings
        most: dict[FetchKind, int] = {
            "feed": settings.max_feed_bytes,
            "page": settings.max_page_bytes,
            "listing": settings.max_listing_bytes,
        }
        headers = self._headers(_ACCEPT[request.kind])
        if request.byte_range:
            headers[-1] = (b"Accept-Encoding", b"identity")
            headers.append((b"Range", b"bytes=%d-%d" % request.byte_range))
        own = [(name.encode("ascii"), value.encode("latin-1")) for name, value in request.headers]
        validators = [(b"If-None-Match", request.etag), (b"If-Modified-Since", request.last_modified)]
        own += [(name, value.encode("latin-1")) for name, value in validators if _is_sendable(value)]
        return _RequestState(
            target=_read_target(request.url),
            headers=headers,
            rules=BodyRules(
                most[request.kind],
                is_part=request.byte_range is not None,
                is_strict=request.kind == "listing",
            ),
            max_redirects=settings.max_redirects,
            obey_robots=settings.obey_robots and request.kind == "page" and request.gate is None,
            gate=request.gate,
            is_followed=request.is_followed,
            first_only=own,
        )

    def _headers(self, accept: str) -> list[tuple[bytes, bytes]]:
        return [
            (b"User-Agent", self._user_agent.encode("ascii")),
            (b"Accept", accept.encode("ascii")),
            (b"Accept-Encoding", ACCEPT_ENCODING.encode("ascii")),
        ]

    async def _follow(self, state: _RequestState) -> Answer:
        """Ask, and ask again where a redirect leads, until there is an answer that is none.

        Source: RFC 9110, 15.4 (validators belong to the resource they came from, so they stay behind).

        Raises:
            NoAnswer, AnswerRefused, HostHeld, HostSpent
        """
        seen = {state.target.text}
        headers = state.headers + state.first_only
        while True:
            answer = await self._hop(state, headers)
            leads_to = _find_redirect(state.target, answer) if state.is_followed else ""
            if not leads_to:
                return answer
            state.redirects.append(f"{answer.status} {leads_to}")
            state.is_permanent = state.is_permanent and answer.status in _PERMANENT
            if leads_to in seen:
                raise AnswerRefused(f"redirects: they lead in a circle, back to {leads_to}")
            if len(state.redirects) > state.max_redirects:
                raise AnswerRefused(f"redirects: more than {state.max_redirects}")
            state.target = _read_target(leads_to)
            seen.add(leads_to)
            headers = state.headers
            state.first_only = []

    async def _hop(self, state: _RequestState, headers: list[tuple[bytes, bytes]]) -> Answer:
        """One request and its answer, when the host lets us."""
        settings = self._settings
        spacing_s = settings.host_spacing_s
        if state.obey_robots:
            spacing_s = max(spacing_s, await self._obey_robots(state.target))
        host = _host_of(state.target)
        if state.gate is not None:
            host, spacing_s = state.gate.name, state.gate.spacing_s
        loop = asyncio.get_running_loop()
        async with self._gate.enter(host, spacing_s, self._connections):
            state.started_at = state.started_at or self._clock()
            state.answer = None
            began = loop.time()
            deadlines = Deadlines(
                connect_s=settings.connect_timeout_s,
                read_s=settings.read_timeout_s,
                total_s=settings.total_timeout_s - state.spent_s,
            )
            try:
                answer = await self._transport.get(state.target, headers, deadlines, state.rules)
            finally:
                state.spent_s += loop.time() - began
        state.answer = answer
        if answer.status in (429, 503) and _ARCHIVED not in answer.headers:
            state.retry_at = parse_retry_after(answer.headers.get("retry-after", ""), self._clock())
            pause = self._clock() + timedelta(seconds=state.gate.pause_s if state.gate else settings.pause_s)
            if state.gate is not None:
                state.retry_at = max(state.retry_at or pause, pause)
            elif settings.pause_s:
                state.retry_at = state.retry_at or pause
            if state.retry_at is not None:
                await self._gate.hold(host, state.retry_at)
        return answer

    async def _obey_robots(self, target: Target) -> float:
        """The spacing that the site asks for.

        Raises:
            AnswerRefused: robots.txt forbids the page.
            NoAnswer: it cannot be had, so nothing may be fetched for now.
        """
        origin = f"{target.scheme}://{target.authority.decode('ascii')}"
        verdict = await self._robots.judge(origin, target.text)
        if not verdict.error:
            return verdict.delay_s
        if verdict.is_final:
            raise AnswerRefused(verdict.error)
        raise NoAnswer(verdict.error)

    async def _ask_robots(self, url: str) -> RobotsAnswer:
        """Fetch a robots.txt; redirects beyond the limit count as a missing file (RFC 9309, 2.3.1.2).

        Raises:
            HostHeld, HostSpent: the host is not to be asked for now.
            AnswerRefused: our own rules forbid to ask this host anything.
        """
        state = _RequestState(
            target=_read_target(url),
            headers=self._headers("text/plain, */*;q=0.5"),
            rules=BodyRules(MAX_ROBOTS_BYTES, is_cut=True),
            max_redirects=MAX_ROBOTS_REDIRECTS,
        )
        try:
            answer = await self._follow(state)
        except AnswerRefused as error:
            if not state.redirects:
                raise  # our own rules forbid the host itself, and so the page
            return RobotsAnswer(404, b"", str(error))
        except NoAnswer as error:
            return RobotsAnswer(0, b"", str(error))
        if state.retry_at is not None:
            raise HostHeld(_host_of(state.target), state.retry_at)
        return RobotsAnswer(answer.status, answer.body)

    def _end(self, request: Request, state: _RequestState | None, outcome: Outcome, error: str) -> Exchange:
        state = state or _RequestState(_NOWHERE, [], BodyRules(0), 0)
        answer = state.answer or Answer(0, {}, b"")
        body = answer.body if outcome == "ok" else b""
        final_url = state.target.text if state.redirects else request.url
        is_moved = bool(state.redirects) and state.is_permanent and outcome in ("ok", "not_modified")
        fetch = make_fetch(
            request.run_id,
            request.kind,
            request.url,
            state.started_at or self._clock(),
            feed_id=request.feed_id,
            entry_id=request.entry_id,
            final_url=final_url,
            outcome=outcome,
            status=answer.status,
            error=error,
            duration_s=round(state.spent_s, 6),
            body_bytes=len(body),
            content_type=answer.headers.get("content-type", ""),
            redirects=tuple(state.redirects),
        )
        return Exchange(
            fetch=fetch,
            headers=answer.headers,
            body=body,
            moved_to=final_url if is_moved else "",
            retry_at=state.retry_at,
        )


def make_user_agent(version: str, contact: str) -> str:
    """Who asks: `Dateline/0.1.0 (+https://example.org/about)`."""
    return f"{AGENT}/{version} (+{contact})" if contact else f"{AGENT}/{version}"


def _judge(answer: Answer, state: _RequestState) -> tuple[Outcome, str]:
    """The outcome of an answer that is no redirect, and its error text."""
    status = answer.status
    if 200 <= status < 300:
        if not answer.body:
            return "http_error", f"HTTP {status} without a body"
        return "ok", f"{CUT} {answer.missing}" if answer.missing else ""
    if status == 304 and state.first_only:
        return "not_modified", ""
    if status == 410 and state.is_permanent and _ARCHIVED not in answer.headers:
        return "gone", "HTTP 410"
    if status in (429, 503) and _ARCHIVED not in answer.headers:
        return "throttled", f"HTTP {status}"
    if status in _REDIRECTS:
        return (
            "http_error",
            f"HTTP {status}" if not state.is_followed else f"HTTP {status} without a Location",
        )
    return "http_error", f"HTTP {status}"


def _find_redirect(asked: Target, answer: Answer) -> str:
    """Where a redirect leads; "" when `answer` is none.

    Raises:
        AnswerRefused: its Location is no address.
    """
    location = answer.headers.get("location", "")
    if answer.status not in _REDIRECTS or not location:
        return ""
    try:
        return asked.join(location.encode("latin-1").decode("utf-8", "replace"))
    except NoTarget as error:
        raise AnswerRefused(f"redirects: {error}") from error


def _read_target(text: str) -> Target:
    """Raises: AnswerRefused: `text` is no http or https URL."""
    try:
        return Target.read(text)
    except NoTarget as error:
        raise AnswerRefused(f"scheme: {error}") from error


def _host_of(target: Target) -> str:
    """The server that politeness is owed to: http and https of one host are the same."""
    host = target.host.lower().rstrip(".")
    return host if target.port in (None, 80, 443) else f"{host}:{target.port}"


def _is_sendable(value: str) -> bool:
    """Whether a header value that came from a server can be sent back as it came; else it does without."""
    return bool(_SENDABLE.fullmatch(value))
