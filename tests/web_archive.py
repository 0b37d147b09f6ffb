"""A web archive on loopback that speaks as the Internet Archive's does, over captures given in Python.

    captures = [
        Archived("http://news.example.org/feed", "20240301120000", RSS, mime="application/rss+xml"),
        Archived("http://news.example.org/old", "20240302000000", status=301, location="/new"),
    ]
    with WebArchive(captures) as archive:
        settings = HistorySettings(wayback_url=archive.replay_url, wayback_index_url=archive.index_url, ...)
        ... use it ...
        assert len(archive.index_requests) == 1
        archive.index_faults += [throttle(429, "1"), Reply(fault="cut")]  # the next answers are these

Its index knows from, to, matchType, filter, collapse, fl, limit, resume keys and revisits, and answers as text or
JSON; `dialect="pywb"` answers as pywb's does. Its replay knows the nearest capture (302 with
X-Archive-Redirect-Reason), Memento-Datetime, the flag `id_`, archived redirects and errors, and excluded sites.
Source: `wayback-cdx-server/README.md` of internetarchive/wayback; answers that edgi-govdata-archiving/wayback recorded.
"""

import base64
import hashlib
import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal
from urllib.parse import parse_qs, quote, quote_plus, unquote, unquote_plus, urljoin, urlsplit

from tests.loopback import Headers, LoopbackServer, Received, Reply
from transforms.history.settings import HistorySettings

INDEX, REPLAY = "/cdx/search/cdx", "/web"
FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
_PYWB_NAMES = {"original": "url", "mimetype": "mime", "statuscode": "status"}
_REPLAY_PATH = re.compile(rf"{REPLAY}/(\d{{1,14}})((?:[a-z]{{2}}_)?)/(.+)", re.DOTALL)
_BLOCKED = "org.archive.util.io.RuntimeIOException: org.archive.wayback.exception."
_BLOCKED += "AdministrativeAccessControlException: Blocked Site Error"
EXCLUDED_PAGE = (
    b"<!DOCTYPE html><html><body><p>This URL has been excluded from the archive.</p></body></html>"
)
UNKNOWN_PAGE = b"<!DOCTYPE html><html><body><p>The archive has not archived that URL.</p></body></html>"
TOOLBAR = b"<!-- the archive's own bar -->"
"""Stands before every body that is not asked for raw."""

Locations = Literal["absolute", "path", "host", "lost", "unrewritten"]
"""How an archived redirect's Location comes: https://archive/web/..., /web/..., //archive/web/...; without the flag
`id_`; or as it was archived."""


@dataclass(frozen=True, slots=True)
class Archived:
    """One capture; `timestamp` has 14 digits."""

    url: str
    timestamp: str
    body: bytes = b""
    status: int = 200
    mime: str = "text/html"
    location: str = ""  # of an archived redirect, as the publisher sent it
    headers: Headers = ()  # more of the replay, such as a Content-Encoding that the body has
    is_revisit: bool = False  # the index says that it is as before: warc/revisit, without a status

    @property
    def key(self) -> str:
        return make_key(self.url)

    @property
    def digest(self) -> str:
        return base64.b32encode(hashlib.sha1(self.body).digest()).decode()

    @property
    def captured_at(self) -> datetime:
        return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Question:
    """A request to the index."""

    url: str
    match: str
    first: str
    last: str
    filters: tuple[str, ...]
    collapse: str
    names: tuple[str, ...]
    limit: int
    after: str  # the resume key, decoded
    resolves: bool
    shows_key: bool
    is_json: bool


