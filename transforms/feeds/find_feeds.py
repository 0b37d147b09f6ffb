"""The feeds that a web page advertises."""

import re

import lxml.html
from lxml import etree

from transforms.feeds.parsed_feed import FeedLink
from transforms.plain_characters import drop_illegal_characters
from transforms.urls import make_absolute

_FEED_TYPES = re.compile(
    r"application/(?:rss|atom|rdf)\+xml|application/(?:feed\+)?json|(?:application|text)/(?:x\.?)?(?:rss|atom)|text/xml|application/xml"
)
_FEED_ADDRESS = re.compile(
    r"(?:\.(?:rss|rdf|atom)|/(?:rss|atom|feeds?)(?:\.xml|\.json)?/?|/index\.xml|[?&](?:feed|format)=(?:rss2?|atom))$",
    re.IGNORECASE,
)
_FEED_WORDS = re.compile(r"\b(?:rss|atom|feed)\b", re.IGNORECASE)
_MOST = 20


def find_feeds(page: str, url: str) -> tuple[FeedLink, ...]:
    """The feeds that the HTML `page` at `url` names, comment feeds last; none where it names none.

    `<link rel="alternate">` with a feed's type and `<link rel="feed">` first; without any, links in the
    text whose address looks like a feed's. At most 20.

    Source: RSS Advisory Board, "RSS Autodiscovery"; WHATWG HTML, link types "alternate" and "feed".
    """
    parser = lxml.html.HTMLParser(encoding="utf-8")
    try:
        root = lxml.html.document_fromstring(drop_illegal_characters(page).encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ()
    bases = root.xpath("//base/@href")
    base = make_absolute(url, str(bases[0])) if isinstance(bases, list) and bases else url
    found = [link for element in root.iter("link") if (link := _read_link(element, base))]
    if not found:
        found = [link for element in root.iter("a") if (link := _read_anchor(element, base))]
    unique = {link.url: link for link in reversed(found)}
    links = [unique[address] for address in dict.fromkeys(link.url for link in found)]
    return tuple(sorted(links, key=lambda link: "comment" in (link.url + link.title).lower()))[:_MOST]


def _read_link(element: etree._Element, base: str) -> FeedLink | None:
    relations = (element.get("rel") or "").lower().split()
    kind = (element.get("type") or "").lower().split(";")[0].strip()
    if "stylesheet" in relations or "wp-json" in (element.get("href") or "") or "oembed" in kind:
        return None
    if "feed" in relations or ("alternate" in relations and _FEED_TYPES.fullmatch(kind)):
        address = make_absolute(base, element.get("href") or "")
        return FeedLink(address, " ".join((element.get("title") or "").split())) if address else None
    return None


def _read_anchor(element: etree._Element, base: str) -> FeedLink | None:
    address = make_absolute(base, element.get("href") or "")
    title = " ".join(str(element.xpath("string()")).split())
    named = _FEED_WORDS.search(title) and address.lower().endswith((".xml", ".json"))
    if address and (named or _FEED_ADDRESS.search(address)):
        return FeedLink(address, title)
    return None
