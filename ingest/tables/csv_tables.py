"""CSV tables that a user may edit: rows that know where they stand, and the user's rows over the bundled ones."""

import csv
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from transforms.errors import Permanent

R = TypeVar("R")

_OPTIONAL = frozenset({"from", "until"})  # last columns that a file or a row may leave out
_FORMER = frozenset(
    {"frame", "needs"}
)  # columns of earlier versions: a file may still have them, nobody reads them


class Row:
    """One CSV row that knows where it stands, so that errors can say so."""

    def __init__(self, path: Path, line: int, cells: dict[str, str]) -> None:
        self.path, self.line, self.cells = path, line, cells

    def fail(self, column: str, problem: str) -> Permanent:
        return Permanent(f"{self.path}, line {self.line}, column {column!r}: {problem}")

    def text(self, column: str) -> str:
        return self.cells[column]

    def required(self, column: str) -> str:
        if not self.cells[column]:
            raise self.fail(column, "is empty; give a value or remove the row")
        return self.cells[column]

    def choice(self, column: str, allowed: frozenset[str]) -> str:
        value = self.cells[column]
        if value not in allowed:
            names = ", ".join(repr(name) for name in sorted(allowed))
            raise self.fail(column, f"{value!r} is not one of {names}")
        return value

    def items(self, column: str) -> tuple[str, ...]:
        return tuple(item.strip() for item in self.cells[column].split("|") if item.strip())

    def number(self, column: str, low: float, high: float) -> float:
        try:
            value = float(self.cells[column])
        except ValueError:
            raise self.fail(column, f"{self.cells[column]!r} is no number") from None
        if not low <= value <= high:
            raise self.fail(column, f"{self.cells[column]} is not between {low:g} and {high:g}")
        return value

    def code(self, column: str, size: int, example: str) -> str:
        value = self.cells[column]
        if value and not (len(value) == size and value.isascii() and value.isalpha() and value.isupper()):
            raise self.fail(column, f"{value!r} is no ISO 3166-1 alpha-{size} code such as {example!r}")
        return value

    def country(self, column: str, known: frozenset[str]) -> str:
        value = self.code(column, 3, "SYR")
        if value and value not in known:
            raise self.fail(column, f"{value!r} is in no row of countries.csv; correct it or add the country")
        return value

    def day(self, column: str) -> str:
        value = self.cells[column]
        try:
            known = not value or (date.fromisoformat(value).isoformat() == value)
        except ValueError:
            known = False
        if not known:
            raise self.fail(column, f"{value!r} is no day such as '2024-12-08'; leave it empty if open")
        return value


@dataclass(frozen=True)
class Table(Generic[R]):
    """How to read a table: its file, a row, its key, and the words by which a text knows it.

    A word belongs to the rows of one owner only; `owner` is whatever those rows share.
    """

    name: str
    parse: Callable[[Row], R]
    key: Callable[[R], object]
    owner: Callable[[R], str] = lambda row: ""
    claims: Callable[[R], Iterable[tuple[str, str]]] = lambda row: ()  # column and word
    spelled: str = ""  # a column whose `{one|other}` makes several rows of one


def read_table(bundled: Path, user: Path | None, header: str, table: Table[R]) -> tuple[R, ...]:
    """The rows of a table, those of the `user`'s folder over those of the `bundled` one.

    Raises:
        Permanent: the bundled file is missing, or a row is broken; the message names file, line and column.
    """
    merged: dict[object, R] = {}
    files = [bundled / table.name]
    if user is not None and (user / table.name).exists():
        files.append(user / table.name)
    for path in files:
        seen: dict[object, int] = {}
        taken: dict[str, tuple[str, int]] = {}
        several: dict[object, R] = {}
        for row in _rows(path, header):
            if table.spelled and "{" in row.cells[table.spelled]:
                for one in map(table.parse, _spell_out(row, table.spelled)):
                    several.setdefault(table.key(one), one)
                continue
            parsed = table.parse(row)
            row_key = table.key(parsed)
            if row_key in seen:
                raise row.fail(
                    next(iter(row.cells)), f"repeats the row of line {seen[row_key]}; keep one of them"
                )
            seen[row_key] = row.line
            owner = table.owner(parsed)
            for column, word in table.claims(parsed):
                first, line = taken.setdefault(word, (owner, row.line))
                if first != owner:
                    raise row.fail(column, f"{word!r} stands for {first!r} in line {line}; keep one of them")
            merged.pop(row_key, None)  # the user's rows come last: their words win over those of other rows
            merged[row_key] = parsed
        # A row of its own says more than one of many.
        merged.update((row_key, parsed) for row_key, parsed in several.items() if row_key not in seen)
    return tuple(merged.values())


_ALTERNATIVES = re.compile(r"\{([^{}]*)\}")


def _spell_out(row: Row, column: str) -> Iterator[Row]:
    """One row for each choice among `{impose|slap} {sanction|embargo}`.

    Raises:
        Permanent: a brace is left over, or the row gives irregular forms, which only one phrase can have.
    """
    parts = _ALTERNATIVES.split(row.cells[column])
    if any("{" in part or "}" in part for part in parts[::2]):
        raise row.fail(column, f"{row.cells[column]!r} has a brace too many; write {{one|other}}")
    if row.cells.get("forms"):
        raise row.fail("forms", "cannot hold for several phrases; give each a row of its own")
    choices = [part.split("|") if n % 2 else [part] for n, part in enumerate(parts)]
    for choice in itertools.product(*choices):
        yield Row(row.path, row.line, row.cells | {column: " ".join("".join(choice).split())})


def _rows(path: Path, header: str) -> Iterator[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Permanent(f"{path}: cannot be read ({error.strerror}); install Dateline again") from error
    except UnicodeDecodeError as error:
        raise Permanent(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    columns = header.split(",")
    needed = sum(column not in _OPTIONAL for column in columns)
    seen_header = False
    former: list[int] = []
    for line, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        try:
            quoted = '"' in raw  # most rows have no quotes and need no parser
            cells = [
                cell.strip() for cell in (next(csv.reader([raw], strict=True)) if quoted else raw.split(","))
            ]
        except csv.Error as error:
            raise Permanent(f"{path}, line {line}, column {columns[0]!r}: not valid CSV ({error})") from error
        if not seen_header:
            former = [at for at, cell in enumerate(cells) if cell in _FORMER]
            cells = [cell for at, cell in enumerate(cells) if at not in former]
            if cells != columns[: len(cells)] or len(cells) < needed:
                raise Permanent(f"{path}, line {line}, column {columns[0]!r}: the header should be {header}")
            seen_header = True
            continue
        cells = [cell for at, cell in enumerate(cells) if at not in former]
        if len(cells) > len(columns):
            raise Permanent(
                f"{path}, line {line}, column {columns[-1]!r}: "
                f"{len(cells)} cells for {len(columns)} columns; "
                'put a cell that holds a comma in "quotes"'
            )
        if len(cells) < needed:
            raise Permanent(
                f"{path}, line {line}, column {columns[len(cells)]!r}: is missing; a row has {needed} cells"
            )
        cells += [""] * (len(columns) - len(cells))
        yield Row(path, line, dict(zip(columns, cells, strict=True)))
