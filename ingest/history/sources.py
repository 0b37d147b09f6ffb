"""The history sources by name. A new one is a module of this room and a line here."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from transforms.errors import Permanent

if TYPE_CHECKING:  # whoever only lists the names imports nothing heavy
    from ingest.history.protocol import HistorySource


@dataclass(frozen=True, slots=True)
class KnownSource:
    """Where a source's class lies (`module:class`, made without arguments), and what it reads."""

    target: str
    about: str
    is_network: bool = False  # asks services; else it reads files on this machine
    is_for_many: bool = False  # one window serves many feeds at once


SOURCES = {
    "folder": KnownSource("ingest.history.folder:FolderSource", "saved feeds and pages at PATH"),
    "warc": KnownSource("ingest.history.warc:WarcSource", "WARC files at PATH"),
    "wordpress": KnownSource(
        "ingest.history.wordpress:WordPressSource",
        "the posts of a WordPress site, by its API or its feeds",
        True,
    ),
    "paged": KnownSource("ingest.history.paged:PagedSource", "feeds that link to their older pages", True),
    "sitemap": KnownSource("ingest.history.sitemap:SitemapSource", "the sitemaps of the feed's site", True),
    "wayback": KnownSource(
        "ingest.history.wayback:WaybackSource", "snapshots of the feed and of pages in a web archive", True
    ),
    "commoncrawl": KnownSource(
        "ingest.history.commoncrawl:CommonCrawlSource", "pages of the feed's site in Common Crawl", True
    ),
    "ccnews": KnownSource(
        "ingest.history.ccnews:CcNewsSource",
        "whole files of Common Crawl's news, or a mirror at PATH",
        True,
        True,
    ),
    "gdelt": KnownSource("ingest.history.gdelt:GdeltSource", "addresses that GDELT lists", True, True),
    "mediacloud": KnownSource(
        "ingest.history.mediacloud:MediaCloudSource", "addresses that Media Cloud lists, with your key", True
    ),
    "urls": KnownSource(
        "ingest.history.url_file:UrlFileSource", "pages whose addresses the file at PATH lists", True, True
    ),
}
AUTO = ("wordpress", "paged", "sitemap", "wayback", "commoncrawl")
"""What `auto` goes through, in the order of cost and evidence."""


def open_source(name: str) -> "HistorySource":
    """The source of that name.

    Raises:
        Permanent: there is none.
    """
    if name not in SOURCES:
        raise Permanent(f"no history source is named {name!r}; there are {', '.join(SOURCES)}")
    module, _, attribute = SOURCES[name].target.partition(":")
    source: HistorySource = getattr(import_module(module), attribute)()
    return source
