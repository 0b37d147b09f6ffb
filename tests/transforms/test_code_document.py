"""The coder against sentences of our own (tests/cases/coder) and against any text at all."""

import json
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.coders import (
    PUBLISHED,
    bundled_coder,
    bundled_tables,
    code,
    shipped_judge,
    whole_gazetteer,
)
from tests.paths import CASES
from transforms.coder import read_layers
from transforms.coder.code_document import JudgedCoder
from transforms.coder.protocol import Coder, code_one
from transforms.records import Document, Event
from transforms.word_lists import list_words

CODER_CASES = sorted((CASES / "coder").glob("*.txt"))
WORDS = list_words(
    "the a of by in at least killed wounded people soldiers rebels , . Aleppo Syria Monday and bomb "
    "attacked was to 12 1,200 5 dozens protest who which not will 's “ ” U.S. 2016 May 31 February 30 "
    "arrested police ' - ’s between more than up clashes strike drone said he his wife including "
    "attackers toll rose number death injuries"
)


def view(event: Event) -> dict[str, Any]:
    """An event as the case files write it."""
    return {
        "event_type": event.event_type,
        "mode": event.mode,
        "realis": event.realis,
        "actors": [actor.text for actor in event.actors],
        "recipients": [actor.text for actor in event.recipients],
        "date": event.date_start,
        "place": event.place.text if event.place else "",
        "country": event.place.country if event.place else "",
        "killed": _bound(event.killed_min, event.killed_max),
        "injured": _bound(event.injured_min, event.injured_max),
        "background": event.background,
        "cameo": event.cameo,
        "claimed": event.toll_claimed,
    }


def _bound(low: int | None, high: int | None) -> list[int | None] | None:
    return None if low is None and high is None else [low, high]


@pytest.mark.parametrize("case", CODER_CASES, ids=lambda case: case.stem)
def test_a_sentence_gives_these_events(case: Path) -> None:
    expected = json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))
    events = [view(event) for event in code(case.read_text(encoding="utf-8").strip())]
    assert len(events) == len(expected)
    for got, wanted in zip(events, expected, strict=True):
        full = {"realis": "actual", "background": False, "claimed": False} | wanted
        assert {key: got[key] for key in full} == full


def test_there_are_many_cases_in_pairs() -> None:
    assert len(CODER_CASES) >= 130
    assert {case.stem for case in CODER_CASES} == {path.stem for path in (CASES / "coder").glob("*.json")}


def check_document(text: str) -> None:
    document = Document(id="d", text=text, published_at=PUBLISHED)
    coded = code_one(bundled_coder(), document)
    assert coded == code_one(bundled_coder(), document)
    json.dumps(asdict(coded))
    for event in coded.events:
        assert text[event.sentence_start : event.sentence_end] == event.sentence
        assert 0 < event.confidence <= 0.95
        assert event.actors != event.recipients or not event.actors
        for low, high in ((event.killed_min, event.killed_max), (event.injured_min, event.injured_max)):
            assert low is None or high is None or low <= high
        for day in (event.date_start, event.date_end):
            assert day == "" or date.fromisoformat(
                (day + "-01-01")[:10] if len(day) == 4 else (day + "-01")[:10]
            )
    for place in coded.places:
        assert text[place.start : place.end] == place.text
        assert place.lat is not None and -90 <= place.lat <= 90


@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
def test_any_news_like_text_is_coded(text: str) -> None:
    check_document(text)


@given(st.text(max_size=300))
def test_any_text_is_coded(text: str) -> None:
    check_document(text)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "killed", "by", "at least", "killed 9" * 500, "(" * 5000, "a" * 250_000]
)
def test_odd_texts_are_coded(text: str) -> None:
    check_document(text)


