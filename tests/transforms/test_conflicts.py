"""What two sentences of an article cannot tell of one event."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hand_made import ANKARA, HOMS, SARAQIB, SYRIA, make_mention
from transforms.coder.conflicts import BACKGROUND_DAYS, find_conflict, is_background
from transforms.coder.counts import Bound
from transforms.coder.resolve_dates import DateSpan
from transforms.records import Actor

REBELS = Actor("rebels", "", "group", "SYR", "REB")
SOLDIERS = Actor("soldiers", "", "group", "SYR", "MIL")
VILLAGERS = Actor("villagers", "", "group", "SYR", "CVL")


def compare(one: dict[str, Any], other: dict[str, Any], event_type: str = "ASSAULT") -> str:
    return find_conflict([make_mention(event_type, **one)], make_mention(event_type, **other))


def test_what_says_nothing_contradicts_nothing() -> None:
    full = {"mode": "firearms", "when": "2026-03-04", "where": HOMS, "killed": 5, "actors": [REBELS]}
    assert compare({}, full) == compare(full, {}) == compare(full, full) == ""


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"realis": "actual"}, {"realis": "planned"}, "realis"),
        ({"mode": "aerial"}, {"mode": "drone"}, ""),
        ({"mode": "firearms"}, {"mode": "massacre"}, ""),
        ({"mode": "firearms"}, {"mode": "aerial"}, "mode"),
        ({"mode": "sexual"}, {"mode": "drone"}, "mode"),
        ({"where": HOMS}, {"where": SARAQIB}, ""),  # other towns may be the same place told twice
        ({"where": HOMS}, {"where": SYRIA}, ""),
        ({"where": HOMS}, {"where": ANKARA}, "place"),
        ({"when": "2026-03-04"}, {"when": "2026-03-05"}, ""),  # the night between two days
        ({"when": "2026-03-04"}, {"when": "2026-03-06"}, "day"),
        ({"when": "2026-03-06"}, {"when": "2026-03-04"}, "day"),
        ({"when": "2026-03-02/2026-03-05"}, {"when": "2026-03-06"}, ""),
        ({"when": "2026-03"}, {"when": "2026-03-31"}, ""),
        ({"when": "2025"}, {"when": "2026-03-31"}, "day"),
        ({"killed": 5}, {"killed": 18}, ""),
        ({"killed": 5}, {"killed": 19}, "killed"),
        ({"killed": 0}, {"killed": 3}, ""),
        ({"killed": 0}, {"killed": 4}, "killed"),
        ({"killed": (None, 30)}, {"killed": (5, None)}, "killed"),
        ({"killed": (5, 90)}, {"killed": 12}, ""),
        ({"injured": 5}, {"injured": 90}, ""),  # of the hurt nobody keeps count
    ],
)
def test_what_two_mentions_contradict_each_other_in(
    one: dict[str, Any], other: dict[str, Any], why: str
) -> None:
    assert compare(one, other) == why


def test_the_other_side_striking_back_is_another_event() -> None:
    first = {"actors": [REBELS], "recipients": [SOLDIERS]}
    assert compare(first, {"actors": [SOLDIERS], "recipients": [REBELS]}) == "the other side"
    assert compare(first, {"recipients": [REBELS]}) == "the other side"
    assert compare(first, {"actors": [REBELS], "recipients": [VILLAGERS]}) == ""
    assert compare(first, {"actors": [REBELS], "recipients": [REBELS]}) == ""


def test_manners_and_sides_are_those_of_assaults_only() -> None:
    first = {"actors": [REBELS], "recipients": [SOLDIERS], "mode": "meet"}
    back = {"actors": [SOLDIERS], "recipients": [REBELS], "mode": "host"}
    assert compare(first, back, "CONSULT") == ""


def test_one_of_many_mentions_is_enough() -> None:
    told = [make_mention(where=HOMS), make_mention(when="2026-03-01"), make_mention(killed=2)]
    assert find_conflict(told, make_mention(where=ANKARA)) == "place"
    assert find_conflict(told, make_mention(when="2026-03-05")) == "day"
    assert find_conflict(told, make_mention(killed=50)) == "killed"
    assert find_conflict(told, make_mention()) == ""


DAYS = st.dates(date(2026, 1, 1), date(2026, 2, 20)).map(date.isoformat)
NUMBERS = st.integers(0, 40)
BOUNDS: st.SearchStrategy[Bound] = st.one_of(
    st.tuples(NUMBERS, NUMBERS).map(lambda pair: (min(pair), max(pair))),
    NUMBERS.map(lambda number: (number, None)),
    NUMBERS.map(lambda number: (None, number)),
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "when": DAYS,
        "where": st.sampled_from([HOMS, SARAQIB, SYRIA, ANKARA]),
        "killed": BOUNDS,
        "mode": st.sampled_from(["", "aerial", "drone", "firearms", "beat", "torture", "sexual"]),
        "realis": st.sampled_from(["actual", "planned", "negated"]),
    },
)


@given(FACTS, FACTS)
def test_who_comes_first_makes_no_difference_and_the_same_facts_agree(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert compare(one, other) == compare(other, one)
    assert compare(one, one) == ""


@given(st.integers(0, 200))
def test_background_is_what_lies_more_than_a_month_back(days: int) -> None:
    published = date(2026, 3, 5)
    day = (published - timedelta(days=days)).isoformat()
    assert is_background(DateSpan(day, day), published) == (days > BACKGROUND_DAYS)
    assert not is_background(DateSpan(day, published.isoformat()), published)  # it goes on


def test_long_ago_is_background_and_no_date_is_none() -> None:
    assert is_background(DateSpan("", ""), None)
    assert not is_background(None, date(2026, 3, 5))
    assert not is_background(DateSpan("1990", "1990"), None)
    assert not is_background(DateSpan("2026-02-03", "2026-02-03"), date(2026, 3, 5))
    assert is_background(DateSpan("2026-02-02", "2026-02-02"), date(2026, 3, 5))
    assert is_background(DateSpan("2026-01", "2026-01"), date(2026, 3, 5))
    assert not is_background(DateSpan("2026-02", "2026-02"), date(2026, 3, 5))
