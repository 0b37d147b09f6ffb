"""Entries for saved pages that no feed announces."""

import hashlib
from urllib.parse import urlsplit

from transforms.identity import make_id
from transforms.records import Entry, Feed, Fetch
from transforms.urls import canonicalize_url


def make_host_feed(url: str) -> Feed:
    """The feed that stands for the host of a page which no feed announces."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    home = f"https://{host}/" if host else "file:"
    return Feed(feed_id=make_id("fd1", home), url=home, title=host, outlet=host)


def make_page_entry(fetch: Fetch, body: bytes, feed: Feed | None = None) -> tuple[Feed, Entry]:
    """The feed and the entry that stand for a page which was saved without its feed.

    Without `feed` the page's host is the feed, so that the outlet is known. The entry has no title and no text
    of its own, all that comes from the page. Its article id is the one that a feed's entry for the same URL
    would have.
    """
    feed = feed or make_host_feed(fetch.url)
    canonical_url = canonicalize_url(fetch.url)
    entry_id = make_id("en1", feed.feed_id, canonical_url)
    entry = Entry(
        entry_id=entry_id,
        entry_version_id=make_id("ev1", entry_id, hashlib.blake2b(body).hexdigest()),
        article_id=make_id("ar1", canonical_url),
        feed_id=feed.feed_id,
        fetch_id=fetch.fetch_id,
        guid="",
        url=fetch.url,
        canonical_url=canonical_url,
        title="",
        authors=(),
        published_at=None,
        published_source="",
        published_trusted=False,
        updated_at=None,
        summary="",
        content="",
        language="",
        tags=(),
        seen_at=fetch.requested_at,
    )
    return feed, entry