def test_a_document_is_coded_the_same_whatever_is_coded_beside_it() -> None:
    paths = CODER_CASES[:: max(1, len(CODER_CASES) // 32)]
    documents = [
        Document(path.stem, path.read_text(encoding="utf-8").strip(), published_at=PUBLISHED)
        for path in paths
    ]
    coder = bundled_coder()
    alone = {document.id: code_one(coder, document) for document in documents}
    together = list(coder.code(documents))
    backwards = list(coder.code(reversed(documents)))
    assert together == list(alone.values())
    assert backwards == together[::-1]
    for begin in range(0, len(documents), 16):
        part = documents[begin : begin + 16]
        assert list(coder.code(part)) == [alone[document.id] for document in part]


def test_the_version_names_judge_runtime_and_tables() -> None:
    coder: Coder = bundled_coder()
    assert coder.version.startswith("judge-4-")
    assert shipped_judge().version in coder.version
    assert "int8" in coder.version and "ort" in coder.version
    other = JudgedCoder(bundled_tables(), whole_gazetteer(), "other", shipped_judge())
    assert coder.version != other.version


def test_every_event_type_has_a_default_row_and_the_judge_knows_it() -> None:
    types = {row.type for row in bundled_tables().event_types if row.mode == ""}
    assert len(types) == 16
    assert set(shipped_judge().encoder.labels.types) == types


def test_the_event_carries_what_other_projects_call_it() -> None:
    event = code("A US drone strike killed an Al-Shabaab commander near Kismayo.")[0]
    assert (event.cameo, event.goldstein, event.quad) == ("1952", -10.0, 4)
    assert (event.acled_type, event.acled_subtype) == ("Explosions/Remote violence", "Air/drone strike")
    assert event.actors[0].country == "USA"
    assert event.recipients[0].name == "Al-Shabaab"
    assert event.place is not None and event.place.precision == "city" and event.place.geonameid


def test_a_dateline_gives_the_day_when_publication_is_unknown() -> None:
    event = code("KABUL, 4 Feb 2009 (AP) -- Gunmen killed five policemen in Kabul on Tuesday.", None)[0]
    assert event.date_start == "2009-02-03"
    assert code("Gunmen killed five policemen in Kabul on Tuesday.", None)[0].date_start == ""


@pytest.mark.parametrize(
    "part", ["New York ", "A-", "1,", "Gunmen killed 5 people ", "May 5 ", "killed a man and ", "A."]
)
def test_no_text_takes_long(part: str) -> None:
    started = time.process_time()
    code_one(bundled_coder(), Document(id="long", text=part * (60_000 // len(part)), published_at=PUBLISHED))
    assert time.process_time() - started < 10  # it takes a half, or two


@pytest.mark.parametrize(
    "sentence",
    [
        "Gunmen killed {small} people in Garissa on Monday, the police said. ",
        "Gunmen killed {small} people in the village of Ka{letters} on Monday. ",
        "Police arrested Ba{letters} Da{letters} in Garissa. ",
    ],
)
def test_alike_sentences_take_linear_time(sentence: str) -> None:
    parts = [
        sentence.format(
            small=2 + number % 7, letters="".join("bdgk"[number >> n & 3] for n in (0, 2, 4, 6, 8))
        )
        for number in range(400)
    ]
    started = time.process_time()
    coded = code_one(bundled_coder(), Document(id="alike", text="".join(parts), published_at=PUBLISHED))
    assert (
        time.process_time() - started < 8
    )  # about one when the machine is idle; eight and more if each met all
    assert coded.events and not coded.unread


def test_what_is_too_long_to_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_layers, "MOST_SENTENCES", 3)
    text = "".join(f"\u200bPolice arrested {n} men in Garissa on Monday. " for n in range(2, 7))
    coded = code_one(bundled_coder(), Document(id="long", text=text, published_at=PUBLISHED))
    assert coded.unread == len(text) - text.index("Police arrested 5")
    assert max(event.sentence_end for event in coded.events) < len(text) - coded.unread
    monkeypatch.undo()
    assert read_layers.MOST_CHARACTERS == 200_000
    monkeypatch.setattr(read_layers, "MOST_CHARACTERS", 1_000)
    weeks = (
        f"In week {n} it rained on the plains and in all of the hills beyond the river. " for n in range(20)
    )
    long = "".join(weeks)
    assert code_one(bundled_coder(), Document(id="long", text=long)).unread == len(long) - 1_000 > 0
