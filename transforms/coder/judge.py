"""The judge: which words of an article tell of an event, of which type and mode, whether it happened, and whose.

A text is read in windows: the headline, and as many sentences behind it as fit. What the encoder says of every
token is put together to triggers here. The encoder itself is behind `Encoder`, so that nothing here loads weights.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, Protocol, get_args

import numpy as np

JudgedRealis = Literal["actual", "planned", "hypothetical", "negated", "generic"]
REALIS: tuple[JudgedRealis, ...] = get_args(JudgedRealis)
Role = Literal["actor", "recipient", "place", "date", "weapon", "killed", "injured"]
ROLES: tuple[Role, ...] = get_args(Role)
MOST_OF_HEADLINE, MOST_OF_BODY, MOST_OF_CONTEXT = 40, 150, 48
"""Word pieces of a window that the headline, all sentences, and the sentence before them may take."""
HEADLINE = -1
"""The number of the headline among the sentences."""
WordSpan = tuple[int, int, int]
"""Words of a text: the number of their sentence, and start and end (exclusive) in it."""
Array = np.ndarray[Any, Any]


class WordPiece(NamedTuple):
    """A word piece of a window: its number in the vocabulary, and where it stands (None: between sentences)."""

    number: int
    sentence: int | None
    start: int
    end: int
    segment: int  # 0 of the headline, 1 of the text
    judged: bool = (
        True  # else it is there for those that are: a headline or sentence judged in another window
    )


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
    """Logits of one window's pieces: types (pieces, types), modes, realis, background; and what roles are made of."""

    types: Array
    modes: Array
    realis: Array
    background: Array
    vectors: Array
    triggers: Array  # (pieces, roles, rank): what a trigger asks of its roles
    arguments: Array  # (pieces, roles, rank): what a piece answers


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
    vector: Array | None = field(default=None, compare=False, repr=False)
    points: Array | None = field(default=None, compare=False, repr=False)  # (roles, pieces): logits
    window: Sequence[WordPiece] = field(default=(), compare=False, repr=False)

    def list_spans(self, role: Role, least: float = 0.0) -> list[WordSpan]:
        """The words that fill a role with at least this logit: those of the trigger's own sentence, else of the others
        around."""
        if self.points is None:
            return []
        points = self.points[ROLES.index(role)]
        filled = [
            at for at, piece in enumerate(self.window) if points[at] > least and piece.sentence is not None
        ]
        own = [at for at in filled if self.window[at].sentence == self.sentence]
        return _join_pieces(self.window, own or filled)

    def rate_span(self, role: Role, span: WordSpan) -> float:
        """The logit with which the likeliest of some words fills a role; -inf for words of another window."""
        if self.points is None:
            return -np.inf
        sentence, start, end = span
        points = self.points[ROLES.index(role)]
        inside = [
            float(points[at])
            for at, piece in enumerate(self.window)
            if piece.sentence == sentence and piece.start < end and start < piece.end
        ]
        return max(inside, default=-np.inf)


def _join_pieces(window: Sequence[WordPiece], chosen: Sequence[int]) -> list[WordSpan]:
    spans: list[WordSpan] = []
    last = -2
    for at in chosen:
        piece = window[at]
        assert piece.sentence is not None
        joined = bool(spans) and at == last + 1 and spans[-1][0] == piece.sentence
        start = spans.pop()[1] if joined else piece.start
        spans.append((piece.sentence, start, piece.end))
        last = at
    return spans


@dataclass(frozen=True, slots=True, eq=False)
class NewsGate:
    """Whether a text reports any event: a logit from the mean of its windows' first vectors."""

    weights: Array  # (384,)
    bias: float

    def rate(self, firsts: Sequence[Array]) -> float:
        return float(np.mean(firsts, axis=0) @ self.weights + self.bias)


GATE_OPEN, GATE_SLOPE = 1.5, 2.0
"""The gate's logit from which on a text's triggers keep their odds; so often what is missing to it comes off theirs."""


def judge_text(
    encoder: Encoder,
    headline: str,
    sentences: Sequence[str],
    least_odds: float,
    given: Sequence[tuple[WordSpan, str]] = (),
    gate: NewsGate | None = None,
) -> list[JudgedTrigger]:
    """The triggers of a text with at least these odds, in its order; and those `given`, of which the type is known.

    In a text that, by the `gate`, hardly reports an event each is less likely.
    """
    found: list[JudgedTrigger] = []
    firsts: list[Array] = []
    for window in cut_windows(encoder, headline, sentences):
        outputs = encoder.read([window])[0]
        firsts.append(outputs.vectors[0])
        found += _drop_rivals(list(_list_triggers(window, outputs, encoder.labels, least_odds)))
        for span, event_type in given:
            run = _find_pieces(window, span)
            if run:
                found.append(_make_trigger(window, run, event_type, outputs, encoder.labels))
    shut = min(0.0, GATE_SLOPE * (gate.rate(firsts) - GATE_OPEN)) if gate else 0.0
    found = [replace(one, odds=_shift(one.odds, shut)) for one in found] if shut else found
    return sorted(found, key=lambda one: (one.sentence, one.start, -one.odds))


def _shift(odds: float, logit: float) -> float:
    return float(1 / (1 + (1 / max(odds, _LEAST) - 1) * np.exp(-logit)))


