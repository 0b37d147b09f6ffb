"""Pages that a site shows in the place of an article: checks, walls, errors, and domains without a site.

Each kind has words of its own. They count where they are most of a title, or stand at the beginning of a page
that shows little; in the title or the text of an article they are news. Marks of scripts and forms count on pages
that show nearly nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from transforms.articles.page_agreement import repeats_title
from transforms.articles.page_head import PageHead
from transforms.articles.page_titles import words_of
from transforms.articles.visible_text import visible_text
from transforms.articles.wall_words import WALL_FORMS
from transforms.plain_characters import measure_text
from transforms.records import PageKind

SHORT_CHARS = 1_500
_BARE_CHARS = 300
_OPENING_CHARS = 500
_MOSTLY = 0.65
_MAX_HEADINGS = 3
_MAX_TITLE_CHARS = 300

_PART = re.compile(r"\s+[|\-–—·•»«:/]+\s+|\s*[|｜»]\s*")
_FILLERS = frozenset({
    "a", "an", "the", "this", "that", "is", "are", "was", "be", "to", "of", "on", "in", "it", "for", "you",
    "your", "we", "our", "us", "and", "or", "not", "sorry", "oops", "please", "so", "now", "here", "page",
    "site", "website", "content", "error", "der", "die", "das", "dieser", "diese", "dieses", "ist", "nicht",
    "leider", "inhalt", "seite", "le", "la", "les", "ce", "cette", "contenu", "el", "este", "esta",
    "contenido", "sitio", "página", "pagina", "de", "da", "do", "o", "conteúdo", "e", "et", "un", "une",
    "il", "questo", "contenuto",
})  # fmt: skip
"""Words of such pages that say nothing of what is the matter."""
_MARKS: dict[PageKind, tuple[str, ...]] = {
    "bot_check": (
        "cf-browser-verification", "challenge-platform", "cf-challenge", "cf-turnstile", "px-captcha", "perimeterx",
        "captcha-delivery.com", "g-recaptcha", "h-captcha", "hcaptcha", "_incapsula_resource", "distil_", "datadome",
        "anubis", "awswaf", "aws-waf", "gokuprops", "kpsdk", "captcha", "proof-of-work", "challenge.js",
    ),
    "parked": (
        "sedoparking", "parkingcrew", "bodis.com", "parklogic", "afternic", "hugedomains", "dan.com/",
        "adsense/domains",
    ),
}  # fmt: skip

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


@dataclass(frozen=True, slots=True)
class WallView:
    """What is judged of a page: its titles, what it shows, its scripts and forms."""

    head: PageHead
    tree: HtmlElement
    url: str
    titles: Sequence[str]
    text: str  # the extracted body
    markup: str


def find_wall(view: WallView) -> PageKind | None:
    """The kind of wall, check or error that a page is; None for one that may be anything else."""
    length = measure_text(view.text)
    if length < SHORT_CHARS and _is_consent_wall(view):
        return "consent_wall"
    for kind in WALL_FORMS:
        if any(is_mostly(title, kind) for title in view.titles):
            return kind
    shown = visible_text(view.tree)
    start = view.markup[:60_000].lower()
    for kind, marks in _MARKS.items():
        if measure_text(shown) < _BARE_CHARS and any(mark in start for mark in marks):
            return kind
    if length >= SHORT_CHARS or repeats_title(view.titles, view.text):
        return None
    if asks_password(view.tree) and length < _OPENING_CHARS:
        return "login_wall"
    return _judge_opening(view.text if length > 40 else shown)


def is_mostly(title: str, kind: PageKind) -> bool:
    """Whether the words of a kind are most of a title, or of its first or last part."""
    parts = [part for part in _PART.split(title) if words_of(part)]
    for part in dict.fromkeys((title, *parts)):
        if not WALL_FORMS[kind].search(part):
            continue
        words = [word for word in words_of(part) if word not in _FILLERS]
        left = [word for word in words_of(WALL_FORMS[kind].sub(" ", part)) if word not in _FILLERS]
        if len(left) <= (1 - _MOSTLY) * len(words):
            return True
    return False


def _judge_opening(text: str) -> PageKind | None:
    """The kind whose words are much of a text's beginning: two of its phrases, or most of a sentence."""
    opening = text[:_OPENING_CHARS]
    sentences = re.split(r"[.!?。！？\n]+", opening)
    for kind, pattern in WALL_FORMS.items():
        if len({match[0].lower() for match in pattern.finditer(opening)}) >= 2:
            return kind
        if any(is_mostly(sentence, kind) for sentence in sentences[:3] if len(words_of(sentence)) > 2):
            return kind
    return None


def asks_password(tree: HtmlElement) -> bool:
    """Whether a page has a form to log in."""
    return any((field.get("type") or "").lower() == "password" for field in tree.iter("input"))


def _is_consent_wall(view: WallView) -> bool:
    if _CONSENT_ADDRESS.search(urlsplit(view.url).netloc + urlsplit(view.url).path):
        return True
    shown = visible_text(view.tree)
    words = len(shown.split()) or 1
    hits = len(_CONSENT.findall(shown))
    titles = " | ".join(view.titles)
    if _CONSENT_TITLE.search(titles) and hits >= 3 and words < 1_500:
        return True
    body_hits = len(_CONSENT.findall(view.text))
    body_words = len(view.text.split()) or 1
    return (hits >= 5 and hits / words > 0.03 and words < 1_200) or (
        measure_text(view.text) > 150 and body_hits >= 4 and body_hits / body_words > 0.04
    )


def list_titles(head: PageHead, chosen: str, is_front: bool) -> list[str]:
    """The titles that a page gives itself, each once; the headings of front pages and archives are of others."""
    titles = [head.title, head.first("og:title")]
    if not is_front and len(head.headings) <= _MAX_HEADINGS:
        titles += [chosen, *head.headings]
    return [title[:_MAX_TITLE_CHARS] for title in dict.fromkeys(titles) if title]
