"""Who a name means: on a day, in a text, in any spelling."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.coders import bundled_tables, code
from transforms.coder.lexicon import ActorRow, Lexicon, build_lexicon, find_actor, spell_name, view_document


def small_lexicon(*rows: ActorRow) -> Lexicon:
    # without words and weapons, which take most of the time and mean nobody
    return build_lexicon(replace(bundled_tables(), actors=rows, triggers=(), agents=(), weapons=()))


def person(name: str, sector: str, since: str = "", until: str = "", *aliases: str) -> ActorRow:
    return ActorRow(name, aliases, "person", "SYR", sector, since, until)


TWICE = small_lexicon(
    person("Ana Bel", "GOV", "2010-05-01", "2014-04-30", "Bel"),
    person("Ana Bel", "GOV", "2018-05-01"),
    person("Ana Bel", "OPP", "2014-05-01", "2016-12-31"),
)


@pytest.mark.parametrize(
    ("day", "sector"),
    [
        (date(2010, 4, 30), "ELI"),
        (date(2010, 5, 1), "GOV"),
        (date(2014, 4, 30), "GOV"),
        (date(2014, 5, 1), "OPP"),
        (date(2017, 6, 1), "ELI"),
        (date(2030, 1, 1), "GOV"),
        (None, "GOV"),
    ],
)
def test_the_row_of_the_day_counts(day: date | None, sector: str) -> None:
    for name in ("Ana Bel", "Bel"):
        row = find_actor(TWICE, name, day)
        assert row is not None
        assert (row.name, row.sector) == ("Ana Bel", sector)
        assert view_document(TWICE, f"On Monday {name} spoke.", day).actors[name].sector == sector


def test_a_row_without_days_holds_where_no_other_does() -> None:
    lexicon = small_lexicon(person("Ana Bel", "OPP"), person("Ana Bel", "GOV", "2010-05-01", "2014-04-30"))
    sectors = [find_actor(lexicon, "Ana Bel", date(year, 7, 1)) for year in (2009, 2012, 2016)]
    assert [row.sector for row in sectors if row] == ["OPP", "GOV", "OPP"]


def test_a_body_without_a_row_for_the_day_is_what_its_first_row_says() -> None:
    lexicon = small_lexicon(ActorRow("Red Hand", (), "organization", "SYR", "REB", "", "2024-12-07"))
    row = find_actor(lexicon, "Red Hand", date(2025, 1, 1))
    assert row is not None
    assert row.sector == "REB"


def test_an_alias_in_parentheses_needs_the_full_name_in_the_text() -> None:
    lexicon = small_lexicon(
        ActorRow("Red Hand", ("(RH)",), "organization", "SYR", "REB"),
        ActorRow("Royal Hospital", ("(RH)",), "organization", "GBR", "HLH"),
    )
    assert "RH" not in view_document(lexicon, "The RH said so.", None).actors
    assert view_document(lexicon, "Red Hand (RH) said so.", None).actors["RH"].name == "Red Hand"
    assert view_document(lexicon, "The RH, or Royal Hospital.", None).actors["RH"].sector == "HLH"


def test_a_text_without_such_names_leaves_the_lexicon_as_it_is() -> None:
    assert view_document(TWICE, "Nobody spoke.", date(2012, 1, 1)) is TWICE


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.integers(0, 4000))
def test_a_term_holds_on_its_days_only(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    lexicon = small_lexicon(person("Ana Bel", "GOV", first.isoformat(), last.isoformat()))
    days = (first - timedelta(days=1), first, last, last + timedelta(days=1))
    rows = [find_actor(lexicon, "Ana Bel", day) for day in days]
    assert [row.sector for row in rows if row] == ["ELI", "GOV", "GOV", "ELI"]


def test_spellings_follow_from_rules() -> None:
    assert set(spell_name("al-Xama")) == {"al-Xama", "Al-Xama", "al Xama", "Al Xama"}
    assert set(spell_name("Xama Defence Organization")) >= {
        "Xama Defense Organization",
        "Xama Defense Organisation",
    }
    assert set(spell_name("José Núñez")) == {"José Núñez", "Jose Nunez"}
    assert set(spell_name("Workers' Front")) == {"Workers' Front", "Workers’ Front"}
    assert spell_name("Red Hand") == ("Red Hand",)


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_names_with_an_apostrophe_are_found(apostrophe: str) -> None:
    text = f"The People{apostrophe}s Liberation Army shelled a village near Taipei on Monday."
    assert [actor.name for event in code(text) for actor in event.actors] == ["People's Liberation Army"]


def test_a_country_whose_name_ends_in_a_common_word_is_a_country() -> None:
    (event,) = code("North Korea threatened the United States on Monday.")
    assert [(actor.kind, actor.country) for actor in event.recipients] == [("country", "USA")]


def test_fighters_of_a_body_without_arms_are_armed() -> None:
    (event,) = code("Fatah gunmen killed three villagers near Jenin on Monday.")
    assert [(actor.name, actor.sector) for actor in event.actors] == [("Fatah", "UAF")]


def test_the_day_of_the_text_says_who_holds_an_office() -> None:
    text = "Emmanuel Macron met Olaf Scholz in Berlin on Monday."
    sectors = []
    for year in (2016, 2023, 2026):
        events = code(text, datetime(year, 3, 5, tzinfo=UTC))
        sectors.append({actor.name: actor.sector for e in events for actor in (*e.actors, *e.recipients)})
    assert [day["Emmanuel Macron"] for day in sectors] == ["ELI", "GOV", "GOV"]
    assert [day["Olaf Scholz"] for day in sectors] == ["ELI", "GOV", "ELI"]
