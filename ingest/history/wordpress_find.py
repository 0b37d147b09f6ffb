"""Whether a feed's site is WordPress, where its API is, and which posts the feed is of."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Literal
from urllib.parse import urlsplit

from ingest.history.paged_links import (
    FeedHead,
    Relation,
    add_query,
    read_head,
    read_link_header,
)
from ingest.history.protocol import HistoryAccess
from ingest.history.services import ask
from ingest.http.exchange import Exchange, Fetcher, Request
from transforms.history.sites import is_same_host, is_service
from transforms.records import Feed
from transforms.urls import is_web_url, make_absolute

_API = "https://api.w.org/"
"""The relation of the link to the API. Source: REST API Handbook, "Discovery"."""
_API_TAG = re.compile(rb"<link\b[^<>]*?\brel\s*=\s*[\"']?https://api\.w\.org/[^<>]*>", re.IGNORECASE)
_HREF = re.compile(rb"\bhref\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE)
_MADE_BY = re.compile(rb"<meta\b[^<>]*\bcontent\s*=\s*[\"']WordPress\b", re.IGNORECASE)
_GENERATORS = ("wordpress.org", "wordpress.com")
_HTML_BYTES = 300_000
_ROUTE = re.compile(r"/wp/v2/([\w-]+)/(\d{1,12})/?(?:$|[?&])")
_KIND = r"(?:feed|rdf|rss2?|atom)"
_MAIN = re.compile(rf"(?:index\.php/?)?(?:{_KIND}(?:/{_KIND})?/?)?|wp-(?:rss2?|rdf|atom|feed)\.php")
"""The paths, below the site's, of the feeds of all posts. Source: WordPress, `WP_Rewrite::rewrite_rules`."""
_MAIN_PARAMETERS = ("feed", "paged", "withoutcomments")

_Scope = Literal["all", "some", "unknown", "comments"]


@dataclass(frozen=True, slots=True)
class Site:
    """Where the posts of a feed are listed."""

    apis: tuple[
        str, ...
    ]  # addresses to be tried one after the other; none where the API cannot know the posts
    is_wordpress: bool  # something says so; else an API that answers would
    home: str  # ends with a slash
    feed_url: str  # whose pages hold what the feed holds; "" where the feed cannot be read
    is_main: bool  # the feed is that of all posts of the site
    asked_at: datetime  # when the feed was asked for
    version: str = ""  # what the site said of the feed's state then


async def find_site(fetcher: Fetcher, feed: Feed, access: HistoryAccess) -> Site | None:
    """Look at the feed, and if it does not say where the API is at the site's home page; None for a feed of comments,
    and for one of a service that does not say whose it is.

    Asks one or two questions. Only hosts of the feed and of its site are believed; that the site is elsewhere
    than the feed only of feeds that WordPress made.

    Raises:
        Transient: the site is down, refuses connections or wants to be left alone for long.
    """
    exchange = await ask(fetcher, Request("feed", feed.url, access.run_id, feed.feed_id))
    url = exchange.fetch.final_url
    head = read_head(exchange) if exchange.fetch.outcome == "ok" else FeedHead()
    relations = head.relations or read_link_header(exchange.headers, url)
    is_made = any(name in head.generator.lower() for name in _GENERATORS)
    home = head.site_url
    if not home or not (is_made or is_same_host(home, url)):
        if is_service(url):
            return None
        home = make_absolute(url, "/")
    home = home.partition("?")[0].partition("#")[0].rstrip("/") + "/"
    api, is_wordpress = _find_api(relations, url, home), is_made
    if not api:
        page = await ask(fetcher, Request("listing", home, access.run_id, feed.feed_id))
        api = _find_api(_read_page_links(page), page.fetch.final_url, url, home)
        is_wordpress = is_wordpress or bool(_MADE_BY.search(page.body[:_HTML_BYTES]))
    scope, query = _find_scope(relations, url, home)
    if scope == "comments":
        return None
    roots = [_add_route(api)] if api else []
    guess = f"{home}?rest_route=/wp/v2/posts"
    apis = [add_query(root, **query) for root in dict.fromkeys([*roots, guess])]
    feed_url = url if head.is_feed else ""
    if feed_url and not is_same_host(url, home):
        feed_url = f"{home}feed/"
    return Site(
        apis=() if scope == "unknown" else tuple(apis),
        is_wordpress=is_wordpress or bool(api),
        home=home,
        feed_url=feed_url,
        is_main=scope == "all",
        asked_at=exchange.fetch.requested_at,
        version=exchange.headers.get("etag") or exchange.headers.get("last-modified", ""),
    )


def _find_api(relations: tuple[Relation, ...], *hosts: str) -> str:
    links = (one.url for one in relations if one.name == _API)
    return next((link for link in links if is_same_host(link, *hosts)), "")


def _read_page_links(page: Exchange) -> tuple[Relation, ...]:
    """The link to the API in the header of a page, and in its markup."""
    base = page.fetch.final_url
    found = read_link_header(page.headers, base)
    for tag in _API_TAG.finditer(page.body[:_HTML_BYTES]):
        href = _HREF.search(tag[0])
        address = make_absolute(base, unescape(href[1].decode("utf-8", "replace"))) if href else ""
        found += (Relation(_API, address),) if address else ()
    return found


def _add_route(root: str) -> str:
    """The address of the posts, of that of the API: `/wp-json/`, or `/?rest_route=/` without permalinks."""
    return f"{root.rstrip('/')}/wp/v2/posts"


def _find_scope(relations: tuple[Relation, ...], url: str, home: str) -> tuple[_Scope, dict[str, str]]:
    """Which posts a feed is of, and how the API is asked for them.

    A feed of a category, tag or author links to it in the API; a feed of comments to the post.

    Source: WordPress 5.5, `rest_output_link_header`; 5.7 for `include_children`, as a category's feed has them.
    """
    for one in relations:
        route = _ROUTE.search(one.url) if one.name == "alternate" and "json" in one.kind else None
        if route is None:
            continue
        base, number = route[1], route[2]
        if base == "categories":
            terms = {"categories%5Bterms%5D": number, "categories%5Binclude_children%5D": "true"}
            return "some", terms
        if base in ("tags", "users"):
            return "some", {"tags" if base == "tags" else "author": number}
        return ("comments" if base in ("posts", "pages", "media") else "unknown"), {}
    parts, below = urlsplit(url), urlsplit(home).path
    pairs = [pair.partition("=")[::2] for pair in parts.query.split("&") if pair]
    path = parts.path
    if re.search(r"(?:^|/)comments?/", path) or any(value.startswith("comments") for _, value in pairs):
        return "comments", {}
    if not is_same_host(url, home):  # a service that hands the feed on, under an address of its own
        return ("all" if is_web_url(home) else "unknown"), {}
    is_main = path.startswith(below) and bool(_MAIN.fullmatch(path[len(below) :]))
    has_more = any(name not in _MAIN_PARAMETERS for name, _ in pairs)
    return ("all" if is_main and not has_more else "unknown"), {}
