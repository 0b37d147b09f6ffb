"""The index of a web archive (its CDX server): what was captured when, in the Internet Archive's dialect and pywb's.

Source: `wayback-cdx-server/README.md` of internetarchive/wayback; pywb's "CDXJ Server API".
"""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Self
from urllib.parse import urlencode, urlsplit

from ingest.history.answers import is_cut, is_too_large, try_later
from ingest.history.planning import refuse_cursor
from ingest.history.protocol import HistoryAccess
from ingest.history.services import ARCHIVE_ORG, ask, make_gate
from ingest.history.wayback_replay import RUNTIME_ERROR
from ingest.http.exchange import Exchange, Fetcher, Request, ServiceGate
from transforms.errors import Permanent, Transient
from transforms.history.settings import HistorySettings
from transforms.history.sites import is_of_site
from transforms.history.stamps import read_stamp, write_stamp
from transforms.urls import is_web_url

ROWS = 5_000
"""How many rows are asked for at once; the Internet Archive gives 150,000 at most, and slowly."""
_LEAST_ROWS = 500
_LEAST_SPAN = timedelta(hours=1)  # what is asked for in parts is not cut into smaller ones
_SECOND = timedelta(seconds=1)
_NAMES = {"original": "url", "mimetype": "mime", "statuscode": "status"}  # the Internet Archive's, and pywb's


class UnreadableIndex(Transient):
    """The answer is no index, or not all of one."""


class EndlessIndex(Transient):
    """The index goes on without end, or repeats itself."""


class SiteExcluded(Exception):
    """The archive does not show what it has of this site; the message says what it answered."""


@dataclass(frozen=True, slots=True)
class ArchivedRow:
    """One capture."""

    key: str  # what the archive sorts by; one for http, https and www
    captured_at: datetime
    url: str  # that was captured
    mime: str  # "warc/revisit": it was as before
    status: int | None  # None: of the capture that it repeats
    digest: str  # of what was captured; "" where the archive does not say

    @property
    def is_usable(self) -> bool:
        """Whether it holds a page, or repeats one that may be."""
        return self.status is None or 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class IndexAnswer:
    """One answer of an index."""

    rows: tuple[ArchivedRow, ...] = ()
    resume_key: str = ""  # by which it goes on; "" at the end, and where the dialect has none
    is_lines: bool = False  # pywb's dialect: what is over a limit is cut without a word
    count: int = 0  # of rows, those that say nonsense as well


@dataclass(frozen=True, slots=True)
class IndexQuery:
    """What is asked of an index; `first` and `last` are instants of capture, both inclusive."""

    url: str
    first: datetime
    last: datetime
    match: Literal["exact", "host"] = "exact"
    filters: tuple[str, ...] = ()  # `[!]field:regex`, of the whole field
    collapse: str = ""  # of adjacent rows that are equal in this field only the first

    def make_address(self, index_url: str, limit: int, resume_key: str = "") -> str:
        """All fields are asked for: without `urlkey` the resume key jumps. Source: internetarchive/wayback#121."""
        parameters = [
            ("url", self.url),
            ("matchType", self.match),
            ("from", write_stamp(self.first)),
            ("to", write_stamp(self.last)),
            ("output", "json"),
            ("resolveRevisits", "true"),
            *(("filter", one) for one in self.filters),
            ("collapse", self.collapse),
            ("limit", str(limit)),
            ("showResumeKey", "true"),
            ("resumeKey", resume_key),
        ]
        return f"{index_url}?{urlencode([(name, value) for name, value in parameters if value])}"


@dataclass(frozen=True, slots=True)
class IndexPart:
    """One answer in the reading of an index."""

    exchange: Exchange
    rows: tuple[ArchivedRow, ...]
    cursor: str  # where reading goes on; "" after the last part


def parse_index(body: bytes) -> IndexAnswer:
    """Read an answer in either dialect; rows that say nonsense are left out unless all do.

    Raises:
        UnreadableIndex: it is none, or is cut short.
        SiteExcluded: it says that the archive does not show this site.
    """
    text = body.decode("utf-8", "replace").strip()
    if "AccessControlException" in text[:2_000]:
        raise SiteExcluded("its index is blocked")
    if not text:
        return IndexAnswer(is_lines=True)
    try:
        if text.startswith("["):
            return _parse_table(json.loads(text))
        if text.startswith("{"):
            records = [json.loads(line) for line in text.splitlines() if line.strip()]
            return IndexAnswer(_read_rows(records), is_lines=True, count=len(records))
    except (ValueError, RecursionError) as error:
        raise UnreadableIndex(f"the index's answer is cut short or broken ({error})") from error
    what = "a page" if text.startswith("<") else f"{text[:60]!r}"
    raise UnreadableIndex(f"the index answered with {what}, not with a list of captures")


