"""`an attack in retaliation for air strikes`: where a sentence turns from an act to what it answers or follows."""

from collections.abc import Iterable
from dataclasses import dataclass

from transforms.coder.parsed_sentence import ParsedSentence
from transforms.word_lists import word_set

_ANSWERS = word_set("retaliation retribution revenge vengeance reprisal reprisals response answer reaction")
_TIMES = word_set("weeks months month years year decades decade")
"""`gunmen killed five, two years after a bomb killed 20`: no answer, but another incident as well."""
_TURNS = word_set("for to against over after")
_REACH = 3  # words: "a revenge attack for"
_OPENING = 4  # words: "In retaliation for the raid, rebels shelled"


@dataclass(frozen=True, slots=True)
class Answered:
    """The words, from `start` to `end` (exclusive), that tell of what was answered."""

    start: int
    end: int

    def holds(self, at: int) -> bool:
        return self.start <= at < self.end

    def parts(self, first: int, second: int) -> bool:
        """Whether one of the words tells of the answer and the other of what was answered."""
        return self.holds(first) != self.holds(second)


def find_answered(parsed: ParsedSentence, anchors: Iterable[int]) -> Answered | None:
    """What the act of a sentence answers; None unless triggers (`anchors`) tell of both."""
    anchors = tuple(anchors)
    for i, word in enumerate(parsed.words):
        if word.lower not in _ANSWERS and word.lower not in _TIMES:
            continue
        turns = [
            j for j in range(i + 1, min(i + 1 + _REACH, len(parsed.words))) if parsed.words[j].lower in _TURNS
        ]
        if word.lower in _TIMES:
            turns = turns[:1] if turns[:1] == [i + 1] and parsed.words[i + 1].lower == "after" else []
        if not turns:
            continue
        answered = Answered(turns[0], _find_end(parsed, turns[0]) if i < _OPENING else len(parsed.words))
        inside = [answered.holds(at) for at in anchors]
        if any(inside) and not all(inside):
            return answered
    return None


def _find_end(parsed: ParsedSentence, turn: int) -> int:
    """Where a phrase that opens the sentence ends: at its first comma."""
    commas = (i for i in range(turn, len(parsed.words)) if parsed.words[i].text == ",")
    return next(commas, len(parsed.words))
