"""The source `urls`: a file of addresses, an address a line, with or without the day of publication."""

import csv
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.history.folder import open_saved
from ingest.history.planning import refuse_cursor, say_days
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow, WindowItem
from ingest.history.saved_files import UNREADABLE, reject_file, to_address, to_path, to_text
from transforms.dates import FeedDate, read_feed_date
from transforms.errors import Permanent, Transient
from transforms.feeds.page_entries import make_host_feed
from transforms.history.records import Candidate, WindowEnd
from transforms.history.sites import FeedHosts
from transforms.history.url_days import read_url_day
from transforms.history.windows import is_between
from transforms.records import Rejection
from transforms.urls import read_link

LINES_A_WINDOW = 1_000
_MOST_LINE_BYTES = 65_536
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_DAY = re.compile(r"\d{4}-?\d\d-?\d\d(?!\d)")
_URL_NAMES = ("url", "link", "address", "loc")
_DATE_NAMES = ("published", "published_at", "publish_date", "date")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a CSV file with a header has what is wanted."""

    delimiter: str
    url: int
    published: int  # -1: nowhere


@dataclass(frozen=True, slots=True)
class _Line:
    number: int  # from 1
    offset: int  # of its first byte in the file as unpacked
    body: bytes  # without its end; longer ones are cut to one byte more than may be


class BadLine(Exception):
    """A line says no address or no date that can be read."""


class UrlFileSource:
    """The pages whose addresses a file lists: a line each, with a date behind a tab; CSV with a header; or JSON lines.

    A page's feed is the one of those asked for that is of its host, else its host stands for one.
    """

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        if not wanted.path:
            raise Permanent("the source 'urls' reads a file of addresses; give its path")
        path = Path(wanted.path)
        facts = _describe_file(path)
        item = WindowItem(to_address(path), to_text(path.name))
        scope = say_days(wanted.first_day, wanted.last_day)
        for first, last, offset in _split_file(path):
            yield HistoryWindow(
                f"urls-{first:09d}",
                (facts, scope, f"lines {first}-{last}"),
                (item,),
                first_day=wanted.first_day,
                last_day=wanted.last_day,
                cursor=f"{first} {offset}",
            )

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[FoundItem]:
        [item] = window.items
        try:
            first, offset = map(int, cursor.split(" "))
        except ValueError as error:
            raise refuse_cursor(cursor, "in a file of addresses") from error
        hosts = FeedHosts(wanted.feeds)
        seen: set[str] = set()
        try:
            with open_saved(to_path(item.address)) as opened:
                columns = _read_header(opened)
                opened.seek(offset)
                for line in _read_lines(opened, first, offset):
                    if line.number >= first + LINES_A_WINDOW:
                        break
                    found = _read_line(line, columns, item.name, hosts, wanted)
                    if isinstance(found, Rejection):
                        yield found
                    elif found is not None and found.url not in seen:
                        seen.add(found.url)
                        yield found
        except UNREADABLE as error:
            raise Transient(
                f"{item.name} can no longer be read: {error}; put it back and run again"
            ) from error
        yield WindowEnd("unknown", None, "a list of addresses")


def _describe_file(path: Path) -> str:
    """What differs when a file holds something else.

    Raises:
        Permanent: there is no such file.
    """
    try:
        if path.is_file():
            stat = path.stat()
            return f"{to_text(path.name)} {stat.st_size} {stat.st_mtime_ns}"
    except (OSError, ValueError) as error:
        raise Permanent(f"{to_text(str(path))} cannot be read: {error}") from error
    raise Permanent(f"{to_text(str(path))} is no file; give a file with an address a line")


def _split_file(path: Path) -> Iterator[tuple[int, int, int]]:
    """The first and last line of each window, and where in the unpacked file it begins.

    Raises:
        Permanent: the file is damaged, or in an encoding that has no lines of bytes.
    """
    first = last = offset = 0
    try:
        with open_saved(path) as opened:
            if opened.read(2) in _WIDE:
                raise Permanent(f"{path.name} is in UTF-16; save it as UTF-8")
            opened.seek(0)
            for line in _read_lines(opened, 1, 0):
                if line.number == first + LINES_A_WINDOW or not first:
                    if first:
                        yield first, last, offset
                    first, offset = line.number, line.offset
                last = line.number
    except UNREADABLE as error:
        raise Permanent(f"{path.name} cannot be read: {error}") from error
    if not first:
        raise Permanent(f"{path.name} is empty; give a file with an address a line")
    yield first, last, offset


def _read_lines(opened: BinaryIO, number: int, offset: int) -> Iterator[_Line]:
    """The lines from where the file stands, which are number `number` and at `offset`; in bounded memory."""
    while body := opened.readline(_MOST_LINE_BYTES + 1):
        length = len(body)
        rest = body
        while len(rest) > _MOST_LINE_BYTES and not rest.endswith(b"\n"):
            rest = opened.readline(_MOST_LINE_BYTES + 1)
            length += len(rest)
        yield _Line(number, offset, body.rstrip(b"\r\n"))
        number, offset = number + 1, offset + length


def _read_header(opened: BinaryIO) -> _Columns | None:
    """The columns that a first line names; None where it is no header."""
    first = opened.readline(_MOST_LINE_BYTES).decode("utf-8-sig", "replace").strip()
    for delimiter in (",", ";", "\t"):
        names = [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])]
        url = next((names.index(name) for name in _URL_NAMES if name in names), -1)
        if url >= 0:
            return _Columns(
                delimiter, url, next((names.index(name) for name in _DATE_NAMES if name in names), -1)
            )
    return None


def _read_line(
    line: _Line, columns: _Columns | None, name: str, hosts: FeedHosts, wanted: HistoryRequest
) -> Candidate | Rejection | None:
    """What a line says; None for one that says nothing, or of a day that is not wanted."""
    if line.number == 1 and columns is not None:
        return None
    try:
        url, published = _split_line(line, columns)
        if not url and not published:
            return None
        address, at = _read_address(url), _read_day(published)
    except BadLine as error:
        return reject_file(f"{name}:{line.number}", "record_unreadable", f"line {line.number}: {error}")
    day = at.at.date() if at else read_url_day(address)
    if day is not None and not is_between(day, wanted.first_day, wanted.last_day):
        return None
    feed = hosts.find(address) or make_host_feed(address)
    return Candidate(
        feed.feed_id,
        address,
        "urls",
        at.at if at else None,
        "list" if at else "",
        at.utc_offset_s if at else None,
    )


def _split_line(line: _Line, columns: _Columns | None) -> tuple[str, str]:
    """The address and the date of a line, as written; both "" for a line that says nothing.

    Raises:
        BadLine
    """
    if len(line.body) > _MOST_LINE_BYTES:
        raise BadLine(f"it has more than {_MOST_LINE_BYTES:,} bytes")
    try:
        text = line.body.decode("utf-8-sig" if line.number == 1 else "utf-8").strip()
    except UnicodeDecodeError as error:
        raise BadLine("it is no UTF-8") from error
    if not text or text.startswith("#"):
        return "", ""
    if text.startswith("{"):
        return _split_json(text)
    if columns is not None:
        try:
            [cells] = csv.reader([text], delimiter=columns.delimiter, strict=True)
        except (csv.Error, ValueError) as error:
            raise BadLine(f"it is no CSV: {error}") from error
        at = (columns.url, columns.published)
        url, published = (cells[i].strip() if 0 <= i < len(cells) else "" for i in at)
        if not url:
            raise BadLine("it has no address")
        return url, published
    url, _, published = text.partition("\t") if "\t" in text else text.partition(" ")
    return url.strip(), published.strip()


def _split_json(text: str) -> tuple[str, str]:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadLine("it is no JSON") from error
    url = next((fields[name] for name in _URL_NAMES if fields.get(name)), None)
    published = next((fields[name] for name in _DATE_NAMES if fields.get(name)), "")
    if not isinstance(url, str) or not isinstance(published, str):
        raise BadLine("its url or published is missing or no text")
    return url.strip(), published.strip()


def _read_address(text: str) -> str:
    """Raises: BadLine: the text is no address."""
    address = read_link("", text)
    if not address:
        raise BadLine(f"{text[:200]!r} is no web address")
    return address


def _read_day(text: str) -> FeedDate | None:
    """Raises: BadLine: there is a text, but it is no date with a day."""
    if not text:
        return None
    found = read_feed_date(text) if _DAY.match(text) else None
    if found is None:
        raise BadLine(f"{text[:100]!r} is no date; write it as 2024-03-05")
    return found