def _parse_table(table: Any) -> IndexAnswer:
    """The Internet Archive's: rows, names first; a resume key comes behind an empty row."""
    if not isinstance(table, list) or not all(isinstance(row, list) for row in table):
        raise UnreadableIndex("the index answered with something else than rows")
    if not table:
        return IndexAnswer()
    names, key = table[0], ""
    if "timestamp" not in names:
        raise UnreadableIndex(f"the index does not name its fields, but begins with {str(names)[:100]!r}")
    rows = table[1:]
    if [] in rows:
        at = rows.index([])
        rows, rest = rows[:at], [row for row in rows[at:] if row]
        key = str(rest[0][0]) if rest else ""
    records = [dict(zip(names, row, strict=False)) for row in rows]
    return IndexAnswer(_read_rows(records), key, count=len(records))


def _read_rows(records: Sequence[Any]) -> tuple[ArchivedRow, ...]:
    rows = [row for record in records if (row := _read_row(record))]
    if records and not rows:
        raise UnreadableIndex(f"no row of the index can be read: {str(records[0])[:200]}")
    return tuple(rows)


def _read_row(record: Any) -> ArchivedRow | None:
    """One capture; None where a row says nonsense, such as a month 00."""
    if not isinstance(record, dict):
        return None
    found = {_NAMES.get(str(name), str(name)): str(value) for name, value in record.items()}
    url, stamp, status = found.get("url", ""), found.get("timestamp", ""), found.get("status", "")
    captured_at = read_stamp(stamp)
    if not is_web_url(url) or captured_at is None:
        return None
    digest = found.get("digest", "")
    return ArchivedRow(
        found.get("urlkey", ""),
        captured_at,
        url,
        found.get("mime", "").lower(),
        int(status) if len(status) == 3 and status.isascii() and status.isdigit() else None,
        "" if digest == "-" else digest,
    )


def make_index_gate(history: HistorySettings) -> ServiceGate:
    """Source: the Internet Archive takes 30 a minute, and asks clients for 24 (edgi wayback 0.5.1)."""
    spacing_s = 60 / history.wayback_index_per_minute
    return make_gate(history.wayback_index_url, "index", spacing_s, history, 2.5, ARCHIVE_ORG)