_LEAST = 1e-6
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
            body += _place(pieces[at - 1], at - 1, 1, judged=False)
            room -= sizes[at - 1]
        begin = at
        while at < len(sentences) and (at == begin or sizes[at] <= room):
            body += _place(pieces[at], at, 1, judged=True)
            room -= sizes[at]
            at += 1
        yield [WordPiece(CLS, None, 0, 0, 0, judged=False), *_place(head, HEADLINE, 0, judged=first), *body]
        first = False


def _place(
    pieces: Sequence[tuple[int, int, int]], sentence: int, segment: int, judged: bool
) -> list[WordPiece]:
    placed = [WordPiece(number, sentence, start, end, segment, judged) for number, start, end in pieces]
    return [*placed, WordPiece(SEP, None, 0, 0, segment, judged=False)]


def _find_pieces(window: Sequence[WordPiece], span: WordSpan) -> list[int]:
    sentence, start, end = span
    return [
        at
        for at, piece in enumerate(window)
        if piece.judged and piece.sentence == sentence and piece.start < end and start < piece.end
    ]


def _list_triggers(
    window: Sequence[WordPiece], outputs: Outputs, labels: Labels, least_odds: float
) -> Iterator[JudgedTrigger]:
    least = np.log(least_odds / (1 - least_odds))
    judged = np.array([piece.judged for piece in window])
    told = (outputs.types >= least) & judged[:, None]
    for number in np.flatnonzero(told.any(axis=0)):
        logits = outputs.types[:, number]
        for run in _split_runs(window, np.flatnonzero(told[:, number]).tolist()):
            peak = _to_odds(logits[run]).max() / 2
            sure = [at for at in run if _to_odds(logits[at]) >= peak]
            yield _make_trigger(window, sure, labels.types[number], outputs, labels)


def _split_runs(window: Sequence[WordPiece], places: Sequence[int]) -> list[list[int]]:
    """Places in a window, in runs of neighbours of one sentence."""
    runs: list[list[int]] = []
    for at in places:
        if runs and runs[-1][-1] == at - 1 and window[at - 1].sentence == window[at].sentence:
            runs[-1].append(at)
        else:
            runs.append([at])
    return runs


def _drop_rivals(found: Sequence[JudgedTrigger]) -> list[JudgedTrigger]:
    """Of triggers of several types that share words the likeliest: what tells of two acts has two triggers."""
    kept: list[JudgedTrigger] = []
    for one in sorted(found, key=lambda one: -one.odds):
        if not any(
            one.sentence == other.sentence and one.start < other.end and other.start < one.end
            for other in kept
        ):
            kept.append(one)
    return kept


def _to_odds(logits: Array) -> Array:
    return 1 / (1 + np.exp(-logits))


def _make_trigger(
    window: Sequence[WordPiece], run: list[int], event_type: str, outputs: Outputs, labels: Labels
) -> JudgedTrigger:
    first, last = window[run[0]], window[run[-1]]
    assert first.sentence is not None
    modes = outputs.modes[run].mean(axis=0)
    own = [at for at, (of_type, _) in enumerate(labels.modes) if of_type == event_type]
    best = max(own, key=lambda at: float(modes[at]), default=None)
    asked = outputs.triggers[run].mean(axis=0)
    points = np.einsum("rd,trd->rt", asked, outputs.arguments) / np.sqrt(asked.shape[1])
    return JudgedTrigger(
        sentence=first.sentence,
        start=first.start,
        end=last.end,
        event_type=event_type,
        mode=labels.modes[best][1] if best is not None and modes[best] >= _LEAST_MODE else "",
        realis=REALIS[int(outputs.realis[run].mean(axis=0).argmax())],
        background=bool(outputs.background[run].mean() > 0),
        odds=float(_to_odds(outputs.types[run, labels.types.index(event_type)]).max()),
        vector=outputs.vectors[run].mean(axis=0),
        points=points + np.array(labels.role_bias)[:, None],
        window=window,
    )


_LEAST_MODE = -1.0  # a logit


MASK = 103
_MOST_DECIDING = 3
_LEAST_FALL = 0.1


def find_deciding(encoder: Encoder, trigger: JudgedTrigger) -> list[tuple[WordSpan, float]]:
    """The other words of its sentence without which a trigger is least likely, and how likely it then is.

    Each word is hidden from the encoder in turn (occlusion: Zeiler and Fergus 2014); at most three, those with
    which the odds fall most.
    """
    own = _find_pieces(trigger.window, (trigger.sentence, trigger.start, trigger.end))
    number = encoder.labels.types.index(trigger.event_type)
    rated: list[tuple[float, WordSpan]] = []
    for word in _list_words(trigger.window, trigger.sentence):
        if word[0] in own or not own:
            continue
        hidden = [
            piece._replace(number=MASK) if at in word else piece for at, piece in enumerate(trigger.window)
        ]
        odds = float(_to_odds(encoder.read([hidden])[0].types[own, number]).max())
        span = (trigger.sentence, trigger.window[word[0]].start, trigger.window[word[-1]].end)
        rated.append((odds, span))
    return [
        (span, odds) for odds, span in sorted(rated)[:_MOST_DECIDING] if odds < trigger.odds - _LEAST_FALL
    ]


def _list_words(window: Sequence[WordPiece], sentence: int) -> list[list[int]]:
    """The pieces of each word of a sentence: those that stand side by side without a blank."""
    words: list[list[int]] = []
    for at, piece in enumerate(window):
        if piece.sentence != sentence:
            continue
        joined = words and words[-1][-1] == at - 1 and window[at - 1].end == piece.start
        if joined:
            words[-1].append(at)
        else:
            words.append([at])
    return words
