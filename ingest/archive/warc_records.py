"""Exchanges as WARC records and back.

A response is a `response` record of WARC 1.1 whose body is the decompressed one, so that any tool can replay
it; an exchange without a response (a failure of the network, our own refusal) is a `metadata` record. The
`Dateline-*` fields beside the standard ones hold what a replay needs to rebuild the very same `Exchange`.
"""

import gzip
import hashlib
import json
import re
from base64 import b32encode
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any
from uuid import uuid4

from warcio.bufferedreaders import ChunkedDataReader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from ingest.archive.warc_digests import is_altered
from ingest.archive.warc_reader import RawRecord
from ingest.http.decoding import BadCoding, open_decoder
from ingest.http.exchange import Exchange
from transforms.make_fetch import make_fetch
from transforms.records import Fetch, FetchKind, Outcome
from transforms.shift_dates import is_time_of_saving
from transforms.urls import is_web_url

WARC_VERSION = "WARC/1.1"
MAX_FOREIGN_BYTES = 50_000_000
"""A body in somebody else's WARC file is read up to this size."""

_PIECE_BYTES = 1 << 16
_GZIP_LEVEL = 6
_ORIGINAL = "x-archive-orig-"
_READ_KINDS = ("response", "resource", "conversion")
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_LONGEST_HTTP_HEADERS = 1 << 20
_DIGITS_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?\d{0,6}Z?")
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_FETCH_FIELDS = tuple(field.name for field in fields(Fetch))
_CHANGED = ("content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive")


class DamagedRecord(Exception):
    """A record that says nonsense; the message says which."""


def encode_exchange(exchange: Exchange) -> bytes:
    """The gzip member that holds `exchange` as a WARC record."""
    fetch = exchange.fetch
    named = {
        "WARC-Date": _format_instant(fetch.requested_at),
        "Dateline-Run-Id": fetch.run_id,
        "Dateline-Kind": fetch.kind,
        "Dateline-Feed-Id": fetch.feed_id,
        "Dateline-Entry-Id": fetch.entry_id,
        "Dateline-Moved-To": exchange.moved_to,
        "Dateline-Retry-At": _format_instant(exchange.retry_at) if exchange.retry_at else "",
        "Dateline-Headers": _to_json(dict(exchange.headers)),
        "Dateline-Fetch": _to_json(_plain_fetch(fetch)),
        "WARC-Target-URI": fetch.final_url.replace(" ", "%20"),
    }
    if not fetch.status:
        text = f"outcome: {fetch.outcome}\r\nerror: {_one_line(fetch.error)}\r\n".encode()
        return _encode_record("metadata", named, "application/warc-fields", b"", text)
    if not exchange.body and exchange.headers.get("content-length", "0") != "0":
        named["WARC-Truncated"] = "unspecified"  # the body of an error is not kept
    head = _encode_http_headers(fetch.status, exchange)
    return _encode_record("response", named, "application/http; msgtype=response", head, exchange.body)


def encode_warcinfo(file_name: str, software: str) -> bytes:
    """The gzip member that a WARC file begins with."""
    about = (
        f"software: {software}\r\nformat: WARC file version 1.1\r\n"
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
    )
    named = {"WARC-Date": _format_instant(datetime.now(UTC)), "WARC-Filename": file_name}
    return _encode_record("warcinfo", named, "application/warc-fields", b"", about.encode())


def _encode_record(
    kind: str, named: Mapping[str, str], content_type: str, head: bytes, payload: bytes
) -> bytes:
    """A record whose block is `head` and `payload`; what is named without a value is left out.

    Source: WARC 1.1, 4 (the record's form), 5 (named fields).
    """
    lines = [WARC_VERSION, f"WARC-Type: {kind}", f"WARC-Record-ID: <urn:uuid:{uuid4()}>"]
    lines += [f"{name}: {_one_line(value)}" for name, value in named.items() if value]
    of_payload = hashlib.sha1(payload, usedforsecurity=False)
    of_block = hashlib.sha1(head, usedforsecurity=False)
    of_block.update(payload)
    lines += [
        f"WARC-Payload-Digest: sha1:{b32encode(of_payload.digest()).decode('ascii')}",
        f"WARC-Block-Digest: sha1:{b32encode(of_block.digest()).decode('ascii')}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(head) + len(payload)}",
        "\r\n",
    ]
    record = b"".join(("\r\n".join(lines).encode(), head, payload, b"\r\n\r\n"))
    return gzip.compress(record, _GZIP_LEVEL, mtime=0)


