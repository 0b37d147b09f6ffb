"""Make event drafts of one sentence: triggers with roles, guarded against senses that are no event."""

from dataclasses import dataclass, replace

from transforms.assemble_events import Draft
from transforms.code_actors import code_actor, is_armed, is_human, is_political
from transforms.count_casualties import Toll, count_casualties
from transforms.fill_roles import Roles, fill_roles
from transforms.find_events import Hit, find_events
from transforms.gazetteer import GazetteerPlace
from transforms.geolocate import Located, pick_place
from transforms.judge_realis import judge_realis
from transforms.lexicon import Lexicon
from transforms.parsed_sentence import ParsedSentence
from transforms.records import Actor
from transforms.resolve_dates import DateSpan
from transforms.tag_words import Phrase
from transforms.word_lists import word_set

_HARMING = frozenset({"kill", "injure", "wound", "hurt", "maim", "poison", "gas"})
"""Verbs that accidents and illnesses do too."""
_VERBAL = word_set("AGREE CONSULT SUPPORT CONCEDE COOPERATE AID REQUEST ACCUSE REJECT THREATEN SANCTION")


@dataclass(frozen=True, slots=True)
class Context:
    """What the whole document says about its kind."""

    quiet: bool  # sport, show business, gadgets, markets
    accident: bool  # deaths here are nobody's attack unless the sentence says so
    violent: bool  # names attacks that need no guard


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: Hit
    roles: Roles
    actors: tuple[Actor, ...]
    recipients: tuple[Actor, ...]


def draft_events(
    parsed: ParsedSentence,
    document: str,
    context: Context,
    toponyms: list[Located],
    dates: list[DateSpan],
    lexicon: Lexicon,
) -> list[Draft]:
    """The drafts of a sentence in the order of the text; triggers of one type and fitting mode make one."""
    hits = find_events(parsed, lexicon)
    toll = count_casualties(parsed, hits, lexicon)
    if not hits:
        return _draft_toll(parsed, toll, toponyms, dates)
    weapons = find_weapons(parsed, lexicon)
    candidates = [_candidate(parsed, hit, document, lexicon) for hit in hits]
    names = {located.text: located.place for located in toponyms}
    candidates = [_put_places_right(candidate, names) for candidate in candidates]
    kept = [c for c in candidates if _passes(parsed, c, candidates, toll, weapons, context, lexicon)]
    groups: list[list[_Candidate]] = []
    for candidate in kept:
        for group in groups:
            if _belongs(parsed, group[-1], candidate):
                group.append(candidate)
                break
        else:
            groups.append([candidate])
    if not any(group[0].hit.row.type == "ASSAULT" for group in groups):
        return [
            *(_draft(parsed, group, Toll(), weapons, toponyms, dates, context) for group in groups),
            *_draft_toll(parsed, toll, toponyms, dates),
        ]
    toll_taken = False
    drafts = []
    for group in groups:
        takes = group[0].hit.row.type == "ASSAULT" and not toll_taken
        toll_taken = toll_taken or takes
        drafts.append(_draft(parsed, group, toll if takes else Toll(), weapons, toponyms, dates, context))
    return drafts


def _draft_toll(
    parsed: ParsedSentence, toll: Toll, toponyms: list[Located], dates: list[DateSpan]
) -> list[Draft]:
    """A sentence that only counts ("the number of wounded is now 47") adds to an event told before.

    It is too weak to stand alone, so without such an event nothing comes of it.
    """
    if toll.killed == (None, None) and toll.injured == (None, None):
        return []
    sentence = parsed.sentence
    where = pick_place(toponyms, sentence.start, sentence.end, sentence.start)
    when = dates[0] if dates else None
    return [Draft("ASSAULT", "", "actual", (), (), (), when, where, toll, sentence, 0.0, definite=True)]


def find_weapons(parsed: ParsedSentence, lexicon: Lexicon) -> list[tuple[str, str]]:
    """The weapons that a sentence names, as (text, mode); the longest words win."""
    found: list[tuple[str, str]] = []
    words = parsed.words
    i = 0
    while i < len(words):
        for size in (3, 2, 1):
            name = " ".join(word.lower for word in words[i : i + size])
            if name in lexicon.weapons and i + size <= len(words):
                found.append((" ".join(word.text for word in words[i : i + size]), lexicon.weapons[name]))
                i += size - 1
                break
        i += 1
    return found


