"""Annotated articles as windows of word pieces with labels, for training the judge and its pair weights.

The windows are those of the coder (`transforms.coder.judge.cut_windows`), so that it sees at work what it was
trained on. Articles of the sets beside the repository keep their texts there; our own lie in `training/news/`.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ingest.bundled import SEEDS
from ingest.tables.seeds import load_seeds
from training.own_news import read_own_news
from training.stand_off import read_stand_off
from transforms.coder.judge import HEADLINE, REALIS, ROLES, WordPiece, cut_windows
from transforms.coder.number_words import parse_number, read_vague
from transforms.coder.sentences import split_sentences, split_words
from transforms.coder.word_pieces import WordPieces

_EVENT_TYPES = load_seeds(SEEDS).event_types
TYPES = tuple(dict.fromkeys(row.type for row in _EVENT_TYPES))
MODES = tuple((row.type, row.mode) for row in _EVENT_TYPES if row.mode)
HEADLESS, ALONE, ALONE_HEADLESS = 0.12, 0.35, 0.7
"""Shares of windows without the headline, of single sentences added, and of these without the headline."""


@dataclass(frozen=True, slots=True)
class Told:
    """A mention: offsets of the trigger into its sentence, strings of its roles."""

    sentence: int
    start: int
    end: int
    type: int
    mode: int | None
    realis: int
    background: bool
    roles: tuple[tuple[str, ...], ...]
    tolls: tuple[int | str | None, ...]  # killed, injured: a number, `some`, or nothing
    event: int


@dataclass(frozen=True, slots=True)
class Annotated:
    """An article, its sentences and what they tell."""

    id: str
    title: str
    sentences: tuple[str, ...]
    told: tuple[Told, ...]


@dataclass(slots=True)
class LabelledTrigger:
    """A mention in a window: its pieces, and the pieces of each role."""

    told: Told
    pieces: list[int]
    roles: list[list[int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Word pieces as the coder cuts them; what `cut_windows` asks of an encoder."""

    words: WordPieces

    def cut(self, text: str) -> list[tuple[int, int, int]]:
        return self.words.cut(text)


