"""Rows for people and for programs: a table that fits the terminal, CSV, or JSON."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

from transforms.safe_text import disarm_cell, drop_control_characters, put_on_a_line

SHOWN_ROWS = 200
_WIDEST = 200  # characters of a cell in a table
_NARROWEST = 12  # a column is not squeezed below this, nor below its widest cell


def draw_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], width: int | None) -> str:
    """A table of at most `width` characters a line; a few rows too wide for it are drawn one field a line.

    Without a width nothing is cut.
    """
    columns = [put_on_a_line(name) for name in columns]
    cells = [[_to_cell(value) for value in row] for row in rows]
    widest = [max([len(name), *(len(row[nth]) for row in cells)]) for nth, name in enumerate(columns)]
    if width is None:
        return "\n".join(_draw_grid(columns, cells, widest))
    widest = [min(_WIDEST, size) for size in widest]
    needed = [min(full, max(_NARROWEST, len(name))) for full, name in zip(widest, columns, strict=True)]
    fitting = _count_fitting(needed, width)
    if fitting < len(columns) and len(rows) <= 3:
        return _draw_records(columns, cells, width)
    lines = _draw_grid(columns[:fitting], cells, _share(widest[:fitting], needed[:fitting], width))
    if fitting < len(columns):
        hidden = ", ".join(columns[fitting:])
        lines.append(f"{len(columns) - fitting} columns do not fit: {hidden}; name the ones to see in SELECT")
    return "\n".join(lines)


def write_csv(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], stream: TextIO, *, is_raw: bool = False
) -> None:
    """Write a header and the rows; lists and structs as JSON.

    Cells that a spreadsheet would take for a formula are disarmed, unless `is_raw`.
    """

    def to_csv(value: Any) -> str:
        text = drop_control_characters(_to_text(value))
        return text if is_raw or isinstance(value, int | float | Decimal) else disarm_cell(text)

    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(map(to_csv, columns))
    writer.writerows(map(to_csv, row) for row in rows)


def write_json(columns: Sequence[str], rows: Iterable[Sequence[Any]], stream: TextIO) -> None:
    """Write one JSON array, an object a row and a line; instants and days in ISO 8601."""
    separator = "["
    for row in rows:
        given = dict(zip(map(drop_control_characters, columns), map(make_plain, row), strict=True))
        stream.write(separator + json.dumps(given, ensure_ascii=False))
        separator = ",\n "
    stream.write("[]\n" if separator == "[" else "]\n")


def _draw_grid(columns: Sequence[str], cells: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    numbers = [
        all(_is_number(row[nth]) for row in cells) and bool(cells) for nth in range(len(columns))
    ]  # aligned right

    def line(values: Sequence[str]) -> str:
        padded = [
            _cut(value, size).rjust(size) if right else _cut(value, size).ljust(size)
            for value, size, right in zip(values, widths, numbers, strict=False)
        ]
        return "  ".join(padded).rstrip()

    return [line(columns), "  ".join("-" * size for size in widths), *(line(row) for row in cells)]


def _draw_records(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> str:
    indent = max(len(name) for name in columns)
    room = max(20, width - indent - 2)
    records = (
        "\n".join(
            f"{name.ljust(indent)}  {_cut(value, room)}".rstrip()
            for name, value in zip(columns, row, strict=True)
        )
        for row in cells
    )
    return "\n\n".join(records)


def _count_fitting(needed: Sequence[int], width: int) -> int:
    total = -2
    for nth, size in enumerate(needed):
        total += size + 2
        if total > width:
            return max(nth, 1)
    return len(needed)


def _share(widest: Sequence[int], needed: Sequence[int], width: int) -> list[int]:
    """Give each column what it needs, then what is left to those that want more, the neediest last."""
    sizes, spare = list(needed), width - sum(needed) - 2 * (len(needed) - 1)
    for nth in sorted(range(len(sizes)), key=lambda nth: widest[nth] - needed[nth]):
        more = max(0, min(spare, widest[nth] - sizes[nth]))
        sizes[nth] += more
        spare -= more
    return sizes


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else text[: max(size - 1, 0)] + "…"


def _is_number(cell: str) -> bool:
    return not cell or cell.lstrip("-").replace(".", "", 1).isdigit()


def _to_cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "; ".join(put_on_a_line(item) for item in value)
    return put_on_a_line(_to_text(value))


def _to_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(make_plain(value), ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    plain = make_plain(value)
    return plain if isinstance(plain, str) else str(plain)


def make_plain(value: Any) -> Any:
    """What JSON can hold of `value`; instants and days in ISO 8601, texts without control characters."""
    if isinstance(value, str):
        return drop_control_characters(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {drop_control_characters(str(key)): make_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [make_plain(item) for item in value]
    return value if isinstance(value, int | float) or value is None else drop_control_characters(str(value))


def take_rows(rows: Iterator[Sequence[Any]], most: int) -> tuple[list[Sequence[Any]], bool]:
    """The first `most` rows, and whether there are more."""
    taken: list[Sequence[Any]] = []
    for row in rows:
        if len(taken) == most:
            return taken, True
        taken.append(row)
    return taken, False
