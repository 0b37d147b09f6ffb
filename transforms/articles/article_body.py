"""The text of an article: trafilatura's, corrected by what the page says of itself.

Trafilatura finds the article; what it leaves to be done is the same on all news pages: a title or byline
repeated on top, the standfirst lost because it stands outside the text's container, paragraphs lost when a
text is cut into several containers, lines that sell or link something.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement
from trafilatura import bare_extraction

from transforms.articles.body_lines import drop_boilerplate
from transforms.articles.json_ld import Node, text_of
from transforms.articles.page_head import PageHead
from transforms.articles.page_titles import same_words, words_of
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
_OUTSIDE = frozenset(
    {"aside", "footer", "nav", "figure", "figcaption", "form", "blockquote", "li", "a", "button"}
)
_OUTSIDE_CLASS = re.compile(
    r"comment|related|teaser|card|newsletter|promo|sidebar|footer|recommend|author|biograph|caption",
    re.IGNORECASE,
)
_LEAD_REACH = 400
_MIN_LEAD_CHARS = 40
_MIN_PARAGRAPH_CHARS = 60
_MATCH_WORDS = 7


@dataclass(frozen=True, slots=True)
class Body:
    text: str = ""  # one paragraph a line
    method: str = ""  # "trafilatura" or "json-ld articleBody"


def extract_body(tree: HtmlElement, head: PageHead, titles: Sequence[str], authors: Sequence[str]) -> Body:
    """The article's text.

    `titles` and `authors` are what must not be repeated in it. `tree` holds no scripts and is not changed.
    """
    document = bare_extraction(tree, url=head.url or None, include_comments=False, prune_xpath=_PRUNED)
    found = getattr(document, "text", None) or ""
    lines = [" ".join(line.split()) for line in found.replace("\u00ad", "").split("\n")]
    spoken = spoken_lines(head.article)
    method = "trafilatura"
    if spoken and _covers(spoken, lines) < 0.7 and _length(spoken) > 1.2 * _length(lines):
        lines, method = spoken, "json-ld articleBody"
    elif spoken and _covers(lines, spoken) > 0.6 and _covers(spoken, lines) > 0.6:
        headings = {_line_of(element) for element in getattr(document, "body", tree).iter("head")}
        lines = _keep_spoken(lines, spoken, headings)
    else:
        lines = _add_lost_paragraphs(lines, tree)
    lines = drop_boilerplate(lines, titles, authors)
    lead = _find_lead(tree, head, lines, titles)
    return Body("\n".join([lead, *lines] if lead else lines), method if lines or lead else "")


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
        is_lead = position < first and len(line) >= _MIN_PARAGRAPH_CHARS
        if in_copy[position] or is_heading or is_lead:
            kept.append(line)
    return kept


def _line_of(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).replace("\u00ad", "").split())


def _add_lost_paragraphs(lines: list[str], tree: HtmlElement) -> list[str]:
    """Put back paragraphs that are marked up just like those that were found, at their place.

    Marked up alike are paragraphs of the same class in a parent of the same tag and class. A group is
    trusted when a third of its text was found already.
    """
    have = {" ".join(words_of(line)): position for position, line in enumerate(lines)}
    groups: dict[tuple[str, str, str], list[tuple[HtmlElement, str]]] = {}
    for element in tree.iter("p"):
        parent = element.getparent()
        text = _line_of(element)
        if parent is not None and len(text) >= _MIN_PARAGRAPH_CHARS and parent.tag not in _OUTSIDE:
            key = (element.get("class") or "", str(parent.tag), parent.get("class") or "")
            groups.setdefault(key, []).append((element, text))
    everything = " ".join(have)
    added: dict[int, list[str]] = {}
    for members in groups.values():
        states = [(element, text, " ".join(words_of(text))) for element, text in members]
        found = sum(len(text) for _, text, words in states if words in everything)
        if found < sum(len(text) for _, text in members) / 3 or found < 300:
            continue
        place = -1
        for element, text, words in states:
            if words in everything:
                place = have.get(words, place)
            elif place >= 0 and _is_new(element, text, everything):
                added.setdefault(place, []).append(text)
    if not added:
        return lines
    return [line for position, own in enumerate(lines) for line in (own, *added.get(position, ()))]


def _is_new(element: HtmlElement, text: str, known: str) -> bool:
    return _is_inside(element) and _link_share(element, text) < 0.5 and not _overlaps(text, known)


def _is_inside(element: HtmlElement) -> bool:
    """Whether no ancestor near by marks the element as a side matter."""
    for depth, ancestor in enumerate(element.iterancestors()):
        if ancestor.tag in _OUTSIDE or (depth < 4 and _OUTSIDE_CLASS.search(ancestor.get("class") or "")):
            return False
    return not _OUTSIDE_CLASS.search(element.get("class") or "")


def _link_share(element: HtmlElement, text: str) -> float:
    return sum(len(_line_of(link)) for link in element.iter("a")) / (len(text) or 1)


def _find_lead(tree: HtmlElement, head: PageHead, lines: Sequence[str], titles: Sequence[str]) -> str:
    """The standfirst, where the page shows one that the text lacks; "" otherwise.

    It is the element below the title that begins as the page's description does, or is named as one.
    """
    known = " ".join(words_of(" ".join(lines)))
    openings = _read_openings(head)
    named = ""
    for element in _iter_below_heading(tree):
        text = _line_of(element) if len(element) <= 12 else ""
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
            return "" if _overlaps(lead, known) else lead
        elif not named and _LEAD_CLASS.search(element.get("class") or "") and _is_inside(element):
            named = "" if _overlaps(text, known) or _link_share(element, text) > 0.4 else text
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
    heading = next((h1 for h1 in headings if len(_line_of(h1)) > 15), headings[0] if headings else None)
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
    text = _line_of(element)
    for inner in element.iter("p", "h2", "h3", "div", "section"):
        candidate = _line_of(inner)
        if any(" ".join(words_of(candidate)).startswith(opening) for opening in openings):
            text = candidate
    return text


def _overlaps(text: str, known: str) -> bool:
    """Whether most of `text` is in the body already."""
    words = words_of(text)
    grams = [" ".join(gram) for gram in zip(words, words[1:], words[2:], strict=False)]
    return bool(grams) and sum(gram in known for gram in grams) > 0.6 * len(grams)
