"""What the learnt weights make of an attack's actors and recipients."""

from tests.coders import code
from transforms.coder.choose_fillers import MOST_UNNAMED
from transforms.coder.code_actors import is_human

BLAST = "A bomb exploded on Monday at the bank in Nairobi, killing the banker Peter Otieno. "


def test_fighters_and_their_organisation_both_act() -> None:
    event = code("Al-Shabaab militants killed five farmers near Kismayo on Tuesday.")[0]
    assert [(actor.text, actor.kind) for actor in event.actors] == [
        ("Al-Shabaab militants", "group"),
        ("Al-Shabaab", "organization"),
    ]


def test_whose_a_victim_is_did_not_do_it() -> None:
    event = code("A US drone strike killed an Al-Shabaab commander near Kismayo.")[0]
    assert [actor.country for actor in event.actors] == ["USA"]


def test_people_without_a_name_are_told_but_not_all() -> None:
    event = code(
        "Gunmen attacked a market in Kano, killing two farmers, a teacher, three traders, a nurse and a driver."
    )[0]
    unnamed = [actor for actor in event.recipients if is_human(actor)]
    assert 2 <= len(unnamed) <= MOST_UNNAMED


def test_fighting_of_states_is_left_to_the_rules() -> None:
    event = code("Russian jets bombed a hospital in Idlib on Tuesday, killing 20 people.")[0]
    assert [actor.country for actor in event.actors] == ["RUS"]
    assert event.killed_min == 20


def test_a_title_in_quotation_marks_is_no_victim() -> None:
    events = code("Two men shot dead a critic in Lagos on Monday after he had praised “Peter Pan”.")
    assert all("Pan" not in actor.text for event in events for actor in event.recipients)
