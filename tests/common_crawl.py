"""Common Crawl on loopback: its list of crawls, its index as pywb answers, its files in ranges of bytes, its news.

with CommonCrawl() as crawl:
    crawl.add_crawl("CC-MAIN-2024-10", "2024-02-20", "2024-03-05")
    crawl.add_capture("CC-MAIN-2024-10", "https://dale.example/2024/03/01/rain", PAGE)
    crawl.add_news("20240301120000-00042", make_record("https://dale.example/1", PAGE))
    crawl.disturb("/collinfo.json", Reply(status=503))  # the next answer; then all is as it was
    ... a source that is given make_access(crawl, tmp_path) ...
"""

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.history.protocol import HistoryAccess
from ingest.http.exchange import Archive
from tests.ingest.history.asking import give_access
from tests.loopback import LoopbackServer, Received, Reply
from transforms.history.settings import HistorySettings
from transforms.settings import HttpSettings

PAGE = (
    b"<!doctype html><html><head><title>Rain</title></head><body><p>It rained in the dale.</p></body></html>"
)
HTML = (("Content-Type", "text/html; charset=utf-8"),)
AT = datetime(2024, 3, 2, 10, 20, 30, tzinfo=UTC)
LIMITS = HttpSettings(host_spacing_s=0, allow_private_addresses=True, contact="desk@outlet.example")
NO_FIELDS: Mapping[str, str] = {}
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


