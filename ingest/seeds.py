"""Read the coder's seeds tables: the bundled CSV files, with the user's rows over them.

A row of the user's file of the same name takes the bundled row's place where their keys are equal, and is
added otherwise. `#` begins a comment line. Every error names file, line and column.
"""

import csv
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar, cast, get_args

from transforms.coder.lexicon import (
    SLOTS,
    ActorRow,
    AgentRow,
    CoderTables,
    ContextRow,
    CountryRow,
    EventTypeRow,
    Frame,
    Needs,
    PartOfSpeech,
    RegionRow,
    TriggerRow,
    WeaponRow,
)
from transforms.errors import Permanent
from transforms.records import ActorKind
from transforms.word_lists import word_set

R = TypeVar("R")

PLOVER_TYPES = word_set(
    "AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION "
    "MOBILIZE COERCE ASSAULT"
)
"""Source: PLOVER codebook, Open Event Data Alliance."""

SEED_FILES = {
    "event_types.csv": "type,mode,cameo,goldstein,quad,acled_type,acled_subtype",
    "triggers.csv": "phrase,pos,type,mode,cameo,frame,needs,forms",
    "actors.csv": "name,aliases,kind,country,sector",
    "agents.csv": "word,plural,kind,sector,armed",
    "weapons.csv": "word,mode",
    "countries.csv": "iso3,iso2,name,demonyms,capital,aliases,lat,lon",
    "regions.csv": "name,aliases,country,kind,anchors",
    "context_words.csv": "word,kind",
}
"""The files that the coder reads, each with its header line."""


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

    def country(self, column: str) -> str:
        value = self.cells[column]
        if value and not (len(value) == 3 and value.isascii() and value.isupper()):
            raise self.fail(column, f"{value!r} is no ISO 3166-1 alpha-3 code such as 'SYR'")
        return value


def load_seeds(bundled: Path, user: Path | None = None) -> CoderTables:
    """Read all tables from the `bundled` folder, and from `user` what is there.

    Raises:
        Permanent: a file is missing, a row is broken (the message names file, line and column), or the user's
            folder holds a CSV file that is no table, such as a misspelt one.
    """
    for path in sorted(user.glob("*.csv")) if user is not None else ():
        if path.name not in SEED_FILES:
            raise Permanent(f"{path}: no table has this name; there are {', '.join(SEED_FILES)}")
    event_types = _read(bundled, user, "event_types.csv", _event_type, lambda row: (row.type, row.mode))
    modes = {(row.type, row.mode) for row in event_types}

    def trigger(row: Row) -> TriggerRow:
        return _trigger(row, modes)

    return CoderTables(
        event_types=event_types,
        triggers=_read(bundled, user, "triggers.csv", trigger, lambda row: (row.phrase, row.pos)),
        actors=_read(bundled, user, "actors.csv", _actor, lambda row: row.name),
        agents=_read(bundled, user, "agents.csv", _agent, lambda row: row.word),
        weapons=_read(bundled, user, "weapons.csv", lambda row: _weapon(row, modes), lambda row: row.word),
        countries=_read(bundled, user, "countries.csv", _country, lambda row: row.iso3),
        regions=_read(bundled, user, "regions.csv", _region, lambda row: (row.name, row.country)),
        context_words=_read(bundled, user, "context_words.csv", _context_word, lambda row: row.word),
    )


