"""The judge that is shipped: it finds what a sentence reports, and says what is wrong with a broken folder."""

import shutil
from pathlib import Path

import pytest

from ingest.bundled import MODELS
from ingest.models.judge import open_judge
from transforms.coder.judge import HEADLINE, cut_windows, judge_text
from transforms.coder.pair_odds import PairMention, rate_pair
from transforms.errors import Permanent

FOLDER = MODELS / "judge"
SENTENCES = [
    "Rebels killed 12 villagers in Ituri on Sunday, the army said.",
    "The museum opens its new wing on Sunday.",
    "The rebels fled after the attack, in which nine others were wounded.",
    "Workers plan to march on parliament next Friday.",
]


def test_triggers_of_a_text() -> None:
    found = judge_text(open_judge(FOLDER).encoder, "Rebels attack village in Ituri", SENTENCES, 0.1)
    told = {(one.sentence, one.event_type) for one in found}
    assert {(HEADLINE, "ASSAULT"), (0, "ASSAULT"), (2, "ASSAULT")} <= told
    assert not any(sentence == 1 for sentence, _ in told)
    planned = [one for one in found if one.sentence == 3 and one.event_type == "PROTEST"]
    assert [one.realis for one in planned] == ["planned"]
    killed = next(one for one in found if one.sentence == 0)
    assert [SENTENCES[0][start:end] for _, start, end in killed.list_spans("actor")] == ["Rebels"]
    assert [SENTENCES[0][start:end] for _, start, end in killed.list_spans("killed")] == ["12"]


def test_a_window_is_judged_the_same_whatever_is_judged_beside_it() -> None:
    encoder = open_judge(FOLDER).encoder
    windows = [window for text in SENTENCES for window in cut_windows(encoder, "News", [text])]
    together = encoder.read(windows)
    alone = [encoder.read([window])[0] for window in reversed(windows)]
    for one, other in zip(together, reversed(alone), strict=True):
        assert (one.types == other.types).all() and (one.arguments == other.arguments).all()


def test_the_mentions_of_one_attack_are_a_pair() -> None:
    judge = open_judge(FOLDER)
    found = judge_text(judge.encoder, "", SENTENCES, 0.5)
    first, again = (next(one for one in found if one.sentence == number) for number in (0, 2))
    earlier, later = [
        PairMention(
            one.sentence, SENTENCES[one.sentence][one.start : one.end], SENTENCES[one.sentence], one.vector
        )
        for one in (first, again)
    ]
    assert rate_pair(earlier, later, judge.pairs) > 0


@pytest.mark.parametrize("name", ["judge.onnx", "labels.json", "vocabulary.txt", "pairs.npz", "gate.npz"])
def test_a_broken_folder_is_named(name: str, tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "judge")
    (tmp_path / "judge" / name).write_text("broken", encoding="utf-8")
    with pytest.raises(Permanent, match=r"judge: cannot be read as the judge .* install Dateline again"):
        open_judge(tmp_path / "judge")
    (tmp_path / "judge" / name).unlink()
    with pytest.raises(Permanent, match="cannot be read as the judge"):
        open_judge(tmp_path / "judge")
