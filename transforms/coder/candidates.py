"""What each trigger of a sentence may tell: its roles as actors, guarded against senses that are no event."""

from dataclasses import dataclass, replace

from transforms.coder.clauses import find_agents
from transforms.coder.code_actors import CRAFT, POLITICAL_SECTORS, is_armed, is_human, is_political
from transforms.coder.count_casualties import Toll
from transforms.coder.fill_roles import COLLECTIONS, Roles, fill_roles
from transforms.coder.find_events import Hit
from transforms.coder.find_parties import find_other_side, is_party, name_origin, split_sides
from transforms.coder.gazetteer import GazetteerPlace
from transforms.coder.govern import govern, hangs_on
from transforms.coder.ground import takes_ground
from transforms.coder.judge_realis import is_demand, judge_realis
from transforms.coder.lexicon import Lexicon
from transforms.coder.noun_phrases import Phrase
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.resolve_references import Discourse, resolve
from transforms.coder.word_senses import choose_sense
from transforms.records import Actor, Realis

_HARMING = frozenset(
    {
        "kill",
        "injure",
        "wound",
        "hurt",
        "maim",
        "poison",
        "gas",
        "leave dead",
        "leave wounded",
        "leave injured",
    }
)
"""Verbs that accidents and illnesses do too."""


_NOBODY = frozenset({"nobody", "no one", "no-one", "none"})


@dataclass(frozen=True, slots=True)
class Context:
    """What the whole document says about its kind."""

    quiet: bool  # sport, show business, gadgets, markets
    accident: bool  # deaths here are nobody's attack unless the sentence says so
    violent: bool  # names attacks that need no guard
    space: bool = False  # rockets here carry satellites


@dataclass(frozen=True, slots=True)
class Candidate:
    hit: Hit
    roles: Roles
    actors: tuple[Actor, ...]
    recipients: tuple[Actor, ...]
    realis: Realis


def make_candidates(
    parsed: ParsedSentence, hits: list[Hit], document: str, discourse: Discourse, lexicon: Lexicon
) -> list[Candidate]:
    """One candidate a trigger. An event is nobody: of `carried out the attack`, the attack is no recipient."""
    meant = [sense for hit in hits if (sense := choose_sense(parsed, hit, lexicon)) is not None]
    hits = govern(parsed, meant)
    events = frozenset(hit.at for hit in hits if hit.reading == "noun")
    made = [_make_candidate(parsed, hit, events, document, discourse, lexicon) for hit in hits]
    return [_take_governed(parsed, candidate, made) for candidate in made]


def _take_governed(parsed: ParsedSentence, candidate: Candidate, others: list[Candidate]) -> Candidate:
    """`threatened to impose tariffs on Peru`: whom the act that is threatened would befall."""
    row = candidate.hit.row
    named = {actor.text for actor in candidate.actors}
    known = any(
        is_party(one) and one.text not in named and not one.text.lower().startswith(_OWN)
        for one in candidate.recipients
    )
    if row.type not in ("AGREE", "REJECT", "THREATEN") or known:
        return candidate
    for other in others:
        governed = candidate.hit.said and other.hit.start == candidate.hit.start
        others_act = bool(other.actors) and named.isdisjoint(actor.text for actor in other.actors)
        if (
            other is candidate
            or others_act
            or not (governed or hangs_on(parsed, other.hit.at, candidate.hit.at))
        ):
            continue
        parties = tuple(one for one in other.recipients if is_party(one) and one.text not in named)
        if parties:
            return replace(candidate, recipients=parties)
    return candidate


_OWN = ("its ", "their ", "his ", "her ")


