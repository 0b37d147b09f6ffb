"""The text of an article: trafilatura's, corrected by what the page says of itself.

Trafilatura finds the article; what it leaves to be done is the same on all news pages: a title or byline
repeated on top, the standfirst lost because it stands outside the text's container, paragraphs lost when a
text is cut into several containers, lines that sell or link something.
"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement
from trafilatura import bare_extraction

from transforms.articles.body_lines import drop_boilerplate
from transforms.articles.json_ld import ARTICLE_TYPES, Node, text_of, types_of
from transforms.articles.lost_text import (
    MIN_PARAGRAPH_CHARS,
    add_lost_lists,
    add_lost_paragraphs,
    is_inside,
    line_of_block,
    link_share,
    overlaps,
)
from transforms.articles.page_head import PageHead
from transforms.articles.page_titles import same_words, words_of
from transforms.articles.teasers import drop_elements, find_teasers
from transforms.plain_text import html_to_text

_EMBED_CLASSES = (
    "twitter-tweet",
    "twitter-video",
    "instagram-media",
    "tiktok-embed",
    "bluesky-embed",
    "reddit-embed",
)
_PRUNED = [
    "//blockquote[" + " or ".join(f"contains(@class, '{name}')" for name in _EMBED_CLASSES) + "]",
    "//*[self::div or self::p or self::span][contains(@class, 'caption')]"
    "[string-length(normalize-space()) < 600]",
    "//*[@role='dialog' or @aria-modal='true']",
    # lines that are little more than one link: further reading, wherever it stands
    "//*[self::li or self::p][.//a][string-length(normalize-space()) > 20]"
    "[string-length(normalize-space()) < 1.35 * string-length(normalize-space(string(.//a)))]",
]
_LEAD_CLASS = re.compile(
    r"(?:^|[\s_-])(?:stand-?first|sub-?titles?|sub-?head(?:line)?|sub-?line|deck|dek|lead|lede|intro(?:duction)?|summary|"
    r"excerpt|perex|sapo|chapo|ingress|entradilla|bajada|sumario|sommario|sottotitolo|vorspann|teaser-?text|"
    r"article-?description|preamble)(?:$|[\s_-])",
    re.IGNORECASE,
)
_LEAD_REACH = 400
_MIN_LEAD_CHARS = 40
_MATCH_WORDS = 7
_LITTLE_CHARS = 600
_ROUND_UP = 3


@dataclass(frozen=True, slots=True)
class Body:
    text: str = ""  # one paragraph a line
    method: str = ""  # "trafilatura" or "json-ld articleBody"
    led_to: int = 0  # how many other pages the page's teasers lead to
    teaser_share: float = 0.0  # of all that reads like text on the page, what stands in them: 0 to 1
    is_own: bool = True  # False: there is nothing but teasers, and the text is theirs


def extract_body(tree: HtmlElement, head: PageHead, titles: Sequence[str], authors: Sequence[str]) -> Body:
    """The article's text.

    `titles` and `authors` are what must not be repeated in it. `tree` holds no scripts and is not changed.
    """
    own = deepcopy(tree)
    teasers = find_teasers(own, head.url)
    drop_elements(teasers.blocks)
    for element in own.iter("time"):
        element.tag = "span"  # in a sentence: others are gone, and trafilatura would drop it
    found = _find_lines(own, head)
    length = _length(found[0])
    share = teasers.chars / ((teasers.chars + length) or 1)
    if length < _LITTLE_CHARS and teasers.blocks and types_of(head.article) & ARTICLE_TYPES:
        whole = _find_lines(tree, head)
        if (
            _length(whole[0]) > _ROUND_UP * length
        ):  # an article made of links: a review of the day, a list of the best
            found, own = whole, tree
    lines = drop_boilerplate(found[0], titles, authors)
    is_own = bool(lines) or not teasers.blocks
    if not is_own:
        found = _find_lines(tree, head)
        lines = drop_boilerplate(found[0], titles, authors)
    lead = _find_lead(tree, head, lines, titles)
    text = "\n".join([lead, *lines] if lead else lines)
    return Body(text, found[1] if lines or lead else "", teasers.led_to, share, is_own)


def _find_lines(tree: HtmlElement, head: PageHead) -> tuple[list[str], str]:
    """The lines of the article and how they were found."""
    document = bare_extraction(tree, url=head.url or None, include_comments=False, prune_xpath=_PRUNED)
    found = getattr(document, "text", None) or ""
    lines = [" ".join(line.split()) for line in found.replace("\u00ad", "").split("\n")]
    spoken = spoken_lines(head.article)
    if spoken and _covers(spoken, lines) < 0.7 and _length(spoken) > 1.2 * _length(lines):
        return spoken, "json-ld articleBody"
    if spoken and _covers(lines, spoken) > 0.6 and _covers(spoken, lines) > 0.6:
        headings = {line_of_block(element) for element in getattr(document, "body", tree).iter("head")}
        return _keep_spoken(lines, spoken, headings), "trafilatura"
    return add_lost_lists(add_lost_paragraphs(lines, tree), tree), "trafilatura"


def spoken_lines(article: Node) -> list[str]:
    """The lines of JSON-LD's `articleBody`; none where it is missing, short or holds no plain text."""
    value: Any = article.get("articleBody")
    if isinstance(value, list):
        value = "\n".join(item for item in value if isinstance(item, str))
    if not isinstance(value, str) or len(value) < 200 or value.lstrip().startswith(("{", "[{")):
        return []
    return [line for line in html_to_text(value).replace("\u00ad", "").split("\n") if line]