class WebArchive(LoopbackServer):
    """Serves captures from `with` to its end. The attributes are switches, and may change at any time."""

    def __init__(
        self, captures: Iterable[Archived] = (), dialect: Literal["archive.org", "pywb"] = "archive.org"
    ) -> None:
        super().__init__()
        self.captures = list(captures)
        self._sorted: tuple[list[Archived], list[str], list[Archived]] = ([], [], [])
        self.dialect = dialect
        self.most_rows = 150_000  # in one answer of the index
        self.excluded: set[str] = set()  # hosts that are not shown
        self.locations: Locations = "absolute"
        self.index_faults: list[Reply] = []  # given in place of the next answers, one each
        self.replay_faults: list[Reply] = []
        self.widest_days: int | None = None  # queries of a host or prefix over more days: 504
        self.repeats_key = False  # the index never gets further
        self.repeats_row = False  # an answer begins with the last row of the one before

    @property
    def index_url(self) -> str:
        return self.url(INDEX)

    @property
    def replay_url(self) -> str:
        return self.url(REPLAY)

    @property
    def index_requests(self) -> list[Received]:
        return self.requests_for(INDEX)

    @property
    def replay_requests(self) -> list[Received]:
        with self._lock:
            return [request for request in self.requests if request.path.startswith(f"{REPLAY}/")]

    def settings(self, **more: float | str) -> HistorySettings:
        """Settings that name this archive, and ask it as fast as it bears."""
        own: dict[str, float | str] = {
            "wayback_url": self.replay_url,
            "wayback_index_url": self.index_url,
            "wayback_index_per_minute": 60_000.0,
            "wayback_replay_per_minute": 60_000.0,
            "pause_s": 0.0,
        }
        return HistorySettings.model_validate(own | more)

    def take(self, request: Received) -> Reply:
        scripted = super().take(request)
        path = request.path.partition("?")[0]
        if path in self._routes:
            return scripted
        if path == INDEX:
            return self.index_faults.pop(0) if self.index_faults else self._answer_index(request)
        if path.startswith(f"{REPLAY}/"):
            return self.replay_faults.pop(0) if self.replay_faults else self._answer_replay(request)
        return scripted

    def _is_excluded(self, url: str) -> bool:
        return (urlsplit(_with_scheme(url)).hostname or "").removeprefix("www.") in self.excluded

    def _answer_index(self, request: Received) -> Reply:
        asked = _read_question(request.path, self.most_rows)
        if self._is_excluded(asked.url):
            headers = (("X-Archive-Wayback-Runtime-Error", _BLOCKED.partition("exception.")[2]),)
            return Reply(403, f"{_BLOCKED}\n".encode(), "text/plain", headers)
        if self.dialect == "pywb":
            return self._answer_as_pywb(asked)
        if self.widest_days is not None and asked.match != "exact":
            first, last = (datetime.strptime(one[:8], "%Y%m%d") for one in (asked.first, asked.last))  # noqa: DTZ007
            if (last - first).days >= self.widest_days:
                return Reply(504, b"<html><body><h1>504 Gateway Time-out</h1></body></html>")
        rows = list(self._find_rows(asked))
        if asked.limit < 0:
            rows, more = rows[asked.limit :], False
        else:
            rows, more = rows[: asked.limit], len(rows) > asked.limit
        key = ""
        if more and asked.shows_key:
            urlkey = rows[-1]["urlkey"] if "urlkey" in asked.names else "-"  # and then it jumps: #121
            key = quote_plus(f"{urlkey} {rows[-1]['timestamp']}!")
        table = [[row[name] for name in asked.names] for row in rows]
        return _say_json(asked.names, table, key) if asked.is_json else _say_text(table, key)

    def _find_rows(self, asked: _Question) -> Iterator[dict[str, str]]:
        before: dict[str, str] | None = None
        name, _, chars = asked.collapse.partition(":")
        for one in self._sort_near(make_key(asked.url), asked.match):
            row = _make_row(one, asked.resolves)
            place = f"{row['urlkey']} {row['timestamp']}"
            is_last = self.repeats_row and f"{place}!" == asked.after
            if asked.after and not self.repeats_key and place < asked.after and not is_last:
                continue
            if not (_matches(one.key, asked) and asked.first <= one.timestamp <= asked.last):
                continue
            if self._is_excluded(one.url) or not all(_passes(row, text) for text in asked.filters):
                continue
            size = int(chars or 0) or None
            if name and before and before[name][:size] == row[name][:size]:
                continue
            before = row
            yield row

    def _sort_near(self, key: str, match: str) -> Iterator[Archived]:
        """The captures that can match, in the index's order; sorted again only where `captures` has changed."""
        sorted_of, keys, captures = self._sorted
        if sorted_of != self.captures:
            keyed = sorted(((one.key, one) for one in self.captures), key=lambda it: (it[0], it[1].timestamp))
            keys, captures = [one for one, _ in keyed], [one for _, one in keyed]
            self._sorted = (list(self.captures), keys, captures)
        begins = key if match in ("exact", "prefix") else key.partition(")")[0]
        for at in range(bisect_left(keys, begins), len(keys)):
            if not keys[at].startswith(begins):
                return
            yield captures[at]

    def _answer_as_pywb(self, asked: _Question) -> Reply:
        """JSON lines with names of its own; no collapse and no resume keys, and what is unknown is an empty answer."""
        lines = []
        for one in self._sort_near(make_key(asked.url), asked.match):
            row = _make_row(one, asked.resolves)
            is_asked_for = _matches(one.key, asked) and asked.first <= one.timestamp <= asked.last
            if is_asked_for and all(_contains(row, text) for text in asked.filters):
                lines.append(json.dumps({_PYWB_NAMES.get(name, name): row[name] for name in FIELDS}))
        body = "".join(f"{line}\n" for line in lines[: asked.limit])
        return Reply(body=body.encode(), content_type="text/x-ndjson", chunked=True)

    def _answer_replay(self, request: Received) -> Reply:
        match = _REPLAY_PATH.fullmatch(request.path)
        if match is None:
            return Reply(404, UNKNOWN_PAGE)
        stamp, flag, url = match.groups()
        if self._is_excluded(url):
            return Reply(body=EXCLUDED_PAGE)
        found = [one for one in self._sort_near(make_key(url), "exact") if one.key == make_key(url)]
        if not found:
            return Reply(404, UNKNOWN_PAGE)
        wanted = _pad(stamp, "0")
        nearest = min(found, key=lambda one: _measure_distance(one.timestamp, wanted))
        if nearest.timestamp != stamp and self.dialect != "pywb":
            reason = ("X-Archive-Redirect-Reason", f"found capture at {nearest.timestamp}")
            where = self.url(f"{REPLAY}/{nearest.timestamp}{flag}/{_to_ascii(nearest.url)}")
            return Reply(302, headers=(("Location", where), reason))
        return self._replay(nearest, flag)

    def _replay(self, one: Archived, flag: str) -> Reply:
        url = _to_ascii(one.url)
        place = self.url(f"{REPLAY}/{one.timestamp}{flag}/{url}")
        headers = [
            ("Memento-Datetime", format_datetime(one.captured_at, usegmt=True)),
            ("Link", f'<{url}>; rel="original", <{place}>; rel="memento"'),
            *one.headers,
        ]
        if one.location:
            headers.append(("Location", self._write_location(one, flag)))
        body = one.body if flag == "id_" else TOOLBAR + one.body
        return Reply(one.status, body, one.mime, tuple(headers))

    def _write_location(self, one: Archived, flag: str) -> str:
        if self.locations == "unrewritten":
            return one.location
        flag = "" if self.locations == "lost" else flag
        path = f"{REPLAY}/{one.timestamp}{flag}/{urljoin(one.url, one.location)}"
        if self.locations == "path":
            return path
        whole = self.url(path)
        return whole.partition(":")[2] if self.locations == "host" else whole


