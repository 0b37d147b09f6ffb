"""Where outlets are at home, and what that says of the names in their texts."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.coders import bundled_tables, whole_gazetteer
from transforms.coder import outlet_homes
from transforms.coder.geolocate import find_toponyms, to_toponym
from transforms.coder.lexicon import build_lexicon
from transforms.coder.outlet_homes import MOST_DOCUMENTS, OutletHomes
from transforms.records import NO_HOME, OutletHome, Toponym

LEXICON = build_lexicon(bundled_tables())
URL = "https://www.courier.example/news/a"

NORTH_EAST_TEXAS = (
    "A barn burned down near Powderly, Texas, on Monday.",
    "The Lamar County sheriff held two men from Blossom, Texas.",
    "Roads between Bonham and Honey Grove in Texas were closed.",
    "A bus from Sulphur Springs, Texas, never came to Cooper.",
)
NORTH_WEST_IOWA = (
    "A barn burned down near Remsen, Iowa, on Monday.",
    "The Plymouth County sheriff held two men from Kingsley, Iowa.",
    "Roads between Sioux City and Hinton in Iowa were closed.",
    "A bus from Cherokee, Iowa, never came to Merrill.",
)
SOUTH_WEST_ONTARIO = (
    "A barn burned down near Strathroy, Ontario, on Monday.",
    "Police in Ingersoll and Woodstock, Ontario, held two men.",
    "Roads between Tillsonburg and Aylmer in Ontario were closed.",
    "A bus from Sarnia, Ontario, never came to Petrolia.",
)
LINCOLNSHIRE = (
    "A barn burned down near Spalding in Lincolnshire, England, on Monday.",
    "Police in Skegness and Horncastle held two men.",
    "Roads between Sleaford and Grantham were closed.",
    "A bus from Louth, Lincolnshire, never came to Mablethorpe.",
)
SINDH = (
    "A shop burned down in Karachi on Monday.",
    "Police in Hyderabad, Sindh, held two men from Jamshoro.",
    "Roads between Nawabshah and Larkana were closed.",
    "A bus from Sukkur in Sindh never came to Thatta.",
)
OGUN = (
    "A shop burned down in Abeokuta on Monday.",
    "Police in Ijebu-Ode, Ogun State, held two men from Sagamu.",
    "Roads between Ota and Ilaro in Nigeria were closed.",
    "A bus from Abeokuta, Ogun, never came to Ibadan.",
)
HIMACHAL = (
    "A shop burned down in Shimla, Himachal Pradesh, on Monday.",
    "Police in Kullu and Manali held two men.",
    "Roads between Solan and Nahan in Himachal Pradesh were closed.",
    "A bus from Una never came to Dharamsala.",
)
MUMBAI = (
    "A shop burned down in Thane, Maharashtra, on Monday.",
    "Police in Pune and Nashik held two men.",
    "Roads between Kalyan and Dombivli were closed.",
    "A bus from Navi Mumbai never came to Panvel.",
)
ALL_OVER = (
    "Shells fell on Kharkiv in Ukraine on Monday.",
    "Police in Nairobi, Kenya, held two men.",
    "Talks were held in Geneva, Switzerland.",
    "A court in Lima, Peru, heard the case.",
    "Rebels took a village near Goma in Congo.",
    "Crowds marched in Seoul, South Korea.",
)


def read(text: str, home: OutletHome = NO_HOME, url: str = "") -> list[Toponym]:
    return [to_toponym(one) for one in find_toponyms(text, whole_gazetteer(), LEXICON, "", url, home)]


def remember(texts: Iterable[str], url: str = URL) -> OutletHomes:
    """An outlet that has written these texts, each read with the home that it had by then."""
    homes = OutletHomes(whole_gazetteer())
    for text in texts:
        homes.add(url, read(text, homes.find(url)))
    return homes


def place(name: str, text: str, home: OutletHome = NO_HOME) -> tuple[str, int, int]:
    """Country and whole degrees of the place of a name in a text."""
    one = next(one for one in read(text, home) if one.text == name)
    return one.country, round(one.lat or 0), round(one.lon or 0)


def list_shares(home: OutletHome) -> list[float]:
    return [
        *(share for _, share in home.countries),
        *(share for *_, share in home.divisions),
        *(share for *_, share in home.squares),
    ]


@pytest.mark.parametrize(
    ("texts", "name", "text", "anywhere", "at_home"),
    [
        (NORTH_EAST_TEXAS, "Paris", "The council in Paris met.", ("FRA", 49, 2), ("USA", 34, -96)),
        (NORTH_EAST_TEXAS, "Hugo", "A store in Hugo will close.", ("USA", 45, -93), ("USA", 34, -96)),
        (NORTH_WEST_IOWA, "Akron", "A fire broke out in Akron.", ("USA", 41, -82), ("USA", 43, -97)),
        (SOUTH_WEST_ONTARIO, "London", "The council in London met.", ("GBR", 52, 0), ("CAN", 43, -81)),
        (SOUTH_WEST_ONTARIO, "Paris", "The council in Paris met.", ("FRA", 49, 2), ("CAN", 43, -80)),
        (LINCOLNSHIRE, "Boston", "The council in Boston met.", ("USA", 42, -71), ("GBR", 53, 0)),
        (SINDH, "Hyderabad", "A fire broke out in Hyderabad.", ("IND", 17, 78), ("PAK", 25, 68)),
        (OGUN, "Ota", "A fire broke out in Ota.", ("JPN", 36, 140), ("NGA", 7, 3)),
        (HIMACHAL, "Bilaspur", "A fire broke out in Bilaspur.", ("IND", 22, 82), ("IND", 31, 77)),
    ],
)
def test_a_bare_name_means_the_place_near_home(
    texts: Sequence[str],
    name: str,
    text: str,
    anywhere: tuple[str, int, int],
    at_home: tuple[str, int, int],
) -> None:
    assert place(name, text) == anywhere
    assert place(name, text, remember(texts).find(URL)) == at_home


@pytest.mark.parametrize(
    ("texts", "name", "text", "where"),
    [
        (NORTH_EAST_TEXAS, "Paris", "The mayor of Paris, France, resigned.", ("FRA", 49, 2)),
        (NORTH_EAST_TEXAS, "Paris", "French police in Paris held a suspect.", ("FRA", 49, 2)),
        (NORTH_EAST_TEXAS, "Paris", "PARIS, Tenn. (Wire) - A barn in Paris burned.", ("USA", 36, -88)),
        (NORTH_EAST_TEXAS, "Berlin", "He was born in Germany and lived in Berlin.", ("DEU", 53, 13)),
        (NORTH_EAST_TEXAS, "Washington", "The senator returned from Washington.", ("USA", 39, -77)),
        (SOUTH_WEST_ONTARIO, "London", "The British prime minister spoke in London.", ("GBR", 52, 0)),
        (SOUTH_WEST_ONTARIO, "London", "She lives in London, England.", ("GBR", 52, 0)),
        (LINCOLNSHIRE, "Boston", "A bomb went off in Boston, Massachusetts.", ("USA", 42, -71)),
        (SINDH, "Hyderabad", "Indian police in Hyderabad held a man.", ("IND", 17, 78)),
        (OGUN, "London", "The governor flew to London.", ("GBR", 52, 0)),
        (MUMBAI, "Delhi", "The minister flew to Delhi.", ("IND", 29, 77)),
    ],
)
def test_what_the_text_says_wins_over_the_home(
    texts: Sequence[str], name: str, text: str, where: tuple[str, int, int]
) -> None:
    assert place(name, text, remember(texts).find(URL)) == where


def test_people_called_like_towns_near_home_are_people() -> None:
    home = remember(NORTH_EAST_TEXAS).find(URL)
    for text in (
        "Bonham scored 20 points. Commerce and industry grew.",
        "Judge Tyler sentenced Lee Cooper to ten years.",
    ):
        assert read(text, home) == [], text


def test_a_home_has_a_country_a_division_and_squares() -> None:
    home = remember(NORTH_EAST_TEXAS).find("http://courier.example/other?x=1")
    assert [country for country, _ in home.countries] == ["USA"]
    assert [division[:2] for division in home.divisions] == [("USA", "TX")]
    assert (33, -96) in {square[:2] for square in home.squares}
    assert all(0.4 <= share <= 1 for share in list_shares(home))


def test_there_is_no_home_before_three_documents_nor_for_other_hosts() -> None:
    assert remember(NORTH_EAST_TEXAS[:2]).find(URL) == NO_HOME
    homes = remember(NORTH_EAST_TEXAS)
    for url in ("", "no address", "http://[", "https://other.example/", "https://news.courier.example/"):
        assert homes.find(url) == NO_HOME
        homes.add(url, read(NORTH_EAST_TEXAS[0]))


def test_an_agency_whose_places_are_all_over_has_no_home() -> None:
    assert remember(ALL_OVER).find(URL) == NO_HOME


def test_countries_continents_and_seas_do_not_count() -> None:
    texts = ("Iran and Iraq spoke.", "The Black Sea and Europe.", "French ministers met.", "Peru voted.") * 3
    assert remember(texts).find(URL) == NO_HOME


def test_documents_count_not_names() -> None:
    """One text that names Texan towns over and over makes no home."""
    listing = " ".join(NORTH_EAST_TEXAS * 10)
    assert remember([listing, *ALL_OVER]).find(URL) == NO_HOME


def test_an_outlet_that_moves_has_a_new_home() -> None:
    homes = remember(NORTH_EAST_TEXAS * 100)
    for text in NORTH_WEST_IOWA * 100:
        homes.add(URL, read(text))
    assert [division[:2] for division in homes.find(URL).divisions] == [("USA", "IA")]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlet_homes, "_MOST_HOSTS", 3)
    homes = OutletHomes(whole_gazetteer())
    texas = read(NORTH_EAST_TEXAS[0])
    for _ in range(3):
        for host in "abcd":
            homes.add(f"https://{host}.example/", texas)
    assert homes.find("https://d.example/") == NO_HOME  # each was forgotten before it came again
    for _ in range(3):
        homes.add("https://a.example/", texas)
    assert homes.find("https://a.example/") != NO_HOME


NAMES = st.sampled_from([one for text in (*NORTH_EAST_TEXAS, *SINDH, *ALL_OVER) for one in read(text)])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(NAMES, max_size=4), max_size=3 * MOST_DOCUMENTS))
def test_shares_are_shares_whatever_comes(documents: list[list[Toponym]]) -> None:
    homes, again = OutletHomes(whole_gazetteer()), OutletHomes(whole_gazetteer())
    for places in documents:
        homes.add(URL, places)
        again.add(URL, [*places[::-1], *places])  # neither the order nor the number of its names matters
    home = homes.find(URL)
    assert home == again.find(URL)
    assert all(0 < share <= 1 for share in list_shares(home))
    assert hash(home) == hash(again.find(URL))


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([NORTH_EAST_TEXAS, LINCOLNSHIRE, SINDH, OGUN, MUMBAI]),
    st.sampled_from(["Germany and France spoke.", "Talks failed in Geneva, Switzerland.", "It rained.", ""]),
)
def test_a_home_never_moves_what_a_text_says_in_full(texts: Sequence[str], text: str) -> None:
    assert read(text, remember(texts).find(URL)) == read(text)
