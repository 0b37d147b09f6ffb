"""JSON feeds: JSON Feed 1.0 and 1.1, and RSS written as JSON."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from transforms.dates import FeedDate, make_context, read_feed_date
from transforms.feeds.bound_markup import MAX_ENTRIES
from transforms.feeds.entry_links import EntryLink, choose_link, clean_guid
from transforms.feeds.parsed_feed import NotAFeed, ParsedEntry, ParsedFeed, describe_failure
from transforms.plain_characters import drop_illegal_characters
from transforms.plain_text import html_to_line, html_to_text
from transforms.urls import make_absolute, read_link
from transforms.written_dates.read_days import DateContext

_BuildEntry = Callable[[dict[str, Any], str, DateContext], ParsedEntry]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the caller knows and wants: see `parse_feed`."""

    url: str
    country: str
    max_entries: int
    skip: int


@dataclass(frozen=True, slots=True)
class _Items:
    """A feed's items: see `ParsedFeed`."""

    entries: tuple[ParsedEntry, ...]
    unreadable: tuple[str, ...]
    left_out: int
    skipped: int


def parse_json_feed(
    text: str, url: str, *, country: str = "", max_entries: int = MAX_ENTRIES, skip: int = 0
) -> ParsedFeed | NotAFeed:
    """Read a JSON feed; the arguments are those of `parse_feed`.

    Values of a wrong type are read where their meaning is plain (a number as id, `author` beside `authors`),
    an item that is no object is reported in `unreadable`. Never raises for what the text holds.

    Source: https://www.jsonfeed.org/version/1.1/ and /1/; "RSS-in-JSON" by Dave Winer.
    """
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        return NotAFeed("feed_unreadable", f"it begins like JSON but is not valid: {error}"[:200])
    if not isinstance(document, dict):
        return NotAFeed("not_a_feed", "it is JSON, but no feed: a JSON feed is an object")
    asked = _Asked(url, country, max_entries, skip)
    rss = document.get("rss")
    if isinstance(rss, dict) and isinstance(rss.get("channel"), dict):
        return _read_rss(rss["channel"], asked)
    if "jsonfeed.org/version" not in _text(document, "version") and not isinstance(
        document.get("items"), list
    ):
        return NotAFeed("not_a_feed", "it is JSON, but no feed: it has neither JSON Feed's version nor items")
    return _read_json_feed(document, asked)


def _read_json_feed(document: dict[str, Any], asked: _Asked) -> ParsedFeed:
    self_url = make_absolute(asked.url, _text(document, "feed_url"))
    site_url = read_link(asked.url, _text(document, "home_page_url"))
    base = site_url or self_url or asked.url
    language = _text(document, "language")
    items = _read_items(
        document.get("items"), base, language, ("date_published", "date_modified"), _build_item, asked
    )
    return ParsedFeed(
        format="json11" if _text(document, "version").rstrip("/").endswith("1.1") else "json10",
        title=_text(document, "title"),
        language=language,
        site_url=site_url,
        self_url=self_url,
        ttl_s=None,
        update_interval_s=None,
        entries=items.entries,
        unreadable=items.unreadable,
        left_out=items.left_out,
        skipped=items.skipped,
    )


def _build_item(item: dict[str, Any], base: str, context: DateContext) -> ParsedEntry:
    modified = read_feed_date(_text(item, "date_modified"), context)
    published = read_feed_date(_text(item, "date_published"), context)
    source = "date_published" if published else "date_modified" if modified else ""
    content = _text(item, "content_html") or _text(item, "content_text")
    plain = html_to_text(_text(item, "content_html")) or _text(item, "content_text")
    guid = clean_guid(_text(item, "id"))
    links = [EntryLink(_text(item, "url")), EntryLink(_text(item, "external_url"), "related")]
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    tags = item.get("tags")
    return ParsedEntry(
        guid=guid,
        url=choose_link([link for link in links if link.address], "", guid, base),
        title=html_to_line(_text(item, "title")),
        authors=_unique(_text(author, "name") for author in authors or () if isinstance(author, dict)),
        published_at=_at(published or modified),
        published_utc_offset_s=_offset(published or modified),
        published_source=source,
        updated_at=_at(modified),
        summary=html_to_text(_text(item, "summary")) or plain,
        content=content,
        language=_text(item, "language"),
        tags=_unique(tag.strip() for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
    )


def _read_rss(channel: dict[str, Any], asked: _Asked) -> ParsedFeed:
    site_url = read_link(asked.url, _text(channel, "link"))
    language = _text(channel, "language")
    items = _read_items(
        channel.get("item"), site_url or asked.url, language, ("pubDate",), _build_rss_item, asked
    )
    ttl = _text(channel, "ttl")
    return ParsedFeed(
        format="rssjson",
        title=html_to_line(_text(channel, "title")),
        language=language,
        site_url=site_url,
        self_url="",
        ttl_s=int(ttl) * 60 if ttl.isdecimal() and ttl.isascii() and len(ttl) < 8 else None,
        update_interval_s=None,
        entries=items.entries,
        unreadable=items.unreadable,
        left_out=items.left_out,
        skipped=items.skipped,
    )


def _build_rss_item(item: dict[str, Any], base: str, context: DateContext) -> ParsedEntry:
    guid = clean_guid(_text(item, "guid"))
    published = read_feed_date(_text(item, "pubDate"), context)
    author = _text(item, "dc:creator") or _text(item, "author")
    categories = item.get("category")
    categories = categories if isinstance(categories, list) else [categories]
    link = _text(item, "link")
    return ParsedEntry(
        guid=guid,
        url=choose_link([EntryLink(link)] if link else [], _text(item, "feedburner:origLink"), guid, base),
        title=html_to_line(_text(item, "title")),
        authors=_unique((author,)),
        published_at=_at(published),
        published_utc_offset_s=_offset(published),
        published_source="pubDate" if published else "",
        summary=html_to_text(_text(item, "description")) or html_to_text(_text(item, "content:encoded")),
        content=_text(item, "content:encoded"),
        tags=_unique(_text({"name": category}, "name") for category in categories),
    )


def _read_items(
    items: Any, base: str, language: str, date_names: tuple[str, ...], build: _BuildEntry, asked: _Asked
) -> _Items:
    listed = items if isinstance(items, list) else [items] if isinstance(items, dict) else []
    skip = asked.skip if asked.skip < len(listed) else 0
    taken = listed[skip : skip + asked.max_entries]
    dates = (_text(item, name) for item in taken if isinstance(item, dict) for name in date_names)
    context = make_context(language, asked.country, _host_of(base), dates)
    entries: list[ParsedEntry] = []
    unreadable: list[str] = []
    for position, item in enumerate(taken, start=1):
        if not isinstance(item, dict):
            unreadable.append(f"entry {position}: not an object but {type(item).__name__}")
            continue
        try:
            entries.append(build(item, base, context))
        except Exception as error:  # one entry must not end the feed
            unreadable.append(describe_failure(position, error))
    return _Items(tuple(entries), tuple(unreadable), len(listed) - skip - len(taken), skip)


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _at(date: FeedDate | None) -> datetime | None:
    return date.at if date else None


def _offset(date: FeedDate | None) -> int | None:
    return date.utc_offset_s if date else None


def _text(holder: dict[str, Any], key: str) -> str:
    """A text of JSON without what no text can hold (half an emoji); numbers as written, RSS-in-JSON's
    `{"#value": ...}` opened, all else "".
    """
    value = holder.get(key)
    if isinstance(value, dict):
        value = value.get("#value")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    return drop_illegal_characters(value).strip() if isinstance(value, str) else ""


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
