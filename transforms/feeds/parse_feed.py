"""Feed bytes to `ParsedFeed`: RSS, RDF and Atom by feedparser; JSON by `transforms.feeds.parse_json_feed`."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import feedparser

from transforms.dates import FeedDate, make_context, read_feed_date
from transforms.feeds.bound_markup import MAX_ENTRIES, MarkupBounder
from transforms.feeds.decode_feed import decode_feed, drop_cdata, repair_xml
from transforms.feeds.entry_links import EntryLink, choose_link, clean_guid, read_link_element
from transforms.feeds.find_feeds import find_feeds
from transforms.feeds.parse_json_feed import parse_json_feed
from transforms.feeds.parsed_feed import NotAFeed, ParsedEntry, ParsedFeed, describe_failure, tidy_feed
from transforms.plain_text import html_to_line, html_to_text
from transforms.urls import is_web_url, make_absolute, read_link
from transforms.written_dates.read_days import DateContext

_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_ENTRY_TAG = re.compile(r"<(?:(?:rss|atom|a10)\d*:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)
_DATE_ELEMENT = re.compile(
    r"<([\w.-]{1,40}:)?(pubdate|published|issued|updated|modified|lastbuilddate|date|created|publicationdate)"
    r"(?=[\s>])[^<>]{0,200}>\s{0,40}(?:<!\[CDATA\[)?((?:[^<\]]|\](?!\]>)){4,140})",
    re.IGNORECASE,
)
_DATE_KEYS = {  # feedparser's name for each of them
    "pubdate": "published", "published": "published", "issued": "published", "updated": "updated",
    "modified": "updated", "lastbuilddate": "updated", "date": "updated", "created": "created",
    "publicationdate": "prism_publicationdate",
}  # fmt: skip
_PUBLISHED_KEYS = ("published", "created", "updated", "prism_publicationdate")
_PERIODS_S = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_CAPTION = re.compile(r"(</?)media:description\b")
_LINK_WITH_TEXT = re.compile(
    r"<link\s+([^<>]*?(?:href|ur[il])\s*=[^<>]*?)(?<!/)>\s*([^<\s][^<]{0,8000}|<!\[CDATA\[[^<]{0,8000}\]\]>)\s*</link\s*>"
)
"""RSS gives an address as the link's text; where attributes hold another, feedparser would drop the text."""
_LONGEST_HEAD = 20_000
"""How much of what comes before the first entry is read again with each entry of a feed in pieces."""
_E_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


def parse_feed(
    body: bytes,
    content_type: str,
    url: str,
    *,
    country: str = "",
    max_entries: int = MAX_ENTRIES,
    skip: int = 0,
) -> ParsedFeed | NotAFeed:
    """Read a feed of any format.

    `body` is decompressed, `content_type` the response's header, `url` where it came from (relative links
    are resolved against it). `country` is the outlet's, ISO 3166-1 alpha-3: it decides what dates mean that can
    be read in two ways. A malformed feed is used as far as it can be, entries that are seen but cannot be read
    are listed in `unreadable`. Reading goes on behind the first `skip` entries, or begins again at the first where
    there are no more than these. What is above `max_entries` is counted in `left_out`. For what the body holds
    nothing else is raised.

    Raises:
        MemoryError: the process may not take as much as the body needs.
    """
    try:
        parsed = _parse(body, content_type, url, country, max_entries, skip)
        return tidy_feed(parsed) if isinstance(parsed, ParsedFeed) else parsed
    except MemoryError:  # whoever bounds the memory says what that means
        raise
    except Exception as error:  # feedparser breaks on what nobody foresaw; that is this feed's failure only
        return NotAFeed("feed_unreadable", f"the parser failed: {type(error).__name__}: {error}"[:300])