def hash_tables(tables: CoderTables) -> str:
    """Eight hex digits that change with any row: part of the coder's version."""
    return hashlib.blake2b(repr(tables).encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def _read(
    bundled: Path, user: Path | None, name: str, parse: Callable[[Row], R], key: Callable[[R], object]
) -> tuple[R, ...]:
    merged: dict[object, R] = {}
    files = [bundled / name]
    if user is not None and (user / name).exists():
        files.append(user / name)
    for path in files:
        seen: dict[object, int] = {}
        for row in _rows(path, SEED_FILES[name]):
            parsed = parse(row)
            row_key = key(parsed)
            if row_key in seen:
                raise row.fail(
                    next(iter(row.cells)), f"repeats the row of line {seen[row_key]}; keep one of them"
                )
            seen[row_key] = row.line
            merged[row_key] = parsed
    return tuple(merged.values())


def _rows(path: Path, header: str) -> Iterator[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Permanent(f"{path}: cannot be read ({error.strerror}); install Dateline again") from error
    except UnicodeDecodeError as error:
        raise Permanent(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    columns = header.split(",")
    seen_header = False
    for line, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        try:
            cells = [cell.strip() for cell in next(csv.reader([raw], strict=True))]
        except csv.Error as error:
            raise Permanent(f"{path}, line {line}, column {columns[0]!r}: not valid CSV ({error})") from error
        if not seen_header:
            if cells != columns:
                raise Permanent(f"{path}, line {line}, column {columns[0]!r}: the header should be {header}")
            seen_header = True
            continue
        if len(cells) > len(columns):
            raise Permanent(
                f"{path}, line {line}, column {columns[-1]!r}: "
                f"{len(cells)} cells for {len(columns)} columns; "
                'put a cell that holds a comma in "quotes"'
            )
        if len(cells) < len(columns):
            raise Permanent(
                f"{path}, line {line}, column {columns[len(cells)]!r}: is missing; "
                f"a row has {len(columns)} cells"
            )
        yield Row(path, line, dict(zip(columns, cells, strict=True)))


def _event_type(row: Row) -> EventTypeRow:
    return EventTypeRow(
        type=row.choice("type", PLOVER_TYPES),
        mode=row.text("mode"),
        cameo=row.required("cameo"),
        goldstein=row.number("goldstein", -10, 10),
        quad=int(row.number("quad", 1, 4)),
        acled_type=row.text("acled_type"),
        acled_subtype=row.text("acled_subtype"),
    )


def _known_mode(row: Row, event_type: str, modes: set[tuple[str, str]]) -> str:
    mode = row.text("mode")
    if (event_type, mode) not in modes:
        known = ", ".join(sorted(name for kind, name in modes if kind == event_type and name))
        raise row.fail(
            "mode", f"{mode!r} is no mode of {event_type} in event_types.csv; it has {known or 'none'}"
        )
    return mode


def _trigger(row: Row, modes: set[tuple[str, str]]) -> TriggerRow:
    event_type = row.choice("type", PLOVER_TYPES)
    return TriggerRow(
        phrase=row.required("phrase"),
        pos=cast(PartOfSpeech, row.choice("pos", frozenset({"verb", "noun", "phrase"}))),
        type=event_type,
        mode=_known_mode(row, event_type, modes),
        cameo=_cameo(row),
        frame=_frame(row),
        needs=cast(Needs, row.choice("needs", frozenset(get_args(Needs)))),
        forms=row.items("forms"),
    )


def _cameo(row: Row) -> str:
    code = row.text("cameo")
    if code and not (code.isascii() and code.isdigit() and 2 <= len(code) <= 4 and "01" <= code[:2] <= "20"):
        raise row.fail(
            "cameo", f"{code!r} is no CAMEO code such as '1823'; leave it empty for the type's own"
        )
    return code


def _frame(row: Row) -> Frame | None:
    """`actor=subj recipient=with,against each`; an empty cell is the rule for the part of speech."""
    items = row.text("frame").split()
    roles: dict[str, tuple[str, ...]] = {}
    for item in items:
        role, _, slots = item.partition("=")
        if item == "each":
            continue
        if role not in ("actor", "recipient"):
            raise row.fail("frame", f"{item!r} should be 'actor=SLOTS', 'recipient=SLOTS' or 'each'")
        roles[role] = tuple(slots.split(",")) if slots else ()
        if wrong := next((slot for slot in roles[role] if slot not in SLOTS), None):
            raise row.fail("frame", f"{wrong!r} is not one of {', '.join(sorted(SLOTS))}")
    return Frame(roles.get("actor"), roles.get("recipient"), "each" in items) if items else None


_KINDS = frozenset({"person", "group", "organization", "country", "property"})


def _actor(row: Row) -> ActorRow:
    return ActorRow(
        name=row.required("name"),
        aliases=row.items("aliases"),
        kind=cast(ActorKind, row.choice("kind", _KINDS)),
        country=row.country("country"),
        sector=row.text("sector"),
    )


def _agent(row: Row) -> AgentRow:
    return AgentRow(
        word=row.required("word"),
        plural=row.text("plural"),
        kind=cast(ActorKind, row.choice("kind", _KINDS)),
        sector=row.required("sector"),
        armed=row.choice("armed", frozenset({"", "yes"})) == "yes",
    )


def _weapon(row: Row, modes: set[tuple[str, str]]) -> WeaponRow:
    return WeaponRow(word=row.required("word"), mode=_known_mode(row, "ASSAULT", modes))


def _country(row: Row) -> CountryRow:
    row.required("iso3")
    return CountryRow(
        iso3=row.country("iso3"),
        iso2=row.required("iso2"),
        name=row.required("name"),
        demonyms=row.items("demonyms"),
        capital=row.text("capital"),
        aliases=row.items("aliases"),
        lat=row.number("lat", -90, 90) if row.text("lat") or row.text("lon") else None,
        lon=row.number("lon", -180, 180) if row.text("lat") or row.text("lon") else None,
    )


def _region(row: Row) -> RegionRow:
    anchors = row.items("anchors")
    if not anchors:
        raise row.fail("anchors", "is empty; name at least one city of the region")
    kind = row.choice("kind", frozenset({"admin1", "region"}))
    return RegionRow(
        name=row.required("name"),
        aliases=row.items("aliases"),
        country=row.country("country"),
        kind="admin1" if kind == "admin1" else "region",
        anchors=anchors,
    )


def _context_word(row: Row) -> ContextRow:
    kind = row.choice("kind", frozenset({"quiet", "accident"}))
    return ContextRow(row.required("word").lower(), "quiet" if kind == "quiet" else "accident")
