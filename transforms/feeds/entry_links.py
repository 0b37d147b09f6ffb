"""Which of an entry's links leads to its page."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from transforms.urls import is_placeholder, is_web_url, read_link

_COMMENTS = re.compile(
    r"#(?:comments?|respond|disqus_thread)\b|/comments?(?:/|$)|[?&]replytocom=", re.IGNORECASE
)
_FEED = re.compile(r"/(?:feed|rss|atom)/?(?:\?|$)|\.(?:rss|atom|rdf)$|[?&]feed=", re.IGNORECASE)
_FILE = re.compile(
    r"\.(?:mp3|m4a|mp4|m4v|webm|ogg|wav|mov|avi|jpe?g|png|gif|webp|svg|avif|zip|torrent)(?:\?|$)",
    re.IGNORECASE,
)
_PAGE_TYPES = re.compile(r"|(?:text|application)/(?:xhtml\+xml|html|vnd\.wap.*|plain)\b.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EntryLink:
    """A link as the entry gives it, not made absolute."""

    address: str
    relation: str = "alternate"
    kind: str = ""  # the media type that is said of it


def choose_link(links: Sequence[EntryLink], original: str, guid: str, base: str) -> str:
    """The address of the entry's page, absolute; "" where it has none.

    `original` is what a redirector says that its link leads to (`feedburner:origLink`): it goes first. Then the
    link in the entry's own words, else its GUID if that is a web address, else what it is related to. Of several
    links the first that is no comments page, feed, picture or recording.
    """
    alternates = [link for link in links if link.relation == "alternate"]
    found = _read_all([original], base) or _rank(alternates, base)
    if found:
        return found[0]
    guids = [guid] if is_web_url(guid) or guid.lower().startswith("www.") else []
    related = [link for link in links if link.relation in ("related", "via", "canonical", "shorturl")]
    found = _read_all(guids, base) or _rank(related, base)
    return found[0] if found else ""


def clean_guid(guid: str) -> str:
    """The GUID as given; "" for what stands where there is none (`N/A`)."""
    return "" if is_placeholder(guid) else guid


def read_link_element(link: Mapping[str, object]) -> EntryLink:
    """feedparser's link: relation `alternate` unless said otherwise."""
    return EntryLink(
        str(link.get("href") or ""),
        str(link.get("rel") or "alternate").lower().rsplit("/", 1)[-1],  # it may be written as an IRI
        str(link.get("type") or ""),
    )


def _rank(links: Sequence[EntryLink], base: str) -> list[str]:
    read = [(link, url) for link in links if (url := read_link(base, link.address))]
    return [url for _, url in sorted(read, key=lambda pair: _measure_doubt(*pair))]


def _measure_doubt(link: EntryLink, url: str) -> int:
    """How unlikely it is that a link leads to the page; 0 for one that says nothing against it."""
    doubt = 8 * bool(_FILE.search(url.partition("#")[0])) + 4 * bool(_COMMENTS.search(url))
    return doubt + 2 * bool(_FEED.search(url)) + (0 if _PAGE_TYPES.fullmatch(link.kind) else 1)


def _read_all(addresses: Iterable[str], base: str) -> list[str]:
    return [url for address in addresses if (url := read_link(base, address))]