def _parse(
    body: bytes, content_type: str, url: str, country: str, max_entries: int, skip: int
) -> ParsedFeed | NotAFeed:
    text = decode_feed(body, content_type)
    start = text.lstrip("\ufeff \t\r\n\x00")
    if not start:
        return NotAFeed("feed_unreadable", "the body is empty")
    if start[0] in "{[":
        return parse_json_feed(start, url, country=country, max_entries=max_entries, skip=skip)
    bounder = MarkupBounder(max_entries, skip)
    repaired = repair_xml(text, bounder)
    if skip and bounder.entries <= skip:
        skip, bounder = 0, MarkupBounder(max_entries)
        repaired = repair_xml(text, bounder)
    root = _ROOT.search(repaired, 5)
    root_name = root[1].lower() if root else ""
    if root_name == "html" or re.match(r"<!doctype\s+html", start, re.IGNORECASE):
        return NotAFeed("not_a_feed", "it is a web page", find_feeds(text, url))
    result = _run_feedparser(repaired)
    seen = len(_ENTRY_TAG.findall(drop_cdata(repaired)))
    if not result.entries and not result.version:
        if _looks_like_page(root_name, start):
            return NotAFeed("not_a_feed", "it is a web page", find_feeds(text, url))
        what = f"its first element is <{root_name}>" if root_name else f"it begins {start[:40]!r}"
        return NotAFeed("not_a_feed", f"it is neither RSS, RDF, Atom nor JSON Feed: {what}")
    feed = _build_feed(result, repaired, seen, url, country)
    return replace(feed, left_out=bounder.left_out, skipped=skip)


def _run_feedparser(repaired: str) -> Any:
    """feedparser's result; entry by entry where the whole makes it fail."""
    try:
        return _run_feedparser_once(repaired)
    except Exception:  # a KeyError for an empty geographic element, a TypeError for an odd picture, ...
        starts = [match.start() for match in _ENTRY_TAG.finditer(repaired)]
        if not starts:
            raise
    head = repaired[: starts[0]][:_LONGEST_HEAD]
    try:
        result = _run_feedparser_once(head)
    except Exception:
        head = '<rss version="2.0"><channel>'
        result = _run_feedparser_once(head)
    for start, end in pairwise([*starts, len(repaired)]):
        with suppress(Exception):  # what is left out is reported: fewer entries than were seen
            result.entries += _run_feedparser_once(head + repaired[start:end]).entries[:1]
    return result


