import csv
import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingest.tables.reference_rows import read_country_codes, read_divisions
from ingest.tables.seeds import load_seeds
from tests.paths import ROOT
from tests.warehouse.newsroom import Files, make_warehouse
from tests.warehouse.sample import NOW
from transforms.errors import Permanent
from warehouse.connection import open_published
from warehouse.export import DEFAULT_TABLES, export_day, export_tables
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
            "SELECT name, 'Syrian' IN demonyms FROM countries WHERE iso3 = 'SYR'"
        ).fetchall() == [("Syria", True)]
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM actors), (SELECT count(*) FROM event_types)"
        )
        assert counts.fetchall() == [(len(seeds.actors), len(seeds.event_types))]
