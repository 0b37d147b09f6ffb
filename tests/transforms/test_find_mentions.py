"""From triggers to mentions: whose words fill the roles, and which place, day and number are a mention's."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hand_made import (
    at_noon,
    find_words,
    make_trigger,
    mention,
    mention_all,
    read,
    with_triggers,
)
from transforms.coder.coded_text import CodedText, TriggerMention
from transforms.coder.counts import Bound
from transforms.coder.find_mentions import LEAST_ODDS_OF_MENTION, find_mentions
from transforms.coder.judge import HEADLINE, ROLES, JudgedRealis, Role
from transforms.coder.lexicon import TriggerRow

SHOT = "Gunmen shot five soldiers in Homs on Monday. They fled to Saraqib on Tuesday."


def list_texts(told: TriggerMention) -> tuple[list[str], list[str]]:
    return [party.actor.text for party in told.actors], [party.actor.text for party in told.recipients]


def test_a_mention_has_what_its_trigger_says() -> None:
    coded = read(SHOT, "Five dead")
    told = mention(
        coded,
        "shot",
        fills={
            "actor": "Gunmen",
            "recipient": "five soldiers",
            "place": "Homs",
            "date": "Monday",
            "killed": "five",
        },
    )
    assert coded.text[told.start : told.end] == "shot"
    assert not told.headline and told.sentence == coded.sentences[0]
    assert list_texts(told) == (["Gunmen"], ["five soldiers"])
    assert told.where is not None and told.where.place.name == "Homs"
    assert told.when is not None and told.when.span.start == "2026-03-02"
    assert told.killed is not None and told.killed.bound == (5, 5)
    assert told.injured is None and not told.claimed


def test_a_trigger_without_roles_is_a_mention_all_the_same() -> None:
    told = mention(read(SHOT), "shot")
    assert (told.actors, told.recipients, told.where, told.when, told.killed) == ((), (), None, None, None)


def test_the_headline_is_a_sentence_of_its_own() -> None:
    coded = read("Police said so.", "Gunmen shoot five")
    [told] = mention_all(coded, make_trigger(coded, "shoot", fills={"actor": "Gunmen"}, first=HEADLINE))
    assert told.headline and coded.text[told.start : told.end] == "shoot"
    assert list_texts(told) == (["Gunmen"], [])


@pytest.mark.parametrize(
    ("odds", "realis", "kept"),
    [
        (LEAST_ODDS_OF_MENTION, "actual", True),
        (LEAST_ODDS_OF_MENTION - 0.01, "actual", False),
        (0.9, "generic", False),
        (0.9, "negated", True),
    ],
)
def test_unsure_and_generic_triggers_are_left_out(odds: float, realis: JudgedRealis, kept: bool) -> None:
    coded = read(SHOT)
    assert bool(mention_all(coded, make_trigger(coded, "shot", odds=odds, realis=realis))) == kept


def test_mentions_stand_in_the_order_of_the_text() -> None:
    coded = read(SHOT)
    told = mention_all(coded, make_trigger(coded, "fled", "RETREAT"), make_trigger(coded, "shot"))
    assert [coded.text[one.start : one.end] for one in told] == ["shot", "fled"]


# who and whom


def test_words_of_another_sentence_name_whom_the_own_does_not() -> None:
    coded = read(SHOT)
    assert list_texts(mention(coded, "fled", "RETREAT", {"actor": "Gunmen"})) == (["Gunmen"], [])
    both = mention(coded, "fled", "RETREAT", {"actor": [("Gunmen", 5.0), ("They", 0.5)]})
    assert list_texts(both) == ([], [])  # the own sentence has the word


def test_parts_of_words_are_made_whole() -> None:
    coded = read("Paratroopers struck a convoy.")
    told = mention(coded, "struck", fills={"actor": "troop"})
    assert list_texts(told) == (["Paratroopers"], [])


def test_nobody_is_both_actor_and_recipient_of_one_mention() -> None:
    told = mention(
        read(SHOT), "shot", fills={"actor": "Gunmen", "recipient": [("Gunmen", 1.0), ("five soldiers", 1.0)]}
    )
    assert list_texts(told) == (["Gunmen"], ["five soldiers"])


def test_people_befall_it_rather_than_the_place() -> None:
    for town in ("Homs", "Ankara"):  # a town, and one that stands for a state
        coded = read(f"Rebels attacked {town} and killed eight people.")
        both = mention(coded, "attacked", fills={"recipient": [(town, 3.0), ("eight people", 3.0)]})
        assert list_texts(both)[1] == ["eight people"]
        assert list_texts(mention(coded, "attacked", fills={"recipient": town}))[1] == [town]


def test_a_town_is_no_person_and_a_person_with_an_office_is_no_town() -> None:
    coded = read("Rebels attacked Homs and Mayor Saraqib. Saraqib is a town.")
    told = mention(coded, "attacked", fills={"recipient": [("Homs", 3.0)]})
    assert [party.actor.kind for party in told.recipients] == ["property"]
    told = mention(coded, "attacked", fills={"recipient": [("Homs", 3.0), ("Mayor Saraqib", 3.0)]})
    assert [(party.actor.text, party.actor.kind) for party in told.recipients] == [("Saraqib", "person")]


def test_a_surname_is_the_person_whom_the_text_names_in_full() -> None:
    coded = read("Karimi struck first. Police said Omar Karimi struck again.")
    told = mention_all(
        coded,
        make_trigger(coded, "struck", fills={"actor": "Karimi"}),
        make_trigger(coded, "struck", fills={"actor": "Omar Karimi"}, first=1),
    )
    assert [list_texts(one)[0] for one in told] == [["Omar Karimi"], ["Omar Karimi"]]
    assert coded.text[told[0].actors[0].start : told[0].actors[0].end] == "Karimi"


@pytest.mark.parametrize(
    ("phrase", "texts"),
    [
        ("troops and militiamen", ["troops", "militiamen"]),
        ("troops, police and the rebels", ["troops", "police", "rebels"]),
        ("troops, and rebels", ["troops", "rebels"]),
        ("Trinidad and Tobago", ["Trinidad and Tobago"]),
        ("Trinidad and Tobago troops", ["Trinidad and Tobago troops"]),
        ("rebels and Trinidad and Tobago", ["rebels", "Trinidad and Tobago"]),
        ("2,000 people", ["2,000 people"]),
        ("troops and troops", ["troops"]),
        ("US and Filipino troops", ["US and Filipino troops"]),
    ],
)
def test_who_is_joined_by_and_is_several(phrase: str, texts: list[str]) -> None:
    told = mention(read(f"They say {phrase} struck."), "struck", fills={"actor": phrase})
    assert list_texts(told)[0] == texts


@pytest.mark.parametrize(
    ("who", "texts"),
    [
        ([("Gunmen", -1.4)], ["Gunmen"]),
        ([("Gunmen", -1.6)], []),
        ([("Gunmen", -1.4), ("soldiers", -0.2)], ["five soldiers"]),
        ([("Gunmen", -0.2), ("soldiers", -1.4)], ["Gunmen"]),
        ([("Gunmen", 0.1), ("soldiers", -0.2)], ["Gunmen"]),
    ],
)
def test_where_nobody_rather_did_it_the_likeliest_did(who: list[tuple[str, float]], texts: list[str]) -> None:
    assert list_texts(mention(read(SHOT), "shot", fills={"actor": who}))[0] == texts


@pytest.mark.parametrize(
    ("text", "said", "name"),
    [
        ("On Sunday Aaron Bushwell struck.", "Aaron", "Aaron Bushwell"),
        ("On Sunday Aaron Bushwell struck.", "Bushwell", "Aaron Bushwell"),
        ("When Bushwell struck, it rained.", "Bushwell", "Bushwell"),
        ("Yesterday Bushwell struck.", "Bushwell", "Bushwell"),
        ("In Homs Sunday Bushwell struck.", "Bushwell", "Bushwell"),
        ("A guard struck.", "guard", "guard"),
        ("In February 2021 gunmen struck.", "gunmen", "gunmen"),
        ("On Sunday five gunmen struck.", "gunmen", "five gunmen"),
        ("Then two Russian missiles struck.", "two Russian", "two Russian missiles"),
        ("Then a Russian in Homs struck.", "Russian", "Russian"),
    ],
)
def test_names_and_counted_nouns_are_taken_whole(text: str, said: str, name: str) -> None:
    assert list_texts(mention(read(text), "struck", fills={"actor": said}))[0] == [name]


def test_weapons_stand_where_their_words_do() -> None:
    coded = read("Gunmen struck a bus with a car bomb and rifles.")
    told = mention(coded, "struck", fills={"weapon": [("car bomb", 2.0), ("rifles", 2.0)]})
    assert [coded.text[start:end] for start, end in told.weapons] == ["car bomb", "rifles"]


# where


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ([("Homs", 2.0)], "Homs"),
        ([("Homs", -0.9)], "Homs"),
        ([("Homs", -1.1)], None),
        ([("Saraqib", 2.0)], "Saraqib"),  # of another sentence only where it is sure
        ([("Saraqib", 0.9)], None),
        ([("Saraqib", 3.0), ("Homs", 0.5)], "Homs"),
        ([("Saraqib", 4.0), ("Homs", 0.5)], "Saraqib"),
    ],
)
def test_the_place_that_the_judge_rates_highest(place: list[tuple[str, float]], name: str | None) -> None:
    told = mention(read(SHOT), "shot", fills={"place": place})
    assert (told.where.place.name if told.where else None) == name


def test_a_finer_place_inside_the_best_one_counts() -> None:
    coded = read("Rebels struck Saraqib in Syria on Monday.")
    told = mention(coded, "struck", fills={"place": [("Syria", 4.0), ("Saraqib", 0.1)]})
    assert told.where is not None and told.where.place.name == "Saraqib"
    abroad = read("Rebels struck Ankara near Syria on Monday.")
    told = mention(abroad, "struck", fills={"place": [("Syria", 4.0), ("Ankara", 0.1)]})
    assert told.where is not None and told.where.place.name == "Syria"


def test_a_place_has_the_words_that_go_with_its_name() -> None:
    coded = read("Rebels struck central Saraqib in Syria.")
    told = mention(coded, "struck", fills={"place": "central Saraqib"})
    assert told.where is not None
    assert (told.where.text, told.where.place.name, told.site) == ("central Saraqib", "Saraqib", None)
    assert coded.text[told.where.start : told.where.end] == "central Saraqib"


def test_words_for_a_place_without_a_name_are_kept() -> None:
    coded = read("Rebels struck a hospital on Monday. The school was struck.")
    told = mention(coded, "struck", fills={"place": "a hospital"})
    assert told.where is None and told.site is not None
    assert coded.text[slice(*told.site)] == "a hospital"
    beside = make_trigger(coded, "struck", fills={"place": "a hospital"}, first=1)
    assert mention_all(coded, beside)[0].site is None  # stands in another sentence


def test_the_dateline_is_where_the_reporter_sits() -> None:
    coded = read("HOMS, Syria (AP) - Rebels struck at dawn.")
    assert [one.text for one in coded.toponyms] == ["HOMS", "Syria"]
    assert mention(coded, "struck", fills={"place": [("dawn", 9.0)]}).where is None


# when


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ([("Monday", 2.0)], "2026-03-02"),
        ([("Monday", -1.9)], "2026-03-02"),
        ([("Monday", -2.1)], None),
        ([("Tuesday", 9.0)], None),  # stands in another sentence
    ],
)
def test_the_day_that_the_judge_takes_for_its_own(dates: list[tuple[str, float]], day: str | None) -> None:
    told = mention(read(SHOT), "shot", fills={"date": dates})
    assert (told.when.span.start if told.when else None) == day


def test_of_two_days_the_likelier_and_of_equal_ones_the_first() -> None:
    coded = read("Gunmen shot a guard on Monday and a man on Tuesday.")
    days = [
        one.span.start
        for pairs in ([("Monday", 1.0), ("Tuesday", 2.0)], [("Monday", 1.0), ("Tuesday", 1.0)])
        for one in [mention(coded, "shot", fills={"date": pairs}).when]
        if one is not None
    ]
    assert days == ["2026-03-03", "2026-03-02"]


@pytest.mark.parametrize(
    ("realis", "day"), [("actual", None), ("planned", "2026-03-06"), ("hypothetical", "2026-03-06")]
)
def test_what_has_happened_is_on_no_day_to_come(realis: JudgedRealis, day: str | None) -> None:
    coded = read("Unions march tomorrow.")
    [told] = mention_all(coded, make_trigger(coded, "march", "PROTEST", {"date": "tomorrow"}, realis=realis))
    assert (told.when.span.start if told.when else None) == day


# how many


@pytest.mark.parametrize(
    ("text", "said", "logit", "bound"),
    [
        ("A bomb killed at least 12 people.", "12", 2.0, (12, None)),
        ("A bomb killed at least 12 people.", "killed", 2.0, (12, None)),  # by the word of harm as well
        ("A bomb killed at least 12 people.", "12", -2.9, (12, None)),
        ("A bomb killed at least 12 people.", "12", -3.1, (12, None)),  # no other assault is there
        ("A bomb struck 12 people.", "12 people", 1.0, (12, 12)),  # no word of harm: as the judge says
        ("A bomb struck no fewer than 12 people.", "no fewer than 12 people", 1.0, (12, None)),
        ("A bomb struck 12 people.", "12 people", -0.1, None),
        ("A bomb struck a guard.", "a guard", 1.0, (1, 1)),
        ("A bomb struck guards.", "guards", 1.0, (None, None)),
    ],
)
def test_how_many_it_killed(text: str, said: str, logit: float, bound: Bound | None) -> None:
    told = mention(read(text), "bomb", fills={"killed": [(said, logit)]})
    assert (told.killed.bound if told.killed else None) == bound
    assert told.injured is None


def test_of_two_numbers_the_likelier_is_the_events() -> None:
    coded = read("A raid killed 12 people and a bomb killed 3 guards and wounded 9.")
    raid = mention(coded, "raid", fills={"killed": [("12", 2.0), ("3", 1.0)]})
    bomb = mention(coded, "bomb", fills={"killed": [("12", -1.0), ("3", 1.0)], "injured": "9"})
    assert raid.killed is not None and raid.killed.bound == (12, 12)
    assert bomb.killed is not None and bomb.killed.bound == (3, 3)
    assert bomb.injured is not None and bomb.injured.bound == (9, 9)
    assert raid.injured is not None  # where each is the only assault of its sentence


def test_numbers_of_another_sentence_are_another_events() -> None:
    coded = read("A bomb went off. Police said 12 people were killed.")
    assert mention(coded, "bomb", fills={"killed": "12"}).killed is None


@pytest.mark.parametrize(
    ("text", "actor", "claimed"),
    [
        ("The rebels said they had killed 40 soldiers.", "rebels", True),
        ("Hamas claimed its fighters killed 40 soldiers.", "Hamas", True),
        ("The rebels killed 40 soldiers.", "rebels", False),
        ("The army said it had killed 40 rebels.", "army", False),  # bodies of a state
        ("Russia said it had killed 40 rebels.", "Russia", False),
        ("Police said the rebels had killed 40 soldiers.", "rebels", False),
        ("The rebels said Turkey knew they killed 40 soldiers.", "rebels", False),
    ],
)
def test_what_a_group_says_of_its_own_deed_is_claimed(text: str, actor: str, claimed: bool) -> None:
    told = mention(read(text), "killed", fills={"actor": actor, "killed": "40"})
    assert told.killed is not None
    assert told.claimed == claimed


def test_without_a_number_there_is_no_claim() -> None:
    assert not mention(
        read("The rebels said they had struck Homs."), "struck", fills={"actor": "rebels"}
    ).claimed
    toll = {"actor": "rebels", "killed": "40"}
    coded = read("The rebels said they had arrested 40 killed men.")
    assert not mention(
        coded, "arrested", "COERCE", {"actor": toll["actor"], "killed": toll["killed"]}
    ).claimed


# rows of the user's

ZAP = TriggerRow("zap", "verb", "ASSAULT", "drone", "1952", ())


def read_with_row(text: str) -> CodedText:
    return read(text, words=with_triggers(ZAP))


def test_a_users_row_counts_whatever_the_judge_thinks() -> None:
    coded = read_with_row("Jets zapped a bus. Drones zap.")
    [told] = mention_all(coded, make_trigger(coded, "zapped", odds=0.01, realis="generic", mode="aerial"))
    assert (told.row, told.trigger.odds, told.trigger.mode) == (ZAP, 1.0, "drone")


def test_a_users_row_counts_once_beside_the_judges_own_finding() -> None:
    coded = read_with_row("Jets zapped a bus.")
    found, given = make_trigger(coded, "zapped", odds=0.7), make_trigger(coded, "zapped", odds=0.01)
    for triggers in ((found, given), (given, found)):
        assert [one.row for one in mention_all(coded, *triggers)] == [ZAP]


def test_a_users_row_goes_before_what_the_judge_found_there() -> None:
    coded = read_with_row("Jets zapped a bus.")
    triggers = [make_trigger(coded, "zapped a"), make_trigger(coded, "zapped", odds=0.01)]
    for order in (triggers, triggers[::-1]):
        [told] = mention_all(coded, *order)
        assert (told.row, coded.text[told.start : told.end]) == (ZAP, "zapped")


def test_a_row_is_of_its_type_only() -> None:
    coded = read_with_row("Jets zapped a bus.")
    [told] = mention_all(coded, make_trigger(coded, "zapped", "PROTEST"))
    assert (told.row, told.trigger.odds) == (None, 0.9)


# any judge at all

TEXT = read(
    "SARAQIB, Syria (AP) - Gunmen said they killed at least five soldiers in Homs on Monday. Police in Ankara, "
    "Turkey, wounded Omar Karimi and two others. Karimi marches tomorrow.",
    "Five dead in Homs",
    at_noon(2026, 3, 5),
)
CHOICES = [
    "Gunmen",
    "soldiers",
    "Homs",
    "Monday",
    "five",
    "Ankara",
    "Police",
    "Omar Karimi",
    "tomorrow",
    "two",
    "dead",
]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["killed", "wounded", "marches", "said"]),
            st.sampled_from(["ASSAULT", "PROTEST"]),
            st.dictionaries(
                st.sampled_from(ROLES),
                st.lists(st.tuples(st.sampled_from(CHOICES), st.floats(-4, 4)), max_size=3),
            ),
            st.floats(0, 1),
        ),
        max_size=5,
    )
)
def test_whatever_the_judge_says_a_mention_holds_words_of_its_text(
    said: list[tuple[str, str, dict[Role, list[tuple[str, float]]], float]],
) -> None:
    triggers = [make_trigger(TEXT, words, of_type, fills, odds=odds) for words, of_type, fills, odds in said]
    told = find_mentions(replace(TEXT, triggers=tuple(triggers))).mentions
    assert len({(one.start, one.event_type) for one in told}) == len(told)
    assert [one.start for one in told] == sorted(one.start for one in told)
    sure = {(one.start, one.event_type) for one in triggers if one.odds >= LEAST_ODDS_OF_MENTION}
    assert {(one.start - one.sentence.start, one.event_type) for one in told} == sure
    for one in told:
        assert one.sentence.start <= one.start < one.end <= one.sentence.end
        for party in (*one.actors, *one.recipients):
            assert 0 <= party.start < party.end <= len(TEXT.text)
            assert TEXT.text[party.start : party.end] in party.actor.text
        assert not {p.actor.text for p in one.actors} & {p.actor.text for p in one.recipients}
        if one.when is not None:
            assert one.sentence.start <= one.when.start < one.when.end <= one.sentence.end
        if one.where is not None:
            assert TEXT.text[one.where.start : one.where.end] == one.where.text and not one.where.dateline
        for number in (one.killed, one.injured):
            assert number is None or one.sentence.start <= number.start < number.end <= one.sentence.end
        assert all(0 <= start < end <= len(TEXT.text) for start, end in one.weapons)
        if one.site is not None:
            assert one.sentence.start <= one.site[0] < one.site[1] <= one.sentence.end


def test_words_of_the_hand_made_triggers_are_found() -> None:
    assert find_words(TEXT, "Homs") == (HEADLINE, 13, 17)
    assert find_words(TEXT, "Homs", 0)[0] == 0
