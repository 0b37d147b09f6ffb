"""Where: place names of a text, resolved with the gazetteer, and the record of an event's place."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from transforms.coder.find_toponyms import find_candidates
from transforms.coder.gazetteer import Gazetteer, GazetteerPlace
from transforms.coder.judge_toponyms import find_strangers, is_part, is_person, is_site, judge
from transforms.coder.lexicon import Lexicon
from transforms.coder.resolve_toponyms import ADMIN_WORDS, Resolved, is_cue, resolve_candidates
from transforms.records import NO_HOME, OutletHome, Place, Toponym
from transforms.word_lists import word_set

_ACCEPT = (
    -0.2
)  # log odds; below 0, for short texts speak less clearly than those that the weights were fitted on
_ONE_SENSE = 1.5  # log odds: how far a doubtful mention may lean on the surest one of the same name
_OUTLET = 1.0  # votes of the outlet's country
_ACTOR = 0.5  # of the country of an actor that the text names
_EVERYBODYS_DOMAINS = word_set("ai am cc co fm gg io is it ly me nu sh st to tv vc ws")
_MOST_FOLDERS = 3


@dataclass(frozen=True, slots=True)
class Located:
    """A place name of the text, resolved; offsets into the text."""

    text: str
    start: int
    end: int
    place: GazetteerPlace
    cue: bool  # a preposition of place stands before it, or a word for a site behind it
    admin: bool  # "Aleppo province": the division, not the city
    dateline: bool = False  # where the reporter sits
    site: bool = (
        True  # something may have happened there: it is no demonym and no part of an organisation's name
    )


def find_toponyms(
    text: str,
    gazetteer: Gazetteer,
    lexicon: Lexicon,
    outlet_country: str = "",
    url: str = "",
    home: OutletHome = NO_HOME,
) -> list[Located]:
    """Every place name of a text that can be resolved with some confidence, in the order of the text.

    Adjectives of countries ("Russian") are among them, with the country, as nobody's `site`. `outlet_country`
    (ISO 3166-1 alpha-3), the article's `url` and the outlet's `home` are taken as hints.
    """
    found = find_candidates(text, gazetteer, lexicon)
    capitals = frozenset((row.iso3, row.capital) for row in lexicon.tables.countries)
    hints = _read_hints(found.actors, outlet_country, url, gazetteer, lexicon)
    resolved, votes = resolve_candidates(found.candidates, text, hints, capitals, home)
    odds = judge(resolved, votes, found, capitals)
    strangers = find_strangers(resolved, votes)
    best: dict[str, float] = {}
    for one, value in zip(resolved, odds, strict=True):
        best[one.candidate.key] = max(value, best.get(one.candidate.key, value))
    return [
        _locate(one, text)
        for one, value in zip(resolved, odds, strict=True)
        if one.candidate.demonym
        or (one.candidate.key not in strangers and max(value, best[one.candidate.key] - _ONE_SENSE) > _ACCEPT)
    ]


_ALIAS = re.compile(r"(?:, \d{1,3}, (?:also |better |locally )?known as|\bnicknamed|\balias|\baka) [\"“‘']?$")
"""What stands before somebody's other name: `Rosa Lind, 31, known as London`."""


def _locate(one: Resolved, text: str) -> Located:
    candidate, place = one.candidate, one.place
    alias = _ALIAS.search(text[max(0, candidate.start - 40) : candidate.start]) is not None
    joined = alias or ((is_part(candidate) or is_person(candidate)) and place.kind != "country")
    return Located(
        text=candidate.text,
        start=candidate.start,
        end=candidate.end,
        place=place,
        cue=is_cue(candidate) or is_site(candidate),
        admin=candidate.after.lower() in ADMIN_WORDS,
        dateline=candidate.dateline,
        site=not candidate.demonym and not joined,
    )


def _read_hints(
    actors: tuple[str, ...], outlet_country: str, url: str, gazetteer: Gazetteer, lexicon: Lexicon
) -> dict[str, float]:
    """Countries that outlet, address (`example.co.uk`, `example.org/news/canada/`) and actors speak for."""
    hints: dict[str, float] = defaultdict(float)
    if outlet_country:
        hints[outlet_country] += _OUTLET
    parts = urlsplit(url)
    domain = (parts.hostname or "").rpartition(".")[2]
    code = "GB" if domain == "uk" else domain.upper()
    for row in lexicon.tables.countries:
        if row.iso2 == code and domain not in _EVERYBODYS_DOMAINS:
            hints[row.iso3] += _OUTLET
    for folder in re.findall(r"(?<=/)[a-z-]{4,24}(?=/)", parts.path)[:_MOST_FOLDERS]:
        places = gazetteer.find(folder)
        if places and places[0].kind in ("country", "admin1"):
            hints[places[0].country] += _OUTLET
    for country in actors:
        hints[country] += _ACTOR
    return dict(hints)


_FACILITY = re.compile(
    " (?:air ?base|airport|airfield|oil ?field|gas ?field|refinery|dam|prison|jail|(?:military |naval |army )?base|"
    "(?:refugee )?camp|bridge|hospital|university|stadium|crossing|checkpoint|port|mine|castle|estate|square|barracks|"
    r"garrison|police station|power (?:plant|station)|(?:elementary |primary |secondary |high )?school)\b"
)


def to_place(located: Located, text: str = "") -> Place:
    """The record of an event's place; in `text`, which it was found in, a facility's word may follow its name."""
    place = located.place
    facility = _FACILITY.match(text, located.end)
    written = located.text + (facility.group() if facility else "")
    if place.kind == "unknown":
        return Place(text=written, country=place.country)
    precision = "admin1" if place.kind == "region" else place.kind
    return Place(
        text=written,
        name=place.name,
        country=place.country,
        admin1=place.admin1,
        lat=place.lat,
        lon=place.lon,
        geonameid=place.geonameid,
        precision="admin1" if located.admin and place.kind == "city" else precision,
    )


def to_toponym(located: Located) -> Toponym:
    """The record of a place name of the text."""
    place = located.place
    return Toponym(
        text=located.text,
        start=located.start,
        end=located.end,
        name=place.name,
        country=place.country,
        lat=place.lat,
        lon=place.lon,
        geonameid=place.geonameid,
    )


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
    """Named places of a text that the gazetteer does not know: oilfields, outposts, villages, in the order of the text.

    They have a name and a country but no point. Events may take them; the document's list of places holds none.
    """
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
