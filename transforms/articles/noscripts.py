"""What a page shows to readers without scripts: an article, or a copy of what is there anyhow."""

from lxml import etree
from lxml.html import HtmlElement

from transforms.articles.page_titles import words_of

_MIN_CHARS = 250
_MIN_PARAGRAPHS = 2


def settle_noscripts(tree: HtmlElement) -> None:
    """Keep the `noscript` elements of `tree` that hold paragraphs which are nowhere else on the page; drop the rest."""
    noscripts = [element for element in tree.iter("noscript") if _holds_text(element)]
    for element in noscripts:
        element.tag = "section"
    etree.strip_elements(tree, "noscript", with_tail=False)
    if not noscripts:
        return
    inside = {paragraph for element in noscripts for paragraph in element.iter("p")}
    shown = {_key(paragraph) for paragraph in tree.iter("p") if paragraph not in inside}
    for element in noscripts:
        if any(_key(paragraph) in shown for paragraph in element.iter("p")):
            element.drop_tree()


def _holds_text(element: HtmlElement) -> bool:
    sizes = [len(_text(paragraph)) for paragraph in element.iter("p")]
    return len(sizes) >= _MIN_PARAGRAPHS and sum(sizes) >= _MIN_CHARS


def _text(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def _key(element: HtmlElement) -> str:
    return " ".join(words_of(_text(element)))