def read_set(path: Path) -> list[Annotated]:
    """The articles of an annotated set (JSON lines with `mentions`)."""
    return [_read(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def read_own(folder: Path) -> list[Annotated]:
    """Our own annotated texts."""
    return [_read(asdict(text)) for text in read_own_news(folder)]


def read_annotations(folder: Path, raw: Path) -> list[Annotated]:
    """The articles of `raw` (JSON lines, gzipped) that are annotated in `folder`, see `training.stand_off`."""
    return [_read(article) for article in read_stand_off(folder, raw)]


def _read(article: dict[str, Any]) -> Annotated:
    text, mentions = article["text"], article["mentions"]
    known = {(one["start"], one["end"]) for one in mentions if one["sentence"]}
    spans = {(one.start, one.end) for one in split_sentences(text)} | known
    kept = sorted(
        span for span in spans if span in known or not any(span[0] < k[1] and k[0] < span[1] for k in known)
    )
    number = {span: at for at, span in enumerate(kept)}
    told = [
        _read_mention(
            one, article["title"], text, number[one["start"], one["end"]] if one["sentence"] else HEADLINE
        )
        for one in mentions
    ]
    sentences = tuple(text[start:end] for start, end in kept)
    return Annotated(article["id"], article["title"], sentences, tuple(one for one in told if one))


def _read_mention(one: dict[str, Any], title: str, text: str, sentence: int) -> Told | None:
    inside = title if sentence == HEADLINE else text[one["start"] : one["end"]]
    begin = one["trigger_start"] - (0 if sentence == HEADLINE else one["start"])
    if not inside.startswith(one["trigger"], max(0, begin)):
        begin = inside.find(one["trigger"])
    if begin < 0:
        return None
    mode = (one["type"], one["mode"])
    roles = (one["actor"], one["recipient"], [one["place"]], [one["date"]], one["weapon"])
    return Told(
        sentence=sentence,
        start=begin,
        end=begin + len(one["trigger"]),
        type=TYPES.index(one["type"]),
        mode=MODES.index(mode) if mode in MODES else None,
        realis=REALIS.index(one["realis"]),
        background=bool(one["background"]),
        roles=tuple(tuple(filter(None, role)) for role in roles),
        tolls=(one["killed"], one["injured"]),
        event=one["event"],
    )


def list_windows(
    article: Annotated, pieces: Pieces, rng: random.Random | None = None
) -> Iterator[list[WordPiece]]:
    """The windows of an article; with `rng` as training wants them: some without headline, some of one sentence."""
    for window in cut_windows(pieces, article.title, article.sentences):
        yield window if rng is None or rng.random() >= HEADLESS else _behead(window)
        if rng is not None and article.sentences and rng.random() < ALONE:
            number = rng.randrange(len(article.sentences))
            alone = next(cut_windows(pieces, article.title, article.sentences[number : number + 1]))
            moved = [
                piece._replace(judged=False)
                if piece.sentence == HEADLINE
                else piece._replace(sentence=number if piece.judged else None)
                for piece in alone
            ]
            yield _behead(moved) if rng.random() < ALONE_HEADLESS else moved


def _behead(window: list[WordPiece]) -> list[WordPiece]:
    separator = next(at for at, piece in enumerate(window) if at and piece.start == piece.end == 0)
    return [window[0], *window[separator:]]


def label(article: Annotated, window: Sequence[WordPiece]) -> list[LabelledTrigger]:
    """The mentions whose triggers stand in a window, with the pieces of their roles there."""
    by_sentence: dict[int, list[int]] = {}
    for at, piece in enumerate(window):
        if piece.sentence is not None:
            by_sentence.setdefault(piece.sentence, []).append(at)
    found = []
    for told in article.told:
        inside = [at for at in by_sentence.get(told.sentence, []) if window[at].judged]
        pieces = _cover(window, inside, told.start, told.end)
        if pieces:
            roles = [_find_role(article, window, by_sentence, told, strings) for strings in told.roles]
            text = article.title if told.sentence == HEADLINE else article.sentences[told.sentence]
            roles += [_find_toll(text, window, inside, told, toll) for toll in told.tolls]
            found.append(LabelledTrigger(told, pieces, roles))
    return found


def _find_role(
    article: Annotated,
    window: Sequence[WordPiece],
    by_sentence: dict[int, list[int]],
    told: Told,
    strings: Sequence[str],
) -> list[int]:
    """The pieces of the strings that fill a role: in the trigger's sentence the nearest, else in the nearest one."""
    found: set[int] = set()
    near = sorted(by_sentence, key=lambda number: (abs(number - told.sentence), number))
    for string in strings:
        for number in near:
            text = article.title if number == HEADLINE else article.sentences[number]
            places = _find_all(text, string)
            if places:
                start = (
                    min(places, key=lambda at: abs(at - told.start)) if number == told.sentence else places[0]
                )
                found.update(_cover(window, by_sentence[number], start, start + len(string)))
                break
    return sorted(found)


def _find_toll(
    text: str, window: Sequence[WordPiece], inside: Sequence[int], told: Told, toll: int | str | None
) -> list[int]:
    """The pieces of the words that count the killed or injured: a number, else of one person the phrase itself."""
    if toll is None:
        return []
    words = split_words(text)
    lower = [word.lower for word in words]
    spans = []
    for at in range(len(words)):
        number, end = parse_number(lower, at)
        if toll == "some":
            number, end = ("some", read_vague(lower, at)[0]) if read_vague(lower, at)[0] > at else (None, at)
        if number is not None and number == toll:
            spans.append((words[at].start, words[end - 1].end))
    if spans:
        start, end = min(spans, key=lambda span: abs(span[0] - told.start))
        return _cover(window, inside, start, end)
    if toll != 1:
        return []
    found = []
    for string in told.roles[1]:
        places = _find_all(text, string)
        if places:
            start = min(places, key=lambda at: abs(at - told.start))
            found += _cover(window, inside, start, start + len(string))
    return sorted(set(found))


def _find_all(text: str, string: str) -> list[int]:
    places, at = [], text.find(string)
    while at >= 0:
        places.append(at)
        at = text.find(string, at + 1)
    return places


def _cover(window: Sequence[WordPiece], inside: Sequence[int], start: int, end: int) -> list[int]:
    return [at for at in inside if window[at].start < end and start < window[at].end]


assert len(ROLES) == 7
