"""Quotations of a text: found where they stand, however their blanks and marks were copied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.chat.quotes import QuotableText, Span

TEXT = (
    "“We saw the drone,” said Amina O’Neill\u00a0— a nurse.\n\n"
    "The\u200bmen of Al\u00adpha fled;  the ﬁre café burnt."
)


def find(quote: str, near: Span | None = None) -> str | None:
    span = QuotableText(TEXT).find(quote, near)
    return None if span is None else TEXT[span.start : span.end]


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("a nurse", "a nurse"),
        ("Amina O'Neill - a nurse.", "Amina O’Neill\u00a0— a nurse."),
        ('"We saw the drone," said', "“We saw the drone,” said"),
        ("We saw the drone...", "We saw the drone"),
        ("nurse. Themen of Alpha", "nurse.\n\nThe\u200bmen of Al\u00adpha"),
        ("fled; the fire", "fled;  the ﬁre"),
        ("cafe\u0301 burnt", "café burnt"),
        ("cafe", None),  # an accent is no part of a quotation mark
        ("the f", None),  # half a ligature
        ("he drone", None),  # half a word
        ("a doctor", None),
        ("saw drone", None),
        ("", None),
        (" \n", None),
        ("...", None),
    ],
)
def test_quotations(quote: str, found: str | None) -> None:
    assert find(quote) == found


def test_the_place_near_by_is_taken() -> None:
    text = QuotableText("Two men came. Two men went. Two men stayed.")
    assert text.find("Two men") == Span(0, 7)
    assert text.find("Two men", Span(14, 27)) == Span(14, 21)
    assert text.find("Two men", Span(100, 120)) == Span(0, 7)


WORDS = st.lists(
    st.sampled_from(["Ada’s", "fire", "“no”", "ﬁn", "12", "a–b", "é", "ß"]), min_size=1, max_size=12
)
GAPS = st.sampled_from([" ", "  ", "\n", "\u00a0", " \u200b"])


@given(WORDS, GAPS, st.data())
def test_any_run_of_words_is_found_in_any_spelling(words: list[str], gap: str, data: st.DataObject) -> None:
    text = gap.join(words)
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    spelling = {"Ada’s": "Ada's", "“no”": '"no"', "a–b": "a-b", "ﬁn": "fin"}
    quote = " ".join(spelling.get(word, word) for word in words[start:end])
    span = QuotableText(text).find(quote)
    assert span is not None
    assert gap.join(words[start:end]).split() == text[span.start : span.end].split()


@given(st.text(max_size=60), st.text(max_size=12))
def test_nothing_breaks_it_and_offsets_hold(text: str, quote: str) -> None:
    span = QuotableText(text).find(quote)
    assert span is None or 0 <= span.start < span.end <= len(text)
