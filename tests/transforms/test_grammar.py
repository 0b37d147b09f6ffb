"""Merging the grammar's tokens into words."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from transforms.coder.grammar import Token, merge_tokens


def make(*tokens: tuple[int, int, int, str]) -> tuple[Token, ...]:
    return tuple(Token(start, end, "NN", head, label, "x") for start, end, head, label in tokens)


def test_the_parts_of_a_hyphenated_word_become_one() -> None:
    # "US-led raid": US, -, led, raid
    tokens = make((0, 2, 2, "compound"), (2, 3, 2, "punct"), (3, 6, 3, "amod"), (7, 11, 3, "root"))
    spans, merged = merge_tokens(tokens, [(0, 6), (7, 11)])
    assert spans == [(0, 6), (7, 11)]
    assert [(token.head, token.label) for token in merged] == [(1, "amod"), (1, "root")]


def test_crossing_words_make_no_cycle() -> None:
    tokens = make((0, 1, 3, "dep"), (1, 2, 1, "root"), (3, 4, 1, "dep"), (4, 5, 0, "dep"))
    _, merged = merge_tokens(tokens, [(0, 2), (3, 5)])
    assert any(token.head == at for at, token in enumerate(merged))


@given(st.lists(st.integers(1, 4), min_size=1, max_size=12), st.data())
def test_merged_words_are_a_forest_over_the_same_text(sizes: list[int], data: st.DataObject) -> None:
    tokens, at = [], 0
    for number, size in enumerate(sizes):
        head = data.draw(st.integers(0, number))  # a tree: heads come before
        tokens.append(Token(at, at + size, "NN", head, "root" if head == number else "dep", "x"))
        at += size + data.draw(st.integers(0, 1))
    cuts = data.draw(st.sets(st.integers(0, at)))
    edges = sorted({0, at, *cuts})
    words = list(pairwise(edges)) or [(0, at)]
    spans, merged = merge_tokens(tuple(tokens), words)
    assert spans[0][0] == 0 and spans[-1][1] == tokens[-1].end
    for number in range(len(merged)):
        steps, above = 0, number
        while merged[above].head != above:
            above, steps = merged[above].head, steps + 1
            assert steps <= len(merged)