def make_key(url: str) -> str:
    """What the archive sorts by: `org,example,news)/feed`; one for http, https, www and any capitals."""
    parts = urlsplit(unquote(_with_scheme(url)).lower())
    host = (parts.hostname or "").removeprefix("www.")
    labels = host if host.replace(".", "").isdigit() else ",".join(reversed(host.split(".")))
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    path = parts.path.rstrip("/") or "/"
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{labels}{port}){path}" + (f"?{query}" if query else "")


def _to_ascii(url: str) -> str:
    """As an address stands in a header."""
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~")


def _with_scheme(url: str) -> str:
    return url if "://" in url else f"http://{url}"


def _read_question(path: str, most_rows: int) -> _Question:
    given = parse_qs(path.partition("?")[2])

    def read(name: str, default: str = "") -> str:
        return given.get(name, [default])[0]

    url, match = read("url"), read("matchType")
    if not match and url.endswith("*"):
        url, match = url[:-1], "prefix"
    limit = int(read("limit", str(most_rows)))
    return _Question(
        url,
        match or "exact",
        _pad(read("from"), "0"),
        _pad(read("to"), "9"),
        tuple(given.get("filter", ())),
        read("collapse"),
        tuple(read("fl", ",".join(FIELDS)).split(",")),
        min(limit, most_rows),
        unquote_plus(read("resumeKey")),
        read("resolveRevisits") == "true",
        read("showResumeKey") == "true",
        read("output") == "json",
    )


