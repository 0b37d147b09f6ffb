"""Acronyms with their long names, short names of persons with their full ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.coder.link_names import find_acronyms, link_persons


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fighters of the Lowland Liberation Army (LLA) fired.", {"LLA": "Lowland Liberation Army"}),
        ("the Front for the Renewal of Ostania [FRO] said", {"FRO": "Front for the Renewal of Ostania"}),
        ("the National Workers front (NWF) called", {"NWF": "National Workers front"}),
        ('The Popular Union of Masons ("PUM") struck.', {"PUM": "Popular Union of Masons"}),
        # an acronym of another language: the whole capitalised run
        ("the Northern Patriotic League (LPDN) said", {"LPDN": "Northern Patriotic League"}),
        ("On Monday, the Lowland Liberation Army (LLA)", {"LLA": "Lowland Liberation Army"}),
        ("Kofi Mensah (Accra) spoke; he won (again).", {}),
        ("Mensah (NDC) spoke", {}),  # one word is no long name
        ("attacks (AFP)", {}),
    ],
)
def test_acronyms_are_explained_in_brackets(text: str, expected: dict[str, str]) -> None:
    assert find_acronyms(text) == expected


@given(st.text(alphabet="ABab ()[]-.,of", max_size=80))
def test_acronyms_and_names_stand_in_the_text(text: str) -> None:
    for short, name in find_acronyms(text).items():
        assert short in text
        assert all(word in text for word in name.split())
        assert len(name.split()) >= 2


def test_a_short_name_means_the_one_person_whose_name_holds_it() -> None:
    names = ["Juan Carlos Rojas Vega", "Rojas", "Carlos Rojas", "Ana Vega Luna", "Vega", "Luna"]
    assert link_persons(names) == {
        "Carlos Rojas": "Juan Carlos Rojas Vega",
        "Rojas": "Juan Carlos Rojas Vega",
        "Luna": "Ana Vega Luna",
    }  # `Vega` may be either


NAMES = st.lists(
    st.lists(st.sampled_from(["Ana", "Luis", "Vega", "Rojas", "Luna"]), min_size=1, max_size=4).map(" ".join),
    max_size=8,
)


@given(NAMES)
def test_full_names_are_longer_hold_the_short_one_and_are_final(names: list[str]) -> None:
    links = link_persons(names)
    assert links == link_persons(list(reversed(names)))
    for short, full in links.items():
        assert f" {short} " in f" {full} "
        assert len(full) > len(short)
        assert full not in links
