"""Make event drafts of one sentence: triggers that tell of one incident, with its toll, weapons, place and day."""

from dataclasses import dataclass, replace

from transforms.coder.assemble_events import join_actors
from transforms.coder.candidates import Candidate, Context, make_candidates, passes, put_places_right
from transforms.coder.choose_mode import choose_mode
from transforms.coder.clauses import SPEECH, find_case
from transforms.coder.code_actors import is_human
from transforms.coder.count_casualties import Casualty, Toll, find_casualties, sum_casualties
from transforms.coder.drafts import Anchor, Draft, Part
from transforms.coder.find_events import find_events, list_senses
from transforms.coder.geolocate import Located
from transforms.coder.lexicon import Lexicon
from transforms.coder.link_triggers import group_triggers
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.pick_circumstances import pick_date, pick_place
from transforms.coder.resolve_dates import DateSpan
from transforms.coder.resolve_references import Discourse
from transforms.coder.tree_paths import find_word, measure_path
from transforms.records import Actor
from transforms.word_lists import word_set


@dataclass(frozen=True, slots=True)
class FoundWeapon:
    """A weapon that a sentence names."""

    at: int  # its last word
    text: str
    mode: str


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What a sentence offers to its events."""

    casualties: list[Casualty]
    weapons: list[FoundWeapon]
    toponyms: list[Located]
    dates: list[DateSpan]


@dataclass(frozen=True, slots=True)
class Weighed:
    """The triggers of a sentence, and which of them are meant in the sense of their rows."""

    candidates: list[Candidate]
    kept: list[Candidate]
    casualties: list[Casualty]
    toll: Toll
    weapons: list[FoundWeapon]


def weigh_triggers(
    parsed: ParsedSentence,
    document: str,
    context: Context,
    toponyms: list[Located],
    discourse: Discourse,
    lexicon: Lexicon,
) -> Weighed:
    """Find the triggers of a sentence with their roles, and guard them against other senses."""
    hits = find_events(parsed, lexicon)
    casualties = find_casualties(parsed, hits, lexicon)
    toll = sum_casualties(parsed, casualties)
    weapons = find_weapons(parsed, lexicon)
    names = {located.text: located.place for located in toponyms}
    candidates = [
        put_places_right(candidate, names)
        for candidate in make_candidates(parsed, hits, document, discourse, lexicon)
    ]
    pairs = [(weapon.text, weapon.mode) for weapon in weapons]

    def holds(candidate: Candidate) -> bool:
        return passes(parsed, candidate, candidates, toll, pairs, context, lexicon)

    for number, candidate in enumerate(candidates):
        if not holds(candidate) and not candidate.hit.said:
            senses = list_senses(parsed, candidate.hit, lexicon)
            others = make_candidates(parsed, senses, document, discourse, lexicon)
            candidates[number] = next(
                (put_places_right(one, names) for one in others if not one.hit.said and holds(one)), candidate
            )
    return Weighed(candidates, list(filter(holds, candidates)), casualties, toll, weapons)


def draft_events(
    parsed: ParsedSentence,
    document: str,
    context: Context,
    toponyms: list[Located],
    dates: list[DateSpan],
    discourse: Discourse,
    lexicon: Lexicon,
) -> list[Draft]:
    """The drafts of a sentence in the order of the text."""
    weighed = weigh_triggers(parsed, document, context, toponyms, discourse, lexicon)
    inside = [t for t in toponyms if parsed.sentence.start <= t.start < parsed.sentence.end]
    around = _Surroundings(weighed.casualties, weighed.weapons, inside, dates)
    groups = group_triggers(parsed, weighed.kept)
    drafts = [
        _draft(parsed, number, groups, _share(parsed, number, groups, around), context, lexicon)
        for number in range(len(groups))
    ]
    drafts = _share_circumstances(parsed, drafts, around)
    if any(group[0].hit.row.type == "ASSAULT" for group in groups):
        return drafts
    if any(word.lower in lexicon.accident_words for word in parsed.words):
        return drafts  # "a crash injured two drivers" adds to no attack
    return [*drafts, *_draft_toll(parsed, weighed.toll, around)]


def _share_circumstances(parsed: ParsedSentence, drafts: list[Draft], around: _Surroundings) -> list[Draft]:
    """The one day and the one place of a sentence hold for all its events that are not told before."""
    drafts = [_take_day_around(parsed, draft, drafts) for draft in drafts]
    happened = [span for span in around.dates if not _dates_speech(parsed, span)] or around.dates
    days = {span.start for span in happened}
    sites = [
        located for located in around.toponyms if located.place.kind != "country" and not located.dateline
    ]
    when = happened[0] if len(days) == 1 else None
    where = sites[0] if len({located.text for located in sites}) == 1 else None
    taken_when = any(draft.when for draft in drafts)
    taken_where = any(draft.where for draft in drafts)
    return [
        draft
        if draft.definite or draft.realis != "actual"
        else replace(
            draft,
            when=draft.when or (when if taken_when else None),
            where=draft.where or (where if taken_where else None),
        )
        for draft in drafts
    ]


def _take_day_around(parsed: ParsedSentence, draft: Draft, drafts: list[Draft]) -> Draft:
    """`a day after police shot a man during a protest`: the protest has the day of what happened in it."""
    if draft.when or draft.realis != "actual":
        return draft
    above = {
        parsed.head(anchor.hit.at)
        for anchor in draft.anchors
        if find_case(parsed, anchor.hit.at) in ("during", "amid", "at", "in")
    }
    days = [
        other.when for other in drafts if other.when and any(one.hit.at in above for one in other.anchors)
    ]
    return replace(draft, when=days[0]) if days else draft


def _dates_speech(parsed: ParsedSentence, span: DateSpan) -> bool:
    """`the police said on Thursday`: when it was said, not when it happened."""
    at = find_word(parsed, parsed.sentence.start + span.at)
    while not parsed.is_verb(at) and parsed.head(at) != at:
        at = parsed.head(at)
    return parsed.lemma(at) in SPEECH and parsed.is_verb(at)


def _draft_toll(parsed: ParsedSentence, toll: Toll, around: _Surroundings) -> list[Draft]:
    """A sentence that only counts ("the number of wounded is now 47") adds to an event told before.

    It is too weak to stand alone, so without such an event nothing comes of it.
    """
    if toll.killed == (None, None) and toll.injured == (None, None):
        return []
    anchors = [casualty.at for casualty in around.casualties]
    where = pick_place(parsed, anchors, (), around.toponyms)
    when = pick_date(parsed, anchors, (), [span for span in around.dates if not span.future])
    return [
        Draft("ASSAULT", "", "actual", (), (), (), when, where, toll, parsed.sentence, 0.0, definite=True)
    ]


def _share(
    parsed: ParsedSentence, number: int, groups: list[list[Candidate]], around: _Surroundings
) -> _Surroundings:
    """Of casualties and weapons those that stand nearest to this group; other types than ASSAULT have none."""
    violent = [n for n, group in enumerate(groups) if group[0].hit.row.type == "ASSAULT"]
    if number not in violent:
        return _Surroundings([], [], around.toponyms, around.dates)

    def owner(at: int) -> int:
        return min(violent, key=lambda n: min(measure_path(parsed, at, c.hit.at) for c in groups[n]))

    return _Surroundings(
        [casualty for casualty in around.casualties if owner(casualty.at) == number],
        [weapon for weapon in around.weapons if owner(weapon.at) == number],
        around.toponyms,
        around.dates,
    )


def find_weapons(parsed: ParsedSentence, lexicon: Lexicon) -> list[FoundWeapon]:
    """The weapons that a sentence names; the longest words win."""
    found: list[FoundWeapon] = []
    words = parsed.words
    i = 0
    while i < len(words):
        for size in (3, 2, 1):
            name = " ".join(word.lower for word in words[i : i + size])
            if name in lexicon.weapons and i + size <= len(words):
                text = " ".join(word.text for word in words[i : i + size])
                found.append(FoundWeapon(i + size - 1, text, lexicon.weapons[name]))
                i += size - 1
                break
        i += 1
    return found


def _draft(
    parsed: ParsedSentence,
    number: int,
    groups: list[list[Candidate]],
    around: _Surroundings,
    context: Context,
    lexicon: Lexicon,
) -> Draft:
    group = groups[number]
    first = group[0]
    anchors = [candidate.hit.at for candidate in group]
    others = [c.hit.at for n, g in enumerate(groups) if n != number for c in g]
    toll = sum_casualties(parsed, around.casualties)
    weapon_modes = [weapon.mode for weapon in around.weapons]
    modes = [candidate.hit.row.mode for candidate in group if candidate.hit.row.mode]
    limit = _find_future(parsed, first)
    ahead = first.realis in ("planned", "hypothetical")
    dates = [d for d in around.dates if d.at + parsed.sentence.start < limit and (ahead or not d.future)]
    toponyms = [located for located in around.toponyms if located.start < limit]
    realities = [candidate.realis for candidate in group]
    actors: tuple[Actor, ...] = ()
    recipients: tuple[Actor, ...] = ()
    for candidate in group:
        actors = join_actors(actors, candidate.actors)
    for candidate in sorted(group, key=lambda c: not any(map(is_human, c.recipients))):
        recipients = join_actors(recipients, candidate.recipients)
    actor_texts = {actor.text for actor in actors}
    recipients = tuple(actor for actor in recipients if actor.text not in actor_texts)
    sites = {located.text for located in around.toponyms}
    people = tuple(actor for actor in recipients if actor.text not in sites or is_human(actor))
    recipients = people or recipients  # "attacked Bangui, killing 8 people": whom it hit, not where
    where = pick_place(parsed, anchors, others, toponyms)
    when = pick_date(parsed, anchors, others, dates)
    before = parsed.words[max(0, first.hit.start - 2) : first.hit.start]
    definite = first.hit.reading == "noun" and any(word.lower in ("the", "this", "that") for word in before)
    mode = choose_mode(first.hit.row.type, modes, weapon_modes, actors, lexicon)
    parts = _weigh_group(group, bool(actors), bool(recipients), when, where, toll, context)
    if not toll.any_killed and _is_habit(parsed, first):
        parts = (*parts, ("a habit", -0.35))
    return Draft(
        event_type=first.hit.row.type,
        mode=mode,
        realis="actual" if "actual" in realities else realities[0],
        actors=actors,
        recipients=recipients,
        weapons=tuple(dict.fromkeys(weapon.text for weapon in around.weapons)),
        when=when,
        where=where,
        toll=toll,
        sentence=parsed.sentence,
        strength=sum(points for _, points in parts),
        parts=parts,
        definite=definite,
        fresh=_opens_another(parsed, first),
        indefinite=_is_indefinite(parsed, first),
        told_at=frozenset({parsed.sentence.start}),
        anchors=tuple(Anchor(parsed.sentence.start, candidate.hit) for candidate in group),
        cameo=next((c.hit.row.cameo for c in group if c.hit.row.cameo and c.hit.row.mode == mode), ""),
    )


def _is_indefinite(parsed: ParsedSentence, candidate: Candidate) -> bool:
    """`an offensive`, `launched an attack`."""
    hit = candidate.hit
    start = hit.start - 2 if hit.reading == "noun" else hit.start
    return any(word.lower in ("a", "an") for word in parsed.words[max(0, start) : hit.end])


def _opens_another(parsed: ParsedSentence, candidate: Candidate) -> bool:
    """`In another attack, gunmen fired`, `a second bomb`, `Separately, police arrested`."""
    opening = [word.lower for word in parsed.words[:4]]
    if opening and (opening[0] in ("separately", "elsewhere") or _ANOTHER.intersection(opening[1:])):
        return opening[0] in ("in", "separately", "elsewhere")
    hit = candidate.hit
    return hit.reading == "noun" and any(
        parsed.words[child].lower in _ANOTHER for child in parsed.find(hit.at, "det", "amod")
    )


_ANOTHER = word_set("another second third fourth fifth separate")


def _weigh_group(
    group: list[Candidate],
    actors: bool,
    recipients: bool,
    when: DateSpan | None,
    where: Located | None,
    toll: Toll,
    context: Context,
) -> tuple[Part, ...]:
    """How much of an event the sentence gives."""
    first = group[0].hit
    counted = toll.killed != (None, None) or toll.injured != (None, None)
    # "attacks on cities": of a kind, not one
    several = first.form.form == "plural" and first.reading == "noun" and not when and not toll.any_killed
    parts: tuple[tuple[str, float, bool], ...] = (
        ("trigger", 0.35, True),
        ("actor", 0.15, actors),
        ("recipient", 0.15, recipients),
        ("place", 0.1, where is not None),
        ("date", 0.1, bool(when)),
        ("toll", 0.15, counted),
        ("several triggers", 0.05, len(group) > 1),
        ("verb or sure word", 0.1, first.reading == "verb" or not first.row.needs),
        ("text of quiet matters", -0.25, context.quiet),
        ("of a kind, not one", -0.1, several),
    )
    return tuple((name, points) for name, points, holds in parts if holds)


def _is_habit(parsed: ParsedSentence, candidate: Candidate) -> bool:
    """`weekly protests`, `villagers regularly protest`, `dozens of missile tests`: no one event among many."""
    at = candidate.hit.at
    beside = {
        parsed.words[child].lower
        for word in {at, *candidate.hit.own}
        for child in parsed.find(word, "amod", "advmod", "compound", "nummod")
    }
    above = parsed.lemma(parsed.head(at)).lower() if parsed.label(at) == "nmod" else ""
    return not _OFTEN.isdisjoint(beside) or above in ("dozen", "hundred", "score")


_OFTEN = word_set(
    "weekly daily monthly yearly annual annually regular regularly routine routinely frequent frequently often usually "
    "habitually repeatedly numerous"
)


def _find_future(parsed: ParsedSentence, candidate: Candidate) -> int:
    """Where a later clause turns to what will be: places and days named there are not the event's."""
    for i in range(candidate.hit.end, len(parsed.words)):
        if parsed.words[i].lower in ("will", "would"):
            return parsed.words[i].start
    return parsed.sentence.end
