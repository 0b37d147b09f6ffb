"""An event in one line of our own words."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bundled import SEEDS
from ingest.tables.seeds import load_seeds
from transforms.event_wording import (
    PHRASES,
    NewsEvent,
    cut_sentence,
    describe_event,
    describe_range,
    describe_sources,
    format_day,
    name_kind,
)

EVENT = NewsEvent(
    event_id="em1-1",
    event_type="ASSAULT",
    mode="drone",
    event_day=date(2026, 3, 2),
    date_start="2026-03-02",
    date_source="text",
    country="SDN",
    country_name="Sudan",
    place_name="El Obeid",
    lat=13.2,
    lon=30.2,
    actor="Rapid Support Forces",
    recipient="23 people",
    killed_min=14,
    killed_max=23,
    injured_min=30,
    injured_max=30,
    toll_claimed=False,
    sentence="A drone struck.",
    sentence_url="https://example.org/a",
    outlet_names=("A", "B", "C", "D"),
    urls=("https://example.org/a",),
    articles=5,
    outlets=4,
)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {},
            "2 March 2026: drone attack by Rapid Support Forces on 23 people in El Obeid, Sudan; "
            "14 to 23 killed, 30 hurt",
        ),
        (
            {"event_type": "COERCE", "mode": "arrest", "actor": "Police", "recipient": "Four men",
             "killed_min": None, "killed_max": None, "injured_min": None, "injured_max": None},
            "2 March 2026: arrest of four men by police in El Obeid, Sudan",
        ),
        ({"actor": "", "recipient": "", "injured_max": None, "toll_claimed": True},
         "2 March 2026: drone attack in El Obeid, Sudan; 14 to 23 killed (as those who did it claim)"),
        ({"date_start": "2026-03", "event_day": date(2026, 3, 1), "place_name": "Sudan", "killed_max": None,
          "injured_max": None},
         "March 2026: drone attack by Rapid Support Forces on 23 people in Sudan"),
        ({"date_source": "published", "date_start": "", "country_name": "", "place_name": "", "killed_max": None,
          "injured_max": None, "event_type": "NEW_TYPE", "mode": "x"},
         "reported on 2 March 2026: new_type by Rapid Support Forces on 23 people"),
    ],
)  # fmt: skip
def test_a_line(changes: dict[str, object], line: str) -> None:
    assert describe_event(replace(EVENT, **changes)) == line  # type: ignore[arg-type]


def test_outlets() -> None:
    assert describe_sources(EVENT) == "A, B, C and 1 more"
    assert describe_sources(replace(EVENT, outlet_names=("A",), outlets=1)) == "A"
    assert describe_sources(replace(EVENT, outlet_names=(), outlets=0)) == ""


def test_ranges_and_days() -> None:
    assert [describe_range(*pair) for pair in ((None, None), (3, None), (3, 3), (2, 3), (None, 3))] == [
        "", "3", "3", "2 to 3", "3",
    ]  # fmt: skip
    assert [format_day(day) for day in ("2026", "2026-12", "2026-12-31", "2026-99")] == [
        "2026", "December 2026", "31 December 2026", "2026-99",
    ]  # fmt: skip


def test_every_mode_of_ours_has_a_name() -> None:
    for row in load_seeds(SEEDS).event_types:
        assert row.type in PHRASES
        assert name_kind(row.type, row.mode)


@given(st.text(max_size=3_000), st.text(max_size=3_000), st.text(max_size=20))
def test_whatever_a_feed_says_is_one_short_line(actor: str, place: str, day: str) -> None:
    line = describe_event(replace(EVENT, actor=actor, recipient=place, place_name=place, date_start=day))
    assert "\n" not in line
    assert "\u202e" not in line
    assert "\x1b" not in line
    assert len(line) < 500
    assert len(cut_sentence(actor)) <= 500
