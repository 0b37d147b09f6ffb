"""From incidents to records: which become events, and what stands in where the text does not say where or when."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hand_made import (
    ANKARA,
    HOMS,
    IDLIB_PROVINCE,
    PLACES,
    SARAQIB,
    SYRIA,
    at_noon,
    lexicon,
    make_all,
    make_mention,
    mention,
    read,
)
from transforms.coder.coded_text import CodedText, TriggerMention
from transforms.coder.gazetteer import GazetteerPlace
from transforms.coder.judge import HEADLINE
from transforms.coder.lexicon import TriggerRow
from transforms.coder.make_events import LEAST_ODDS_OF_EVENT, find_type_row, make_events
from transforms.records import Actor, Event

REBELS = Actor("rebels", "", "group", "SYR", "REB")
SOLDIERS = Actor("soldiers", "", "group", "SYR", "MIL")
POLICE = Actor("police", "", "organization", "SYR", "COP")
VILLAGERS = Actor("villagers", "", "group", "SYR", "CVL")
EMPTY = read("")
NEWS = read("Talks were held near Saraqib. An army came to Homs.")


def make_one(coded: CodedText = EMPTY, **facts: Any) -> Event:
    [event] = make_all(coded, [make_mention(facts.pop("event_type", "ASSAULT"), **facts)])
    return event


def name(event: Event) -> str:
    return event.place.name if event.place else ""


# which incidents are events


def test_one_sure_mention_makes_an_event_of_its_incident() -> None:
    unsure, sure = make_mention(odds=LEAST_ODDS_OF_EVENT - 0.01), make_mention(odds=LEAST_ODDS_OF_EVENT)
    assert make_all(EMPTY, [unsure]) == []
    assert len(make_all(EMPTY, [unsure, sure])) == 1
    assert [one.event_type for one in make_all(EMPTY, [unsure], [make_mention("AID")])] == ["AID"]


def test_the_headlines_event_counts_only_where_no_sentence_tells_one_of_its_type() -> None:
    head, body = make_mention(sentence=HEADLINE), make_mention(sentence=0)
    assert [event.sentence_start for event in make_all(EMPTY, [head])] == [-1]
    assert [event.sentence_start >= 0 for event in make_all(EMPTY, [head], [body])] == [True]
    assert len(make_all(EMPTY, [head], [make_mention("AID")])) == 2
    unsure = make_mention(odds=0.45)  # is none, and so hides none
    assert [event.sentence_start for event in make_all(EMPTY, [head], [unsure])] == [-1]


def test_an_event_has_its_sentence_as_it_stands_in_the_text() -> None:
    coded = read("Nothing else. Gunmen shot a guard.", "A headline")
    [event] = make_all(coded, [mention(coded, "shot")])
    assert event.sentence == "Gunmen shot a guard."
    assert coded.prepared.text[event.sentence_start : event.sentence_end] == event.sentence


@pytest.mark.parametrize(("odds", "confidence"), [(1.0, 0.95), (0.99, 0.77), (0.85, 0.53), (0.6, 0.41)])
def test_confidence_is_the_share_of_such_events_that_is_right(odds: float, confidence: float) -> None:
    assert make_one(odds=odds).confidence == confidence


# codes


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"mode": "drone"}, ("1952", 4, "Explosions/Remote violence", "Air/drone strike")),
        ({"event_type": "CONSULT"}, ("040", 1, "", "")),
        ({"event_type": "CONSULT", "mode": "no such mode"}, ("040", 1, "", "")),
        ({"event_type": "COERCE", "mode": "arrest"}, ("173", 4, "Strategic developments", "Arrests")),
    ],
)
def test_type_and_mode_have_codes(facts: dict[str, Any], codes: tuple[str, int, str, str]) -> None:
    event = make_one(**facts)
    assert (event.cameo, event.quad, event.acled_type, event.acled_subtype) == codes


def test_a_users_row_gives_its_own_code() -> None:
    row = TriggerRow("zap", "verb", "ASSAULT", "drone", "1951", ())
    event = make_one(row=row)
    assert (event.mode, event.cameo, event.acled_subtype) == ("drone", "1951", "Air/drone strike")
    assert find_type_row("ASSAULT", "zapping", lexicon()).mode == ""


CLASH, ATTACK = ("Battles", "Armed clash"), ("Violence against civilians", "Attack")


@pytest.mark.parametrize(
    ("facts", "acled"),
    [
        ({"actors": [REBELS], "recipients": [SOLDIERS]}, CLASH),
        ({"actors": [REBELS], "recipients": [VILLAGERS, POLICE], "mode": "firearms"}, CLASH),
        ({"actors": [REBELS], "recipients": [VILLAGERS]}, ATTACK),
        ({"actors": [VILLAGERS], "recipients": [SOLDIERS]}, ATTACK),
        ({"actors": [REBELS]}, ATTACK),
        ({"actors": [REBELS], "recipients": [SOLDIERS], "mode": "beat"}, ATTACK),
        ({"actors": [REBELS], "recipients": [SOLDIERS], "mode": "battle"}, CLASH),
        (
            {"actors": [SOLDIERS], "recipients": [REBELS], "mode": "drone"},
            ("Explosions/Remote violence", "Air/drone strike"),
        ),
        (
            {"actors": [POLICE], "recipients": [REBELS], "event_type": "COERCE"},
            ("Strategic developments", "Other"),
        ),
    ],
)
def test_where_both_sides_bear_arms_acled_calls_it_a_clash(
    facts: dict[str, Any], acled: tuple[str, str]
) -> None:
    event = make_one(**facts)
    assert (event.acled_type, event.acled_subtype) == acled


# where


def test_an_event_keeps_the_place_that_its_sentences_give() -> None:
    assert name(make_one(NEWS, where=ANKARA)) == "Ankara"


def test_words_for_a_place_without_a_name_lie_where_the_news_is_from() -> None:
    coded = read("Talks were held near Saraqib. Rebels struck a hospital.")
    told = mention(coded, "struck", fills={"place": "a hospital"})
    [event] = make_all(coded, [told])
    assert event.place is not None and (event.place.text, event.place.name) == ("a hospital", "Saraqib")
    nowhere = read("Rebels struck a hospital.")
    [event] = make_all(nowhere, [mention(nowhere, "struck", fills={"place": "a hospital"})])
    assert event.place is not None and (event.place.text, event.place.country) == ("a hospital", "")
    [event] = make_all(coded, [told, make_mention(where=ANKARA)])
    assert name(event) == event.place.text == "Ankara" if event.place else False


def test_without_any_place_there_is_none() -> None:
    assert make_one(EMPTY).place is None


def test_a_deed_takes_the_place_of_the_event_that_is_told_most() -> None:
    most = [make_mention("PROTEST", where=ANKARA), make_mention("PROTEST", where=ANKARA)]
    fewer = [make_mention("AID", where=SARAQIB)]
    placeless = [make_mention("ASSAULT")]
    for order in ((most, fewer, placeless), (placeless, fewer, most)):
        [deed] = [event for event in make_all(NEWS, *order) if event.event_type == "ASSAULT"]
        assert name(deed) == "Ankara"


def test_words_and_measures_take_the_first_place_of_the_text() -> None:
    told = [make_mention("PROTEST", where=ANKARA)]
    [_, words] = make_all(NEWS, told, [make_mention("ACCUSE")])
    assert name(words) == "Saraqib"
    assert name(make_one(NEWS)) == "Saraqib"  # so does a deed where no event has a place


@pytest.mark.parametrize(
    ("where", "realis"), [(SYRIA, "actual"), (ANKARA, "planned"), (ANKARA, "hypothetical"), (None, "actual")]
)
def test_countries_and_what_has_not_happened_stand_in_for_nothing(
    where: GazetteerPlace | None, realis: Any
) -> None:
    [_, deed] = make_all(NEWS, [make_mention("PROTEST", where=where, realis=realis)], [make_mention()])
    assert name(deed) == "Saraqib"


def test_the_dateline_stands_in_for_words_and_against_what_is_told_once() -> None:
    coded = read("HOMS, Syria (AP) - Talks were held near Saraqib.")
    once = [make_mention("PROTEST", where=SARAQIB)]
    twice = [*once, make_mention("PROTEST", where=SARAQIB, sentence=1)]
    deed, words = [make_mention("ASSAULT")], [make_mention("ACCUSE")]
    assert [name(event) for event in make_all(coded, once, deed, words)] == ["Saraqib", "Homs", "Homs"]
    assert [name(event) for event in make_all(coded, twice, deed, words)] == ["Saraqib", "Saraqib", "Homs"]


def test_of_a_dateline_the_town_counts_before_the_country() -> None:
    coded = read("Turkey, Ankara (AP) - Talks were held.")
    assert [(one.text, one.dateline) for one in coded.found] == [("Turkey", True), ("Ankara", True)]
    assert name(make_one(coded, event_type="ACCUSE")) == "Ankara"


def test_a_province_abroad_does_not_stand_in_for_a_datelines_town() -> None:
    coded = read("ANKARA, Turkey (AP) - Talks were held.")
    told = [make_mention("PROTEST", where=IDLIB_PROVINCE, sentence=at) for at in (0, 1)]
    assert name(make_all(coded, told, [make_mention()])[1]) == "Ankara"


def test_words_take_the_town_where_the_text_begins_with_its_province() -> None:
    coded = read("Talks were held in Idlib province in Syria.")
    [_, words] = make_all(coded, [make_mention("PROTEST", where=SARAQIB)], [make_mention("ACCUSE")])
    assert name(words) == "Saraqib"
    [_, words] = make_all(coded, [make_mention("PROTEST", where=HOMS)], [make_mention("ACCUSE")])
    assert name(words) == "Idlib"


def test_a_test_of_weapons_is_at_home_unless_the_text_says_where() -> None:
    coded = read("Talks were held near Saraqib. Turkey fired a missile.")
    turks = [Actor("Turkey", "Turkey", "country", "TUR", "GOV")]
    assert name(make_one(coded, event_type="MOBILIZE", mode="weapons", actors=turks)) == "Turkey"
    assert name(make_one(coded, event_type="MOBILIZE", mode="weapons", actors=turks, where=HOMS)) == "Homs"
    assert name(make_one(coded, event_type="MOBILIZE", mode="troops", actors=turks)) == "Saraqib"


def test_the_first_place_with_a_preposition_is_where_the_text_is_from() -> None:
    coded = read("Turkey said so. The Homs talks, held in Saraqib, were short.")
    assert name(make_one(coded, event_type="ACCUSE")) == "Saraqib"
    assert name(make_one(read("Turkey said so."), event_type="ACCUSE")) == "Turkey"
    assert name(make_one(read("Turkey held talks in Ankara."), event_type="ACCUSE")) == "Ankara"


# when


def test_a_date_of_the_text_is_the_events() -> None:
    event = make_one(when="2026-03-02")
    assert (event.date_start, event.date_end, event.date_text) == ("2026-03-02", "2026-03-02", "2026-03-02")


@pytest.mark.parametrize(
    ("first", "day"),
    [
        ({"when": "2026-03-03"}, "2026-03-03"),
        ({"when": "2026-03-02"}, "2026-03-02"),
        ({"when": "2026-03-01"}, "2026-03-05"),  # too long ago to be the news
        ({"when": "2026-03"}, "2026-03-05"),  # no day
        ({"when": "2026-03-06", "realis": "planned"}, "2026-03-05"),
        ({}, "2026-03-05"),
    ],
)
def test_what_has_no_date_is_of_the_day_of_the_first_event_or_of_publication(
    first: dict[str, Any], day: str
) -> None:
    [_, event] = make_all(EMPTY, [make_mention("AID", **first)], [make_mention()])
    assert (event.date_start, event.date_end, event.date_text) == (day, day, "")


def test_a_month_is_no_day_even_where_it_has_just_ended() -> None:
    coded = read("", published=at_noon(2026, 3, 2))
    [_, event] = make_all(coded, [make_mention("AID", when="2026-02")], [make_mention()])
    assert event.date_start == "2026-03-02"


def test_protests_and_arrests_are_of_the_day_of_publication() -> None:
    first = [make_mention("AID", when="2026-03-03")]
    for event_type in ("PROTEST", "COERCE"):
        assert make_all(EMPTY, first, [make_mention(event_type)])[1].date_start == "2026-03-05"


def test_without_a_day_of_publication_there_is_no_day() -> None:
    undated = read("", published=None)
    assert (make_one(undated).date_start, make_one(undated).background) == ("", False)
    assert make_one(undated, when="2014-08").date_start == "2014-08"


@pytest.mark.parametrize("realis", ["planned", "hypothetical"])
def test_what_is_to_come_has_a_date_only_where_the_text_gives_one_ahead(realis: Any) -> None:
    assert make_one(realis=realis).date_start == ""
    assert make_one(realis=realis, when="2026-04").date_start == "2026-04"
    assert make_one(realis=realis, when="2026-01-02").date_start == ""
    assert make_one(realis=realis, when="2026-03-05").date_start == "2026-03-05"


def test_a_weekday_of_a_plan_is_the_next_one() -> None:
    coded = read("Unions will march on Monday, they said.")
    plan = mention(coded, "march", "PROTEST", {"date": "Monday"})
    assert [one.date_start for one in make_all(coded, [plan])] == ["2026-03-02"]
    for realis, day in (("planned", "2026-03-09"), ("hypothetical", "")):
        ahead: Any = realis
        [event] = make_all(coded, [replace(plan, trigger=replace(plan.trigger, realis=ahead))])
        assert (event.realis, event.date_start) == (realis, day)


@pytest.mark.parametrize(
    ("facts", "background"),
    [
        ({"when": "2026-03-02"}, False),
        ({"when": "2026-02-03"}, False),  # thirty days
        ({"when": "2026-02-02"}, True),
        ({"when": "2025"}, True),
        ({"when": "2026-03-02", "background": True}, True),
        ({}, False),
    ],
)
def test_what_lies_a_month_back_or_is_told_as_such_is_background(
    facts: dict[str, Any], background: bool
) -> None:
    assert make_one(**facts).background == background


# how many


def test_a_claim_is_marked_where_it_gives_the_toll() -> None:
    assert make_one(killed=40, claimed=True).toll_claimed
    [event] = make_all(EMPTY, [make_mention(killed=40, claimed=True), make_mention()])
    assert (event.killed_min, event.killed_max, event.toll_claimed) == (40, 40, True)
    [event] = make_all(EMPTY, [make_mention(killed=40, claimed=True), make_mention(killed=8)])
    assert (event.killed_min, event.killed_max, event.toll_claimed) == (8, 8, False)


def test_a_claim_without_a_number_is_none() -> None:
    assert not make_one(killed=(None, None), claimed=True).toll_claimed


MENTIONS = st.builds(
    make_mention,
    st.sampled_from(["ASSAULT", "PROTEST", "CONSULT", "MOBILIZE", "ACCUSE"]),
    sentence=st.integers(HEADLINE, 3),
    mode=st.sampled_from(["", "firearms", "weapons", "meet", "demo"]),
    realis=st.sampled_from(["actual", "planned", "hypothetical", "negated", "generic"]),
    odds=st.floats(0.4, 1.0),
    background=st.booleans(),
    actors=st.lists(st.sampled_from([REBELS, SOLDIERS, VILLAGERS]), max_size=2),
    recipients=st.lists(st.sampled_from([REBELS, SOLDIERS, VILLAGERS]), max_size=2),
    when=st.sampled_from(["", "2026-03-04", "2026-03", "2025", "2026-02-27/2026-03-02", "2026-04-01"]),
    where=st.sampled_from([None, *PLACES]),
    killed=st.sampled_from([None, 0, 3, (3, None), (None, 9), (2, 5)]),
    injured=st.sampled_from([None, (1, 5)]),
)
TEXTS = [
    EMPTY,
    NEWS,
    read("ANKARA (AP) - Talks were held in Homs, Syria.", "Five dead in Homs"),
    read("Turkey said so.", published=None),
]


@given(st.lists(st.lists(MENTIONS, min_size=1, max_size=3), max_size=5), st.sampled_from(TEXTS))
def test_any_incidents_give_events_that_hold_together(
    told: list[list[TriggerMention]], coded: CodedText
) -> None:
    events = make_all(coded, *told)
    sure = [one for one in told if max(mention.trigger.odds for mention in one) >= LEAST_ODDS_OF_EVENT]
    in_sentences = [one for one in sure if not all(mention.headline for mention in one)]
    assert len(in_sentences) <= len(events) <= len(sure)
    for event in events:
        assert 0.3 <= event.confidence <= 0.95
        assert (event.event_type, "") in lexicon().event_types
        assert (event.date_start == "") == (event.date_end == "")
        assert event.date_start[:4] <= event.date_end[:4]
        assert (event.killed_min or 0) <= (event.killed_max if event.killed_max is not None else 10**9)
        assert (event.sentence_start == -1) == (event.sentence_end == -1)
        assert not {one.text for one in event.actors} & {one.text for one in event.recipients}
        if event.realis in ("planned", "hypothetical") and coded.published and event.date_end:
            assert event.date_end >= coded.published.isoformat()[: len(event.date_end)]


def test_nothing_gives_nothing() -> None:
    assert make_events(EMPTY, "test").events == ()
