"""Blocks of a page that lead to other pages or sell something: teasers, further reading, share bars.

They stand beside, below and inside the text of an article, and are all that listings consist of. What they have
in common is not a name but a shape: a headline that is a link to another page of the site, a line or two beside
it, and siblings of the same shape. Names (classes, headings such as "Read more") are used where they are given.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from transforms.articles.page_agreement import SLUG
from transforms.plain_characters import measure_text

MIN_HEADLINE_CHARS = 20
"""A link of fewer characters is a section's name or a button."""
_MAX_BESIDE_CHARS = 500
_MAX_LABEL_CHARS = 60
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_INLINE = frozenset({"a", "b", "strong", "em", "i", "u", "font", "sup", "sub", "q", "mark", "small"})
_ITEMS = ("li", "dt", "dd", "tr", "td", "th")
_ANNOUNCING = frozenset({*_HEADINGS, "p", "div", "strong"})
"""What may be a line that says what stands below it."""
_NAMING = frozenset({
    "class", "id", "aria-label", "data-widget", "data-component", "data-module", "data-testid", "data-type",
})  # fmt: skip
_SIDE_ROLES = frozenset({"complementary", "navigation", "contentinfo", "search", "dialog", "banner"})
_KEPT = frozenset({"html", "body", "main", "head", "h1"})

