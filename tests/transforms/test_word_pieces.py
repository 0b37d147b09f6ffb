"""Word pieces: the longest ones of the vocabulary, each with its place in the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.coder.word_pieces import WordPieces

WORDS = ["[UNK]", "gun", "##men", "killed", "cafe", "’", "€", "##5", "中", "a", "##b", "i"]
PIECES = WordPieces({word: number for number, word in enumerate(WORDS)})


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Gunmen killed", [("gun", "Gun"), ("##men", "men"), ("killed", "killed")]),
        ("Café’", [("cafe", "Café"), ("’", "’")]),
        ("€5", [("€", "€"), ("##5", "5")]),
        ("中a", [("中", "中"), ("a", "a")]),
        ("İ", [("i", "İ")]),
        ("a\u200bb", [("a", "a"), ("##b", "b")]),
        ("unheard of", [("[UNK]", "unheard"), ("[UNK]", "of")]),
        ("a" * 101, [("[UNK]", "a" * 101)]),
        (" \n", []),
    ],
)
def test_pieces(text: str, pieces: list[tuple[str, str]]) -> None:
    assert [(WORDS[number], text[start:end]) for number, start, end in PIECES.cut(text)] == pieces


@given(st.text())
def test_pieces_stand_in_order_and_inside(text: str) -> None:
    found = PIECES.cut(text)
    ends = [0, *(end for _, _, end in found)]
    assert all(
        before <= start < end <= len(text) for before, (_, start, end) in zip(ends, found, strict=False)
    )
