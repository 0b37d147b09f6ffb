"""What a gazetteer answers; `ingest.tables.gazetteer_file` holds the real one."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

PlaceKind = Literal["city", "admin1", "admin2", "region", "country", "unknown"]


@dataclass(frozen=True, slots=True)
class GazetteerPlace:
    """A place of the world. Countries, regions and first-level divisions have a point in their middle."""

    name: str
    ascii: str
    country: str  # ISO 3166-1 alpha-3; "" for regions of several countries
    admin1: str  # GeoNames code of the first-level division, "" when it has none
    lat: float  # WGS 84 degrees
    lon: float
    geonameid: int | None  # None where GeoNames' is not known
    population: int
    kind: PlaceKind
    official: bool = True  # False when the name asked for is only one of the place's other names


class Gazetteer(Protocol):
    """Finds places by name."""

    @property
    def version(self) -> str:
        """Names the data: it changes when a place could come out differently."""

    def find(self, name: str) -> tuple[GazetteerPlace, ...]:
        """Every place of this name in any spelling, the likeliest first; () when there is none."""


_BLANKS = "-–— /.,"
_ASCII = {code: " " if chr(code) in _BLANKS else None for code in range(128) if not chr(code).isalnum()}


@lru_cache(maxsize=65536)
def fold_name(name: str) -> str:
    """One spelling for all: no accents, no case, no apostrophes, blanks for hyphens.

    `Mazār-e Sharīf` -> `mazar e sharif`
    """
    if name.isascii():
        return " ".join(name.translate(_ASCII).lower().split())
    plain = unicodedata.normalize("NFKD", name)
    letters = []
    for letter in plain:
        if letter.isalnum():
            letters.append(letter)
        elif letter in _BLANKS:
            letters.append(" ")
    return " ".join("".join(letters).casefold().split())
