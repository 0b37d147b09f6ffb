"""The judge: which words of an article tell of an event, of which type and mode, and whether it happened.

A text is read in windows: the headline, and as many sentences behind it as fit. What the encoder says of every
token is put together to triggers here. The encoder itself is behind `Encoder`, so that nothing here loads weights.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, Protocol, get_args

import numpy as np

JudgedRealis = Literal["actual", "planned", "hypothetical", "negated", "generic"]
REALIS: tuple[JudgedRealis, ...] = get_args(JudgedRealis)
ROLES = ("actor", "recipient", "place", "date", "weapon")
MOST_OF_HEADLINE, MOST_OF_BODY, MOST_OF_CONTEXT = 40, 150, 48
"""Word pieces of a window that the headline, all sentences, and the sentence before them may take."""
HEADLINE = -1
"""The number of the headline among the sentences."""


class WordPiece(NamedTuple):
    """A word piece of a window: its number in the vocabulary, and where it stands; no sentence: not judged here."""

    number: int
    sentence: int | None
    start: int
    end: int
    segment: int  # 0 of the headline, 1 of the text


@dataclass(frozen=True, slots=True)
class Labels:
    """What the encoder was trained to tell apart, in the order of its outputs."""

    types: tuple[str, ...]
    role_bias: tuple[float, ...]
    modes: tuple[tuple[str, str], ...]  # of a type


class Encoder(Protocol):
    """A fine-tuned encoder with its heads."""

    @property
    def version(self) -> str: ...

    @property
    def labels(self) -> Labels: ...

    def cut(self, text: str) -> list[tuple[int, int, int]]:
        """The word pieces of a text: number, start, end."""

    def read(self, windows: Sequence[Sequence[WordPiece]]) -> list["Outputs"]:
        """What is said of each window's pieces."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Logits of one window's pieces: types (pieces, types), modes, realis, background, roles."""

    types: "np.ndarray[Any, Any]"
    modes: "np.ndarray[Any, Any]"
    realis: "np.ndarray[Any, Any]"
    background: "np.ndarray[Any, Any]"
    vectors: "np.ndarray[Any, Any]"
    triggers: "np.ndarray[Any, Any]"  # (pieces, roles, rank): what a trigger asks of its roles
    arguments: "np.ndarray[Any, Any]"  # (pieces, roles, rank): what a piece answers


@dataclass(frozen=True, slots=True)
class JudgedTrigger:
    """Words that tell of an event; offsets into their sentence."""

    sentence: int
    start: int
    end: int
    event_type: str
    mode: str
    realis: JudgedRealis
    background: bool
    odds: float
    begin: int = 0  # of the sentence, in the text of `start` and `end`
    text: str = ""  # the words themselves
    sentence_text: str = ""
    roles: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict, compare=False)
    vector: "np.ndarray[Any, Any] | None" = field(default=None, compare=False, repr=False)


def judge_text(
    encoder: Encoder, headline: str, sentences: Sequence[str], least_odds: float
) -> list[JudgedTrigger]:
    """The triggers of a text with at least these odds, in its order."""
    windows = list(cut_windows(encoder, headline, sentences))
    found = [
        trigger
        for window, outputs in zip(windows, encoder.read(windows), strict=True)
        for trigger in _list_triggers(window, outputs, encoder.labels, least_odds)
    ]
    texts = {HEADLINE: headline} | dict(enumerate(sentences))
    quoted = [
        replace(one, text=texts[one.sentence][one.start : one.end], sentence_text=texts[one.sentence])
        for one in found
    ]
    return sorted(quoted, key=lambda one: (one.sentence, one.start, -one.odds))


CLS, SEP = 101, 102


def cut_windows(encoder: Encoder, headline: str, sentences: Sequence[str]) -> Iterator[list[WordPiece]]:
    """The windows of a text: each begins with the headline, judged in the first, and a sentence already read."""
    head = encoder.cut(headline)[:MOST_OF_HEADLINE]
    pieces = [encoder.cut(text)[:MOST_OF_BODY] for text in sentences]
    sizes = [len(one) + 1 for one in pieces]
    at, first = 0, True
    while at < len(sentences) or first:
        body: list[WordPiece] = []
        room = MOST_OF_BODY
        if at and sizes[at - 1] <= MOST_OF_CONTEXT and sizes[at - 1] + sizes[at] <= room:
            body += _place(pieces[at - 1], None, 1)
            room -= sizes[at - 1]
        begin = at
        while at < len(sentences) and (at == begin or sizes[at] <= room):
            body += _place(pieces[at], at, 1)
            room -= sizes[at]
            at += 1
        yield [
            WordPiece(CLS, None, 0, 0, 0),
            *_place(head, HEADLINE if first else None, 0),
            *body,
        ]
        first = False


def _place(pieces: Sequence[tuple[int, int, int]], sentence: int | None, segment: int) -> list[WordPiece]:
    placed = [WordPiece(number, sentence, start, end, segment) for number, start, end in pieces]
    return [*placed, WordPiece(SEP, None, 0, 0, segment)]


def _list_triggers(
    window: Sequence[WordPiece], outputs: Outputs, labels: Labels, least_odds: float
) -> Iterator[JudgedTrigger]:
    odds = 1 / (1 + np.exp(-outputs.types))
    for number, event_type in enumerate(labels.types):
        run: list[int] = []
        for at, piece in enumerate([*window, WordPiece(SEP, None, 0, 0, 1)]):
            told = piece.sentence is not None and odds[at, number] >= least_odds
            if run and (not told or piece.sentence != window[run[-1]].sentence):
                yield _make_trigger(window, run, event_type, number, odds, outputs, labels)
                run = []
            if told:
                run.append(at)


def _make_trigger(
    window: Sequence[WordPiece],
    run: Sequence[int],
    event_type: str,
    number: int,
    odds: "np.ndarray[Any, Any]",
    outputs: Outputs,
    labels: Labels,
) -> JudgedTrigger:
    peak = odds[list(run), number].max() / 2
    run = [at for at in run if odds[at, number] >= peak]
    first, last = window[run[0]], window[run[-1]]
    assert first.sentence is not None
    modes = outputs.modes[list(run)].mean(axis=0)
    own = [at for at, (of_type, _) in enumerate(labels.modes) if of_type == event_type]
    best = max(own, key=lambda at: float(modes[at]), default=None)
    mode = labels.modes[best][1] if best is not None and modes[best] >= _LEAST_MODE else ""
    return JudgedTrigger(
        sentence=first.sentence,
        start=first.start,
        end=last.end,
        event_type=event_type,
        mode=mode,
        realis=REALIS[int(outputs.realis[list(run)].mean(axis=0).argmax())],
        background=bool(outputs.background[list(run)].mean() > 0),
        odds=float(odds[list(run), number].max()),
        vector=outputs.vectors[list(run)].mean(axis=0),
        roles=dict(_find_roles(window, run, outputs, labels)),
    )


def _find_roles(
    window: Sequence[WordPiece], run: Sequence[int], outputs: Outputs, labels: Labels
) -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
    """Where the phrases of each role stand in the trigger's sentence, start and end."""
    asked = outputs.triggers[list(run)].mean(axis=0)
    points = np.einsum("rd,trd->rt", asked, outputs.arguments) / np.sqrt(asked.shape[1])
    inside = [at for at, piece in enumerate(window) if piece.sentence == window[run[0]].sentence]
    for number, role in enumerate(ROLES):
        spans: list[tuple[int, int]] = []
        last = -2
        for at in inside:
            if points[number, at] + labels.role_bias[number] > 0:
                start = spans.pop()[0] if at == last + 1 and spans else window[at].start
                spans.append((start, window[at].end))
                last = at
        yield role, tuple(spans)


_LEAST_MODE = -1.0  # a logit
