"""A page, and what its feed says of it, to an article.

Pure: bytes and the time of fetching go in, a value comes out; a page gives the same article on any day.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from transforms.articles.article_body import Body, extract_body
from transforms.articles.article_metadata import (
    choose_authors,
    choose_modified,
    choose_published,
    choose_section,
    guess_published,
    read_context,
    read_signature,
)
from transforms.articles.author_names import clean_authors
from transforms.articles.classify_page import STUB_CHARS, WHOLE_CHARS, PageView, classify_page
from transforms.articles.decode_html import decode_html, has_too_many_elements, parse_html
from transforms.articles.json_ld import text_of
from transforms.articles.noscripts import settle_noscripts
from transforms.articles.page_dates import Dated
from transforms.articles.page_head import PageHead, read_head
from transforms.articles.page_language import choose_language, read_code
from transforms.articles.page_redirects import find_redirect
from transforms.articles.page_titles import choose_title, clean_title
from transforms.history.url_days import URL_DATE
from transforms.identity import make_id
from transforms.plain_characters import drop_unseen_characters, measure_text
from transforms.plain_text import html_to_text
from transforms.records import CODED_KINDS, Article, DatePrecision, Entry, Feed, Page, PageKind

REPORT_CHARS = 100
"""Where there is no page at all, a feed's text of this length is worth coding: a wire's two sentences."""
_SENTENCE_END = re.compile(r"(?<!\.)[.!?。！？؟।][\"'”’»)]*(?:\s|$)")
_WHOLE_END = re.compile(r"(?<!\.)[.!?。！？؟।][\"'”’»)]*$")


@dataclass(frozen=True, slots=True)
class ExtractedArticle:
    """An article before it has ids. `published_at` keeps the UTC offset that the page gave; with precision
    `day` only its date counts."""

    title: str = ""
    title_source: str = ""
    authors: tuple[str, ...] = ()
    authors_source: str = ""
    published_at: datetime | None = None
    published_source: str = ""
    published_precision: DatePrecision = ""
    # of the clock of the source; None: unknown, or a day
    published_utc_offset_s: int | None = None
    modified_at: datetime | None = None
    section: str = ""
    section_source: str = ""
    language: str = ""
    language_source: str = ""
    page_kind: PageKind = "error"
    text: str = ""  # one paragraph a line
    text_source: Literal["page", "feed", ""] = ""
    text_method: str = ""  # "trafilatura", "json-ld articleBody", "feed content", "feed summary"
    page_was: PageKind | Literal[""] = (
        ""  # of a page that is no article, also where the feed's text stands in
    )
    redirects_to: str = ""  # where a page leads that shows nothing itself


_LONG_AFTER = timedelta(days=30)
_SAME_DATE = timedelta(hours=36)
"""So far apart two sayings of one publication may be, by their clocks."""


def extract_article(
    body: bytes | None,
    url: str,
    fetched_at: datetime,
    content_type: str = "",
    entry: Entry | None = None,
    feed_language: str = "",
    country: str = "",
) -> ExtractedArticle:
    """Make an article of a page and its feed entry.

    `body` is the page as fetched, None where there is none; `url` where it was found in the end; `fetched_at`
    bounds the dates that are believed; `country` is the outlet's, ISO 3166-1 alpha-3. Each field comes from where
    it is best, and says so: a date that the page marks counts before the feed's, and that before one read from
    the page's text; but where a page is fetched long after the feed announced it, and says another day, the feed's
    counts. Where the page is no article and the feed holds a whole text, or there is no page and the feed
    has a report of a sentence or two, the text is the feed's (`text_source`).
    """
    found = ExtractedArticle()
    if body:
        found = _extract_page(body, url, fetched_at, content_type, entry, (feed_language, country))
    if entry is not None:
        if _is_dated_anew(found, entry, fetched_at):
            found = _add_date(found, Dated())
        found = _add_feed(found, entry, feed_language, has_page=bool(body))
    return _drop_unseen(found)


def _is_dated_anew(found: ExtractedArticle, entry: Entry, fetched_at: datetime) -> bool:
    """Whether a page that was asked for long after it was announced says another day: sites that move date their old
    pages by the move. A day out of the address is no announcement."""
    told = entry.published_at
    if found.published_at is None or told is None or not entry.published_trusted:
        return False
    is_late = fetched_at - told > _LONG_AFTER and entry.published_source != URL_DATE
    day_s = 86_400 if entry.published_utc_offset_s is None else 0  # of a clock that nobody knows
    apart_s = abs((told - found.published_at.astimezone(UTC)).total_seconds())
    return is_late and apart_s > _SAME_DATE.total_seconds() + day_s


def make_article(found: ExtractedArticle, entry: Entry, page: Page, feed: Feed) -> Article:
    """The warehouse's row for an extracted article. Its instants are UTC; a bare date is its midnight UTC."""
    published = found.published_at
    if published is not None:
        published = (
            datetime(published.year, published.month, published.day, tzinfo=UTC)
            if found.published_precision == "day"
            else published.astimezone(UTC)
        )
    version = make_id(
        "av1",
        entry.article_id,
        found.title,
        found.text,
        published.isoformat() if published else "",
        found.page_kind,
    )
    return Article(
        article_id=entry.article_id,
        article_version_id=version,
        entry_id=entry.entry_id,
        feed_id=entry.feed_id,
        fetch_id=page.fetch_id,
        url=page.final_url or entry.url,
        outlet=feed.outlet or feed.title or (urlsplit(page.final_url or entry.url).hostname or ""),
        outlet_country=feed.country,
        title=found.title,
        title_source=found.title_source,
        authors=found.authors,
        authors_source=found.authors_source,
        published_at=published,
        published_source=found.published_source,
        published_precision=found.published_precision,
        modified_at=found.modified_at,
        section=found.section,
        section_source=found.section_source,
        language=found.language,
        language_source=found.language_source,
        page_kind=found.page_kind,
        text=found.text,
        text_source=found.text_source,
        fetched_at=page.fetched_at,
        published_utc_offset_s=found.published_utc_offset_s,
    )


