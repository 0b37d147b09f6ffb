"""The title of an article: which of a page's several titles, and without the site's name."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from transforms.articles.json_ld import text_of
from transforms.articles.page_head import PageHead
from transforms.plain_characters import drop_unseen_characters

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_SEPARATOR = re.compile(r"\s+[|\-–—−•·*:»«/]+\s+|\s*[|｜：»]\s*|\s+-\s*$")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_INLINE_TAG = re.compile(
    r"</?(?:a|b|big|br|em|font|i|mark|p|q|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)
_CUT_MARK = re.compile(r"\s*(?:…|\.\.\.|\[…\]|\[\.\.\.\])$")
_MAX_ESCAPES = 3
_MAX_SITE_WORDS = 8
"""Longer ones are titles of articles that a template put in the place of the site's name."""


@dataclass(frozen=True, slots=True)
class Title:
    text: str = ""
    source: str = ""


def choose_title(head: PageHead, told: str = "") -> Title:
    """Pick the headline; `told` is what the feed calls the article, "" without a feed.

    JSON-LD's headline is the publisher's word to machines, Open Graph's to social media, and `h1` is what
    the reader sees. They mostly agree. One that says nothing of what at least two others agree on is a template's
    and does not count; of two that begin alike the one that was cut does not. What the feed says as well is taken.
    Where they differ then: what JSON-LD says twice stands; a social title that is the headline without its kicker, or
    that JSON-LD knows as an alternative, is taken; then what the reader sees as well, unless it only edits a word or
    two that JSON-LD and the title element share; then JSON-LD. Titles lose the site's name.
    """
    names = site_words(head)
    headings = [clean_title(text) for text in head.headings]
    said = clean_title(text_of(head.article.get("headline")))
    page = strip_site(clean_title(head.title), names, [said, *headings])
    social = strip_site(clean_title(head.first("og:title")), names, [said, *headings])
    told = strip_site(clean_title(told), names, [said, social, *headings])
    voters = [
        *headings[:3],
        page,
        told,
        strip_site(clean_title(head.first("twitter:title")), names, headings),
    ]
    spoken = "" if _is_template(said, [*voters, social], names, head.url) else said
    social = "" if _is_template(social, [*voters, said], names, head.url) else social
    chosen = _choose_said(head, spoken, social, headings, names, told)
    return Title(_finish_cut(chosen.text, [*voters, said]), chosen.source)


def _choose_said(
    head: PageHead, spoken: str, social: str, headings: list[str], names: frozenset[str], told: str
) -> Title:
    for source, text in (
        ("json-ld headline", spoken),
        ("og:title", social),
        *(("h1", text) for text in headings),
    ):
        if same_words(text, told) and not _is_site(text, names):
            return Title(text, source)
    if not spoken:
        return _without_json_ld(head, social, headings, names, told)
    if not social or same_words(spoken, social):
        return Title(spoken, "json-ld headline")
    twins = [clean_title(text_of(head.article.get(name))) for name in ("name", "alternativeHeadline")]
    if any(same_words(twin, spoken) for twin in twins):
        return Title(spoken, "json-ld headline")
    if _is_tail(social, spoken) or any(same_words(twin, social) for twin in twins):
        return Title(social, "og:title")
    is_seen = any(same_words(text, social) for text in headings)
    if is_seen and not _is_edit(social, spoken, head, names) and not _names_address(head.url, spoken, social):
        return Title(social, "og:title")
    return Title(spoken, "json-ld headline")


def clean_title(text: str) -> str:
    """One line of plain text: entities that were escaped twice and inline markup resolved, nothing invisible."""
    for _ in range(_MAX_ESCAPES):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return " ".join(drop_unseen_characters(_INLINE_TAG.sub("", text)).split())


def same_words(left: str, right: str) -> bool:
    """Whether two titles have the same words in the same order, whatever their case and punctuation."""
    return bool(left) and words_of(left) == words_of(right) != []


def words_of(text: str) -> list[str]:
    """Words in lower case; Chinese and Japanese characters count as words."""
    return _WORD.findall(text.casefold())


def site_words(head: PageHead) -> frozenset[str]:
    """The site's names as one string of word characters each, from its metadata and its domain."""
    named = [words_of(name) for name in head.site_names]
    names = {"".join(words) for words in named if len(words) <= _MAX_SITE_WORDS}
    host = re.sub(r"^https?://([^/:]+).*$", r"\1", head.url).lower()
    labels = host.split(".")
    names |= {label.replace("-", "") for label in labels[:-1] if len(label) > 2 and label != "www"}
    names |= {"".join(words_of(".".join(labels[-2:])))}
    return frozenset(name for name in names if name)


