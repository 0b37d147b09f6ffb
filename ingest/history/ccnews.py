"""The source `ccnews`: pages of many sites out of the whole files of Common Crawl's news crawl.

The files have no index, so each is read from end to end, once for all feeds. Source: the listings of
https://data.commoncrawl.org/crawl-data/CC-NEWS/index.html; a file is named after its first minute, and is
closed after 1 GB or a day (news-crawl#46).
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from ingest.archive.warc_reader import Damage, RawRecord, iterate_records
from ingest.archive.warc_records import DamagedRecord, decode_record
from ingest.history.commoncrawl_index import check_listing, make_data_address, make_data_gate
from ingest.history.crawl_record import say_truncated
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow, Mark, WindowItem
from ingest.history.saved_files import (
    HTML_TYPES,
    UNREADABLE,
    find_excess,
    name_type,
    reject_record,
    tell_kind,
    to_address,
    to_path,
)
from ingest.history.services import ask
from ingest.history.warc_pieces import (
    FIRST_BYTES,
    GZIP,
    RANGE_BYTES,
    FilePlace,
    RecordPieces,
    choose_size,
    fetch_piece,
    read_place,
)
from ingest.http.exchange import Exchange, Request
from transforms.errors import Permanent, Transient
from transforms.history.records import DayEvidence, WindowEnd
from transforms.history.sites import FeedHosts
from transforms.history.stamps import read_stamp
from transforms.history.url_days import read_url_day
from transforms.history.windows import is_between, list_days, split_months
from transforms.make_fetch import make_fetch
from transforms.records import Rejection
from transforms.shift_dates import shift_date
from transforms.urls import is_web_url

LATE = timedelta(days=3)
"""So long after its publication an article may be crawled (news-please#146)."""
EVIDENCE = "what Common Crawl's news crawler saw"
_DAY = timedelta(days=1)
_FIRST_DAY = date(2016, 8, 1)
"""There are no files before. Source: the listing of the months."""
_FILE_BYTES = 1 << 30
_NAME = re.compile(r"CC-NEWS-(\d{14})-(\d{1,10})\.warc\.gz")
_PATH = re.compile(r"crawl-data/CC-NEWS/\d{4}/\d\d/(CC-NEWS-\d{14}-\d{1,10}\.warc\.gz)")
_HEADERS_BYTES = 1 << 20  # of a response, before its body
_RECORDS_A_TURN = 50  # after so many records others have their turn


@dataclass(frozen=True, slots=True)
class _NewsFile:
    """A file of the crawl: on the network, or on this machine."""

    name: str
    address: str
    begins: datetime
    facts: str


class CcNewsSource:
    """The pages of all wanted feeds' sites in the files of the wanted days, a window each.

    With a path the files are looked for below it, and nothing is fetched.
    """

    def __init__(self, range_bytes: int = RANGE_BYTES) -> None:
        self._range_bytes = range_bytes

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        if not FeedHosts(wanted.feeds).by_site:
            raise Permanent(
                "say which feeds: a month of Common Crawl's news is 600 GB, of which only the pages of these "
                "feeds' sites are kept"
            )
        if wanted.path:
            files = _list_saved(wanted.path)
        elif wanted.first_day is None or wanted.last_day is None:
            raise Permanent("say which days: Common Crawl has news since 2016, 20 GB a day")
        else:
            files = await _list_files(wanted.first_day, wanted.last_day, access)
        for window in _make_windows(files, wanted):
            yield window

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[FoundItem]:
        [item] = window.items
        reader = _PageReader(item.name, wanted, access)
        place = read_place(cursor or window.cursor)
        if is_web_url(item.address):
            found = self._read_remote(item.address, place, reader, access)
        else:
            found = self._read_saved(to_path(item.address), place, reader)
        async with aclosing(found):
            async for one in found:
                yield one
        yield WindowEnd("partial", None, EVIDENCE, tuple(_list_evidence(window, wanted)))

    async def _read_remote(
        self, address: str, place: FilePlace, reader: "_PageReader", access: HistoryAccess
    ) -> AsyncGenerator[FoundItem, None]:
        """The pages of a file on the network, range by range.

        Raises:
            Transient: the file ends short, has changed meanwhile, or cannot be had now.
            Permanent: it is not there, or cannot be had in parts.
        """
        pieces = RecordPieces(reader.most_bytes, place)
        most = min(self._range_bytes, access.limits.max_listing_bytes)
        least = size = min(most, FIRST_BYTES)
        gate = make_data_gate(access.history)
        at, total = place.offset, None
        async with access.open_fetcher() as fetcher:
            while total is None or at < total:
                piece = await fetch_piece(fetcher, address, access.run_id, at, size, gate)
                if total not in (None, piece.total):
                    raise Transient(f"{address} has changed while it was read; run again, nothing is lost")
                if at == 0 and not piece.data.startswith(GZIP[: len(piece.data)]):
                    yield reader.reject(
                        0, "", "record_unreadable", "the file is not compressed as WARC files are"
                    )
                    return
                at, total = at + len(piece.data), piece.total
                size = choose_size(piece, least, most, access.limits.total_timeout_s)
                for number, record in enumerate(pieces.add(piece.data, is_last=at == total), 1):
                    if found := reader.read(record):
                        yield found
                    if number % _RECORDS_A_TURN == 0:
                        await asyncio.sleep(0)
                yield Mark(str(pieces.place))

    async def _read_saved(
        self, path: Path, place: FilePlace, reader: "_PageReader"
    ) -> AsyncGenerator[FoundItem, None]:
        """The pages of a file on this machine.

        Raises:
            Permanent: the file is gone.
        """
        try:
            with path.open("rb") as file:
                marked = place.offset
                for number, record in enumerate(iterate_records(file, reader.most_bytes, place.offset), 1):
                    if isinstance(record, RawRecord) and record.offset - marked >= self._range_bytes:
                        marked = record.offset
                        yield Mark(str(FilePlace(marked)))
                    if found := reader.read(record):
                        yield found
                    if number % _RECORDS_A_TURN == 0:
                        await asyncio.sleep(0)
        except FileNotFoundError as error:
            raise Permanent(f"{path} is gone; put it back, or plan the backfill again") from error
        except UNREADABLE as error:
            yield reader.reject(-1, "", "record_unreadable", str(error))


class _PageReader:
    """Makes pages of the records of one file that are of wanted sites."""

    def __init__(self, name: str, wanted: HistoryRequest, access: HistoryAccess) -> None:
        self._name = name
        self._wanted = wanted
        self._access = access
        self._sites = FeedHosts(wanted.feeds)
        self._address = _make_address(name, access)
        self.most_bytes = access.limits.max_page_bytes + _HEADERS_BYTES

    def read(self, record: RawRecord | Damage) -> Exchange | Rejection | None:
        """The page in a record, or why there is none; None where it is nobody's or no page at all."""
        if isinstance(record, Damage):
            if record.url and not self._find_feed(record.url):
                return None
            return self.reject(record.offset, record.url, "record_unreadable", record.detail)
        url = (record.get("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">")
        kind = (record.get("WARC-Type") or "").strip().lower()
        feed_id = self._find_feed(url)
        if kind != "response" or not feed_id or not self._is_of_days(url):
            return None
        if record.block is None:
            detail = f"size: the record has more than {self.most_bytes:,} bytes"
            return self.reject(record.offset, url, "page_refused", detail)
        try:
            answer = decode_record(record, "", self._access.limits.max_page_bytes)
        except DamagedRecord as error:
            return self.reject(record.offset, url, "record_unreadable", str(error))
        if answer is None or not self._is_page(answer):
            return None
        return self._judge(answer, record, feed_id)

    def reject(self, offset: int, url: str, reason: str, detail: str) -> Rejection:
        rejection = reject_record(self._name, offset, url, reason, detail)
        return replace(rejection, feed_id=self._find_feed(url))

    def _judge(self, answer: Exchange, record: RawRecord, feed_id: str) -> Exchange | Rejection:
        fetch = answer.fetch
        reason, detail = "", fetch.error
        if fetch.outcome == "refused":
            reason = "page_refused"
        elif fetch.outcome != "ok":
            reason = "record_unreadable" if fetch.error.startswith("body:") else "page_empty"
        elif detail := find_excess("page", len(answer.body), self._access.limits):
            reason = "page_refused"
        if reason:
            return self.reject(record.offset, fetch.url, reason, detail)
        page = make_fetch(
            self._access.run_id,
            "page",
            fetch.url,
            fetch.requested_at,
            feed_id=feed_id,
            final_url=fetch.final_url,
            status=fetch.status,
            error=say_truncated(record),
            body_bytes=len(answer.body),
            content_type=fetch.content_type,
        )
        place = f"{self._address}#{record.offset}" if record.offset >= 0 else self._address
        return Exchange(replace(page, archive_url=place), answer.headers, answer.body)

    def _find_feed(self, url: str) -> str:
        """The feed whose site, or a part of whose site, an address belongs to; "" for none."""
        feed = self._sites.find(url)
        return feed.feed_id if feed else ""

    def _is_of_days(self, url: str) -> bool:
        """Whether the day in an address, which is one of the site's clock, may be wanted; also without one."""
        day, first, last = read_url_day(url), self._wanted.first_day, self._wanted.last_day
        latest = shift_date(last, _DAY) if last else None
        return day is None or is_between(day, first and first - _DAY, latest)

    def _is_page(self, answer: Exchange) -> bool:
        """Whether an answer has a page, and was given when a wanted article may have been there."""
        fetch, first = answer.fetch, self._wanted.first_day
        if not 200 <= fetch.status < 300 or (first and fetch.requested_at.date() < first):
            return False
        media_type = name_type(fetch.content_type)
        kind = tell_kind(answer.body)
        return kind != "feed" and (media_type in HTML_TYPES or (kind == "page" and not media_type))


def _make_address(name: str, access: HistoryAccess) -> str:
    """Where a file of the crawl is on the network, also of one that was saved from there."""
    begins = _NAME.fullmatch(name)
    folder = f"{begins[1][:4]}/{begins[1][4:6]}/" if begins else ""
    return make_data_address(f"crawl-data/CC-NEWS/{folder}{name}", access.history)


async def _list_files(first: date, last: date, access: HistoryAccess) -> list[_NewsFile]:
    """The files on the network of the months that matter.

    Raises:
        Transient: a month's list cannot be had or read now.
    """
    gate = make_data_gate(access.history)
    months = split_months(max(shift_date(first, -_DAY), _FIRST_DAY), shift_date(last, LATE + _DAY))
    found: list[_NewsFile] = []
    async with access.open_fetcher() as fetcher:
        for month, _ in months:
            url = make_data_address(f"crawl-data/CC-NEWS/{month:%Y/%m}/warc.paths.gz", access.history)
            answer = await ask(fetcher, Request("listing", url, access.run_id, gate=gate))
            if answer.fetch.status not in (404, 410):  # else nothing was crawled in that month, or not yet
                found += _read_paths(answer, access)
    return found


def _read_paths(answer: Exchange, access: HistoryAccess) -> Iterator[_NewsFile]:
    """Raises: Transient: the answer is no list of files."""
    check_listing(answer)
    for line in answer.body.decode("utf-8", "replace").split():
        path = _PATH.fullmatch(line)
        begins = _read_begin(path[1]) if path else None
        if path is None or begins is None:
            raise Transient(
                f"{answer.fetch.url} lists {line[:80]!r}, which is no file of the crawl; run again later, and see "
                "the setting history.commoncrawl_data_url"
            )
        yield _NewsFile(path[1], make_data_address(line, access.history), begins, line)


def _list_saved(path: str) -> list[_NewsFile]:
    """The files below a folder, or the one that it is.

    Raises:
        Permanent: there are none.
    """
    root = Path(path)
    if not root.exists():
        raise Permanent(f"{path} does not exist; give the folder with the files CC-NEWS-....warc.gz")
    found: dict[str, _NewsFile] = {}
    for file in [root] if root.is_file() else sorted(root.rglob("CC-NEWS-*.warc.gz")):
        begins = _read_begin(file.name)
        if begins is not None and file.is_file():
            known = file.stat()
            facts = f"{file.name} {known.st_size} {known.st_mtime_ns}"
            found.setdefault(file.name, _NewsFile(file.name, to_address(file), begins, facts))
    if not found:
        raise Permanent(f"{path} holds no files CC-NEWS-....warc.gz; for other WARC files give --source warc")
    return list(found.values())


def _read_begin(name: str) -> datetime | None:
    """When the file of that name was begun; None for another name."""
    found = _NAME.fullmatch(name)
    return read_stamp(found[1]) if found else None


def _make_windows(files: Iterable[_NewsFile], wanted: HistoryRequest) -> Iterator[HistoryWindow]:
    """A window for each file that may hold pages of the wanted days, and for one more at both ends."""
    ordered = sorted(files, key=lambda file: (file.begins, file.name))
    first, last = wanted.first_day, wanted.last_day
    ends = [shift_date(file.begins, _DAY) for file in ordered]
    ends = [min(end, after.begins) for end, after in zip(ends, ordered[1:], strict=False)] + ends[-1:]
    if first and last:
        latest = shift_date(last, LATE)
        inside = [at for at, file in enumerate(ordered) if first <= file.begins.date() <= latest]
        before = [at for at, file in enumerate(ordered) if file.begins.date() < first][-1:]
        after = [at for at, file in enumerate(ordered) if file.begins.date() > latest][:1]
        chosen: Sequence[int] = before + inside + after
    else:
        chosen = range(len(ordered))
    for at in chosen:
        file, end = ordered[at], ends[at]
        days = _clip(shift_date(file.begins, -LATE).date(), end.date(), first, last)
        yield HistoryWindow(
            file.name.removesuffix(".warc.gz"),
            (file.facts,),
            (WindowItem(file.address, file.name),),
            "",
            *days,
            requests=_FILE_BYTES // RANGE_BYTES if is_web_url(file.address) else 0,
        )


def _clip(begin: date, end: date, first: date | None, last: date | None) -> tuple[date, date]:
    """The days from `begin` to `end` that are wanted; the nearest one where none is."""
    first, last = first or begin, last or end
    return max(first, min(begin, last)), min(last, max(end, first))


def _list_evidence(window: HistoryWindow, wanted: HistoryRequest) -> Iterator[DayEvidence]:
    """That of the days on which a window's file was written something was seen, for each feed with a site."""
    begins = _read_begin(window.items[0].name)
    if begins is None or window.last_day is None or window.first_day is None:
        return
    first = max(window.first_day, begins.date())
    for feed in FeedHosts(wanted.feeds).by_site.values():
        for day in list_days(first, window.last_day):
            yield DayEvidence(feed.feed_id, day, "partial", None, EVIDENCE)
