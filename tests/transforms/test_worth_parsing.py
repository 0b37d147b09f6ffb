"""The look before parsing: it must not cost an event, and must leave out what tells of none."""

from collections.abc import Sequence

import pytest

from tests.coders import PUBLISHED, bundled_coder, bundled_tables, shipped_grammar
from tests.paths import CASES
from transforms.coder import read_document
from transforms.coder.lexicon import Lexicon, build_lexicon
from transforms.coder.sentences import Sentence, split_sentences
from transforms.coder.worth_parsing import MOST_SENTENCE_CHARACTERS, Prospect, find_prospects, may_tell
from transforms.records import Document

CODER_CASES = sorted((CASES / "coder").glob("*.txt"))
OPENING = "Rebels hold the town. "


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return build_lexicon(bundled_tables())


def choose(text: str, lexicon: Lexicon, violent: bool = False) -> list[str]:
    prospects = find_prospects(split_sentences(text), lexicon, violent)
    tagged = shipped_grammar().tag([prospect.sentence.text for prospect in prospects])
    return [
        sentence.text
        for prospect, tags in zip(prospects, tagged, strict=True)
        if may_tell(prospect, lexicon, violent, tags)
        for sentence in prospect.read
    ]


def test_the_same_events_come_out_when_every_sentence_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [
        Document(id=case.stem, text=case.read_text(encoding="utf-8"), published_at=PUBLISHED)
        for case in CODER_CASES
    ]
    chosen = [bundled_coder().code(document).events for document in documents]
    monkeypatch.setattr(read_document, "find_prospects", list_all)
    monkeypatch.setattr(read_document, "may_tell", lambda *arguments: True)
    for document, events in zip(documents, chosen, strict=True):
        assert bundled_coder().code(document).events == events, document.id


def list_all(sentences: Sequence[Sentence], lexicon: Lexicon, violent: bool) -> list[Prospect]:
    return [Prospect(sentence, (), False, False, None) for sentence in sentences]


@pytest.mark.parametrize(
    "text",
    [
        "The weather stayed warm on Monday.",
        "The reviewer attacked the film.",  # an armed word with nobody in arms in sight
        "The minister had lunch.",
        "Police keep a back office.",  # `back` as no verb
        "Police have nothing to say.",  # `have to`, but not side by side
        "In his view the minister gave a good answer.",  # `give in`, but `in` stands before the verb
        "The minister told reporters a story.",  # told nobody to do anything
        "The minister should sleep.",  # nobody says so
        "The company lost the contract to a town.",  # no force that could lose ground
        "The label released the album.",  # nobody who was held
        "They wed in March.",  # no march
    ],
)
def test_what_holds_no_trigger_or_nobody_it_asks_for_is_left_out(text: str, lexicon: Lexicon) -> None:
    assert choose(text, lexicon) == []


@pytest.mark.parametrize(
    "text",
    [
        "The PDF beat the villagers.",  # an alias of several bodies
        "The security services beat the man.",  # armed as two words only
        "The ministry counted the fatalities of the blast.",
    ],
)
def test_whoever_may_be_in_arms_is_read_of(text: str, lexicon: Lexicon) -> None:
    assert choose(text, lexicon) == [text]


def test_letters_that_grow_in_lower_case_do_no_harm(lexicon: Lexicon) -> None:
    text = "\u0130" * 30 + " march"
    assert choose(text, lexicon) == [text]  # where offsets differ the look leaves all open


def test_a_pronoun_brings_the_sentence_before_with_it(lexicon: Lexicon) -> None:
    text = "Rebels hold the town. They shelled the hospital."
    assert choose(text, lexicon) == ["Rebels hold the town.", "They shelled the hospital."]


def test_who_is_pointed_to_must_be_named_shortly_before(lexicon: Lexicon) -> None:
    filler = "The weather stayed warm. " * 4
    assert "They attacked it." in choose(OPENING + "They attacked it.", lexicon)
    assert "They attacked it." not in choose(OPENING + filler + "They attacked it.", lexicon)


def test_a_list_or_a_table_is_no_sentence(lexicon: Lexicon) -> None:
    text = "Rebels shelled the town " + "and the village " * MOST_SENTENCE_CHARACTERS
    sentence = Sentence(text, 0, len(text), 0)
    assert find_prospects([sentence], lexicon, True) == []
