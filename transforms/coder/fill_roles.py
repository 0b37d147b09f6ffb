"""Who did it, and to whom: the noun phrases that a trigger's frame points to in the dependency tree."""

from dataclasses import dataclass

from transforms.coder.clauses import (
    ADDRESSING,
    expand,
    find_agents,
    find_by,
    find_case,
    find_objects,
    find_obliques,
    find_patients,
    find_speakers,
    find_subjects,
    is_passive,
)
from transforms.coder.find_events import Hit
from transforms.coder.noun_phrases import Phrase
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.word_classes import Tag
from transforms.word_lists import word_set

_VERB_ACTOR: tuple[str, ...] = ("subj",)
_VERB_RECIPIENT: tuple[str, ...] = ("obj", "against", "on", "at", "upon", "with", "into")
_NOUN_ACTOR: tuple[str, ...] = ("by", "poss", "mod")
_NOUN_RECIPIENT: tuple[str, ...] = ("on", "against", "at", "upon", "into", "of", "with", "mod")
_GIVING = word_set(
    "AGREE CONSULT SUPPORT CONCEDE COOPERATE REQUEST ACCUSE REJECT THREATEN SANCTION AID RETREAT"
)
"""Types whose verbs reach the other side by `to`, `from` or a clause."""
_LIGHT_VERBS = word_set(
    "launch carry stage conduct mount hold commit perpetrate begin start continue wage lead join organise "
    "organize call order impose declare announce make step execute deliver open unleash orchestrate claim "
    "undertake resume mastermind broker negotiate do give offer pay sign issue file initiate pursue provide"
)
_ARRANGING_VERBS = word_set("plan schedule propose prepare announce promise threaten vow set")
_SUFFERING_VERBS = word_set("suffer face survive sustain repel repulse resist endure meet receive witness")
_PLANTING_VERBS = word_set("leave plant place hide put lay throw hurl drop drive park set toss lob")
_HOLDING_VERBS = word_set("contain hold carry conceal hide")
_STRIKING_VERBS = word_set(
    "hit target rock strike damage destroy kill injure wound shake rip tear claim leave"
)
_INNER_PREPOSITIONS = ("on", "at", "against", "of", "upon", "into", "from", "to", "with")
COLLECTIONS = word_set("wave series spate string number round campaign kind type act lot spree outbreak")
_WRITINGS = word_set(
    "statement declaration communique letter message resolution petition memorandum note report speech "
    "interview telegram article editorial leaflet telegramme decree announcement"
)
_NO_PARTIES = word_set("revenge reprisal retaliation retaliatory terror horror surprise copycat")
_CLAIMS = word_set("responsibility blame credit")
_BLAMING = word_set("blame accuse suspect")


@dataclass(frozen=True, slots=True)
class Roles:
    actors: tuple[Phrase, ...] = ()
    recipients: tuple[Phrase, ...] = ()
    passive: bool = False


def fill_roles(parsed: ParsedSentence, hit: Hit) -> Roles:
    """The phrases of actor and recipient of a trigger; both may be empty."""
    fill = _fill_noun if hit.reading == "noun" else _fill_verb
    actors, recipients = _find_sides(parsed, hit) or fill(parsed, hit, *_choose_slots(hit))
    actors = [head for head in actors if head not in hit.own]
    recipients = [head for head in recipients if head not in actors and head not in _take_own(hit)]
    if hit.row.frame is not None and hit.row.frame.each and len(actors) > 1 and not recipients:
        actors, recipients = actors[:1], actors[1:]
    blames = hit.reading == "verb" and parsed.lemma(hit.at) in _BLAMING
    passive = hit.reading == "verb" and is_passive(parsed, hit.at)
    return Roles(_phrases(parsed, actors, hit), _phrases(parsed, recipients, hit, to_of=blames), passive)


def _choose_slots(hit: Hit) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where actor and recipient are looked for: as the row's frame says, else as usual."""
    if hit.reading == "noun":
        actor, recipient = _NOUN_ACTOR, _NOUN_RECIPIENT
    else:
        actor, recipient = _VERB_ACTOR, _VERB_RECIPIENT
        if hit.row.type in _GIVING:
            recipient = (*recipient, "to", "from", "over", "for", "clause")
    frame = hit.row.frame
    if frame is None:
        return actor, recipient
    return (
        actor if frame.actor is None else frame.actor,
        recipient if frame.recipient is None else frame.recipient,
    )


