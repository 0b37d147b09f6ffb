"""One page out of Common Crawl: a record of a WARC file, asked for by its range of bytes.

Source: Common Crawl's index gives the file, offset and length of each record, which is a gzip member of its own
(https://commoncrawl.org/get-started); RFC 9110, 14 (range requests).
"""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

from ingest.archive.warc_reader import RawRecord, iterate_records
from ingest.archive.warc_records import DamagedRecord, decode_record
from ingest.history.answers import is_cut
from ingest.history.commoncrawl_index import check_refusal, make_data_gate
from ingest.history.protocol import DEFAULT_LIMITS
from ingest.history.services import ask
from ingest.history.warc_pieces import is_whole, read_range
from ingest.http.client import CUT
from ingest.http.exchange import Exchange, Fetcher, Request
from transforms.history.records import Capture, WantedPage
from transforms.history.settings import HistorySettings
from transforms.make_fetch import make_fetch
from transforms.records import Outcome
from transforms.urls import canonicalize_url

_HEADERS_BYTES = 1 << 20  # of a response, before its body


class _Unusable(Exception):
    """What came is not the page; the message is the error of its exchange."""

    def __init__(self, error: str, outcome: Outcome = "http_error") -> None:
        super().__init__(error)
        self.outcome = outcome


async def fetch_record(
    capture: Capture, wanted: WantedPage, fetcher: Fetcher, history: HistorySettings
) -> Exchange:
    """The page as the record of `capture` has it; it is not in the archive yet.

    `requested_at` is the capture's instant, and `archive_url` says where in which file it lies. A record that is
    damaged, cut short, of another address or not there is an `http_error` without a status. What is larger than
    a page may be is `refused`.

    Raises:
        Transient: the service is down, or refuses to answer.
    """
    first, last = capture.offset, capture.offset + capture.length - 1
    place = f"{capture.address}#{capture.offset}-{capture.length}"
    gate = make_data_gate(history)
    who = (wanted.run_id, wanted.feed_id, wanted.entry_id)
    request = Request("listing", capture.address, *who, gate=gate, byte_range=(first, last), is_kept=False)
    try:
        answer = await _ask(fetcher, request)
        record = _read_record(answer, first, last)
        page = _read_page(record, wanted.url)
    except _Unusable as unusable:
        at = capture.captured_at or datetime.now(UTC)
        outcome = unusable.outcome
        fetch = make_fetch(
            wanted.run_id,
            "page",
            wanted.url,
            at,
            feed_id=wanted.feed_id,
            entry_id=wanted.entry_id,
            outcome=outcome,
            status=0,
            error=str(unusable),
        )
        return Exchange(replace(fetch, archive_url=place), {}, b"")
    fetch = make_fetch(
        wanted.run_id,
        "page",
        wanted.url,
        page.fetch.requested_at,
        feed_id=wanted.feed_id,
        entry_id=wanted.entry_id,
        status=page.fetch.status,
        error=say_truncated(record),
        duration_s=answer.fetch.duration_s,
        body_bytes=len(page.body),
        content_type=page.fetch.content_type,
    )
    return Exchange(replace(fetch, archive_url=place), page.headers, page.body)


async def _ask(fetcher: Fetcher, request: Request) -> Exchange:
    """Ask for a part of a file; again if it comes cut short, as the connection may have broken off.

    Raises:
        _Unusable: the part is none.
        Transient: the service is down, or refuses to answer.
    """
    first, last = request.byte_range or (0, -1)
    if not 0 <= first <= last:
        raise _Unusable(f"range: the index tells of no part of a file, but of {first} to {last}")
    answer = await ask(fetcher, request)
    if is_cut(answer):
        answer = await ask(fetcher, request)
    check_refusal(answer)
    return answer


def say_truncated(record: RawRecord) -> str:
    """What is to be said of a page of which a crawler kept a part only; "" of a whole one.

    Source: WARC 1.1, 5.13 (WARC-Truncated).
    """
    reason = (record.get("WARC-Truncated") or "").strip()[:50]
    return f"truncated: the crawler kept a part of the page ({reason})" if reason else ""


def _read_record(answer: Exchange, first: int, last: int) -> RawRecord:
    """The one record of an answer, packed as it came or unpacked by the client.

    Raises:
        _Unusable: there is none, or more than one.
    """
    fetch = answer.fetch
    if is_whole(answer):
        raise _Unusable("range: the server sends the whole file in place of a part of it")
    if fetch.outcome != "ok":
        raise _Unusable(f"record: the file of the crawl cannot be had ({fetch.error})")
    told = read_range(answer)
    if told is None or told[:2] != (first, last):
        came = answer.headers.get("content-range", "")[:100] or "no part of the file"
        raise _Unusable(f"range: not what was asked for came, but {came}")
    if is_cut(answer):
        raise _Unusable(f"record: it is cut short or damaged ({fetch.error.removeprefix(CUT).strip()})")
    items = list(iterate_records(BytesIO(answer.body), DEFAULT_LIMITS.max_page_bytes + _HEADERS_BYTES))
    damage = next((item for item in items if not isinstance(item, RawRecord)), None)
    if damage is not None:
        raise _Unusable(f"record: it is damaged ({damage.detail})")
    records = [item for item in items if isinstance(item, RawRecord)]
    if len(records) != 1:
        raise _Unusable(f"record: {len(records)} records lie where the index tells of one")
    return records[0]


def _read_page(record: RawRecord, url: str) -> Exchange:
    """The page in a record. An archived answer that is no page is no page now, whatever it was a reason for then.

    Raises:
        _Unusable: there is none, or that of another address.
    """
    kind = (record.get("WARC-Type") or "nothing known").strip().lower()
    if kind != "response":
        raise _Unusable(f"record: it holds no response but {kind[:50]!r}")
    try:
        page = decode_record(record, "", DEFAULT_LIMITS.max_page_bytes)
    except DamagedRecord as error:
        raise _Unusable(f"record: it is damaged ({error})") from error
    if page is None:
        raise _Unusable("record: it is of no page")
    if canonicalize_url(url) not in {
        canonicalize_url(page.fetch.url),
        canonicalize_url(page.fetch.final_url),
    }:
        raise _Unusable(f"record: it is of another page, {page.fetch.url[:300]}")
    if page.fetch.outcome == "refused":
        raise _Unusable(page.fetch.error, "refused")
    if page.fetch.outcome != "ok":
        raise _Unusable(f"record: the page cannot be used ({page.fetch.error})")
    return page
