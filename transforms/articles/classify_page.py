"""What a page is: only articles and live blogs may be coded for events.

A page is an article by what it says and not by its length. It has the words of its feed's title and of its own,
it has a text besides what leads to other pages, and it stands where the link led. Words of walls and errors only
name what it is otherwise, and find those pages of which no feed tells.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from transforms.articles.json_ld import ARTICLE_TYPES, types_of
from transforms.articles.page_agreement import Agreement, compare, is_front, is_led_away, repeats_title
from transforms.articles.page_head import PageHead
from transforms.articles.page_redirects import find_redirect
from transforms.articles.page_walls import SHORT_CHARS, WallView, asks_password, find_wall, list_titles
from transforms.articles.visible_text import visible_text
from transforms.plain_characters import measure_text
from transforms.records import Entry, PageKind

STUB_CHARS = 250
"""Below this a text is a teaser, whatever the page says (Chinese, Japanese and Korean count threefold)."""
PAYWALLED_STUB_CHARS = 900
"""Below this a text of a page that says it is not free, or offers a subscription, is a teaser."""
WHOLE_CHARS = 600
"""From this length on a text of a feed is a whole article."""
_COPIED = 0.3
"""An article's page has more than this of the text that its feed carries whole."""
_SHOWN = 0.8
_LISTED = 6
"""A page that leads to so many others, with little text of its own, is made to lead there."""

_LIVE_ADDRESS = re.compile(
    r"/live[-/_]?(?:blog|ticker|updates?)?(?:[/_-]|$)|"
    r"(?:live-?blog|live-?ticker|news-?ticker|live-updates)",
    re.IGNORECASE,
)
_LIVE_TITLE = re.compile(
    r"\blive[ -]?(?:blog|ticker|updates?)\b|\bnews-?(?:ticker|blog)\b|\bLIVE\s?[:–-]|"
    r"[:–-]\s?live updates|\+\+\+.*\+\+\+|"
    r"\ben (?:vivo|direct)\b|\bal minuto\b|\bin diretta\b|\bна живо\b|\bонлайн-трансляция\b",
)  # fmt: skip
_CLOCK = re.compile(r"\W{0,3}(?:\d{1,2}[:.]\d{2}(?: Uhr|\b(?![.,\d%]))|\d{1,2}(?::\d{2})?\s?[ap]\.?m\b)")
_CLOCK_LINE = re.compile(rf"^{_CLOCK.pattern}", re.MULTILINE)
_PAYWALL_TEXT = re.compile(
    r"subscribe (?:now )?to (?:continue|read|unlock|keep)|to continue reading|already a subscriber|"
    r"subscribers only|for subscribers|"
    r"create a free account to|register to (?:continue|read)|jetzt weiterlesen|weiterlesen mit|"
    r"mit .{2,20}\+ weiterlesen|nur für abonnenten|"
    r"sie (?:haben|sind) bereits (?:ein abo|abonnent|registriert)|réservé aux abonnés|"
    r"pour lire la suite|contenido exclusivo|solo para suscriptores|"
    r"para seguir leyendo|per continuare a leggere|riservato agli abbonati|"
    r"tylko dla (?:subskrybentów|prenumeratorów)|有料会員|会員限定",
    re.IGNORECASE,
)
_VIDEO_ADDRESS = re.compile(r"/(?:videos?|watch|mediathek|clips?|av|tv)(?:/|$|\?|-)", re.IGNORECASE)
_LISTING_TYPES = frozenset({"CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage"})


@dataclass(frozen=True, slots=True)
class PageView:
    """What the classifier reads."""

    head: PageHead
    tree: HtmlElement
    url: str  # where the page was found in the end
    title: str
    text: str  # the extracted body, without teasers
    markup: str  # the page as text
    has_date: bool
    led_to: int  # other pages that teasers lead to
    teaser_share: float  # of the text found, what stands in teasers: 0 to 1
    entry: Entry | None = None


def classify_page(view: PageView) -> PageKind:
    """Say what a page is. The order matters: walls and errors look like stubs, listings like live blogs."""
    length = measure_text(view.text)
    titles = list_titles(view.head, view.title, is_front(view.url))
    told = compare(view.entry, titles, view.text, WHOLE_CHARS)
    if length < STUB_CHARS and find_redirect(view.markup, view.url):
        return "redirect"
    if not told.titled and (wall := _find_wall(view, told, titles)):
        return wall
    if _is_listing(view, told, titles, length):
        return "listing"
    if not told.titled and _is_other(view, told):
        return "other_page"
    if _is_live_blog(view):
        return "live_blog"
    if _is_video(view, length):
        return "video"
    if length < STUB_CHARS or (length < PAYWALLED_STUB_CHARS and _is_paywalled(view)):
        return "stub"
    if told.copied is not None and _has_less(view, told, length):
        return "stub" if told.titled or _claims(view) else "other_page"
    if length < SHORT_CHARS and repeats_title(titles, view.text) is False and _is_hidden(view):
        return "stub"
    return "article"