def _run_feedparser_once(repaired: str) -> Any:
    # A BytesIO, since feedparser opens bytes as a file name first. No base address is given: it would be
    # mixed into relative GUIDs, which must not change when the feed moves. Markup is neither cleaned nor
    # resolved: it is only ever turned into text. Captions of pictures would pass for the entry's text.
    repaired = _CAPTION.sub(r"\1media:caption", repaired)
    repaired = _LINK_WITH_TEXT.sub(r"<link>\2</link><link \1/>", repaired)
    return feedparser.parse(
        BytesIO(repaired.encode("utf-8")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _looks_like_page(root_name: str, start: str) -> bool:
    return (
        root_name in ("head", "body", "meta", "title", "script", "div", "p")
        or "<html" in start[:2000].lower()
    )


def _build_feed(result: Any, repaired: str, seen: int, url: str, country: str) -> ParsedFeed:
    facts = result.feed
    self_url = next(
        (link.get("href", "") for link in facts.get("links", ()) if link.get("rel") == "self"), ""
    )
    site_url = read_link(url, _text(facts, "link"))
    base = (url if is_web_url(url) else "") or make_absolute("", self_url) or site_url
    if not result.version.startswith("atom"):
        base = site_url or base  # Atom says what a relative link means (RFC 4287, 2); in RSS it is the site's
    sources = _index_dates(repaired)
    host = urlsplit(site_url or base).hostname or ""
    context = make_context(_text(facts, "language"), country, host, (text for _, text in sources))
    entries: list[ParsedEntry] = []
    unreadable: list[str] = []
    for position, raw in enumerate(result.entries, start=1):
        try:
            entries.append(_build_entry(raw, base, sources, context))
        except Exception as error:  # one entry must not end the feed
            unreadable.append(describe_failure(position, error))
    lost = seen - len(result.entries)
    unreadable += [f"one of {seen} entries in the feed was not understood by the parser"] * lost
    return ParsedFeed(
        format=result.version or "",
        title=html_to_line(_text(facts, "title")),
        language=_text(facts, "language"),
        site_url=site_url,
        self_url=make_absolute(base, self_url),
        ttl_s=_read_ttl(_text(facts, "ttl")),
        update_interval_s=_read_update_interval(facts),
        entries=tuple(entries),
        unreadable=tuple(unreadable),
        problem=str(result.get("bozo_exception", ""))[:200] if result.get("bozo") else "",
    )


def _build_entry(
    raw: Any, base: str, sources: dict[tuple[str, str], str], context: DateContext
) -> ParsedEntry:
    guid = clean_guid(_text(raw, "id"))
    published, published_source = _find_published(raw, sources, context)
    contents = [str(content.get("value", "")) for content in raw.get("content", ())]
    content = max(contents, key=len, default="")
    summary = html_to_text(_text(raw, "summary"))
    if content and len(html_to_text(content)) < len(summary):
        content = ""  # something else than the text
    updated = "" if published_source.lower().endswith(":date") else str(dict.get(raw, "updated") or "")
    updated_date = read_feed_date(updated, context)
    return ParsedEntry(
        guid=guid,
        url=choose_link(_list_links(raw, guid), _find_original(raw), guid, base),
        title=_read_title(raw),
        authors=_find_authors(raw),
        published_at=published.at if published else None,
        published_utc_offset_s=published.utc_offset_s if published else None,
        published_source=published_source,
        updated_at=updated_date.at if updated_date else None,
        summary=summary,
        content=content,
        language=_find_language(raw),
        tags=_unique(
            html_to_line(str(tag.get("label") or tag.get("term") or "")) for tag in raw.get("tags", ())
        ),
    )


def _read_title(raw: Any) -> str:
    # feedparser finds out whether an RSS title is markup; an Atom title says so, but is often escaped twice
    return html_to_line(_text(raw, "title")) if _is_markup(raw) else " ".join(_text(raw, "title").split())


def _is_markup(raw: Any) -> bool:
    kind = (raw.get("title_detail") or {}).get("type", "text/html")
    return kind != "text/plain" or bool(re.search(r"&#?\w+;", _text(raw, "title")))


def _list_links(raw: Any, guid: str) -> list[EntryLink]:
    """The entry's links in its order; feedparser takes a GUID for one, and the last of several for the link."""
    links = [read_link_element(link) for link in raw.get("links", ())]
    link = _text(raw, "link")
    if link and (link != guid or is_web_url(guid)) and link not in {other.address for other in links}:
        links.insert(0, EntryLink(link))
    return [other for other in links if other.address]


def _find_original(raw: Any) -> str:
    """Where a redirector says that its link leads. Source: FeedBurner's and Pheedo's namespaces."""
    keys = ("feedburner_origlink", "pheedo_origlink")
    return next((address for key in keys if (address := _text(raw, key))), "")


def _find_authors(raw: Any) -> tuple[str, ...]:
    names = [str(author.get("name", "")) for author in raw.get("authors", ())]
    names = names if any(names) else [_text(raw, "author")]
    cleaned = (html_to_line(_E_MAIL.sub("", name)).strip(" ()<>,;") for name in names)
    return _unique(name for name in cleaned if name)


def _find_published(
    raw: Any, sources: dict[tuple[str, str], str], context: DateContext
) -> tuple[FeedDate | None, str]:
    for key in _PUBLISHED_KEYS:
        text = " ".join(str(dict.get(raw, key) or "").split())
        found = read_feed_date(text, context) if text else None
        if found:
            return found, sources.get((key, text), key)
    return None, ""


def _index_dates(repaired: str) -> dict[tuple[str, str], str]:
    """The name of the element for each date in the feed, by feedparser's key and the date's text.

    feedparser maps several elements to one key, `dc:date` and `atom:updated` to "updated" for instance.
    """
    found: dict[tuple[str, str], str] = {}
    for prefix, name, text in _DATE_ELEMENT.findall(repaired):
        found.setdefault((_DATE_KEYS[name.lower()], " ".join(text.split())), prefix + name)
    return found


def _find_language(raw: Any) -> str:
    content = raw.get("content") or [{}]
    detail = raw.get("title_detail") or {}
    return str(_text(raw, "language") or content[0].get("language") or detail.get("language") or "")


def _read_ttl(text: str) -> int | None:
    """RSS gives minutes. Source: RSS 2.0 specification, element ttl."""
    return int(text) * 60 if re.fullmatch(r"\d{1,7}", text) and int(text) > 0 else None


def _read_update_interval(facts: Any) -> int | None:
    """Seconds between updates. Source: RDF Site Summary 1.0 Modules: Syndication."""
    period = _text(facts, "sy_updateperiod").lower()
    frequency = _text(facts, "sy_updatefrequency")
    if period not in _PERIODS_S:
        return None
    times = int(frequency) if re.fullmatch(r"\d{1,5}", frequency) and int(frequency) > 0 else 1
    return _PERIODS_S[period] // times


def _text(holder: Any, key: str) -> str:
    value = holder.get(key)
    return value.strip() if isinstance(value, str) else ""


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
