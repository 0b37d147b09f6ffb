"""What each trigger of a sentence may tell: its roles as actors, before any guard."""

from dataclasses import dataclass, replace

from transforms.coder.clauses import find_case
from transforms.coder.code_actors import is_human
from transforms.coder.fill_roles import COLLECTIONS, Roles, fill_roles
from transforms.coder.find_events import Hit
from transforms.coder.find_parties import find_other_side, is_party, name_origin, split_sides
from transforms.coder.gazetteer import GazetteerPlace
from transforms.coder.govern import govern, hangs_on
from transforms.coder.judge import JudgedTrigger
from transforms.coder.judge_realis import judge_realis
from transforms.coder.lexicon import Lexicon
from transforms.coder.noun_phrases import Phrase
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.resolve_references import Discourse, resolve
from transforms.coder.word_senses import choose_sense
from transforms.records import Actor, Realis
from transforms.word_lists import word_set


@dataclass(frozen=True, slots=True)
class Candidate:
    hit: Hit
    roles: Roles
    actors: tuple[Actor, ...]
    recipients: tuple[Actor, ...]
    realis: Realis
    judged: JudgedTrigger | None = None  # what the judge says of the trigger


def make_candidates(
    parsed: ParsedSentence, hits: list[Hit], document: str, discourse: Discourse, lexicon: Lexicon
) -> list[Candidate]:
    """One candidate a trigger. An event is nobody: of `carried out the attack`, the attack is no recipient."""
    meant = [sense for hit in hits if (sense := choose_sense(parsed, hit, lexicon)) is not None]
    hits = govern(parsed, meant)
    events = frozenset(hit.at for hit in hits if hit.reading == "noun")
    made = [make_candidate(parsed, hit, events, document, discourse, lexicon) for hit in hits]
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


def make_candidate(
    parsed: ParsedSentence,
    hit: Hit,
    events: frozenset[int],
    document: str,
    discourse: Discourse,
    lexicon: Lexicon,
    given: Roles | None = None,
) -> Candidate:
    """What a trigger tells; `events`: the words of the sentence that are events themselves.

    The phrases of the roles that are `given` take the place of those that the grammar leads to.
    """
    roles = _prefer(given, fill_roles(parsed, hit))
    acting = tuple(
        _find_launcher(parsed, phrase, lexicon)
        for phrase in roles.actors
        if (phrase.head not in events or _is_agent(parsed, phrase, lexicon))
        and not _is_scene(parsed, phrase, lexicon)
    )
    suffering = tuple(
        phrase
        for phrase in roles.recipients
        if phrase.head not in events
        and not _collects(parsed, phrase.head, events.union(hit.own))
        and not _is_no_party(parsed, phrase, hit, lexicon)
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


def _prefer(given: Roles | None, found: Roles) -> Roles:
    """The phrases that are given, and for a role without any what was found that fills no other."""
    if given is None:
        return found
    taken = {phrase.head for phrase in (*given.actors, *given.recipients)}

    def fill(mine: tuple[Phrase, ...], others: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
        return mine or tuple(phrase for phrase in others if phrase.head not in taken)

    return Roles(fill(given.actors, found.actors), fill(given.recipients, found.recipients), found.passive)


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


def _find_launcher(parsed: ParsedSentence, phrase: Phrase, lexicon: Lexicon) -> Phrase:
    """Of `a drone launched by rebels` the rebels."""
    if parsed.words[phrase.head].lower in lexicon.weapons:
        for verb in parsed.find(phrase.head, "acl", "acl:relcl"):
            for doer in parsed.find(verb, "obl:agent") if parsed.lemma(verb) in _LAUNCHING else ():
                return parsed.phrase(doer)
    return phrase


_LAUNCHING = word_set("launch fire drop send fly operate shoot plant lay throw detonate pilot own use")


def _is_no_party(parsed: ParsedSentence, phrase: Phrase, hit: Hit, lexicon: Lexicon) -> bool:
    """`a shooting on Park Road`, `a strike north of Homs`, `no casualties`, `blocked it with cars`, `his vest`."""
    word, case = parsed.words[phrase.head], find_case(parsed, phrase.head)
    if word.text in _STREETS and case in ("on", "in", "at", "near", "along"):
        return True
    before = [one.lower for one in parsed.words[max(0, phrase.start - 2) : phrase.start]]
    if len(before) == 2 and before[1] == "of" and before[0] in _DIRECTIONS:
        return True
    if parsed.words[phrase.start].lower == "no" and word.lower in _HARM:
        return True
    if hit.row.type == "PROTEST" and case == "with":
        match = lexicon.agents.get(word.lower)
        return match is None or match.row.kind == "property"
    return hit.row.mode in ("explosives", "suicide-attack") and word.lower in _CHARGES


_HARM = word_set("casualties casualty injuries deaths damage victims fatalities")
_DIRECTIONS = word_set("north south east west northeast northwest southeast southwest outside outskirts")
_CHARGES = word_set("vest belt jacket device devices charge charges explosives payload")
_STREETS = frozenset(
    {"Road", "Rd", "Street", "St", "Avenue", "Ave", "Highway", "Lane", "Drive", "Boulevard", "Blvd", "Route"}
)
