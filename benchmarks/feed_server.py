"""A server of many feeds on loopback that answers conditional requests with 304.

    python -m benchmarks.feed_server --feeds 1000 --ports 8

Prints its ports as a JSON list, then serves until its standard input ends. `/counts` gives the answers so
far by status and starts to count again.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter

LAST_MODIFIED = "Mon, 02 Mar 2026 06:00:00 GMT"
ENTRIES = 20


def make_feed(number: int) -> bytes:
    """An RSS 2.0 feed of twenty entries."""
    items = "".join(
        f"<item><guid>story-{number}-{nth}</guid><title>Story {nth} of feed {number}</title>"
        f"<link>http://127.0.0.1/{number}/{nth}</link><pubDate>{LAST_MODIFIED}</pubDate>"
        f"<description>{'What happened, told in a sentence or two. ' * 4}</description></item>"
        for nth in range(ENTRIES)
    )
    text = (
        f"<title>Feed {number}</title><link>http://127.0.0.1/{number}</link><description>News</description>"
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{text}{items}</channel></rss>'.encode()


class Connection(asyncio.Protocol):
    """One connection: answers requests without a body, one after the other."""

    def __init__(self, feeds: int, counts: Counter[int]) -> None:
        self._feeds = feeds
        self._counts = counts
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            self._transport.write(self._answer(head))

    def _answer(self, head: bytes) -> bytes:
        request, *lines = head.decode("latin-1").split("\r\n")
        path = request.split(" ")[1]
        if path == "/counts":
            body = json.dumps(self._counts).encode()
            self._counts.clear()
            return _make_answer("200 OK", "application/json", body)
        number = path.removeprefix("/feed/").removesuffix(".xml")
        if not number.isdigit() or int(number) >= self._feeds:
            self._counts[404] += 1
            return _make_answer("404 Not Found", "text/plain", b"no such feed")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        validators = f'ETag: "v1-{number}"\r\nLast-Modified: {LAST_MODIFIED}\r\n'
        if headers.get("if-none-match") == f'"v1-{number}"':
            self._counts[304] += 1
            return f"HTTP/1.1 304 Not Modified\r\n{validators}\r\n".encode()
        self._counts[200] += 1
        return _make_answer("200 OK", "application/rss+xml", make_feed(int(number)), validators)


def _make_answer(status: str, kind: str, body: bytes, headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


async def serve(feeds: int, ports: int) -> None:
    """Serve on so many free ports until standard input ends."""
    loop = asyncio.get_running_loop()
    counts: Counter[int] = Counter()
    servers = [
        await loop.create_server(lambda: Connection(feeds, counts), "127.0.0.1", 0, backlog=1_000)
        for _ in range(ports)
    ]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    """Serve feeds."""
    parser = argparse.ArgumentParser(description="Serve many feeds on loopback.")
    parser.add_argument("--feeds", type=int, default=1_000)
    parser.add_argument("--ports", type=int, default=1)
    options = parser.parse_args()
    asyncio.run(serve(options.feeds, options.ports))


if __name__ == "__main__":
    main()
