"""Guards: whether a trigger is meant in the sense of its row. Senses that the grammar gives away: `word_senses`."""

from dataclasses import dataclass

from transforms.coder.candidates import Candidate
from transforms.coder.clauses import find_agents, find_obliques
from transforms.coder.code_actors import CRAFT, POLITICAL_SECTORS, is_armed, is_human, is_political
from transforms.coder.count_casualties import Toll
from transforms.coder.find_events import Hit
from transforms.coder.ground import takes_ground
from transforms.coder.judge_realis import is_demand
from transforms.coder.lexicon import Lexicon
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.records import Actor
from transforms.word_lists import word_set

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
class DocumentContext:
    """What the whole document says about its kind."""

    quiet: bool  # sport, show business, gadgets, markets
    accident: bool  # deaths here are nobody's attack unless the sentence says so
    violent: bool  # names attacks that need no guard
    space: bool  # rockets here carry satellites


def passes(
    parsed: ParsedSentence,
    candidate: Candidate,
    candidates: list[Candidate],
    toll: Toll,
    weapons: list[tuple[str, str]],
    context: DocumentContext,
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
    meant_by_nobody = any(word.lower in _UNMEANT for word in parsed.words)
    armed = (
        any(is_armed(actor) and not (crash and _is_craft(actor)) for actor in everyone)
        or (not meant_by_nobody and any(not (context.space and "rocket" in w.lower()) for w, _ in weapons))
        or _telling(candidate, candidates)
        or _names_force(parsed, candidate.hit, lexicon)
    )
    hurt = (toll.any_killed or toll.any_injured) and not (meant_by_nobody and not armed)
    if row.type == "ASSAULT" and row.needs and not armed:
        hurt = hurt and not crash
    meant = context.violent or (not context.quiet and _is_done_by_somebody(candidate))
    if row.phrase in _HARMING and not armed and (crash or context.accident or not meant):
        return False
    if row.needs == "crowd":
        return _is_crowd(candidate) and not (context.quiet and not armed)
    if row.needs == "armed":
        if row.mode == "destroy" and candidate.hit.reading == "verb" and not context.quiet:
            armed = armed or any(actor.kind == "group" for actor in candidate.actors)
        if context.quiet:
            return bool(weapons or hurt) and armed
        plain = candidate.hit.reading == "noun" or row.mode == "firearms"
        return armed or hurt or (context.violent and plain) or _is_between(parsed, candidate)
    if row.needs == "human":
        held = any(map(_may_be_held, candidate.recipients)) or any(w.lower in CELLS for w in parsed.words)
        if row.type == "RETREAT" and not armed and not held:
            return False
        human = any(map(is_human, candidate.recipients)) or _names_people(parsed, candidate.hit, lexicon)
        if not human and not (toll.any_killed and row.phrase in _HARMING):
            return False
        return not context.quiet or armed or hurt
    return not context.quiet or armed or hurt or row.type in ("PROTEST", "RETREAT", "COERCE")


_BY_PEOPLE = frozenset({"REQUEST", "ACCUSE", "REJECT", "THREATEN", "CONCEDE", "AID"})
"""What teachers, doctors or villagers do on their own account, whoever they do it to."""
_DONE_TO = frozenset({"ACCUSE", "SANCTION", "COERCE"})
"""What passives tell of without saying who: `the envoy was accused of spying`."""
WISHES = frozenset({"want", "tell", "expect"})
"""Demands only where someone else is to do something: `told Syria to withdraw`, not `told reporters`."""


_UNMEANT = frozenset({"accidental", "accidentally", "self-inflicted"})


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


def _is_crowd(candidate: Candidate) -> bool:
    """People, or a body that acts as its members do."""
    row, actors = candidate.hit.row, candidate.actors
    if row.mode == "riot" and not any(actor.kind != "person" for actor in actors):
        return False  # "the singer threw a bottle": one is no crowd
    if row.mode == "obstruct" and all(actor.sector in ("GOV", "MIL", "COP") for actor in actors):
        return False  # "officials set up roadblocks"
    return any((is_human(actor) and actor.kind != "person") or _has_members(actor) for actor in actors)


def _is_between(parsed: ParsedSentence, candidate: Candidate) -> bool:
    """`fighting between rival clans`: two sides of people, though neither is a force."""
    sides = (
        find_obliques(parsed, candidate.hit.at, ("between",)) if candidate.hit.row.mode == "battle" else []
    )
    return any(parsed.words[at].lower in _SIDES for at in sides)


_SIDES = word_set(
    "clans tribes herders herdsmen pastoralists farmers villagers communities factions groups youths residents "
    "tribesmen supporters protesters"
)


def _names_people(parsed: ParsedSentence, hit: Hit, lexicon: Lexicon) -> bool:
    """`freed political prisoners`: the words of the trigger say whom; not `held the port hostage`."""
    if hit.row.type != "RETREAT":
        return False
    matches = [lexicon.agents.get(parsed.words[at].lower) for at in hit.own if at != hit.at]
    return any(match is not None and match.row.kind in ("person", "group") for match in matches)


def _is_done_by_somebody(candidate: Candidate) -> bool:
    """`two men killed a farmer`, `Israel killed 40 people`; not `the quake killed 40 people`."""
    if candidate.hit.row.phrase not in ("kill", "wound") or candidate.roles.passive:
        return False
    return any(is_human(one) or one.kind == "country" or is_armed(one) for one in candidate.actors)


def _is_political_act(parsed: ParsedSentence, candidate: Candidate, context: DocumentContext) -> bool:
    """Whether a state, its people or organs, or an organisation says or does it, or people do it to one of them."""
    row = candidate.hit.row
    alone = row.mode in ("mediate", "visit") or (row.mode == "host" and len(candidate.hit.own) > 1)
    if row.type == "CONSULT" and not alone and not _meets(parsed, candidate):
        return False
    if (is_demand(candidate.hit) or row.phrase in WISHES) and not any(
        is_political(actor) and actor not in candidate.actors for actor in candidate.recipients
    ):
        return False
    if row.phrase in WISHES and not _wishes(parsed, candidate.hit.at):
        return False
    if row.phrase == "ask" and not candidate.recipients:
        return False  # "why, he asked"
    if row.type == "THREATEN" and _cautions(candidate):
        return False
    if context.quiet and not any(map(_has_office, candidate.actors)):
        return False
    if any(is_political(actor) and not _is_private(actor) for actor in candidate.actors):
        return True
    if context.quiet or row.phrase in WISHES:
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


def _cautions(candidate: Candidate) -> bool:
    """`the food agency warned people not to eat it`: for the good of those who are warned."""
    words = candidate.hit.row.phrase.split()
    if not {"warn", "caution", "warning"}.intersection(words):
        return False
    feared = any(is_armed(actor) or actor.kind == "country" for actor in candidate.actors)
    plain = candidate.recipients and all(
        is_human(actor) and actor.sector not in POLITICAL_SECTORS - _TRADES for actor in candidate.recipients
    )
    return bool(plain) and not feared


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
    things = candidate.recipients and all(actor.kind == "property" for actor in candidate.recipients)
    if things and candidate.hit.row.phrase == "meet" and parsed.find(candidate.hit.at, "obj"):
        return False  # "met the deadline"
    several = any(parsed.tokens[phrase.head].tag == "NNS" for phrase in candidate.roles.actors)
    met = any(is_political(actor) and actor.kind != "property" for actor in candidate.recipients)
    groups = several or any(actor.kind == "group" for actor in candidate.actors)
    return met or len(candidate.actors) > 1 or (groups and bool(candidate.actors))


CELLS = frozenset({"prison", "jail", "custody", "detention", "captivity", "internment"})


HELD = (
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


def _may_be_held(actor: Actor) -> bool:
    words = actor.text.lower().split()
    return any(word.startswith(HELD) for word in words) or (is_human(actor) and bool(actor.country))


def _telling(candidate: Candidate, candidates: list[Candidate]) -> bool:
    """Another trigger of the sentence says without doubt that there was violence."""
    return any(
        other is not candidate and other.hit.row.type == "ASSAULT" and not other.hit.row.needs
        for other in candidates
    )