def _fill_verb(
    parsed: ParsedSentence, hit: Hit, actor_slots: tuple[str, ...], recipient_slots: tuple[str, ...]
) -> tuple[list[int], list[int]]:
    actors = _first(parsed, hit.at, actor_slots, hit.own)
    if not actors and "subj" in actor_slots:
        actors = _find_misread_subject(parsed, hit)
    elif not actors:  # "won the backing of the unions"
        actors = next(filter(None, (_first(parsed, at, actor_slots, hit.own) for at in hit.own)), [])
    recipients = parsed.find(hit.at, "iobj")[:1]  # "gave Mali aid"
    if parsed.lemma(hit.at) == "blame":
        acts = parsed.find(hit.at, "obj", "nsubj:pass")
        recipients = recipients or [at for act in acts[:1] for at in _find_blamed(parsed, hit.at, act)]
    recipients = recipients or _first(parsed, hit.at, recipient_slots, (*_take_own(hit), *actors))
    filled = parsed.find(hit.at, "obj", "nsubj:pass")
    told = _names_whom(hit) or recipient_slots[:1] == ("subj",) or bool(parsed.find(hit.at, "iobj"))
    given = bool(recipients) and told
    if not given and (not filled or not set(hit.own).isdisjoint(filled)):
        inner = _find_inner_object(parsed, hit)  # "opened fire on police", "set fire to a church"
        recipients = inner or recipients or (find_obliques(parsed, hit.at, ("to",)) if filled else [])
        recipients = recipients or _find_owners(parsed, hit)
        if hit.row.needs == "political":
            recipients = recipients or _find_inner_object(parsed, hit, ("for", "over", "between"))
    return actors, recipients


def _take_own(hit: Hit) -> tuple[int, ...]:
    """The trigger's words that are nobody; of `freed the hostages` the second says whom."""
    return (hit.at,) if _names_whom(hit) else hit.own


def _names_whom(hit: Hit) -> bool:
    frame = hit.row.frame
    if frame is not None and frame.recipient is not None:
        return frame.recipient[:1] == ("obj",)
    return hit.row.needs == "human" and len(hit.own) == 2


def _find_misread_subject(parsed: ParsedSentence, hit: Hit) -> list[int]:
    """`Activists called for`: a past tense that the grammar takes for a participle; what one calls for never is one."""
    leads = any(parsed.tags[at] == Tag.PREPOSITION for at in hit.own)
    misread = leads and parsed.label(hit.at) == "acl" and parsed.tokens[hit.at].tag == "VBN"
    return expand(parsed, parsed.head(hit.at)) if misread and not find_by(parsed, hit.at) else []


def _find_owners(parsed: ParsedSentence, hit: Hit) -> list[int]:
    """Of `rejected a US proposal`, `lifted the ban on the party's rallies` whose it is."""
    for at in hit.own:
        if at != hit.at:
            owners = [head for head in _fill_slot(parsed, at, "poss") if parsed.tokens[head].tag != "PRP$"]
            owners = owners or [m for m in _fill_slot(parsed, at, "mod") if parsed.words[m].text[0].isupper()]
            if owners:
                return [head for head in owners if head not in hit.own]
    return []


def _phrases(parsed: ParsedSentence, heads: list[int], hit: Hit, to_of: bool = False) -> tuple[Phrase, ...]:
    """The noun phrases of heads, without words of the trigger (`shot dead | three soldiers`).

    With `to_of` they end before `of`: `accused the army | of war crimes`.
    """
    found = []
    for head in heads:
        phrase = parsed.phrase(head)
        start = hit.end if phrase.start in hit.own and head not in hit.own else phrase.start
        while start < head and parsed.tags[start] == Tag.CONJUNCTION:
            start += 1
        ends = [i for i in range(head + 1, phrase.end) if parsed.words[i].lower == "of"]
        cut = to_of and bool(ends)
        found.append(Phrase(start, ends[0] if cut else phrase.end, head if cut else phrase.head))
    return tuple(dict.fromkeys(found))


def _first(parsed: ParsedSentence, at: int, slots: tuple[str, ...], taken: tuple[int, ...]) -> list[int]:
    """What the first filled slot holds."""
    for slot in slots:
        found = [head for head in _fill_slot(parsed, at, slot) if head not in taken]
        if found:
            return found
    return []


