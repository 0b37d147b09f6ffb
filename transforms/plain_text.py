"""Markup to plain text, for what feeds give: titles and summaries, not whole pages."""

import html
import re

import lxml.html
from lxml import etree

_BLOCKS = frozenset({
    "p", "div", "br", "li", "ul", "ol", "tr", "td", "th", "table", "h1", "h2", "h3", "h4", "h5", "h6",
    "blockquote", "section", "article", "figure", "figcaption", "pre", "hr", "dd", "dt",
})  # fmt: skip
_UNSEEN = frozenset({
    "script", "style", "noscript", "template", "head", "iframe", "object", "svg",
})  # fmt: skip
_MARKUP = re.compile(r"<[a-zA-Z/!?]|&#?\w+;")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def drop_illegal_characters(text: str) -> str:
    """`text` without the characters that XML 1.0 forbids (and DEL).

    Source: XML 1.0 section 2.2.
    """
    return _ILLEGAL.sub("", text)


def html_to_text(markup: str) -> str:
    """The text that a reader of `markup` would see: a line a block, runs of space as one."""
    markup = drop_illegal_characters(markup)
    if not _MARKUP.search(markup):
        return _tidy(markup)
    if "<" not in markup:
        return _tidy(html.unescape(markup))
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(f"<body>{markup}</body>".encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return _tidy(html.unescape(re.sub(r"<[^<>]*>", " ", markup)))
    return _tidy("".join(_walk(root)))


def html_to_line(markup: str) -> str:
    """`html_to_text` on one line."""
    return " ".join(html_to_text(markup).split())


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
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
