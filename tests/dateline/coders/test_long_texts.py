"""The coder as it is shipped, judge and all, takes no minutes over texts made to take long."""

import time
from pathlib import Path

import pytest

from dateline.coders.rules import open_rules_coder
from dateline.settings import Settings
from tests.coders import PUBLISHED
from tests.dateline.homes import make_home
from transforms.coder import read_document
from transforms.records import Document


@pytest.mark.parametrize(
    "text",
    [
        "Gunmen killed five people and Abu Lahab Brigade fighters " * 3_000,  # one sentence
        "".join(f"Gunmen killed {2 + number % 7} people in Garissa on Monday. " for number in range(400)),
    ],
    ids=["endless", "alike"],
)
def test_it_takes_seconds(text: str, tmp_path: Path) -> None:
    coder = open_rules_coder(make_home(tmp_path / "home"), Settings())
    started = time.process_time()
    coder.code(Document(id="long", text=text, published_at=PUBLISHED))
    assert time.process_time() - started < 15  # about two when the machine is idle; once minutes


def test_what_is_too_long_to_be_judged_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_document, "MOST_JUDGED", 3)
    coder = open_rules_coder(make_home(tmp_path / "home"), Settings())
    text = "".join(f"Police arrested {n} men in Garissa on Monday. " for n in range(2, 7))
    coded = coder.code(Document(id="long", text=text, published_at=PUBLISHED))
    assert coded.unread == len(text) - text.index("Police arrested 5")
    assert all(event.sentence_end <= len(text) - coded.unread for event in coded.events)
