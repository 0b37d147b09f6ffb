"""Every field of an event can be traced to words of the text and rows of the tables."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.coders import PUBLISHED, bundled_coder
from tests.paths import CASES
from transforms.coder.explain_events import explain_events
from transforms.coder.explanation import Explanation, Reason
from transforms.coder.restore_offsets import restore_event
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
    reading = bundled_coder().read(document)
    events = bundled_coder().make_events(reading)
    given = tuple(restore_event(event, reading.prepared) for event in events)
    assert given == bundled_coder().code(document).events
    return explain_events("d", reading, events)


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
    assert (trigger.text, trigger.table) == ("killed", "triggers.csv")
    assert trigger.row == "kill, verb: ASSAULT, needs human"
    assert trigger.note.endswith("met by `five soldiers`")
    [mode] = find(found, "mode")
    assert (mode.text, mode.table, mode.row) == ("mortars", "weapons.csv", "mortars: heavy-weapons")
    [actor] = find(found, "actors[0]")
    assert (actor.text, actor.note) == ("Taliban fighters", "subject of `killed`")
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
    assert (killed.text, killed.note) == ("five soldiers", "5, bound to `killed`; the event has 5")
    assert find(found, "cameo")[0].row == "ASSAULT, heavy-weapons: 194"
    assert "trigger 0.35 + actor 0.15" in find(found, "confidence")[0].note
    assert found.left_out == ()


def test_a_demonym_gives_the_country() -> None:
    [country] = find(explain("Syrian soldiers killed four men in Homs."), "actors[0].country")
    assert (country.text, country.table, country.row) == ("Syrian", "countries.csv", "SYR: Syria")


@pytest.mark.parametrize(
    ("text", "word", "realis"),
    [
        ("The army did not launch an attack on Homs.", "not", "negated"),
        ("The army will attack the rebels in Homs on Friday.", "will", "planned"),
        ("The rebels threatened to attack the city of Homs.", "threatened", "planned"),
        ("Rebels may have killed five soldiers in Homs.", "may", "hypothetical"),
    ],
)
def test_what_did_not_happen_has_the_word_that_says_so(text: str, word: str, realis: str) -> None:
    found = explain(text)
    numbers = [n for n, one in enumerate(found.events) if one.event.realis == realis]
    assert [find(found, "realis", n)[0].text for n in numbers][:1] == [word]


def test_what_a_sentence_lacks_is_taken_from_elsewhere_and_says_so() -> None:
    found = explain("Rebels killed four soldiers in Homs on Tuesday. The army withdrew its troops.")
    retreat = next(n for n, one in enumerate(found.events) if one.event.event_type == "RETREAT")
    [day], [place] = find(found, "date", retreat), find(found, "place", retreat)
    assert (day.text, place.text) == ("Tuesday", "Homs")
    assert "first event" in day.note
    assert place.note.startswith("no place is reported with it")
    [published] = find(explain("Rebels killed four soldiers in Homs."), "date")
    assert (published.text, published.note) == (
        "",
        "no day is reported with it: the day of publication, 2026-03-05",
    )


def test_a_pronoun_and_whom_it_means() -> None:
    reasons = find(explain("Rebels entered Homs on Monday. They killed four soldiers."), "actors[0]")
    assert [reason.text for reason in reasons] == ["They", "Rebels"]
    assert "antecedent of `They`" in reasons[1].note


def test_the_sentences_of_an_event_and_the_points_that_joined_them() -> None:
    found = explain(
        "Gunmen attacked a hotel in Kabul on Tuesday. The attack killed nine people.",
        "Nine dead in attack on Kabul hotel",
    )
    [explained] = found.events
    assert [sentence.headline for sentence in explained.sentences] == [True, False, False]
    assert "points: " in explained.sentences[2].note
    assert {reason.text for reason in find(found, "killed")} >= {"nine people"}


@pytest.mark.parametrize(
    ("text", "words", "note"),
    [
        ("A crash on the highway injured two drivers.", "injured", "words of accidents (context_words.csv): crash"),
        ("Police said in Paris that critics attacked the film.", "attacked", "guard failed, needs armed"),
        ("The actor said that critics attacked the film.", "attacked", "the prefilter left the sentence unparsed"),
        ("Police have attack plans.", "attack", "is not used here as a verb or noun"),
        ("An air strike took place.", "air strike", "not accepted: strength 0.45, an event needs 0.6"),
        ("The number of wounded has risen to 47.", "The number of wounded has risen to 47.", "only counts"),
    ],
)  # fmt: skip
def test_words_that_gave_no_event_say_why(text: str, words: str, note: str) -> None:
    found = explain(text)
    assert found.events == ()
    assert any(one.text == words and note in one.note for one in found.left_out), found.left_out


def test_a_sentence_too_long_to_be_one_is_reported() -> None:
    found = explain("Rebels killed four soldiers " + "and many others " * 250)
    assert "is not read" in found.left_out[0].note
