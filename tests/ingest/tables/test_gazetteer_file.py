"""The compiled gazetteer: what it finds, how fast it opens, and what a broken file is told."""

import time
from pathlib import Path

import pytest

from ingest.tables.gazetteer_file import GazetteerFile, find_gazetteer_file, open_gazetteer
from tests.coders import CACHE, bundled_tables, whole_gazetteer
from transforms.errors import Permanent


@pytest.mark.parametrize(
    ("name", "country", "kind", "lat", "lon"),
    [
        ("Raqqa", "SYR", "city", 35.95, 39.01),
        ("mazar-i-sharif", "AFG", "city", 36.71, 67.11),
        ("Syria", "SYR", "country", 35, 38),
        ("U.S.", "USA", "country", 39.8, -98.6),
        ("Helmand", "AFG", "admin1", 31.5, 64),
        ("Darfur", "SDN", "region", 13, 24),
        ("Texas", "USA", "admin1", 31.5, -99.2),
        ("Burma", "MMR", "country", 21, 96),
    ],
)
def test_names_are_found(name: str, country: str, kind: str, lat: float, lon: float) -> None:
    place = whole_gazetteer().find(name)[0]
    assert (place.country, place.kind) == (country, kind)
    assert abs(place.lat - lat) < 1.5 and abs(place.lon - lon) < 1.5


def test_an_ambiguous_name_gives_all_its_places() -> None:
    assert {"LBY", "LBN"} <= {place.country for place in whole_gazetteer().find("Tripoli")}
    assert {place.kind for place in whole_gazetteer().find("Georgia")} >= {"country", "admin1"}
    assert whole_gazetteer().find("Nosuchplaceatall") == ()


def test_every_region_country_and_capital_is_known() -> None:
    gazetteer = whole_gazetteer()
    for region in bundled_tables().regions:
        assert any(place.kind in ("admin1", "region") for place in gazetteer.find(region.name)), region
    for country in bundled_tables().countries:
        found = [place for place in gazetteer.find(country.name) if place.kind == "country"]
        assert found and found[0].country == country.iso3, country
        assert not country.capital or any(
            place.country == country.iso3 for place in gazetteer.find(country.capital)
        )


def test_it_opens_quickly_and_finds_in_microseconds() -> None:
    whole_gazetteer()
    started = time.process_time()
    gazetteer = open_gazetteer(CACHE, bundled_tables().countries, bundled_tables().regions)
    assert time.process_time() - started < 1.0  # it takes 0.03 s of the processor
    started = time.process_time()
    for number in range(2000):
        gazetteer.find(f"Nowhere {number}")
    assert time.process_time() - started < 1.0  # 0.02 s
    gazetteer.close()


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    path = find_gazetteer_file(tmp_path)
    path.write_bytes(b"no database")
    with pytest.raises(Permanent, match="delete it"):
        open_gazetteer(tmp_path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Permanent, match="cannot write the gazetteer"):
        open_gazetteer(tmp_path / "file" / "cache")


def test_the_version_names_the_data(tmp_path: Path) -> None:
    assert isinstance(whole_gazetteer(), GazetteerFile)
    assert whole_gazetteer().version == find_gazetteer_file(tmp_path).stem
