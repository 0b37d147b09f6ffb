"""Every field of an event can be traced to words of the text and rows of the tables."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.coders import PUBLISHED, bundled_coder, bundled_tables, shipped_judge, whole_gazetteer
from tests.hand_made import make_trigger, read
from tests.paths import CASES
from transforms.coder.code_document import JudgedCoder
from transforms.coder.explain_events import Explanation, Reason, explain_events
from transforms.coder.find_mentions import find_mentions
from transforms.coder.judge import Outputs, WordPiece
from transforms.coder.lexicon import TriggerRow
from transforms.coder.make_events import make_events
from transforms.coder.merge_mentions import merge_mentions
from transforms.coder.protocol import code_one
from transforms.records import Document, Event
from transforms.word_lists import list_words

CODER_CASES = sorted((CASES / "coder").glob("*.txt"))
WITHOUT_WORDS = ("confidence", "date")  # a sum of all; the day of publication
WORDS = list_words(
    "the of by in killed wounded five people soldiers rebels they , . Aleppo Syria Monday bomb attacked will not "
    "protesters march clashes army said town arrested 12 dead Taliban"
)


def explain(text: str, title: str = "") -> Explanation:
    document = Document(id="d", text=text, title=title, published_at=PUBLISHED)
    coded = bundled_coder().read(document)
    assert len(coded.events) == len(code_one(bundled_coder(), document).events)
    return explain_events(coded)


def find(explanation: Explanation, field: str, event: int = 0) -> list[Reason]:
    return [reason for reason in explanation.events[event].reasons if reason.field == field]


def list_fields(event: Event) -> list[str]:
    """The fields of an event that say something."""
    plain = (
        "event_type", "mode", "realis", "cameo", "goldstein", "quad", "acled_type", "acled_subtype", "confidence",
        "place",
    )  # fmt: skip
    fields = [name for name in plain if getattr(event, name) not in ("", None)]
    fields += ["date"] if event.date_start or event.date_text else []
    for name in ("killed", "injured"):
        ends = getattr(event, f"{name}_min"), getattr(event, f"{name}_max")
        fields += [name] if ends != (None, None) else []
    for role in ("actors", "recipients"):
        for number, actor in enumerate(getattr(event, role)):
            fields.append(f"{role}[{number}]")
            parts = ("name", "kind", "country", "sector")
            fields += [f"{role}[{number}].{part}" for part in parts if getattr(actor, part)]
    return fields + [f"weapons[{number}]" for number in range(len(event.weapons))]


def check(explanation: Explanation) -> None:
    for explained in explanation.events:
        given = {reason.field for reason in explained.reasons}
        assert [field for field in list_fields(explained.event) if field not in given] == []
        for reason in explained.reasons:
            assert explanation.text[reason.start : reason.end] == reason.text
            assert reason.text or (reason.field in WITHOUT_WORDS and reason.note)
        assert explained.sentences
        for sentence in explained.sentences:
            assert explanation.text[sentence.start : sentence.end] == sentence.text
    for words in explanation.left_out:
        assert explanation.text[words.start : words.end] == words.text
        assert words.note
        assert words.text in words.sentence or words.sentence in words.text


@pytest.mark.parametrize("case", CODER_CASES, ids=lambda case: case.stem)
def test_every_field_of_every_case_has_a_reason_that_quotes_the_text(case: Path) -> None:
    check(explain(case.read_text(encoding="utf-8").strip()))


@given(
    st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join),
    st.sampled_from(["", "Rebels killed 12 in Aleppo"]),
)
def test_any_news_like_text_is_explained(text: str, title: str) -> None:
    check(explain(text, title))


@given(st.text(max_size=300))
def test_any_text_is_explained(text: str) -> None:
    check(explain(text, text[:20]))


def test_the_reasons_of_a_plain_sentence() -> None:
    found = explain("Taliban fighters killed five soldiers with mortars in Kunduz on Tuesday.")
    [trigger] = find(found, "event_type")
    assert trigger.text == "killed"
    assert trigger.note.startswith("the judge: ASSAULT with odds of 0.")
    [actor] = find(found, "actors[0]")
    assert (actor.text, actor.note) == ("Taliban fighters", "the judge: actor of `killed`, in the sentence")
    [name] = find(found, "actors[0].name")
    assert (name.text, name.table) == ("Taliban", "actors.csv")
    [kind] = find(found, "actors[0].kind")
    assert (kind.text, kind.table, kind.note) == ("fighters", "agents.csv", "group")
    [day] = find(found, "date")
    assert day.text == "Tuesday"
    assert "rule weekday: 2026-03-03" in day.note
    [place] = find(found, "place")
    assert (place.text, place.table) == ("Kunduz", "gazetteer")
    assert "geonameid" in place.row
    [killed] = find(found, "killed")
    assert (killed.text, killed.note) == ("five soldiers", "5 of `killed`; the event has 5")
    assert find(found, "cameo")[0].table == "event_types.csv"


def test_a_demonym_gives_the_country() -> None:
    [country] = find(explain("Syrian soldiers killed four men in Homs."), "actors[0].country")
    assert (country.text, country.table, country.row) == ("Syrian soldiers", "countries.csv", "SYR: Syria")


def test_what_a_sentence_lacks_is_taken_from_elsewhere_and_says_so() -> None:
    found = explain("Rebels killed four soldiers in Homs on Tuesday. The army withdrew its troops.")
    retreat = next(n for n, one in enumerate(found.events) if one.event.event_type == "RETREAT")
    [day], [place] = find(found, "date", retreat), find(found, "place", retreat)
    assert day.note == "no day is reported with it: that of the first event of the text"
    assert place.text == "Homs"
    [published] = find(explain("Rebels killed four soldiers in Homs."), "date")
    assert (published.text, published.note) == ("", "no day is reported with it: that of publication")


def test_an_actor_of_another_sentence_says_so() -> None:
    coded = read("Gunmen came to Homs. They struck a bus.")
    coded = replace(coded, triggers=(make_trigger(coded, "struck", fills={"actor": "Gunmen"}),))
    coded = make_events(merge_mentions(find_mentions(coded), shipped_judge().pairs), "v")
    [actor] = find(explain_events(coded), "actors[0]")
    assert actor.note == "the judge: actor of `struck`, named in another sentence"


def test_the_sentences_of_an_event_and_what_joined_them() -> None:
    found = explain(
        "Gunmen attacked a hotel in Kabul on Tuesday. The attack killed nine people.",
        "Nine dead in attack on Kabul hotel",
    )
    explained = found.events[0]
    assert explained.sentences[0].headline and not explained.sentences[-1].headline
    assert "learnt from pairs, logit +" in explained.sentences[-1].note


def test_a_row_of_the_users_is_named() -> None:
    row = TriggerRow("glorp", "verb", "ASSAULT", "destroy", "", ())
    tables = replace(bundled_tables(), triggers=(row,))
    coder = JudgedCoder(tables, whole_gazetteer(), "own", shipped_judge())
    found = explain_events(
        coder.read(Document("d", "Rebels glorped the town of Homs.", published_at=PUBLISHED))
    )
    [trigger] = find(found, "event_type")
    assert (trigger.text, trigger.table, trigger.row) == ("glorped", "triggers.csv", "glorp, verb: ASSAULT")


def test_the_words_that_decide_are_named_on_demand() -> None:
    coded = bundled_coder().read(Document("d", "Police arrested three men in Homs.", published_at=PUBLISHED))
    plain = find(explain_events(coded), "event_type")
    asked = find(explain_events(coded, CertainOfPolice()), "event_type")
    assert [reason.text for reason in asked] == [reason.text for reason in plain] != []
    assert not any("less likely" in reason.note for reason in plain)
    assert all("; less likely without `Police`" in reason.note for reason in asked)


class CertainOfPolice:
    """The shipped judge, for which nothing is an event where the word `Police` is hidden."""

    version = "test"
    labels = shipped_judge().encoder.labels
    cut = staticmethod(shipped_judge().encoder.cut)

    def read(self, windows: Sequence[Sequence[WordPiece]]) -> list[Outputs]:
        there = self.cut("police")[0][0]
        outputs = shipped_judge().encoder.read(windows)
        return [
            one if any(piece.number == there for piece in window) else replace(one, types=one.types * 0 - 9)
            for window, one in zip(windows, outputs, strict=True)
        ]


def test_words_that_gave_no_event_say_why() -> None:
    found = explain(
        "The striker shot wide and the coach attacked the referee's decision to abandon the battle."
    )
    assert found.events == ()
    coded = read("Gunmen came to Homs.")
    coded = replace(coded, triggers=(make_trigger(coded, "came", odds=0.3),))
    [words] = explain_events(make_events(coded, "v")).left_out
    assert (words.text, words.note) == ("came", "ASSAULT with odds of 0.30, a mention needs 0.4")


def test_what_is_of_a_kind_is_left_out_and_says_so() -> None:
    found = explain("Attacks on villages in the north have become frequent over the past years.")
    assert [one.note for one in found.left_out if "of a kind of events" in one.note]