def _extract_page(
    body: bytes,
    url: str,
    fetched_at: datetime,
    content_type: str,
    entry: Entry | None,
    outlet: tuple[str, str],
) -> ExtractedArticle:
    """`outlet`: the language of its feed and its country."""
    markup = decode_html(body, content_type)
    tree = parse_html(markup)
    if tree is None:
        return ExtractedArticle()
    head = read_head(tree, url)
    hints = _read_hints(entry)
    language, country = outlet
    context = read_context(head, country, entry.language if entry else "", language)
    published = choose_published(head, tree, fetched_at, hints, context)
    has_date = published.at is not None
    if not has_date:
        guess = guess_published(head, tree, fetched_at, hints, context)
        has_date = guess.at is not None
        published = Dated() if hints else guess  # what the feed says is no guess
    # read by now, and from here on only in the way
    etree.strip_elements(tree, "script", "style", with_tail=False)
    settle_noscripts(tree)
    title = choose_title(head, entry.title if entry else "")
    byline = choose_authors(head, tree)
    found = ExtractedArticle(
        title=title.text,
        title_source=title.source,
        authors=byline.names,
        authors_source=byline.source,
        modified_at=choose_modified(head, fetched_at),
    )
    text = _read_text(found, head, tree)
    found = replace(
        _add_date(found, published),
        text=text.text,
        text_source="page" if text.text else "",
        text_method=text.method,
    )
    if (byline.is_house or not byline.names) and (signed := read_signature(found.text)).names:
        found = replace(found, authors=signed.names, authors_source=signed.source)
    section, section_source = choose_section(head)
    language, language_source = choose_language(head, found.text)
    own = found.text if text.is_own else ""
    kind = classify_page(
        PageView(head, tree, url, found.title, own, markup, has_date, text.led_to, text.teaser_share, entry)
    )
    return replace(
        found,
        page_was="" if kind in CODED_KINDS else kind,
        redirects_to=find_redirect(markup, url) if kind == "redirect" else "",
        section=section,
        section_source=section_source,
        language=language,
        language_source=language_source,
        page_kind=kind,
    )


def _read_hints(entry: Entry | None) -> list[datetime]:
    """When the feed says that the article was published; without a zone where it gives none."""
    if entry is None or entry.published_at is None or not entry.published_trusted:
        return []
    is_zoned = entry.published_utc_offset_s is not None
    return [entry.published_at if is_zoned else entry.published_at.replace(tzinfo=None)]


def _add_date(found: ExtractedArticle, date: Dated) -> ExtractedArticle:
    is_time = date.precision != "day" and date.offset is not None
    return replace(
        found,
        published_at=date.at,
        published_source=date.source,
        published_precision=date.precision,
        published_utc_offset_s=int(date.offset.total_seconds())
        if date.offset is not None and is_time
        else None,
    )


