"""Annotations without the text they are about: what a person writes comes back as the annotated sets have it."""

import gzip
import json
from pathlib import Path

import pytest

from tests.paths import ROOT
from training.own_news import REALIS, read_own_news
from training.stand_off import ROLES, read_raw, read_stand_off, read_written

TITLE = "Four hurt as shells hit Tarn"
TEXT = "Shells fell on the  town of Tarn on Monday.\nThe army denied an attack. Four men were hurt, a nurse said."
WRITTEN = """==== a1 | 2016-03-01
0|hurt|ASSAULT/heavy-weapons|a||Four|Tarn|||4|shells|1
1|fell on|ASSAULT/heavy-weapons|ab|>army|town of Tarn|Tarn|Monday|||Shells|1
2|attack|ASSAULT/|n|army||||||| 2
==== a2 | 2016-03-01
"""


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    path = tmp_path / "raw.jsonl.gz"
    articles = [{"id": name, "title": TITLE, "text": TEXT} for name in ("a1", "a2", "a3")]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("\n".join(map(json.dumps, articles)))
    return path


def test_what_is_written_comes_back_without_having_been_stored(tmp_path: Path, raw: Path) -> None:
    written = tmp_path / "b.ann"
    written.write_text(WRITTEN, encoding="utf-8")
    folder = tmp_path / "annotations"
    folder.mkdir()
    rows = [json.dumps(row) for row in read_written([written], read_raw(raw))]
    (folder / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
    assert "Tarn" not in "".join(rows)
    first, second = read_stand_off(folder, raw)
    assert second["mentions"] == []
    head, fell, denied = first["mentions"]
    assert (head["sentence"], head["start"], head["trigger"], head["injured"]) == (0, -1, "hurt", 4)
    assert (fell["trigger"], fell["actor"], fell["recipient"]) == ("fell on", ["army"], ["town of Tarn"])
    assert (fell["place"], fell["date"], fell["background"]) == ("Tarn", "Monday", True)
    assert TEXT[fell["start"] : fell["end"]].endswith("Monday.")
    assert (denied["trigger"], denied["realis"], denied["event"]) == ("attack", "negated", 2)


def test_a_string_that_stands_nowhere_is_named(tmp_path: Path, raw: Path) -> None:
    written = tmp_path / "b.ann"
    written.write_text("==== a1\n1|rained|ASSAULT/|a||||||||1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="'rained' is not in 'Shells"):
        list(read_written([written], read_raw(raw)))


def test_what_is_committed_holds_labels_and_numbers_only() -> None:
    paths = sorted((ROOT / "training" / "annotations").glob("*.jsonl"))
    assert paths
    words = {
        "trigger",
        "sentence",
        "type",
        "mode",
        "realis",
        "background",
        "killed",
        "injured",
        "event",
        *ROLES,
    }
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            for mention in json.loads(line)["mentions"]:
                assert set(mention) == words
                assert mention["realis"] in REALIS.values()
                assert all(isinstance(n, int) for role in ROLES for span in mention[role] for n in span)


def test_all_our_own_texts_follow_the_format() -> None:
    texts = read_own_news(ROOT / "training" / "news")
    assert len(texts) >= 975
    assert len({text.id for text in texts}) == len(texts)
