"""Rows of the warehouse's reference tables that the coder does not read: codes of countries, names of divisions."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CountryCodes:
    """What others call a country of `countries.csv`."""

    iso3: str
    iso_numeric: int | None = None  # ISO 3166-1; 0 for Kosovo
    acled_region: str | None = None
    acled_name: str | None = None  # empty: as in countries.csv


@dataclass(frozen=True, slots=True)
class Division:
    """A first-level division of a country."""

    country: str  # ISO 3166-1 alpha-3
    admin1: str  # GeoNames code
    name: str  # as English readers write it
    geonames_name: str


_GENERIC = re.compile(
    r" (?:Province|Region|Department|Oblast|State|Governorate|Republic|Krai|Kray|Prefecture|Division|District|"
    r"Voivodeship|County)$",
    re.IGNORECASE,
)
_NOT_ALONE = frozenset(
    {"north", "south", "east", "west", "northern", "southern", "eastern", "western", "central", "capital"}
    | {"federal", "national", "metropolitan", "upper", "lower", "middle"}
)
"""Words that are no name of their own: Northern Region stays what it is."""
_LETTERS = str.maketrans(
    dict.fromkeys("’‘ʻʼ′ʾʿ`", "'")
    | {"–": "-", "ǝ": "a", "ə": "a", "Ə": "A", "ı": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O"}
    | {"ħ": "h", "Ħ": "H", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "Ae", "ð": "d", "þ": "th"}
)


def list_divisions(
    geonames: Iterable[tuple[str, str, str]], corrections: Mapping[tuple[str, str], str]
) -> tuple[Division, ...]:
    """Divisions from GeoNames' (country, code, name), with the names that English news writes.

    A generic word at the end goes, unless the rest is no name (Northern Region) or that of a neighbour (Moscow
    Oblast, Moscow). `corrections` are by country and code.
    """
    given = sorted(geonames)
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    for country, _, name in given:
        taken[country].update({name, _GENERIC.sub("", name)})
    divisions = []
    for country, code, name in given:
        bare = _GENERIC.sub("", name)
        is_name = bare.casefold() not in _NOT_ALONE and taken[country][bare] == 1
        english = corrections.get((country, code)) or write_plainly(bare if is_name else name)
        divisions.append(Division(country, code, english, name))
    return tuple(divisions)


def write_plainly(name: str) -> str:
    """A name without accents and with plain apostrophes: `Cox’s Bāzār` -> `Cox's Bazar`."""
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
