"""Byline, dates and section of a page: the best of what it says, and where it said it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml.html import HtmlElement

from transforms.articles.author_names import clean_authors, looks_personal
from transforms.articles.json_ld import spoken_date, text_of
from transforms.articles.page_dates import Dated, PageDate, choose_date, choose_read, parse_page_date
from transforms.articles.page_head import PageHead
from transforms.articles.page_language import read_code
from transforms.articles.page_titles import site_words, words_of
from transforms.articles.visible_bylines import iter_bylines
from transforms.articles.visible_dates import find_visible_date, read_marked_text
from transforms.written_dates.find_dates import ANYWHERE, choose_order
from transforms.written_dates.read_days import DateContext

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

_ADDRESS = re.compile(r"https?:|www\.|^/|\w\.\w{2,}/")
_UNTIMED_CLASS = re.compile(
    r"teaser|card|related|comment|sidebar|widget|latest|recommend|footer|modif|updat", re.I
)


@dataclass(frozen=True, slots=True)
class Byline:
    """The authors and where they were found; `is_house` where they are only the publisher itself."""

    names: tuple[str, ...] = ()
    source: str = ""
    is_house: bool = False


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
            is_list = source == "json-ld" and len(raw) > 1  # its publisher put the house among the authors
            people = names if is_list else tuple(name for name in names if not _is_house(name, house))
            if not found or any(looks_personal(name) or not name.isascii() for name in people):
                return Byline(people, source)
        found.append(Byline(names, source, is_house=all(_is_house(name, house) for name in names)))
    return found[0] if found else Byline()


def read_signature(text: str) -> Byline:
    """The author whose name stands alone in the last line of a text."""
    lines = text.split("\n")
    last = lines[-1].strip()
    is_name = len(lines) > 2 and len(last) <= 40 and looks_personal(last) and last[-1].isalpha()
    is_alone = is_name and lines[-2].rstrip("\"'”’»)").endswith((".", "!", "?", "…", "。"))
    return Byline(clean_authors([last]), "signature") if is_alone else Byline()


def read_context(head: PageHead, country: str = "", *languages: str) -> DateContext:
    """How dates are written where the page comes from.

    The page's own `lang` decides; then the outlet's `country` (ISO 3166-1 alpha-3). `languages` are further
    language tags, those of the feed.
    """
    spoken = head.article.get("inLanguage")
    tags = [head.html_language, spoken if isinstance(spoken, str) else "", *languages]
    tags = [tag for tag in tags if tag]
    with_region = [
        tag for tag in tags if re.search(r"[-_][A-Za-z]{2}$", tag) and read_code(tag) == read_code(tags[0])
    ]
    codes = dict.fromkeys(code for tag in tags if (code := read_code(tag)))
    return DateContext(tuple(codes), choose_order(next(iter([*with_region, *tags]), ""), country), country)


def choose_published(
    head: PageHead,
    tree: HtmlElement,
    fetched_at: datetime,
    hints: Sequence[datetime] = (),
    context: DateContext = ANYWHERE,
) -> Dated:
    """The time of publication as the page marks it for machines.

    `hints` are what is known of it from elsewhere (the feed), to decide zones and the order of day and month.
    """
    candidates = [("json-ld datePublished", spoken_date(head.article.get("datePublished")))]
    candidates += head.pairs(PUBLISHED_NAMES)
    read = _read_all(candidates, context)
    read += _marked_elements(head, tree, fetched_at, hints, context)
    candidates = list(_marked_times(head))
    candidates.append(("json-ld dateCreated", spoken_date(head.article.get("dateCreated"))))
    candidates += [("json-ld uploadDate", spoken_date(node.get("uploadDate"))) for node in head.data.roots]
    read += _read_all(candidates, context)
    return choose_read(read, fetched_at, hints, _other_instants(head))


def guess_published(
    head: PageHead,
    tree: HtmlElement,
    fetched_at: datetime,
    hints: Sequence[datetime] = (),
    context: DateContext = ANYWHERE,
) -> Dated:
    """The time of publication as the page shows it to readers: never better than what a feed says."""
    return find_visible_date(head, tree, context, fetched_at, hints, _other_instants(head))


def choose_modified(head: PageHead, fetched_at: datetime) -> datetime | None:
    """The time of the last change, in UTC; None unless it has a time of day and a zone."""
    candidates = [("", spoken_date(head.article.get("dateModified"))), *head.pairs(MODIFIED_NAMES)]
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
        yield f"meta {name}", [value for value in head.meta.get(name, ()) if not _ADDRESS.search(value)]
    yield "byline", list(iter_bylines(tree))


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
    values = [
        spoken_date(head.article.get("dateModified")),
        *(value for _, value in head.pairs(MODIFIED_NAMES)),
    ]
    found = [parse_page_date(value) for value in values]
    return [date.at for date in found if date is not None and date.is_zoned and date.precision != "day"]


def _read_all(candidates: Iterable[tuple[str, str]], context: DateContext) -> list[tuple[str, PageDate]]:
    return [(source, found) for source, text in candidates if (found := parse_page_date(text, context))]


def _marked_elements(
    head: PageHead,
    tree: HtmlElement,
    fetched_at: datetime,
    hints: Sequence[datetime],
    context: DateContext,
) -> Iterator[tuple[str, PageDate]]:
    """Elements that microdata call the date of publication, by their attribute or their text."""
    for element in tree.xpath(
        "//*[@itemprop='datePublished'][not(self::meta) and not(self::time[@datetime])]"
    )[:5]:
        value = (element.get("datetime") or element.get("content") or element.get("title") or "").strip()
        found = parse_page_date(value, context) or read_marked_text(
            element, context, fetched_at, head.url, hints
        )
        if found is not None:
            yield "microdata datePublished", found
