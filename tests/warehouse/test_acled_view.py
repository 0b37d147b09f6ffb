"""`acled_events`: who, where, when and how many, as somebody knows them who works with ACLED's files."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.tables.reference_rows import read_country_codes, read_divisions
from ingest.tables.seeds import load_seeds
from tests.paths import ROOT
from tests.warehouse.newsroom import Files
from tests.warehouse.sample import NOW, make_article, make_mention, write_articles
from transforms.records import Actor, Place
from warehouse.connection import open_build, open_published
from warehouse.load import load_batches
from warehouse.publish import publish
from warehouse.reference import load_reference

MONYWA = Place("Monywa", "Monywa", "MMR", "10", 22.1, 95.1, 1308465, "city")
SAGAING = Place("Sagaing", "Sagaing Region", "MMR", "10", 23.5, 95.5, None, "admin1")
NAIROBI = Place("Nairobi", "Nairobi", "KEN", "05", -1.28, 36.82, 184745, "city")
BAZAR = Place("Cox's Bazar", "Cox’s Bāzār", "BGD", "84", 21.4, 92.0, 1336134, "city")
NABATIEH = Place("Kfar Sir", "Kfar Sîr", "LBN", "07", 33.3, 35.4, 1, "city")
KHARKIV = Place("Kharkiv", "Kharkiv", "UKR", "07", 50.0, 36.2, 706483, "city")
PEOPLE = (Actor("people", "", "group", "", "CVL"),)
PROTEST = {
    "event_type": "PROTEST",
    "mode": "demo",
    "acled_type": "Protests",
    "acled_subtype": "Peaceful protest",
}
SHOT = {"mode": "firearms", "acled_type": "Violence against civilians", "acled_subtype": "Attack"}
NO_TOLL = {"killed_min": None, "killed_max": None}


def act(text: str, sector: str, name: str = "", country: str = "") -> tuple[Actor, ...]:
    return (Actor(text, name, "group", country, sector),)


TOLD: Sequence[dict[str, Any]] = (
    {"place": MONYWA, "actors": act("army", "MIL"), "recipients": PEOPLE},
    {"place": SAGAING, "actors": act("Tatmadaw", "MIL", "Tatmadaw", "MMR"), "recipients": PEOPLE, **NO_TOLL},
    {"place": NAIROBI, "actors": act("miners", "LAB"), "recipients": act("Kenya", "GOV", "Kenya", "KEN"),
     **PROTEST, **NO_TOLL},
    {"place": BAZAR, "actors": act("gunmen", "UAF"), "recipients": act("police", "COP"), **SHOT},
    {"place": NABATIEH, "actors": act("Hezbollah", "REB", "Hezbollah", "LBN"), "recipients": (), **SHOT,
     "date_start": "2026-03", "date_end": "2026-03"},
    {"place": KHARKIV, "actors": act("Russia", "MIL", "Russia", "RUS"), "recipients": PEOPLE,
     "injured_min": 1, "injured_max": 1},
    {"place": KHARKIV, "actors": (), "recipients": PEOPLE, **SHOT, **NO_TOLL, "date_start": ""},
    {"place": NAIROBI, "actors": act("police", "COP"), "recipients": PEOPLE, "mode": "crowd-control",
     "acled_type": "Protests", "acled_subtype": "Excessive force against protesters", **NO_TOLL},
    {"place": MONYWA, "actors": act("army", "MIL"), "recipients": PEOPLE, "background": True,
     "date_start": "2021-02", "date_end": "2021-02"},
    {"place": NAIROBI, "actors": act("miners", "LAB"), "recipients": (), **PROTEST, **NO_TOLL, "realis": "planned",
     "date_start": "2026-03-20", "date_end": "2026-03-20"},
)  # fmt: skip


def load_all(files: Files, told: Sequence[dict[str, Any]]) -> None:
    """Load an article for each of `told`, in an order of its own, and the reference tables."""
    articles = [make_article(f"a{number}", f"Outlet {number}") for number in range(len(told))]
    batch = write_articles(
        files.staging,
        "poll-1/batch-000",
        [(article, [make_mention(article, **given)]) for article, given in zip(articles, told, strict=True)],
    )
    load_batches(files.build, [batch], "poll-1", NOW, 1)
    load_reference(files.build, load_seeds(ROOT / "seeds"), read_country_codes(), read_divisions(), NOW)
    publish(files.build)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The view's rows, in the order of `TOLD`."""
    files = Files(tmp_path_factory.mktemp("acled"))
    load_all(files, TOLD)
    with open_published(files.published) as connection:
        found = connection.sql("FROM acled_events ORDER BY source").to_arrow_table().to_pylist()
    return [row | {"number": int(row["source"].removeprefix("Outlet "))} for row in found]


