"""The learnt weights: those that are shipped, and what is said of broken ones."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ingest.bundled import MODELS
from ingest.models.scorer import open_scorer
from tests.coders import bundled_tables
from transforms.coder.score_fillers import ROLES
from transforms.errors import Permanent

SHIPPED = MODELS / "scorer" / "weights.json"


def test_the_shipped_weights_are_whole_and_small() -> None:
    scorer = open_scorer(SHIPPED)
    assert SHIPPED.stat().st_size < 1_000_000
    assert set(scorer.entity) == set(ROLES)
    assert set(scorer.thresholds) == {"event", "filler"}
    assert len(scorer.weights) > 1000 and len(scorer.event_weights) > 100
    assert open_scorer(SHIPPED).version == scorer.version


@pytest.mark.parametrize(
    "change",
    [
        {"format": 0},
        {"roles": ["individual"]},
        {"entity features": []},
        {"thresholds": {}},
        {"bias": [0.1]},
        {"weights": {"kind=person": [0.1, 0.2]}},
        {"weights": {"kind=person": ["a"] * 5}},
        {"event bias": float("nan")},
    ],
)
def test_broken_weights_are_told(tmp_path: Path, change: dict[str, Any]) -> None:
    content = json.loads(SHIPPED.read_text(encoding="utf-8")) | change
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(Permanent, match="is broken"):
        open_scorer(path)


def test_missing_or_no_json_is_told(tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="cannot be read"):
        open_scorer(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(Permanent, match="cannot be read"):
        open_scorer(tmp_path / "bad.json")


def test_no_name_was_learnt() -> None:
    """Whose name it is decides nothing: what the texts of the training tell of one war must not judge another."""
    content = json.loads(SHIPPED.read_text(encoding="utf-8"))
    tables = bundled_tables()
    names = {demonym for country in tables.countries for demonym in country.demonyms}
    names |= {country.name for country in tables.countries}
    names |= {alias for actor in tables.actors for alias in actor.aliases if alias.isupper()}
    learnt = {
        word
        for feature in (*content["weights"], *content["event weights"])
        for word in re.split(r"[=|,+]", feature.partition("=")[2])
    }
    common = {"pole", "arena", "us"}  # words of their own
    assert "guerrilla" in learnt
    assert learnt & ({name.lower() for name in names} - common) == set()
