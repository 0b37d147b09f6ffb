"""The words that the coder knows: the rows of the seeds tables, and the look-ups made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from transforms.coder.inflect import inflect_noun, inflect_verb, pluralise
from transforms.records import ActorKind
from transforms.word_lists import word_set

Needs = Literal["", "human", "armed", "political", "crowd", "territory"]
PartOfSpeech = Literal["verb", "noun", "phrase"]
Form = Literal["base", "third", "past", "participle", "gerund", "singular", "plural", "fixed"]


SLOTS = word_set(
    "subj obj clause poss mod of by on against at with to for from in into over upon toward towards "
    "between among about"
)
"""Where a trigger's actor or recipient may stand: see `Frame`."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where actor and recipient of a trigger stand, by preference; None: as for its part of speech.

    `subj`, `obj`: subject and object of a verb (of a passive the other way round); `clause`: what the clause
    that depends on it is about ("threatened to attack Iran"); `poss`, `mod`: before a noun ("Iran's attack",
    "the Iranian attack"); anything else is the preposition that leads to it. `each`: both sides act and suffer
    ("clashed with").
    """

    actor: tuple[str, ...] | None
    recipient: tuple[str, ...] | None
    each: bool


@dataclass(frozen=True, slots=True)
class TriggerRow:
    """A row of triggers.csv: `phrase` is a lemma, `forms` its irregular forms; `needs` guards its sense."""

    phrase: str
    pos: PartOfSpeech
    type: str
    mode: str
    cameo: str  # "": that of the type and mode
    frame: Frame | None
    needs: Needs
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
    name: str
    aliases: tuple[str, ...]
    kind: ActorKind
    country: str
    sector: str


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


@dataclass(frozen=True, slots=True)
class ContextRow:
    word: str
    kind: Literal["quiet", "accident"]


@dataclass(frozen=True, slots=True)
class CoderTables:
    """All seeds tables of the coder, as loaded (the user's rows over the bundled ones)."""

    event_types: tuple[EventTypeRow, ...]
    triggers: tuple[TriggerRow, ...]
    actors: tuple[ActorRow, ...]
    agents: tuple[AgentRow, ...]
    weapons: tuple[WeaponRow, ...]
    countries: tuple[CountryRow, ...]
    regions: tuple[RegionRow, ...]
    context_words: tuple[ContextRow, ...]


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
    actors: Mapping[str, ActorRow]  # by any name, cased as written
    actor_starts: Mapping[str, int]  # first word of a name, cased: the most words a name has
    agents: Mapping[str, AgentMatch]
    weapons: Mapping[str, str]
    demonyms: Mapping[str, str]  # cased as written: ISO 3166-1 alpha-3
    countries: Mapping[str, str]  # any name or alias, cased as written: ISO 3166-1 alpha-3
    country_names: Mapping[str, str]  # ISO 3166-1 alpha-3: name
    past_forms: frozenset[str] = field(default_factory=frozenset)  # first words of past forms of verbs
    verb_bases: frozenset[str] = field(default_factory=frozenset)
    quiet_words: frozenset[str] = field(default_factory=frozenset)
    accident_words: frozenset[str] = field(default_factory=frozenset)


def build_lexicon(tables: CoderTables) -> Lexicon:
    """Make every form of every word and the look-ups."""
    triggers: dict[str, list[TriggerForm]] = {}
    past: set[str] = set()
    bases: set[str] = set()
    for row in tables.triggers:
        for form in _trigger_forms(row):
            triggers.setdefault(form.words[0], []).append(form)
            if form.form in ("past", "participle"):
                past.add(form.words[0])
            elif form.form == "base":
                bases.add(form.words[0])
    actors = _actors_by_name(tables)
    starts: dict[str, int] = {}
    for name in actors:
        words = name.split()
        starts[words[0]] = max(starts.get(words[0], 0), len(words))
    return Lexicon(
        tables=tables,
        triggers={
            word: tuple(sorted(forms, key=lambda form: -len(form.words))) for word, forms in triggers.items()
        },
        event_types={(row.type, row.mode): row for row in tables.event_types},
        actors=actors,
        actor_starts=starts,
        agents=_agents_by_form(tables.agents),
        weapons={
            form: row.mode
            for row in tables.weapons
            for form in (row.word.lower(), pluralise(row.word.lower()))
        },
        demonyms={demonym: row.iso3 for row in tables.countries for demonym in row.demonyms},
        countries={name: row.iso3 for row in tables.countries for name in (row.name, *row.aliases)},
        country_names={row.iso3: row.name for row in tables.countries},
        past_forms=frozenset(past - bases),
        verb_bases=frozenset(bases),
        quiet_words=frozenset(row.word for row in tables.context_words if row.kind == "quiet"),
        accident_words=frozenset(row.word for row in tables.context_words if row.kind == "accident"),
    )


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


def _actors_by_name(tables: CoderTables) -> dict[str, ActorRow]:
    actors: dict[str, ActorRow] = {}
    for country in tables.countries:
        row = ActorRow(country.name, country.aliases, "country", country.iso3, "GOV")
        for name in (country.name, *country.aliases):
            actors[name] = row
        if country.capital and country.capital not in actors:
            # "Pyongyang said": the capital stands for the government
            actors[country.capital] = ActorRow(country.name, (), "country", country.iso3, "GOV")
    for row in tables.actors:
        for name in (row.name, *row.aliases):
            actors[name] = row
    return actors


def _agents_by_form(rows: tuple[AgentRow, ...]) -> dict[str, AgentMatch]:
    agents: dict[str, AgentMatch] = {}
    for row in rows:
        word = row.word.lower()
        plural = row.plural.lower() or pluralise(word)
        agents[plural] = AgentMatch(row, plural=True)
        agents[word] = AgentMatch(row, plural=plural == word)
    return agents
