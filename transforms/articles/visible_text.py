"""Short texts of elements, as a reader sees them."""

from collections.abc import Iterator

from lxml.html import HtmlElement

_UNSEEN = ("script", "style", "template", "noscript")


def line_of(element: HtmlElement, max_chars: int, without: tuple[str, ...] = ()) -> str:
    """The element's text on one line, without elements named in `without`; "" where it is longer than `max_chars`."""
    pieces: list[str] = []
    length = 0
    for piece in _iter_text(element, (*_UNSEEN, *without)):
        pieces.append(piece)
        length += len(piece.strip())
        if length > max_chars:
            return ""
    return " ".join(" ".join(pieces).split())


def _iter_text(element: HtmlElement, without: tuple[str, ...]) -> Iterator[str]:
    if isinstance(element.tag, str) and element.tag not in without:
        yield element.text or ""
        for child in element:
            yield from _iter_text(child, without)
            yield child.tail or ""


def visible_text(tree: HtmlElement) -> str:
    """All text of the page's body on one line, as far as scripts were taken out of it."""
    body = tree.find("body")
    return " ".join("".join((body if body is not None else tree).itertext()).split())
