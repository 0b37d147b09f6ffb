"""The site that a feed is of, and which addresses belong to it."""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from transforms.records import Feed
from transforms.urls import host_of, is_web_url

_SERVICES = (
    "feedburner.com", "feedproxy.google.com", "feedblitz.com", "feedpress.me", "feedx.net", "rss.app",
    "rsshub.app", "fetchrss.com", "feed43.com", "politepol.com", "openrss.org", "morss.it", "news.google.com",
)  # fmt: skip
"""Hosts that serve feeds of other sites; a list of our own."""
_FRONTS = re.compile(
    r"^(?:(?:www|feeds?|rss|xml|atom)\.)+(?=[^.]+\.)(?!(?:ac|co|com|edu|go|gov|ne|net|or|org)\.[a-z]{2}$)"
)
"""What stands before a site's name where it serves pages or feeds; `www.gov.uk` is no part of a site `gov.uk`."""
_HOST = re.compile(r"(?:[a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{1,62}")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
"""What parts the labels of a name. Source: RFC 3490, 3.1."""


def name_host(url: str) -> str:
    """The host of an address in small letters and in ASCII, as it is looked up; "" where it has none.

    Source: RFC 5891, 4.4 (labels that are not ASCII are written `xn--` and in Punycode).
    """
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
        return host if host.isascii() else ".".join(map(_to_ascii, _DOTS.split(host))).strip(".")
    except ValueError:
        return ""


def is_service(url: str) -> bool:
    """Whether an address is that of a service that serves feeds of other sites."""
    return any(is_of_site(url, one) for one in _SERVICES)


def find_site(feed: Feed) -> str:
    """The host of the site that a feed is of, without `www.`, `feeds.`, `rss.`; "" where nothing tells it.

    Of a feed that a service serves for others the outlet is the site, where that is the name of a host.
    """
    if not is_service(feed.url):
        return _FRONTS.sub("", name_host(feed.url), count=1)
    outlet = feed.outlet.strip().lower()
    site = _FRONTS.sub("", name_host(outlet if is_web_url(outlet) else f"https://{outlet}/"), count=1)
    return site if _HOST.fullmatch(site) and not is_service(f"https://{site}/") else ""


def find_home(feed: Feed) -> str:
    """Where the front page of the site of a feed is, without a slash at its end; "" where nothing tells it.

    It is on the feed's own host, but for `feeds.` and the like on the site's.
    """
    site, own = find_site(feed), name_host(feed.url)
    if not site or not is_web_url(feed.url):
        return ""
    if is_service(feed.url):
        return f"https://{site}"
    host = own if own.startswith("www.") else site
    parts = urlsplit(feed.url)
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def is_of_site(url: str, site: str) -> bool:
    """Whether an address is on a site's host or one below it; `www.` makes no difference."""
    host = name_host(url)
    is_own = host.removeprefix("www.") == site.removeprefix("www.")
    return bool(site) and (is_own or host.endswith(f".{site}"))


def is_same_host(url: str, *others: str) -> bool:
    """Whether `url` is on the host of one of `others`; `www.` makes no difference."""
    return bool(host_of(url)) and host_of(url) in {host_of(other) for other in others}


class FeedHosts:
    """Finds the feed of an address; of feeds of one site the first speaks for it."""

    def __init__(self, feeds: Iterable[Feed]) -> None:
        self._by_site: dict[str, Feed] = {}
        for feed in feeds:
            site = find_site(feed)
            if site:
                self._by_site.setdefault(site, feed)

    @property
    def by_site(self) -> dict[str, Feed]:
        return dict(sorted(self._by_site.items()))

    def find(self, url: str) -> Feed | None:
        """The feed of the address's host, else of the nearest host above it."""
        host = name_host(url)
        while host:
            if host in self._by_site:
                return self._by_site[host]
            host = host.partition(".")[2]
        return None


def _to_ascii(label: str) -> str:
    """Raises: UnicodeError: a label that cannot be written so."""
    label = unicodedata.normalize("NFKC", label.lower())
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
