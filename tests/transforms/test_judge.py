"""The judge's windows and triggers, with an encoder that finds what it is told to."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.coder.judge import (
    HEADLINE,
    MOST_OF_BODY,
    MOST_OF_HEADLINE,
    ROLES,
    Labels,
    NewsGate,
    Outputs,
    WordPiece,
    cut_windows,
    find_deciding,
    judge_text,
)


class WordEncoder:
    """Takes every word for a piece; `ATTACK` tells of a planned assault by bombs, `talks` of a meeting."""

    version = "test"
    labels = Labels(
        ("CONSULT", "ASSAULT"), (-1.0,) * len(ROLES), (("CONSULT", "meet"), ("ASSAULT", "explosives"))
    )

    def __init__(self) -> None:
        self.words: dict[int, str] = {}

    def cut(self, text: str) -> list[tuple[int, int, int]]:
        found, at = [], 0
        for word in text.split():
            at = text.index(word, at)
            number = 1000 + sum(map(ord, word))
            self.words[number] = word
            found.append((number, at, at + len(word)))
            at += len(word)
        return found

    def read(self, windows: Sequence[Sequence[WordPiece]]) -> list[Outputs]:
        return [self._read(window) for window in windows]

    def _read(self, window: Sequence[WordPiece]) -> Outputs:
        said = [self.words.get(piece.number, "") for piece in window]
        talks, attack = (np.array([word == wanted for word in said]) for wanted in ("talks", "ATTACK"))
        types = np.where(np.stack([talks, attack], axis=1), 2.0, -5.0)
        modes = np.where(np.stack([talks, attack], axis=1), -3.0, 3.0)[:, ::-1]
        realis = np.eye(5)[attack.astype(int)]
        return Outputs(
            types,
            modes,
            realis,
            np.where(talks, 1.0, -1.0),
            types,
            *[np.zeros((len(said), len(ROLES), 2))] * 2,
        )


def test_triggers_stand_where_their_words_do() -> None:
    found = judge_text(
        WordEncoder(), "ATTACK foiled", ["They held talks .", "An ATTACK ATTACK was planned"], 0.5
    )
    told = [(one.sentence, one.start, one.end, one.event_type, one.mode, one.realis) for one in found]
    assert told == [
        (HEADLINE, 0, 6, "ASSAULT", "explosives", "planned"),
        (0, 10, 15, "CONSULT", "meet", "actual"),
        (1, 3, 16, "ASSAULT", "explosives", "planned"),
    ]
    assert [one.background for one in found] == [False, True, False]
    assert all(one.odds == pytest.approx(0.88, abs=0.01) for one in found)


def test_an_empty_text_has_its_headline() -> None:
    [one] = judge_text(WordEncoder(), "talks", [], 0.5)
    assert (one.sentence, one.start, one.end) == (HEADLINE, 0, 5)
    assert judge_text(WordEncoder(), "", [], 0.5) == []


@given(st.lists(st.integers(0, 200), max_size=12), st.integers(0, 80))
def test_every_sentence_is_judged_once_and_windows_are_bounded(sizes: list[int], head: int) -> None:
    windows = list(cut_windows(WordEncoder(), "h " * head, ["w " * size for size in sizes]))
    judged = [
        piece.sentence
        for window in windows
        for piece in window
        if piece.judged and piece.sentence is not None
    ]
    assert judged.count(HEADLINE) == min(head, MOST_OF_HEADLINE)
    assert [judged.count(number) for number in range(len(sizes))] == [
        min(size, MOST_OF_BODY) for size in sizes
    ]
    assert judged == sorted(judged)
    most = MOST_OF_HEADLINE + MOST_OF_BODY + 4
    assert all(len(window) <= most for window in windows)


class RoleEncoder(WordEncoder):
    """Takes `gunmen` for the actor of every trigger, wherever it stands, and `five` for the killed."""

    def _read(self, window: Sequence[WordPiece]) -> Outputs:
        said = [self.words.get(piece.number, "") for piece in window]
        answers = np.zeros((len(said), len(ROLES), 2))
        for at, word in enumerate(said):
            answers[at, ROLES.index("actor"), 0] = 9.0 * (word == "gunmen")
            answers[at, ROLES.index("killed"), 0] = 9.0 * (word == "five")
        plain = super()._read(window)
        return replace(plain, triggers=np.ones((len(said), len(ROLES), 2)), arguments=answers)


def test_roles_are_those_of_the_sentence_or_of_the_ones_around() -> None:
    found = judge_text(RoleEncoder(), "", ["The gunmen ATTACK five", "An ATTACK"], 0.5)
    first, second = found
    assert first.list_spans("actor") == [(0, 4, 10)]
    assert second.list_spans("actor") == [(0, 4, 10)]  # the sentence itself names none
    assert first.list_spans("killed") == [(0, 18, 22)]
    assert first.list_spans("place") == []
    assert first.rate_span("actor", (0, 0, 10)) > 0 > first.rate_span("actor", (0, 11, 17))
    assert first.rate_span("actor", (7, 0, 10)) == -np.inf


def test_given_words_are_judged_as_what_they_are_given_as() -> None:
    [one] = judge_text(WordEncoder(), "", ["They zapped the town"], 0.5, [((0, 5, 11), "ASSAULT")])
    assert (one.sentence, one.start, one.end, one.event_type) == (0, 5, 11, "ASSAULT")
    assert one.odds < 0.5


def test_the_words_that_decide_are_those_without_which_it_is_less_likely() -> None:
    class Cautious(WordEncoder):
        """An `ATTACK` is one only beside `bombs`."""

        def _read(self, window: Sequence[WordPiece]) -> Outputs:
            plain = super()._read(window)
            there = any(self.words.get(piece.number) == "bombs" for piece in window)
            return plain if there else replace(plain, types=plain.types - 4)

    encoder = Cautious()
    [one] = judge_text(encoder, "", ["An ATTACK with bombs today"], 0.5)
    [(span, odds)] = find_deciding(encoder, one)
    assert span == (0, 15, 20)
    assert odds == pytest.approx(0.12, abs=0.01)


def test_of_two_types_of_the_same_words_the_likelier_counts() -> None:
    class Torn(WordEncoder):
        """Takes `talks` for a meeting, and less so for an assault."""

        def _read(self, window: Sequence[WordPiece]) -> Outputs:
            plain = super()._read(window)
            return replace(plain, types=np.where(plain.types[:, :1] > 0, [2.0, 1.0], plain.types))

    [one] = judge_text(Torn(), "", ["They held talks ."], 0.5)
    assert one.event_type == "CONSULT"


def test_in_a_quiet_text_everything_is_less_likely() -> None:
    encoder = WordEncoder()
    texts = ["They held talks ."]
    [plain] = judge_text(encoder, "", texts, 0.5)
    [news] = judge_text(encoder, "", texts, 0.5, gate=NewsGate(np.zeros(2), 2.0))
    [quiet] = judge_text(encoder, "", texts, 0.5, gate=NewsGate(np.zeros(2), -2.0))
    assert news.odds == plain.odds
    assert quiet.odds < 0.3 < plain.odds
