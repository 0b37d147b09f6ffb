"""What a page says of itself outside its text: one walk over the tree collects it all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml.html import HtmlElement

from transforms.articles.json_ld import JsonLd, Node, find_article, read_json_ld, types_of

MAX_HEADINGS = 20
MAX_TIMES = 200


@dataclass(frozen=True, slots=True)
class PageHead:
    """Metadata of a page, as found."""

    url: str
    meta: Mapping[str, tuple[str, ...]]  # name, property, itemprop or http-equiv in lower case -> contents
    data: JsonLd
    article: Node  # the JSON-LD node of this page's article, or an empty one
    title: str  # of the `title` element
    headings: tuple[str, ...]  # of the `h1` elements
    times: tuple[HtmlElement, ...]  # `time` elements in document order
    canonical: str
    html_language: str

    def first(self, *names: str) -> str:
        """The first content under the first of `names` that has one."""
        return next((value for name in names for value in self.meta.get(name, ())), "")

    def pairs(self, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """`(source, content)` of each of `names` that the page has."""
        for name in names:
            for value in self.meta.get(name, ()):
                yield f"meta {name}", value

    @property
    def site_names(self) -> frozenset[str]:
        """What the publisher calls itself, in lower case."""
        names = [*self.meta.get("og:site_name", ()), *self.meta.get("application-name", ())]
        for node in (self.article.get("publisher"), *self.data.nodes):
            if isinstance(node, Mapping) and (
                node is self.article.get("publisher") or types_of(node) & {"WebSite", "NewsMediaOrganization"}
            ):
                names.append(str(node.get("name", "")))
        return frozenset(" ".join(name.split()).casefold() for name in names if name.strip())


def read_head(tree: HtmlElement, url: str) -> PageHead:
    """Collect a page's metadata; `url` is where it was fetched from."""
    meta: dict[str, list[str]] = {}
    scripts: list[HtmlElement] = []
    headings: list[str] = []
    times: list[HtmlElement] = []
    title = canonical = ""
    for element in tree.iter("meta", "script", "title", "h1", "time", "link"):
        tag = element.tag
        if tag == "meta":
            _add_meta(meta, element)
        elif tag == "script":
            scripts.append(element)
        elif tag == "h1":
            text = _line_of(element)
            if text and len(headings) < MAX_HEADINGS:
                headings.append(text)
        elif tag == "time":
            if len(times) < MAX_TIMES:
                times.append(element)
        elif tag == "title":
            title = title or ("" if _is_in_svg(element) else _line_of(element))
        elif "canonical" in (element.get("rel") or "").lower().split():
            canonical = canonical or (element.get("href") or "").strip()
    data = read_json_ld(scripts)
    return PageHead(
        url=url,
        meta={name: tuple(values) for name, values in meta.items()},
        data=data,
        article=find_article(data, (url, canonical, *meta.get("og:url", ()))),
        title=title,
        headings=tuple(headings),
        times=tuple(times),
        canonical=canonical,
        html_language=(
            tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
        ).strip(),
    )


def _add_meta(meta: dict[str, list[str]], element: HtmlElement) -> None:
    content = " ".join((element.get("content") or "").split())
    if not content:
        return
    for attribute in ("property", "name", "itemprop", "http-equiv"):
        name = (element.get(attribute) or "").strip().lower()
        if name:
            values = meta.setdefault(name, [])
            if content not in values and len(values) < MAX_HEADINGS:
                values.append(content)


def _line_of(element: HtmlElement) -> str:
    return (
        " ".join(" ".join(element.itertext()).split())
        if len(element)
        else " ".join((element.text or "").split())
    )


def _is_in_svg(element: HtmlElement) -> bool:
    return any(ancestor.tag == "svg" for ancestor in element.iterancestors())