def _read_text(found: ExtractedArticle, head: PageHead, tree: HtmlElement) -> Body:
    if has_too_many_elements(tree):
        return Body()
    spoken = clean_title(text_of(head.article.get("headline")))
    titles = [found.title, *map(clean_title, head.headings), clean_title(head.first("og:title")), spoken]
    return extract_body(tree, head, [title for title in dict.fromkeys(titles) if title], found.authors)


def _add_feed(
    found: ExtractedArticle, entry: Entry, feed_language: str, *, has_page: bool
) -> ExtractedArticle:
    """Fill what the page lacks from the feed; of a page that is no article, nothing is kept but its kind."""
    is_usable = found.page_kind in ("article", "live_blog", "stub", "video") and bool(
        found.title or found.text
    )
    if not is_usable:
        found = ExtractedArticle(
            page_kind=found.page_kind, page_was=found.page_was, redirects_to=found.redirects_to
        )
    found = _fill_metadata(found, entry)
    text, method = _read_feed_text(entry)
    is_whole = _is_whole(text, method)
    if found.page_kind not in ("article", "live_blog") and text and (is_whole or len(text) > len(found.text)):
        kind: PageKind = found.page_kind
        if is_whole or (not has_page and _is_report(text)):
            kind = "article"
        elif not has_page:
            kind = "stub"
        found = replace(found, text=text, text_source="feed", text_method=method, page_kind=kind)
    if not found.language or found.text_source == "feed":
        language, source = choose_language(None, found.text, entry.language or feed_language)
        found = replace(found, language=language or read_code(feed_language), language_source=source)
    return found


def _fill_metadata(found: ExtractedArticle, entry: Entry) -> ExtractedArticle:
    if not found.title and entry.title:
        found = replace(found, title=clean_title(entry.title), title_source="feed")
    if not found.authors and (authors := clean_authors(entry.authors)):
        found = replace(found, authors=authors, authors_source="feed")
    if not found.section and entry.tags:
        found = replace(found, section=entry.tags[0], section_source="feed")
    return _fill_date(found, entry)


def _fill_date(found: ExtractedArticle, entry: Entry) -> ExtractedArticle:
    """The feed's date where the page marks none, its time where the page marks a day, its offset where it has one."""
    told, offset_s = entry.published_at, entry.published_utc_offset_s
    if told is None or not entry.published_trusted:
        return found
    source = URL_DATE if entry.published_source == URL_DATE else f"feed {entry.published_source}".strip()
    if offset_s is None:
        return found if found.published_at else _add_date(found, Dated(told, "day", source))
    if _lacks_time(found, told, offset_s):
        return _add_date(found, Dated(told, "second", source, timedelta(seconds=offset_s)))
    # an offset of zero, UTC, says nothing of the place
    if found.published_precision != "day" and not found.published_utc_offset_s:
        return replace(found, published_utc_offset_s=offset_s)
    return found


def _drop_unseen(found: ExtractedArticle) -> ExtractedArticle:
    """The article without characters that no reader sees and no text can hold."""
    return replace(
        found,
        title=drop_unseen_characters(found.title).strip(),
        authors=tuple(name for author in found.authors if (name := drop_unseen_characters(author).strip())),
        section=drop_unseen_characters(found.section).strip(),
        text=drop_unseen_characters(found.text),
    )


def _lacks_time(found: ExtractedArticle, told: datetime, offset_s: int) -> bool:
    """Whether the feed's instant says more than the page's: that is missing, or is its day without a time.

    An instant in UTC may be of the day before or behind where it was written.
    """
    if found.published_at is None:
        return True
    if found.published_precision != "day" or not (told.hour or told.minute or told.second):
        return False
    if offset_s:
        return (told + timedelta(seconds=offset_s)).date() == found.published_at.date()
    return abs(told - found.published_at) < _SAME_DATE


def _is_whole(text: str, method: str) -> bool:
    """Whether a feed's text is the whole article: a long one, also where it is called a description, or one that the
    feed gives as content and that does not break off."""
    length = measure_text(text)
    if length >= WHOLE_CHARS:
        return True
    return method == "feed content" and length >= STUB_CHARS and bool(_WHOLE_END.search(text))


def _is_report(text: str) -> bool:
    """Whether a feed's short text says something by itself: it has a whole sentence."""
    return measure_text(text) >= REPORT_CHARS and bool(_SENTENCE_END.search(text))


def _read_feed_text(entry: Entry) -> tuple[str, str]:
    """The feed's own text: its content, else its summary."""
    candidates = (("feed content", html_to_text(entry.content)), ("feed summary", entry.summary))
    return next(((text, method) for method, text in candidates if text.strip()), ("", ""))
