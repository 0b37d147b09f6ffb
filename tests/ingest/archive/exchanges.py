"""An exchange to store, for tests of the archive."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.archive.warc_files import ArchiveWriter
from ingest.http.exchange import Exchange
from transforms.make_fetch import make_fetch

NOW = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
MEGABYTES = 10**8


def make_exchange(number: int = 0, body: bytes = b"<p>news</p>") -> Exchange:
    return Exchange(
        fetch=make_fetch(
            "run-1",
            "page",
            f"https://news.example/{number}",
            NOW + timedelta(seconds=number),
            feed_id="fd1-1",
            entry_id=f"en1-{number}",
            duration_s=0.25,
            body_bytes=len(body),
            content_type="text/html",
        ),
        headers={"content-type": "text/html", "content-length": str(len(body))},
        body=body,
    )


def append(writer: ArchiveWriter, exchange: Exchange) -> Exchange:
    """The exchange as it must come back: with its place."""
    warc_file, offset = writer.append(exchange)
    return replace(exchange, fetch=replace(exchange.fetch, warc_file=warc_file, warc_offset=offset))


def files(folder: Path) -> list[str]:
    """The names of the archive's files, in order."""
    return sorted(path.name for path in folder.glob("*.warc.gz"))