def _candidate(parsed: ParsedSentence, hit: Hit, document: str, lexicon: Lexicon) -> _Candidate:
    roles = fill_roles(parsed, hit)
    actors = _code(parsed, roles.actors, document, lexicon)
    recipients = _code(parsed, roles.recipients, document, lexicon)
    if hit.row.type in ("ASSAULT", "COERCE", "PROTEST", "MOBILIZE", "RETREAT"):
        # What is no person, force or state acts in no event: "the blast killed", "the crash injured".
        actors = tuple(actor for actor in actors if actor.kind != "property")
    return _Candidate(hit, roles, actors, recipients)


def _put_places_right(candidate: _Candidate, names: dict[str, GazetteerPlace]) -> _Candidate:
    """A place that is no state is no person either: `Kunduz` is property, and acts in nothing."""

    def put(actor: Actor) -> Actor:
        place = names.get(actor.text)
        if place is None or actor.name or actor.kind not in ("person", "organization"):
            return actor
        return replace(actor, kind="property", country=place.country)

    actors = tuple(actor for actor in candidate.actors if actor.text not in names or actor.name)
    return replace(candidate, actors=actors, recipients=tuple(map(put, candidate.recipients)))


def _code(
    parsed: ParsedSentence, phrases: tuple[Phrase, ...], document: str, lexicon: Lexicon
) -> tuple[Actor, ...]:
    coded = (code_actor(parsed, phrase, document, lexicon) for phrase in phrases)
    return tuple(actor for actor in coded if actor is not None)


def _passes(
    parsed: ParsedSentence,
    candidate: _Candidate,
    candidates: list[_Candidate],
    toll: Toll,
    weapons: list[tuple[str, str]],
    context: Context,
    lexicon: Lexicon,
) -> bool:
    """Whether the trigger is meant in the sense of its row."""
    row = candidate.hit.row
    everyone = (*candidate.actors, *candidate.recipients)
    if row.needs == "political":
        if row.type == "CONSULT" and not _meets(candidate):
            return False
        return any(is_political(actor) for actor in candidate.actors) and not (
            context.quiet and not any(actor.country or actor.name for actor in candidate.actors)
        )
    armed = any(is_armed(actor) for actor in everyone) or bool(weapons) or _telling(candidate, candidates)
    hurt = toll.any_killed or toll.any_injured
    if row.type == "ASSAULT" and row.needs and not armed:
        hurt = hurt and not any(word.lower in lexicon.accident_words for word in parsed.words)
    if row.phrase in _HARMING and not armed:
        accident = any(word.lower in lexicon.accident_words for word in parsed.words)
        if accident or context.accident or not context.violent:
            return False
    if row.needs == "crowd":
        human = any(is_human(actor) for actor in candidate.actors)
        return human and not (context.quiet and not armed)
    if row.needs == "armed":
        if context.quiet:
            return bool(weapons or hurt) and armed
        return armed or hurt or (context.violent and candidate.hit.reading == "noun")
    if row.needs == "human":
        if row.type == "RETREAT" and not armed and not any(map(_may_be_held, candidate.recipients)):
            return False
        human = any(is_human(actor) for actor in candidate.recipients)
        if not human and not (toll.any_killed and row.phrase in _HARMING):
            return False
        return not context.quiet or armed or hurt
    return not context.quiet or armed or hurt or row.type in ("PROTEST", "RETREAT", "COERCE")


def _meets(candidate: _Candidate) -> bool:
    """A meeting has two sides: someone met, or several who meet."""
    met = any(is_political(actor) and actor.kind != "property" for actor in candidate.recipients)
    return met or len(candidate.actors) > 1 or any(actor.kind == "group" for actor in candidate.actors)


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


def _telling(candidate: _Candidate, candidates: list[_Candidate]) -> bool:
    """Another trigger of the sentence says without doubt that there was violence."""
    return any(
        other is not candidate and other.hit.row.type == "ASSAULT" and not other.hit.row.needs
        for other in candidates
    )


def _belongs(parsed: ParsedSentence, earlier: _Candidate, later: _Candidate) -> bool:
    a, b = earlier.hit.row, later.hit.row
    if a.type != b.type:
        return False
    first, second = judge_realis(parsed, earlier.hit), judge_realis(parsed, later.hit)
    told = (
        earlier.hit.reading == "noun" and first != "negated" and second == "actual"
    )  # "over the bomb that killed"
    if first != second and a.type != "PROTEST" and not told:
        return False
    if a.type in _VERBAL or a.type == "ASSAULT":
        apart = {"abduct", "sexual", "torture"}
        return not (a.mode and b.mode and a.mode != b.mode and (a.mode in apart or b.mode in apart))
    return a.mode == b.mode or not a.mode or not b.mode or a.type == "PROTEST"


