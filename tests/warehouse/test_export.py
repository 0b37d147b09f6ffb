import csv
import json
import struct
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from ingest.tables.reference_rows import read_country_codes, read_divisions
from ingest.tables.seeds import load_seeds
from tests.paths import ROOT
from tests.warehouse.newsroom import Files, make_warehouse
from tests.warehouse.sample import NOW, make_article, make_mention, write_articles
from transforms.errors import Permanent
from warehouse import read_parts
from warehouse.connection import open_published
from warehouse.export import DEFAULT_TABLES, export_day, export_tables
from warehouse.load import load_batches
from warehouse.publish import publish
from warehouse.query import write_parquet
from warehouse.reference import load_reference


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return make_warehouse(tmp_path_factory.mktemp("export"))


def test_a_days_files_hold_its_rows_and_are_the_same_every_time(sample: Files, tmp_path: Path) -> None:
    paths = export_day(sample.published, date(2026, 3, 9), tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in paths] == [
        "events/2026-03-09.parquet",
        "mentions/2026-03-09.parquet",
    ]
    assert [pq.read_table(path).num_rows for path in paths] == [3, 6]
    before = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in export_day(sample.published, date(2026, 3, 9), tmp_path)] == before
    assert sorted(path.name for path in tmp_path.rglob("*.part")) == []


def test_a_day_without_events_gives_empty_files(sample: Files, tmp_path: Path) -> None:
    paths = export_day(sample.published, date(2020, 1, 1), tmp_path)
    assert [pq.read_table(path).num_rows for path in paths] == [0, 0]


def test_every_table_can_be_exported_in_every_format(sample: Files, tmp_path: Path) -> None:
    with open_published(sample.published) as connection:
        tables = [
            row[0] for row in connection.execute("SHOW TABLES").fetchall() if not row[0].startswith("schema_")
        ]
    for file_format in ("parquet", "csv", "json"):
        written = export_tables(sample.published, tables, tmp_path, file_format)
        assert [path.name for path, _ in written] == [f"{table}.{file_format}" for table in tables]
    rows = {path.stem: count for path, count in written}
    assert (rows["events"], rows["mentions"], rows["articles"], rows["feeds"]) == (4, 7, 6, 3)
    with (tmp_path / "events.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 4
    lines = (tmp_path / "events.json").read_text().splitlines()
    assert {json.loads(line)["event_type"] for line in lines} == {"ASSAULT", "PROTEST"}


def test_days_choose_rows_and_leave_tables_without_days_whole(sample: Files, tmp_path: Path) -> None:
    chosen = export_tables(
        sample.published, ("events", "feeds"), tmp_path, "csv", date(2026, 2, 1), date(2026, 3, 1)
    )
    assert [rows for _, rows in chosen] == [1, 3]
    assert [rows for _, rows in export_tables(sample.published, ["events"], tmp_path, "csv")] == [4]
    assert [
        rows for _, rows in export_tables(sample.published, ["events"], tmp_path, "csv", date(2026, 3, 2))
    ] == [3]


def test_wrong_tables_and_days_are_named(sample: Files, tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="no table 'evnts'; there are acled_events, "):
        export_tables(sample.published, ["evnts"], tmp_path, "csv")
    with pytest.raises(Permanent, match="2026-03-02 is after the last day 2026-03-01"):
        export_tables(sample.published, DEFAULT_TABLES, tmp_path, "csv", date(2026, 3, 2), date(2026, 3, 1))


def test_a_quote_in_the_path_is_only_a_quote(sample: Files, tmp_path: Path) -> None:
    folder = tmp_path / "l'été"
    assert [path.exists() for path, _ in export_tables(sample.published, ["feeds"], folder, "csv")] == [True]


def test_a_query_as_parquet(sample: Files, tmp_path: Path) -> None:
    assert write_parquet(sample.published, "SELECT event_id FROM events", tmp_path / "x.parquet") == 4
    assert pq.read_table(tmp_path / "x.parquet").num_rows == 4


def test_reference_tables_hold_the_seeds_once(files: Files) -> None:
    seeds = load_seeds(ROOT / "seeds")
    names = (read_country_codes(), read_divisions())
    changed = load_reference(files.build, seeds, *names, NOW)
    assert changed == ("countries", "event_types", "actors", "divisions")
    assert load_reference(files.build, seeds, *names, NOW) == ()
    assert publish(files.build)
    with open_published(files.published) as connection:
        assert connection.execute(
            "SELECT name, 'Syrian' IN demonyms, iso_numeric, acled_region FROM countries WHERE iso3 = 'SYR'"
        ).fetchall() == [("Syria", True, 760, "Middle East")]
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM actors), (SELECT count(*) FROM event_types)"
        )
        assert counts.fetchall() == [(len(seeds.actors), len(seeds.event_types))]


POINTS = ("events", "event_points", "mentions", "acled_events", "gdelt_events", "places", "article_places")


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_parts, "_AT_ONCE", 2)


