"""What a page is: only articles and live blogs may be coded for events."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from transforms.articles.json_ld import ARTICLE_TYPES, types_of
from transforms.articles.page_head import PageHead
from transforms.records import PageKind

STUB_CHARS = 250
"""Below this a text is a teaser, whatever the page says (Chinese, Japanese and Korean count threefold)."""
PAYWALLED_STUB_CHARS = 900
"""Below this a text of a page that says it is not free, or offers a subscription, is a teaser."""
SHORT_CHARS = 1_500

_BOT_CHECK = re.compile(
    r"just a moment\W*$|just a moment\.\.\.|checking (?:your browser|if the site connection)|"
    r"attention required!? \| cloudflare|verify(?:ing)? (?:that )?you are (?:a |not a )?(?:human|robot)|"
    r"^\W*are you a (?:human|robot)|i am not a robot|enable javascript and (?:cookies|disable)|"
    r"enable js and disable any ad ?blocker|^\W*access denied\b(?!:)|"
    r"access to this (?:page|site|website) (?:has been|is) (?:denied|blocked)|"
    r"unusual (?:traffic|activity) from your|^\W*pardon our interruption|^\W*security check\W*$|"
    r"request unsuccessful\. incapsula|please complete the captcha|ddos protection by|"
    r"bestätigen sie, dass sie (?:ein mensch|kein)|^\W*sind sie ein (?:mensch|roboter)",
    re.IGNORECASE,
)
_BOT_MARKS = (
    "cf-browser-verification", "challenge-platform", "cf-challenge", "px-captcha", "captcha-delivery.com",
    "g-recaptcha", "h-captcha", "_incapsula_resource", "distil_", "datadome",
)  # fmt: skip
_CONSENT = re.compile(
    r"\b(?:cookies?|consent|gdpr|dsgvo|einwilligung|zustimm\w*|datenschutz\w*|werbefrei|tracking|privacy|"
    r"personal data|"
    r"personenbezogen\w*|partners?|vendors?|legitimate interest|consentement|confidentialité|traceurs|"
    r"consentimiento|privacidad|consenso|dati personali|zgod[ay]|toestemming|samtycke|"
    r"manage (?:options|settings)|"
    r"accept all|reject all|alle akzeptieren|tout accepter|aceptar todo|accetta tutt[oi])\b",
    re.IGNORECASE,
)
_CONSENT_ADDRESS = re.compile(
    r"(?:^|[./-])(?:consent|zustimmung|cookie-?wall|privacy-?gate|gdpr)(?:[./?-]|$)", re.IGNORECASE
)
_CONSENT_TITLE = re.compile(
    r"before you continue|bevor sie (?:fortfahren|zu)|we value your privacy|your privacy|"
    r"privacy (?:settings|choices)|"
    r"cookie|consent|zustimmung|einwilligung|datenschutz|avant de (?:continuer|poursuivre)|"
    r"antes de continuar",
    re.IGNORECASE,
)
_CODE = r"(?:403|404|410|50[0234])"
_ERROR_TITLE = re.compile(
    rf"^\W*(?:http |error |fehler |erreur )*{_CODE}\W*"
    r"(?:$|error|not found|gone|forbidden|(?:service |temporarily )*unavailable|fehler|[-–|:])|"
    rf"\W{_CODE} (?:error|not found)|(?:error|fehler|erreur) {_CODE}\b|^\W*not found\W*$|"
    r"(?:page|url|document|this (?:article|story|content)|(?:article|story) you) .{0,40}(?:not found|"
    r"could not be found|can.?t be found|no longer (?:available|exists)|does ?n.t exist|does not exist)|"
    r"page not found|article not found|seite (?:wurde )?nicht (?:gefunden|verfügbar)|"
    r"page (?:introuvable|non trouvée)|página no encontrada|pagina non trovata|página não encontrada|"
    r"nie znaleziono strony|страница не найдена|^\W*internal server error|^\W*service unavailable|"
    r"^\W*bad gateway",
    re.IGNORECASE,
)
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
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class PageView:
    """What the classifier reads."""

    head: PageHead
    tree: HtmlElement
    url: str  # where the page was found in the end
    title: str
    text: str  # the extracted body
    markup: str  # the page as text
    has_date: bool


def classify_page(view: PageView) -> PageKind:
    """Say what a page is. The order matters: walls and errors look like stubs, live blogs like articles."""
    length = measure_text(view.text)
    types = types_of(view.head.article)
    says_article = bool(types & ARTICLE_TYPES) or view.head.first("og:type").lower() == "article"
    if length < SHORT_CHARS and not types & ARTICLE_TYPES:
        if _is_bot_check(view, length):
            return "bot_check"
        if _is_consent_wall(view, length):
            return "consent_wall"
        if _is_error(view):
            return "error"
    if _is_live_blog(view):
        return "live_blog"
    if _is_video(view, length):
        return "video"
    if not says_article and _is_listing(view, length):
        return "listing"
    if length < STUB_CHARS or (length < PAYWALLED_STUB_CHARS and _is_paywalled(view)):
        return "stub"
    return "article"


def measure_text(text: str) -> int:
    """The length of a text in characters of an alphabet: a Chinese, Japanese or Korean one says three."""
    return len(text) + 2 * len(_CJK.findall(text))


def _is_bot_check(view: PageView, length: int) -> bool:
    if any(_BOT_CHECK.search(title) for title in (view.head.title, view.title, *view.head.headings)):
        return True
    visible = view.text if length > 40 else visible_text(view.tree)
    if len(visible) > SHORT_CHARS:
        return False
    start = view.markup[:60_000].lower()
    return bool(_BOT_CHECK.search(visible)) or (
        len(visible) < 300 and any(mark in start for mark in _BOT_MARKS)
    )


def _is_consent_wall(view: PageView, length: int) -> bool:
    if _CONSENT_ADDRESS.search(urlsplit(view.url).netloc + urlsplit(view.url).path):
        return True
    visible = visible_text(view.tree)
    words = len(visible.split()) or 1
    hits = len(_CONSENT.findall(visible))
    titles = " | ".join((view.head.title, *view.head.headings[:2]))
    if _CONSENT_TITLE.search(titles) and hits >= 3 and words < 1_500:
        return True
    body_hits = len(_CONSENT.findall(view.text))
    body_words = len(view.text.split()) or 1
    return (hits >= 5 and hits / words > 0.03 and words < 1_200) or (
        length > 150 and body_hits >= 4 and body_hits / body_words > 0.04
    )


def _is_error(view: PageView) -> bool:
    return any(
        _ERROR_TITLE.search(text) for text in (view.head.title, view.title, *view.head.headings[:3]) if text
    )


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


def _is_listing(view: PageView, length: int) -> bool:
    """Pages that lead to articles: front pages, sections, topics, searches."""
    path = urlsplit(view.url).path.strip("/")
    if view.head.data.has_type(*_LISTING_TYPES) and not view.has_date:
        return True
    if not path and length < 5_000:
        return True
    linked = total = 0
    for element in view.tree.iter("p", "h2", "h3", "h4", "li"):
        size = len("".join(element.itertext()).strip())
        total += size
        linked += min(size, sum(len("".join(link.itertext()).strip()) for link in element.iter("a")))
    teasers = sum(1 for heading in view.tree.iter("h2", "h3", "h4") if _is_linked(heading))
    paragraphs = sum(1 for line in view.text.split("\n") if len(line) > 200)
    return teasers >= 8 and paragraphs < 3 and linked > 0.5 * total


def _is_linked(heading: HtmlElement) -> bool:
    parent = heading.getparent()
    return heading.find(".//a") is not None or (parent is not None and parent.tag == "a")


def _is_paywalled(view: PageView) -> bool:
    if _says_not_free(view.head.article):
        return True
    tier = view.head.first("article:content_tier").lower()
    return tier in ("locked", "metered") or bool(_PAYWALL_TEXT.search(visible_text(view.tree)))


def _says_not_free(node: Mapping[str, Any]) -> bool:
    """schema.org's `isAccessibleForFree`, a boolean that is often written as text."""
    return str(node.get("isAccessibleForFree", "")).rsplit("/", 1)[-1].lower() in ("false", "no", "0")


def visible_text(tree: HtmlElement) -> str:
    """All text of the page's body on one line."""
    body = tree.find("body")
    return " ".join("".join((body if body is not None else tree).itertext()).split())
