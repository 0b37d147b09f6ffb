"""Markup to plain text, for what feeds give: titles and summaries, not whole pages."""

import html
import re

import lxml.html
from lxml import etree

from transforms.plain_characters import drop_illegal_characters, drop_unseen_characters

_BLOCKS = frozenset({
    "p", "div", "br", "li", "ul", "ol", "tr", "td", "th", "table", "h1", "h2", "h3", "h4", "h5", "h6",
    "blockquote", "section", "article", "figure", "figcaption", "pre", "hr", "dd", "dt",
})  # fmt: skip
_UNSEEN = frozenset({
    "script", "style", "noscript", "template", "head", "iframe", "object", "svg",
})  # fmt: skip
_MARKUP = re.compile(r"<[a-zA-Z/!?]|&#?\w+;")
_TAG = re.compile(r"<[a-zA-Z/!?]")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED_TAG = re.compile(
    r"</?(?:p|div|br|li|ul|ol|h[1-6]|blockquote|figure|a|b|i|u|em|strong|span|font|img|small|sup|sub)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
"""Tags that a text is formatted with; others may be what it is about."""
_ANY_TAG = re.compile(r"<(?=[a-zA-Z/!?])(/?)([a-zA-Z0-9]*)[^<>]*>?")
_MOST_TAGS = 50_000
"""A text of more tags is read without building a tree, which takes 150 bytes and a microsecond a tag."""
_MOST_ESCAPES = 3
"""How often a text may be escaped above the once that markup asks for."""


def html_to_text(markup: str) -> str:
    """The text that a reader of `markup` would see: a line a block, runs of space as one.

    Text that was escaped once too often is read as it was meant: character references always, tags where
    the whole text is escaped so.
    """
    markup = drop_illegal_characters(markup)
    if not _MARKUP.search(markup):
        return _tidy(markup)
    has_tags = bool(_TAG.search(markup))
    text = _read_markup(markup) if has_tags else html.unescape(markup)
    for _ in range(_MOST_ESCAPES):
        if not has_tags and _ESCAPED_TAG.search(text):
            text = _read_markup(text)
        elif _REFERENCE.search(text):
            text = _REFERENCE.sub(_unescape_known, text)
        else:
            break
    return _tidy(text)


def html_to_line(markup: str) -> str:
    """`html_to_text` on one line."""
    return " ".join(html_to_text(markup).split())


def _unescape_known(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def _read_markup(markup: str) -> str:
    if markup.count("<") > _MOST_TAGS:
        return html.unescape(_strip_tags(markup))
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(f"<body>{markup}</body>".encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return html.unescape(re.sub(r"<[^<>]*>", " ", markup))
    return "".join(_walk(root))


def _strip_tags(markup: str) -> str:
    """What stands between the tags, in one pass; the content of scripts and the like is left out."""
    pieces: list[str] = []
    hidden = ""
    position = 0
    for match in _ANY_TAG.finditer(markup):
        if not hidden:
            pieces.append(markup[position : match.start()])
        name = match[2].lower()
        if hidden and match[1] and name == hidden:
            hidden = ""
        elif not hidden and not match[1] and name in ("script", "style", "noscript", "svg"):
            hidden = name
        position = match.end()
    return "\n".join([*pieces, "" if hidden else markup[position:]])


def _walk(root: etree._Element) -> list[str]:
    pieces: list[str] = []
    hidden: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        block = element.tag in _BLOCKS
        if event == "start":
            if hidden is None and element.tag in _UNSEEN:
                hidden = element
            if hidden is None:
                pieces.append("\n" if block else "")
                pieces.append(_on_one_line(element.text))
        else:
            if hidden is element:
                hidden = None
            if hidden is None:
                pieces.append("\n" if block else "")
                pieces.append(_on_one_line(element.tail))
    return pieces


def _on_one_line(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in drop_unseen_characters(text).split("\n"))
    return "\n".join(line for line in lines if line)
