"""An explanation as one self-contained page: sentences with the words marked that gave each field."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from dateline.explain.view import Line, list_lines, name_group, show_place, sum_up, title_event
from transforms.coder.explain_events import ExplainedEvent, Explanation, Reason
from transforms.marked_text import MarkedPiece, cut_pieces

TEMPLATE = Path(__file__).with_name("page.html")
_ORDER = ("actor", "recipient", "weapon", "date", "place", "killed", "injured", "type", "mode", "realis")
"""Whose colour words have that gave several fields, and the order of the legend."""


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    pieces: tuple[MarkedPiece, ...]
    place: str
    note: str


@dataclass(frozen=True, slots=True)
class ShownEvent:
    title: str
    summary: str
    sentence: MarkedSentence | None  # the one that stands for it
    others: tuple[MarkedSentence, ...]
    groups: tuple[tuple[str, tuple[Line, ...]], ...]


def render_page(explanations: Sequence[Explanation]) -> str:
    """The HTML of one or more documents; it loads nothing from elsewhere."""
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["quoted"] = quote_words
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    documents = [
        {
            "id": one.id,
            "headline": one.text[: one.offset].strip(),
            "events": [_show_event(event, one) for event in one.events],
            "left_out": [
                {
                    "row": words.row,
                    "note": words.note,
                    "place": show_place(words.start, one),
                    "pieces": cut_pieces(
                        words.sentence,
                        words.sentence_start,
                        [(words.start, words.end, "left-out", words.note)],
                        _ORDER,
                    ),
                }
                for words in one.left_out
            ],
        }
        for one in explanations
    ]
    return template.render(documents=documents, kinds=_ORDER)


def quote_words(note: str) -> str:
    """Typographic quotes for the backticks that notes put around words of the text."""
    return re.sub(r"`([^`]*)`", r"“\1”", note)


def _show_event(explained: ExplainedEvent, explanation: Explanation) -> ShownEvent:
    marks = [
        (reason.start, reason.end, kind, f"{name_group(reason.field)}: {_describe(reason)}")
        for reason in explained.reasons
        if reason.text and (kind := _find_kind(reason)) in _ORDER
    ]
    start = explained.event.sentence_start
    own = start + explanation.offset if start >= 0 else 0
    shown = {
        sentence.start: MarkedSentence(
            cut_pieces(sentence.text, sentence.start, marks, _ORDER),
            show_place(sentence.start, explanation),
            sentence.note,
        )
        for sentence in explained.sentences
    }
    lines = list_lines(explained, explanation.offset)
    names = dict.fromkeys(line.group for line in lines)
    return ShownEvent(
        title_event(explained.event),
        sum_up(explained.event),
        shown.get(own),
        tuple(sentence for start, sentence in shown.items() if start != own),
        tuple((name, tuple(line for line in lines if line.group == name)) for name in names),
    )


def _find_kind(reason: Reason) -> str:
    return name_group(reason.field).partition(" ")[0]


def _describe(reason: Reason) -> str:
    part = reason.field.partition("].")[2]
    row = f"[{reason.table}: {reason.row}]" if reason.row else ""
    return " ".join(word for word in (part, reason.note, row) if word) or reason.text