def _draft(
    parsed: ParsedSentence,
    group: list[_Candidate],
    toll: Toll,
    weapons: list[tuple[str, str]],
    toponyms: list[Located],
    dates: list[DateSpan],
    context: Context,
) -> Draft:
    first = group[0]
    event_type = first.hit.row.type
    sentence = parsed.sentence
    anchor = next((c.hit for c in group if c.hit.reading == "verb"), first.hit)
    trigger = parsed.words[anchor.start].start
    mode = _choose_mode(group, weapons)
    realities = [judge_realis(parsed, candidate.hit) for candidate in group]
    limit = _find_future(parsed, first.hit)
    dates = [span for span in dates if span.at + sentence.start < limit]
    toponyms = [located for located in toponyms if located.start < limit]
    actors = next((c.actors for c in group if c.actors), ())
    recipients = next((c.recipients for c in group if any(is_human(r) for r in c.recipients)), ())
    recipients = recipients or next((c.recipients for c in group if c.recipients), ())
    actor_texts = {actor.text for actor in actors}
    recipients = tuple(actor for actor in recipients if actor.text not in actor_texts)
    where = pick_place(toponyms, sentence.start, sentence.end, trigger)
    when = min(dates, key=lambda span: _distance(span.at - (trigger - sentence.start)), default=None)
    before = parsed.words[max(0, first.hit.start - 2) : first.hit.start]
    definite = first.hit.reading == "noun" and any(word.lower in ("the", "this", "that") for word in before)
    strength = (
        0.35 + 0.15 * bool(actors) + 0.15 * bool(recipients) + 0.1 * (where is not None) + 0.1 * bool(when)
    )
    strength += 0.15 * (toll.killed != (None, None) or toll.injured != (None, None)) + 0.05 * (len(group) > 1)
    strength += 0.1 * (first.hit.reading == "verb" or not first.hit.row.needs) - 0.25 * context.quiet
    if first.hit.form.form == "plural" and first.hit.reading == "noun" and not when and not toll.any_killed:
        strength -= 0.1  # "attacks on cities": of a kind, not one
    return Draft(
        event_type=event_type,
        mode=mode,
        realis="actual" if "actual" in realities else realities[0],
        actors=actors,
        recipients=recipients,
        weapons=tuple(dict.fromkeys(text for text, _ in weapons)) if event_type == "ASSAULT" else (),
        when=when,
        where=where,
        toll=toll,
        sentence=sentence,
        strength=strength,
        definite=definite,
    )


def _distance(characters: int) -> float:
    """What follows a trigger belongs to it sooner than what stands before."""
    return characters if characters >= 0 else -1.3 * characters


def _find_future(parsed: ParsedSentence, hit: Hit) -> int:
    """Where a later clause turns to what will be: places and days named there are not the event's."""
    for i in range(hit.end, len(parsed.words)):
        if parsed.words[i].lower in ("will", "would"):
            return parsed.words[i].start
    return parsed.sentence.end


def _choose_mode(group: list[_Candidate], weapons: list[tuple[str, str]]) -> str:
    modes = [c.hit.row.mode for c in group if c.hit.row.mode]
    if group[0].hit.row.type != "ASSAULT":
        return modes[0] if modes else ""
    weapon_modes = [mode for _, mode in weapons]
    for special in ("suicide-attack", "drone", "abduct", "sexual", "unconventional"):
        if special in modes or (special == "suicide-attack" and special in weapon_modes):
            return special
    if "aerial" in weapon_modes and "explosives" in modes:
        return "aerial"  # "jets bombed"
    if "drone" in weapon_modes:
        return "drone"
    if modes[:1] == ["firearms"] and weapon_modes[:1] in (["heavy-weapons"], ["crowd-control"]):
        return weapon_modes[0]  # "shells fired at a station"
    specific = [mode for mode in modes if mode not in ("battle", "destroy")] or modes
    if specific and specific[0] == "destroy" and weapon_modes:
        return weapon_modes[0]
    if specific:
        return specific[0]
    armed_groups = [actor for c in group for actor in (*c.actors, *c.recipients) if is_armed(actor)]
    if weapon_modes:
        return weapon_modes[0]
    gunmen = any(actor.text.lower().endswith(("gunmen", "gunman")) for actor in armed_groups)
    return "firearms" if gunmen else ""


def speaks_of_violence(words: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether lower-case words hold a trigger of violence that needs no guard (`air strike`)."""
    for i, word in enumerate(words):
        for form in lexicon.triggers.get(word, ()):
            row = form.row
            if (
                row.type == "ASSAULT"
                and row.pos == "noun"
                and not row.needs
                and words[i : i + len(form.words)] == form.words
            ):
                return True
    return False
