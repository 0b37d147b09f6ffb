"""robots.txt: whether a page may be fetched, and how far apart its host wants requests.

The rules of an origin (scheme, host and port) are kept in the hosts folder for all processes.

Source: RFC 9309. 2.3.1.3: a 4xx answer forbids nothing. 2.3.1.4: while the file cannot be had (5xx, network),
everything is forbidden, unless an older copy is known; after 30 days it counts as missing. 2.4: a copy
serves for 24 hours. 2.5: at least 500 KiB are parsed. Crawl-delay is no part of the RFC, but often meant.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from protego import Protego

from ingest.http.host_gate import file_name

MAX_ROBOTS_BYTES = 500 * 1024
MAX_ROBOTS_REDIRECTS = 5
MAX_CRAWL_DELAY_S = 10.0
"""A longer Crawl-delay is cut to this: we ask for a handful of new articles, not for a whole site."""

_FRESH_S = 24 * 3600.0
_RETRY_S = 15 * 60.0  # between two attempts to get a file that cannot be had
_CLOCK_STEP_S = 60.0
_MISSING_AFTER_S = 30 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """What asking for a robots.txt brought; `status` is 0 without an answer, and then `error` says why."""

    status: int
    body: bytes
    error: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`error` is "" when the page may be fetched; `is_final` when asking again soon would change nothing."""

    error: str
    is_final: bool
    delay_s: float


@dataclass(frozen=True, slots=True)
class _Copy:
    """The last copy of a robots.txt; instants are seconds since 1970, 0 for never."""

    text: str = ""
    got_at: float = 0.0  # when `text` was good
    asked_at: float = 0.0
    failing_since: float = 0.0  # 0 when the last attempt succeeded
    failure: str = ""


class RobotsRules:
    """The robots.txt files of all origins, as far as they were asked for."""

    def __init__(
        self,
        folder: Path,
        agent: str,
        clock: Callable[[], datetime],
        ask: Callable[[str], Awaitable[RobotsAnswer]],
    ) -> None:
        """`agent`: our product token; `ask` fetches a URL and follows its redirects."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._agent = agent
        self._clock = clock
        self._ask = ask
        self._locks: dict[str, asyncio.Lock] = {}
        self._parsed: dict[str, tuple[_Copy, Protego]] = {}

    async def judge(self, origin: str, url: str) -> Verdict:
        """Whether `url` of `origin` (`https://example.org`) may be fetched now."""
        async with self._locks.setdefault(origin, asyncio.Lock()):
            copy = await self._get_copy(origin)
        now = self._clock().timestamp()
        if copy.failing_since and not copy.got_at and now - copy.failing_since < _MISSING_AFTER_S:
            error = f"{copy.failure} (asking for {origin}/robots.txt, without which no page may be fetched)"
            return Verdict(error, is_final=False, delay_s=0.0)
        rules = self._parse(origin, copy)
        delay_s = min(rules.crawl_delay(self._agent) or 0.0, MAX_CRAWL_DELAY_S)
        if rules.can_fetch(url, self._agent):
            return Verdict("", is_final=True, delay_s=delay_s)
        return Verdict(f"robots.txt of {origin} forbids this page", is_final=True, delay_s=delay_s)

    async def _get_copy(self, origin: str) -> _Copy:
        copy = self._load(origin)
        now = self._clock().timestamp()
        if 0 <= now - copy.asked_at < (_RETRY_S if copy.failing_since else _FRESH_S):
            return copy
        answer = await self._ask(f"{origin}/robots.txt")
        copy = _update(copy, answer, now)
        if not answer.error.startswith("offline:"):  # that is about our network, not about this host
            self._save(origin, copy)
        return copy

    def _parse(self, origin: str, copy: _Copy) -> Protego:
        known = self._parsed.get(origin)
        if known is None or known[0] != copy:
            known = copy, Protego.parse(copy.text)
            self._parsed[origin] = known
        return known[1]

    def _path(self, origin: str) -> Path:
        return self._folder / f"{file_name(origin)}.robots"

    def _load(self, origin: str) -> _Copy:
        """The stored copy; a file that cannot be read is as good as none."""
        try:
            fields: dict[str, Any] = json.loads(self._path(origin).read_text(encoding="utf-8"))
            copy = _Copy(**fields)
            stamps = (copy.got_at, copy.asked_at, copy.failing_since)
            is_ahead = max(stamps) > self._clock().timestamp() + _CLOCK_STEP_S  # by a clock that was wrong
            return _Copy() if is_ahead else copy
        except (OSError, ValueError, TypeError):
            return _Copy()

    def _save(self, origin: str, copy: _Copy) -> None:
        path = self._path(origin)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_text(json.dumps(asdict(copy)), encoding="utf-8")
        part.replace(path)


def _update(copy: _Copy, answer: RobotsAnswer, now: float) -> _Copy:
    if 200 <= answer.status < 300:
        text = answer.body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", "replace")
        return _Copy(text=text, got_at=now, asked_at=now)
    if 300 <= answer.status < 500 and answer.status != 429:
        return _Copy(text="", got_at=now, asked_at=now)
    return replace(
        copy,
        asked_at=now,
        failing_since=copy.failing_since or now,
        failure=answer.error or f"HTTP {answer.status}",
        # an old copy goes on being used, as long as a missing file would take to count as missing
        got_at=copy.got_at if now - copy.got_at < _MISSING_AFTER_S else 0.0,
        text=copy.text if now - copy.got_at < _MISSING_AFTER_S else "",
    )
