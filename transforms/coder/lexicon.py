"""The words that the coder knows: the rows of the seeds tables, and the look-ups made of them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal, cast

from transforms.coder.inflect import inflect_noun, inflect_verb, pluralise
from transforms.records import ActorKind

PartOfSpeech = Literal["verb", "noun", "phrase"]
NO_EVENT = "NONE"
"""The type of a row that forbids its words to be a trigger."""
Form = Literal["base", "third", "past", "participle", "gerund", "singular", "plural", "fixed"]


@dataclass(frozen=True, slots=True)
class TriggerRow:
    """A row of triggers.csv: `phrase` is a lemma, `forms` its irregular forms; of type `NO_EVENT` it forbids."""

    phrase: str
    pos: PartOfSpeech
    type: str
    mode: str
    cameo: str  # "": that of the type and mode
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventTypeRow:
    type: str
    mode: str
    cameo: str
    goldstein: float
    quad: int
    acled_type: str
    acled_subtype: str


@dataclass(frozen=True, slots=True)
class ActorRow:
    """A row of actors.csv. An alias in parentheses counts only beside the full name; see `view_document`.

    `since` and `until` (ISO 8601 days, both included; empty: open) bound the time for which the row holds.
    """

    name: str
    aliases: tuple[str, ...]
    kind: ActorKind
    country: str
    sector: str
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class AgentRow:
    word: str
    plural: str
    kind: ActorKind
    sector: str
    armed: bool


@dataclass(frozen=True, slots=True)
class WeaponRow:
    word: str
    mode: str


@dataclass(frozen=True, slots=True)
class CountryRow:
    iso3: str
    iso2: str
    name: str
    demonyms: tuple[str, ...]
    capital: str
    aliases: tuple[str, ...]
    lat: float | None = None  # of its middle, WGS 84 degrees; None: worked out from its towns
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region of which the cities' list has no point; see seeds/README.md for how it gets one."""

    name: str
    aliases: tuple[str, ...]
    country: str
    kind: Literal["admin1", "region"]
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CoderTables:
    """All seeds tables of the coder, as loaded (the user's rows over the bundled ones).

    Compared by identity: what is made of tables is kept with them.
    """

    event_types: tuple[EventTypeRow, ...]
    triggers: tuple[TriggerRow, ...]
    actors: tuple[ActorRow, ...]
    agents: tuple[AgentRow, ...]
    weapons: tuple[WeaponRow, ...]
    countries: tuple[CountryRow, ...]
    regions: tuple[RegionRow, ...]


@dataclass(frozen=True, slots=True)
class TriggerForm:
    """One way a trigger appears in text."""

    words: tuple[str, ...]  # lower case
    form: Form
    row: TriggerRow


@dataclass(frozen=True, slots=True)
class AgentMatch:
    row: AgentRow
    plural: bool


@dataclass(frozen=True)
class Lexicon:
    """Look-ups made of the tables, keyed by lower-case words unless said otherwise."""

    tables: CoderTables
    triggers: Mapping[str, tuple[TriggerForm, ...]]  # by first word, longest first
    event_types: Mapping[tuple[str, str], EventTypeRow]
    actors: Mapping[str, ActorRow]  # by any name, cased as written; of several rows of a name, the first
    actor_starts: Mapping[str, int]  # first word of a name, cased: the most words a name has
    actor_rows: Mapping[str, tuple[ActorRow, ...]]  # any name of those with dated rows: all their rows
    names: Mapping[str, tuple[str, ...]]  # all of actors and peoples, cased, by their first word
    guarded: Mapping[str, tuple[ActorRow, ...]]  # aliases in parentheses: the rows that they may stand for
    watched: Mapping[str, tuple[str, ...]]  # the keys of these two by their first word
    agents: Mapping[str, AgentMatch]
    weapons: Mapping[str, str]
    demonyms: Mapping[str, str]  # cased as written: ISO 3166-1 alpha-3
    countries: Mapping[str, str]  # any name or alias, cased as written: ISO 3166-1 alpha-3
    country_names: Mapping[str, str]  # ISO 3166-1 alpha-3: name


