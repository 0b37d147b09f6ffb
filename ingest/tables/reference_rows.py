"""Read what the warehouse's reference tables hold beside the seeds tables: codes of countries, names of divisions."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ingest.bundled import SEEDS
from ingest.tables.compile_gazetteer import read_areas
from transforms.reference_rows import CountryCodes, Division, list_divisions


@cache
def read_country_codes() -> tuple[CountryCodes, ...]:
    """Source: ISO 3166-1 (numbers); ACLED's codebook and downloads (names of regions and countries)."""
    return tuple(
        CountryCodes(row["iso3"], int(row["iso_numeric"]), row["acled_region"], row["acled_name"])
        for row in _read_rows(SEEDS / "country_codes.csv")
    )


@cache
def read_divisions() -> tuple[Division, ...]:
    """Source: GeoNames (`models/gazetteer/areas.csv`), and our own table of names in English news."""
    areas = csv.DictReader(read_areas().decode("utf-8").splitlines())
    corrections = {
        (row["country"], row["admin1"]): row["name"] for row in _read_rows(SEEDS / "division_names.csv")
    }
    return list_divisions(
        ((row["country"], row["admin1"], row["name"]) for row in areas if row["kind"] == "admin1"),
        corrections,
    )


def _read_rows(path: Path) -> Iterator[dict[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return csv.DictReader(line for line in lines if not line.startswith("#"))
