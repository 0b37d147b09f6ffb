"""Read the coder's seeds tables: the bundled CSV files, with the user's rows over them.

A row of the user's file of the same name takes the bundled row's place where their keys are equal, and is
added otherwise. `#` begins a comment line. Every error names file, line and column.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TypeVar, cast

from ingest.tables.csv_tables import Row, Table, read_table
from transforms.coder.inflect import pluralise
from transforms.coder.lexicon import (
    NO_EVENT,
    ActorRow,
    AgentRow,
    CoderTables,
    CountryRow,
    EventTypeRow,
    PartOfSpeech,
    RegionRow,
    TriggerRow,
    WeaponRow,
    spell_name,
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

SECTORS = word_set(
    "GOV MIL COP SPY JUD LEG PTY OPP REB UAF CRM IGO NGO CVL REF MED EDU BUS LAB AGR REL HLH ELI"
)
"""Who somebody is by trade. Source: PLOVER codebook, Open Event Data Alliance."""

SEED_FILES = {
    "event_types.csv": "type,mode,cameo,goldstein,quad,acled_type,acled_subtype",
    "triggers.csv": "phrase,pos,type,mode,cameo,forms",
    "actors.csv": "name,aliases,kind,country,sector,from,until",
    "agents.csv": "word,plural,kind,sector,armed",
    "weapons.csv": "word,mode",
    "countries.csv": "iso3,iso2,name,demonyms,capital,aliases,lat,lon",
    "regions.csv": "name,aliases,country,kind,anchors",
}
"""The files that the coder reads, each with its header line."""


def load_seeds(bundled: Path, user: Path | None = None) -> CoderTables:
    """Read all tables from the `bundled` folder, and from `user` what is there.

    Raises:
        Permanent: a file is missing, a row is broken (the message names file, line and column), or the user's
            folder holds a CSV file that is no table, such as a misspelt one.
    """
    theirs = sorted(user.glob("*.csv")) if user is not None else []
    for path in theirs:
        if path.name not in SEED_FILES:
            raise Permanent(f"{path}: no table has this name; there are {', '.join(SEED_FILES)}")
    return _read_seeds(bundled, user if theirs else None, _hash_files(bundled, theirs))


def _hash_files(bundled: Path, theirs: Iterable[Path]) -> bytes:
    digest = hashlib.blake2b()
    for path in (*(bundled / name for name in SEED_FILES), *theirs):
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.digest()


@lru_cache(maxsize=2)
def _read_seeds(bundled: Path, user: Path | None, content_hash: bytes) -> CoderTables:
    """Read once what did not change: a run asks for the tables at every batch."""

    def read(table: Table[R]) -> tuple[R, ...]:
        return read_table(bundled, user, SEED_FILES[table.name], table)

    event_types = read(Table("event_types.csv", _event_type, lambda row: (row.type, row.mode)))
    modes = {(row.type, row.mode) for row in event_types}
    countries = read(_COUNTRIES)
    known = frozenset(row.iso3 for row in countries)
    return CoderTables(
        event_types=event_types,
        triggers=read(
            Table(
                "triggers.csv",
                lambda row: _trigger(row, modes),
                lambda row: (row.phrase, row.pos),
                spelled="phrase",
            )
        ),
        actors=read(
            Table(
                "actors.csv",
                lambda row: _actor(row, known),
                lambda row: (row.name, row.since),
                lambda row: row.name,
                _claim_names,
            )
        ),
        agents=read(_AGENTS),
        weapons=read(Table("weapons.csv", lambda row: _weapon(row, modes), lambda row: row.word)),
        countries=countries,
        regions=read(
            Table("regions.csv", lambda row: _region(row, known), lambda row: (row.name, row.country))
        ),
    )


@lru_cache(maxsize=2)
def hash_tables(tables: CoderTables) -> str:
    """Eight hex digits that change with any row: part of the coder's version."""
    return hashlib.blake2b(repr(tables).encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


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
    event_type = row.choice("type", PLOVER_TYPES | {NO_EVENT})
    return TriggerRow(
        phrase=row.required("phrase"),
        pos=cast(PartOfSpeech, row.choice("pos", frozenset({"verb", "noun", "phrase"}))),
        type=event_type,
        mode=_known_mode(row, event_type, modes) if event_type != NO_EVENT else "",
        cameo=_cameo(row),
        forms=row.items("forms"),
    )


def _cameo(row: Row) -> str:
    code = row.text("cameo")
    if code and not (code.isascii() and code.isdigit() and 2 <= len(code) <= 4 and "01" <= code[:2] <= "20"):
        raise row.fail(
            "cameo", f"{code!r} is no CAMEO code such as '1823'; leave it empty for the type's own"
        )
    return code


_KINDS = frozenset({"person", "group", "organization", "country", "property"})


def _actor(row: Row, known: frozenset[str]) -> ActorRow:
    since, until = row.day("from"), row.day("until")
    if until and until < since:
        raise row.fail("until", f"{until} is before {since}, the first day")
    return ActorRow(
        name=row.required("name"),
        aliases=row.items("aliases"),
        kind=cast(ActorKind, row.choice("kind", _KINDS)),
        country=row.country("country", known),
        sector=row.choice("sector", SECTORS | {""}),
        since=since,
        until=until,
    )


def _claim_names(row: ActorRow) -> Iterator[tuple[str, str]]:
    for spelling in spell_name(row.name):
        yield "name", spelling
    for alias in row.aliases:
        if not alias.startswith("("):
            yield from (("aliases", spelling) for spelling in spell_name(alias))


def _agent(row: Row) -> AgentRow:
    return AgentRow(
        word=row.required("word"),
        plural=row.text("plural"),
        kind=cast(ActorKind, row.choice("kind", _KINDS)),
        sector=row.choice("sector", SECTORS),
        armed=row.choice("armed", frozenset({"", "yes"})) == "yes",
    )


def _claim_words(row: AgentRow) -> Iterator[tuple[str, str]]:
    yield "word", row.word.lower()
    yield "plural", row.plural.lower() or pluralise(row.word.lower())


_AGENTS = Table("agents.csv", _agent, lambda row: row.word, lambda row: row.word, _claim_words)


def _weapon(row: Row, modes: set[tuple[str, str]]) -> WeaponRow:
    return WeaponRow(word=row.required("word"), mode=_known_mode(row, "ASSAULT", modes))


def _country(row: Row) -> CountryRow:
    row.required("iso3")
    row.required("iso2")
    return CountryRow(
        iso3=row.code("iso3", 3, "SYR"),
        iso2=row.code("iso2", 2, "SY"),
        name=row.required("name"),
        demonyms=row.items("demonyms"),
        capital=row.text("capital"),
        aliases=row.items("aliases"),
        lat=row.number("lat", -90, 90) if row.text("lat") or row.text("lon") else None,
        lon=row.number("lon", -180, 180) if row.text("lat") or row.text("lon") else None,
    )


def _claim_country(row: CountryRow) -> Iterator[tuple[str, str]]:
    yield "iso2", row.iso2
    yield "name", row.name
    yield from (("aliases", alias) for alias in row.aliases)
    yield from (("demonyms", demonym) for demonym in row.demonyms)


_COUNTRIES = Table("countries.csv", _country, lambda row: row.iso3, lambda row: row.iso3, _claim_country)


def _region(row: Row, known: frozenset[str]) -> RegionRow:
    anchors = row.items("anchors")
    if not anchors:
        raise row.fail("anchors", "is empty; name at least one city of the region")
    kind = row.choice("kind", frozenset({"admin1", "region"}))
    return RegionRow(
        name=row.required("name"),
        aliases=row.items("aliases"),
        country=row.country("country", known),
        kind="admin1" if kind == "admin1" else "region",
        anchors=anchors,
    )
