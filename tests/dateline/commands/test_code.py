"""`dateline code`: files and streams in, one JSON object a document out."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from dateline.commands.code import command
from ingest.tables.gazetteer_file import find_gazetteer_file
from tests.coders import CACHE, whole_gazetteer
from tests.limits import HANG_S
from tests.paths import ROOT
from transforms.errors import Permanent

SENTENCE = "Gunmen killed five people in Peshawar on Thursday."


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    whole_gazetteer()
    (tmp_path / "home" / "cache").mkdir(parents=True)
    find_gazetteer_file(tmp_path / "home" / "cache").symlink_to(find_gazetteer_file(CACHE))
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path / "home"))
    yield tmp_path / "home"


def run(*arguments: str, stdin: str = "") -> list[dict[str, object]]:
    result = CliRunner().invoke(command, list(arguments), input=stdin, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json_lines_give_a_line_each(home: Path, tmp_path: Path) -> None:
    lines = [
        {"id": "a", "text": SENTENCE, "published": "2026-03-05"},
        {"id": "b", "text": "It rained.", "published": "2026-03-05T08:00:00+05:00", "lang": "en"},
    ]
    path = tmp_path / "texts.jsonl"
    path.write_text("\n\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    first, second = run(str(path))
    assert second == {"id": "b", "events": [], "places": []}
    assert first == {
        "id": "a",
        "events": [
            {
                "event_type": "ASSAULT",
                "mode": "firearms",
                "realis": "actual",
                "actors": [
                    {
                        "text": "Gunmen",
                        "name": "",
                        "kind": "group",
                        "country": "",
                        "sector": "UAF",
                        "mentions": [],
                    }
                ],
                "recipients": [
                    {
                        "text": "five people",
                        "name": "",
                        "kind": "group",
                        "country": "",
                        "sector": "CVL",
                        "mentions": [],
                    }
                ],
                "weapons": [],
                "date_start": "2026-03-05",
                "date_end": "2026-03-05",
                "date_text": "Thursday",
                "place": {
                    "text": "Peshawar",
                    "name": "Peshawar",
                    "country": "PAK",
                    "admin1": "03",
                    "lat": 34.008,
                    "lon": 71.57849,
                    "geonameid": 1168197,
                    "precision": "city",
                },
                "killed_min": 5,
                "killed_max": 5,
                "injured_min": None,
                "injured_max": None,
                "cameo": "193",
                "goldstein": -10.0,
                "quad": 4,
                "acled_type": "Violence against civilians",
                "acled_subtype": "Attack",
                "sentence": SENTENCE,
                "sentence_start": 0,
                "sentence_end": 50,
                "confidence": first["events"][0]["confidence"],  # type: ignore[index]
                "background": False,
                "toll_claimed": False,
                "coder": first["events"][0]["coder"],  # type: ignore[index]
            }
        ],
        "places": [
            {
                "text": "Peshawar",
                "start": 29,
                "end": 37,
                "name": "Peshawar",
                "country": "PAK",
                "lat": 34.008,
                "lon": 71.57849,
                "geonameid": 1168197,
            }
        ],
    }


def test_plain_text_is_one_document(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text(f"A title\n\n{SENTENCE}\n", encoding="utf-8")
    (coded,) = run(str(path))
    assert coded["id"] == str(path)
    (coded,) = run(stdin=SENTENCE)
    assert coded["id"] == "stdin"
    assert coded["events"][0]["killed_min"] == 5  # type: ignore[index]
    assert run(stdin="") == [{"id": "stdin", "events": [], "places": []}]


def test_broken_lines_are_told_and_the_rest_is_coded(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "broken.jsonl"
    good = json.dumps({"id": "good", "text": "It rained."})
    rows = [
        '{"id": "x"',
        '{"id": 3, "text": "a"}',
        '{"id": "d", "text": "a", "published": "soon"}',
        "[]",
        good,
    ]
    path.write_text("\n".join([good, *rows]) + "\n", encoding="utf-8")
    result = CliRunner().invoke(command, [str(path)])
    assert isinstance(result.exception, Permanent)
    assert "4 broken line(s)" in str(result.exception)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["good", "good"]
    told = result.stderr.splitlines()
    assert [line.split(":")[1].strip() for line in told] == [f"{path}, line {n}" for n in (2, 3, 4, 5)]
    assert "`published` is 'soon'" in told[2]


def test_a_missing_file_is_told(home: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(command, [str(tmp_path / "none.jsonl")])
    assert isinstance(result.exception, Permanent) and "cannot be read" in str(result.exception)


def test_a_line_comes_out_as_soon_as_one_goes_in(home: Path) -> None:
    program = "from dateline.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program, "code"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "DATELINE_HOME": str(home)},
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        for name in ("one", "two"):
            process.stdin.write(json.dumps({"id": name, "text": SENTENCE}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == name
        process.stdin.close()
        assert process.wait(HANG_S) == 0


def test_a_users_seeds_are_read(home: Path) -> None:
    (home / "seeds").mkdir()
    (home / "seeds" / "triggers.csv").write_text(
        "phrase,pos,type,mode,cameo,frame,needs,forms\nzap,verb,ASSAULT,firearms,,,human,\n", encoding="utf-8"
    )
    (coded,) = run(stdin="Rebels zapped five people in Peshawar.")
    assert [event["mode"] for event in coded["events"]] == ["firearms"]  # type: ignore[attr-defined]


def test_a_users_word_counts_that_the_judge_does_not_know(home: Path) -> None:
    text = "The choir glorped in Niamey on Sunday. The weather was fine in the afternoon."
    assert run(stdin=text)[0]["events"] == []
    (home / "seeds").mkdir()
    header = "phrase,pos,type,mode,cameo,frame,needs,forms"
    (home / "seeds" / "triggers.csv").write_text(f"{header}\nglorp,verb,PROTEST,demo,,,,\n", encoding="utf-8")
    (coded,) = run(stdin=text)
    assert [(event["event_type"], event["mode"]) for event in coded["events"]] == [("PROTEST", "demo")]  # type: ignore[attr-defined]


def test_stories_put_documents_about_one_happening_together(home: Path, tmp_path: Path) -> None:
    ferry = (
        "The ferry Maribel ran aground off Port Vell on Monday. Eleven passengers were flown to Tarragona."
    )
    lines = [
        {"id": "wire", "title": "Ferry runs aground", "text": ferry, "published": "2026-03-02"},
        {"id": "vote", "title": "Farmers win", "text": "Osip Brel won the election in Ruthenia on Sunday."},
        {"id": "copy", "text": f"(Wire) {ferry}", "published": "2026-03-03"},
        {"id": "crawled", "text": ferry, "published": "2028-03-03"},
        {
            "id": "years-later",
            "text": "The ferry Oriel struck a sandbank. Tourists walked ashore.",
            "published": "2028-03-03",
        },
        {"id": "wall", "text": ferry, "page_kind": "consent_wall"},
        {"id": "german", "text": "Die Fähre Maribel lief vor Port Vell auf Grund.", "lang": "de"},
    ]
    path = tmp_path / "texts.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    stories = {str(line["id"]): line["story_id"] for line in run("--stories", str(path))}
    assert stories["wire"] == stories["copy"] == stories["crawled"]
    assert len(set(stories.values())) == 5
    assert all("story_id" not in line for line in run(str(path)))


def test_a_stream_is_answered_line_by_line(home: Path) -> None:
    """A line is printed before the next one is read, so a stream without end can be coded."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dateline", "code", "--stories"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    found = []
    for name in ("a", "b"):
        process.stdin.write(json.dumps({"id": name, "text": SENTENCE}) + "\n")
        process.stdin.flush()
        found.append(json.loads(process.stdout.readline()))
    process.stdin.close()
    process.stdout.close()
    assert process.wait() == 0
    assert found[0]["story_id"] == found[1]["story_id"]


