"""Events by filter, over hundreds of rows of chance: pages, cells, sums and downloads agree with plain SQL."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.warehouse.newsroom import Files, make_warehouse
from transforms.errors import Permanent
from warehouse.browse.events import (
    MOST_CELLS,
    count_events,
    count_timeline,
    list_events,
    list_facets,
    list_map_cells,
)
from warehouse.browse.filters import EventFilter, read_filter, to_sql, where, write_filter
from warehouse.browse.reader import WarehouseReader, fetch_dicts
from warehouse.connection import open_build
from warehouse.publish import publish
from warehouse.read_parts import ChosenRows
from warehouse.write_rows import write_rows

MANY = """
INSERT INTO events
SELECT e.* REPLACE (
    'ev1-' || md5(n::VARCHAR) AS event_id,
    DATE '2024-01-01' + (hash(n) % 40)::INTEGER AS event_day,
    CASE n % 3 WHEN 0 THEN 'ASSAULT' WHEN 1 THEN 'PROTEST' ELSE 'AID' END AS event_type,
    CASE n % 5 WHEN 0 THEN 'UKR' WHEN 1 THEN 'SDN' WHEN 2 THEN 'KEN' WHEN 3 THEN 'FJI' ELSE '' END AS country,
    CASE WHEN n % 7 = 0 THEN NULL ELSE (hash(n, 1) % 1700)::DOUBLE / 10 - 85 END AS lat,
    (hash(n, 2) % 3600)::DOUBLE / 10 - 180 AS lon,
    CASE WHEN n % 4 = 0 THEN NULL ELSE n % 11 END AS killed_best,
    n % 10 = 0 AS background,
    'Event''s number ' || n || ' in 50% of_cases' AS sentence,
    CASE WHEN n % 2 = 0 THEN ['Outlet, the "first"'] ELSE ['Second', 'third''s'] END AS outlet_names,
    1 + n % 2 AS outlets,
    (n % 100)::DOUBLE / 100 AS confidence
)
FROM (SELECT * FROM events ORDER BY event_id LIMIT 1) AS e, range({rows}) AS r(n)
"""
TEXTS = st.sampled_from(["", "number 1", "50% of_", "EVENT'S", "nothing$last", "O'Brien; --", "\\", "é"])
FILTERS = st.builds(
    EventFilter,
    countries=st.lists(st.sampled_from(["UKR", "SDN", "KEN"]), unique=True).map(tuple),
    types=st.lists(st.sampled_from(["ASSAULT", "PROTEST"]), unique=True).map(tuple),
    modes=st.just(()) | st.just(("aerial",)),
    actor=st.sampled_from(["", "rus", "russia", "villagers"]),
    party=st.sampled_from(["", "Russia"]),
    least_killed=st.none() | st.integers(0, 8),
    outlets=st.lists(st.sampled_from(['Outlet, the "first"', "third's", "a,b"]), unique=True).map(tuple),
    least_outlets=st.none() | st.integers(0, 3),
    least_confidence=st.none() | st.floats(0, 1),
    text=TEXTS,
    place=st.none() | st.sampled_from([1001, 77]),
    background=st.booleans(),
    bounds=st.none() | st.just((-60.0, 100.5, 60.0, -100.5)) | st.just((-10.0, -50.0, 80.0, 70.25)),
)


def fill(files: Files, rows: int) -> Path:
    with open_build(files.build) as connection:
        connection.execute(MANY.replace("{rows}", str(rows)))
    publish(files.build, again=True)
    return files.published


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarehouseReader]:
    opened = WarehouseReader(fill(make_warehouse(tmp_path_factory.mktemp("events")), 200))
    yield opened
    opened.close()


def read_csv_ids(connection: duckdb.DuckDBPyConnection, chosen: EventFilter) -> list[str]:
    rows = ChosenRows("events", "event_day", *where(chosen))
    text = b"".join(write_rows(connection, rows, "csv")).decode()
    return [row["event_id"] for row in csv.DictReader(io.StringIO(text))]


@given(FILTERS)
def test_a_filter_comes_back_from_its_address(chosen: EventFilter) -> None:
    assert read_filter(write_filter(chosen)) == chosen


@example(EventFilter(countries=("UKR",)), 1)
@given(FILTERS, st.integers(5, 60))
def test_pages_hold_every_event_once_in_the_order_of_the_sql(
    reader: WarehouseReader, chosen: EventFilter, most: int
) -> None:
    with reader.open() as connection:
        condition, values = where(chosen)
        plain = connection.execute(f"SELECT count(*) FROM events WHERE {condition}", values).fetchall()[0][0]
        shown = [row[0] for row in connection.execute(to_sql(chosen)).fetchall()]
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = list_events(connection, chosen, cursor=cursor, most=most)
            assert len(page.events) == most or page.cursor is None
            seen += [row["event_id"] for row in page.events]
            cursor = page.cursor
        assert seen == shown == read_csv_ids(connection, chosen)
        assert len(seen) == len(set(seen)) == plain == count_events(connection, chosen)


@given(FILTERS, st.integers(0, 12))
def test_sums_are_of_all_events(reader: WarehouseReader, chosen: EventFilter, zoom: int) -> None:
    with reader.open() as connection:
        rows = fetch_dicts(connection, to_sql(chosen))
        timeline = count_timeline(connection, chosen)
        cells = list_map_cells(connection, chosen, zoom)
    assert sum(row["events"] for row in timeline.rows) == len(rows)
    assert sum(row["killed"] or 0 for row in timeline.rows) == sum(row["killed_best"] or 0 for row in rows)
    placed = [row for row in rows if row["lat"] is not None]
    assert sum(cell["events"] for cell in cells) == len(placed)
    assert sum(cell["killed"] or 0 for cell in cells) == sum(row["killed_best"] or 0 for row in placed)
    ids = {row["event_id"] for row in placed}
    assert all((cell["event_id"] in ids) == (cell["events"] == 1) for cell in cells)


def test_the_order_is_that_of_days_and_ids(reader: WarehouseReader) -> None:
    with reader.open() as connection:
        rows = list_events(connection, EventFilter(), most=500).events
    assert rows == sorted(rows, key=lambda row: (-row["event_day"].toordinal(), row["event_id"]))


def test_too_many_cells_become_larger_ones(tmp_path: Path) -> None:
    with WarehouseReader(fill(make_warehouse(tmp_path), 8_000)).open() as connection:
        chosen = EventFilter(background=True, first=None)
        cells = list_map_cells(connection, chosen, 18)
        assert MOST_CELLS / 8 < len(cells) <= MOST_CELLS
        assert len({cell["size"] for cell in cells}) == 1
        assert cells[0]["size"] > 45 / 2**18
        with_place = connection.execute("SELECT count(*) FROM events WHERE lat IS NOT NULL").fetchall()
    assert sum(cell["events"] for cell in cells) == with_place[0][0]


def test_facets_name_what_there_is(reader: WarehouseReader) -> None:
    with reader.open() as connection:
        facets = list_facets(connection)
        everything = list_facets(connection, background=True)
        rows = fetch_dicts(connection, to_sql(EventFilter()))
    assert facets["events"] == len(rows) < everything["events"]
    outlets = Counter(name for row in rows for name in row["outlet_names"])
    assert {one["name"]: one["events"] for one in facets["outlets"]} == outlets
    assert {one["code"]: one["events"] for one in facets["types"]} == Counter(
        row["event_type"] for row in rows
    )
    assert {one["code"] for one in facets["countries"]} == {row["country"] for row in rows} - {""}
    assert (facets["first"], facets["last"]) == (
        min(row["event_day"] for row in rows),
        max(row["event_day"] for row in rows),
    )


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-02-30", "from=20260101", "to=x", "country=Ukraine", "type=a b", "mode=!", "killed=-1",
        "killed=1.5", "outlets=٣", "confidence=2", "confidence=nan", "place=x", "background=maybe", "bbox=1,2,3",
        "bbox=50,0,40,1", "bbox=0,0,inf,1", "from=2026-02-02&to=2026-02-01", "q=" + "x" * 201, "killed=1&killed=2",
        "killed=99999999999999999999",
    ],
)  # fmt: skip
def test_a_bad_value_is_named(query: str) -> None:
    pairs = [part.partition("=")[::2] for part in query.split("&")]
    with pytest.raises(Permanent) as raised:
        read_filter((name, value) for name, value in pairs)
    assert query.partition("=")[0] in str(raised.value)


@pytest.mark.parametrize("cursor", ["x", "2026-13-01.ev1", "2026-01-01", "2026-01-01.' OR 1=1"])
def test_a_cursor_of_ones_own_is_refused(cursor: str, reader: WarehouseReader) -> None:
    with reader.open() as connection, pytest.raises(Permanent, match="cursor is none"):
        list_events(connection, EventFilter(), cursor=cursor)


@pytest.mark.parametrize(
    ("first", "last", "unit"),
    [
        (date(2024, 1, 1), date(2024, 4, 29), "day"),
        (date(2024, 1, 1), date(2024, 4, 30), "week"),
        (date(2010, 1, 1), None, "month"),
    ],
)
def test_the_unit_follows_from_the_span(
    first: date, last: date | None, unit: str, reader: WarehouseReader
) -> None:
    with reader.open() as connection:
        timeline = count_timeline(connection, EventFilter(first=first, last=last))
        nothing = count_timeline(connection, EventFilter(first=first, last=last, text="nowhere"))
    assert (timeline.unit, timeline.first) == (unit, first)
    assert timeline.last == last or last is None
    assert {row["start"].weekday() for row in timeline.rows} == {0} or unit != "week"
    assert (nothing.first, nothing.last, nothing.rows) == (first, last, [])