_SIDE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:related(?!-?to)|read-?(?:more|also|next)|see-?also|more-?(?:on|from|stories|news)|"
    r"most-?(?:read|"
    r"viewed|popular|recent)|popular|trending|recommend(?:ed|ations?)?|recirc\w*|outbrain|taboola|promos?|"
    r"newsletter|sign-?up|subscribe|subscription|mailing|inline-?(?:link|promo)|further-?reading|"
    r"you-?may-?(?:also-?)?like|"
    r"editors?-?(?:picks|choice)|share-?(?:bar|buttons?|tools?|links?)?|sharing|social(?:-?(?:bar|links|"
    r"share|media))?|"
    r"breadcrumbs?|byline|author-?(?:box|bio|info|card)|about-?the-?author|dateline-?time|timestamp|"
    r"post-?meta|entry-?meta|"
    r"article-?meta|kicker|tags?(?:-?list|-?cloud)?|comments?|disclaimer|cookie\w*|"
    r"ad(?:vert(?:isement)?)?s?|sponsor\w*|"
    r"weiterlesen|mehr-zum-thema|lire-aussi|a-lire|leia-mais|saiba-mais|lee-mas|leggi-anche)(?:$|[\s_-])",
    re.IGNORECASE,
)
_TEASER_CLASS = re.compile(r"(?:^|[\s_-])teasers?(?:$|[\s_-])", re.IGNORECASE)
"""Beside the text if it leads away; else it may be the standfirst, or the part of the article that is free."""
_LABEL_CLASS = re.compile(
    r"(?:^|[\s_-])(?:section(?:-?name|-?label|-?title)?|category|categories|rubric|rubrik|ressort|topic|"
    r"channel|agency|source|"
    r"credits?|photo-?credit|copyright|date|time|published|updated|posted(?:-?on)?|reading-?time|author|"
    r"authors|writer|"
    r"reporter|eyebrow|overline|label|flag|pretitle|caption(?:-?text)?|figcaption)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Lines that say of what section, time or hand a text is; longer ones under such names are text."""
_SIDE_HEADING = re.compile(
    r"\W*(?:(?:you (?:may|might) also (?:like|be interested in)|(?:also )?read (?:more|also|next|on)|see "
    r"also|"
    r"related(?: (?:articles?|stories|story|news|posts?|content|coverage|topics|links|reading))?|further "
    r"reading|"
    r"more (?:on|from|stories|news|like|in|about|to read|headlines)\b.{0,40}|most (?:read|viewed|popular|"
    r"shared|recent)"
    r"(?: .{0,20})?|popular (?:now|stories|posts|articles)|trending(?: now)?|top (?:stories|news|headlines)|"
    r"latest (?:news|stories|headlines|articles)|recommended(?: .{0,20})?|editor'?s'? (?:picks?|choice)|"
    r"in other news|don'?t miss|what to read next|elsewhere on .{0,30}|from (?:our|the) (?:partners?|"
    r"archives?)|"
    r"(?:sign up|subscribe) .{0,60}|newsletters?|share (?:this|on)\b.{0,30}|follow us.{0,30}|about the "
    r"authors?|comments?|"
    r"mehr zum thema|mehr (?:aus|zu|von)\b.{0,40}|lesen sie auch|weitere (?:artikel|meldungen|nachrichten|"
    r"themen)|"
    r"meist ?gelesen|das könnte sie auch interessieren|auch interessant|"
    r"à lire (?:aussi|également)|lire aussi|sur le même (?:sujet|thème)|les plus lus|dans la même "
    r"(?:rubrique|section)|"
    r"le[aer]? también|te puede interesar|noticias relacionadas|más (?:leíd[oa]s|noticias|información)|lo "
    r"más (?:leído|visto)|"
    r"leia (?:também|mais)|veja também|saiba mais|mais lidas|notícias relacionadas|leggi anche|i più letti|"
    r"articoli correlati|czytaj (?:też|także|również|więcej)|zobacz (?:też|także|również)|najczęściej "
    r"czytane|"
    r"читайте также|по теме|самое читаемое|материалы по теме|читайте також|lees ook|meest gelezen|läs "
    r"(?:också|mer)|"
    r"les også|ilgili haberler|bunlar da ilginizi çekebilir|en çok okunan(?:lar)?|baca juga|terpopuler|"
    r"اقرأ (?:أيضا|أيضًا|المزيد)|مواضيع ذات صلة|الأكثر قراءة|関連記事|あわせて読みたい|アクセスランキング|"
    r"相关(?:新闻|阅读)|"
    r"热门新闻|関連ニュース|관련 ?기사|많이 본 뉴스|xem thêm|tin liên quan)\W*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Teasers:
    """`blocks` are elements to leave out, outermost first; `led_to` counts the other pages they lead to."""

    blocks: tuple[HtmlElement, ...]
    led_to: int
    chars: int  # of their text


@dataclass(frozen=True, slots=True)
class _Page:
    """A page while it is looked through, with what is asked of its elements again and again."""

    tree: HtmlElement
    url: str
    sizes: dict[HtmlElement, int]  # characters of text in every element
    titled: frozenset[HtmlElement]  # the elements that are or hold an `h1`
    readings: dict[str, "_Reading"] = field(default_factory=dict)  # of names: many elements share theirs

    def read_names(self, element: HtmlElement) -> "_Reading":
        names = " ".join([value for name, value in element.items() if name in _NAMING])
        found = self.readings.get(names)
        if found is None:
            found = self.readings[names] = _Reading(
                _LABEL_CLASS.search(names) is not None,
                _SIDE_CLASS.search(names) is not None,
                _TEASER_CLASS.search(names) is not None,
            )
        return found


class _Reading(NamedTuple):
    """What an element is by its names."""

    label: bool
    side: bool
    teaser: bool


def find_teasers(tree: HtmlElement, url: str) -> Teasers:
    """The teasers of a page that was found at `url`; `tree` is not changed."""
    sizes = _measure(tree)
    titled = frozenset(element for h1 in tree.iter("h1") for element in (h1, *h1.iterancestors()))
    page = _Page(tree, url, sizes, titled)
    links = list(_iter_headline_links(page))
    cards: dict[HtmlElement, None] = {}
    for link, _ in links:
        if sizes[link] >= MIN_HEADLINE_CHARS:
            cards[_widen(link, page, sizes[link] + _MAX_LABEL_CHARS)] = None
    for card in _find_cards(links, page):
        cards[card] = None
    for heading, text in _find_flat_cards(links, sizes):
        cards[heading] = cards[text] = None
    for element in _iter_named(page, cards):
        cards[element] = None
    blocks = tuple(_outermost(cards))
    return Teasers(blocks, len({target for _, target in links}), sum(sizes[block] for block in blocks))


def drop_elements(elements: Sequence[HtmlElement]) -> None:
    """Take elements out of their tree; what follows them stays."""
    for element in elements:
        if element.getparent() is not None:
            element.drop_tree()


def _measure(tree: HtmlElement) -> dict[HtmlElement, int]:
    """Characters of text in every element, in one pass from the leaves up."""
    elements = list(tree.iter())
    sizes = dict.fromkeys(elements, 0)
    for element in reversed(elements):  # children come before their parent
        if isinstance(element.tag, str):
            sizes[element] += _count(element.text)
        parent = element.getparent()
        if parent is not None and element is not tree:
            sizes[parent] += sizes[element] + _count(element.tail)
    return sizes


def _count(text: str | None) -> int:
    return measure_text(" ".join(text.split())) if text and not text.isspace() else 0


def _iter_headline_links(page: _Page) -> Iterator[tuple[HtmlElement, str]]:
    """Links to other pages that are a block by themselves, with their targets.

    They are long enough for a headline, or stand under one ("Read more").
    """
    sizes = page.sizes
    targets: dict[str, str] = {}
    for link in page.tree.iter("a"):
        href = (link.get("href") or "").strip()
        if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")) or not _is_block(link, sizes):
            continue
        if sizes[link] < MIN_HEADLINE_CHARS and not (sizes[link] and _has_headline(link, sizes)):
            continue
        target = targets.get(href)
        if target is None:
            target = targets[href] = _find_target(page.url, href)
        if target:
            yield link, target


def _find_target(url: str, href: str) -> str:
    """What names the other page that a link leads to; ""
    for links into the page itself, as a live blog has them, and to other sites, as reviews and sources have them."""
    try:
        own, target = urlsplit(url), urlsplit(urljoin(url, href))
    except ValueError:
        return ""
    if _site_of(own.hostname) != _site_of(target.hostname):
        return ""
    own_path, path = own.path.rstrip("/"), target.path.rstrip("/")
    if target.netloc == own.netloc:
        is_within = path == own_path or (
            path.startswith(own_path + "/") and SLUG.search(own_path.rsplit("/", 1)[-1])
        )
        if is_within and (own_path or target.query in ("", own.query)):
            return ""
    return f"{target.netloc}{path}?{target.query}"


def _site_of(host: str | None) -> str:
    """The last two labels of a host's name."""
    return ".".join((host or "").split(".")[-2:])


def _has_headline(link: HtmlElement, sizes: dict[HtmlElement, int]) -> bool:
    """Whether a short link belongs to a block with a headline that is no link itself, and little more."""
    element = link.getparent()
    for _ in range(3):
        if element is None or element.tag in _KEPT or sizes[element] > _MAX_BESIDE_CHARS:
            return False
        headings = [heading for heading in element.iter(*_HEADINGS) if sizes[heading] >= MIN_HEADLINE_CHARS]
        if headings:
            return len(headings) == 1 and headings[0].find(".//a") is None
        element = element.getparent()
    return False


def _is_block(link: HtmlElement, sizes: dict[HtmlElement, int]) -> bool:
    """Whether nothing stands beside a link in its block: it is no part of a sentence."""
    if any(child.tag in (*_HEADINGS, "p", "div") for child in link):
        return True
    element: HtmlElement | None = link.getparent()
    while element is not None and element.tag in ("span", "strong", "b", "em", "i", "u", "font"):
        element = element.getparent()
    if element is None or element.tag in ("body", "html"):
        return False
    if element.tag in _HEADINGS:
        return sizes[link] >= 0.7 * sizes[element]
    return sizes[element] < 1.35 * sizes[link] or (element is link.getparent() and _stands_alone(link))


def _stands_alone(link: HtmlElement) -> bool:
    """Whether there is no bare text around a link: its neighbours are blocks, or it is alone."""
    parent, before, after = link.getparent(), link.getprevious(), link.getnext()
    if parent is None or parent.tag == "p":
        return False
    text = parent.text if before is None else before.tail
    is_bare = not (text or "").strip() and not (link.tail or "").strip()
    return is_bare and all(neighbour is None or neighbour.tag not in _INLINE for neighbour in (before, after))


def _widen(element: HtmlElement, page: _Page, most: int) -> HtmlElement:
    """The largest block around `element` of at most so many characters."""
    parent = element.getparent()
    while parent is not None and parent.tag not in _KEPT and page.sizes[parent] <= most:
        if parent in page.titled:
            break
        element, parent = parent, parent.getparent()
    return element


def _find_cards(links: Sequence[tuple[HtmlElement, str]], page: _Page) -> Iterator[HtmlElement]:
    """Elements with a headline and a few lines, of which two or more stand side by side."""
    sizes = page.sizes
    groups: dict[tuple[HtmlElement, str, str], dict[HtmlElement, str]] = defaultdict(dict)
    for link, target in links:
        element: HtmlElement | None = link
        while element is not None and element.tag not in _KEPT:
            if sizes[element] > sizes[link] + _MAX_BESIDE_CHARS:
                break
            parent = element.getparent()
            if parent is not None and element is not link and element.tag not in _HEADINGS:
                name = (element.get("class") or "").split(" ")[0]
                groups[parent, str(element.tag), name].setdefault(element, target)
            element = parent
    for members in groups.values():
        if len(set(members.values())) >= 2:
            yield from (element for element in members if element not in page.titled)


def _find_flat_cards(
    links: Sequence[tuple[HtmlElement, str]], sizes: dict[HtmlElement, int]
) -> Iterator[tuple[HtmlElement, HtmlElement]]:
    """A linked heading and the short paragraph after it, where two or more such pairs share a parent."""
    pairs: dict[HtmlElement, list[tuple[HtmlElement, HtmlElement]]] = defaultdict(list)
    for link, _ in links:
        heading: HtmlElement | None = link
        while heading is not None and heading.tag not in (*_HEADINGS, "dt", "body"):
            heading = heading.getparent()
        after = heading.getnext() if heading is not None and heading.tag != "body" else None
        if heading is None or after is None or after.tag not in ("p", "div", "dd"):
            continue
        if sizes[after] <= _MAX_BESIDE_CHARS and (parent := heading.getparent()) is not None:
            pairs[parent].append((heading, after))
    for members in pairs.values():
        if len(members) >= 2:
            yield from members


def _iter_named(page: _Page, known: Iterable[HtmlElement]) -> Iterator[HtmlElement]:
    """Elements that are named as something beside the text, and lists under headings that say so.

    Nothing that holds the title or most of the page's text is believed to be beside it. What is inside of such an
    element, or of a `known` one, is not looked at.
    """
    sizes, most = page.sizes, 0.35 * page.sizes[page.tree]
    covered = set(known)
    for element in page.tree.iter():
        tag = element.tag
        if element.getparent() in covered:
            covered.add(element)
            continue
        if not isinstance(tag, str) or tag in _KEPT or tag == "article":
            continue
        is_beside = sizes[element] < most and element not in page.titled
        if is_beside and _is_named(element, page) and not _is_in_sentence(element, sizes):
            covered.add(element)
            yield element
        elif tag in _ANNOUNCING and sizes[element] <= _MAX_LABEL_CHARS:
            yield from _find_headed(element, page)


def _is_named(element: HtmlElement, page: _Page) -> bool:
    """Whether an element is called something that stands beside a text."""
    reading = page.read_names(element)
    is_label = element.tag == "time" or (
        reading.label and page.sizes[element] <= _MAX_LABEL_CHARS and element.tag not in (*_HEADINGS, *_ITEMS)
    )
    return (
        is_label
        or reading.side
        or element.get("role") in _SIDE_ROLES
        or (reading.teaser and element.find(".//a") is not None)
    )


def _is_in_sentence(element: HtmlElement, sizes: dict[HtmlElement, int]) -> bool:
    """Whether words of a paragraph stand around an element."""
    return any(
        ancestor.tag == "p" and sizes[ancestor] > sizes[element] + _MAX_LABEL_CHARS / 2
        for ancestor in element.iterancestors()
    )


def _find_headed(heading: HtmlElement, page: _Page) -> Iterator[HtmlElement]:
    """A heading that announces further reading, and what it announces: lists, links and forms after it."""
    text = " ".join("".join(heading.itertext()).split())
    if not text or not _SIDE_HEADING.fullmatch(text):
        return
    yield heading
    sizes, most = page.sizes, 0.35 * page.sizes[page.tree]
    after = heading.getnext()
    while after is not None and sizes.get(after, 0) < most and after not in page.titled:
        linked = sum(sizes[link] for link in after.iter("a"))
        is_list = after.tag in ("ul", "ol", "form") or (linked > 0 and linked >= 0.3 * sizes[after])
        if not is_list and not _is_headline(after, sizes):
            return
        yield after
        after = after.getnext()


def _is_headline(element: HtmlElement, sizes: dict[HtmlElement, int]) -> bool:
    """Whether an element holds but a headline or some: short, and no sentence with its end."""
    if element.tag in _HEADINGS or sizes[element] > _MAX_BESIDE_CHARS:
        return False
    return not any((text or "").rstrip().endswith((".", "!", "?", "。")) for text in element.itertext())


def _outermost(elements: dict[HtmlElement, None]) -> Iterator[HtmlElement]:
    for element in elements:
        if not any(ancestor in elements for ancestor in element.iterancestors()):
            yield element
