"""Places that the gazetteer does not know: oilfields, outposts, villages, named where something happened.

They have a name and a country but no point. Events may take them; the document's list of places does not hold them.
"""

import re
from collections import Counter
from collections.abc import Sequence

from transforms.coder.gazetteer import GazetteerPlace
from transforms.coder.geolocate import Located
from transforms.coder.lexicon import Lexicon
from transforms.word_lists import word_set

_WORD = r"[^\W\d_a-zß-öø-ÿ][\w’']{1,25}"
_NAME = rf"(?<![\w-]){_WORD}(?:[ -](?:al-|el-)?{_WORD}){{0,2}}"  # bounded: no text may take long
_KIND = (
    "village|town|city|outpost|oilfield|oil field|airbase|air base|airport|dam|camp|refugee camp|prison|district|"
    "neighbourhood|neighborhood|crossing|checkpoint|estate|quarter|valley|island|farm|settlement|suburb|hamlet|"
    "(?:elementary |primary |secondary |high )?school|hospital|university|bridge|stadium|square|mine|castle|hotel|"
    "mosque|church|market|refinery|barracks|power plant|power station|military base|naval base|army base"
)
_KIND_FIRST = re.compile(rf"\b(?:{_KIND}) (?:of|in) (?P<name>{_NAME})")
_KIND_LAST = re.compile(rf"(?P<name>{_NAME}) (?:{_KIND})\b")
_AFTER_IN = re.compile(
    rf"\b(?:in|near|outside) (?P<name>{_NAME})(?= (?:on|after|when|where|late|early|and|as)\b|[,.;])"
)
_ARTICLE = re.compile(r"\b[Aa]n? $")
_NO_PLACES = word_set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december parliament congress court islam ramadan christmas easter god the a an this "
    "that his her their our its it he she they mr mrs ms dr president minister general english arabic twitter facebook "
    "telegram catholic orthodox protestant christian muslim sunni shia shiite jewish hindu public state general "
    "national central main federal local boys girls"
)


def find_sites(text: str, located: Sequence[Located], lexicon: Lexicon) -> list[Located]:
    """Named places of a text beside those of `located`, in the order of the text."""
    countries = Counter(one.place.country for one in located if one.place.country)
    taken = [(one.start, one.end) for one in located]
    found: list[Located] = []
    for pattern in (_KIND_FIRST, _KIND_LAST, _AFTER_IN):
        for match in pattern.finditer(text):
            start, end = match.span("name")
            name = text[start:end]
            described = _ARTICLE.search(text[max(0, start - 4) : start]) is not None  # "a Norman church"
            if (
                described
                or any(a < end and start < b for a, b in taken)
                or not _may_name_place(name, lexicon)
            ):
                continue
            taken.append((start, end))
            country = _guess_country(start, located, countries)
            place = GazetteerPlace(name, name, country, "", 0.0, 0.0, None, 0, "unknown")
            found.append(Located(name, start, end, place, cue=True, admin=False))
    return sorted(found, key=lambda one: one.start)


def _may_name_place(name: str, lexicon: Lexicon) -> bool:
    words = name.replace("-", " ").split()
    return not (
        name.endswith(("'s", "’s"))  # "Smith's farm"
        or name in lexicon.actors
        or any(word.lower() in _NO_PLACES or word.lower() in lexicon.agents for word in words)
        or any(word in lexicon.demonyms for word in words)
        or name.isupper()
    )


def _guess_country(start: int, located: Sequence[Located], countries: Counter[str]) -> str:
    """That of the nearest place named before it, else of most places of the text."""
    before = [one.place.country for one in located if start - 400 <= one.start < start and one.place.country]
    if before:
        return before[-1]
    return countries.most_common(1)[0][0] if countries else ""
