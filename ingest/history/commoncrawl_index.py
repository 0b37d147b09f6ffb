"""Common Crawl's services: the gates they are asked through, its list of crawls, and what its index answers.

Source: https://index.commoncrawl.org, which is pywb's CDX server
(https://github.com/webrecorder/pywb/blob/main/docs/manual/cdxserver_api.rst): an answer is a JSON object a line,
`showNumPages` gives the number of pages, an address without captures is a 404.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from ingest.history.answers import is_cut, try_later
from ingest.history.services import COMMON_CRAWL, make_gate
from ingest.http.exchange import Exchange, ServiceGate
from transforms.errors import Permanent, Transient
from transforms.history.settings import HistorySettings
from transforms.history.stamps import read_stamp
from transforms.urls import is_web_url

_LEAST_INDEX_S = 1.0
"""Source: Common Crawl blocks clients that ask its index in parallel or faster (cc-index-server#15)."""
_LEAST_DATA_S = 0.55
"""Source: the spacing of Common Crawl's own `cdx_toolkit`."""
_FIELDS = "url,timestamp,status,mime,mime-detected,digest,filename,offset,length"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}")
_WEEK = re.compile(r"CC-MAIN-(\d{4})-(\d\d)")
_YEARS = re.compile(r"CC-MAIN-(\d{4})(?:-(\d{4}))?")
_AROUND_WEEK = timedelta(days=35)
"""How far around the week that it is named after a crawl may reach that does not say when it was."""
_FIRST_CRAWL = date(2008, 1, 1)
_FILE = re.compile(r"(?!/)(?:(?!\.\.)[\w.=+-]+/){0,12}[\w.=+-]+\.warc\.gz", re.ASCII)
_SIZE = re.compile(r"[0-9]{1,15}")
_NO_JSON = (ValueError, RecursionError)
"""What the reading of text raises that is no JSON, or was made to harm."""


@dataclass(frozen=True, slots=True)
class Crawl:
    """A crawl of the web, which has an index of its own."""

    name: str  # CC-MAIN-2024-10
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class IndexCapture:
    """A line of an index: an answer that a crawl keeps."""

    url: str
    captured_at: datetime
    status: str
    mime: str  # as detected, where the index says so
    file: str  # below the address of the data
    offset: int
    length: int


def make_index_gate(history: HistorySettings) -> ServiceGate:
    spacing_s = history.commoncrawl_spacing_s
    return make_gate(history.commoncrawl_index_url, "index", spacing_s, history, _LEAST_INDEX_S, COMMON_CRAWL)


def make_data_gate(history: HistorySettings) -> ServiceGate:
    spacing_s = history.commoncrawl_spacing_s
    return make_gate(history.commoncrawl_data_url, "data", spacing_s, history, _LEAST_DATA_S, COMMON_CRAWL)


def make_data_address(file: str, history: HistorySettings) -> str:
    return f"{history.commoncrawl_data_url.rstrip('/')}/{file}"


def make_query(crawl: str, site: str, history: HistorySettings) -> str:
    """The address that asks a crawl's index for all pages of a host; `www.` and the scheme make no difference."""
    fields = {"url": f"{site}/*", "output": "json"}
    return f"{history.commoncrawl_index_url.rstrip('/')}/{crawl}-index?{urlencode(fields)}"


def make_page_query(query: str, page: int) -> str:
    """A page of it, from 0 on. Nothing is filtered there, so that a page without a line is never a right answer."""
    return f"{query}&{urlencode({'fl': _FIELDS, 'page': page})}"


def make_count_query(query: str) -> str:
    return f"{query}&showNumPages=true"


def check_refusal(answer: Exchange) -> None:
    """Stop where the service does not want us.

    Raises:
        Transient: it refuses; asking on would make that longer.
    """
    if answer.fetch.status in (401, 403):
        host = urlsplit(answer.fetch.final_url).hostname
        raise Transient(
            f"{host} refuses to answer (HTTP {answer.fetch.status}), as Common Crawl does to those who asked too "
            "often; run again in some hours, nothing is lost"
        )


def check_listing(answer: Exchange) -> None:
    """Let only a whole listing pass.

    Raises:
        Transient: the answer is an error, empty or cut short.
        Permanent: it is larger than listings may be.
    """
    fetch = answer.fetch
    check_refusal(answer)
    if fetch.outcome == "refused":
        raise Permanent(f"{fetch.url}: {fetch.error}; see http.max_listing_bytes")
    if fetch.outcome != "ok":
        raise try_later(f"{fetch.url}: {fetch.error}")
    if is_cut(answer):
        raise _not_whole(answer)


