"""Ways between the words of a sentence."""

from transforms.coder.grammar import Token
from transforms.coder.parsed_sentence import build_sentence
from transforms.coder.sentences import Sentence
from transforms.coder.tree_paths import find_path, measure_path


def parse_flat(text: str, heads: list[int]) -> tuple[Token, ...]:
    tokens = []
    at = 0
    for number, word in enumerate(text.split()):
        label = "root" if heads[number] == number else "nsubj"
        tokens.append(Token(at, at + len(word), "NN", heads[number], label, word))
        at += len(word) + 1
    return tuple(tokens)


def test_the_way_goes_up_and_down() -> None:
    text = "jets bombed villages"
    parsed = build_sentence(Sentence(text, 0, len(text), 0), parse_flat(text, [1, 1, 1]), text)
    assert find_path(parsed, 0, 2) == ([0], [2])
    assert measure_path(parsed, 0, 2) == 2.0


def test_a_parse_with_two_roots_has_ways_too() -> None:
    text = "jets bombed villages fled"
    parsed = build_sentence(Sentence(text, 0, len(text), 0), parse_flat(text, [1, 1, 3, 3]), text)
    assert find_path(parsed, 0, 2) == ([0], [2])
    assert find_path(parsed, 2, 1) == ([2], [])
