"""Where outlets are at home: the country, the division and the neighbourhood that most of their documents name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from transforms.coder.gazetteer import Gazetteer, GazetteerPlace
from transforms.coder.resolve_toponyms import list_squares
from transforms.records import NO_HOME, OutletHome, Toponym
from transforms.urls import host_of

MOST_DOCUMENTS = 50  # of an outlet that count in full; those before them count half, and half of that, ...
_LEAST_DOCUMENTS = 3
_LEAST_SHARE = 0.4
_EXPECTED = 0.5  # of a document: what a name says for the place that it means anywhere, if it has others
_MOST_HOSTS = 1_000  # those heard of last
_MOST_AREAS = 200  # of a host, those named most
T = TypeVar("T")


@dataclass(slots=True)
class _Areas:
    """How clearly each area is named: by one document (1 at most), or by so many of a host's."""

    countries: dict[str, float] = field(default_factory=dict)
    divisions: dict[tuple[str, str], float] = field(default_factory=dict)
    squares: dict[tuple[int, int], float] = field(default_factory=dict)
    documents: float = 0.0  # that name a place finer than a country


class OutletHomes:
    """Remembers what places the documents of each site name, and says where a site is at home.

    A site is a host without `www.`. One that writes of places all over the world has no home.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        """`gazetteer`: the one that the places came from."""
        self._gazetteer = gazetteer
        self._outlets: dict[str, _Areas] = {}

    def add(self, url: str, places: Iterable[Toponym]) -> None:
        """Remember the places of a document at `url`. Countries, continents and seas do not count."""
        host = host_of(url)
        named = self._weigh(places) if host else _Areas()
        if not named.countries:
            return
        outlet = self._outlets.pop(host, None) or _Areas()
        self._outlets[host] = outlet
        if len(self._outlets) > _MOST_HOSTS:
            del self._outlets[next(iter(self._outlets))]
        outlet.documents += 1
        is_full = outlet.documents >= 2 * MOST_DOCUMENTS
        outlet.documents /= 2 if is_full else 1
        outlet.countries = _sum_up(outlet.countries, named.countries, is_full)
        outlet.divisions = _sum_up(outlet.divisions, named.divisions, is_full)
        outlet.squares = _sum_up(outlet.squares, named.squares, is_full)

    def find(self, url: str) -> OutletHome:
        """The home of the site of `url`; `NO_HOME` before three documents, or where they agree on no area."""
        outlet = self._outlets.get(host_of(url))
        if outlet is None or outlet.documents < _LEAST_DOCUMENTS:
            return NO_HOME
        seen = outlet.documents + 1  # so few documents do not say as much as many
        return OutletHome(
            tuple((country, share) for country, share in _choose_often(outlet.countries, seen)),
            tuple((*division, share) for division, share in _choose_often(outlet.divisions, seen)),
            tuple((*square, share) for square, share in _choose_often(outlet.squares, seen)),
        )

    def _weigh(self, places: Iterable[Toponym]) -> _Areas:
        """How clearly a document names each area: as the clearest of its names there does."""
        named = _Areas()
        for one in places:
            place, weight = self._recognise(one)
            if place is None:
                continue
            _raise(named.countries, place.country, weight)
            if place.admin1:
                _raise(named.divisions, (place.country, place.admin1), weight)
            if place.kind != "admin1":  # its middle says little
                for square in list_squares(place):
                    _raise(named.squares, square, weight)
        return named

    def _recognise(self, toponym: Toponym) -> tuple[GazetteerPlace | None, float]:
        """The gazetteer's place of a toponym, and how much it says; None for what is in no one country, or one."""
        identity = (toponym.geonameid, toponym.country)
        known = self._gazetteer.find(toponym.name)
        place = next((one for one in known if (one.geonameid, one.country) == identity), None)
        if place is None or not place.country or place.kind not in ("city", "admin1", "admin2"):
            return None, 0.0
        if place.kind == "admin1":
            return place, 1.0
        senses = [(one.country, one.admin1) for one in self._gazetteer.find(toponym.text)]
        own = (place.country, place.admin1)
        is_expected = senses[:1] == [own] and any(sense != own for sense in senses)
        return place, _EXPECTED if is_expected else 1.0


def _raise(areas: dict[T, float], area: T, weight: float) -> None:
    areas[area] = max(areas.get(area, 0.0), weight)


def _sum_up(known: dict[T, float], named: Mapping[T, float], is_full: bool) -> dict[T, float]:
    """The weights of a host with those of one document more; where it has many, all halved, or the least left out."""
    for area, weight in named.items():
        known[area] = known.get(area, 0.0) + weight
    if is_full:
        known = {area: weight / 2 for area, weight in known.items()}
    if len(known) <= 2 * _MOST_AREAS:
        return known
    most = sorted(known, key=lambda area: (-known[area], str(area)))
    return {area: known[area] for area in most[:_MOST_AREAS]}


def _choose_often(areas: Mapping[T, float], documents: float) -> list[tuple[T, float]]:
    """The areas that many documents name, with their share, in an order of their own."""
    shares = ((area, weight / documents) for area, weight in areas.items())
    return sorted((one for one in shares if one[1] >= _LEAST_SHARE), key=lambda one: str(one[0]))
