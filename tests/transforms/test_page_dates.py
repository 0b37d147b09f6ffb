"""Dates of pages: what is read, what is not, and how a missing zone or time is found."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.articles.page_dates import choose_date, parse_page_date

FETCHED_AT = datetime(2026, 3, 7, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "iso", "precision", "is_zoned"),
    [
        ("2026-03-02T09:15:00+03:00", "2026-03-02T09:15:00+03:00", "second", True),
        ("2026-03-02T09:15:07.0000000Z", "2026-03-02T09:15:07+00:00", "second", True),
        ("2026-03-02T09:15:00+0300", "2026-03-02T09:15:00+03:00", "second", True),
        ("2026-03-02 09:15:00 -04:00", "2026-03-02T09:15:00-04:00", "second", True),
        ("2026-03-02T09:15+05:30", "2026-03-02T09:15:00+05:30", "minute", True),
        ("2026-03-02 09:15", "2026-03-02T09:15:00+00:00", "minute", False),
        ("20260302T091500Z", "2026-03-02T09:15:00+00:00", "second", True),
        ("2026-03-02", "2026-03-02T00:00:00+00:00", "day", False),
        ("2026-03-02T00:00:00+08:00", "2026-03-02T00:00:00+08:00", "day", True),
        ("2026/3/2 9:15", "2026-03-02T09:15:00+00:00", "minute", False),
        ("02.03.2026, 09:15 Uhr", "2026-03-02T09:15:00+00:00", "minute", False),
        ("Mon, 02 Mar 2026 09:15:00 +0100", "2026-03-02T09:15:00+01:00", "second", True),
        ("Mon Mar 02 09:15:00 CET 2026", "2026-03-02T09:15:00+01:00", "second", True),
        ("1772442900", "2026-03-02T09:15:00+00:00", "second", True),
        ("1772442900000", "2026-03-02T09:15:00+00:00", "second", True),
    ],
)
def test_usual_forms(text: str, iso: str, precision: str, is_zoned: bool) -> None:
    found = parse_page_date(text)
    assert found is not None
    assert (found.at.isoformat(), found.precision, found.is_zoned) == (iso, precision, is_zoned)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "03/02/2026", "2026-13-02", "5m", "P3M", "12:30", "2026-02-30"]
)
def test_what_has_no_sure_reading_is_not_read(text: str) -> None:
    assert parse_page_date(text) is None


@given(
    st.datetimes(datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2099-01-01")),
    st.integers(-48, 56),
)
def test_iso_times_come_back_as_they_were(at: datetime, quarters: int) -> None:
    written = at.replace(microsecond=0, second=1, tzinfo=timezone(timedelta(minutes=15 * quarters)))
    found = parse_page_date(written.isoformat())
    assert found is not None
    assert found.at == written
    assert found.at.utcoffset() == written.utcoffset()


@given(st.text(max_size=70))
def test_no_text_breaks_the_reader(text: str) -> None:
    parse_page_date(text)


def test_the_first_plausible_candidate_wins() -> None:
    candidates = [("a", "1970-01-01T00:00:01Z"), ("b", "2026-05-01T10:00:00Z"), ("c", "2026-03-02T10:00:00Z")]
    chosen = choose_date(candidates, FETCHED_AT)
    assert (chosen.source, chosen.precision) == ("c", "second")


def test_a_day_gets_its_time_from_another_candidate_of_that_day() -> None:
    candidates = [("a", "2026-03-02"), ("b", "2026-03-01T10:00:00Z"), ("c", "2026-03-02T06:00+02:00")]
    assert choose_date(candidates, FETCHED_AT).source == "c"
    assert choose_date(candidates[:2], FETCHED_AT).precision == "day"


def test_a_zone_comes_from_the_same_wall_clock_time() -> None:
    candidates = [("a", "2026-03-02 18:11:01"), ("b", "2026-03-02T18:11:01+02:00")]
    chosen = choose_date(candidates, FETCHED_AT)
    assert chosen.at is not None
    assert (chosen.at.isoformat(), chosen.source) == ("2026-03-02T18:11:01+02:00", "a")


def test_a_zone_comes_from_the_same_instant_in_utc() -> None:
    told = datetime(2026, 3, 2, 12, 41, 1, tzinfo=UTC)
    chosen = choose_date([("a", "2026-03-02 18:11:01")], FETCHED_AT, hints=[told])
    assert chosen.at is not None
    assert (chosen.at.isoformat(), chosen.precision) == ("2026-03-02T18:11:01+05:30", "second")


def test_a_zone_comes_from_another_date_of_the_page() -> None:
    other = datetime(2026, 3, 3, 7, 2, tzinfo=timezone(timedelta(hours=1)))
    chosen = choose_date([("a", "2026-03-02 18:11:01")], FETCHED_AT, others=[other])
    assert chosen.at is not None
    assert chosen.at.isoformat() == "2026-03-02T18:11:01+01:00"


def test_a_time_of_unknown_zone_counts_for_its_day_only() -> None:
    chosen = choose_date([("a", "2026-03-02 18:11:01")], FETCHED_AT)
    assert (chosen.at, chosen.precision) == (datetime(2026, 3, 2, 18, 11, 1, tzinfo=UTC), "day")