@lru_cache(maxsize=2)
def build_lexicon(tables: CoderTables) -> Lexicon:
    """Make every form of every word and the look-ups."""
    triggers: dict[str, list[TriggerForm]] = {}
    for row in tables.triggers:
        for form in _trigger_forms(row):
            triggers.setdefault(form.words[0], []).append(form)
    actors, actor_rows, guarded = _actors_by_name(tables)
    demonyms = {demonym: row.iso3 for row in tables.countries for demonym in row.demonyms}
    return Lexicon(
        tables=tables,
        triggers={
            word: tuple(sorted(forms, key=lambda form: -len(form.words))) for word, forms in triggers.items()
        },
        event_types={(row.type, row.mode): row for row in tables.event_types},
        actors=actors,
        actor_starts=_measure_names([*actors, *guarded]),
        actor_rows=actor_rows,
        names=_sort_by_first_word((*actors, *guarded, *demonyms)),
        guarded=guarded,
        watched=_sort_by_first_word((*actor_rows, *guarded)),
        agents=_agents_by_form(tables.agents),
        weapons={
            form: row.mode
            for row in tables.weapons
            for form in (row.word.lower(), pluralise(row.word.lower()))
        },
        demonyms=demonyms,
        countries={name: row.iso3 for row in tables.countries for name in (row.name, *row.aliases)},
        country_names={row.iso3: row.name for row in tables.countries},
    )


