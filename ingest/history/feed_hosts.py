"""Which hosts a feed speaks for, so that addresses out of lists of others find their feed."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpx

from transforms.records import Feed

_FRONTS = re.compile(r"^(?:(?:www|feeds?|rss)\.)+(?=[^.]+\.)")
"""What stands before a site's name where it serves pages or feeds."""


def name_host(url: str) -> str:
    """The host of an address in small letters and in ASCII as the client asks it; "" where it has none."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
        return host if host.isascii() else httpx.URL(f"https://{host}/").raw_host.decode("ascii")
    except (ValueError, httpx.InvalidURL):
        return ""


def name_site(url: str) -> str:
    """The site that an address is of: its host without `www.`, `feeds.` or `rss.`."""
    return _FRONTS.sub("", name_host(url), count=1)


def is_of_site(url: str, site: str) -> bool:
    """Whether an address is on a site's host or one below it."""
    host = name_host(url)
    return bool(site) and (host == site or host.endswith(f".{site}"))


class FeedHosts:
    """Finds the feed of an address; of feeds of one site the first speaks for it."""

    def __init__(self, feeds: Iterable[Feed]) -> None:
        self._by_site: dict[str, Feed] = {}
        for feed in feeds:
            site = name_site(feed.url)
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
