"""The figures of a report: shapes of countries, bubbles, bars."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.report.charts import draw_bubbles, draw_timeline
from dateline.report.shapes import choose_window, draw_land, simplify, unroll
from warehouse.browse.report import ReportDay, ReportPlace

LONS, LATS = st.floats(-180, 180), st.floats(-90, 90)


@given(st.lists(st.tuples(LONS, LATS), min_size=1, max_size=20))
def test_every_place_is_on_the_map(places: list[tuple[float, float]]) -> None:
    window = choose_window(places, 960, 480)
    assert window.east - window.west == pytest.approx(2 * (window.north - window.south))
    for lon, lat in places:
        x, y = window.place(lon, lat)
        assert -1e-6 <= x <= 960 + 1e-6
        assert -1e-6 <= y <= 480 + 1e-6


def test_the_world_and_a_country_are_drawn_in_little_space() -> None:
    world = draw_land(choose_window([], 960, 480))
    sudan = draw_land(choose_window([(30.2, 13.2)], 960, 480))
    assert 50_000 < len(world) < 250_000
    assert 2_000 < len(sudan) < 60_000
    assert world.startswith("M")
    assert not set(world) - set("Mlz0123456789.- e")


def test_a_ring_over_the_180th_meridian_is_drawn_at_both_sides() -> None:
    ring = [(170.0, 60.0), (-170.0, 60.0), (-170.0, 70.0), (170.0, 70.0), (170.0, 60.0)]
    east, west = unroll(ring)
    assert [lon for lon, _ in east] == [170, 190, 190, 170, 170]
    assert [lon for lon, _ in west] == [-190, -170, -170, -190, -190]
    plain = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)]
    assert unroll(plain) == [plain]


@given(st.lists(st.tuples(LONS, LATS), min_size=2, max_size=40))
def test_lines_keep_their_ends(points: list[tuple[float, float]]) -> None:
    kept = simplify(points, 1.0)
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert [point for point in points if point in kept] != [] and len(kept) <= len(points)
    assert simplify(points, 0.0)[0] == points[0]


def test_bubbles_are_sized_by_deaths_and_small_ones_lie_above() -> None:
    places = [
        ReportPlace("a", 10.0, 10.0, 1, 0, "PROTEST"),
        ReportPlace("b", 11.0, 11.0, 2, 100, "ASSAULT"),
    ]
    large, small = draw_bubbles(places, choose_window([(10, 10), (11, 11)], 960, 480))
    assert large.title == "b: 2 events, 100 killed"
    assert small.title == "a: 1 event"
    assert large.radius > 5 * small.radius


@pytest.mark.parametrize(
    ("days", "unit", "bars"), [(1, "day", 1), (92, "day", 92), (93, "week", 14), (2_000, "month", 66)]
)
def test_bars_are_as_wide_as_the_span_asks(days: int, unit: str, bars: int) -> None:
    first = date(2026, 3, 2)  # a Monday
    rows = [ReportDay(first + timedelta(days=nth), "ASSAULT", 2, 0) for nth in range(days)]
    chart = draw_timeline(rows, first, rows[-1].day, 960, 200)
    assert (chart.unit, len(chart.parts)) == (unit, bars)
    assert all(part.y >= 8 - 0.1 and part.y + part.height <= 178.1 for part in chart.parts)
    assert len(chart.days) <= 8


def test_types_are_stacked() -> None:
    day = date(2026, 3, 2)
    rows = [ReportDay(day, "AID", 1, 0), ReportDay(day, "ASSAULT", 3, 0), ReportDay(day, "NEW", 1, 0)]
    chart = draw_timeline(rows, day, day + timedelta(days=1), 960, 200)
    assert [part.event_type for part in chart.parts] == ["ASSAULT", "AID", "NEW"]
    below, above, _ = chart.parts
    assert above.y + above.height == pytest.approx(below.y, abs=0.2)
    assert [tick.text for tick in chart.counts] == ["0", "3", "6"]