def _sort_by_first_word(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        found.setdefault(_FIRST_WORD.findall(name)[0], []).append(name)
    return {word: tuple(same) for word, same in found.items()}


def _trigger_forms(row: TriggerRow) -> list[TriggerForm]:
    words = tuple(row.phrase.lower().split())
    if row.pos == "phrase":
        return [TriggerForm(words, "fixed", row)]
    forms: dict[Form, str] = {}
    if row.pos == "noun":
        singular, plural = inflect_noun(row.phrase.lower(), *row.forms)
        forms = {"singular": singular, "plural": plural}
    else:
        for name, text in inflect_verb(row.phrase.lower(), row.forms).items():
            forms[cast(Form, name)] = text
    return [TriggerForm(tuple(text.split()), name, row) for name, text in forms.items()]


def find_actor(lexicon: Lexicon, name: str, day: date | None) -> ActorRow | None:
    """The row of a name on a day: of those that hold then, the one that began last.

    A person who holds no office on that day is of the elite (`ELI`); any other actor, and all on no day, are
    what their first row says.
    """
    rows = lexicon.actor_rows.get(name)
    if rows is None or day is None:
        return rows[0] if rows else lexicon.actors.get(name)
    holding = [row for row in rows if row.since <= day.isoformat() <= (row.until or "9999")]
    if holding:
        return max(holding, key=lambda row: row.since)
    return replace(rows[0], sector="ELI") if rows[0].kind == "person" else rows[0]


def view_document(lexicon: Lexicon, text: str, day: date | None) -> Lexicon:
    """The lexicon with the names as they stand in `text`, published on `day`: who holds an office then, and
    whose surnames and ambiguous abbreviations are meant, because the text has their full names as well."""
    found: dict[str, ActorRow] = {}
    for word in lexicon.watched.keys() & set(_FIRST_WORD.findall(text)):
        for name in lexicon.watched[word]:
            if name in text and (row := _read_name(lexicon, name, text, day)):
                found[name] = row
    return replace(lexicon, actors={**lexicon.actors, **found}) if found else lexicon


def _read_name(lexicon: Lexicon, name: str, text: str, day: date | None) -> ActorRow | None:
    for row in lexicon.guarded.get(name, ()):
        if any(full in text for full in list_names(row)):
            return find_actor(lexicon, row.name, day)
    return find_actor(lexicon, name, day)


_FIRST_WORD = re.compile(r"\w+")
_WORD = re.compile(r"[\w.]+|[^\w\s]")
_SPELLINGS = (
    ("Defence", "Defense"),
    ("Organisation", "Organization"),
    ("Labour", "Labor"),
    ("Centre", "Center"),
    ("Programme", "Program"),
    ("Mobilisation", "Mobilization"),
)
_SPELT_VARIOUSLY = re.compile("|".join(("(?i:al-)", "'", *(word for pair in _SPELLINGS for word in pair))))


def list_names(row: ActorRow) -> tuple[str, ...]:
    """The name and aliases of a row that count wherever they stand, in all spellings."""
    names = (row.name, *(alias for alias in row.aliases if not alias.startswith("(")))
    return tuple(dict.fromkeys(spelling for name in names for spelling in spell_name(name)))


def spell_name(name: str) -> tuple[str, ...]:
    """The spellings of a name that a rule can make.

    British and American ones, `al-`, `Al-`, `al ` and `Al `, with and without accents, and with the curved
    apostrophe.
    """
    if name.isascii() and not _SPELT_VARIOUSLY.search(name):
        return (name,)
    found = [name]
    for british, american in _SPELLINGS:
        found += [one.replace(british, american) for one in found if british in one]
        found += [one.replace(american, british) for one in found if american in one]
    if name.lower().startswith("al-"):
        found = [start + one[3:] for one in found for start in ("Al-", "al-", "Al ", "al ")]
    found += [one.replace(" al-", " al ") for one in found if " al-" in one]
    found += [
        "".join(c for c in unicodedata.normalize("NFD", one) if not unicodedata.combining(c))
        for one in found
        if not one.isascii()
    ]
    found += [one.replace("'", "’") for one in found if "'" in one]
    return tuple(dict.fromkeys(found))


def _measure_names(names: list[str]) -> dict[str, int]:
    """By the first word of names, whole and up to an apostrophe (where parsers may cut it): the most words."""
    starts: dict[str, int] = {}
    for name in names:
        first = name.split()[0]
        size = len(_WORD.findall(name))
        for start in (first, first.partition("'")[0], first.partition("’")[0]):
            starts[start] = max(starts.get(start, 0), size)
    return starts


def _actors_by_name(
    tables: CoderTables,
) -> tuple[dict[str, ActorRow], dict[str, tuple[ActorRow, ...]], dict[str, tuple[ActorRow, ...]]]:
    """The row of every name that counts by itself, all rows of dated names, and those of guarded aliases."""
    actors: dict[str, ActorRow] = {}
    for country in tables.countries:
        row = ActorRow(country.name, country.aliases, "country", country.iso3, "GOV")
        for name in (country.name, *country.aliases):
            actors[name] = row
        if country.capital and country.capital not in actors:
            # "Pyongyang said": the capital stands for the government
            actors[country.capital] = ActorRow(country.name, (), "country", country.iso3, "GOV")
    by_name: dict[str, list[ActorRow]] = {}
    for row in tables.actors:
        by_name.setdefault(row.name, []).append(row)
    dated: dict[str, tuple[ActorRow, ...]] = {}
    guarded: dict[str, tuple[ActorRow, ...]] = {}
    for rows in by_name.values():
        aliases = tuple(dict.fromkeys(alias for row in rows for alias in row.aliases))
        whole = replace(rows[0], aliases=aliases)
        for name in list_names(whole):
            actors[name] = whole
            dated.pop(name, None)
            if any(row.since or row.until for row in rows):
                dated[name] = (whole, *rows[1:])
        for alias in aliases:
            for spelling in spell_name(alias.strip("()")) if alias.startswith("(") else ():
                guarded[spelling] = (*guarded.get(spelling, ()), whole)
    return actors, dated, guarded


def _agents_by_form(rows: tuple[AgentRow, ...]) -> dict[str, AgentMatch]:
    agents: dict[str, AgentMatch] = {}
    for row in rows:
        word = row.word.lower()
        plural = row.plural.lower() or pluralise(word)
        agents[plural] = AgentMatch(row, plural=True)
        agents[word] = AgentMatch(row, plural=plural == word)
    return agents
