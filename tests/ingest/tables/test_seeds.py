"""Seeds tables: what is bundled, what a user adds, and what a broken row is told."""

import shutil
from pathlib import Path

import pytest

from ingest.bundled import SEEDS
from ingest.tables.gazetteer_file import open_gazetteer
from ingest.tables.seeds import SEED_FILES, hash_tables, load_seeds
from tests.coders import CACHE, PUBLISHED, bundled_tables, code, shipped_judge, whole_gazetteer
from transforms.coder.code_document import JudgedCoder
from transforms.coder.lexicon import build_lexicon, list_names
from transforms.coder.protocol import code_one
from transforms.errors import Permanent
from transforms.records import Document


def user_file(folder: Path, name: str, *rows: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("\n".join(["# mine", SEED_FILES[name], *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "row", "column", "problem"),
    [
        ("triggers.csv", "zap,verb,ASSAULTS,,,", "type", "not one of"),
        ("triggers.csv", "zap,verb,ASSAULT,laser,,", "mode", "no mode of ASSAULT"),
        ("triggers.csv", ",verb,ASSAULT,,,", "phrase", "is empty"),
        ("triggers.csv", "zap,verb", "type", "is missing"),
        ("triggers.csv", "zap,verb,ASSAULT,,21,", "cameo", "no CAMEO code"),
        ("triggers.csv", "zap,verb,ASSAULT,,,zapped,more", "forms", "7 cells for 6 columns"),
        ("triggers.csv", "{zap|zip a,verb,ASSAULT,,,", "phrase", "a brace too many"),
        ("triggers.csv", "{zap|zip},verb,ASSAULT,,,zapped", "forms", "for several phrases"),
        ("actors.csv", "Red Hand,,gang,SYR,REB", "kind", "not one of"),
        ("actors.csv", "Red Hand,,organization,Syria,REB", "country", "no ISO 3166-1"),
        ("event_types.csv", "ASSAULT,laser,190,strong,4,,", "goldstein", "no number"),
        ("event_types.csv", "ASSAULT,laser,190,-5,9,,", "quad", "not between 1 and 4"),
        ("regions.csv", "Nowhere,,SYR,region,", "anchors", "is empty"),
        ("agents.csv", "ninja,,person,REB,maybe", "armed", "not one of"),
        ("countries.csv", "XYZ,XY,Nowhere,,,,north,1", "lat", "no number"),
        ("weapons.csv", '"club,primitive', "word", "not valid CSV"),
        ("weapons.csv", "trebuchet,siege", "mode", "no mode of ASSAULT"),
        ("actors.csv", "Red Hand,,organization,SYR,ARMY", "sector", "not one of"),
        ("actors.csv", "Red Hand,,organization,SYX,REB", "country", "in no row of countries.csv"),
        ("actors.csv", "Red Hand,,organization,SYR,REB,2024-13-01,", "from", "no day such as"),
        ("actors.csv", "Red Hand,,organization,SYR,REB,,8 December 2024", "until", "no day such as"),
        ("actors.csv", "Red Hand,,organization,SYR,REB,2024-12-08,2024-12-07", "until", "is before"),
        ("actors.csv", "Red Hand,,organization", "country", "is missing; a row has 5 cells"),
        ("actors.csv", "Red Hand,,organization,SYR,REB,,,", "until", "8 cells for 7 columns"),
        ("agents.csv", "ninja,,person,NINJA,", "sector", "not one of"),
        ("agents.csv", "ninja,,people,REB,", "kind", "not one of"),
        ("agents.csv", "ninja,,person,,", "sector", "not one of"),
        ("regions.csv", "Nowhere,,XQX,region,Aleppo", "country", "in no row of countries.csv"),
        ("countries.csv", "Xyz,XY,Nowhere,,,,,", "iso3", "no ISO 3166-1 alpha-3 code"),
        ("countries.csv", "XYZ,xy,Nowhere,,,,,", "iso2", "no ISO 3166-1 alpha-2 code"),
        ("countries.csv", "XYZ,XY,,,,,,", "name", "is empty"),
    ],
)
def test_a_broken_row_is_named_by_file_line_and_column(
    tmp_path: Path, name: str, row: str, column: str, problem: str
) -> None:
    path = user_file(tmp_path, name, row)
    with pytest.raises(Permanent) as failure:
        load_seeds(SEEDS, tmp_path)
    assert str(failure.value).startswith(f"{path}, line 3, column {column!r}: ")
    assert problem in str(failure.value)


def test_alternatives_stand_for_a_row_each_and_a_row_of_its_own_goes_before(tmp_path: Path) -> None:
    user_file(
        tmp_path,
        "triggers.csv",
        "{zap|zip} {town|mast},verb,ASSAULT,destroy,,",
        "zap mast,verb,COERCE,seize,,",
        "{zip|zop} mast,verb,PROTEST,demo,,",
    )
    rows = {row.phrase: row.mode for row in load_seeds(SEEDS, tmp_path).triggers if row.pos == "verb"}
    assert {
        phrase: rows[phrase] for phrase in ("zap town", "zip town", "zap mast", "zip mast", "zop mast")
    } == {
        "zap town": "destroy",
        "zip town": "destroy",
        "zap mast": "seize",
        "zip mast": "destroy",
        "zop mast": "demo",
    }


def test_a_wrong_header_and_a_doubled_row_are_told(tmp_path: Path) -> None:
    path = tmp_path / "weapons.csv"
    path.write_text("word;mode\n", encoding="utf-8")
    with pytest.raises(Permanent, match=r"line 1, .*the header should be word,mode"):
        load_seeds(SEEDS, tmp_path)
    user_file(tmp_path, "weapons.csv", "trebuchet,heavy-weapons", "trebuchet,primitive")
    with pytest.raises(Permanent, match=r"line 4, .*repeats the row of line 3"):
        load_seeds(SEEDS, tmp_path)
    path.write_bytes(b"word,mode\ntr\xe9buchet,primitive\n")
    with pytest.raises(Permanent, match="not UTF-8"):
        load_seeds(SEEDS, tmp_path)


def test_a_missing_bundled_file_is_told(tmp_path: Path) -> None:
    shutil.copytree(SEEDS, tmp_path / "seeds", ignore=shutil.ignore_patterns("newsroom"))
    (tmp_path / "seeds" / "agents.csv").unlink()
    with pytest.raises(Permanent, match=r"agents\.csv: cannot be read"):
        load_seeds(tmp_path / "seeds")


def test_a_users_file_of_a_misspelt_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "trigers.csv").write_text("phrase,pos,type,mode,cameo,forms\n", encoding="utf-8")
    with pytest.raises(Permanent, match=r"trigers\.csv: no table has this name; there are .*triggers\.csv"):
        load_seeds(SEEDS, tmp_path)


def test_a_file_with_the_columns_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    (tmp_path / "triggers.csv").write_text(
        "phrase,pos,type,mode,cameo,frame,needs,forms\nzap,verb,ASSAULT,,1823,actor=subj,human,zapped|zapt\n",
        encoding="utf-8",
    )
    [row] = load_seeds(SEEDS, tmp_path).triggers
    assert (row.cameo, row.forms) == ("1823", ("zapped", "zapt"))


def test_a_users_rows_take_effect(tmp_path: Path) -> None:
    text = "Red Hand fighters glorped three soldiers in Aleppo on Monday."
    user_file(tmp_path, "triggers.csv", "glorp,verb,ASSAULT,firearms,,")
    user_file(tmp_path, "actors.csv", "Red Hand,Red Hand Brigade,organization,SYR,REB")
    tables = load_seeds(SEEDS, tmp_path)
    gazetteer = open_gazetteer(CACHE, tables.countries, tables.regions)
    coder = JudgedCoder(tables, gazetteer, hash_tables(tables), shipped_judge())
    event = code_one(coder, Document(id="u", text=text, published_at=PUBLISHED)).events[0]
    assert (event.event_type, event.mode, event.date_start) == ("ASSAULT", "firearms", "2026-03-02")
    assert (event.actors[0].name, event.actors[0].country) == ("Red Hand", "SYR")
    assert hash_tables(tables) != hash_tables(bundled_tables())


def test_a_users_row_forbids_words(tmp_path: Path) -> None:
    text = "Gunmen killed three soldiers in Aleppo on Monday."
    assert [event.event_type for event in code(text)] == ["ASSAULT"]
    user_file(tmp_path, "triggers.csv", "kill,verb,NONE,,,")
    tables = load_seeds(SEEDS, tmp_path)
    coder = JudgedCoder(tables, whole_gazetteer(), hash_tables(tables), shipped_judge())
    assert code_one(coder, Document(id="u", text=text, published_at=PUBLISHED)).events == ()


def test_a_users_row_takes_the_place_of_the_bundled_one(tmp_path: Path) -> None:
    user_file(tmp_path, "actors.csv", "Hamas,,organization,PSE,GOV")
    rows = [row for row in load_seeds(SEEDS, tmp_path).actors if row.name == "Hamas"]
    assert [row.sector for row in rows] == ["GOV"]
    assert len(load_seeds(SEEDS, tmp_path).actors) == len(bundled_tables().actors)


@pytest.mark.parametrize(
    ("name", "rows", "column", "problem"),
    [
        (
            "actors.csv",
            ("Red Hand,RH,organization,SYR,REB", "Blue Hand,RH,organization,SYR,REB"),
            "aliases",
            "RH",
        ),
        (
            "actors.csv",
            ("Red Hand,,organization,SYR,REB", "Blue,Red Hand,organization,SYR,REB"),
            "aliases",
            "Red",
        ),
        ("actors.csv", ("al-Red,,organization,SYR,REB", "Al Red,,organization,SYR,REB"), "name", "Al Red"),
        ("agents.csv", ("ninja,,person,REB,", "nin,ninja,person,REB,"), "plural", "ninja"),
        ("countries.csv", ("XYZ,XY,Nowhere,Noer,,,,", "XYX,XX,Anywhere,Noer,,,,"), "demonyms", "Noer"),
        ("countries.csv", ("XYZ,XY,Nowhere,,,,,", "XYX,XY,Anywhere,,,,,"), "iso2", "XY"),
    ],
)
def test_a_word_that_stands_for_two_is_told(
    tmp_path: Path, name: str, rows: tuple[str, str], column: str, problem: str
) -> None:
    path = user_file(tmp_path, name, *rows)
    with pytest.raises(Permanent) as failure:
        load_seeds(SEEDS, tmp_path)
    assert str(failure.value).startswith(f"{path}, line 4, column {column!r}: '{problem}")
    assert "in line 3" in str(failure.value)


def test_several_rows_of_a_name_differ_in_their_first_day(tmp_path: Path) -> None:
    user_file(tmp_path, "actors.csv", "A B,,person,SYR,GOV,2020-01-01,", "A B,,person,SYR,OPP,2020-01-01,")
    with pytest.raises(Permanent, match=r"line 4, column 'name': repeats the row of line 3"):
        load_seeds(SEEDS, tmp_path)


def test_a_file_without_the_last_columns_is_read(tmp_path: Path) -> None:
    (tmp_path / "actors.csv").write_text(
        "name,aliases,kind,country,sector\nRed Hand,,organization,SYR,REB\n", encoding="utf-8"
    )
    assert load_seeds(SEEDS, tmp_path).actors[-1].name == "Red Hand"
    (tmp_path / "actors.csv").write_text("name,aliases,kind\nRed Hand,,organization\n", encoding="utf-8")
    with pytest.raises(Permanent, match="the header should be name,aliases,kind,country,sector,from,until"):
        load_seeds(SEEDS, tmp_path)


def test_a_users_alias_wins_over_a_bundled_one(tmp_path: Path) -> None:
    user_file(tmp_path, "actors.csv", "Mercosur trade union,OAS,organization,ARG,LAB")
    lexicon = build_lexicon(load_seeds(SEEDS, tmp_path))
    assert lexicon.actors["OAS"].name == "Mercosur trade union"
    assert lexicon.actors["Organization of American States"].sector == "IGO"


def test_the_bundled_tables_are_wide_and_unambiguous() -> None:
    tables = bundled_tables()  # loading it has told of any word that stands for two
    assert len({row.name for row in tables.actors}) >= 800
    states = {name for row in tables.countries for name in (row.name, *row.aliases, *row.demonyms)}
    assert not states & {name for row in tables.actors for name in list_names(row)}
    assert not [row.name for row in tables.actors if not row.sector]
    persons = {row.name for row in tables.actors if row.kind == "person"}
    assert not persons & {row.name for row in tables.actors if row.kind != "person"}


def test_every_state_has_its_words() -> None:
    countries = bundled_tables().countries
    # of these, English has no word of its own, or only another's
    nameless = {"DMA", "VAT", "SPM", "SXM"}
    assert {row.iso3 for row in countries if not row.demonyms} == nameless
    assert len([row for row in countries if row.capital]) >= 195


def test_every_state_has_its_codes() -> None:
    countries = bundled_tables().countries
    assert len(countries) >= 195
    assert len({row.iso2 for row in countries}) == len(countries)
