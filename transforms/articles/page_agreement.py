"""Whether a page is about what its feed says, and whether it stands where the feed's link leads."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

from transforms.articles.page_titles import words_of
from transforms.plain_characters import measure_text
from transforms.plain_text import html_to_text
from transforms.records import Entry

MIN_WORDS = 4
"""So many words a title must have for their presence or absence to say something."""
_STEM_CHARS = 5
_AGREES = 0.6
_DIFFERS = 0.25
"""Of real articles, 0.4 of their title's words stand in their text at least, whatever the title plays with."""
_STRAYS = 0.45
"""A page at another address than the link's must have more of the title."""
SLUG = re.compile(r"\d{5,}|[^\W_]+(?:[-_][^\W_]+){2,}|\.(?:html?|php|aspx?)$")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_NO_PAGE_PATH = re.compile(
    r"/(?:404|not-?found|page-?not-?found|error|errors|unavailable|blocked|expired|gone|login|log-?in|sign-?in|"
    r"signin|register|subscribe|subscription|paywall|maintenance|search|suche|recherche|buscar|"
    r"captcha|challenge|accounts?|auth|sso)(?:\.\w{2,5})?/?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a page has of its feed's words. None: there are too few words to tell."""

    titled: bool | None = None  # the page's own titles are the feed's
    told: bool | None = (
        None  # the page's titles or its text hold what the feed says; False: nearly none of it
    )
    strays: bool = False  # the page's titles are others, and it lacks most words of the feed's title
    copied: float | None = None  # the share of the feed's whole text that is on the page
    whole_chars: int = 0  # of the feed's whole text


def compare(entry: Entry | None, titles: Iterable[str], text: str, whole_chars: int) -> Agreement:
    """Compare a page's `titles` and `text` with its feed entry; a feed's text from `whole_chars` on is whole."""
    if entry is None:
        return Agreement()
    own = stems_of(" ".join(titles))
    title = stems_of(entry.title)
    titled = None if len(title) < MIN_WORDS else len(title & own) >= _AGREES * len(title)
    said = title | stems_of(entry.summary[:1_000])
    here = own | stems_of(text)
    shares = [len(words & here) / len(words) for words in (title, said) if len(words) >= MIN_WORDS]
    can_tell = (len(title) >= MIN_WORDS or len(said) >= 2 * MIN_WORDS) and _share_script(said, here)
    told = max(shares) >= _DIFFERS if can_tell else None
    strays = titled is False and can_tell and shares[0] < _STRAYS
    given = html_to_text(entry.content or entry.summary)
    copied = share_of(given, text) if measure_text(given) >= whole_chars else None
    return Agreement(titled, told, strays, copied, measure_text(given))


def repeats_title(titles: Iterable[str], text: str) -> bool | None:
    """Whether a text has some of the words of its page's own longest title; None where that is too short."""
    title = max((stems_of(title) for title in titles), key=len, default=set())
    if len(title) < MIN_WORDS:
        return None
    return len(title & stems_of(text)) >= _DIFFERS * len(title)


def stems_of(text: str) -> set[str]:
    """What can be compared of a text's words: the beginnings of those over three letters, pairs of Chinese or
    Japanese characters. Nothing of scripts that write whole sentences in one."""
    words = words_of(text)
    if text.isascii():
        return {word[:_STEM_CHARS] for word in words if len(word) > 3}
    pairs = {one + two for one, two in pairwise(words) if _CJK.match(one) and _CJK.match(two)}
    return pairs | {
        word[:_STEM_CHARS]
        for word in words
        if (len(word) > 3 if word.isascii() else not (_CJK.match(word) or _UNSPACED.search(word)))
    }


def share_of(text: str, other: str) -> float:
    """The share of the word triples of `text` that `other` has too, 0 to 1."""
    words, known = words_of(text), words_of(other)
    mine = set(zip(words, words[1:], words[2:], strict=False))
    return len(mine & set(zip(known, known[1:], known[2:], strict=False))) / len(mine) if mine else 1.0


def is_led_away(link: str, url: str) -> bool:
    """Whether a link to an article ended at a page above it: the front page, a section, a form or an error."""
    asked, found = urlsplit(link), urlsplit(url)
    if not link or not url or _path_of(asked.path) == _path_of(found.path):
        return False
    if is_front(url) or _NO_PAGE_PATH.search(found.path):
        return True
    left, right = _path_of(asked.path), _path_of(found.path)
    is_above = len(right) < len(left) and left[: len(right)] == right
    return is_above and not SLUG.search(right[-1])


def is_front(url: str) -> bool:
    """Whether an address is the front page of a site, perhaps in a language: no path, and no query naming a page."""
    parts = urlsplit(url)
    names = {name.lower() for name, _ in parse_qsl(parts.query)}
    if names & {
        "p",
        "id",
        "page_id",
        "article",
        "articleid",
        "story",
        "storyid",
        "nid",
        "aid",
        "newsid",
        "news_id",
    }:
        return False
    path = parts.path.strip("/").lower()
    return path in ("", "home", "index.html", "index.php", "index.htm") or bool(
        re.fullmatch(r"[a-z]{2}(?:[-_][a-z]{2})?", path)
    )


def _path_of(path: str) -> list[str]:
    return [piece for piece in path.lower().split("/") if piece not in ("", "amp")]


def _share_script(left: set[str], right: set[str]) -> bool:
    """Whether most words on both sides are of Latin letters, or of none: a translation has other words."""
    sides = [sum(word[0] < "\u0250" for word in words) >= len(words) / 2 for words in (left, right) if words]
    return len(set(sides)) <= 1
