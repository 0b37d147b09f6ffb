"""What a model says of a text: what stands up becomes an event, what does not is dropped and counted."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.coders import PUBLISHED, bundled_tables, whole_gazetteer
from transforms.chat.answer import read_answer
from transforms.chat.verify import Verified, Verifier
from transforms.coder.lexicon import build_lexicon
from transforms.records import Document, Event

TEXT = (
    "BAIDOA, Somalia (Meridian Wire) - Al-Shabaab fighters killed at least seven soldiers and wounded “a dozen” "
    "more in a car bomb attack on a base in Baidoa on Tuesday.\n\n"
    "The army said it would answer.  Residents of Tripoli in Lebanon held a vigil in March last year. "
    "Near the hamlet of Qorxooley a second bomb was found."
)
GIVEN: dict[str, Any] = {
    "sentence": 'Al-Shabaab fighters killed at least seven soldiers and wounded "a dozen" more in a car bomb attack '
    "on a base in Baidoa on Tuesday.",
    "event_type": "ASSAULT",
    "mode": "explosives",
    "realis": "actual",
    "actors": [{"quote": "Al-Shabaab fighters", "kind": "group", "country": "SOM", "sector": "REB"}],
    "recipients": [{"quote": "soldiers", "kind": "group", "country": "SOM", "sector": "MIL"}],
    "weapons": ["a car bomb"],
    "date": "Tuesday",
    "place": "Baidoa",
    "country": "SOM",
    "killed": {"min": 7, "max": None, "quote": "at least seven soldiers"},
    "injured": {"min": 12, "max": 12, "quote": '"a dozen"'},
}


@lru_cache(maxsize=1)
def verifier() -> Verifier:
    return Verifier(build_lexicon(bundled_tables()), whole_gazetteer(), "chat-test")


def verify(**changes: Any) -> Verified:
    answer = read_answer(json.dumps({"events": [GIVEN | changes]}))
    return verifier().verify(Document("d", TEXT, published_at=PUBLISHED), TEXT, answer)


def event(**changes: Any) -> tuple[Event, Mapping[str, int]]:
    verified = verify(**changes)
    return verified.coded.events[0], verified.dropped


def test_all_fields_come_from_the_text_and_our_tables() -> None:
    found, dropped = event()
    assert dropped == {}
    assert (found.event_type, found.mode, found.cameo, found.acled_type) == (
        "ASSAULT", "explosives", "183", "Explosions/Remote violence",
    )  # fmt: skip
    assert TEXT[found.sentence_start : found.sentence_end] == found.sentence
    assert found.sentence.endswith("on a base in Baidoa on Tuesday.")
    (actor,) = found.actors
    assert (actor.text, actor.name, actor.kind, actor.country, actor.sector) == (
        "Al-Shabaab fighters", "Al-Shabaab", "group", "SOM", "REB",
    )  # fmt: skip
    assert [weapon.text for weapon in found.weapons] == ["car bomb"]
    assert (found.date_start, found.date_end, found.date_text) == ("2026-03-03", "2026-03-03", "Tuesday")
    assert found.place is not None
    assert (found.place.text, found.place.country, found.place.precision) == ("Baidoa", "SOM", "city")
    assert (found.killed_min, found.killed_max) == (7, None)
    assert (found.injured_min, found.injured_max) == (12, 12)
    assert found.confidence == 0.9
    assert found.coder == "chat-test"
    assert {place.name for place in verify().coded.places} >= {"Baidoa"}


@pytest.mark.parametrize(
    "changes",
    [
        {"sentence": "Al-Shabaab fighters killed eight soldiers."},
        {"sentence": "Al-Shabaab fighters"},
        {"sentence": ""},
        {"event_type": "WAR"},
        {"realis": "perhaps"},
    ],
)
def test_an_event_without_sentence_or_type_is_dropped(changes: dict[str, Any]) -> None:
    verified = verify(**changes)
    assert verified.coded.events == ()
    assert verified.dropped == {"event": 1}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mode": "cavalry"}, "mode"),
        ({"actors": [{"quote": "Boko Haram", "kind": "group", "country": "", "sector": ""}]}, "actor"),
        (
            {"recipients": [{"quote": "soldiers", "kind": "crowd", "country": "", "sector": ""}]},
            "recipient kind",
        ),
        (
            {"recipients": [{"quote": "soldiers", "kind": "", "country": "Somalia", "sector": ""}]},
            "recipient country",
        ),
        (
            {"recipients": [{"quote": "soldiers", "kind": "", "country": "", "sector": "ARMY"}]},
            "recipient sector",
        ),
        ({"weapons": ["rocket"]}, "weapon"),
        ({"date": "Wednesday"}, "date"),
        ({"date": "on a base"}, "date"),
        ({"place": "Mogadishu"}, "place"),
        ({"country": "XYZ"}, "country"),
        ({"killed": {"min": 8, "max": None, "quote": "at least seven soldiers"}}, "killed"),
        ({"killed": {"min": 8, "max": 8, "quote": "eight soldiers"}}, "killed"),
    ],
)
def test_a_field_that_does_not_stand_up_is_dropped(changes: dict[str, Any], field: str) -> None:
    found, dropped = event(**changes)
    assert dropped == {field: 1}
    assert found.confidence == 0.8
    assert "Boko Haram" not in repr(found)
    assert found.killed_min in (7, None)


def test_a_country_is_all_that_is_left_of_a_place_that_nobody_knows() -> None:
    found, dropped = event(place="Qorxooley")
    assert dropped == {"place": 1}
    assert found.place is not None
    assert (found.place.text, found.place.country, found.place.precision) == ("Qorxooley", "SOM", "country")
    nowhere, _ = event(place="Qorxooley", country="")
    assert nowhere.place is None


def test_the_country_chooses_among_places_of_one_name() -> None:
    sentence = "Residents of Tripoli in Lebanon held a vigil in March last year."
    found, dropped = event(
        sentence=sentence, event_type="PROTEST", mode="demo", place="Tripoli", country="LBN", date="March",
        actors=[], recipients=[], weapons=[], killed={}, injured={},
    )  # fmt: skip
    assert dropped == {}
    assert found.place is not None
    assert (found.place.name, found.place.country) == ("Tripoli", "LBN")
    assert (found.date_start, found.background) == ("2025-03", True)


def test_what_happened_without_a_day_is_the_day_s_news_and_plans_are_not() -> None:
    assert event(date="")[0].date_start == "2026-03-05"
    assert event(date="", realis="planned")[0].date_start == ""


def test_armed_people_on_both_sides_make_a_battle() -> None:
    assert event(mode="firearms")[0].acled_type == "Battles"


def test_the_same_event_twice_is_one() -> None:
    answer = read_answer(json.dumps({"events": [GIVEN, GIVEN]}))
    assert len(verifier().verify(Document("d", TEXT, published_at=PUBLISHED), TEXT, answer).coded.events) == 1


ANY_QUOTE = st.sampled_from(
    ["", "Baidoa", "Tuesday", "a dozen", "soldiers", "the army", "seven", "\ud800", "x" * 500]
)


@given(
    st.fixed_dictionaries(
        {
            "date": ANY_QUOTE,
            "place": ANY_QUOTE,
            "country": st.sampled_from(["", "SOM", "LBN", "som"]),
            "weapons": st.lists(ANY_QUOTE, max_size=3),
            "actors": st.lists(st.fixed_dictionaries({"quote": ANY_QUOTE, "kind": ANY_QUOTE}), max_size=12),
            "killed": st.fixed_dictionaries({"min": st.integers() | st.none(), "quote": ANY_QUOTE}),
        }
    )
)
def test_every_quoted_field_is_in_the_text_whatever_is_answered(changes: dict[str, Any]) -> None:
    for found in verify(**changes).coded.events:
        assert TEXT[found.sentence_start : found.sentence_end] == found.sentence
        texts = [found.date_text, *(a.text for a in found.actors), *(w.text for w in found.weapons)]
        texts += [found.place.text] if found.place else []
        assert all(text in TEXT for text in texts)