def _make_candidate(
    parsed: ParsedSentence,
    hit: Hit,
    events: frozenset[int],
    document: str,
    discourse: Discourse,
    lexicon: Lexicon,
) -> Candidate:
    roles = fill_roles(parsed, hit)
    acting = tuple(
        phrase
        for phrase in roles.actors
        if (phrase.head not in events or _is_agent(parsed, phrase, lexicon))
        and not _is_scene(parsed, phrase, lexicon)
    )
    suffering = tuple(
        phrase
        for phrase in roles.recipients
        if phrase.head not in events and not _collects(parsed, phrase.head, events.union(hit.own))
    )
    actors = _code(parsed, acting, document, discourse, lexicon)
    if len(actors) == len(acting):
        actors = tuple(
            name_origin(actor, parsed, phrase, lexicon) for actor, phrase in zip(actors, acting, strict=True)
        )
    recipients = _code(parsed, suffering, document, discourse, lexicon)
    frame = hit.row.frame
    if frame is not None and frame.each and len(actors) > 1 and not any(map(is_human, recipients)):
        actors, recipients = actors[:1], actors[1:]
    recipients = find_other_side(
        parsed,
        hit,
        actors,
        recipients,
        [phrase.head for phrase in (suffering if hit.row.type == "ACCUSE" else roles.recipients)],
        lambda phrase: resolve(parsed, phrase, document, discourse, lexicon),
    )
    if hit.row.type == "COOPERATE" or not any(map(is_party, recipients)):
        recipients = split_sides(parsed, hit, actors, acting, lexicon) or recipients
    if hit.row.type in ("ASSAULT", "COERCE", "PROTEST", "MOBILIZE", "RETREAT"):
        # What is no person, force or state acts in no event: "the blast killed", "the crash injured".
        if hit.row.type == "PROTEST":
            actors = tuple(_take_for_people(actor) for actor in actors)
        actors = tuple(actor for actor in actors if actor.kind != "property")
        recipients = tuple(actor for actor in recipients if not _is_weapon(actor, lexicon))
    return Candidate(hit, roles, actors, recipients, judge_realis(parsed, hit))


def _take_for_people(actor: Actor) -> Actor:
    """`Algerian landowners` protest: people of a country, though the word for them is in no table."""
    if actor.kind == "property" and actor.country and not actor.sector and actor.text.endswith("s"):
        return replace(actor, kind="group", sector="CVL")
    return actor


def _is_agent(parsed: ParsedSentence, phrase: Phrase, lexicon: Lexicon) -> bool:
    """`a suicide bomber` is a word for an event and for who does it."""
    match = lexicon.agents.get(parsed.words[phrase.head].lower)
    return match is not None and match.row.kind == "person"


def _collects(parsed: ParsedSentence, head: int, events: frozenset[int]) -> bool:
    """`a series of attacks`."""
    return parsed.lemma(head) in COLLECTIONS and not events.isdisjoint(parsed.find(head, "nmod"))


def _is_scene(parsed: ParsedSentence, phrase: Phrase, lexicon: Lexicon) -> bool:
    """`the Sudan market strike`: a country's name before a noun says where; an adjective or `US` says who."""
    word = parsed.words[phrase.head].text
    named = word in lexicon.countries and word not in lexicon.demonyms and not word.isupper()
    return named and parsed.label(phrase.head) == "compound"


def _is_weapon(actor: Actor, lexicon: Lexicon) -> bool:
    """`fired a missile`: what is fired suffers nothing."""
    return actor.kind == "property" and actor.text.rsplit(" ", 1)[-1].lower() in lexicon.weapons


def put_places_right(candidate: Candidate, names: dict[str, GazetteerPlace]) -> Candidate:
    """A place that is no state is no person either: `Kunduz` is property, and acts in nothing."""

    def put(actor: Actor) -> Actor:
        place = names.get(actor.text)
        if place is None or actor.name or actor.kind not in ("person", "organization"):
            return actor
        return replace(actor, kind="property", country=place.country)

    actors = tuple(actor for actor in candidate.actors if actor.text not in names or actor.name)
    return replace(candidate, actors=actors, recipients=tuple(map(put, candidate.recipients)))


def _code(
    parsed: ParsedSentence, phrases: tuple[Phrase, ...], document: str, discourse: Discourse, lexicon: Lexicon
) -> tuple[Actor, ...]:
    coded = (resolve(parsed, phrase, document, discourse, lexicon) for phrase in phrases)
    return tuple(dict.fromkeys(actor for actor in coded if actor is not None))


