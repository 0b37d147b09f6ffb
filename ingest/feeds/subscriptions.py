"""The subscriptions: a CSV file that the user may edit by hand."""

import csv
import io
import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from transforms.errors import Permanent
from transforms.identity import make_id
from transforms.records import Feed
from transforms.urls import is_web_url

COLUMNS = ("url", "title", "outlet", "country", "language", "tags")
_PATTERNS = {
    "country": (r"|[A-Z]{3}", "an ISO 3166-1 alpha-3 code such as KEN"),
    "language": (r"|[a-z]{2}", "an ISO 639-1 code such as en"),
}


def make_feed(
    url: str,
    title: str = "",
    outlet: str = "",
    country: str = "",
    language: str = "",
    tags: Iterable[str] = (),
) -> Feed:
    """A subscription to the feed at `url`.

    Raises:
        Permanent: a value does not fit; the message begins with the column's name.
    """
    url = repair_feed_url(url)
    if not is_web_url(url) or re.search(r"\s", url):
        raise Permanent(f"url: {url!r} is no http(s) address")
    parts = urlsplit(url)
    if "@" in parts.netloc:
        bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        raise Permanent(
            f"url: {bare} was given with a user's name, and Dateline signs in nowhere; leave it out"
        )
    country, language = country.strip().upper(), language.strip().lower()
    for column, value in (("country", country), ("language", language)):
        pattern, wanted = _PATTERNS[column]
        if not re.fullmatch(pattern, value):
            raise Permanent(f"{column}: {value!r} is not {wanted}")
    kept = dict.fromkeys(tag for tag in map(_tidy_tag, tags) if tag)
    return Feed(make_id("fd1", url), url, _tidy(title), _tidy(outlet), country, language, tuple(kept))


def repair_feed_url(url: str) -> str:
    """A feed's address as people and programs write it, made fetchable: `feed:` and a missing scheme."""
    url = url.strip()
    url = re.sub(r"^feed:(?://)?(?=https?:)", "", url, flags=re.IGNORECASE)
    url = re.sub(r"^feed://", "http://", url, flags=re.IGNORECASE)
    if re.match(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?]|$)", url):
        url = f"https://{url}"
    scheme, separator, rest = url.partition("://")
    return scheme.lower() + separator + rest if separator else url


def read_subscriptions(path: Path) -> list[Feed]:
    """The feeds of a CSV file with the columns url, title, outlet, country, language, tags (split by ";").

    Only `url` must be there. Lines that are empty or begin with "#" are passed over; none where the file is
    missing.

    Raises:
        Permanent: a row is broken; names file, line and column.
    """
    if not path.exists():
        return []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Permanent(f"{path}: not UTF-8 ({error}); save it as UTF-8") from error
    return _parse_csv(text, str(path))


def write_subscriptions(path: Path, feeds: Iterable[Feed]) -> None:
    """Write the CSV file by atomic rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        file.write(format_subscriptions(feeds))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def format_subscriptions(feeds: Iterable[Feed]) -> str:
    """The text of the CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for feed in feeds:
        writer.writerow((feed.url, feed.title, feed.outlet, feed.country, feed.language, ";".join(feed.tags)))
    return out.getvalue()


def add_feeds(present: Iterable[Feed], more: Iterable[Feed]) -> tuple[list[Feed], list[Feed]]:
    """Join two lists; a feed that is there already stays as it is. Returns all feeds and those added."""
    feeds = {feed.feed_id: feed for feed in present}
    added: list[Feed] = []
    for feed in more:
        if feed.feed_id not in feeds:
            feeds[feed.feed_id] = feed
            added.append(feed)
    return list(feeds.values()), added


def _parse_csv(text: str, name: str) -> list[Feed]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    lines: dict[str, int] = {}
    feeds: list[Feed] = []
    try:
        for row in reader:
            if not any(cell.strip() for cell in row) or row[0].startswith("#"):
                continue
            if not header:
                header = _check_header(row, f"{name}, line {reader.line_num}")
                continue
            feed = _read_row(header, row, f"{name}, line {reader.line_num}")
            if feed.feed_id in lines:
                raise Permanent(
                    f"{name}, line {reader.line_num}, column url: {feed.url} is in line "
                    f"{lines[feed.feed_id]} already; remove one of the lines"
                )
            lines[feed.feed_id] = reader.line_num
            feeds.append(feed)
    except csv.Error as error:
        raise Permanent(
            f"{name}, line {reader.line_num}: not valid CSV ({error}); check the quotation marks"
        ) from error
    return feeds


def _check_header(row: list[str], where: str) -> list[str]:
    header = [cell.strip().lower() for cell in row]
    unknown = [cell for cell in header if cell not in COLUMNS]
    if "url" not in header or unknown or len(set(header)) < len(header):
        found = f"{unknown[0]!r} is none of them" if unknown else f"found {','.join(header)}"
        raise Permanent(f"{where}: the first line must name the columns {','.join(COLUMNS)}; {found}")
    return header


def _read_row(header: list[str], row: list[str], where: str) -> Feed:
    if len(row) > len(header):
        raise Permanent(
            f"{where}: {len(row)} values for {len(header)} columns; "
            "put a value that holds a comma in quotation marks"
        )
    cells = dict.fromkeys(COLUMNS, "") | dict(zip(header, row, strict=False))
    tags = cells.pop("tags").split(";")
    try:
        return make_feed(**cells, tags=tags)
    except Permanent as error:
        raise Permanent(f"{where}, column {error}") from error


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _tidy_tag(tag: str) -> str:
    """A tag as the file can hold it; "a/b" is folder b in folder a."""
    parts = (_tidy(part) for part in tag.replace(";", ",").split("/"))
    return "/".join(part for part in parts if part)
