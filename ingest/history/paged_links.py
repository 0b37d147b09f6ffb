"""What a feed says of itself without being parsed: its links to other pages, what made it, where its site is.

A plan may not parse: parsers of feeds run in processes of their own. So the few elements that matter are looked
for in the repaired text, in one pass.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from ingest.http.exchange import Exchange
from transforms.dates import parse_date
from transforms.feeds.decode_feed import decode_feed, drop_cdata
from transforms.urls import make_absolute

_IANA = "http://www.iana.org/assignments/relation/"
"""Registered relations may be written as IRIs that begin so. Source: RFC 4287, 4.2.7.2."""
_HISTORY = "purl.org/syndication/history/1.0"
"""The namespace of `fh:complete` and `fh:archive`. Source: RFC 5005, 1.2."""
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,40})(?=[\s/>])([^<>]*)>")
_FEEDS = frozenset({"rss", "feed", "rdf"})
_TAG = re.compile(
    r"<(/?)(?:[A-Za-z_][\w.-]{0,40}:)?(item|entry|link|complete)(?=[\s/>])([^<>]*)>", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TEXT = r"(?=[\s>])[^<>]*(?<!/)>\s*(?:<!\[CDATA\[)?\s*([^<>\]]{1,2000})"
_SITE = re.compile(rf"<link{_TEXT}", re.IGNORECASE)
_GENERATOR = re.compile(
    r"<(?:[A-Za-z_][\w.-]{0,40}:)?generator(?:agent)?(?=[\s>])[^<>]*>\s*[^<]{0,200}", re.IGNORECASE
)
_TOTAL = re.compile(rf"<(?:[A-Za-z_][\w.-]{{0,40}}:)?totalResults{_TEXT}", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_DAY = re.compile(
    r"<(?:pubDate|(?:[A-Za-z_][\w.-]{0,40}:)?published|dc:date)(?=[\s>])[^<>]*>\s*(?:<!\[CDATA\[)?([^<>\]]{4,100})",
    re.IGNORECASE,
)
_HEAD_CHARS = 100_000
"""How much before the first entry is searched for what the feed says of itself."""
_MOST_LINKS = 1_000
_HEADER_LINK = re.compile(
    r"<([^<>]{0,8000})>((?:\s*;\s*[\w!#$&+.^`|~*-]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s\",;]*))?)*)"
)
_HEADER_PARAMETER = re.compile(r";\s*([\w!#$&+.^`|~*-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]*))")


@dataclass(frozen=True, slots=True)
class Relation:
    """A link and what it is, of a feed or of a `Link` header."""

    name: str  # in small letters: "next", "prev-archive", "https://api.w.org/"
    url: str  # absolute
    kind: str = ""  # the media type that is said of it


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What a feed says of itself; all empty where a body is none."""

    is_feed: bool = False
    relations: tuple[Relation, ...] = ()  # those of the feed, then those of the answer's header
    is_complete: bool = False  # fh:complete: there are no entries but these
    generator: str = ""
    site_url: str = ""
    total: int | None = None  # openSearch:totalResults
    entries: int = 0
    days: tuple[date, ...] = ()  # of the entries' publication, as far as a glance tells

    def find(self, *names: str) -> str:
        """Where the first relation of one of these names leads, the first name first; "" for none."""
        return next((one.url for name in names for one in self.relations if one.name == name), "")


def read_head(exchange: Exchange) -> FeedHead:
    """What the body of an answer says of itself as a feed, RSS, RDF, Atom or JSON. Never raises for what it holds.

    Source: RFC 5005 (paged and archived feeds), RFC 4287 4.2.7 (links), JSON Feed 1.1 (`next_url`),
    OpenSearch 1.1 (`totalResults`).
    """
    base = exchange.fetch.final_url
    in_header = read_link_header(exchange.headers, base)
    text = decode_feed(exchange.body, exchange.fetch.content_type).lstrip("\ufeff \t\r\n\x00")
    if text[:1] == "{":
        return _read_json_head(text, base, in_header)
    markup = drop_cdata(text)
    root = _ROOT.search(markup)
    if root is None or root[1].lower() not in _FEEDS:
        return FeedHead(relations=in_header)
    base = make_absolute(base, _read_attributes(root[2]).get("xml:base", "")) or base
    relations, is_complete = _read_links(markup, base)
    heads = [
        _cut_head(markup),
        _cut_head(text),
    ]  # a value may be a CDATA section; what a comment says counts last
    site, total, generator = (_search(pattern, heads) for pattern in (_SITE, _TOTAL, _GENERATOR))
    alternate = next((one.url for one in relations if one.name == "alternate" and "json" not in one.kind), "")
    return FeedHead(
        is_feed=True,
        relations=(*relations, *in_header),
        is_complete=is_complete and _HISTORY in text,
        generator=unescape(generator[0]) if generator else "",
        site_url=(make_absolute(base, unescape(site[1].strip())) if site else "") or alternate,
        total=_read_number(total[1]) if total else None,
        entries=len(_ENTRY.findall(markup)),
        days=tuple(day for found in _DAY.finditer(text) if (day := _read_day(found[1]))),
    )


