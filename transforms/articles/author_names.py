"""Author names, cleaned: bylines as sites write them become a tuple of names."""

import re
from collections.abc import Iterable
from functools import lru_cache

from transforms.articles.author_words import (
    BESIDE,
    BY,
    EAST_ASIAN_ROLE,
    GLUED,
    JOINERS,
    LABEL,
    LEADING_ROLES,
    LETTER_JOINERS,
    NOBODY,
    OTHER_CREDIT,
    OTHER_LABEL,
    PARTICLES,
    ROLE,
    TOPIC,
    TRAILING_ROLES,
    VON,
    WHERE,
)
from transforms.articles.page_titles import clean_title
from transforms.written_dates.date_tokens import MAX_CHARS, tidy_line
from transforms.written_dates.find_dates import find_dates

MAX_NAME_CHARS = 80
MAX_AUTHORS = 30

_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_ADDRESS = re.compile(
    r"<[^<>\s]*@[^<>\s]*>|(?:mailto:)?[\w.+-]{1,64}(?:@|\s\[at\]\s|\s\(at\)\s)[\w-]{1,64}(?:\.[\w-]{1,64})+"
    r"|https?:\S*|www\.\S*|(?<![\w@])@\w{1,40}"
)
_LOOSE_NUMBER = re.compile(r"[\s,|·•–-]*(?<![\w.])\d[\d:.,/]*(?!\w).*$")
_NO_NAME = re.compile(r"https?:|www\.|@|\d{3,}|^\W*$|[{}<>=_]", re.IGNORECASE)
_SEGMENTS = re.compile(r"\s*(?:;|\||•|·|\n|\s/\s|／)\s*")
_COMMA = re.compile(r"\s*,\s*")
_SLASH = re.compile(r"\s*/\s*")
_DASHED = re.compile(r"\s+[–—-]\s+.*$|\s*:\s+.*$")
_CUTS = (_DASHED, TRAILING_ROLES, WHERE, LEADING_ROLES)
_MAX_BYLINE_CHARS = 600
_MAX_LINE_CHARS = 160
_MAX_LOWER_WORDS = 3
_EDGES = " \t,;:|/–—-•·*\"'"


def clean_authors(raw: Iterable[str], strangers: Iterable[str] = ()) -> tuple[str, ...]:
    """Names out of bylines: no "By", roles, places, dates, addresses or repeats, and nobody ("Staff"); order kept.

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
    if not 2 <= len(words) <= 5 or ROLE.search(name) or any(char.isdigit() for char in name):
        return False
    return all(word[0].isupper() or word.lower() in PARTICLES or not word[0].islower() for word in words)


def starts_with_by(text: str) -> bool:
    """Whether a line is a byline by its first word: "By", "Von", "Автор:", with a name behind it and no sentence."""
    by = BY.match(text) or VON.match(text) or LABEL.match(text)
    if not by or len(text) > _MAX_LINE_CHARS or text[-1] in "!?" or OTHER_CREDIT.match(text):
        return False
    rest = text[by.end() :]
    lower = [word for word in rest.split() if word[0].islower() and word not in PARTICLES]
    return bool(rest) and rest[0].isalpha() and not rest[0].islower() and len(lower) <= _MAX_LOWER_WORDS


@lru_cache(maxsize=256)  # elements within one another have one text
def drop_dates(text: str) -> str:
    """A byline without what is written beside names: dates, times, reading times, and their labels."""
    text = GLUED.sub(" ", text)
    if any(char.isdigit() for char in text) and len(text) <= MAX_CHARS:
        text = tidy_line(text)
        for found in reversed(find_dates(text)):
            text = f"{text[: found.start].rstrip(' ,|·•–-')} | {text[found.end :].lstrip(' ,|·•–-')}"
    return _LOOSE_NUMBER.sub("", BESIDE.sub("", text)).strip(" |")


def _split_byline(byline: str) -> list[str]:
    lines = [clean_title(line) for line in byline.split("\n")]
    if sum(map(len, lines)) > _MAX_BYLINE_CHARS:
        return []
    parts: list[str] = []
    for line in lines:
        line = OTHER_LABEL.sub(" | ", drop_dates(_ADDRESS.sub(" ", line)))  # noqa: PLW2901
        for segment in _SEGMENTS.split(line):
            segment = _BRACKETS.sub("", segment).strip()  # noqa: PLW2901
            if segment and not OTHER_CREDIT.match(segment):
                for part in _split_joined(_strip_by(segment)):
                    parts.extend(_split_commas(part))
    return parts


def _split_joined(text: str) -> list[str]:
    """The names that words such as "and" join, but not the halves of one: "José e Silva", "Science and Art Desk"."""
    parts: list[str] = []
    at = 0
    for found in JOINERS.finditer(text):
        left, right = text[at : found.start()], text[found.end() :]
        is_single = " " not in left.strip() and left.isalpha() and left[:1] < "\u0250"
        is_letter = found[0].strip() in LETTER_JOINERS
        if is_single and (is_letter or (ROLE.search(right) and not left.isupper())):
            continue
        parts.append(left)
        at = found.end()
    parts.append(text[at:])
    return parts


def _strip_by(text: str) -> str:
    """Without a leading "By"; words that also begin surnames ("Di", "Von") only before a whole name."""
    for _ in range(3):
        shorter = VON.sub("", BY.sub("", LABEL.sub("", TOPIC.sub("", text.strip()))))
        if shorter == text:
            break
        text = shorter
    return text


def _split_commas(part: str) -> list[str]:
    """Commas part names from names, or a name from its role or place: keep the names."""
    by_slash = _SLASH.split(part)
    if len(by_slash) > 1 and looks_personal(by_slash[0]):
        return [name for piece in by_slash for name in _split_commas(piece)]
    pieces = [piece for piece in _COMMA.split(part) if piece]
    if len(pieces) < 2:
        return pieces
    if len(pieces) == 2 and all(len(piece.split()) == 1 for piece in pieces) and pieces[0].isascii():
        return [part]  # "AFP, MANILA": agency and place
    kept = [
        piece
        for piece in pieces
        if looks_personal(_cut_role(piece)) or (piece[:1] > "\u024f" and " " not in piece)
    ]
    return kept if kept else pieces[:1]


def _clean_name(name: str) -> str:
    name = _cut_role(_strip_by(" ".join(name.split())).strip(_EDGES)).strip(_EDGES)
    if len(name) < 2 or len(name) > MAX_NAME_CHARS or _NO_NAME.search(name) or len(name.split()) > 8:
        return ""
    return "" if name.casefold() in NOBODY else name


def _cut_role(name: str) -> str:
    """A person's name without role, place or agency around it; other names as they are."""
    name = EAST_ASIAN_ROLE.sub("", name)
    half = len(name) // 2
    if name[:half].strip() == name[half:].strip() and " " in name[:half].strip():
        name = name[:half].strip()  # written twice, for two sizes of screen
    for cut in _CUTS:
        shorter = cut.sub("", name).strip(_EDGES)
        if shorter != name and looks_personal(shorter):
            name = shorter
    return name