def strip_site(title: str, names: frozenset[str], others: Iterable[str] = ()) -> str:
    """Cut what comes after (or before) a separator and is the site's name.

    `others` are further titles of the page: where one of them is the title up to a separator, the rest goes
    whatever it says; where one of them is the title, nothing goes.
    """
    others = list(others)
    if any(same_words(other, title) for other in others):
        return title
    for other in others:
        if (
            other
            and len(other) < len(title)
            and title.startswith(other)
            and _SEPARATOR.match(title[len(other) :])
        ):
            return other
    for cut in list(_SEPARATOR.finditer(title)):
        if _is_site(title[cut.end() :], names) and len(words_of(title[: cut.start()])) >= 2:
            return title[: cut.start()].strip()
    first = _SEPARATOR.search(title) or re.search(r":\s+", title)
    if first and _is_site(title[: first.start()], names) and len(words_of(title[first.end() :])) >= 3:
        return title[first.end() :].strip()
    return title


def _without_json_ld(
    head: PageHead, social: str, headings: list[str], names: frozenset[str], told: str
) -> Title:
    if social and not _is_site(social, names):
        return Title(social, "og:title")
    for name in ("parsely-title", "sailthru.title", "dc.title", "dcterms.title", "twitter:title", "headline"):
        text = strip_site(clean_title(head.first(name)), names, headings)
        if text and not _is_template(text, [*headings[:3], clean_title(head.title), told], names, head.url):
            return Title(text, f"meta {name}")
    page = strip_site(clean_title(head.title), names, headings)
    for text in headings:
        if not _is_site(text, names) and (
            len(headings) == 1 or same_words(text, page) or len(words_of(text)) > 3
        ):
            return Title(text, "h1")
    return Title(page, "title element") if page else Title()


def _is_template(text: str, others: Iterable[str], names: frozenset[str], url: str) -> bool:
    """Whether a title is the site's for all its pages: its name, or nothing of what two other titles agree on."""
    if not text or _is_site(text, names):
        return True
    words = words_of(text)
    told = [other for other in map(words_of, others) if len(other) >= 3 and other != words]
    if len(words) < 2 and told:
        return True
    agreed = [
        one for at, one in enumerate(told) if any(_contains(one, two) for two in told[:at] + told[at + 1 :])
    ]
    if not agreed or any(_contains(words, one) for one in agreed):
        return False
    known = {word for one in agreed for word in one}
    if any(len(word) > 3 or not word.isascii() for word in set(words) & known):
        return False
    slug = set(words_of(re.sub(r"[-_.,]+", " ", _fold(url.rstrip("/").rsplit("/", 1)[-1]))))
    return not {word for word in words_of(_fold(text)) if len(word) > 3} & slug


def _contains(one: list[str], two: list[str]) -> bool:
    """Whether one title has the other's words, but for a few."""
    short, long = sorted((set(one), set(two)), key=len)
    return len(short & long) >= 0.8 * len(short)


def _finish_cut(text: str, others: Iterable[str]) -> str:
    """The whole title where `text` is its beginning: cut with an ellipsis, or at a quote that ended an attribute."""
    cut = _CUT_MARK.sub("", text)
    begun = words_of(cut)
    if len(begun) < 3:
        return text
    for other in others:
        if _begins_so(words_of(other), begun, cut != text) and not _CUT_MARK.search(other):
            rest = other[len(cut) :].lstrip() if other.startswith(cut) else ""
            if cut != text or rest[:1] == '"':
                return other
    return text


def _begins_so(words: list[str], begun: list[str], marked: bool) -> bool:
    """Whether `words` are more than `begun`; where a mark says that it was cut, its last word may be cut as well."""
    *first, last = begun
    if words[: len(first)] != first or len(words) < len(begun):
        return False
    word = words[len(first)]
    return (word == last and len(words) > len(begun)) or (marked and word != last and word.startswith(last))


def _is_site(text: str, names: frozenset[str]) -> bool:
    """Whether `text` is the site's name, perhaps with words around it (`The Citizen`, `NDR.de - News`)."""
    joined = "".join(words_of(text))
    if not joined or joined in names:
        return True
    for name in names:
        if len(name) > 3 and (name in joined or joined in name) and len(words_of(text)) <= 6:
            return True
    return False


def _is_tail(short: str, long: str) -> bool:
    """Whether `short` is `long` without a kicker in front of it."""
    tail, whole = words_of(short), words_of(long)
    return 2 < len(tail) < len(whole) and whole[-len(tail) :] == tail


def _is_edit(social: str, spoken: str, head: PageHead, names: frozenset[str]) -> bool:
    """Whether `social` is `spoken` but for a word or two, and the title element has `spoken`'s words."""
    ours, theirs = set(words_of(spoken)), set(words_of(social))
    is_near = len(ours & theirs) >= 0.8 * len(ours | theirs)
    return is_near and same_words(strip_site(clean_title(head.title), names, [spoken, social]), spoken)


def _names_address(url: str, spoken: str, social: str) -> bool:
    """Whether the address was clearly made of `spoken` and not of `social`."""
    slug = set(words_of(re.sub(r"[-_/.,]+", " ", _fold(url))))
    shares = [
        len(words & slug) / len(words) if (words := set(words_of(_fold(text)))) else 0.0
        for text in (spoken, social)
    ]
    return shares[0] - shares[1] >= 0.3


def _fold(text: str) -> str:
    return text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
