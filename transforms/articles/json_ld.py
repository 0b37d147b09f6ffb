"""JSON-LD of a page: lenient reading, and finding the node that is the article.

Source: https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents and https://schema.org/Article.
"""

import html
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

from transforms.articles.lenient_json import read_lenient_json

Node = Mapping[str, Any]

ARTICLE_TYPES = frozenset(
    {
        "Article",
        "AdvertiserContentArticle",
        "AnalysisNewsArticle",
        "AskPublicNewsArticle",
        "BackgroundNewsArticle",
        "BlogPosting",
        "DiscussionForumPosting",
        "LiveBlogPosting",
        "NewsArticle",
        "OpinionNewsArticle",
        "Report",
        "ReportageNewsArticle",
        "Review",
        "ReviewNewsArticle",
        "SatiricalArticle",
        "ScholarlyArticle",
        "SocialMediaPosting",
        "TechArticle",
    }
)
"""schema.org Article and the types below it, and Review, which news sites use for tests and criticism."""

PAGE_TYPES = frozenset({"ClaimReview", "WebPage", "ItemPage", "MediaGallery", "ImageGallery"})
"""Types that carry an article's headline and dates on pages that name no Article."""

_SHARED_FIELDS = ("headline", "datePublished", "dateModified", "author")

MAX_BLOCK_CHARS = 3_000_000
MAX_DEPTH = 12

_ROOT_KEYS = frozenset({"@graph", "mainEntity", "mainEntityOfPage"})
"""What stands under these is about the page; under other keys it is about something the page mentions."""

_HALVES = re.compile("[\ud800-\udfff]")
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class JsonLd:
    """The nodes of a page in document order: those about the page, all, and all by their `@id`."""

    roots: tuple[Node, ...] = ()
    nodes: tuple[Node, ...] = ()
    by_id: Mapping[str, Node] = field(default_factory=dict)

    def resolve(self, value: Any) -> Any:
        """The node that `{"@id": ...}` stands for, where the page has it; else `value` itself."""
        if isinstance(value, Mapping) and not any(key in value for key in ("name", "headline", "text")):
            known = self.by_id.get(str(value.get("@id", "")))
            return known if known is not None else value
        return value

    def has_type(self, *names: str) -> bool:
        """Whether a node about the page is of one of these types."""
        return any(types_of(node) & set(names) for node in self.roots)


def read_json_ld(scripts: list[HtmlElement]) -> JsonLd:
    """Read the JSON-LD blocks among a page's `script` elements; what cannot be read is left out."""
    roots: list[Node] = []
    nodes: list[Node] = []
    for script in scripts:
        if "ld+json" in (script.get("type") or "").lower():
            for node, is_root in _walk(load_lenient(script.text or ""), 0, True):
                nodes.append(node)
                if is_root:
                    roots.append(node)
    by_id: dict[str, Node] = {}
    for node in nodes:
        key = node.get("@id")
        if isinstance(key, str) and len(node) > len(by_id.get(key, ())):
            by_id[key] = node
    return JsonLd(tuple(roots), tuple(nodes), by_id)


def load_lenient(text: str) -> Any:
    """Parse a block as sites write it (see `lenient_json`), also one whose quotes are HTML entities.

    None where nothing helps. Halves of characters (`\\ud83d` alone) are left out.
    """
    if len(text) > MAX_BLOCK_CHARS:
        return None
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        if text.count("&quot;") > text.count('"'):
            text = html.unescape(text)
        found = read_lenient_json(text) or None
    return _drop_half_characters(found, 0) if _HALF_CHARACTER.search(text) else found


def _drop_half_characters(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _HALVES.sub("", value)
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, list):
        return [_drop_half_characters(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_HALVES.sub("", key): _drop_half_characters(item, depth + 1) for key, item in value.items()}
    return value


def types_of(node: Node) -> frozenset[str]:
    """The node's `@type`s without their vocabulary's address."""
    kinds = node.get("@type", ())
    names = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
    return frozenset(re.split(r"[/#:]", name)[-1] for name in names if isinstance(name, str))


def find_article(data: JsonLd, urls: tuple[str, ...]) -> Node:
    """The node that stands for this page's article; an empty one where there is none.

    A page may carry the nodes of other articles too (related links, a series): an article that names this
    page's address wins, then the one that says most of title, date, author and body.
    """
    best: Node = {}
    best_rank: tuple[int, ...] = ()
    keys = {_url_key(url) for url in urls if url}
    for position, node in enumerate(data.roots):
        types = types_of(node)
        is_untyped = not types and bool(node.get("headline")) and bool(node.get("datePublished"))
        is_article = bool(types & ARTICLE_TYPES) or is_untyped
        if not is_article and not types & PAGE_TYPES:
            continue
        said = sum(1 for name in ("headline", "datePublished", "author", "articleBody") if node.get(name))
        if not said:
            continue
        is_mine = is_article and any(_url_key(url) in keys for url in _addresses(node))
        rank = (int(is_article), int(is_mine), int(bool(node.get("headline"))), said, -position)
        if rank > best_rank:
            best, best_rank = node, rank
    return _complete(best, data, keys)


def _complete(best: Node, data: JsonLd, keys: set[str]) -> Node:
    """The node with what other nodes about the same page say of its date and authors, where it says nothing."""
    missing = [name for name in _SHARED_FIELDS if not best.get(name)]
    if not best or not missing:
        return best
    title = text_of(best.get("headline"))
    found: dict[str, Any] = {}
    for node in data.roots:
        is_about = bool(types_of(node) & (ARTICLE_TYPES | PAGE_TYPES)) and (
            any(_url_key(url) in keys for url in _addresses(node))
            or (title != "" and title in (text_of(node.get("headline")), text_of(node.get("name"))))
        )
        if is_about:
            found |= {name: node[name] for name in missing if name not in found and node.get(name)}
    return {**best, **found} if found else best


def text_of(value: Any) -> str:
    """A JSON-LD value as one line of plain text: a string, `{"@value": ...}`, or the first of a list."""
    if isinstance(value, list):
        value = next((item for item in value if item), "")
    if isinstance(value, Mapping):
        value = value.get("@value") or value.get("name") or ""
    if not isinstance(value, str):
        return ""
    return " ".join(html.unescape(html.unescape(value)).split())


def spoken_date(value: Any) -> str:
    """A JSON-LD date as text; numbers, which are no dates of schema.org but occur, are seconds since 1970."""
    if isinstance(value, list):
        value = next((item for item in value if item), "")
    if isinstance(value, Mapping):
        value = value.get("@value")
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return str(int(value))
    return text_of(value)


def _addresses(node: Node) -> Iterator[str]:
    for name in ("url", "@id", "mainEntityOfPage"):
        values = node.get(name)
        for value in values if isinstance(values, list) else [values]:
            address = (value.get("@id") or value.get("url")) if isinstance(value, Mapping) else value
            if isinstance(address, str):
                yield address


def _url_key(url: str) -> str:
    """An address without scheme, query, fragment and closing slash, to compare by."""
    return re.sub(r"^https?://(www\.)?", "", re.split(r"[?#]", url)[0]).rstrip("/").lower()


def _walk(value: Any, depth: int, is_root: bool) -> Iterator[tuple[Node, bool]]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth + 1, is_root)
    elif isinstance(value, Mapping):
        if "@type" in value or "@id" in value or "headline" in value:
            yield value, is_root
        for name, item in value.items():
            if isinstance(item, Mapping | list) and name != "@context":
                yield from _walk(item, depth + 1, is_root and name in _ROOT_KEYS)
