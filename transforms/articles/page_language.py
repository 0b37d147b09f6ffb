"""The language of an article: what the page declares and what its text resembles."""

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from transforms.articles.page_head import PageHead

MIN_CHARS = 120
"""Shorter texts are not judged: the page's word counts, if it gives one."""
MAX_CHARS = 1_500

_CODE = re.compile(r"^([a-z]{2,3})(?:[-_].*)?$", re.IGNORECASE)
_ALIASES = {
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "jp": "ja",
    "cn": "zh",
    "kr": "ko",
    "gr": "el",
    "ua": "uk",
    "cz": "cs",
}
_ALIASES |= {
    "eng": "en",
    "deu": "de",
    "ger": "de",
    "fra": "fr",
    "fre": "fr",
    "spa": "es",
    "ita": "it",
    "por": "pt",
}
_ALIKE = ({"no", "nb", "nn", "da"}, {"hr", "sr", "bs", "sh", "me"}, {"id", "ms"}, {"fa", "ps"}, {"xh", "zu"})
"""Languages that identifiers mistake for one another: there the page's own word stands."""


def choose_language(head: PageHead | None, text: str, feed_language: str = "") -> tuple[str, str]:
    """The ISO 639-1 code and its source: the page's word where the text does not gainsay it, else the text's.

    Templates are often copied with the language of their makers, so a long enough text decides.
    """
    declared, source = _declared(head, feed_language)
    if len(text) < MIN_CHARS:
        return declared, source
    seen = _identify(text[:MAX_CHARS])
    if declared and (seen == declared or any({seen, declared} <= group for group in _ALIKE)):
        return declared, source
    return seen, "text"


def read_code(text: str) -> str:
    """The ISO 639-1 code of a language tag such as `de-AT` or `en_US`; "" where it is none."""
    found = _CODE.match(text.strip())
    code = found[1].lower() if found else ""
    code = _ALIASES.get(code, code)
    return code if len(code) == 2 else ""


def _declared(head: PageHead | None, feed_language: str) -> tuple[str, str]:
    candidates = []
    if head is not None:
        spoken = head.article.get("inLanguage")
        candidates = [
            ("json-ld inLanguage", spoken if isinstance(spoken, str) else ""),
            ("html lang", head.html_language),
            ("og:locale", head.first("og:locale")),
            ("meta content-language", head.first("content-language", "language", "dc.language")),
        ]
    for source, value in [*candidates, ("feed", feed_language)]:
        if code := read_code(value):
            return code, source
    return "", ""


def _identify(text: str) -> str:
    return str(_identifier().classify(text)[0])


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE)
