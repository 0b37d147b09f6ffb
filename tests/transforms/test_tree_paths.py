"""Ways between words of a dependency tree."""

from transforms.coder.grammar import Token
from transforms.coder.parsed_sentence import build_sentence
from transforms.coder.sentences import Sentence
from transforms.coder.tree_paths import find_path, measure_path

TEXT = "Shots rang out; people fled."


def parse(*heads: int) -> tuple[Token, ...]:
    words = ("Shots", "rang", "out", ";", "people", "fled", ".")
    tokens: list[Token] = []
    for word, head in zip(words, heads, strict=True):
        start = TEXT.index(word)
        label = "root" if head == len(tokens) else "dep"
        tokens.append(Token(start, start + len(word), "NN", head, label, word))
    return tuple(tokens)


def test_a_way_leads_over_the_word_above_both() -> None:
    parsed = build_sentence(Sentence(TEXT, 0, len(TEXT), 0), parse(1, 1, 1, 1, 5, 1, 5), TEXT)
    assert find_path(parsed, 0, 4) == ([0], [4, 5])
    assert find_path(parsed, 4, 4) == ([], [])


def test_a_sentence_with_two_roots_has_ways_that_do_not_meet() -> None:
    parsed = build_sentence(Sentence(TEXT, 0, len(TEXT), 0), parse(1, 1, 1, 1, 5, 5, 5), TEXT)
    assert find_path(parsed, 0, 4) == ([0], [4])
    assert measure_path(parsed, 0, 4) == 2