def _cut_head(text: str) -> str:
    first = _ENTRY.search(text)
    return text[: min(first.start() if first else len(text), _HEAD_CHARS)]


def _search(pattern: re.Pattern[str], texts: Iterable[str]) -> re.Match[str] | None:
    return next((found for text in texts if (found := pattern.search(text))), None)


def read_link_header(headers: Mapping[str, str], base: str) -> tuple[Relation, ...]:
    """The links of a `Link` header, made absolute; what cannot be read is left out.

    Source: RFC 8288, section 3.
    """
    found: list[Relation] = []
    # blanks are made one each, or the pattern would take its time over long runs of them
    for link in _HEADER_LINK.finditer(" ".join(headers.get("link", "")[:_HEAD_CHARS].split())):
        url = make_absolute(base, link[1])
        told: dict[str, str] = {}
        for name, quoted, plain in _HEADER_PARAMETER.findall(link[2]):
            told.setdefault(name.lower(), quoted or plain)
        kind = told.get("type", "").lower()
        names = told.get("rel", "").lower().split()
        found += [Relation(name.removeprefix(_IANA), url, kind) for name in names if url]
    return tuple(found[:_MOST_LINKS])


def add_query(url: str, **values: str) -> str:
    """`url` with these parameters, each in place of what it may have of that name; values must be encoded."""
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair and pair.partition("=")[0] not in values]
    return parts._replace(
        query="&".join([*kept, *(f"{name}={value}" for name, value in values.items())])
    ).geturl()


def _read_links(markup: str, base: str) -> tuple[tuple[Relation, ...], bool]:
    """The links of a feed itself, not of its entries, and whether it says that it is complete."""
    found: list[Relation] = []
    is_complete = is_inside = False
    for tag in _TAG.finditer(markup):
        name, is_empty = tag[2].lower(), tag[3].endswith("/")
        if name in ("item", "entry"):
            is_inside = not tag[1] and not is_empty
        elif is_inside or tag[1]:
            continue
        elif name == "complete":
            is_complete = True
        elif len(found) < _MOST_LINKS:
            found += _read_link(_read_attributes(tag[3]), base)
    return tuple(found), is_complete


def _read_link(attributes: Mapping[str, str], base: str) -> Iterator[Relation]:
    url = make_absolute(base, attributes.get("href", ""))
    relation = attributes.get("rel", "alternate").strip().lower().removeprefix(_IANA)
    if url:
        yield Relation(relation, url, attributes.get("type", "").lower())


def _read_attributes(text: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(text)
    return {name.lower(): unescape(double or single).strip() for name, double, single in found}


def _read_json_head(text: str, base: str, in_header: tuple[Relation, ...]) -> FeedHead:
    try:
        document: Any = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return FeedHead(relations=in_header)
    items = document.get("items")
    if "jsonfeed.org/version" not in str(document.get("version")) and not isinstance(items, list):
        return FeedHead(relations=in_header)
    told = {name: value for name, value in document.items() if isinstance(value, str)}
    following = make_absolute(base, told.get("next_url", ""))
    relations = (Relation("next", following),) if following else ()
    return FeedHead(
        is_feed=True,
        relations=(*relations, *in_header),
        site_url=make_absolute(base, told.get("home_page_url", "")),
        entries=len(items) if isinstance(items, list) else 0,
    )


def _read_day(text: str) -> date | None:
    found = parse_date(unescape(text))
    return found.date() if found else None


def _read_number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None
