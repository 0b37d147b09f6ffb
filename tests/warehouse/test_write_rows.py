"""Files of any number of rows from a bounded memory, in an order of their own; days that are not known are not lost."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from warehouse import file_formats, read_parts
from warehouse.read_parts import ChosenRows, plan_spans
from warehouse.sql_files import read_sql
from warehouse.write_rows import Format, write_rows

ROWS = 150_000
MADE = f"""
CREATE TABLE many AS
SELECT
    'r' || lpad((n * 7919 % {ROWS})::VARCHAR, 6, '0') AS id, DATE '2026-01-01' + (hash(n) % 60)::INTEGER AS day,
    10.5 + n % 50 AS lat, 20.25 AS lon, repeat(md5(n::VARCHAR), 30) AS text
FROM range({ROWS}) AS r(n)
"""
FORMATS: tuple[Format, ...] = ("csv", "json", "geojson", "parquet", "geoparquet")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """144 MB of text."""
    path = tmp_path_factory.mktemp("many") / "many.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(MADE)
    return path


@pytest.fixture
def little_memory(many: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(
        many, read_only=True, config={"memory_limit": "96MB", "temp_directory": "", "threads": 1}
    ) as connection:
        yield connection


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_file_is_made_where_a_sort_of_all_of_it_finds_no_memory(
    little_memory: duckdb.DuckDBPyConnection, file_format: Format
) -> None:
    whole = read_sql("all_rows", table="many", replaced="").replace("{where}", "true")
    with pytest.raises(duckdb.OutOfMemoryException):
        little_memory.sql(whole).to_arrow_reader(1_000).read_all()
    counts: list[int] = []
    parts = write_rows(little_memory, ChosenRows("many", "day"), file_format, count=counts.append)
    largest = max(map(len, parts))
    assert sum(counts) == ROWS
    assert largest < 30_000_000


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    monkeypatch.setattr(read_parts, "_AT_ONCE", 50)
    monkeypatch.setattr(file_formats, "_GROUP_ROWS", 60)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            """CREATE TABLE few AS SELECT
                   'r' || (n * 37 % 400) AS id, lon, lat,
                   CASE WHEN n % 9 > 0
                       THEN TIMESTAMPTZ '2026-01-01 23:30:00+00' + INTERVAL (hash(n) % 30) DAY END AS seen_at
               FROM (SELECT n, -180.0 + n % 360 AS lon, (n % 90)::DOUBLE AS lat FROM range(400) AS r(n))"""
        )
        yield connection


def list_expected(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute("SELECT id FROM few ORDER BY seen_at::DATE DESC NULLS LAST, id").fetchall()
    return [id_ for (id_,) in rows]


def test_every_row_is_there_once_newest_first_and_those_without_a_day_last(
    few: duckdb.DuckDBPyConnection,
) -> None:
    chosen = ChosenRows("few", "seen_at")
    data = {name: b"".join(write_rows(few, chosen, name)) for name in FORMATS}
    expected = list_expected(few)
    assert [row["id"] for row in csv.DictReader(io.StringIO(data["csv"].decode()))] == expected
    assert [json.loads(line)["id"] for line in data["json"].splitlines()] == expected
    features = json.loads(data["geojson"])["features"]
    assert [one["properties"]["id"] for one in features] == expected
    for name in ("parquet", "geoparquet"):
        file = pq.ParquetFile(io.BytesIO(data[name]))
        assert file.read()["id"].to_pylist() == expected
        assert file.num_row_groups > 2
    box = json.loads(pq.read_schema(io.BytesIO(data["geoparquet"])).metadata[b"geo"])["columns"]["geometry"][
        "bbox"
    ]
    assert box == list(few.execute("SELECT min(lon), min(lat), max(lon), max(lat) FROM few").fetchall()[0])


def test_the_same_rows_in_another_place_give_the_same_bytes(few: duckdb.DuckDBPyConnection) -> None:
    few.execute("CREATE TABLE turned AS FROM few ORDER BY lat, id")
    for name in FORMATS:
        first = b"".join(write_rows(few, ChosenRows("few", "seen_at"), name))
        assert b"".join(write_rows(few, ChosenRows("turned", "seen_at"), name)) == first


def test_spans_of_days_hold_every_day_once(few: duckdb.DuckDBPyConnection) -> None:
    spans = plan_spans(few, ChosenRows("few", "seen_at"))
    assert spans.pop() is None
    known = [span for span in spans if span]
    assert len(known) == len(spans) > 5
    assert all(older[0] < newer[1] for newer, older in pairwise(known))


def test_a_table_without_rows_has_its_columns_all_the_same(few: duckdb.DuckDBPyConnection) -> None:
    nothing = ChosenRows("few", "seen_at", "seen_at > $after", {"after": date(2100, 1, 1)})
    assert b"".join(write_rows(few, nothing, "csv")) == b"id,lon,lat,seen_at\n"
    assert b"".join(write_rows(few, nothing, "json")) == b""
    assert pq.read_table(io.BytesIO(b"".join(write_rows(few, nothing, "parquet")))).column_names[0] == "id"