@pytest.mark.usefixtures("small_batches")
def test_tables_with_points_as_geojson(sample: Files, tmp_path: Path) -> None:
    """Source: RFC 7946."""
    plain = dict(
        zip(POINTS, export_tables(sample.published, POINTS, tmp_path / "plain", "json"), strict=True)
    )
    for path, rows in export_tables(sample.published, POINTS, tmp_path, "geojson"):
        assert path.suffix == ".geojson"
        collection = json.loads(path.read_text())
        assert collection.keys() == {"type", "features"}
        features = collection["features"]
        assert rows == len(features) == plain[path.stem][1]
        for feature in features:
            assert (feature["type"], feature["geometry"]["type"]) == ("Feature", "Point")
            lon, lat = feature["geometry"]["coordinates"]
            assert -180 <= lon <= 180
            assert -90 <= lat <= 90
            assert "geometry" not in feature["properties"]
    events = json.loads((tmp_path / "events.geojson").read_text())["features"]
    assert [30.7, 46.5] in [event["geometry"]["coordinates"] for event in events]
    assert {type(event["properties"]["actor_names"]) for event in events} == {list}


@pytest.mark.usefixtures("small_batches")
def test_tables_with_points_as_geoparquet(sample: Files, tmp_path: Path) -> None:
    """Source: GeoParquet 1.1.0."""
    for path, rows in export_tables(sample.published, POINTS, tmp_path, "geoparquet"):
        table = pq.read_table(path)
        assert (path.suffix, table.num_rows) == (".parquet", rows)
        described = json.loads(table.schema.metadata[b"geo"])
        assert (described["version"], described["primary_column"]) == ("1.1.0", "geometry")
        column = described["columns"]["geometry"]
        assert (column["encoding"], column["geometry_types"]) == ("WKB", ["Point"])
        assert "crs" not in column
        west, south, east, north = column["bbox"]
        points = [wkb for wkb in table["geometry"].to_pylist() if wkb]
        assert points
        for lon, lat in (struct.unpack("<xIdd", b"\0" + wkb[1:])[1:] for wkb in points):
            assert west <= lon <= east
            assert south <= lat <= north
    names = pq.read_table(tmp_path / "event_points.parquet").column_names
    assert names.count("geometry") == 1
    with duckdb.connect() as connection:
        text = f"SELECT geometry::VARCHAR FROM '{tmp_path}/events.parquet' WHERE place_name = 'Tarne' LIMIT 1"
        assert connection.execute(text).fetchall() == [("POINT (30.7 46.5)",)]


def test_rows_without_a_point_keep_their_place(files: Files, tmp_path: Path) -> None:
    article = make_article("nowhere")
    batch = write_articles(
        files.staging, "poll-1/batch-000", [(article, [make_mention(article, place=None)])]
    )
    load_batches(files.build, [batch], "poll-1", NOW, 1)
    publish(files.build)
    [(path, rows)] = export_tables(files.published, ["events"], tmp_path, "geojson")
    assert (rows, json.loads(path.read_text())["features"][0]["geometry"]) == (1, None)
    [(path, rows)] = export_tables(files.published, ["events"], tmp_path, "geoparquet")
    column = json.loads(pq.read_schema(path).metadata[b"geo"])["columns"]["geometry"]
    assert (rows, column) == (1, {"encoding": "WKB", "geometry_types": []})
    assert export_tables(files.published, ["event_points"], tmp_path, "geojson")[0][1] == 0
    assert json.loads((tmp_path / "event_points.geojson").read_text()) == {
        "type": "FeatureCollection",
        "features": [],
    }


def test_days_choose_points_too(sample: Files, tmp_path: Path) -> None:
    for file_format in ("geojson", "geoparquet"):
        written = export_tables(
            sample.published, ["events"], tmp_path, file_format, date(2026, 2, 1), date(2026, 3, 1)
        )
        assert [rows for _, rows in written] == [1]


@pytest.mark.parametrize("file_format", ["geojson", "geoparquet"])
def test_a_table_without_points_is_named(sample: Files, tmp_path: Path, file_format: Any) -> None:
    with pytest.raises(Permanent, match="feeds has no points to put on a map; export it as parquet"):
        export_tables(sample.published, ["feeds"], tmp_path, file_format)
    assert list(tmp_path.iterdir()) == []


def test_geojson_of_hostile_words_is_text(files: Files, tmp_path: Path) -> None:
    words = 'Shots \x07"</script>\u202e in Lorvan.'
    article = make_article("hostile")
    batch = write_articles(
        files.staging, "poll-1/batch-000", [(article, [make_mention(article, sentence=words)])]
    )
    load_batches(files.build, [batch], "poll-1", NOW, 1)
    publish(files.build)
    [(path, _)] = export_tables(files.published, ["events"], tmp_path, "geojson")
    [feature] = json.loads(path.read_text())["features"]
    assert feature["properties"]["sentence"] == 'Shots "</script> in Lorvan.'
