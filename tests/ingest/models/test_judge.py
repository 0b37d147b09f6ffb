"""The judge that is shipped: it finds what a sentence reports, and says what is wrong with a broken folder."""

import shutil
from pathlib import Path

import pytest

from ingest.bundled import MODELS
from ingest.models.judge import open_judge
from transforms.coder.judge import HEADLINE, judge_text
from transforms.coder.pair_odds import rate_pair
from transforms.errors import Permanent

FOLDER = MODELS / "judge"
SENTENCES = [
    "Gunmen killed five people at a market in Peshawar on Thursday, police said.",
    "The museum opens its new wing on Sunday.",
    "The gunmen fled after the attack, in which nine others were wounded.",
    "Workers plan to march on parliament next Friday.",
]


def test_triggers_of_a_text() -> None:
    found = judge_text(open_judge(FOLDER).encoder, "Five killed in Peshawar market attack", SENTENCES, 0.5)
    told = {(one.sentence, one.event_type) for one in found}
    assert {(HEADLINE, "ASSAULT"), (0, "ASSAULT"), (2, "ASSAULT")} <= told
    assert not any(sentence == 1 for sentence, _ in told)
    planned = [one for one in found if one.sentence == 3 and one.event_type == "PROTEST"]
    assert [one.realis for one in planned] == ["planned"]
    killed = next(one for one in found if one.sentence == 0)
    assert SENTENCES[0][killed.start : killed.end] == killed.text
    assert [SENTENCES[0][start:end] for start, end in killed.roles["actor"]] == ["Gunmen"]


def test_the_mentions_of_one_attack_are_a_pair() -> None:
    judge = open_judge(FOLDER)
    found = judge_text(judge.encoder, "", SENTENCES, 0.5)
    first, again = (next(one for one in found if one.sentence == number) for number in (0, 2))
    assert rate_pair(first, again, judge.pairs) > 0


@pytest.mark.parametrize("name", ["judge.onnx", "labels.json", "vocabulary.txt", "pairs.npz"])
def test_a_broken_folder_is_named(name: str, tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "judge")
    (tmp_path / "judge" / name).write_text("broken", encoding="utf-8")
    with pytest.raises(Permanent, match=r"judge: cannot be read as the judge .* install Dateline again"):
        open_judge(tmp_path / "judge")
    (tmp_path / "judge" / name).unlink()
    with pytest.raises(Permanent, match="cannot be read as the judge"):
        open_judge(tmp_path / "judge")
