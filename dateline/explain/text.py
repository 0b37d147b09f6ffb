"""An explanation for the terminal: plain text, narrow, one event after the other."""

import textwrap
from itertools import groupby

from dateline.explain.view import Line, list_lines, show_place, sum_up, title_event
from transforms.coder.explain_events import ExplainedEvent, Explanation
from transforms.safe_text import put_on_a_line

_INDENT = 14


def draw_explanation(explanation: Explanation, width: int) -> str:
    """The events with their reasons and sentences, then what was not coded; lines of at most `width` characters
    but for words longer than that."""
    blocks = [f"{put_on_a_line(explanation.id)}: {len(explanation.events)} event(s)"]
    for number, explained in enumerate(explanation.events, start=1):
        blocks.append("\n".join(_draw_event(number, explained, explanation, width)))
    if explanation.left_out:
        lines = ["Trigger matches that gave no event"]
        for words in explanation.left_out:
            row = f" [triggers.csv: {words.row}]" if words.row else ""
            place = show_place(words.start, explanation)
            lines += _wrap(f"`{_cut(words.text)}` at {place}{row}: {words.note}", width, "  ", "    ")
            lines += _wrap(f"in: {_cut(words.sentence)}", width, "    ", "    ")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _draw_event(number: int, explained: ExplainedEvent, explanation: Explanation, width: int) -> list[str]:
    lines = [f"Event {number}: {title_event(explained.event)}"]
    lines += _wrap(sum_up(explained.event), width, "  ", "  ")
    for group, same in groupby(list_lines(explained, explanation.offset), lambda line: line.group):
        label = group
        for line in same:
            lines += _wrap(_draw_line(line), width, f"  {label:<{_INDENT - 2}}", " " * (_INDENT + 2))
            label = ""
    lines.append("  reported by")
    for sentence in explained.sentences:
        place = show_place(sentence.start, explanation)
        lines += _wrap(f"{place}: {sentence.text}", width, "    ", "      ")
        lines += _wrap(f"({sentence.note})", width, "      ", "      ")
    return lines


def _draw_line(line: Line) -> str:
    quoted = f"`{line.words}` at {line.where}" if line.words else ""
    head = ": ".join(part for part in (line.fields, quoted) if part)
    source = f"[{line.source}]" if line.source else ""
    return " ".join(part for part in (head, source, f"- {line.note}" if line.note else "") if part)


def _wrap(text: str, width: int, first: str, later: str) -> list[str]:
    return textwrap.wrap(
        put_on_a_line(text), width, initial_indent=first, subsequent_indent=later, break_on_hyphens=False,
        break_long_words=False,
    )  # fmt: skip


def _cut(text: str) -> str:
    return text if len(text) <= 160 else text[:159] + "…"
