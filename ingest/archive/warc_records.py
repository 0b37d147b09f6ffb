"""Exchanges as WARC records and back.

A response is a `response` record of WARC 1.1 whose body is the decompressed one, so that any tool can replay
it; an exchange without a response (a failure of the network, our own refusal) is a `metadata` record. The
`Dateline-*` fields beside the standard ones hold what a replay needs to rebuild the very same `Exchange`.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any

from warcio.bufferedreaders import ChunkedDataReader
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.http.decoding import BadCoding, open_decoder
from ingest.http.exchange import Exchange
from transforms.make_fetch import make_fetch
from transforms.records import Fetch, FetchKind, Outcome

WARC_VERSION = "WARC/1.1"
MAX_FOREIGN_BYTES = 50_000_000
"""A body in somebody else's WARC file is read up to this size."""

_PIECE_BYTES = 1 << 16
_GZIP_LEVEL = 6
_ORIGINAL = "x-archive-orig-"
_CHANGED = ("content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive")


class DamagedRecord(Exception):
    """A record that ends too early or says nonsense."""


def encode_exchange(exchange: Exchange) -> bytes:
    """The gzip member that holds `exchange` as a WARC record."""
    fetch = exchange.fetch
    fields = {
        "WARC-Date": _format_instant(fetch.requested_at),
        "Dateline-Run-Id": fetch.run_id,
        "Dateline-Kind": fetch.kind,
        "Dateline-Feed-Id": fetch.feed_id,
        "Dateline-Entry-Id": fetch.entry_id,
        "Dateline-Moved-To": exchange.moved_to,
        "Dateline-Retry-At": _format_instant(exchange.retry_at) if exchange.retry_at else "",
        "Dateline-Headers": _to_json(dict(exchange.headers)),
        "Dateline-Fetch": _to_json(_plain_fetch(fetch)),
    }
    fields = {name: _one_line(value) for name, value in fields.items() if value}
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version=WARC_VERSION)
    target = _one_line(fetch.final_url).replace(" ", "%20")
    if fetch.status:
        if not exchange.body and exchange.headers.get("content-length", "0") != "0":
            fields["WARC-Truncated"] = "unspecified"  # the body of an error is not kept
        record = writer.create_warc_record(
            target,
            "response",
            payload=BytesIO(exchange.body),
            length=len(exchange.body),
            warc_headers_dict=fields,
            http_headers=_http_headers(fetch.status, exchange),
        )
    else:
        text = f"outcome: {fetch.outcome}\r\nerror: {_one_line(fetch.error)}\r\n".encode()
        record = writer.create_warc_record(
            target, "metadata", payload=BytesIO(text), length=len(text), warc_headers_dict=fields
        )
    writer.write_record(record)
    return gzip.compress(buffer.getvalue(), _GZIP_LEVEL, mtime=0)


