"""An explanation arranged for reading: one line a field and row, the fields' names, the values."""

from dataclasses import dataclass
from itertools import groupby

from transforms.coder.explain_events import ExplainedEvent, Explanation, Reason
from transforms.records import Event

_SHOWN_TOGETHER = ("goldstein", "quad", "acled_type", "acled_subtype")


@dataclass(frozen=True, slots=True)
class Line:
    """Reasons that share words and row: `fields` says what they gave."""

    group: str  # how it is headed: "type", "actor 1", "date"
    fields: str
    words: str
    where: str  # the offset into the text, or "headline"
    source: str  # the table and its row
    note: str


def title_event(event: Event) -> str:
    """`ASSAULT/aerial, planned`."""
    name = event.event_type + (f"/{event.mode}" if event.mode else "")
    return name + ("" if event.realis == "actual" else f", {event.realis}")


def sum_up(event: Event) -> str:
    """The event in one line."""
    parts = [
        " + ".join(actor.text for actor in event.actors) or "?",
        "against " + (" + ".join(actor.text for actor in event.recipients) or "?"),
        event.place.text if event.place else "",
        event.date_start + (f" to {event.date_end}" if event.date_end != event.date_start else ""),
    ]
    for name, low, high in (
        ("killed", event.killed_min, event.killed_max),
        ("injured", event.injured_min, event.injured_max),
    ):
        if low is not None or high is not None:
            parts.append(f"{show_bound(low, high)} {name}")
    if event.toll_claimed:
        parts.append("a toll that only those who did it claim")
    return "; ".join(part for part in (*parts, f"confidence {event.confidence:.2f}") if part)


def show_bound(low: int | None, high: int | None) -> str:
    if low == high:
        return str(low)
    return f"{'' if low is None else low}-{'' if high is None else high}"


def list_lines(explained: ExplainedEvent, offset: int) -> list[Line]:
    """The reasons of an event in their order; neighbours with the same words and row are one line."""

    def key(reason: Reason) -> tuple[str, int, int, str, str]:
        row, note = reason.row, reason.note
        if reason.field == "cameo" or reason.field in _SHOWN_TOGETHER:
            row = row.partition(":")[0]
        elif "]." in reason.field:
            note = note.partition(": ")[2]
        return name_group(reason.field), reason.start, reason.end, row, note

    lines = []
    for (group, start, _, row, note), same in groupby(explained.reasons, key):
        reasons = list(same)
        lines.append(
            Line(
                group,
                _name_fields(explained.event, reasons),
                reasons[0].text,
                _show_offset(start, offset) if reasons[0].text else "",
                f"{reasons[0].table}: {row}" if row else reasons[0].table,
                note,
            )
        )
    return lines


def name_group(field: str) -> str:
    """`actors[0].sector` is of `actor 1`; the codes of a type stand together."""
    name, _, rest = field.partition("[")
    if rest:
        return f"{name.removesuffix('s')} {int(rest.partition(']')[0]) + 1}"
    if field in ("cameo", *_SHOWN_TOGETHER):
        return "codes"
    return {"event_type": "type"}.get(field, field)


def _name_fields(event: Event, reasons: list[Reason]) -> str:
    """What the reasons gave: `name Taliban, sector REB`."""
    parts = []
    for reason in reasons:
        _, _, part = reason.field.partition("].")
        if part:
            parts.append(f"{part} {reason.note.partition(':')[0] if reason.note else ''}".strip())
        elif reason.field == "cameo" or reason.field in _SHOWN_TOGETHER:
            parts.append(f"{reason.field} {getattr(event, reason.field)}")
    return ", ".join(parts)


def _show_offset(start: int, offset: int) -> str:
    return "headline" if start < offset else str(start - offset)


def show_place(start: int, explanation: Explanation) -> str:
    """Where something stands: `headline`, or the character of the text."""
    return _show_offset(start, explanation.offset)
