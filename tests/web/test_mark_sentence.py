"""Which words of a sentence are marked, and with what reason."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.web.mark_sentence import MOST_CHARACTERS, mark_sentence

PARTY = {"name": "", "kind": "group", "country": "", "sector": "", "mentions": []}
MENTION: dict[str, Any] = {
    "sentence": "Russian jets killed twenty-five villagers and hurt 1,200 in Lorvan on Monday with glide bombs.",
    "actors": [PARTY | {"text": "Russian jets", "name": "Russia", "country": "RUS", "sector": "MIL"}],
    "recipients": [PARTY | {"text": "twenty-five villagers", "sector": "CVL"}],
    "weapons": [{"text": "glide bombs"}],
    "date_text": "on Monday",
    "date_start": "2026-03-09",
    "date_end": "2026-03-09",
    "place_text": "Lorvan",
    "place_name": "Lorvan",
    "admin1": "07",
    "country": "UKR",
    "geonameid": 1001,
    "place_precision": "city",
    "killed_min": 25,
    "killed_max": 25,
    "injured_min": 1200,
    "injured_max": None,
}


def list_marked(**changes: Any) -> dict[str, tuple[str, str]]:
    segments = mark_sentence(MENTION | changes)
    return {one.text: (one.kind, one.title) for one in segments if one.kind}


def test_each_field_is_marked_with_its_value() -> None:
    assert list_marked() == {
        "Russian jets": ("actor", "actor: Russia (group, RUS, MIL)"),
        "twenty-five": ("killed", "recipient: twenty-five villagers (group, CVL)\nkilled: 25"),
        " villagers": ("recipient", "recipient: twenty-five villagers (group, CVL)"),
        "1,200": ("injured", "injured: at least 1200"),
        "Lorvan": ("place", "place: Lorvan, 07, UKR; city, GeoNames 1001"),
        "on Monday": ("date", "date: 2026-03-09"),
        "glide bombs": ("weapon", "weapon: glide bombs"),
    }


def test_words_within_words_and_other_numbers_are_not_marked() -> None:
    marked = list_marked(sentence="Lorvanians in 1,2000 or 25.5 or 225 or 25th Street.", recipients=[])
    assert marked == {}


def test_names_are_no_patterns() -> None:
    assert list_marked(sentence="The (a+)+ group.", actors=[PARTY | {"text": "(a+)+"}]) == {
        "(a+)+": ("actor", "actor: (a+)+ (group)")
    }


def test_a_long_sentence_is_cut() -> None:
    segments = mark_sentence(MENTION | {"sentence": "x" * 10_000})
    assert "".join(one.text for one in segments) == "x" * MOST_CHARACTERS + "…"


@pytest.mark.parametrize("field", ["sentence", "date_text", "place_text"])
@given(text=st.text(max_size=60))
def test_the_segments_are_the_sentence(field: str, text: str) -> None:
    mention = MENTION | {field: text, "actors": [PARTY | {"text": text, "mentions": [text, ""]}]}
    assert "".join(one.text for one in mark_sentence(mention)) == mention["sentence"]
