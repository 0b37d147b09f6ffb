"""Text that was lost when a page's article was found: put back at its place, by how it is marked up."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from transforms.articles.page_titles import words_of

MIN_PARAGRAPH_CHARS = 60
_MAX_ITEMS = 300
_OUTSIDE = frozenset(
    {"aside", "footer", "nav", "figure", "figcaption", "form", "blockquote", "li", "a", "button"}
)
_OUTSIDE_CLASS = re.compile(
    r"comment|related|teaser|card|newsletter|promo|sidebar|footer|recommend|author|biograph|caption",
    re.IGNORECASE,
)


def line_of_block(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).replace("\u00ad", "").split())


def add_lost_paragraphs(lines: list[str], tree: HtmlElement) -> list[str]:
    """Put back paragraphs that are marked up just like those that were found, at their place.

    Marked up alike are paragraphs of the same class in a parent of the same tag and class. A group is
    trusted when a third of its text was found already.
    """
    have = {" ".join(words_of(line)): position for position, line in enumerate(lines)}
    groups: dict[tuple[str, str, str], list[tuple[HtmlElement, str]]] = {}
    for element in tree.iter("p"):
        parent = element.getparent()
        text = line_of_block(element)
        if parent is not None and len(text) >= MIN_PARAGRAPH_CHARS and parent.tag not in _OUTSIDE:
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
    return is_inside(element) and link_share(element, text) < 0.5 and not overlaps(text, known)


def add_lost_lists(lines: list[str], tree: HtmlElement) -> list[str]:
    """Put back lists and tables of figures that stand between paragraphs that were found, a line an item or row."""
    have = {" ".join(words_of(line)): position for position, line in enumerate(lines)}
    everything = " ".join(have)
    added: dict[int, list[str]] = {}
    for element in tree.iter("ul", "ol", "dl", "table"):
        place = _find_place(element, have)
        if place < 0 or link_share(element, line_of_block(element)) >= 0.1 or not is_inside(element):
            continue
        items = [item for item in _iter_items(element) if " ".join(words_of(item)) not in everything]
        added.setdefault(place, []).extend(items[:_MAX_ITEMS])
    if not added:
        return lines
    return [line for position, own in enumerate(lines) for line in (own, *added.get(position, ()))]


def _find_place(element: HtmlElement, have: dict[str, int]) -> int:
    """The line that a list follows: the paragraph before it in its parent, perhaps with a heading between; else -1."""
    before = element.getprevious()
    for _ in range(3):
        if before is None:
            parent = element.getparent()
            if parent is None or parent.tag not in ("div", "figure", "section"):
                return -1
            element, before = parent, parent.getprevious()
            continue
        place = have.get(" ".join(words_of(line_of_block(before))), -1)
        if place >= 0:
            return place
        before = before.getprevious()
    return -1


def _iter_items(element: HtmlElement) -> Iterator[str]:
    """Items as trafilatura writes them: `- an item`, and the cells of a row between bars."""
    if element.tag == "table":
        for row in element.iter("tr"):
            cells = [text for cell in row.iter("td", "th") if (text := line_of_block(cell))]
            if cells:
                yield f"| {' | '.join(cells)} |"
        return
    for item in element.iter("li", "dt", "dd"):
        if item.find(".//li") is None and (text := line_of_block(item)):
            yield f"- {text}"


def is_inside(element: HtmlElement) -> bool:
    """Whether no ancestor near by marks the element as a side matter."""
    for depth, ancestor in enumerate(element.iterancestors()):
        if ancestor.tag in _OUTSIDE or (depth < 4 and _OUTSIDE_CLASS.search(ancestor.get("class") or "")):
            return False
    return not _OUTSIDE_CLASS.search(element.get("class") or "")


def link_share(element: HtmlElement, text: str) -> float:
    return sum(len(line_of_block(link)) for link in element.iter("a")) / (len(text) or 1)


def overlaps(text: str, known: str) -> bool:
    """Whether most of `text` is in the body already."""
    words = words_of(text)
    grams = [" ".join(gram) for gram in zip(words, words[1:], words[2:], strict=False)]
    return bool(grams) and sum(gram in known for gram in grams) > 0.6 * len(grams)
