"""Learning the weights: templates meet attacks, and the same texts give the same weights."""

import json
from pathlib import Path

import pytest

from ingest.models.scorer import open_scorer
from tests.coders import rules_alone
from training.arguments import norm, read_text, train, write_weights

TOWNS = ("Nairobi", "Kampala", "Lagos", "Accra", "Dakar", "Lusaka", "Harare", "Maputo", "Kigali", "Bamako")


def make_record(number: int) -> dict[str, object]:
    town = TOWNS[number % len(TOWNS)]
    text = (
        f"Rebels of the Northern Liberation Army (NLA) killed Judge Peter Otieno with a bomb in {town} on Monday. "
        f"The police said that a man was shot dead in a bar in {town} by unidentified men."
    )
    template = {
        "incident_type": "bombing",
        "PerpInd": [["rebels"]],
        "PerpOrg": [["northern liberation army", "nla"]],
        "Target": [["bar"]] if number % 2 else [],
        "Victim": [["peter otieno"]],
        "Weapon": [["bomb"]],
    }
    return {"id": f"t{number}", "text": text, "published": "2026-03-05", "templates": [template]}


def test_strings_are_compared_without_case_articles_and_marks() -> None:
    assert norm("The  Army's (NLA) men") == "army s nla men"


def test_a_template_meets_the_attack_that_shares_most_with_it() -> None:
    text = read_text(rules_alone(), make_record(1))
    matched = [attack for attack in text.attacks if attack.template is not None]
    assert len(matched) == 1 and matched[0].right and matched[0].kind == "bombing"
    assert text.wanted == 6


def test_the_same_texts_give_the_same_weights(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="training needs scikit-learn (training/requirements.txt)")
    texts = [read_text(rules_alone(), make_record(number)) for number in range(20)]
    for name in ("first.json", "second.json"):
        write_weights(train(texts), tmp_path / name)
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()
    assert open_scorer(tmp_path / "first.json").weights
    assert json.loads((tmp_path / "first.json").read_text())["format"] == 1
