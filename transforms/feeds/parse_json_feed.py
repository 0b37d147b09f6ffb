"""JSON feeds: JSON Feed 1.0 and 1.1, and RSS written as JSON."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from transforms.dates import parse_date
from transforms.feeds.parsed_feed import NotAFeed, ParsedEntry, ParsedFeed
from transforms.plain_text import html_to_line, html_to_text
from transforms.urls import is_web_url, make_absolute

_BuildEntry = Callable[[dict[str, Any], str], ParsedEntry]


def parse_json_feed(text: str, url: str) -> ParsedFeed | NotAFeed:
    """Read a JSON feed; `url` is where it came from.

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
    rss = document.get("rss")
    if isinstance(rss, dict) and isinstance(rss.get("channel"), dict):
        return _read_rss(rss["channel"], url)
    if "jsonfeed.org/version" not in _text(document, "version") and not isinstance(
        document.get("items"), list
    ):
        return NotAFeed("not_a_feed", "it is JSON, but no feed: it has neither JSON Feed's version nor items")
    return _read_json_feed(document, url)


def _read_json_feed(document: dict[str, Any], url: str) -> ParsedFeed:
    self_url = make_absolute(url, _text(document, "feed_url"))
    site_url = make_absolute(url, _text(document, "home_page_url"))
    entries, unreadable = _read_items(document.get("items"), site_url or self_url or url, _build_item)
    return ParsedFeed(
        format="json11" if _text(document, "version").rstrip("/").endswith("1.1") else "json10",
        title=_text(document, "title"),
        language=_text(document, "language"),
        site_url=site_url,
        self_url=self_url,
        ttl_s=None,
        update_interval_s=None,
        entries=entries,
        unreadable=unreadable,
    )


def _build_item(item: dict[str, Any], base: str) -> ParsedEntry:
    published, modified = parse_date(_text(item, "date_published")), parse_date(_text(item, "date_modified"))
    source = "date_published" if published else "date_modified" if modified else ""
    content = _text(item, "content_html") or _text(item, "content_text")
    plain = html_to_text(_text(item, "content_html")) or _text(item, "content_text")
    guid = _text(item, "id")
    addresses = (_text(item, "url"), guid if is_web_url(guid) else "", _text(item, "external_url"))
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    tags = item.get("tags")
    return ParsedEntry(
        guid=guid,
        url=next((found for address in addresses if (found := make_absolute(base, address))), ""),
        title=html_to_line(_text(item, "title")),
        authors=_unique(_text(author, "name") for author in authors or () if isinstance(author, dict)),
        published_at=published or modified,
        published_source=source,
        updated_at=modified,
        summary=html_to_text(_text(item, "summary")) or plain,
        content=content,
        language=_text(item, "language"),
        tags=_unique(tag.strip() for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
    )


def _read_rss(channel: dict[str, Any], url: str) -> ParsedFeed:
    site_url = make_absolute(url, _text(channel, "link"))
    entries, unreadable = _read_items(channel.get("item"), site_url or url, _build_rss_item)
    ttl = _text(channel, "ttl")
    return ParsedFeed(
        format="rssjson",
        title=html_to_line(_text(channel, "title")),
        language=_text(channel, "language"),
        site_url=site_url,
        self_url="",
        ttl_s=int(ttl) * 60 if ttl.isdecimal() and ttl.isascii() and len(ttl) < 8 else None,
        update_interval_s=None,
        entries=entries,
        unreadable=unreadable,
    )


def _build_rss_item(item: dict[str, Any], base: str) -> ParsedEntry:
    guid = _text(item, "guid")
    published = parse_date(_text(item, "pubDate"))
    author = _text(item, "dc:creator") or _text(item, "author")
    categories = item.get("category")
    categories = categories if isinstance(categories, list) else [categories]
    return ParsedEntry(
        guid=guid,
        url=make_absolute(base, _text(item, "link")) or (guid if is_web_url(guid) else ""),
        title=html_to_line(_text(item, "title")),
        authors=_unique((author,)),
        published_at=published,
        published_source="pubDate" if published else "",
        summary=html_to_text(_text(item, "description")) or html_to_text(_text(item, "content:encoded")),
        content=_text(item, "content:encoded"),
        tags=_unique(_text({"name": category}, "name") for category in categories),
    )


def _read_items(items: Any, base: str, build: _BuildEntry) -> tuple[tuple[ParsedEntry, ...], tuple[str, ...]]:
    listed = items if isinstance(items, list) else [items] if isinstance(items, dict) else []
    entries = tuple(build(item, base) for item in listed if isinstance(item, dict))
    unreadable = (
        f"entry {position}: not an object but {type(item).__name__}"
        for position, item in enumerate(listed, start=1)
        if not isinstance(item, dict)
    )
    return entries, tuple(unreadable)


def _text(holder: dict[str, Any], key: str) -> str:
    """A text of JSON; numbers as written, RSS-in-JSON's `{"#value": ...}` opened, all else ""."""
    value = holder.get(key)
    if isinstance(value, dict):
        value = value.get("#value")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    return value.strip() if isinstance(value, str) else ""


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
