"""Byline, dates and section of a page: the best of what it says, and where it said it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from htmldate import find_date
from lxml.html import HtmlElement

from transforms.articles.author_names import clean_authors, looks_personal
from transforms.articles.json_ld import text_of
from transforms.articles.page_dates import Dated, choose_date, find_written_time, parse_page_date
from transforms.articles.page_head import PageHead
from transforms.articles.page_titles import site_words, words_of

PUBLISHED_NAMES = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article_published_time",
    "datepublished",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:recs:published_time",
    "cxenseparse:publishtime",
    "content:publishdate",
    "sailthru.date",
    "dcterms.created",
    "dcterms.issued",
    "dc.date.issued",
    "dc.date",
    "date.available",
    "date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "published_date",
    "publication_date",
    "pub_date",
    "date.created",
    "datecreated",
    "og:pubdate",
    "originalpublicationdate",
    "article.published",
    "citation_publication_date",
    "release_date",
)
"""Names of `meta` elements that carry the time of publication, best first (Open Graph's `article`, schema.org
microdata, Parse.ly, Cxense, Sailthru, Dublin Core, then the unregistered ones)."""

MODIFIED_NAMES = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "date.modified",
    "lastmod",
    "article_modified_time",
    "last_updated_date",
)
AUTHOR_NAMES = (
    "article:author",
    "og:article:author",
    "author",
    "article:author_name",
    "parsely-author",
    "sailthru.author",
    "cxenseparse:author",
    "mrf:authors",
    "dc.creator",
    "dcterms.creator",
    "dcsext.author",
    "citation_author",
    "byl",
    "byline",
    "authors",
)
SECTION_NAMES = (
    "article:section",
    "og:section",
    "og:article:section",
    "parsely-section",
    "cxenseparse:recs:category",
    "sailthru.section",
    "section",
    "articlesection",
    "mrf:sections",
    "category",
)

_BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|autor(?:en|es)?|auteur)(?:[\s_-]*(?:name|link))?(?:$|\s)",
    re.IGNORECASE,
)
_BYLINE_TEXT = re.compile(r"^(?i:von|by|par|por|di|door|text)[:\s]+[^\W\d_a-zà-ÿ][^.!?]+(?:\.[^.!?]*)?$")
_SEARCHED_ELEMENTS = 600
_MAX_BYLINE_CHARS = 120
_UNTIMED_CLASS = re.compile(
    r"teaser|card|related|comment|sidebar|widget|latest|recommend|footer|modif|updat", re.I
)


@dataclass(frozen=True, slots=True)
class Byline:
    names: tuple[str, ...] = ()
    source: str = ""


def choose_authors(head: PageHead, tree: HtmlElement) -> Byline:
    """The authors: JSON-LD's, else the metadata's, else the visible byline's.

    Where a better source names only the publisher itself, a lesser one that names a person wins.
    """
    house = site_words(head)
    found: list[Byline] = []
    for source, raw in _raw_authors(head, tree):
        names = clean_authors(raw)
        if not names:
            continue
        if any(not _is_house(name, house) for name in names):
            people = (
                tuple(name for name in names if not _is_house(name, house)) if source != "json-ld" else names
            )
            if not found or any(looks_personal(name) or not name.isascii() for name in people):
                return Byline(people, source)
        found.append(Byline(names, source))
    return found[0] if found else Byline()


def choose_published(
    head: PageHead, tree: HtmlElement, fetched_at: datetime, hints: Sequence[datetime] = ()
) -> Dated:
    """The time of publication; `hints` are what is known of it from elsewhere (the feed), to decide time zones."""
    candidates = [("json-ld datePublished", text_of(head.article.get("datePublished")))]
    candidates += head.pairs(PUBLISHED_NAMES)
    candidates += _marked_times(head)
    candidates.append(("json-ld dateCreated", text_of(head.article.get("dateCreated"))))
    candidates += [("json-ld uploadDate", text_of(node.get("uploadDate"))) for node in head.data.roots]
    chosen = choose_date(candidates, fetched_at, hints, _other_instants(head))
    if chosen.at is not None:
        return chosen
    return _find_written(head, tree, fetched_at, hints)


def choose_modified(head: PageHead, fetched_at: datetime) -> datetime | None:
    """The time of the last change, in UTC; None unless it has a time of day and a zone."""
    candidates = [("", text_of(head.article.get("dateModified"))), *head.pairs(MODIFIED_NAMES)]
    chosen = choose_date(candidates, fetched_at)
    return chosen.at.astimezone(UTC) if chosen.at is not None and chosen.precision != "day" else None


def choose_section(head: PageHead) -> tuple[str, str]:
    """The section and where it came from."""
    section = text_of(head.article.get("articleSection"))
    if section:
        return section, "json-ld articleSection"
    for source, value in head.pairs(SECTION_NAMES):
        if not value.isdigit() and len(value) <= 80:
            return value, source
    return "", ""


def _raw_authors(head: PageHead, tree: HtmlElement) -> Iterator[tuple[str, list[str]]]:
    spoken = head.article.get("author") or head.article.get("creator")
    yield "json-ld", list(_json_ld_names(head, spoken))
    for name in AUTHOR_NAMES:
        yield f"meta {name}", [value for value in head.meta.get(name, ()) if "/" not in value]
    yield "byline", list(_visible_bylines(tree))


def _json_ld_names(head: PageHead, value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        entry = head.data.resolve(item)
        if isinstance(entry, Mapping):
            name = entry.get("name")
            if not name:
                name = " ".join(text_of(entry.get(key)) for key in ("givenName", "familyName")).strip()
            for part in name if isinstance(name, list) else [name]:
                yield text_of(part)
        else:
            yield text_of(entry)


def _visible_bylines(tree: HtmlElement) -> Iterator[str]:
    """Author marks in the text: microdata, `rel=author`, classes named so, a "By ..." below the title."""
    marked = tree.xpath("//*[@itemprop='author' or @rel='author']")
    for element in marked:
        inner = element.xpath(".//*[@itemprop='name']")
        yield _short_text(inner[0] if inner else element)
    if marked:
        return
    heading = next(tree.iter("h1"), None)
    following = (
        heading.xpath(f"following::*[position() < {_SEARCHED_ELEMENTS}]") if heading is not None else []
    )
    for element in following or tree.iter("div", "span", "p", "a", "address", "li", "h3", "h4"):
        label = element.get("class") or ""
        is_marked = bool(label) and _BYLINE_CLASS.search(label) is not None
        if is_marked or element.tag in ("p", "li", "div", "span"):
            text = _short_text(element)
            if text and (_BYLINE_TEXT.match(text) or (is_marked and _reads_as_name(text))):
                yield text
                return


def _reads_as_name(text: str) -> bool:
    """Whether a text marked as byline can be names: people's, or a desk's such as "Sports Desk"."""
    names = clean_authors([text])
    return bool(names) and all(
        looks_personal(name) or (name.istitle() and 2 <= len(name.split()) <= 4) for name in names
    )


def _short_text(element: HtmlElement) -> str:
    """The element's text on one line; "" where it is too long for a byline."""
    pieces: list[str] = []
    length = 0
    for piece in _iter_text(element):
        pieces.append(piece)
        length += len(piece.strip())
        if length > _MAX_BYLINE_CHARS:
            return ""
    return " ".join(" ".join(pieces).split())