def pick(rows: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_what_is_recalled_or_planned_is_no_row(rows: list[dict[str, Any]]) -> None:
    assert pick(rows, "number") == [(number,) for number in range(8)]


def test_actors_have_acleds_names(rows: list[dict[str, Any]]) -> None:
    assert pick(rows, "actor1", "assoc_actor_1", "actor2", "assoc_actor_2") == [
        ("Military Forces of Myanmar", "", "Civilians (Myanmar)", ""),
        ("Military Forces of Myanmar", "Tatmadaw", "Civilians (Myanmar)", ""),
        ("Protesters (Kenya)", "Labor Group (Kenya)", None, ""),
        ("Unidentified Armed Group (Bangladesh)", "", "Police Forces of Bangladesh", ""),
        ("Hezbollah", "", None, ""),
        ("Military Forces of Russia", "", "Civilians (Ukraine)", ""),
        ("Unidentified Armed Group (Ukraine)", "", "Civilians (Ukraine)", ""),
        ("Police Forces of Kenya", "", "Protesters (Kenya)", ""),
    ]


def test_interactions_are_words_in_acleds_order(rows: list[dict[str, Any]]) -> None:
    assert pick(rows, "interaction", "civilian_targeting") == [
        ("State forces-Civilians", "Civilian targeting"),
        ("State forces-Civilians", "Civilian targeting"),
        ("Protesters only", ""),
        ("State forces-Political militia", ""),
        ("Rebel group only", ""),
        ("External/Other forces-Civilians", "Civilian targeting"),
        ("Political militia-Civilians", "Civilian targeting"),
        ("State forces-Protesters", "Civilian targeting"),
    ]


def test_places_have_the_names_and_numbers_that_readers_know(rows: list[dict[str, Any]]) -> None:
    assert pick(rows, "iso", "region", "country", "admin1", "location", "geo_precision") == [
        (104, "Southeast Asia", "Myanmar", "Sagaing", "Monywa", 1),
        (104, "Southeast Asia", "Myanmar", "Sagaing", "Sagaing", 3),
        (404, "Eastern Africa", "Kenya", "Nairobi", "Nairobi", 1),
        (50, "South Asia", "Bangladesh", "Chittagong", "Cox's Bazar", 1),
        (422, "Middle East", "Lebanon", "Nabatieh", "Kfar Sir", 1),
        (804, "Europe", "Ukraine", "Kharkiv", "Kharkiv", 1),
        (804, "Europe", "Ukraine", "Kharkiv", "Kharkiv", 1),
        (404, "Eastern Africa", "Kenya", "Nairobi", "Nairobi", 1),
    ]


def test_unknown_deaths_stay_unknown(rows: list[dict[str, Any]]) -> None:
    assert pick(rows, "fatalities", "fatalities_known") == [
        (5, True), (None, False), (None, False), (5, True), (5, True), (5, True), (None, False), (None, False),
    ]  # fmt: skip


def test_days_say_how_well_they_are_known(rows: list[dict[str, Any]]) -> None:
    assert [row["time_precision"] for row in rows] == [1, 1, 1, 1, 3, 1, 2, 1]


def test_notes_are_a_sentence_of_our_own(rows: list[dict[str, Any]]) -> None:
    assert [row["notes"] for row in rows] == [
        "On 9 March 2026, Military Forces of Myanmar carried out an air or drone strike on Civilians (Myanmar) "
        "in Monywa, Sagaing, Myanmar; 5 people were reported killed.",
        "On 9 March 2026, Military Forces of Myanmar carried out an air or drone strike on Civilians (Myanmar) "
        "in Sagaing, Myanmar.",
        "On 9 March 2026, Protesters (Kenya) held a protest in Nairobi, Kenya.",
        "On 9 March 2026, Unidentified Armed Group (Bangladesh) carried out an attack on Police Forces of "
        "Bangladesh in Cox's Bazar, Chittagong, Bangladesh; 5 people were reported killed.",
        "In March 2026, Hezbollah carried out an attack in Kfar Sir, Nabatieh, Lebanon; 5 people were reported "
        "killed.",
        "On 9 March 2026, Military Forces of Russia carried out an air or drone strike on Civilians (Ukraine) in "
        "Kharkiv, Ukraine; 5 people were reported killed and 1 injured.",
        "Around 10 March 2026, Unidentified Armed Group (Ukraine) carried out an attack on Civilians (Ukraine) in "
        "Kharkiv, Ukraine.",
        "On 9 March 2026, Police Forces of Kenya used force against Protesters (Kenya) in Nairobi, Kenya.",
    ]


def test_the_view_has_acleds_columns(rows: list[dict[str, Any]]) -> None:
    """Source: the ACLED codebook of 2024, 31 columns; the last one is ours."""
    names = [name for name in rows[0] if name != "number"]
    assert len(names) == 32
    assert (names[0], names[16], names[27], names[30], names[31]) == (
        "event_id_cnty",
        "region",
        "notes",
        "timestamp",
        "fatalities_known",
    )


def test_every_wording_is_one_sentence(files: Files) -> None:
    """All types that ACLED knows, with and without actors."""
    types = [row for row in load_seeds(ROOT / "seeds").event_types if row.acled_type]
    sides = ((), act("gunmen", "UAF")), (act("gunmen", "UAF"), ()), (act("gunmen", "UAF"), PEOPLE), ((), ())
    told = [
        {
            "event_type": row.type, "mode": row.mode, "acled_type": row.acled_type,
            "acled_subtype": row.acled_subtype, "actors": actors, "recipients": recipients,
            "place": replace(MONYWA, name=f"Town {number} {side}"),
            "date_start": str(date(2020, 1, 1) + timedelta(days=10 * (4 * number + side))), "date_end": "",
        }
        for number, row in enumerate(types)
        for side, (actors, recipients) in enumerate(sides)
    ]  # fmt: skip
    load_all(files, told)
    with open_published(files.published) as connection:
        notes = [row[0] for row in connection.execute("SELECT notes FROM acled_events").fetchall()]
    assert len(notes) > 150
    wrong = [
        note
        for note in notes
        if not note or "  " in note or " in Town" not in note or note.count(".") != 1 or " , " in note
    ]
    assert wrong == []


def test_whoever_asks_gets_what_is_only_recalled(files: Files) -> None:
    load_all(files, TOLD)
    with open_published(files.published) as connection:
        counts = {
            name: (connection.table(name).shape[0], connection.table(f"{name}_all").shape[0])
            for name in ("acled_events", "gdelt_events")
        }
        assert counts == {"acled_events": (8, 9), "gdelt_events": (8, 9)}
        daily = "SELECT sum(events)::INTEGER FROM events_daily"
        assert connection.execute(daily).fetchall() == [(8,)]
        assert connection.execute(f"{daily}_all WHERE background").fetchall() == [(1,)]


def test_names_of_divisions_follow_the_reference_table(files: Files, tmp_path: Path) -> None:
    """Before the table is loaded, after it, after it changed, and in an event that a later load makes."""
    load_all(files, TOLD[:1])
    names = "SELECT event_id, admin1, admin1_name, load_id FROM events ORDER BY place_name"
    with open_build(files.build) as connection:
        [(event_id, code, name, load_id)] = connection.execute(names).fetchall()
    assert (code, name) == ("10", "Sagaing")
    renamed = [
        replace(row, name="Zagaing") if (row.country, row.admin1) == ("MMR", "10") else row
        for row in read_divisions()
    ]
    seeds, codes = load_seeds(ROOT / "seeds"), read_country_codes()
    assert load_reference(files.build, seeds, codes, renamed, NOW) == ("divisions",)
    article = make_article("later", "Other")
    batch = write_articles(
        files.staging, "poll-2/batch-000", [(article, [make_mention(article, place=NABATIEH)])]
    )
    load_batches(files.build, [batch], "poll-2", NOW, 1)
    with open_build(files.build) as connection:
        (kfar_sir, monywa) = connection.execute(names).fetchall()
    assert kfar_sir[2] == "Nabatieh"
    assert monywa == (event_id, "10", "Zagaing", load_id)