def make_record(
    url: str,
    payload: bytes = PAGE,
    at: datetime = AT,
    *,
    kind: str = "response",
    status: str = "200 OK",
    headers: tuple[tuple[str, str], ...] = HTML,
    packed: bool = True,
    fields: Mapping[str, str] = NO_FIELDS,
) -> bytes:
    """A record as warcio writes it, a gzip member unless not `packed`; `fields` are of the WARC header."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=packed)
    told = {"WARC-Date": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
    told |= fields
    http = (
        StatusAndHeaders(status, list(headers), protocol="HTTP/1.1")
        if kind in ("response", "revisit")
        else None
    )
    record = writer.create_warc_record(
        url, kind, payload=BytesIO(payload), length=len(payload), http_headers=http, warc_headers_dict=told
    )
    writer.write_record(record)
    return buffer.getvalue()


@dataclass(slots=True)
class _CrawlFiles:
    info: dict[str, str]
    rows: list[dict[str, Any]] = field(default_factory=list)


class CommonCrawl:
    """Serves what is added to it from `with` to the end of it."""

    def __init__(self, lines_a_page: int = 3) -> None:
        self.server = LoopbackServer()
        self.lines_a_page = lines_a_page
        self.serves_parts = True
        self.files: dict[str, bytes] = {}
        self._crawls: dict[str, _CrawlFiles] = {}
        self._news: dict[str, list[str]] = {}
        self._disturbances: dict[str, list[Reply]] = {}

    def __enter__(self) -> Self:
        self.server.__enter__()
        self.server.route("/collinfo.json", lambda request: self._answer(request, self._list_crawls))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.__exit__(kind, error, trace)

    @property
    def settings(self) -> HistorySettings:
        url = self.server.url("")
        return HistorySettings(
            commoncrawl_index_url=url, commoncrawl_data_url=f"{url}/data", commoncrawl_spacing_s=0, pause_s=0
        )

    def add_crawl(self, name: str, first: str = "", last: str = "") -> None:
        """A crawl from day to day; without days it does not say when it was."""
        info = {"id": name, "name": f"{name} Index", "cdx-api": self.server.url(f"/{name}-index")}
        days = {"from": f"{first}T04:05:06", "to": f"{last}T20:21:22"} if first else {}
        self._crawls[name] = _CrawlFiles(info | days)
        self.server.route(f"/{name}-index", lambda request: self._answer(request, self._answer_index))

    def add_capture(
        self,
        crawl: str,
        url: str,
        payload: bytes = PAGE,
        at: datetime = AT,
        record: bytes = b"",
        row: Mapping[str, str] = NO_FIELDS,
    ) -> dict[str, Any]:
        """A record of a crawl's only file, and its row of the index, in which `row` replaces what is given."""
        name = f"crawl-data/{crawl}/segments/1709.47/warc/{crawl}-00000.warc.gz"
        file = self.files.get(name, b"")
        record = record or make_record(url, payload, at)
        told = {
            "urlkey": urlsplit(url).hostname,
            "timestamp": at.strftime("%Y%m%d%H%M%S"),
            "url": url,
            "mime": "text/html",
            "mime-detected": "text/html",
            "status": "200",
            "digest": "SNVPX6MVKPBYK2FOQGBOXSZOPBAHMWVN",
            "length": str(len(record)),
            "offset": str(len(file)),
            "filename": name,
            "languages": "eng",
        }
        told |= row
        self._crawls[crawl].rows.append(told)
        self.add_file(name, file + record)
        return told

    def add_news(self, name: str, *records: bytes) -> str:
        """A file of the news crawl, `20240301120000-00042`; returns its address."""
        month = f"{name[:4]}/{name[4:6]}"
        path = f"crawl-data/CC-NEWS/{month}/CC-NEWS-{name}.warc.gz"
        self._news.setdefault(month, []).append(path)
        self.add_file(path, b"".join(records))
        listed = "".join(f"{one}\n" for one in self._news[month])
        self.add_file(f"crawl-data/CC-NEWS/{month}/warc.paths.gz", gzip.compress(listed.encode(), mtime=0))
        return f"{self.settings.commoncrawl_data_url}/{path}"

    def add_file(self, name: str, data: bytes) -> None:
        self.files[name] = data
        self.server.route(f"/data/{name}", lambda request: self._answer(request, self._answer_file))

    def disturb(self, path: str, *replies: Reply) -> None:
        """Give these answers first."""
        self._disturbances.setdefault(path, []).extend(replies)

    def asked(self, path: str) -> list[dict[str, list[str]]]:
        """The queries with which `path` was asked for."""
        return [parse_qs(urlsplit(one.path).query) for one in self.server.requests_for(path)]

    def ranges(self, path: str) -> list[str]:
        """The ranges of bytes that were asked for."""
        return [one.headers.get("range", "") for one in self.server.requests_for(path)]

    def _answer(self, request: Received, regular: Any) -> Reply:
        waiting = self._disturbances.get(request.path.partition("?")[0])
        reply: Reply = waiting.pop(0) if waiting else regular(request)
        return reply

    def _list_crawls(self, request: Received) -> Reply:
        listed = [crawl.info for crawl in reversed(self._crawls.values())]
        return Reply(body=json.dumps(listed, indent=1).encode(), content_type="application/json")

    def _answer_index(self, request: Received) -> Reply:
        path, _, query = request.path.partition("?")
        given = {name: values[0] for name, values in parse_qs(query).items()}
        rows = self._crawls[path[1:].removesuffix("-index")].rows
        host = given["url"].removesuffix("/*")
        rows = [row for row in rows if str(row["urlkey"]).removeprefix("www.") == host]
        pages = -(-len(rows) // self.lines_a_page)
        if given.get("showNumPages"):
            told = {"pages": pages, "pageSize": 5, "blocks": pages}
            return (
                Reply(body=json.dumps(told).encode(), content_type="application/json")
                if pages
                else _no_captures()
            )
        page = int(given.get("page", "0"))
        if page >= max(pages, 1):
            message = {"message": f"Page {page} invalid: First Page is 0, Last Page is {pages - 1}"}
            return Reply(status=400, body=json.dumps(message).encode(), content_type="application/json")
        rows = rows[page * self.lines_a_page : (page + 1) * self.lines_a_page]
        names = given["fl"].split(",") if "fl" in given else None
        lines = [json.dumps({k: v for k, v in row.items() if names is None or k in names}) for row in rows]
        body = "".join(f"{line}\n" for line in lines).encode()
        return Reply(body=body, content_type="text/x-ndjson") if rows else _no_captures()

    def _answer_file(self, request: Received) -> Reply:
        data = self.files[request.path.removeprefix("/data/")]
        kind = "application/octet-stream"
        asked = _RANGE.fullmatch(request.headers.get("range", ""))
        if asked is None or not self.serves_parts:
            return Reply(body=data, content_type=kind)
        first, last = int(asked[1]), min(int(asked[2]), len(data) - 1)
        if first > last:
            return Reply(status=416, headers=(("Content-Range", f"bytes */{len(data)}"),))
        return make_part(data, first, last)


def make_part(data: bytes, first: int, last: int, **told: Any) -> Reply:
    """A 206 with a part of `data`."""
    header = (("Content-Range", f"bytes {first}-{last}/{len(data)}"),)
    return Reply(206, data[first : last + 1], "application/octet-stream", **({"headers": header} | told))


def _no_captures() -> Reply:
    message = {"message": "No Captures found for: what was asked for"}
    return Reply(status=404, body=json.dumps(message).encode(), content_type="application/json")


def make_access(
    crawl: CommonCrawl,
    folder: Path,
    http: HttpSettings = LIMITS,
    archive: Archive | None = None,
) -> HistoryAccess:
    """What a source is given whose Common Crawl is `crawl`."""
    return give_access(folder, crawl.settings, http, archive)
