"""WARC records as crawlers and tools write them, for tests: bytes, so that each may be wrong in its own way."""

PAGE = b"<!doctype html><html><body><p>Barley does well in the hills.</p></body></html>"
DATE = "2026-03-06T09:00:00Z"


def make_record(
    name: str,
    *,
    kind: str = "response",
    date: str = DATE,
    url: str = "https://hills.example/{}",
    payload: bytes = PAGE,
    http: str = "Content-Type: text/html\r\n",
    content_type: str = "application/http;msgtype=response",
    length: int | None = None,
    extra: str = "",
) -> bytes:
    """A whole record with its two line ends; `http` are the lines of the response's headers, "" for none."""
    block = (b"HTTP/1.1 200 OK\r\n" + http.encode() + b"\r\n" if http else b"") + payload
    header = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Date: {date}\r\nWARC-Target-URI: {url.format(name)}\r\n"
        f"Content-Type: {content_type}\r\n{extra}Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return header.encode() + block + b"\r\n\r\n"