def test_half_a_character_anywhere_in_a_line_is_printed_as_unknown(home: Path, tmp_path: Path) -> None:
    half = "\\ud83d"
    line = f'{{"id": "a{half}", "text": "{half}{SENTENCE}", "title": "{half}", "published": "2026-03-05"}}'
    path = tmp_path / "texts.jsonl"
    path.write_text(f'{line}\n{{"id": "b", "text": "{SENTENCE}", "lang": "{half}"}}\n', encoding="utf-8")
    for arguments in ([str(path)], [str(path), "--stories"]):
        first, second = run(*arguments)
        assert first["id"] == "a\ufffd"
        events = first["events"]
        assert isinstance(events, list)
        assert [event["killed_min"] for event in events] == [5]
        assert second["events"] == []


def test_the_zone_of_publication_tells_which_day_it_was(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    instants = ("2026-03-06T01:00:00+08:00", "2026-03-05T17:00:00Z", "2026-03-05T17:00:00")
    lines = [
        json.dumps({"id": at, "text": SENTENCE.replace("Thursday", "Friday"), "published": at})
        for at in instants
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    days = []
    for line in run(str(path)):
        events = line["events"]
        assert isinstance(events, list)
        days += [event["date_start"] for event in events]
    assert days == ["2026-03-06", "2026-02-27", "2026-02-27"]


def test_earlier_documents_of_a_site_are_a_hint_to_places(home: Path, tmp_path: Path) -> None:
    texts = [
        "A barn burned down near Powderly, Texas, on Monday.",
        "The Lamar County sheriff held two men from Blossom, Texas.",
        "Roads between Bonham and Honey Grove in Texas were closed.",
        "The council in Paris met.",
    ]

    def find_last(urls: list[str]) -> object:
        lines = [{"id": str(nth), "text": text, "url": urls[nth]} for nth, text in enumerate(texts)]
        path = tmp_path / "texts.jsonl"
        path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        places = run(str(path))[-1]["places"]
        assert isinstance(places, list)
        return places[0]["country"]

    assert find_last([f"https://www.courier.example/{nth}" for nth in range(4)]) == "USA"
    assert find_last([f"https://paper{nth}.example/" for nth in range(4)]) == "FRA"
    assert find_last([""] * 4) == "FRA"