def _check_length(answer: Exchange) -> None:
    """Let no JSON pass that is shorter than was said; the client takes what ends in a brace for whole.

    Raises:
        Transient: it is shorter.
    """
    length = answer.headers.get("content-length", "")
    if length.isdigit() and "content-encoding" not in answer.headers and int(length) > len(answer.body):
        raise _not_whole(answer)


def read_crawls(answer: Exchange) -> list[Crawl]:
    """The crawls that a `collinfo.json` lists, oldest first. One that does not say when it was is judged by its name.

    Raises:
        Permanent: there is no such list.
        Transient: it cannot be had or read now.
    """
    if answer.fetch.status in (404, 410):
        raise Permanent(f"{answer.fetch.url} is not there; see the setting history.commoncrawl_index_url")
    check_listing(answer)
    listed = _read_json(answer)
    if not isinstance(listed, list) or not listed:
        raise _no_index(answer)
    found = {}
    for one in listed:
        name = one.get("id") if isinstance(one, dict) else None
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise _no_index(answer)
        days = [_read_day(one.get("from")), _read_day(one.get("to"))]
        told = sorted(day for day in days if day is not None)
        first, last = told if len(told) == 2 else _guess_days(name)
        found[name] = Crawl(name, first, last)
    return sorted(found.values(), key=lambda crawl: (crawl.first_day, crawl.name))


def _guess_days(name: str) -> tuple[date, date]:
    try:
        if week := _WEEK.fullmatch(name):
            day = date.fromisocalendar(int(week[1]), int(week[2]), 1)
            return day - _AROUND_WEEK, day + _AROUND_WEEK
        if years := _YEARS.fullmatch(name):
            return date(int(years[1]), 1, 1), date(int(years[2] or years[1]), 12, 31)
    except (ValueError, OverflowError):
        pass
    return _FIRST_CRAWL, date.max


def _read_day(text: object) -> date | None:
    try:
        return datetime.fromisoformat(text).date() if isinstance(text, str) else None
    except ValueError:
        return None


def read_page_count(answer: Exchange) -> int:
    """How many pages an answer to `showNumPages` tells; 0 where there are no captures.

    Raises:
        Transient: it tells nothing now.
    """
    if answer.fetch.status == 404:
        return 0
    check_listing(answer)
    told = _read_json(answer)
    pages = told.get("pages") if isinstance(told, dict) else told
    if not isinstance(pages, int) or isinstance(pages, bool) or pages < 0:
        raise _no_index(answer)
    return pages


def read_captures(answer: Exchange) -> tuple[list[IndexCapture], int]:
    """The captures of a page of an index, and how many lines tell none that can be used.

    Raises:
        Transient: the page cannot be had or read now.
    """
    if answer.fetch.status == 404:  # no captures there that fit
        return [], 0
    check_listing(answer)
    _check_length(answer)
    found, unusable = [], 0
    for line in answer.body.splitlines():
        if not line.strip():
            continue
        try:
            told = json.loads(line)
        except _NO_JSON as error:
            raise try_later(f"{answer.fetch.url}: a line is cut short or no JSON ({line[:80]!r})") from error
        if not isinstance(told, dict) or ("url" not in told and ("message" in told or "error" in told)):
            raise _no_index(answer)
        capture = _read_capture(told)
        if capture is None:
            unusable += 1
        else:
            found.append(capture)
    return found, unusable


def _read_capture(told: dict[str, Any]) -> IndexCapture | None:
    text = {name: str(value) for name, value in told.items() if isinstance(value, str | int)}
    url, file = text.get("url", "").replace(" ", "%20"), text.get("filename", "")
    offset, length = text.get("offset", ""), text.get("length", "")
    if not (
        is_web_url(url) and _FILE.fullmatch(file) and _SIZE.fullmatch(offset) and _SIZE.fullmatch(length)
    ):
        return None
    captured_at = read_stamp(text.get("timestamp", ""))
    if captured_at is None:
        return None
    mime = text.get("mime-detected") or text.get("mime", "")
    return IndexCapture(
        url, captured_at, text.get("status", ""), mime.lower(), file, int(offset), int(length)
    )


def _read_json(answer: Exchange) -> object:
    _check_length(answer)
    try:
        told: object = json.loads(answer.body)
    except _NO_JSON as error:
        raise _no_index(answer) from error
    return told


def _not_whole(answer: Exchange) -> Transient:
    return try_later(f"{answer.fetch.url}: the answer is not whole")


def _no_index(answer: Exchange) -> Transient:
    return Transient(
        f"{answer.fetch.url} answers what no index of Common Crawl does ({answer.body[:80]!r}); run again later, and "
        "see the setting history.commoncrawl_index_url"
    )
