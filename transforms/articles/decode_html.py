"""Bytes of a page to text to a tree: the character set, and limits on what is parsed."""

import codecs
import re
from typing import Final

from lxml.html import HtmlElement
from trafilatura import load_html
from trafilatura.utils import detect_encoding

MAX_HTML_CHARS: Final = 6_000_000
"""What is parsed of a page at most; the largest of real news pages are a third of it, state included."""
MAX_ELEMENTS: Final = 60_000
"""Pages with more elements than this are lists or dumps, and steps of extraction are quadratic in them."""

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LABELS = {
    "ascii": "windows-1252",
    "us-ascii": "windows-1252",
    "iso-8859-1": "windows-1252",
    "iso8859-1": "windows-1252",
    "latin1": "windows-1252",
    "latin-1": "windows-1252",
    "iso-8859-9": "windows-1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "big5": "big5hkscs",
}
"""Labels that browsers read as a larger character set.

Source: https://encoding.spec.whatwg.org/#names-and-labels"""


def decode_html(body: bytes, content_type: str = "") -> str:
    """Decode a page.

    A byte order mark decides; then whatever is valid UTF-8 is UTF-8, since text in other encodings never is
    by chance; then the Content-Type header, the page's own `meta` or XML declaration, and a guess.
    Bytes that do not fit become U+FFFD.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    header = _HEADER_CHARSET.search(content_type)
    if header and (codec := _find_codec(header[1])):
        return body.decode(codec, "replace")
    for pattern in (_XML_ENCODING, _META_CHARSET):
        declared = pattern.search(body[:4096])
        if declared and (codec := _find_codec(declared[1].decode("ascii", "replace"))):
            return body.decode(codec, "replace")
    guesses = detect_encoding(body[:20_000])
    return body.decode((guesses and _find_codec(guesses[0])) or "utf-8", "replace")


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
    return sum(1 for _ in tree.iter()) > MAX_ELEMENTS


def _find_codec(label: str) -> str:
    """Python's name of the character set that browsers read `label` as; "" for an unknown one or UTF-8."""
    name = label.strip().lower()
    try:
        codec = codecs.lookup(_LABELS.get(name, name)).name
    except LookupError:
        return ""
    return "" if codec == "utf-8" else codec
