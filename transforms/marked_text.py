"""A text cut where marks begin and end: which words gave which field."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

TextMark = tuple[int, int, str, str]
"""Start, end, the kind of field that the words gave, and what is said of them."""


@dataclass(frozen=True, slots=True)
class MarkedPiece:
    """A run of a text; `kind` is the field that it gave, "" for none, `title` all that it gave."""

    text: str
    kind: str = ""
    title: str = ""


def cut_pieces(
    text: str, start: int, marks: Iterable[TextMark], order: Sequence[str]
) -> tuple[MarkedPiece, ...]:
    """Cut a text that begins at `start`; of several marks over some words the first kind in `order` counts."""
    end = start + len(text)
    inside = [mark for mark in marks if mark[0] < end and start < mark[1]]
    edges = sorted(
        {start, end, *(max(start, mark[0]) for mark in inside), *(min(end, mark[1]) for mark in inside)}
    )
    pieces = []
    for left, right in pairwise(edges):
        over = [mark for mark in inside if mark[0] <= left and right <= mark[1]]
        kinds = [mark[2] for mark in over]
        kind = min(kinds, key=lambda one: order.index(one) if one in order else len(order), default="")
        title = "\n".join(dict.fromkeys(mark[3] for mark in over))
        pieces.append(MarkedPiece(text[left - start : right - start], kind, title))
    alike = groupby(pieces, key=lambda piece: (piece.kind, piece.title))
    return tuple(MarkedPiece("".join(one.text for one in run), *key) for key, run in alike)
