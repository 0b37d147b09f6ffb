"""The source `gdelt`: the addresses of news that GDELT read, out of its files of fifteen minutes.

GDELT lists the news that it coded events from, so it never has all that a site published. When a page was listed
is the latest that it can have been published.

Source: the GDELT Event Codebook V2.0 (61 columns, DATEADDED and SOURCEURL last); data.gdeltproject.org/gdeltv2.
"""

import io
import logging
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta

from ingest.history.answers import is_cut, is_too_large, reject_listing, try_later
from ingest.history.planning import refuse_cursor, say_days
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow, Mark
from ingest.history.services import ask, make_gate
from ingest.http.exchange import Exchange, Request
from transforms.errors import Permanent
from transforms.history.records import Candidate, DayEvidence, WindowEnd
from transforms.history.sites import FeedHosts
from transforms.history.stamps import read_stamp, write_stamp
from transforms.history.url_days import read_url_day
from transforms.history.windows import begin_of, is_between, list_days
from transforms.identity import make_id
from transforms.urls import is_web_url

log = logging.getLogger("dateline.history")

_FIRST_DAY = date(2015, 2, 18)
"""Since when GDELT 2.0 lists what it reads."""
_FILES_A_DAY = 96
_MINUTES = 15
_COLUMNS = 61
_DATE_ADDED, _SOURCE_URL = 59, 60
_ZIP = b"PK"
_OWNERS = ("googleapis.com", "gdeltproject.org")
_LEAST_SPACING_S = 0.25
_MISSING = (404, 410)
_ABOUT = "GDELT lists the news that it coded events from, not all that was published"


class GdeltSource:
    """The pages of the wanted feeds' hosts that GDELT listed, a window a day of listing.

    What was published late on a day is listed on the next one, so a window gives pages of other wanted days, too.
    """

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        if not wanted.feeds or wanted.first_day is None or wanted.last_day is None:
            raise Permanent(
                "the source 'gdelt' needs feeds, whose hosts it looks for, and a first and a last day"
            )
        first, last = max(wanted.first_day, _FIRST_DAY), wanted.last_day
        over = datetime.now(UTC).date() - timedelta(days=1)
        if last > over:
            log.info("gdelt_days_left first=%s reason=%r", over + timedelta(days=1), "the day is not over")
        sites = FeedHosts(wanted.feeds).by_site
        if not sites:
            raise Permanent(
                "none of the feeds has a web address, so the source 'gdelt' has no host to look for"
            )
        known = make_id("hosts", *(f"{site} {feed.feed_id}" for site, feed in sites.items()))
        for day in list_days(first, min(last, over)):
            yield HistoryWindow(
                f"gdelt-{day}",
                (known, say_days(wanted.first_day, wanted.last_day)),
                first_day=day,
                last_day=day,
                cursor=f"{day} 0 0",
                requests=_FILES_A_DAY,
            )

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[FoundItem]:
        try:
            text, *numbers = cursor.split(" ")
            day, (start, holes) = date.fromisoformat(text), map(int, numbers)
        except ValueError as error:
            raise refuse_cursor(cursor, "among a day's files") from error
        hosts = FeedHosts(wanted.feeds)
        gate = make_gate(access.history.gdelt_url, "files", 0.0, access.history, _LEAST_SPACING_S, _OWNERS)
        async with access.open_fetcher() as fetcher:
            for number in range(start, _FILES_A_DAY):
                stamp = begin_of(day) + timedelta(minutes=_MINUTES * number)
                url = f"{access.history.gdelt_url.rstrip('/')}/{write_stamp(stamp)}.export.CSV.zip"
                exchange = await ask(fetcher, Request("listing", url, access.run_id, gate=gate))
                yield exchange
                rows, fault = _read_file(exchange, access.limits.max_listing_bytes)
                if fault:
                    yield reject_listing(url, "", f"GDELT's file cannot be used: {fault}")
                holes += exchange.fetch.outcome != "ok" or bool(fault)
                for candidate in _choose_pages(rows, stamp, hosts, wanted):
                    yield candidate
                yield Mark(f"{day} {number + 1} {holes}")
        evidence = (
            f"{_ABOUT}; {holes} of its {_FILES_A_DAY} files of the day are missing or damaged"
            if holes
            else _ABOUT
        )
        days = (DayEvidence(feed.feed_id, day, "partial", None, evidence) for feed in hosts.by_site.values())
        yield WindowEnd("partial", None, evidence, tuple(days))


def _read_file(exchange: Exchange, max_bytes: int) -> tuple[list[list[bytes]], str]:
    """The rows of a file, and what is wrong with it: a file that is damaged where it lies will not get better.

    Raises:
        Transient: it could not be had whole.
    """
    fetch = exchange.fetch
    if fetch.status in _MISSING and fetch.outcome != "ok":
        return [], ""
    if is_too_large(exchange):
        return [], f"it is larger than http.max_listing_bytes allows ({max_bytes:,} bytes)"
    if fetch.outcome == "http_error" and 200 <= fetch.status < 300:
        return [], "it is empty"
    if fetch.outcome != "ok" or is_cut(exchange):
        raise try_later(f"{fetch.url}: {fetch.error}")
    if not exchange.body.startswith(_ZIP):
        raise try_later(f"{fetch.url} gives no ZIP file but something else")
    try:
        text = _unzip(exchange.body, max_bytes)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        return [], f"its ZIP file is damaged: {error}"
    rows = [line.split(b"\t") for line in text.splitlines() if line]
    whole = [row for row in rows if len(row) == _COLUMNS]
    broken = len(rows) - len(whole)
    return (
        whole,
        f"{broken} of its {len(rows)} rows have not the {_COLUMNS} columns of GDELT 2" if broken else "",
    )


def _unzip(body: bytes, max_bytes: int) -> bytes:
    """The one file in a ZIP file.

    Raises:
        ValueError: it holds none, or unpacks to more than `max_bytes`; and what `zipfile` raises of damaged ones.
    """
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        if len(packed.infolist()) != 1:
            raise ValueError(f"it holds {len(packed.infolist())} files, not one")
        with packed.open(packed.infolist()[0]) as opened:
            text = opened.read(max_bytes + 1)
    if len(text) > max_bytes:
        raise ValueError(f"it unpacks to more than {max_bytes:,} bytes")
    return text


def _choose_pages(
    rows: list[list[bytes]], stamp: datetime, hosts: FeedHosts, wanted: HistoryRequest
) -> Iterator[Candidate]:
    """The pages of the wanted hosts that rows name, each once: a page has a row for each of its events."""
    seen = set()
    for row in rows:
        url = row[_SOURCE_URL].decode("utf-8", "replace").strip()
        if url in seen or not is_web_url(url):
            continue
        seen.add(url)
        feed = hosts.find(url)
        day = read_url_day(url)
        if feed is not None and (day is None or is_between(day, wanted.first_day, wanted.last_day)):
            yield Candidate(
                feed.feed_id, url, "gdelt", not_after=read_stamp(row[_DATE_ADDED].decode("latin-1")) or stamp
            )