def _fill_slot(parsed: ParsedSentence, at: int, slot: str) -> list[int]:
    if slot == "subj":
        return _find_authors(parsed, find_agents(parsed, at))
    if slot == "obj":
        return find_patients(parsed, at)
    if slot == "by":
        return find_by(parsed, at)
    if slot == "speaker":
        return find_speakers(parsed, at)
    if slot == "topic":
        return _find_topic(parsed, at)
    if slot == "clause":
        return _fill_from_clause(parsed, at)
    if slot == "poss":
        owners = [owner for owner in parsed.find(at, "nmod:poss") if parsed.tags[owner] != Tag.TIME]
        return [head for owner in owners for head in expand(parsed, owner)]
    if slot == "mod":
        return [m for m in parsed.find(at, "compound", "amod", "nmod:desc") if _may_name(parsed, m)]
    found = find_obliques(parsed, at, (slot,))
    if found or slot not in ("with", "between", "against", "to") or not parsed.is_verb(at):
        return found
    things = parsed.find(at, "obj", "nsubj:pass")
    joined = expand(parsed, things[0]) if things else []  # "used batons and tear gas against students"
    return next((led for thing in joined if (led := find_obliques(parsed, thing, (slot,)))), [])


def _find_topic(parsed: ParsedSentence, at: int) -> list[int]:
    """The grammatical subject, of a passive too; of `has no plans to` who has them."""
    found = find_subjects(parsed, at)
    return found or (find_subjects(parsed, parsed.head(at)) if parsed.label(at) == "obj" else [])


def _find_authors(parsed: ParsedSentence, heads: list[int]) -> list[int]:
    """Of `issued a statement demanding` who issued it, of `the party's statement demanded` whose it is."""
    if len(heads) != 1 or parsed.lemma(heads[0]) not in _WRITINGS:
        return heads
    writing = heads[0]
    verb = parsed.head(writing)
    if parsed.label(writing) in ("obj", "obl") and verb != writing and parsed.is_verb(verb):
        return find_agents(parsed, verb) or heads
    owners = parsed.find(writing, "nmod:poss")
    found = expand(parsed, owners[0]) if owners else find_obliques(parsed, writing, ("by", "from", "of"))
    return found or heads


def _may_name(parsed: ParsedSentence, at: int) -> bool:
    """Nouns, names and capitalised adjectives (`Syrian`) before a noun may say who; `weekly`, `latest` do not."""
    if parsed.tags[at] == Tag.TIME or parsed.words[at].lower in _NO_PARTIES:
        return False
    return parsed.tokens[at].tag.startswith("NN") or parsed.words[at].text[0].isupper()


def _fill_from_clause(parsed: ParsedSentence, at: int) -> list[int]:
    """Of `threatened to attack Iran`, `urged that Iran withdraw`: Iran."""
    for clause in parsed.find(at, "xcomp", "ccomp", "advcl"):
        found = parsed.find(clause, "nsubj", "nsubj:pass")
        if clause > at and found:
            return expand(parsed, found[0])
        found = find_patients(parsed, clause) if parsed.is_verb(clause) else []
        found = found or find_obliques(parsed, clause, ("against", "on", "with", "from", "to"))
        if clause > at and found:
            return found
    return []


def _find_inner_object(
    parsed: ParsedSentence, hit: Hit, prepositions: tuple[str, ...] = _INNER_PREPOSITIONS
) -> list[int]:
    """`opened fire on X`, `took X hostage`: what hangs on the other words of a verb phrase."""
    for at in hit.own:
        if at != hit.at:
            found = find_obliques(parsed, at, prepositions)
            if found:
                return found
    return []


def _fill_noun(
    parsed: ParsedSentence, hit: Hit, actor_slots: tuple[str, ...], recipient_slots: tuple[str, ...]
) -> tuple[list[int], list[int]]:
    top = _climb(parsed, hit.at)
    plain = tuple(slot for slot in actor_slots if slot != "mod")
    places = dict.fromkeys((hit.at, top))
    actors = next((found for at in places if (found := _first(parsed, at, plain, ()))), [])
    governed = _fill_from_governor(parsed, top)
    actors = actors or governed[0]
    if not actors and hit.row.type == "PROTEST":
        actors = _find_callers(parsed, top)
    taken = tuple(actors)
    firm = tuple(slot for slot in recipient_slots if slot != "mod")
    recipients = next((found for at in places if (found := _first(parsed, at, firm, taken))), [])
    recipients = recipients or governed[1]
    if len(hit.own) > 1 and hit.own[0] == hit.at:
        recipients = recipients or _find_inner_object(parsed, hit)  # "suspension of air links with Libya"
    modifiers = [m for at in places for m in _fill_slot(parsed, at, "mod") if not hit.start <= m < hit.end]
    modifiers = [m for m in modifiers if m not in actors and m not in recipients]
    if not actors and "mod" in actor_slots:
        actors = modifiers[:1]
    elif not recipients and "mod" in recipient_slots:
        recipients = modifiers[:1]
    return actors, recipients


