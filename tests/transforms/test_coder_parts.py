"""Sentences, numbers, dates and inflection on their own."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.coder.gazetteer import fold_name
from transforms.coder.inflect import inflect_verb, pluralise
from transforms.coder.number_words import parse_number
from transforms.coder.resolve_dates import earliest_day, find_dates, latest_day
from transforms.coder.sentences import split_sentences, split_words

PUBLISHED = date(2026, 3, 5)  # a Thursday


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two!", ["One.", "Two!"]),
        ("Gen. Smith of the U.S. Army spoke.", ["Gen. Smith of the U.S. Army spoke."]),
        ("They left the U.S. The war went on.", ["They left the U.S.", "The war went on."]),
        ("It was J. R. Smith. He fled.", ["It was J. R. Smith.", "He fled."]),
        ("“Stop!” he said. “Why?”", ["“Stop!” he said.", "“Why?”"]),
        ("A title\n\nThe text begins.", ["A title", "The text begins."]),
        ("Prices rose 3.5 percent. Then fell.", ["Prices rose 3.5 percent.", "Then fell."]),
        ("On Dec. 10 it rained.", ["On Dec. 10 it rained."]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [sentence.text for sentence in split_sentences(text)] == sentences


@given(st.text(max_size=400))
def test_sentences_keep_their_places_and_lose_nothing(text: str) -> None:
    sentences = split_sentences(text)
    assert all(text[s.start : s.end] == s.text for s in sentences)
    assert all(a.end <= b.start for a, b in pairwise(sentences))
    assert "".join("".join(s.text.split()) for s in sentences) == "".join(text.split())
    assert all(text[w.start : w.end] == w.text for w in split_words(text))


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("1,200 people", 1200),
        ("twenty-five men", 25),
        ("twenty five men", 25),
        ("two dozen men", 24),
        ("a hundred and five men", 105),
        ("three hundred", 300),
        ("dozens", None),
        ("a man", None),
        ("3.5 metres", None),
        ("seven", 7),
    ],
)
def test_numbers(words: str, number: int | None) -> None:
    assert parse_number(words.split(), 0)[0] == number


@given(st.integers(min_value=1, max_value=10**8))
def test_digits_with_commas_are_read(number: int) -> None:
    assert parse_number([f"{number:,}", "people"], 0) == (number, 1)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("on Thursday", "2026-03-05"),
        ("last Thursday", "2026-02-26"),
        ("on Sunday", "2026-03-01"),
        ("yesterday", "2026-03-04"),
        ("last night", "2026-03-04"),
        ("three days ago", "2026-03-02"),
        ("two weeks ago", "2026-02"),
        ("in August 2014", "2014-08"),
        ("in November", "2025-11"),
        ("on 5 December", "2025-12-05"),
        ("on December 5, 2016", "2016-12-05"),
        ("on May 26 last year", "2025-05-26"),
        ("earlier this month", "2026-03"),
        ("last month", "2026-02"),
        ("last year", "2025"),
        ("in 2015", "2015"),
        ("on 31 February", "2026-02"),
        ("on Tuesday, a day after the attack", "2026-03-03"),
    ],
)
def test_dates(text: str, start: str) -> None:
    assert find_dates(text, PUBLISHED)[0].start == start


def test_an_event_before_a_date_is_counted_back() -> None:
    assert [span.start for span in find_dates("on Tuesday, a day after police fired", PUBLISHED)] == [
        "2026-03-03",
        "2026-03-02",
    ]


def test_relative_dates_need_a_day_of_publication() -> None:
    assert find_dates("on Monday, yesterday and last week, in May", None) == []
    assert find_dates("on 4 May 2014", None)[0].start == "2014-05-04"


@given(st.text(alphabet="0123456789 -,/MayonTuesdlst ago weekmthyr", max_size=80), st.dates())
def test_any_text_gives_readable_dates(text: str, published: date) -> None:
    for span in find_dates(text, published):
        first, last = earliest_day(span.start), latest_day(span.end)
        assert first is not None and last is not None and first <= last


@pytest.mark.parametrize(
    ("verb", "past", "gerund"),
    [
        ("kill", "killed", "killing"),
        ("stab", "stabbed", "stabbing"),
        ("kidnap", "kidnapped", "kidnapping"),
        ("raid", "raided", "raiding"),
        ("bury", "buried", "burying"),
        ("seize", "seized", "seizing"),
        ("open fire", "opened fire", "opening fire"),
        ("fatally shoot", "fatally shot", "fatally shooting"),
        ("withdraw", "withdrew", "withdrawing"),
        ("target", "targeted", "targeting"),
        ("expel", "expelled", "expelling"),
    ],
)
def test_verbs_are_inflected(verb: str, past: str, gerund: str) -> None:
    forms = inflect_verb(verb)
    assert (forms["past"], forms["gerund"]) == (past, gerund)


def test_a_table_may_give_irregular_forms() -> None:
    assert inflect_verb("run over", ("ran over", "run over"))["past"] == "ran over"


def test_plurals() -> None:
    assert [pluralise(word) for word in ("car bomb", "army", "clash", "boy")] == [
        "car bombs",
        "armies",
        "clashes",
        "boys",
    ]


def test_names_are_folded() -> None:
    assert fold_name("Mazār-e Sharīf") == fold_name("mazar e  sharif") == "mazar e sharif"
    assert fold_name("N’Djamena") == fold_name("N'Djamena")