def passes(
    parsed: ParsedSentence,
    candidate: Candidate,
    candidates: list[Candidate],
    toll: Toll,
    weapons: list[tuple[str, str]],
    context: Context,
    lexicon: Lexicon,
) -> bool:
    """Whether the trigger is meant in the sense of its row."""
    row = candidate.hit.row
    if row.phrase in _HARMING and any(actor.text.lower() in _NOBODY for actor in candidate.recipients):
        return False  # "nobody was hurt": a count, no event
    everyone = (*candidate.actors, *candidate.recipients)
    if row.needs == "weapon":
        return _is_done_by_weapon(parsed, candidate.hit, lexicon)
    if row.needs == "territory":
        return takes_ground(parsed, candidate) and not context.quiet
    if row.needs == "political":
        return _is_political_act(parsed, candidate, context)
    crash = any(word.lower in lexicon.accident_words for word in parsed.words)
    armed = (
        any(is_armed(actor) and not (crash and _is_craft(actor)) for actor in everyone)
        or any(not (context.space and "rocket" in weapon.lower()) for weapon, _ in weapons)
        or _telling(candidate, candidates)
        or _names_force(parsed, candidate.hit, lexicon)
    )
    hurt = toll.any_killed or toll.any_injured
    if row.type == "ASSAULT" and row.needs and not armed:
        hurt = hurt and not crash
    if row.phrase in _HARMING and not armed and (crash or context.accident or not context.violent):
        return False
    if row.needs == "crowd":
        human = any(
            (is_human(actor) and actor.kind != "person") or _has_members(actor) for actor in candidate.actors
        )
        if row.mode == "riot" and not any(actor.kind != "person" for actor in candidate.actors):
            return False  # "the singer threw a bottle": one is no crowd
        if row.mode == "obstruct" and all(
            actor.sector in ("GOV", "MIL", "COP") for actor in candidate.actors
        ):
            return False  # "officials set up roadblocks"
        return human and not (context.quiet and not armed)
    if row.needs == "armed":
        if row.mode == "destroy" and candidate.hit.reading == "verb" and not context.quiet:
            armed = armed or any(actor.kind == "group" for actor in candidate.actors)
        if context.quiet:
            return bool(weapons or hurt) and armed
        plain = candidate.hit.reading == "noun" or row.mode == "firearms"
        return armed or hurt or (context.violent and plain)
    if row.needs == "human":
        held = any(map(_may_be_held, candidate.recipients)) or any(w.lower in _CELLS for w in parsed.words)
        if row.type == "RETREAT" and not armed and not held:
            return False
        human = any(is_human(actor) for actor in candidate.recipients)
        if not human and not (toll.any_killed and row.phrase in _HARMING):
            return False
        return not context.quiet or armed or hurt
    return not context.quiet or armed or hurt or row.type in ("PROTEST", "RETREAT", "COERCE")


_BY_PEOPLE = frozenset({"REQUEST", "ACCUSE", "REJECT", "THREATEN", "CONCEDE", "AID"})
"""What teachers, doctors or villagers do on their own account, whoever they do it to."""
_DONE_TO = frozenset({"ACCUSE", "SANCTION", "COERCE"})
"""What passives tell of without saying who: `the envoy was accused of spying`."""
_WISHES = frozenset({"want", "tell", "expect"})
"""Demands only where someone else is to do something: `told Syria to withdraw`, not `told reporters`."""


def _is_done_by_weapon(parsed: ParsedSentence, hit: Hit, lexicon: Lexicon) -> bool:
    """`a shell hit a school`, `the depot was hit by two drones`."""
    return any(
        parsed.words[parsed.phrase(at).head].lower in lexicon.weapons for at in find_agents(parsed, hit.at)
    )


def _is_craft(actor: Actor) -> bool:
    return actor.text.rsplit(" ", 1)[-1].lower() in CRAFT | _AIRCRAFT


_AIRCRAFT = frozenset({"aircraft", "jet", "jets", "helicopter", "helicopters", "airliner", "balloon"})


def _has_members(actor: Actor) -> bool:
    """A union, a party or a congregation protests as its members do."""
    return actor.kind == "organization" and actor.sector in ("LAB", "PTY", "OPP", "REL", "NGO")


def _names_force(parsed: ParsedSentence, hit: Hit, lexicon: Lexicon) -> bool:
    """`sent troops`: the words of the trigger itself say that it is done with arms."""
    for at in hit.own:
        match = lexicon.agents.get(parsed.words[at].lower)
        if match is not None and match.row.armed:
            return True
    return False