@dataclass(slots=True)
class _Position:
    """Where the reading of an index is: at `key` in the captures from `first` to `last`; then more may follow."""

    first: datetime
    last: datetime
    limit: int  # rows to ask for
    most: int  # of them
    key: str = ""
    keys: set[str] = field(default_factory=set)  # seen in this span
    before: frozenset[ArchivedRow] = frozenset()  # the rows of the answer before: some come again

    @classmethod
    def read(cls, cursor: str, query: IndexQuery, most: int) -> Self:
        """Raises: Permanent: no reading of an index was ever there."""
        if not cursor:
            return cls(query.first, query.last, most, most)
        try:
            first, last, limit, key = json.loads(cursor)
            begin, end = read_stamp(first), read_stamp(last)
            if begin and end:
                return cls(begin, end, int(limit), most, str(key))
        except (ValueError, TypeError) as error:
            raise refuse_cursor(cursor, "in an index") from error
        raise refuse_cursor(cursor, "in an index")

    def write(self) -> str:
        return json.dumps([write_stamp(self.first), write_stamp(self.last), self.limit, self.key])

    def narrow(self) -> bool:
        """Ask for less at once; False where that is not possible."""
        if self.key:
            self.limit, had = max(min(_LEAST_ROWS, self.limit), self.limit // 2), self.limit
            return self.limit < had
        half = timedelta(seconds=(self.last - self.first) // _SECOND // 2)
        if half < _LEAST_SPAN:
            return False
        self.last = self.first + half
        return True

    def pass_on(self, end: datetime) -> bool:
        """Go on behind this span with twice its length; False at the end."""
        length = self.last - self.first
        self.first = self.last + _SECOND
        self.last = min(end, self.first + 2 * length + _SECOND)
        self.limit, self.key, self.keys, self.before = self.most, "", set(), frozenset()
        return self.first <= end


async def read_index(
    fetcher: Fetcher,
    query: IndexQuery,
    access: HistoryAccess,
    feed_id: str,
    cursor: str = "",
    most_rows: int = ROWS,
) -> AsyncIterator[IndexPart]:
    """All captures that `query` asks for, answer by answer, oldest span first, from `cursor` on.

    What is too much for the index at once (504, no answer in time, too large) is asked for in halves. Rows that
    come again where two answers meet are left out.

    Raises:
        SiteExcluded: the archive does not show this site.
        EndlessIndex: it repeats itself, or takes more than `history.max_pages` answers.
        Transient: it cannot be asked now, or an answer is cut short.
        Permanent: it refuses the question, or is not there.
    """
    gate = make_index_gate(access.history)
    at = _Position.read(cursor, query, most_rows)
    for _ in range(access.history.max_pages):
        asked = replace(query, first=at.first, last=at.last)
        address = asked.make_address(access.history.wayback_index_url, at.limit, at.key)
        request = Request("listing", address, access.run_id, feed_id, gate=gate)
        exchange = await ask(fetcher, request, _is_too_much)
        if _is_too_much(exchange):
            if at.narrow():
                yield IndexPart(exchange, (), at.write())
                continue
            exchange = await ask(fetcher, request)
        answer = _read_answer(exchange)
        if _is_cut(answer, at.limit) and query.match != "exact":
            if not at.narrow():
                raise EndlessIndex(
                    f"{query.url}: more than {at.limit} captures in an hour; they cannot be told apart"
                )
            yield IndexPart(exchange, (), at.write())
            continue
        rows = tuple(row for row in answer.rows if row not in at.before)
        more = _advance(at, answer, rows, query)
        yield IndexPart(exchange, rows, at.write() if more else "")
        if not more:
            return
    raise EndlessIndex(
        f"{query.url}: the index takes more than {access.history.max_pages} answers (history.max_pages)"
    )


async def has_captures(fetcher: Fetcher, query: IndexQuery, access: HistoryAccess, feed_id: str) -> bool:
    """Whether there is anything that `query` asks for; what takes the index too long to say counts as yes.

    Raises:
        SiteExcluded, Transient, Permanent: as reading it does.
    """
    gate = make_index_gate(access.history)
    address = query.make_address(access.history.wayback_index_url, 1)
    request = Request("listing", address, access.run_id, feed_id, gate=gate)
    exchange = await ask(fetcher, request, _is_too_much)
    if _is_too_much(exchange):
        return True
    answer = _read_answer(exchange)
    return bool(answer.rows or answer.resume_key)


def _advance(at: _Position, answer: IndexAnswer, rows: Sequence[ArchivedRow], query: IndexQuery) -> bool:
    """Go on behind an answer; False at the end.

    Raises:
        EndlessIndex: it would never end.
    """
    repeats = f"{query.url}: the index repeats itself and does not end; run again later"
    if answer.resume_key:
        if answer.resume_key in at.keys or (answer.rows and not rows):
            raise EndlessIndex(repeats)
        at.keys.add(answer.resume_key)
        at.key, at.before = answer.resume_key, frozenset(answer.rows)
        return True
    if _is_cut(answer, at.limit):  # of one address the rows come by time, so time tells where to go on
        newest = max(row.captured_at for row in answer.rows)
        if not rows:
            raise EndlessIndex(repeats)
        at.first, at.before = max(newest, at.first), frozenset(answer.rows)
        return True
    return at.pass_on(query.last)


def _is_cut(answer: IndexAnswer, limit: int) -> bool:
    return answer.is_lines and answer.count >= limit


def _is_too_much(exchange: Exchange) -> bool:
    fetch = exchange.fetch
    return (
        fetch.status == 504
        or (fetch.outcome == "network_error" and fetch.error.startswith("timeout:"))
        or is_too_large(exchange)
    )


def _read_answer(exchange: Exchange) -> IndexAnswer:
    """The rows of an answer that is one.

    Raises:
        SiteExcluded, UnreadableIndex, Transient, Permanent
    """
    fetch = exchange.fetch
    where = urlsplit(fetch.url).hostname or "the web archive"
    if fetch.outcome == "ok":
        if is_cut(exchange):
            raise try_later(f"{where}: the answer of the index is cut short")
        return parse_index(exchange.body)
    if "AccessControlException" in exchange.headers.get(RUNTIME_ERROR, ""):
        raise SiteExcluded(f"{where} does not show this site (HTTP {fetch.status})")
    is_theirs = any(is_of_site(fetch.url, owner) for owner in ARCHIVE_ORG)
    if 200 <= fetch.status < 300 and fetch.outcome == "http_error" and not is_theirs:
        return IndexAnswer(is_lines=True)  # pywb says so that it has nothing; the Internet Archive says []
    if fetch.status in (400, 401, 404, 405, 410, 414) or fetch.outcome == "refused":
        raise Permanent(
            f"{where}: the index does not take the question ({fetch.error}); is history.wayback_index_url where the "
            "archive's CDX server is?"
        )
    raise try_later(f"{where}: the index gave no list of captures ({fetch.error})")
