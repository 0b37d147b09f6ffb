"""Make event drafts of one sentence: triggers that tell of one incident, with its toll, weapons, place and day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from transforms.coder.assemble_events import join_actors
from transforms.coder.candidates import Candidate, make_candidates, put_places_right
from transforms.coder.choose_mode import choose_mode
from transforms.coder.clauses import find_obliques
from transforms.coder.code_actors import is_human
from transforms.coder.count_casualties import Casualty, Toll, find_casualties, sum_casualties
from transforms.coder.drafts import QUIET, Anchor, Draft, Part
from transforms.coder.find_events import find_events, list_senses
from transforms.coder.geolocate import Located
from transforms.coder.guards import DocumentContext, passes
from transforms.coder.judge import JudgedTrigger
from transforms.coder.judge_realis import is_demand
from transforms.coder.judge_reporting import is_far, is_own_claim, is_tried, stands_below
from transforms.coder.judged_triggers import (
    LEAST_ODDS_OF_MENTION,
    list_users_own,
    make_judged_candidates,
    weigh_support,
)
from transforms.coder.lexicon import Lexicon
from transforms.coder.link_triggers import group_triggers
from transforms.coder.look_ahead import Ahead, find_dating, is_ahead
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.pick_circumstances import dates_count, pick_date, pick_place
from transforms.coder.reprisals import find_answered
from transforms.coder.resolve_dates import LONG_PAST, DateSpan
from transforms.coder.resolve_references import Discourse
from transforms.coder.surroundings import (
    FoundWeapon,
    Surroundings,
    find_weapons,
    keep_own,
    name_counted,
    share_circumstances,
    share_out,
)
from transforms.records import Actor, Realis
from transforms.word_lists import word_set


@dataclass(frozen=True, slots=True)
class DocumentDays:
    """The dates of a sentence, and which of them lie ahead of what."""

    spans: list[DateSpan]
    ahead: list[Ahead]


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
    context: DocumentContext,
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


def weigh_sentence(
    parsed: ParsedSentence,
    document: str,
    context: DocumentContext,
    toponyms: list[Located],
    discourse: Discourse,
    lexicon: Lexicon,
    judged: Sequence[JudgedTrigger] | None,
) -> Weighed:
    """The triggers of a sentence that count: those that the judge finds and the rules bear out, or without a judge
    (None) what the rules find. The rows that users add count against the judge as well."""
    ruled = weigh_triggers(parsed, document, context, toponyms, discourse, lexicon)
    if judged is None:
        return ruled
    names = {located.text: located.place for located in toponyms}
    made = make_judged_candidates(parsed, judged, document, discourse, names, lexicon)
    rated = [weigh_support(candidate, ruled.kept, context) for candidate in made]
    rated += list_users_own(ruled.kept, rated)
    kept = [one for one in rated if one.judged and one.judged.odds >= LEAST_ODDS_OF_MENTION]
    return Weighed(rated, kept, ruled.casualties, ruled.toll, ruled.weapons)


def draft_events(
    parsed: ParsedSentence,
    document: str,
    context: DocumentContext,
    toponyms: list[Located],
    days: DocumentDays,
    discourse: Discourse,
    lexicon: Lexicon,
    judged: Sequence[JudgedTrigger] | None = None,
) -> list[Draft]:
    """The drafts of a sentence in the order of the text; of the triggers that were `judged`, where they were."""
    weighed = weigh_sentence(parsed, document, context, toponyms, discourse, lexicon, judged)
    inside = [t for t in toponyms if parsed.sentence.start <= t.start < parsed.sentence.end]
    counted = name_counted(parsed, weighed.casualties, document, discourse, lexicon)
    around = Surroundings(weighed.casualties, weighed.weapons, inside, days.spans, counted, days.ahead)
    groups = group_triggers(parsed, weighed.kept)
    drafts = [
        _draft(parsed, number, groups, share_out(parsed, number, groups, around), context, lexicon)
        for number in range(len(groups))
    ]
    own = [keep_own(parsed, number, groups, around) for number in range(len(groups))]
    drafts = [share_circumstances(parsed, draft, drafts, one) for draft, one in zip(drafts, own, strict=True)]
    if any(group[0].hit.row.type == "ASSAULT" for group in groups):
        return drafts
    if any(word.lower in lexicon.accident_words for word in parsed.words):
        return drafts  # "a crash injured two drivers" adds to no attack
    return [*drafts, *_draft_toll(parsed, weighed.toll, around), *_draft_scene(parsed, around)]


def _draft_toll(parsed: ParsedSentence, toll: Toll, around: Surroundings) -> list[Draft]:
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


def _draft_scene(parsed: ParsedSentence, around: Surroundings) -> list[Draft]:
    """`The incident happened in the village of Arda on Monday`: the place and the day of one told before."""
    for at, word in enumerate(parsed.words):
        verb = parsed.head(at)
        if word.lower != "incident" or parsed.label(at) != "nsubj" or parsed.lemma(verb) not in _HAPPENING:
            continue
        where = pick_place(parsed, [verb], (), around.toponyms)
        when = pick_date(parsed, [verb], (), [span for span in around.dates if not span.future])
        if where or when:
            scene = Draft(
                "ASSAULT", "", "actual", (), (), (), when, where, Toll(), parsed.sentence, 0.0, definite=True
            )
            return [scene]
    return []


_HAPPENING = word_set("occur happen take unfold begin start")


def _draft(
    parsed: ParsedSentence,
    number: int,
    groups: list[list[Candidate]],
    around: Surroundings,
    context: DocumentContext,
    lexicon: Lexicon,
) -> Draft:
    group = groups[number]
    first = group[0]
    actors, recipients = _choose_roles(group, around)
    anchors = [candidate.hit.at for candidate in group]
    others = _find_others(parsed, number, groups)
    toll = sum_casualties(parsed, around.casualties)
    weapon_modes = [weapon.mode for weapon in around.weapons]
    modes = [candidate.hit.row.mode for candidate in group if candidate.hit.row.mode]
    told = _read_circumstances(parsed, group, others, around)
    where, when = told.where, told.when
    violent = first.hit.row.type == "ASSAULT"
    toll = replace(toll, claimed=violent and any(is_own_claim(parsed, anchor, actors) for anchor in anchors))
    definite = _is_definite(parsed, group)
    mode = choose_mode(first.hit.row.type, modes, weapon_modes, actors, lexicon)
    parts = _weigh_group(group, bool(actors), bool(recipients), told, toll, context)
    if not toll.any_killed and _is_habit(parsed, first):
        parts = (*parts, ("a habit", -0.35))
    return Draft(
        event_type=first.hit.row.type,
        mode=mode,
        realis=told.realis,
        actors=actors,
        recipients=recipients,
        counted=tuple(actor for _, actor in around.counted),
        weapons=tuple(dict.fromkeys(weapon.text for weapon in around.weapons)),
        when=when,
        loose_day=when is not None and dates_count(parsed, when),
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
        judged=tuple(candidate.judged for candidate in group if candidate.judged),
    )


@dataclass(frozen=True, slots=True)
class _Circumstances:
    """Whether an event is real, and where and when it was or will be."""

    realis: Realis
    where: Located | None
    when: DateSpan | None


def _read_circumstances(
    parsed: ParsedSentence, group: list[Candidate], others: list[int], around: Surroundings
) -> _Circumstances:
    first, anchors = group[0], [candidate.hit.at for candidate in group]
    limit = _find_future(parsed, first)
    ahead = first.realis in ("planned", "hypothetical")
    dates = [d for d in around.dates if d.at + parsed.sentence.start < limit or d.future]
    realities = [candidate.realis for candidate in group]
    realis: Realis = "actual" if "actual" in realities else realities[0]
    said = first.hit.said or is_demand(first.hit)  # "said that it will": the saying is no plan
    nearest = pick_date(parsed, anchors, others, dates)
    if realis == "actual" and not said and not first.judged and is_ahead(anchors, nearest, around.ahead):
        realis, ahead = "planned", True
    dates = [d for d in dates if ahead or not d.future]
    toponyms = [located for located in around.toponyms if located.start < limit]
    tried = first.hit.row.type == "ASSAULT" and any(is_tried(parsed, anchor) for anchor in anchors)
    if tried:  # the day and the place of the court are not those of the crime
        start = parsed.sentence.start
        dates = [d for d in dates if is_far(d) or stands_below(parsed, start + d.at, anchors)]
        toponyms = [one for one in toponyms if stands_below(parsed, one.start, anchors)] or toponyms
    where = pick_place(parsed, anchors, others, toponyms)
    when = pick_date(parsed, anchors, others, dates) or (LONG_PAST if tried else None)
    if when is None and realis == "planned":
        when = find_dating(anchors, around.ahead)  # "called for a march in Lagos on Friday"
    return _Circumstances(realis, where, when)


def _choose_roles(
    group: list[Candidate], around: Surroundings
) -> tuple[tuple[Actor, ...], tuple[Actor, ...]]:
    """Actors and recipients of the triggers of one event; people first, and nobody is both."""
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
    return actors, recipients


def _find_others(parsed: ParsedSentence, number: int, groups: list[list[Candidate]]) -> list[int]:
    """The words of other events, on the same side of `in retaliation for`."""
    own = [candidate.hit.at for candidate in groups[number]]
    answered = find_answered(parsed, (group[0].hit.at for group in groups))
    others = [c.hit.at for n, group in enumerate(groups) if n != number for c in group]
    near = [at for at in others if not (answered and answered.parts(own[0], at))]
    return [at for at in near if not _is_part(parsed, at, own)]


def _is_part(parsed: ParsedSentence, other: int, anchors: list[int]) -> bool:
    """`the truce brokered by Oman for the coast`: what is said of the event itself is no other event."""
    return parsed.label(other) == "acl" and parsed.head(other) in anchors


def _is_definite(parsed: ParsedSentence, group: list[Candidate]) -> bool:
    """`the blast`, `died in the incident`: speaks of one told before."""
    hit = group[0].hit
    before = parsed.words[max(0, hit.start - 2) : hit.start]
    if hit.reading == "noun":
        return any(word.lower in _POINTING for word in before)
    scenes = find_obliques(parsed, hit.at, ("in", "during"))
    return any(
        parsed.lemma(at) == "incident" and parsed.words[c].lower in _POINTING
        for at in scenes
        for c in parsed.find(at, "det")
    )


_POINTING = word_set("the this that")


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
    told: _Circumstances,
    toll: Toll,
    context: DocumentContext,
) -> tuple[Part, ...]:
    """How much of an event the sentence gives."""
    first = group[0].hit
    counted = toll.killed != (None, None) or toll.injured != (None, None)
    dated = told.when is not None and bool(told.when.start)
    # "attacks on cities": of a kind, not one
    several = first.form.form == "plural" and first.reading == "noun" and not dated and not toll.any_killed
    parts: tuple[tuple[str, float, bool], ...] = (
        ("trigger", 0.35, True),
        ("actor", 0.15, actors),
        ("recipient", 0.15, recipients),
        ("place", 0.1, told.where is not None),
        ("date", 0.1, dated),
        ("toll", 0.15, counted),
        ("several triggers", 0.05, len(group) > 1),
        ("verb or trigger without guard", 0.1, first.reading == "verb" or not first.row.needs),
        (QUIET, -0.25, context.quiet),
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
    if candidate.hit.reading == "verb":
        beside -= _YEARLY  # "held annual exercises": this year's
    above = parsed.lemma(parsed.head(at)).lower() if parsed.label(at) == "nmod" else ""
    return not _OFTEN.isdisjoint(beside) or above in ("dozen", "hundred", "score")


_YEARLY = word_set("annual yearly")
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