def _is_political_act(parsed: ParsedSentence, candidate: Candidate, context: Context) -> bool:
    """Whether a state, its people or organs, or an organisation says or does it, or people do it to one of them."""
    row = candidate.hit.row
    alone = row.mode in ("mediate", "visit") or (row.mode == "host" and len(candidate.hit.own) > 1)
    if row.type == "CONSULT" and not alone and not _meets(parsed, candidate):
        return False
    if (is_demand(candidate.hit) or row.phrase in _WISHES) and not any(
        is_political(actor) and actor not in candidate.actors for actor in candidate.recipients
    ):
        return False
    if row.phrase in _WISHES and not _wishes(parsed, candidate.hit.at):
        return False
    if row.phrase == "ask" and not candidate.recipients:
        return False  # "why, he asked"
    if context.quiet and not any(map(_has_office, candidate.actors)):
        return False
    if any(is_political(actor) and not _is_private(actor) for actor in candidate.actors):
        return True
    if context.quiet or row.phrase in _WISHES:
        return False
    if candidate.roles.passive and not candidate.actors and row.type in _DONE_TO:
        return any(is_political(one) and not _is_private(one) for one in candidate.recipients)
    people = [actor for actor in candidate.actors if is_human(actor) or actor.kind == "organization"]
    outspoken = (
        row.type in _BY_PEOPLE
        and not row.phrase.startswith("warn")
        and any(actor.kind == "group" and actor.sector != "BUS" for actor in people)
    )
    if row.mode == "visit" and row.phrase in _JOURNEYS:
        return False  # "the singer left for Costa Rica"
    asked = any(is_political(one) and not _is_private(one) for one in candidate.recipients)
    return outspoken or (bool(people) and asked)


_JOURNEYS = frozenset(
    {"fly to", "fly into", "travel to", "leave for", "depart for", "set off for", "arrive"}
) | {f"arrive {case}" for case in ("in", "at", "for", "on")}


def _wishes(parsed: ParsedSentence, verb: int) -> bool:
    """`told Syria to withdraw`, not `told reporters that`."""
    return any(
        parsed.words[mark].lower == "to"
        for clause in parsed.find(verb, "xcomp", "ccomp")
        for mark in parsed.find(clause, "mark")
    )


def _has_office(actor: Actor) -> bool:
    """In texts of sport a country is a team and its people are players: only those who hold an office count."""
    return actor.sector in POLITICAL_SECTORS and not (actor.kind == "country" and bool(actor.name))


def _is_private(actor: Actor) -> bool:
    """`a US woman`, `US laws`: of a country, but nobody who speaks or acts for it."""
    if actor.name or actor.sector in POLITICAL_SECTORS - _TRADES:
        return False
    thing = actor.kind == "property" and not actor.sector and actor.text.rsplit(" ", 1)[-1].islower()
    return thing or (actor.kind == "person" and actor.sector in _TRADES)


_TRADES = frozenset({"CVL", "LAB", "EDU", "BUS", "HLH", "AGR"})


def _meets(parsed: ParsedSentence, candidate: Candidate) -> bool:
    """A meeting has two sides: someone met, or several who meet (`the ministers of Egypt and Turkey`)."""
    several = any(parsed.tokens[phrase.head].tag == "NNS" for phrase in candidate.roles.actors)
    met = any(is_political(actor) and actor.kind != "property" for actor in candidate.recipients)
    groups = several or any(actor.kind == "group" for actor in candidate.actors)
    return met or len(candidate.actors) > 1 or (groups and bool(candidate.actors))


_CELLS = frozenset({"prison", "jail", "custody", "detention", "captivity", "internment"})


def _may_be_held(actor: Actor) -> bool:
    words = actor.text.lower().split()
    held = (
        "hostage",
        "prisoner",
        "detainee",
        "captive",
        "inmate",
        "dissident",
        "activist",
        "journalist",
        "soldier",
    )
    return any(word.startswith(held) for word in words) or (is_human(actor) and bool(actor.country))


def _telling(candidate: Candidate, candidates: list[Candidate]) -> bool:
    """Another trigger of the sentence says without doubt that there was violence."""
    return any(
        other is not candidate and other.hit.row.type == "ASSAULT" and not other.hit.row.needs
        for other in candidates
    )