def _length(lines: Sequence[str]) -> int:
    return sum(len(line) for line in lines)


def _grams(text: str) -> set[tuple[str, ...]]:
    words = words_of(text)
    return set(zip(words, words[1:], words[2:], strict=False))


def _covers(lines: Sequence[str], others: Sequence[str]) -> float:
    """How much of `lines` stands in `others` too, by word triples; 0 to 1."""
    mine = _grams(" ".join(lines))
    return len(mine & _grams(" ".join(others))) / len(mine) if mine else 0.0


def _keep_spoken(lines: list[str], spoken: list[str], headings: set[str]) -> list[str]:
    """The lines that the publisher's own copy of the text has as well.

    Kept too is what such copies leave out: headings before a kept line, and a standfirst before all of it.
    """
    known = _grams(" ".join(spoken))
    grams = [_grams(line) for line in lines]
    in_copy = [not own or len(own & known) >= 0.4 * len(own) for own in grams]
    first = next((position for position, own in enumerate(grams) if own and in_copy[position]), 0)
    kept: list[str] = []
    for position, line in enumerate(lines):
        is_heading = line in headings and any(in_copy[position + 1 : position + 2])
        is_lead = position < first and len(line) >= MIN_PARAGRAPH_CHARS
        if in_copy[position] or is_heading or is_lead:
            kept.append(line)
    return kept


def _find_lead(tree: HtmlElement, head: PageHead, lines: Sequence[str], titles: Sequence[str]) -> str:
    """The standfirst, where the page shows one that the text lacks; "" otherwise.

    It is the element below the title that begins as the page's description does, or is named as one.
    """
    known = " ".join(words_of(" ".join(lines)))
    openings = _read_openings(head)
    named = ""
    for element in _iter_below_heading(tree):
        text = line_of_block(element) if len(element) <= 12 else ""
        if not _MIN_LEAD_CHARS <= len(text) <= 1500:
            continue
        words = " ".join(words_of(text))
        if words in known:
            if element.tag == "p" and len(text) > 150:
                break  # the text has begun
        elif any(same_words(text, title) for title in titles):
            continue
        elif any(words.startswith(opening) for opening in openings):
            lead = _innermost(element, openings)
            return "" if overlaps(lead, known) else lead
        elif not named and _LEAD_CLASS.search(element.get("class") or "") and is_inside(element):
            named = "" if overlaps(text, known) or link_share(element, text) > 0.4 else text
    return named


def _read_openings(head: PageHead) -> list[str]:
    """The first words of the page's descriptions."""
    descriptions = (
        text_of(head.article.get("description")),
        head.first("og:description"),
        head.first("description"),
    )
    openings = [words_of(html_to_text(text))[:_MATCH_WORDS] for text in descriptions]
    return [" ".join(words) for words in openings if len(words) == _MATCH_WORDS]


def _iter_below_heading(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Elements that may hold a standfirst: those soon after the title, or of the whole page without one."""
    headings = list(tree.iter("h1"))
    heading = next((h1 for h1 in headings if len(line_of_block(h1)) > 15), headings[0] if headings else None)
    left = _LEAD_REACH
    for element in tree.iter("h1", "p", "h2", "h3", "div", "span", "section", "ul", "strong"):
        if heading is not None:
            heading = None if element is heading else heading
        elif element.tag != "h1":
            yield element
            left -= 1
            if left == 0:
                return


def _innermost(element: HtmlElement, openings: Sequence[str]) -> str:
    """The text of the smallest block in `element` that begins as one of `openings` does."""
    text = line_of_block(element)
    for inner in element.iter("p", "h2", "h3", "div", "section"):
        candidate = line_of_block(inner)
        if any(" ".join(words_of(candidate)).startswith(opening) for opening in openings):
            text = candidate
    return text
