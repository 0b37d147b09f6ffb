"""Fingerprints: what is kept of an article to find others like it."""

import math

from hypothesis import given
from hypothesis import strategies as st

from ingest.tables.word_frequencies import open_word_frequencies
from transforms.events.fingerprint import strip_ending, take_fingerprint
from transforms.records import Fingerprint

TEXT = (
    "The ferry Maribel ran aground off Port Vell on Monday. Eleven passengers were taken off by helicopter."
)


def fingerprint(title: str, text: str, language: str = "en", page_kind: str = "") -> Fingerprint:
    return take_fingerprint("av1-a", title, text, language, open_word_frequencies(), page_kind)


def test_rare_words_and_names_come_first() -> None:
    terms = fingerprint("Ferry Maribel runs aground", TEXT).terms
    assert terms[0] == "maribel"
    assert set(terms[:5]) >= {"aground", "ferry"}
    assert terms.index("helicopter") < terms.index("taken") < terms.index("on")


def test_the_weights_are_of_unit_length_and_the_keys_a_few() -> None:
    taken = fingerprint("A title", TEXT * 20)
    assert math.isclose(sum(weight * weight for weight in taken.weights), 1.0, abs_tol=1e-3)
    assert list(taken.weights) == sorted(taken.weights, reverse=True)
    assert len(taken.terms) <= 40
    assert len(taken.keys) <= 20
    assert set(taken.keys) - {key for key in taken.keys if key.startswith("#")} <= set(taken.terms)


def test_another_language_leaves_the_wording_only() -> None:
    taken = fingerprint("Fähre läuft auf Grund", "Die Fähre lief am Montag vor dem Hafen auf Grund.", "de")
    assert (taken.terms, taken.weights) == ((), ())
    assert taken.shingles
    assert all(key.startswith("#") for key in taken.keys)


def test_what_is_no_article_leaves_nothing() -> None:
    assert fingerprint("Before you continue", TEXT, page_kind="consent_wall").keys == ()
    assert fingerprint("Ferry", TEXT, page_kind="stub").keys


def test_plural_and_possessive_meet_the_singular() -> None:
    words = ("satellites", "satellite's", "satellite’s", "parties", "buses", "press", "crisis", "churches")
    assert [strip_ending(word) for word in words] == [
        "satellite", "satellite", "satellite", "party", "buse", "press", "crisis", "church",
    ]  # fmt: skip


@given(
    title=st.text(max_size=40),
    text=st.text(max_size=300),
    language=st.sampled_from(["", "en", "en-GB", "fr"]),
)
def test_any_text_has_a_fingerprint(title: str, text: str, language: str) -> None:
    taken = fingerprint(title, text, language)
    assert len(taken.terms) == len(taken.weights)
    assert list(taken.shingles) == sorted(set(taken.shingles))
    assert all(0 <= shingle < 2**63 for shingle in taken.shingles)
    assert taken == fingerprint(title, text, language)