def decode_record(record: RawRecord, warc_file: str, max_bytes: int = MAX_FOREIGN_BYTES) -> Exchange | None:
    """The exchange of a record of `warc_file`; None for a record that holds none.

    Records of other writers give what they hold: URL, date, status, headers and body. A body of theirs with
    more than `max_bytes` is refused.

    Raises:
        DamagedRecord: the record says nonsense.
    """
    stored = record.get("Dateline-Fetch")
    if stored is None:
        return _decode_foreign(record, warc_file, max_bytes)
    _check_digests(record, record.block or b"", {})
    try:
        fetch = replace(_parse_fetch(json.loads(stored)), warc_file=warc_file, warc_offset=record.offset)
        retry_at = record.get("Dateline-Retry-At")
        exchange = Exchange(
            fetch=fetch,
            headers=json.loads(record.get("Dateline-Headers") or "{}"),
            body=(record.block or b"").partition(b"\r\n\r\n")[2] if fetch.status else b"",
            moved_to=record.get("Dateline-Moved-To") or "",
            retry_at=datetime.fromisoformat(retry_at) if retry_at else None,
        )
    except (ValueError, TypeError, KeyError) as error:
        raise DamagedRecord(str(error)) from error
    if len(exchange.body) != fetch.body_bytes:
        raise DamagedRecord("the record is cut short")
    return exchange


def _decode_foreign(record: RawRecord, warc_file: str, max_bytes: int) -> Exchange | None:
    """Responses, and what was saved or made of one (`resource`, `conversion`)."""
    kind = (record.get("WARC-Type") or "").strip().lower()
    if kind == "continuation" or record.get("WARC-Segment-Number"):
        raise DamagedRecord("a record in several segments is not read")
    if kind not in _READ_KINDS:
        return None
    url = _read_address(record)
    declared = record.get("Content-Type") or ""
    block = record.block or b""
    if url is None and "html" not in declared and not block.startswith(b"HTTP/"):
        return None  # of the name service, a screenshot, a page's own text
    if url is None:
        raise DamagedRecord(f"{record.get('WARC-Target-URI')!r} is no address of the web")
    date = _parse_instant(record.get("WARC-Date"))
    if kind == "response" and (block.startswith(b"HTTP/") or declared.startswith("application/http")):
        status, headers, payload = _split_http(block)
    else:  # the body alone
        status, headers, payload = 200, {"content-type": declared} if declared else {}, block
    _check_digests(record, payload, headers)
    body, error = b"", ""
    if record.block is None:
        status, error = status or 200, _say_too_big(max_bytes)
    elif 200 <= status < 300:
        body, error = _read_foreign_body(payload, headers, max_bytes)
    outcome, error = _judge_foreign(status, body, error)
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
        warc_offset=record.offset,
    )
    return Exchange(fetch=fetch, headers=headers, body=body)


def _check_digests(record: RawRecord, payload: bytes, headers: Mapping[str, str]) -> None:
    """Digests of what was cut on purpose may be those of the whole; of a block that was not read nothing is known.

    Raises:
        DamagedRecord: there are digests, and none fits.
    """
    if record.block is None or record.get("WARC-Truncated"):
        return

    def list_readings() -> Iterator[bytes]:
        yield payload
        if _is_chunked(headers):
            yield _join_chunks(payload)
        yield _read_foreign_body(payload, headers, MAX_FOREIGN_BYTES)[0]

    digests = record.get("WARC-Block-Digest"), record.get("WARC-Payload-Digest")
    if is_altered(*digests, record.block, list_readings):
        raise DamagedRecord("the record's digest is not that of what it holds")


def _read_address(record: RawRecord) -> str | None:
    """The address that a record is of, also in angle brackets (Wget 1.19); None where it is not of the web.

    Raises:
        DamagedRecord: it is of the web, but cannot be read.
    """
    url = (record.get("WARC-Target-URI") or "").strip()
    if url.startswith("<") and url.endswith(">"):
        url = url[1:-1].strip()
    if not url.lower().startswith(("http:", "https:")):
        return None
    url = url.replace(" ", "%20")
    if not is_web_url(url):
        raise DamagedRecord(f"{url!r} is no address that can be read")
    return url


