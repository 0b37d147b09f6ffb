"""`dateline entries`: a feed's entries as JSON lines."""

import gzip
import json
import sys
import zlib
from contextlib import nullcontext
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.commands.show_text import echo
from transforms.errors import Permanent

if TYPE_CHECKING:
    from dateline.home import Home
    from dateline.settings import Settings
    from transforms.feeds.parsed_feed import NotAFeed, ParsedEntry, ParsedFeed


@click.command()
@click.argument("source", metavar="FILE|URL|-")
@click.option("--now", is_flag=True, help="Also ask a host that asked to be left alone for a while.")
def command(source: str, now: bool) -> None:
    """Print the entries of a feed as JSON lines.

    The source is a file (plain or .gz), a URL, or - for standard input. A line holds id (the feed's own,
    else the entry's address, else title and day), title, url, published_at and updated_at, authors, summary
    and tags. published_at is UTC and ends in Z where the feed names the zone; else the time or day as
    written.
    """
    from dateline.commands.show_rows import make_plain
    from dateline.home import find_home
    from dateline.settings import load_settings
    from transforms.feeds.parsed_feed import NotAFeed

    home = find_home()
    settings = load_settings(home)
    if "://" in source and not Path(source).exists():
        parsed = _fetch(source, home, settings, now)
    else:
        parsed = _parse(_read(source, settings.http.max_feed_bytes), settings)
    if isinstance(parsed, NotAFeed):
        raise Permanent(describe(source, parsed))
    for entry in parsed.entries:
        echo(json.dumps(make_plain(_to_json(entry)), ensure_ascii=False))
    for detail in parsed.unreadable:
        echo(f"dateline: {source}: left out: {detail}", err=True)
    if parsed.left_out:
        echo(f"dateline: {source}: left out: {parsed.left_out} entries, too many to read at once", err=True)


def describe(source: str, found: "NotAFeed") -> str:
    """Why `source` is no feed, and what to try in its place."""
    message = f"{source} is no feed: {found.detail}"
    if not found.advertised:
        return message
    links = "\n".join(
        f"  {link.url}" + (f"  ({link.title})" if link.title else "") for link in found.advertised
    )
    first = found.advertised[0].url
    return f"{message}; it advertises\n{links}\nTo follow one: dateline feeds add '{first}'"


def _fetch(url: str, home: "Home", settings: "Settings", now: bool) -> "ParsedFeed | NotAFeed":
    import asyncio

    from dateline.commands.feed_check import fetch_feed

    return asyncio.run(fetch_feed(url, home, settings, now=now)).parsed


def _parse(body: bytes, settings: "Settings") -> "ParsedFeed | NotAFeed":
    import asyncio

    from ingest.feeds.parse_workers import FeedParser

    with FeedParser(settings.clean, settings.poll.max_entries) as parser:
        return asyncio.run(parser.parse(body, "", ""))


def _read(source: str, most_bytes: int) -> bytes:
    try:
        with nullcontext(sys.stdin.buffer) if source == "-" else Path(source).open("rb") as file:
            body = file.read(most_bytes + 1)
        if body.startswith(b"\x1f\x8b"):
            with gzip.open(BytesIO(body)) as packed:
                body = packed.read(most_bytes + 1)
    except FileNotFoundError as error:
        raise Permanent(
            f"{source}: there is no such file; give a file, an address with https://, or -"
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise Permanent(f"{source}: cannot be read ({error})") from error
    if len(body) > most_bytes:
        raise Permanent(
            f"{source}: it has more than {most_bytes:,} bytes, which is all that http.max_feed_bytes allows"
        )
    return body


def _to_json(entry: "ParsedEntry") -> dict[str, object]:
    day = entry.published_at.date().isoformat() if entry.published_at else ""
    return {
        "id": entry.guid or entry.url or f"{entry.title} {day}".strip(),
        "title": entry.title,
        "url": entry.url,
        "published_at": _to_text(entry.published_at, is_utc=entry.published_utc_offset_s is not None),
        "updated_at": _to_text(entry.updated_at, is_utc=True),
        "authors": list(entry.authors),
        "summary": entry.summary,
        "tags": list(entry.tags),
    }


def _to_text(instant: datetime | None, *, is_utc: bool) -> str | None:
    if instant is None:
        return None
    written = instant.isoformat().removesuffix("+00:00")
    return f"{written}Z" if is_utc else written.removesuffix("T00:00:00")
