"""Where: which names of a text are taken for places, and for which."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.coders import bundled_coder, bundled_tables, whole_gazetteer
from transforms.coder.geolocate import Located, find_toponyms, to_place
from transforms.coder.lexicon import build_lexicon
from transforms.coder.protocol import code_one
from transforms.records import Document
from transforms.word_lists import list_words

LEXICON = build_lexicon(bundled_tables())


def locate(text: str, outlet: str = "", url: str = "") -> list[Located]:
    return find_toponyms(text, whole_gazetteer(), LEXICON, outlet, url)


def tell(text: str, outlet: str = "", url: str = "") -> dict[str, str]:
    """Each name with the country and division of its place; the last mention of a name counts."""
    return {one.text: f"{one.place.country} {one.place.admin1}".strip() for one in locate(text, outlet, url)}


@pytest.mark.parametrize(
    ("text", "name", "where"),
    [
        ("The mayor of Paris, Texas, resigned.", "Paris", "USA TX"),
        ("The mayor of Paris resigned after talks with French ministers.", "Paris", "FRA 11"),
        ("BEREA, Ky. (WXYZ) - A barn in Berea burned down.", "Berea", "USA KY"),
        ("A fire in Rome and Dalton, Georgia, spread.", "Rome", "USA GA"),
        ("Talks between Armenia and Georgia were held in Yerevan.", "Georgia", "GEO"),
        ("Police in Atlanta, Georgia, arrested two people.", "Georgia", "USA GA"),
        ("Two men from Tripoli were held in Beirut, the Lebanese army said.", "Tripoli", "LBN 09"),
        ("Militias fought in Tripoli while Libyan ministers met in Benghazi.", "Tripoli", "LBY 77"),
        ("A barge sank off Kingston, south of Brisbane, in Queensland.", "Kingston", "AUS 04"),
        ("The storm hit Georgetown in Guyana.", "Georgetown", "GUY 12"),
    ],
)
def test_the_other_names_of_a_text_choose_the_place(text: str, name: str, where: str) -> None:
    assert tell(text)[name] == where


def test_a_name_has_one_sense_in_a_text() -> None:
    found = locate(
        "A bus left London, Ontario, on Monday. Police in London said ten people were hurt. London is far away."
    )
    places = {one.place for one in found if one.text == "London"}
    assert len(places) == 1 and places.pop().country == "CAN"


def test_the_outlet_and_the_address_are_hints() -> None:
    text = "The council in Newcastle met on Monday."
    assert tell(text, outlet="AUS")["Newcastle"].startswith("AUS")
    assert tell(text, url="https://news.example.com.au/local/council.html")["Newcastle"].startswith("AUS")
    assert tell(text, url="https://news.example/world/australia/council")["Newcastle"].startswith("AUS")
    assert tell(text, url="https://news.example.co.uk/council")["Newcastle"].startswith("GBR")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Rebels took a village in Raqqa province.", "admin1"),
        ("Rebels took the city of Raqqa.", "city"),
        ("A tornado struck Pulaski County, Kentucky.", "admin2"),
        ("The heat wave reached Europe.", "region"),
        ("A ship sank in the Black Sea.", "region"),
        ("Roads in northern Alberta were closed.", "admin1"),
    ],
)
def test_divisions_seas_and_continents_are_places(text: str, kind: str) -> None:
    assert locate(text)[0].place.kind == kind
    assert to_place(locate(text)[0]).precision == {"region": "admin1"}.get(kind, kind)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Russia’s envoy left Syria's capital.", ["Russia", "Syria"]),
        ("The Britain-based group saw Turkey-backed rebels.", ["Britain", "Turkey"]),
        ("Shells fell on Mazar-i-Sharif and Port-au-Prince.", ["Mazar-i-Sharif", "Port-au-Prince"]),
        ("They camp near Cox's Bazar in Bangladesh.", ["Cox's Bazar", "Bangladesh"]),
        ("Fires burn in B.C. and in Surrey, B.C., Canada.", ["B.C.", "Surrey", "B.C.", "Canada"]),
        ("Fighting in Ma'rib, São Paulo and Reykjavik.", ["Ma'rib", "São Paulo", "Reykjavik"]),
        ("Al had left. I'd say the Health Act is old.", []),
        ("Women, 24, OR men, 30, may apply in Norway.", ["Norway"]),
    ],
)
def test_a_name_is_cut_out_as_it_stands(text: str, names: list[str]) -> None:
    assert [one.text for one in locate(text)] == names


@pytest.mark.parametrize(
    "text",
    [
        "Nick Burton farms wheat. Burton bought land last year.",
        "Mr. Lancaster said he was tired.",
        "The Wall Street Journal reported it.",
        "The paper quoted Jack London, a writer.",
        "She read about it in the Albany Examiner, Washington Post and Boston Globe.",
    ],
)
def test_people_and_papers_named_like_places_are_nobodys_site(text: str) -> None:
    assert not any(one.site for one in locate(text))


def test_a_demonym_names_a_country_but_is_no_site() -> None:
    found = locate("Russian jets struck Idlib. Three Russians were hurt.")
    assert [(one.text, one.place.country, one.site) for one in found] == [
        ("Russian", "RUS", False),
        ("Idlib", "SYR", True),
    ]


def test_a_facility_takes_the_point_of_its_place() -> None:
    found = locate(
        "Gunmen attacked the German consulate in Mazar-i-Sharif and shells hit the Tabqa airbase in Syria."
    )
    assert {one.text: one.place.country for one in found if one.site} == {
        "Mazar-i-Sharif": "AFG",
        "Tabqa": "SYR",
        "Syria": "SYR",
    }


def test_the_dateline_is_marked() -> None:
    found = locate("BEIRUT, March 3 (Meridian Wire) - Shells fell on Homs in Syria on Tuesday.")
    assert [(one.text, one.dateline) for one in found] == [
        ("BEIRUT", True),
        ("Homs", False),
        ("Syria", False),
    ]


@pytest.mark.parametrize(
    ("text", "outlet"),
    [
        ("Soldiers killed six men in Kech district on Monday, the army in Pakistan said.", ""),
        ("QUETTA: Soldiers killed six men in Kech on Monday. A court in Quetta heard of it.", ""),
        ("Soldiers killed six men in Kech district on Monday.", "PAK"),
    ],
)
def test_a_place_that_nothing_supports_is_none(text: str, outlet: str) -> None:
    assert "Kech" not in tell(text, outlet)
    event = code_one(bundled_coder(), Document(id="d", text=text, country=outlet)).events[0]
    assert event.place is not None and event.place.country in ("PAK", "")


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("Police in Nigeria said that two men were held in London.", "London", "GBR"),
        ("Myanmar's army shelled Myawaddy. Families fled to Mae Sot.", "Mae Sot", "THA"),
        ("Two men from Nigeria were held in Ketsch, Germany.", "Ketsch", "DEU"),
        ("Two men were held in Ketsch.", "Ketsch", "DEU"),
    ],
)
def test_abroad_is_told_where_it_is_well_known_named_or_near(text: str, name: str, country: str) -> None:
    assert tell(text)[name].partition(" ")[0] == country


def test_the_datelines_town_tells_which_country_is_meant() -> None:
    text = "TBILISI (Wire) - US diplomats and American officials said that police held 30 people in Georgia."
    assert tell(text, outlet="USA", url="https://news.example/us/politics/x")["Georgia"] == "GEO"


def test_the_dateline_stands_in_for_a_place_that_is_not_told() -> None:
    text = (
        "LIMA (Wire) - Police arrested nine miners on Tuesday. Ministers had met in Cusco to speak of wages."
    )
    places = [
        event.place and event.place.name for event in code_one(bundled_coder(), Document("d", text)).events
    ]
    assert places[0] == "Lima"


def test_the_place_of_an_event_is_a_site() -> None:
    coded = code_one(bundled_coder(), Document(id="d", text="Turkish police arrested a man in Izmir."))
    assert [event.place.name for event in coded.events if event.place] == ["İzmir"]
    assert [place.text for place in coded.places] == ["Turkish", "Izmir"]


WORDS = list_words(
    "in of the and near , . - St. Mr. said Paris Texas London Ontario al-Bab Ky. U.S. Russia's Turkish County "
    "province Georgia New York University Burton “ ’s Côte d'Ivoire 12 İzmir"
)


@given(st.lists(st.sampled_from((*WORDS, "\n")), max_size=40).map(" ".join) | st.text(max_size=200))
def test_whatever_the_text_the_spans_hold(text: str) -> None:
    found = locate(text)
    assert all(text[one.start : one.end] == one.text for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(-90 <= one.place.lat <= 90 and -180 <= one.place.lon <= 180 for one in found)
    assert found == locate(text)


@given(st.sampled_from(["Marib", "Kharkiv", "Maiduguri", "Cali", "Nairobi"]), st.integers(1, 60))
def test_what_follows_a_sentence_far_away_does_not_move_its_places(name: str, sentences: int) -> None:
    text = f"Shells fell near {name} on Monday."
    more = text + " Nobody knew what to do about it." * sentences
    assert [(one.text, one.place) for one in locate(more)] == [(one.text, one.place) for one in locate(text)]