def _iter_text(element: HtmlElement) -> Iterator[str]:
    """The element's text without that of `time` elements in it."""
    if element.tag != "time":
        yield element.text or ""
        for child in element:
            yield from _iter_text(child)
            yield child.tail or ""


def _is_house(name: str, house: frozenset[str]) -> bool:
    """Whether an author is the publisher itself."""
    joined = "".join(words_of(name))
    return joined in house or any(len(label) > 3 and label in joined for label in house)


def _marked_times(head: PageHead) -> Iterator[tuple[str, str]]:
    """`time` elements marked as the publication's; then the first one that is no teaser's."""
    first = ""
    for element in head.times:
        value = (element.get("datetime") or element.get("content") or "").strip()
        marks = " ".join((element.get("itemprop") or "", element.get("class") or "")).lower()
        if not value:
            continue
        if "datepublished" in marks or element.get("pubdate") is not None or "publish" in marks:
            yield "time datePublished", value
        elif not first and not _UNTIMED_CLASS.search(marks) and not _is_in_teaser(element):
            first = value
    if first:
        yield "time", first


def _is_in_teaser(element: HtmlElement) -> bool:
    for depth, ancestor in enumerate(element.iterancestors()):
        if ancestor.tag in ("a", "aside", "nav", "footer", "li"):
            return True
        if depth < 6 and _UNTIMED_CLASS.search(ancestor.get("class") or ""):
            return True
    return False


def _other_instants(head: PageHead) -> list[datetime]:
    """Instants of the page other than its publication, which show the zone it writes in."""
    found = [parse_page_date(value) for _, value in head.pairs(MODIFIED_NAMES)]
    return [date.at for date in found if date is not None and date.is_zoned and date.precision != "day"]


def _find_written(
    head: PageHead, tree: HtmlElement, fetched_at: datetime, hints: Sequence[datetime]
) -> Dated:
    """Last resort: htmldate's search of the whole page gives a day, the text right behind it a time."""
    found = find_date(
        deepcopy(tree),
        url=head.url or None,
        original_date=True,
        extensive_search=False,  # which would take the year of a copyright line for a date
        outputformat="%Y-%m-%d",
        max_date=fetched_at.strftime("%Y-%m-%d"),
    )
    if not found:
        return Dated()
    day = datetime.strptime(found, "%Y-%m-%d").replace(tzinfo=UTC)
    visible = " ".join(tree.xpath("//body//text()[not(parent::script or parent::style)]"))
    written = find_written_time(visible, day.date())
    if written is None:
        return Dated(day, "day", "htmldate")
    text = written.strftime("%Y-%m-%dT%H:%M")
    return choose_date([("written in the page", text)], fetched_at, hints, _other_instants(head))