def _pad(stamp: str, digit: str) -> str:
    return stamp.ljust(14, digit)


def _measure_distance(stamp: str, other: str) -> float:
    one, two = (
        datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007
        for text in (stamp, _tidy(other))
    )
    return abs((one - two).total_seconds())


def _tidy(stamp: str) -> str:
    """A timestamp that was cut, such as 20240000000000, as one that there is."""
    year, month, day = stamp[:4], max(stamp[4:6], "01"), max(stamp[6:8], "01")
    return f"{year}{month}{day}{stamp[8:]}"


def _make_row(one: Archived, resolves: bool) -> dict[str, str]:
    is_bare = one.is_revisit and not resolves
    mime, status = ("warc/revisit", "-") if is_bare else (one.mime, str(one.status))
    values = (one.key, one.timestamp, one.url, mime, status, one.digest, str(len(one.body)))
    return dict(zip(FIELDS, values, strict=True))


def _matches(key: str, asked: _Question) -> bool:
    own = make_key(asked.url)
    if asked.match == "exact":
        return key == own
    if asked.match == "prefix":
        return key.startswith(own)
    host = own.partition(")")[0]
    return key.startswith(f"{host})") or (asked.match == "domain" and key.startswith(f"{host},"))


def _passes(row: dict[str, str], text: str) -> bool:
    """Whether a row has a whole field that is, or is not, as the filter says."""
    name, _, pattern = text.removeprefix("!").partition(":")
    return bool(re.fullmatch(pattern, row[name])) != text.startswith("!")


def _contains(row: dict[str, str], text: str) -> bool:
    """As `_passes`, for pywb: a part of the field will do, `=` asks for all of it, `~` for a pattern."""
    given = text.removeprefix("!")
    name, _, wanted = given.lstrip("=~").partition(":")
    value = row.get({"mime": "mimetype", "status": "statuscode", "url": "original"}.get(name, name), "")
    if given.startswith("="):
        found = value == wanted
    elif given.startswith("~"):
        found = bool(re.match(wanted, value))
    else:
        found = wanted in value
    return found != text.startswith("!")


def _say_json(names: tuple[str, ...], table: list[list[str]], key: str) -> Reply:
    rows: list[list[str]] = [list(names), *table] if table else []
    if key:
        rows += [[], [key]]
    return Reply(body=json.dumps(rows).encode(), content_type="application/json", encoding="gzip")


def _say_text(table: list[list[str]], key: str) -> Reply:
    lines = [" ".join(row) for row in table] + (["", key] if key else [])
    return Reply(body="".join(f"{line}\n" for line in lines).encode(), content_type="text/plain")