def _find_sides(parsed: ParsedSentence, hit: Hit) -> tuple[list[int], list[int]] | None:
    """`clashes between X and Y`, `fighting broke out between X and Y`: what happens is the verb's subject."""
    if hit.reading == "verb" and parsed.label(hit.at) != "csubj":
        return None
    top = _climb(parsed, hit.at)
    verb = parsed.head(top)
    happens = parsed.label(top) in ("nsubj", "csubj") and parsed.lemma(verb) in _HAPPENING
    for at in (hit.at, top, *((verb,) if happens else ())):
        sides = find_obliques(parsed, at, ("between",))
        if len(sides) > 1:
            return sides[:1], sides[1:]
    return None


_HAPPENING = word_set(
    "break erupt rage continue resume flare occur happen take begin start intensify escalate ensue unfold persist"
)


def _find_blamed(parsed: ParsedSentence, verb: int, act: int) -> list[int]:
    """On whom an act is blamed, whether the grammar hangs `on` on the verb or on the act."""
    return find_obliques(parsed, verb, ("on",)) or find_obliques(parsed, act, ("on",))


def _climb(parsed: ParsedSentence, noun: int) -> int:
    """From the trigger to the noun that stands in the clause: `bombing attack`, `a wave of bombings`."""
    at = noun
    for _ in range(3):
        above, label = parsed.head(at), parsed.label(at)
        carried = label == "nmod" and parsed.lemma(above) in COLLECTIONS
        if above == at or not (label in ("compound", "conj") or carried) or parsed.is_verb(above):
            return at
        at = above
    return at


def _find_callers(parsed: ParsedSentence, noun: int) -> list[int]:
    """Of `called for a march` those who are called on, else who calls; of `plans a rally` who plans it."""
    verb, label = parsed.head(noun), parsed.label(noun)
    if verb == noun or not parsed.is_verb(verb):
        return []
    called = label == "obl" and parsed.lemma(verb) in ADDRESSING and find_case(parsed, noun) == "for"
    if not called and not (label in ("obj", "nsubj:pass") and parsed.lemma(verb) in _ARRANGING_VERBS):
        return []
    addressed = find_obliques(parsed, verb, ("on", "upon", "to")) if called else []
    misread = called and parsed.label(verb) == "acl" and not find_by(parsed, verb)  # "the union called for"
    return addressed or (expand(parsed, parsed.head(verb)) if misread else find_agents(parsed, verb))


def _find_holder(parsed: ParsedSentence, noun: int) -> int:
    """Of `left a bag containing a bomb` the bag."""
    verb = parsed.head(noun)
    held = (
        parsed.label(noun) == "obj" and parsed.label(verb) == "acl" and parsed.lemma(verb) in _HOLDING_VERBS
    )
    return parsed.head(verb) if held else noun


def _fill_from_governor(parsed: ParsedSentence, noun: int) -> tuple[list[int], list[int]]:
    """Actor and recipient from the verb that carries the noun: `launched an attack`, `an attack hit the town`."""
    for clause in parsed.find(noun, "acl"):
        if parsed.lemma(clause) in _LIGHT_VERBS and is_passive(parsed, clause):
            return find_by(parsed, clause), []  # "an attack claimed by the group"
        if parsed.lemma(clause) in _BLAMING:
            return find_obliques(parsed, clause, ("on",)), []
    noun = _find_holder(parsed, noun)
    verb, label = parsed.head(noun), parsed.label(noun)
    if label in ("nmod", "obl") and parsed.lemma(verb) in _CLAIMS and find_case(parsed, noun) == "for":
        above = parsed.head(verb)
        return (find_subjects(parsed, above) if parsed.is_verb(above) else []), []
    if verb == noun or not parsed.is_verb(verb):
        return [], []
    lemma = parsed.lemma(verb)
    if lemma in _BLAMING and label == "obl":
        return find_patients(parsed, verb), []
    if label in ("obj", "nsubj:pass") and lemma in _PLANTING_VERBS:
        targets = find_obliques(
            parsed, verb, ("into", "at", "outside", "near", "inside", "under", "in", "on")
        )
        return find_agents(parsed, verb), targets
    if lemma in _BLAMING and label in ("obj", "nsubj:pass"):
        return _find_blamed(parsed, verb, noun), []  # "blamed the strike on the rebels"
    if label in ("obj", "nsubj:pass", "obl"):
        if lemma in _LIGHT_VERBS and label != "obl":
            targets = find_obliques(parsed, verb, ("on", "against", "at", "upon"))
            return find_agents(parsed, verb), targets
        if lemma in _SUFFERING_VERBS and label == "obj":
            return [], find_subjects(parsed, verb)
    if label == "nsubj" and lemma in _STRIKING_VERBS:
        return [], find_objects(parsed, verb)
    return [], []
