"""Lemmas by table and rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.coder.lemmas import LemmaTable, learn_table, lemmatize

LEARNT = learn_table(
    [
        ("shot", "VBD", "shoot"),
        ("attacks", "VBZ", "attack"),
        ("fired", "VBD", "fire"),
        ("stopped", "VBD", "stop"),
        ("cities", "NNS", "city"),
        ("was", "VBD", "be"),
        ("London", "NNP", "London"),
    ]
)
NOTHING = LemmaTable({}, {})


@pytest.mark.parametrize(
    ("form", "tag", "lemma"),
    [
        ("Shot", "VBD", "shoot"),
        ("attacking", "VBG", "attack"),
        ("firing", "VBG", "fire"),
        ("fires", "VBZ", "fire"),
        ("stopping", "VBG", "stop"),
        ("cities", "NNS", "city"),
        ("London", "NNP", "London"),
        ("Was", "VBD", "be"),
    ],
)
def test_learnt_lemmas(form: str, tag: str, lemma: str) -> None:
    assert lemmatize(form, tag, LEARNT) == lemma


@pytest.mark.parametrize(
    ("form", "tag", "lemma"),
    [
        ("villages", "NNS", "village"),
        ("militias", "NNS", "militia"),
        ("shelled", "VBD", "shell"),
        ("planned", "VBN", "plan"),
        ("raided", "VBD", "raid"),
        ("deployed", "VBN", "deploy"),
        ("seized", "VBD", "seize"),
    ],
)
def test_words_never_seen_go_by_rule(form: str, tag: str, lemma: str) -> None:
    assert lemmatize(form, tag, LemmaTable({}, {"noun village": 1, "verb seize": 1})) == lemma


def test_a_table_holds_only_what_the_rules_get_wrong() -> None:
    assert set(LEARNT.exceptions) == {"VBD shot", "VBD was"}


@given(st.text(min_size=1, max_size=12), st.sampled_from(["VBD", "VBG", "NNS", "NNP", "JJR", "NN", "X"]))
def test_every_form_has_a_lemma(form: str, tag: str) -> None:
    assert lemmatize(form, tag, NOTHING)