def _has_less(view: PageView, told: Agreement, length: int) -> bool:
    """Whether a page shows clearly less of an article than its feed, which has it whole."""
    copied = told.copied or 0.0
    if copied < _COPIED and (told.told is False or not _claims(view)):
        return True
    if length < told.whole_chars / 2:
        return copied < _SHOWN
    is_part = _COPIED / 3 < copied < _SHOWN
    return is_part and (length < _SHOWN * told.whole_chars or _is_paywalled(view) or asks_password(view.tree))


def _is_hidden(view: PageView) -> bool:
    """Whether a page asks for a password, a plan or not to be found: its text may be all but the article."""
    robots = f"{view.head.first('robots')} {view.head.first('googlebot')}".lower()
    return asks_password(view.tree) or "noindex" in robots or _is_paywalled(view)


def _find_wall(view: PageView, told: Agreement, titles: list[str]) -> PageKind | None:
    """A wall, where the page does not claim to be an article or is not the one that the feed tells of."""
    if told.told is not False and _claims(view):
        return None
    return find_wall(WallView(view.head, view.tree, view.url, titles, view.text, view.markup))


def _claims(view: PageView) -> bool:
    """Whether a page says that it is an article in a way that templates of all pages do not."""
    return bool(types_of(view.head.article) & ARTICLE_TYPES or view.head.first("article:published_time"))


def _is_other(view: PageView, told: Agreement) -> bool:
    """Whether a page has hardly a word of what the feed tells, and no claim of its own to be that article."""
    if view.entry is None:
        return False
    is_moved = urlsplit(view.entry.url).path.rstrip("/") != urlsplit(view.url).path.rstrip("/")
    if told.told is not False:
        return is_moved and (told.strays or (told.titled is False and is_led_away(view.entry.url, view.url)))
    return is_moved or not _claims(view)


def _is_live_blog(view: PageView) -> bool:
    """A page that is named so and has some entries with a time of day, or has many of them."""
    if view.head.data.has_type("LiveBlogPosting"):
        return True
    titles = (view.title, view.head.title, *view.head.headings[:2])
    path = urlsplit(view.url).path
    is_named = bool(_LIVE_ADDRESS.search(path)) or any(_LIVE_TITLE.search(text) for text in titles)
    stamped = sum(
        1 for element in view.tree.iter("h2", "h3", "h4", "h5", "p") if _CLOCK.match(_start_of(element))
    )
    stamped = max(stamped, len(_CLOCK_LINE.findall(view.text)))
    return stamped >= 12 or (is_named and max(stamped, len(view.head.times)) >= 5)


def _start_of(element: HtmlElement) -> str:
    return "".join(piece for _, piece in zip(range(8), element.itertext(), strict=False)).lstrip()


def _is_video(view: PageView, length: int) -> bool:
    """A page about a film with only a few words on it."""
    if length >= SHORT_CHARS // 2:
        return False
    says_video = view.head.first("og:type").lower().startswith("video") or view.head.data.has_type(
        "VideoObject"
    )
    return says_video and (
        not types_of(view.head.article) & ARTICLE_TYPES
        or bool(_VIDEO_ADDRESS.search(urlsplit(view.url).path))
    )


def _is_listing(view: PageView, told: Agreement, titles: list[str], length: int) -> bool:
    """Pages that lead to articles: front pages, sections, topics, searches, hubs of live blogs."""
    if view.head.data.has_type("LiveBlogPosting") and not is_front(view.url):
        return False
    is_article = bool(types_of(view.head.article) & ARTICLE_TYPES)
    if view.head.data.has_type(*_LISTING_TYPES) and not view.has_date:
        return not is_article
    is_told = repeats_title(titles, view.text)
    is_above = is_front(view.url) or (view.entry is not None and is_led_away(view.entry.url, view.url))
    if is_above and not told.titled and not is_article:
        return view.led_to >= _LISTED or length < SHORT_CHARS
    if is_above and told.titled is False and view.led_to >= _LISTED:
        return True
    if view.led_to < _LISTED or _claims(view) or (is_told and length >= STUB_CHARS):
        return False
    canonical = urljoin(view.url, view.head.canonical)
    if (is_front(canonical) and not told.titled) or sum(1 for _ in view.tree.iter("article")) >= _LISTED:
        return True
    is_bare = length < STUB_CHARS or (length < WHOLE_CHARS and not view.has_date)
    return is_bare and view.teaser_share > 0.5


def _is_paywalled(view: PageView) -> bool:
    if _says_not_free(view.head.article):
        return True
    tier = view.head.first("article:content_tier").lower()
    return tier in ("locked", "metered") or bool(_PAYWALL_TEXT.search(visible_text(view.tree)))


def _says_not_free(node: Mapping[str, Any]) -> bool:
    """schema.org's `isAccessibleForFree`, a boolean that is often written as text."""
    return str(node.get("isAccessibleForFree", "")).rsplit("/", 1)[-1].lower() in ("false", "no", "0")
