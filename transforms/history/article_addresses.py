"""Which addresses are obviously no article: front pages, lists, forms, files.

In doubt an address is kept: a page that is no article costs one request, one that is left out is lost.
"""

import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

from transforms.history.url_days import read_url_day
from transforms.urls import canonicalize_url

_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?")
_FRONTS = frozenset({"", "index.html", "index.htm", "index.php"})
_PAGED = re.compile(r"/page/\d{1,6}/?$")
_LISTS = frozenset({
    "tag", "tags", "topic", "topics", "category", "categories", "author", "authors", "search", "suche",
    "feed", "feeds", "rss", "atom", "sitemap", "sitemaps",
    "login", "log-in", "signin", "sign-in", "logout", "log-out", "signup", "sign-up", "register", "account",
    "accounts", "my-account", "subscribe", "subscription", "newsletter", "newsletters", "cart", "checkout",
    "wp-admin", "wp-json", "wp-login.php", "wp-content", "wp-includes", "xmlrpc.php", "cdn-cgi",
})  # fmt: skip
"""Parts of a path below which there are lists, forms and machinery.

Source: WordPress' rewrite rules and folders for its own; the rest is a list of our own.
"""
_LAST = frozenset({"print", "embed"})
"""Ends of paths that show an article once more."""
_MOST_HYPHENS = 3
"""A last part of more words is rather an article's than a tag's."""
_ALONE = frozenset({
    "about", "contact", "privacy", "terms", "cookies", "imprint", "impressum", "help", "faq", "jobs", "careers",
    "advertise", "donate", "archive", "archives", "staff", "team", "events", "podcasts", "video", "videos", "photos",
    "news", "latest", "home", "world", "international", "national", "local", "politics", "politik", "politique",
    "politica", "business", "economy", "wirtschaft", "finance", "money", "markets", "tech", "technology", "science",
    "health", "environment", "climate", "education", "culture", "kultur", "arts", "entertainment", "lifestyle",
    "travel", "food", "opinion", "editorial", "sport", "sports", "weather", "obituaries", "africa", "asia", "europe",
    "americas", "blog", "blogs",
    "about-us", "contact-us", "privacy-policy", "privacy-notice", "cookie-policy", "terms-of-use",
    "terms-of-service", "terms-and-conditions", "advertise-with-us",
})  # fmt: skip
"""Paths of one part that are a section or tell of the outlet; another word alone may be an article's."""
_QUERIES = frozenset({"s", "q", "search", "query", "replytocom", "share", "print", "sort", "filter", "feed"})
_PAGE_QUERIES = frozenset({"page", "paged"})
"""These mean a list only where they are a number: some sites name their articles so."""
_FILES = frozenset({
    "jpg", "jpeg", "png", "gif", "webp", "svg", "avif", "ico", "bmp", "pdf", "mp3", "mp4", "m4a", "m4v", "webm", "ogg",
    "wav", "zip", "gz", "xml", "json", "css", "js", "rss", "atom", "txt", "csv", "doc", "docx", "xls", "xlsx", "ppt",
    "pptx", "woff", "woff2", "ttf",
})  # fmt: skip


def is_no_article(url: str) -> bool:
    """Whether an address has the shape of a front page, a section, a list, a form, a search, or no page at all.

    A path with a day in it is an article's whatever else it says, unless it is a file's.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    path = parts.path.lower()
    segments = [segment for segment in path.split("/") if segment]
    _, dot, ending = path.rstrip("/").rpartition(".")
    if dot and ending in _FILES:
        return True
    if read_url_day(path) is not None:
        return False
    if _is_list_query(parts) or _PAGED.search(path):
        return True
    if len(segments) > 1 and _LANGUAGE.fullmatch(segments[0]):
        segments = segments[1:]
    if len(segments) < 2:
        return _is_no_article_alone(url, "".join(segments))
    is_short = segments[-1].count("-") <= _MOST_HYPHENS
    return segments[-1] in _LAST or (is_short and not _LISTS.isdisjoint(segments))


def _is_list_query(parts: SplitResult) -> bool:
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    return any(
        name.lower() in _QUERIES or (name.lower() in _PAGE_QUERIES and value.isdecimal())
        for name, value in pairs
    )


def _is_no_article_alone(url: str, segment: str) -> bool:
    """Whether a path of this one part, or of none, is no article's; but for parameters, which may name one."""
    if segment in _LISTS:
        return True
    is_plain = segment in _FRONTS or segment in _ALONE or _LANGUAGE.fullmatch(segment)
    return bool(is_plain) and not urlsplit(canonicalize_url(url)).query
