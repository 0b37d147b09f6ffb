"""Author names, cleaned: bylines as sites write them become a tuple of names."""

import re
from collections.abc import Iterable

_BY = re.compile(
    r"^(?:(?:written|words|story|report|reporting|text|posted|published|analysis)\s+)?(?:by|автор:?)[:\s]+",
    re.IGNORECASE,
)
_VON = re.compile(
    r"^(?:(?:von|par|por|di|da|door|av|af|przez|от|bởi|oleh)[:\s]+(?=[^\W\d_a-zà-ÿ])"
    r"|(?:VON|Von|Par|Por|Di|Da|Door|Av|Af)[:\s]+(?=[^\W\d_a-zà-ÿ]\S*\s))"
)
_LABEL = re.compile(
    r"^(?:authors?|autor(?:in|en|es|a)?|auteurs?|autore|autori|byline|text|foto)\s*:\s*", re.IGNORECASE
)
_TOPIC = re.compile(
    r"^(?:a guest (?:commentary|post) by|ein (?:gast)?(?:beitrag|kommentar) von)\s+", re.IGNORECASE
)
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_NO_NAME = re.compile(r"https?:|www\.|@|\d{3,}|^\W*$|[{}<>=_]", re.IGNORECASE)
_SPLIT = re.compile(
    r"\s*(?:;|\||•|·|\n|、|，| & | (?:and|und|et|og|och) | (?:e|y|i|en) (?=[A-ZÀ-Ý]))\s*",
)
_COMMA = re.compile(r"\s*,\s*")
_ROLE = re.compile(
    r"\b(?:reporters?|editors?|correspondents?|journalists?|writers?|columnists?|contributors?|producers?|staff|"
    r"chief|senior|deputy|bureau|redakteur\w*|redaktion\w*|korrespondent\w*|journalist\w*|reporter\w*|chefredak\w*|"
    r"ressort\w*|autor(?:in)?|volont\w*|leiter\w*|rédact\w*|correspondant\w*|journaliste|envoyé\w*|redactor\w*|"
    r"periodista|corresponsal|giornalista|inviat[oa]|redattor\w*|dziennikar\w*|profes\w*|university|universit\w*|"
    r"director|president|analyst|expert|photograph\w*|presenter|ph\.?d|m\.?d|jr\.?|news|desk|service)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    {
        "af",
        "al",
        "av",
        "ben",
        "bin",
        "bint",
        "da",
        "das",
        "de",
        "del",
        "della",
        "den",
        "der",
        "des",
        "di",
        "do",
    }
    | {"dos", "du", "e", "el", "ibn", "la", "le", "op", "ten", "ter", "van", "vom", "von", "y", "zu", "zur"}
)
MAX_NAME_CHARS = 80
MAX_AUTHORS = 30


def clean_authors(raw: Iterable[str], strangers: Iterable[str] = ()) -> tuple[str, ...]:
    """Names out of bylines: no "By", brackets, roles, addresses or repeats; order kept.

    `strangers` are strings that are no author here (section names and the like), compared without case.
    """
    names: list[str] = []
    seen = {name.casefold() for name in strangers}
    for byline in raw:
        for piece in _split_byline(byline):
            name = _clean_name(piece)
            key = name.casefold()
            if name and key not in seen:
                seen.add(key)
                names.append(name)
    return tuple(names[:MAX_AUTHORS])


def looks_personal(name: str) -> bool:
    """Whether `name` reads like a person's: two to five capitalised words, none of them a role."""
    words = name.split()
    if not 2 <= len(words) <= 5 or _ROLE.search(name) or any(char.isdigit() for char in name):
        return False
    return all(word[0].isupper() or word.lower() in _PARTICLES or not word[0].islower() for word in words)


def _split_byline(byline: str) -> list[str]:
    byline = " ".join(byline.split(" ")).strip()
    if len(byline) > 600:
        return []
    byline = _LABEL.sub("", _TOPIC.sub("", byline))
    byline = _strip_by(_BRACKETS.sub("", byline))
    parts: list[str] = []
    for part in _SPLIT.split(byline):
        parts.extend(_split_commas(part))
    return parts


def _strip_by(text: str) -> str:
    """Without a leading "By"; words that also begin surnames ("Di", "Von") only before a whole name."""
    return _VON.sub("", _BY.sub("", text.strip()))


def _split_commas(part: str) -> list[str]:
    """Commas part names from names, or a name from its role or place: keep the names."""
    pieces = [piece for piece in _COMMA.split(part) if piece]
    if len(pieces) < 2:
        return pieces
    if len(pieces) == 2 and all(len(piece.split()) == 1 for piece in pieces) and pieces[0].isascii():
        return [part]  # "AFP, MANILA": agency and place
    kept = [piece for piece in pieces if looks_personal(piece) or (not piece.isascii() and " " not in piece)]
    return kept if kept else pieces[:1]


def _clean_name(name: str) -> str:
    name = _strip_by(" ".join(name.split())).strip(" \t,;:|/–—-•·*\"'")
    if len(name) < 2 or len(name) > MAX_NAME_CHARS or _NO_NAME.search(name) or len(name.split()) > 8:
        return ""
    return name
