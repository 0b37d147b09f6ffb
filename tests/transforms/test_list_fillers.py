"""Which noun phrases of a text may fill a role, and what they are taken for."""

from tests.coders import PUBLISHED, rules_alone
from transforms.coder.describe_attacks import describe_event
from transforms.coder.describe_fillers import Scene, describe_filler, describe_pair
from transforms.coder.list_fillers import Filler
from transforms.records import Document

NORTH = "Fighters of the Northern Liberation Army (NLA) killed Mayor Luis Vega Rojas with a powerful bomb in Kampala. "


def read(text: str) -> Scene:
    return rules_alone().set_scene(Document(id="t", text=text, published_at=PUBLISHED))


def find(scene: Scene, text: str) -> Filler:
    return next(filler for filler in scene.fillers if filler.text == text)


def test_people_and_their_organisation_are_two_candidates() -> None:
    scene = read(NORTH)
    fighters = find(scene, "Fighters")
    assert fighters.cut == "bare" and fighters.actor is not None and fighters.actor.kind == "group"
    army = next(filler for filler in scene.fillers if filler.text.startswith("Northern Liberation Army"))
    assert army.actor is not None and army.actor.kind == "organization"


def test_a_name_before_a_noun_is_a_candidate() -> None:
    scene = read("Three Taliban gunmen killed a judge in Kabul.")
    assert find(scene, "Taliban").cut == "modifier"
    assert find(scene, "Three Taliban gunmen").cut == "full"


def test_acronym_and_long_name_are_one_entity() -> None:
    scene = read(NORTH + "The NLA also burned a police station, killing two officers.")
    short = find(scene, "NLA")
    assert short.aliases == ("Northern Liberation Army", "NLA")
    assert short.actor is not None and short.actor.kind == "organization"


def test_a_short_name_gets_the_full_one() -> None:
    scene = read(NORTH + "Vega was shot dead at home by two men.")
    texts = {filler.actor.text for filler in scene.fillers if filler.actor and filler.actor.kind == "person"}
    assert "Luis Vega Rojas" in texts and "Vega" not in texts


def test_names_of_several_words_are_known_in_any_case() -> None:
    scene = read("Ten farmers were abducted by Islamic jihad near Gaza City.")
    assert any(filler.actor and filler.actor.name == "Palestinian Islamic Jihad" for filler in scene.fillers)


def test_a_weapon_is_given_whole_and_as_its_word() -> None:
    scene = read(NORTH)
    weapons = {filler.text: filler.weapon for filler in scene.fillers if filler.weapon}
    assert weapons == {"powerful bomb": "explosives", "bomb": "explosives"}


def test_no_feature_holds_a_name() -> None:
    scene = read(NORTH + "Vega had been threatened by the Taliban, police in Kampala said on Monday.")
    features = [feature for filler in scene.fillers for feature in describe_filler(scene, filler)]
    for draft in scene.drafts:
        features += describe_event(scene, draft)
        features += [feature for filler in scene.fillers for feature in describe_pair(scene, draft, filler)]
    assert features
    for name in ("vega", "luis", "rojas", "northern", "nla", "taliban", "kampala"):
        assert not [feature for feature in features if name in feature.lower()]


def test_a_text_without_attacks_has_no_candidates() -> None:
    assert read("The two governments signed a trade deal in Nairobi.").fillers == []