def encode_warcinfo(file_name: str, software: str) -> bytes:
    """The gzip member that a WARC file begins with."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version=WARC_VERSION)
    about = {
        "software": software,
        "format": "WARC file version 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    }
    writer.write_record(writer.create_warcinfo_record(file_name, about))
    return gzip.compress(buffer.getvalue(), _GZIP_LEVEL, mtime=0)


def decode_record(record: ArcWarcRecord, warc_file: str, offset: int) -> Exchange | None:
    """The exchange of a record that lies at `offset` of `warc_file`; None for a record that holds none.

    Records of other writers give what they hold: URL, date, status, headers and body.

    Raises:
        DamagedRecord: the record ends too early or says nonsense.
    """
    if record.rec_headers.get_header("Content-Length") is None:  # WARC demands it, and ours comes last
        raise DamagedRecord(f"{warc_file}, offset {offset}: the header is cut short")
    stored = record.rec_headers.get_header("Dateline-Fetch")
    if stored is None:
        if record.rec_type != "response" or record.http_headers is None:
            return None
        return _decode_foreign(record, warc_file, offset)
    try:
        fetch = replace(_parse_fetch(json.loads(stored)), warc_file=warc_file, warc_offset=offset)
        retry_at = record.rec_headers.get_header("Dateline-Retry-At")
        exchange = Exchange(
            fetch=fetch,
            headers=json.loads(record.rec_headers.get_header("Dateline-Headers") or "{}"),
            body=_read_own_body(record) if fetch.status else b"",
            moved_to=record.rec_headers.get_header("Dateline-Moved-To") or "",
            retry_at=datetime.fromisoformat(retry_at) if retry_at else None,
        )
    except (ValueError, TypeError, KeyError) as error:
        raise DamagedRecord(f"{warc_file}, offset {offset}: {error}") from error
    if len(exchange.body) != fetch.body_bytes:
        raise DamagedRecord(f"{warc_file}, offset {offset}: the record is cut short")
    return exchange


def _read_own_body(record: ArcWarcRecord) -> bytes:
    """The body of a response; warcio only splits off the headers where the address is one of the web."""
    block: bytes = record.raw_stream.read()
    return block if record.http_headers is not None else block.partition(b"\r\n\r\n")[2]


def _decode_foreign(record: ArcWarcRecord, warc_file: str, offset: int) -> Exchange:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    headers: dict[str, str] = {}
    for raw_name, value in record.http_headers.headers:
        name = raw_name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    code = record.http_headers.get_statuscode()
    status = int(code) if code.isdigit() else 0
    body, error = _read_foreign_body(record, headers) if 200 <= status < 300 else (b"", "")
    outcome, error = _judge_foreign(status, body, error)
    date = _parse_instant(record.rec_headers.get_header("WARC-Date"), warc_file, offset)
    content_type = headers.get("content-type", "")
    fetch = make_fetch(
        "",
        _guess_kind(content_type),
        url,
        date,
        outcome=outcome,
        status=status,
        error=error,
        body_bytes=len(body),
        content_type=content_type,
        warc_file=warc_file,
        warc_offset=offset,
    )
    return Exchange(fetch=fetch, headers=headers, body=body)


def _read_foreign_body(record: ArcWarcRecord, headers: Mapping[str, str]) -> tuple[bytes, str]:
    """The decompressed body, or b"" and why there is none.

    Raises:
        DamagedRecord: the record ends too early.
    """
    stream = record.raw_stream
    if headers.get("transfer-encoding", "").lower() == "chunked":
        stream = ChunkedDataReader(stream, raise_exceptions=False)
    body = bytearray()
    try:
        decoder = open_decoder(headers.get("content-encoding", ""))
        while chunk := stream.read(_PIECE_BYTES):
            for piece in decoder.feed(chunk):
                body += piece
                if len(body) > MAX_FOREIGN_BYTES:
                    return b"", f"size: the body has more than {MAX_FOREIGN_BYTES:,} bytes"
        decoder.finish()
    except BadCoding as error:
        return b"", f"body: {error}"
    if getattr(record.raw_stream, "limit", 0):
        raise DamagedRecord("the record is cut short")
    return bytes(body), ""


def _judge_foreign(status: int, body: bytes, error: str) -> tuple[Outcome, str]:
    if error:
        return ("refused" if error.startswith("size:") else "network_error"), error
    if 200 <= status < 300 and body:
        return "ok", ""
    known: dict[int, Outcome] = {304: "not_modified", 410: "gone", 429: "throttled", 503: "throttled"}
    return known.get(status, "http_error"), f"HTTP {status}"


def _guess_kind(content_type: str) -> FetchKind:
    """Feeds by their media types; a WARC of others does not say what a response was fetched for."""
    name = content_type.partition(";")[0].strip().lower()
    is_feed = name in ("application/xml", "text/xml", "application/feed+json") or name.endswith(
        ("rss+xml", "atom+xml", "rdf+xml")
    )
    return "feed" if is_feed else "page"


def _http_headers(status: int, exchange: Exchange) -> StatusAndHeaders:
    """The response's headers as they fit the stored body; what they said of the wire is kept under a name
    that no tool acts upon.
    """
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = "Unknown"
    headers = [
        (f"{_ORIGINAL}{name}" if name in _CHANGED else name, _one_line(value))
        for name, value in exchange.headers.items()
    ]
    headers.append(("content-length", str(len(exchange.body))))
    named = [(name.title(), value) for name, value in headers]
    return StatusAndHeaders(f"{status} {reason}", named, protocol="HTTP/1.1")


def _plain_fetch(fetch: Fetch) -> dict[str, Any]:
    return asdict(fetch) | {"requested_at": fetch.requested_at.isoformat()}


def _parse_fetch(fields: dict[str, Any]) -> Fetch:
    fields["requested_at"] = datetime.fromisoformat(fields["requested_at"])
    fields["redirects"] = tuple(fields["redirects"])
    return Fetch(**fields)


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _one_line(text: str) -> str:
    """`text` as the value of a header, which a line break would end."""
    if not text.isprintable():
        text = " ".join(text.splitlines())
    return text.encode("utf-8", "replace").decode("utf-8")


def _format_instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _parse_instant(text: str | None, warc_file: str, offset: int) -> datetime:
    try:
        return datetime.fromisoformat(text or "").astimezone(UTC)
    except ValueError as error:
        raise DamagedRecord(f"{warc_file}, offset {offset}: {text!r} is no WARC-Date") from error
