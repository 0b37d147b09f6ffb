"""The fields of an incident: what most of its mentions say."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hand_made import (
    ANKARA,
    BINNISH,
    HOMS,
    IDLIB_PROVINCE,
    SARAQIB,
    SYRIA,
    count,
    lexicon,
    locate,
    make_mention,
    make_place,
)
from transforms.coder.coded_text import Incident, TriggerMention
from transforms.coder.counts import UNKNOWN, Bound
from transforms.coder.gazetteer import GazetteerPlace
from transforms.coder.judge import HEADLINE
from transforms.coder.lexicon import TriggerRow
from transforms.coder.vote_fields import Fields, find_means, vote_fields
from transforms.records import Actor

REBELS = Actor("rebels", "", "group", "SYR", "REB")
SOLDIERS = Actor("soldiers", "", "group", "SYR", "MIL")
ARMY = Actor("Syrian army", "Syria", "organization", "SYR", "MIL")
OMAR = Actor("Ali Omar", "", "person", "", "")
HOUSE = Actor("house", "", "property", "", "CVL")


def vote(*told: TriggerMention, text: str = "") -> Fields:
    return vote_fields(Incident(told), text, lexicon())


def vote_on(field: str, values: list[Any], name: str = "") -> Any:
    """What a field is when mentions in one sentence after another give these values."""
    told = [make_mention(sentence=at, **{name or field: value}) for at, value in enumerate(values)]
    return getattr(vote(*told), field)


@pytest.mark.parametrize(
    ("modes", "mode"),
    [
        (["firearms", "beat", "beat"], "beat"),
        (["firearms", "beat"], "firearms"),  # of equal ones the first
        (["explosives", "suicide-attack"], "suicide-attack"),  # says more
        (["explosives", "explosives", "explosives", "suicide-attack"], "explosives"),
        (["", "", "beat"], "beat"),
        (["", ""], ""),
    ],
)
def test_the_mode_of_most_mentions(modes: list[str], mode: str) -> None:
    assert vote_on("mode", modes) == mode


def test_a_row_of_the_users_has_the_last_word_on_mode_and_code() -> None:
    row = TriggerRow("zap", "verb", "ASSAULT", "drone", "1952", ())
    told = [make_mention(mode="beat"), make_mention(mode="beat"), make_mention(row=row)]
    fields = vote(*told)
    assert (fields.mode, fields.cameo) == ("drone", "1952")
    assert vote(*told[:2]).cameo == ""


def test_weapons_and_those_who_did_it_tell_an_assaults_mode() -> None:
    text = "A car bomb went off"
    bomb = replace(make_mention(), weapons=((2, 10),))
    assert vote(bomb, text=text).mode == "explosives"
    assert vote(bomb, text=text).weapons == ("car bomb",)
    assert vote(bomb, bomb, text=text).weapons == ("car bomb",)
    gunmen = [Actor("masked gunmen")]
    assert vote(make_mention(actors=gunmen)).mode == "firearms"
    assert vote(make_mention("PROTEST", actors=gunmen)).mode == ""
    assert vote(make_mention(actors=gunmen, mode="beat")).mode == "beat"


@pytest.mark.parametrize(
    ("words", "mode"),
    [
        ("Russian jets", "aerial"),
        ("a suicide belt", "suicide-attack"),
        ("two roadside bombs", "explosives"),
        ("gunmen", "firearms"),
        ("gunmen in cars", ""),
        ("words", ""),
        ("", ""),
    ],
)
def test_what_means_say(words: str, mode: str) -> None:
    assert find_means(words, lexicon()) == mode


def test_the_surest_mention_says_whether_it_happened() -> None:
    told = [make_mention(realis="planned", odds=0.6), make_mention(realis="actual", odds=0.8)]
    assert vote(*told).realis == "actual"
    assert vote(*told).odds == 0.8
    assert vote(make_mention(realis="generic")).realis == "hypothetical"


@pytest.mark.parametrize(
    ("votes", "background"),
    [([True], True), ([True, False], False), ([True, True, False], True), ([False], False)],
)
def test_background_needs_more_than_half(votes: list[bool], background: bool) -> None:
    assert vote_on("background", votes) == background


@pytest.mark.parametrize(
    ("days", "day"),
    [
        (["2026-03-04", "2026-03-03", "2026-03-03"], "2026-03-03"),
        (["2026-03", "2026-03-03"], "2026-03-03"),  # the finer
        (["2026-03-04", "2026-03-03"], "2026-03-04"),  # the first
        (["2026-03", "2026-03", "2026-03-03"], "2026-03"),
        (["", "2026-03-03"], "2026-03-03"),
    ],
)
def test_the_day_of_most_mentions(days: list[str], day: str) -> None:
    assert vote_on("when", days).start == day
    assert vote_on("when", ["", ""]) is None


VILLAGE = make_place("Kafr", "SYR", "", "unknown", 0)


@pytest.mark.parametrize(
    ("places", "place"),
    [
        ([HOMS, SARAQIB, SARAQIB], SARAQIB),
        ([HOMS, SARAQIB], HOMS),
        ([SYRIA, SYRIA, SYRIA, SARAQIB], SARAQIB),  # a country says nearly nothing
        ([IDLIB_PROVINCE, SARAQIB], SARAQIB),
        ([IDLIB_PROVINCE, HOMS], HOMS),
        ([IDLIB_PROVINCE, IDLIB_PROVINCE, HOMS], IDLIB_PROVINCE),
        ([HOMS, IDLIB_PROVINCE, BINNISH], BINNISH),  # the province speaks for its town
        ([IDLIB_PROVINCE, VILLAGE], VILLAGE),
        ([None, ANKARA], ANKARA),
        ([SYRIA, None], SYRIA),
    ],
)
def test_the_place_of_most_mentions_and_the_finest(
    places: list[GazetteerPlace | None], place: GazetteerPlace
) -> None:
    assert vote_on("where", places).place == place


def test_no_mention_has_a_place() -> None:
    assert vote_on("where", [None]) is None


@pytest.mark.parametrize(
    ("tolls", "toll"),
    [
        ([5, 7, 5], (5, 5)),
        ([5, 7], (7, 7)),  # tolls rise
        ([7, 5], (7, 7)),
        ([None, 5], (5, 5)),
        ([(5, None), 5, 9], (5, None)),
        ([(None, 12), 9], (None, 12)),
        ([0, None], (0, 0)),
        ([None, None], UNKNOWN),
    ],
)
def test_the_toll_of_most_mentions(tolls: list[Bound | int | None], toll: Bound) -> None:
    assert vote_on("killed", tolls) == toll
    assert vote_on("injured", tolls) == toll


def test_dozens_are_a_least_where_nobody_counts() -> None:
    dozens = replace(make_mention(), killed=count(None, 12))
    hundreds = replace(make_mention(), killed=count(None, 100))
    assert vote(dozens, hundreds).killed == (100, None)
    assert vote(dozens, make_mention(killed=9)).killed == (9, 9)


def test_a_claim_counts_only_where_nobody_else_gives_a_toll() -> None:
    claim, officials = make_mention(killed=40, claimed=True), make_mention(killed=8)
    assert (vote(claim, officials).killed, vote(claim, officials).claimed) == ((8, 8), False)
    assert (vote(claim).killed, vote(claim).claimed) == ((40, 40), True)
    silent = make_mention()
    assert (vote(claim, silent).killed, vote(claim, silent).claimed) == ((40, 40), True)
    assert vote(silent, silent).claimed is False


def test_the_sentence_is_the_first_that_says_nearly_as_much_as_any() -> None:
    poor, rich = (
        make_mention(sentence=0),
        make_mention(sentence=2, actors=[REBELS], killed=5, when="2026-03-04"),
    )
    fair = make_mention(sentence=1, actors=[REBELS], killed=5)
    assert vote(poor, fair, rich).mention is fair
    assert vote(poor, rich).mention is rich
    assert vote(poor).mention is poor


def test_a_headline_stands_for_an_event_only_alone() -> None:
    head = make_mention(sentence=HEADLINE, actors=[REBELS], killed=5, when="2026-03-04")
    body = make_mention(sentence=0)
    assert vote(head, body).mention is body
    assert vote(head).mention is head
    assert vote(head, body).killed == (5, 5)  # but it has its vote


def test_actors_are_joined_and_nobody_suffers_his_own_deed() -> None:
    told = [
        make_mention(actors=[REBELS], recipients=[HOUSE]),
        make_mention(actors=[SOLDIERS], recipients=[OMAR, REBELS]),
    ]
    fields = vote(*told)
    assert fields.actors == (REBELS, SOLDIERS)
    assert fields.recipients == (OMAR, HOUSE)  # people before things


def test_a_later_sentence_adds_no_others_to_actors_with_a_name() -> None:
    told = [
        make_mention(actors=[ARMY]),
        make_mention(actors=[OMAR, Actor("the army", "", "group", "", "MIL")]),
    ]
    [actor] = vote(*told).actors
    assert (actor.name, actor.mentions) == ("Syria", ("the army",))


def test_a_later_sentence_may_name_whom_an_earlier_one_did_not() -> None:
    karim, boy = Actor("Said Karim", "", "person", "", ""), Actor("boy", "", "person", "", "CVL")
    assert vote(make_mention(actors=[REBELS]), make_mention(actors=[OMAR])).actors == (REBELS, OMAR)
    assert vote(make_mention(actors=[karim]), make_mention(actors=[OMAR])).actors == (karim,)
    assert vote(make_mention(actors=[REBELS]), make_mention(actors=[boy])).actors == (REBELS,)


def test_the_headlines_actors_come_after_those_of_the_sentences() -> None:
    told = [make_mention(sentence=HEADLINE, actors=[SOLDIERS]), make_mention(actors=[REBELS])]
    assert vote(*told).actors == (REBELS, SOLDIERS)


MENTIONS = st.builds(
    make_mention,
    sentence=st.integers(HEADLINE, 5),
    mode=st.sampled_from(["", "beat", "drone"]),
    realis=st.sampled_from(["actual", "planned", "generic"]),
    odds=st.floats(0.4, 1.0),
    background=st.booleans(),
    actors=st.lists(st.sampled_from([REBELS, SOLDIERS, ARMY, OMAR]), max_size=3),
    recipients=st.lists(st.sampled_from([REBELS, SOLDIERS, HOUSE, OMAR]), max_size=3),
    when=st.sampled_from(["", "2026-03-04", "2026-03", "2025-12-30/2026-01-02"]),
    where=st.sampled_from([None, SYRIA, HOMS, IDLIB_PROVINCE, SARAQIB]),
    killed=st.sampled_from([None, 0, 3, (3, None), (None, 9), (2, 5)]),
    injured=st.sampled_from([None, 3, (2, 5)]),
    claimed=st.booleans(),
)


@given(st.lists(MENTIONS, min_size=1, max_size=6))
def test_every_field_is_what_some_mention_says(told: list[TriggerMention]) -> None:
    fields = vote(*told)
    assert fields.mention in told
    assert fields.odds == max(one.trigger.odds for one in told)
    assert fields.mode in {"", *(one.trigger.mode for one in told)}
    assert fields.when is None or fields.when in [one.when.span for one in told if one.when]
    assert (fields.when is None) == all(one.when is None for one in told)
    assert fields.where is None or fields.where in [one.where for one in told]
    assert (fields.where is None) == all(one.where is None for one in told)
    assert fields.killed == UNKNOWN or fields.killed in [one.killed.bound for one in told if one.killed]
    assert (fields.killed == UNKNOWN) or any(one.killed for one in told)
    assert not {one.text for one in fields.actors} & {one.text for one in fields.recipients}
    if fields.claimed:
        assert fields.killed != UNKNOWN or fields.injured != UNKNOWN


def test_where_two_places_have_one_name_they_speak_for_each_other() -> None:
    other = replace(HOMS, admin1="99")
    told = [
        make_mention(where=SARAQIB),
        make_mention(where=HOMS),
        replace(make_mention(), where=locate(other)),
    ]
    where = vote(*told).where
    assert where is not None and where.text == "Homs"