def _split_http(block: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in lower case, repeats joined by ", ") and payload of a response.

    Raises:
        DamagedRecord: there is no end of the headers.
    """
    end = _HEADERS_END.search(block, 0, _LONGEST_HTTP_HEADERS)
    head, payload = (block[: end.end()], block[end.end() :]) if end else (block, b"")
    if len(head) > _LONGEST_HTTP_HEADERS:
        raise DamagedRecord("the headers of the response do not end")
    parsed = StatusAndHeadersParser(["HTTP/"], verify=False).parse(BytesIO(head or b"\r\n"))
    headers: dict[str, str] = {}
    for raw_name, value in parsed.headers:
        name = raw_name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    code = parsed.get_statuscode()
    return int(code) if code.isascii() and code.isdigit() else 0, headers, payload


def _read_foreign_body(payload: bytes, headers: Mapping[str, str], max_bytes: int) -> tuple[bytes, str]:
    """The decompressed body, or b"" and why there is none.

    Many archives keep the body decompressed beside the headers as they came; such a body is taken as it is.
    """
    if _is_chunked(headers):
        payload = _join_chunks(payload)
    body = bytearray()
    try:
        decoder = open_decoder(headers.get("content-encoding", ""))
        for start in range(0, len(payload), _PIECE_BYTES):
            for piece in decoder.feed(payload[start : start + _PIECE_BYTES]):
                body += piece
                if len(body) > max_bytes:
                    return b"", _say_too_big(max_bytes)
        decoder.finish()
    except BadCoding as error:
        if not payload[:_PIECE_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{")):
            return b"", f"body: {error}"
        return (payload, "") if len(payload) <= max_bytes else (b"", _say_too_big(max_bytes))
    return bytes(body), ""


def _is_chunked(headers: Mapping[str, str]) -> bool:
    return headers.get("transfer-encoding", "").strip().lower() == "chunked"


def _join_chunks(payload: bytes) -> bytes:
    joined: bytes = ChunkedDataReader(BytesIO(payload), raise_exceptions=False).read()
    return joined


def _say_too_big(max_bytes: int) -> str:
    return f"size: the body has more than {max_bytes:,} bytes"


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


def _encode_http_headers(status: int, exchange: Exchange) -> bytes:
    """The response's headers as they fit the stored body; what they said of the wire is kept under a name
    that no tool acts upon.
    """
    headers = [
        (f"{_ORIGINAL}{name}" if name in _CHANGED else name, _one_line(value))
        for name, value in exchange.headers.items()
    ]
    headers.append(("content-length", str(len(exchange.body))))
    named = [(name.title(), value) for name, value in headers]
    line = f"{status} {_PHRASES.get(status, 'Unknown')}"
    encoded: bytes = StatusAndHeaders(line, named, protocol="HTTP/1.1").to_ascii_bytes()
    return encoded


def _plain_fetch(fetch: Fetch) -> dict[str, Any]:
    plain = {name: getattr(fetch, name) for name in _FETCH_FIELDS}
    plain["requested_at"] = fetch.requested_at.isoformat()
    return plain


def _parse_fetch(fields: dict[str, Any]) -> Fetch:
    fields["requested_at"] = datetime.fromisoformat(fields["requested_at"])
    fields["redirects"] = tuple(fields["redirects"])
    return Fetch(**fields)


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _one_line(text: str) -> str:
    """`text` as the value of a header, which a line break would end."""
    if text.isascii() and text.isprintable():
        return text
    if not text.isprintable():
        text = " ".join(text.splitlines())
    return text.encode("utf-8", "replace").decode("utf-8")


def _format_instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _parse_instant(text: str | None) -> datetime:
    """A WARC-Date: ISO 8601 cut to any precision, or its digits alone, as ARC files have them; always UTC.

    Raises:
        DamagedRecord: it is none, or no day on which a page could have been saved.
    """
    given = (text or "").strip()
    digits = _DIGITS_DATE.fullmatch(given)
    padded = f"{given}-01-01"[:10] if re.fullmatch(r"\d{4}(-\d\d)?", given) else given
    if digits:
        padded = "{}-{}-{}T{}:{}:{}".format(*(part or "00" for part in digits.groups()))
    try:
        instant = datetime.fromisoformat(padded)
        instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DamagedRecord(f"{text!r} is no WARC-Date") from error
    if not is_time_of_saving(instant, datetime.now(UTC)):
        raise DamagedRecord(f"nothing was saved at {text!r}, its WARC-Date")
    return instant
