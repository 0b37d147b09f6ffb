"""Rows of the user's: which words they name, and what they leave of what the judge finds."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hand_made import with_triggers
from transforms.coder.judge import HEADLINE, JudgedTrigger
from transforms.coder.lexicon import NO_EVENT, Lexicon, PartOfSpeech, TriggerRow
from transforms.coder.users_triggers import find_users_triggers, settle
from transforms.word_lists import list_words


def row(phrase: str, pos: PartOfSpeech = "verb", event_type: str = "ASSAULT", mode: str = "") -> TriggerRow:
    return TriggerRow(phrase, pos, event_type, mode, "", ())


def find(text: str, *rows: TriggerRow, headline: str = "") -> list[tuple[int, str, str]]:
    """Sentence, words and phrase of what is found."""
    found = find_users_triggers(headline, [text], with_triggers(*rows))
    said = {HEADLINE: headline, 0: text}
    return [(one.span[0], said[one.span[0]][one.span[1] : one.span[2]], one.row.phrase) for one in found]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("They strafe the town.", "strafe"),
        ("Jets strafed the town.", "strafed"),
        ("Strafing went on.", "Strafing"),
        ("The town was strafed.", "strafed"),
    ],
)
def test_a_verb_counts_in_all_its_forms(text: str, words: str) -> None:
    assert find(text, row("strafe")) == [(0, words, "strafe")]


def test_a_noun_counts_in_both_numbers_and_a_phrase_as_it_is() -> None:
    noun = row("pogrom", "noun")
    assert find("A pogrom and other pogroms", noun) == [(0, "pogrom", "pogrom"), (0, "pogroms", "pogrom")]
    assert find("They laid down arms.", row("lay down arms", "phrase")) == []
    assert find("They lay down arms.", row("lay down arms", "phrase")) == [
        (0, "lay down arms", "lay down arms")
    ]


def test_words_may_stand_between_those_of_a_verb_phrase_but_not_many() -> None:
    verb = row("impose sanction", event_type="SANCTION")
    assert find("They imposed a new sanction.", verb) == [(0, "imposed a new sanction", "impose sanction")]
    assert find("They imposed one two three sanction.", verb) != []
    assert find("They imposed one two three four sanction.", verb) == []
    assert find("Sanction imposed.", verb) == []


def test_no_words_may_stand_between_those_of_other_phrases() -> None:
    assert find("A drone and strike", row("drone strike", "noun")) == []
    assert find("Two drone strikes", row("drone strike", "noun")) == [(0, "drone strikes", "drone strike")]


def test_of_several_rows_at_one_word_the_longest_counts() -> None:
    rows = (row("open"), row("open fire"), row("fire"))
    assert find("Police opened fire and fired again.", *rows) == [
        (0, "opened fire", "open fire"),
        (0, "fired", "fire"),
    ]
    assert find("Police opened the gate.", *rows) == [(0, "opened", "open")]


def test_a_row_is_found_in_the_headline() -> None:
    assert find("Nothing.", row("strafe"), headline="Jets strafe town") == [(HEADLINE, "strafe", "strafe")]


def test_a_row_of_no_event_hides_shorter_ones() -> None:
    none = row("fire brigade", "noun", NO_EVENT)
    assert find("The fire brigade came.", none, row("fire", "noun")) == [(0, "fire brigade", "fire brigade")]
    assert find("The fire spread.", none, row("fire", "noun")) == [(0, "fire", "fire")]


def test_without_rows_nothing_is_found() -> None:
    assert find("Jets strafed the town.") == []


def judged(text: str, words: str, event_type: str = "ASSAULT") -> JudgedTrigger:
    at = text.index(words)
    return JudgedTrigger(0, at, at + len(words), event_type, "", "actual", False, 0.9)


def left(text: str, words: Lexicon, *triggers: JudgedTrigger) -> list[tuple[str, str]]:
    return [
        (text[one.start : one.end], one.event_type)
        for one in settle(triggers, find_users_triggers("", [text], words))
    ]


TEXT = "Police opened fire at the fire brigade."


def test_words_of_no_event_are_no_trigger() -> None:
    words = with_triggers(row("fire brigade", "noun", NO_EVENT))
    triggers = [judged(TEXT, "opened fire"), judged(TEXT, "brigade"), judged(TEXT, "the fire", "AID")]
    assert left(TEXT, words, *triggers) == [("opened fire", "ASSAULT")]


def test_of_a_row_with_a_type_only_its_own_trigger_stays() -> None:
    words = with_triggers(row("open fire", event_type="COERCE"))
    triggers = [
        judged(TEXT, "opened fire"),
        judged(TEXT, "opened fire", "COERCE"),
        judged(TEXT, "fire", "COERCE"),
    ]
    triggers.append(judged(TEXT, "brigade"))
    assert left(TEXT, words, *triggers) == [("opened fire", "COERCE"), ("brigade", "ASSAULT")]


WORDS = st.lists(
    st.sampled_from(list_words("open opened fire fired the gate brigade on , a impose sanctions")),
    max_size=14,
)
ROWS = (
    row("open fire"),
    row("open"),
    row("fire", "noun"),
    row("fire brigade", "noun", NO_EVENT),
    row("impose sanction"),
)


@given(WORDS, WORDS)
def test_what_is_found_stands_in_its_sentence_and_apart(headline: list[str], words: list[str]) -> None:
    lexicon, texts = with_triggers(*ROWS), {HEADLINE: " ".join(headline), 0: " ".join(words)}
    found = find_users_triggers(texts[HEADLINE], [texts[0]], lexicon)
    for one in found:
        number, start, end = one.span
        assert 0 <= start < end <= len(texts[number])
        said = texts[number][start:end].split()
        assert said[0].startswith(one.row.phrase.split()[0])
    for one, other in pairwise(found):
        assert one.span[0] < other.span[0] or one.span[2] <= other.span[1]
    given_back = [
        JudgedTrigger(*one.span, one.row.type, "", "actual", False, 1.0)
        for one in found
        if one.row.type != NO_EVENT
    ]
    assert settle(given_back, found) == given_back
