"""Bylines that a page shows its readers: marks of authors in its text."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from transforms.articles.author_names import clean_authors, drop_dates, looks_personal, starts_with_by
from transforms.articles.visible_text import line_of

MAX_BYLINE_CHARS = 160
_BEHIND_HEADING = 600
_BEFORE_HEADING = 25
_MAX_MARKED = 20
_MARK_CLASS = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|autor(?:en|es|a|e)?|auteurs?|writers?|reporter|journalists?|firma|signature|penulis)"
    r"(?:[\s_-]*(?:name|link|info|mail|meta))?(?:$|\s|__|--)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"teaser|card|related|comment|sidebar|widget|latest|recommend|footer|popular|trending|most-?read|bio\b|newsletter",
    re.IGNORECASE,
)
_LINE_TAGS = ("p", "li", "div", "span", "address", "small", "em", "strong", "h2", "h3", "h4", "h5", "a", "td")


def iter_bylines(tree: HtmlElement) -> Iterator[str]:
    """Author marks in the text: microdata and `rel=author`, else the first element near the heading named a byline
    or beginning with "By"."""
    marked = [
        element
        for element in tree.xpath("//*[@itemprop='author' or @rel='author']")[: 4 * _MAX_MARKED]
        if not _is_elsewhere(element)
    ]
    for element in marked[:_MAX_MARKED]:
        inner = element.xpath(".//*[@itemprop='name']")
        yield _line_of(inner[0] if inner else element)
    if any(_line_of(element) for element in marked):
        return
    for element in _near_heading(tree):
        names = _read_byline(element)
        if names:
            yield from names
            return


def _line_of(element: HtmlElement) -> str:
    return line_of(element, MAX_BYLINE_CHARS, without=("time",))


def _near_heading(tree: HtmlElement) -> Iterator[HtmlElement]:
    heading = next(tree.iter("h1"), None)
    if heading is None:
        yield from tree.iter(*_LINE_TAGS)
        return
    yield from heading.xpath(f"following::*[position() < {_BEHIND_HEADING}]")
    yield from reversed(heading.xpath("preceding::*")[-_BEFORE_HEADING:])


def _read_byline(element: HtmlElement) -> list[str]:
    label = " ".join((element.get("class") or "", element.get("id") or "", element.get("data-testid") or ""))
    is_marked = bool(label.strip()) and _MARK_CLASS.search(label) is not None
    if not is_marked and element.tag not in _LINE_TAGS[:4]:
        return []
    text = drop_dates(_line_of(element))
    if not text or not (starts_with_by(text) or is_marked) or _is_elsewhere(element):
        return []
    if names := _linked_names(element):
        return names
    return [text] if starts_with_by(text) or _reads_as_name(text) else []


def _linked_names(element: HtmlElement) -> list[str]:
    """The names that are links in a byline: no comma need stand between them, nor a mark before a role."""
    links = [_line_of(link) for link in element.iter("a")]
    return links if all(looks_personal(link) for link in links) else []


def _reads_as_name(text: str) -> bool:
    """Whether a text marked as byline can be names: people's, or a desk's such as "Sports Desk"."""
    names = clean_authors([text])
    return bool(names) and all(
        looks_personal(name)
        or (name.istitle() and 2 <= len(name.split()) <= 4)
        or (2 <= len(name) <= 5 and all(char > "\u2e7f" for char in name))  # Chinese, Japanese, Korean
        for name in names
    )


def _is_elsewhere(element: HtmlElement) -> bool:
    """Whether an element is part of the navigation or of a teaser."""
    for depth, around in enumerate(element.iterancestors()):
        if around.tag in ("aside", "nav", "footer", "form", "figure", "figcaption"):
            return True
        if depth < 4 and _ELSEWHERE.search(around.get("class") or ""):
            return True
    return False
