"""Who words are: names of the tables, titles, trades, arms, members, and words that are nobody."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hand_made import lexicon
from transforms.coder.actors import MOST_ACTORS, code_actor, is_armed, join_actors, last_word, meet
from transforms.records import Actor
from transforms.word_lists import list_words


def code(phrase: str, text: str = "") -> Actor | None:
    """The actor of a phrase that stands alone, or at its first place in a text."""
    text = text or phrase
    start = text.index(phrase)
    found = code_actor(text, start, start + len(phrase), lexicon())
    return found[0] if found else None


def tell(phrase: str, text: str = "") -> tuple[str, str, str, str]:
    """What stands for the actor, its kind, country and sector."""
    actor = code(phrase, text)
    assert actor is not None
    return actor.text, actor.kind, actor.country, actor.sector


@pytest.mark.parametrize(
    ("phrase", "name", "kind", "country", "sector"),
    [
        ("Kremlin", "Kremlin", "organization", "RUS", "GOV"),
        ("ISIS", "Islamic State", "organization", "", "REB"),
        ("North Korea", "North Korea", "country", "PRK", "GOV"),
        ("Pyongyang", "North Korea", "country", "PRK", "GOV"),
        ("the Democratic Republic of Congo", "Democratic Republic of the Congo", "country", "COD", "GOV"),
        ("the US", "United States", "country", "USA", "GOV"),
        ("US", "United States", "country", "USA", "GOV"),
        ("the WHO", "World Health Organization", "organization", "", "IGO"),
        ("Taliban fighters", "Taliban", "group", "AFG", "REB"),
        ("President Putin", "Vladimir Putin", "person", "RUS", "GOV"),
        ("activists of the Democratic Party", "Democratic Party", "group", "USA", "CVL"),
    ],
)
def test_names_of_the_tables_are_known(phrase: str, name: str, kind: str, country: str, sector: str) -> None:
    actor = code(phrase)
    assert actor is not None
    assert (actor.name, actor.kind, actor.country, actor.sector) == (name, kind, country, sector)


def test_a_name_may_be_longer_than_the_words_that_the_judge_found() -> None:
    text = "The charity Doctors Without Borders said so."
    found = code_actor(text, text.index("Doctors"), text.index(" Without"), lexicon())
    assert found is not None
    actor, start, end = found
    assert (actor.text, actor.sector) == ("Doctors Without Borders", "NGO")
    assert text[start:end] == "Doctors Without Borders"


def test_an_article_goes_unless_it_belongs_to_the_name() -> None:
    assert tell("the army")[0] == "army"
    assert tell("The New York Times")[0] == "The New York Times"
    assert tell("at least 15 people")[0] == "15 people"
    assert tell("more than 200 people")[0] == "200 people"
    assert tell("including two officers")[0] == "two officers"


@pytest.mark.parametrize(
    ("phrase", "name"),
    [("Maithripala Sirisena", "Maithripala Sirisena"), ("Melisha Sirisena", ""), ("Anna Putin", "")],
)
def test_another_first_name_is_another_person(phrase: str, name: str) -> None:
    actor = code(phrase)
    assert actor is not None
    assert (actor.name, actor.kind) == (name, "person")


@pytest.mark.parametrize(
    ("phrase", "text", "sector"),
    [
        ("Interior Minister Ali Hassan", "Ali Hassan", "GOV"),
        ("Vice-President Ali Hassan", "Ali Hassan", "GOV"),
        ("Lt. Gen. Ali Hassan", "Ali Hassan", "MIL"),
        ("Col Isaacs", "Isaacs", "MIL"),
        ("Judge Smith", "Smith", "JUD"),
        ("Mr Omar", "Omar", ""),
        ("Dr. Jean de la Cruz", "Jean de la Cruz", ""),
        ("soldier Evyatar Sabag", "Evyatar Sabag", "MIL"),
        ("Police Chief Ali Hassan", "Ali Hassan", "COP"),
        ("police chief Ali Hassan", "Ali Hassan", "COP"),
        ("German Chancellor Olga Brandt", "German Chancellor Olga Brandt", "GOV"),
    ],
)
def test_a_title_gives_the_sector_and_is_no_part_of_the_name(phrase: str, text: str, sector: str) -> None:
    told, kind, _, given_sector = tell(phrase)
    assert (told, kind, given_sector) == (text, "person", sector)


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("Ali Omar, a journalist, was shot.", "MED"),
        ("Ali Omar, the police chief of Homs, was shot.", "COP"),
        ("Ali Omar, a spokesman for the army, said so.", "MIL"),
        ("Ali Omar, journalists and others were shot.", ""),
        ("Ali Omar was shot by a soldier.", ""),
    ],
)
def test_what_stands_behind_a_name_says_what_somebody_is(text: str, sector: str) -> None:
    assert tell("Ali Omar", text) == ("Ali Omar", "person", "", sector)


@pytest.mark.parametrize(
    ("phrase", "kind", "country", "sector"),
    [
        ("a gunman", "person", "", "UAF"),
        ("gunmen", "group", "", "UAF"),
        ("two Russian soldiers", "group", "RUS", "MIL"),
        ("Syrian rebels", "group", "SYR", "REB"),
        ("the Syrian army", "organization", "SYR", "MIL"),
        ("Ukraine's army", "organization", "UKR", "MIL"),
        ("the mayor of Paris", "person", "FRA", "GOV"),
        ("people from Syria", "group", "SYR", "CVL"),
        ("the house", "property", "", "CVL"),
        ("five others", "group", "", "CVL"),
        ("16", "group", "", "CVL"),
        ("dozens", "group", "", "CVL"),
    ],
)
def test_words_for_people_and_things(phrase: str, kind: str, country: str, sector: str) -> None:
    assert tell(phrase)[1:] == (kind, country, sector)


def test_demonyms_are_a_state_or_its_people() -> None:
    assert tell("Russian")[1:] == ("country", "RUS", "GOV")
    assert tell("the Russians")[1:] == ("group", "RUS", "CVL")


@pytest.mark.parametrize(
    ("phrase", "name", "country", "sector"),
    [
        ("Russian missiles", "Russia", "RUS", "MIL"),
        ("a U.S. drone", "United States", "USA", "MIL"),
        ("government planes", "", "", "MIL"),
        ("rebel boats", "", "", "REB"),
    ],
)
def test_arms_are_those_of_whoever_has_them(phrase: str, name: str, country: str, sector: str) -> None:
    actor = code(phrase)
    assert actor is not None
    assert (actor.name, actor.kind, actor.country, actor.sector) == (name, "organization", country, sector)


@pytest.mark.parametrize(
    ("phrase", "kind", "sector"),
    [
        ("a Taliban spokesman", "person", "REB"),
        ("an army spokesman", "person", "MIL"),
        ("a spokesman for the army", "person", "MIL"),
        ("a company spokesman", "person", "BUS"),
        ("Acme spokesman", "person", ""),
        ("a government spokesman", "person", "GOV"),
        ("a spokeswoman", "person", "GOV"),
        ("members of the army", "group", "MIL"),
        ("members of the Russian army", "group", "MIL"),
        ("a member of the security forces", "person", "COP"),
        ("army members", "group", "MIL"),
        ("a member of the Taliban", "person", "REB"),
        ("ISIS members", "group", "REB"),
        ("members of parliament", "group", "LEG"),
        ("members of the public", "group", "CVL"),
        ("members of a family", "group", "CVL"),
    ],
)
def test_whom_somebody_serves_says_more_than_what_he_is(phrase: str, kind: str, sector: str) -> None:
    _, told_kind, _, told_sector = tell(phrase)
    assert (told_kind, told_sector) == (kind, sector)


@pytest.mark.parametrize(
    ("phrase", "kind", "sector"),
    [
        ("Tom Baker", "person", ""),
        ("Maria Cook", "person", ""),
        ("a baker", "person", "LAB"),
        ("Baker", "person", "LAB"),
        ("American Baker", "person", "LAB"),
        ("US Marshal", "person", "COP"),
    ],
)
def test_a_surname_may_be_a_trade(phrase: str, kind: str, sector: str) -> None:
    _, told_kind, _, told_sector = tell(phrase)
    assert (told_kind, told_sector) == (kind, sector)


def test_unknown_names_are_people_or_bodies() -> None:
    assert tell("Ali Omar")[1] == "person"
    assert tell("Red Front")[1] == tell("XYZ")[1] == "organization"


@pytest.mark.parametrize(
    "phrase", ["he", "They", "him", "who", "us", "Us", "Monday", "the incident", "violence", "the", "-", ""]
)
def test_some_words_are_nobody(phrase: str) -> None:
    assert code(phrase) is None


WORDS = list_words(
    "the a at least 12 dozens of members member army Taliban Russian Russia US he they Ali Omar Baker Judge "
    "Gen . , ( - spokesman for with Doctors Without Borders Democratic Republic Congo missiles planes Monday 's "
    "police chief King Sheikh bin ' ’ “ Ukraine’s"
)


@given(st.lists(st.sampled_from(WORDS), max_size=12), st.integers(0, 60), st.integers(0, 60))
def test_any_words_give_an_actor_that_stands_in_the_text(words: list[str], one: int, other: int) -> None:
    text = " ".join(words)
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    found = code_actor(text, start, end, lexicon())
    if found is not None:
        actor, first, last = found
        assert start <= first < last <= len(text)
        assert text[first:last] == actor.text
        assert actor.mentions == ()


@given(st.text(max_size=80))
def test_any_text_at_all_is_read(text: str) -> None:
    found = code_actor(text, 0, len(text), lexicon())
    assert found is None or text[found[1] : found[2]] == found[0].text


RUSSIA = Actor("Russia", "Russia", "country", "RUS", "GOV")
MOSCOW = Actor("Moscow", "Russia", "country", "RUS", "GOV")
RUSSIAN_ARMY = Actor("Russian army", "Russia", "organization", "RUS", "MIL")
REBELS = Actor("rebels in the north", "", "group", "", "REB")


def test_who_is_meant_by_two_lists() -> None:
    assert meet([RUSSIA], [MOSCOW])
    assert not meet([RUSSIA], [RUSSIAN_ARMY])  # a state is not its army
    assert meet([RUSSIAN_ARMY], [Actor("Ukrainian army", "Ukraine", "organization", "UKR", "MIL")])
    assert not meet([RUSSIA], [REBELS])
    assert not meet([], [RUSSIA])
    assert last_word(Actor("members of the army")) == "members"


def test_other_words_for_the_same_actor_are_its_mentions() -> None:
    [one] = join_actors([RUSSIA], [MOSCOW, MOSCOW, RUSSIA])
    assert one == replace(RUSSIA, mentions=("Moscow",))
    assert join_actors([RUSSIA], [REBELS]) == (RUSSIA, REBELS)
    assert join_actors((), [RUSSIA, RUSSIA]) == (RUSSIA,)


ACTORS = st.sampled_from(
    [RUSSIA, MOSCOW, RUSSIAN_ARMY, REBELS, *(Actor(word) for word in ("a", "b of c", "c", "d", "e"))]
)


@given(st.lists(ACTORS, max_size=9), st.lists(ACTORS, max_size=9))
def test_actors_are_joined_once_each(told: list[Actor], more: list[Actor]) -> None:
    first = join_actors((), told)
    joined = join_actors(first, more)
    assert len(joined) <= MOST_ACTORS
    assert [one.text for one in joined][: len(first)] == [one.text for one in first]  # their order stays
    texts = [text for one in joined for text in (one.text, *one.mentions)]
    assert len(texts) == len(set(texts))
    assert join_actors(joined, more) == joined


def test_who_bears_arms() -> None:
    assert is_armed(REBELS) and is_armed(RUSSIAN_ARMY)
    assert not is_armed(RUSSIA)


@pytest.mark.parametrize("phrase", ["dissidents of", "dissidents and", "the dissidents ,"])
def test_words_that_join_are_no_end(phrase: str) -> None:
    found = code_actor(f"Police met {phrase} guards.", 11, 11 + len(phrase), lexicon())
    assert found is not None and found[0].text == "dissidents"
