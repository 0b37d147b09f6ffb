"""Bytes of a page to text to a tree: the character set, and limits on what is parsed."""

import codecs
import re
from typing import Final

from lxml.html import HtmlElement
from trafilatura import load_html

from transforms.charsets import find_codec, guess_charset, is_garbled
from transforms.twice_encoded import read_twice_encoded

MAX_HTML_CHARS: Final = 6_000_000
"""What is parsed of a page at most; the largest of real news pages are a third of it, state included."""
MAX_ELEMENTS: Final = 60_000
"""Pages with more elements than this are lists or dumps, and steps of extraction are quadratic in them."""

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_JUDGED_CHARS = 500_000
_NOT_THESE = ("", "utf-8", "utf-16", "utf-16-le", "utf-16-be")
"""What a page may claim but cannot be in, once it was not valid UTF-8 and its label could be read."""
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decode_html(body: bytes, content_type: str = "") -> str:
    """Decode a page.

    A byte order mark decides; then whatever is UTF-8 but for a few bytes is UTF-8, since text in other encodings
    never is by chance; then the Content-Type header and the page's own `meta` or XML declaration, unless they make
    no text of it; then a guess. Bytes that do not fit become U+FFFD. What was encoded twice is read as it was meant.
    """
    return read_twice_encoded(_decode(body, content_type))


def _decode(body: bytes, content_type: str) -> str:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        text = _decode_halves(body) or body.decode("utf-8", "replace")
    if _is_mostly_whole(text):
        return text
    header = _HEADER_CHARSET.search(content_type)
    labels = [header[1]] if header else []
    for pattern in (_XML_ENCODING, _META_CHARSET):
        if declared := pattern.search(body[:4096]):
            labels.append(declared[1].decode("ascii", "replace"))
    codecs_named = [codec for label in labels if (codec := find_codec(label)) not in _NOT_THESE]
    codec = next((codec for codec in codecs_named if not is_garbled(body, codec)), "")
    return body.decode(codec or guess_charset(body), "replace")


def parse_html(text: str) -> HtmlElement | None:
    """Parse a page, once for all readers; None where there is no element in it.

    Longer pages are cut at `MAX_HTML_CHARS`. libxml2 itself cuts nesting at 256 levels.
    """
    text = text[:MAX_HTML_CHARS]
    if not text.strip() or "<" not in text:
        return None
    tree = load_html(text)
    if tree is None or not isinstance(tree, HtmlElement):
        return None
    return tree


def has_too_many_elements(tree: HtmlElement) -> bool:
    """Whether the tree is too large for the slow part of extraction."""
    return (
        float(str(tree.xpath("count(//*) + count(//comment()) + count(//processing-instruction())")))
        > MAX_ELEMENTS
    )


def _decode_halves(body: bytes) -> str:
    """UTF-8 in which characters beyond U+FFFF were written as two halves each (CESU-8); "" for what is none."""
    try:
        text = body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return ""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_mostly_whole(text: str) -> bool:
    """Whether few of the characters beyond ASCII could not be read."""
    foreign = sum(1 for char in text[:_JUDGED_CHARS] if char > "\x7f")
    return foreign >= 5 * text[:_JUDGED_CHARS].count("\ufffd")
