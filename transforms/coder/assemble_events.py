"""One record per real-world event of a document: merge the sentences that tell of the same incident."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from typing import TypeVar

from transforms.coder.code_actors import is_human
from transforms.coder.count_casualties import Toll
from transforms.coder.drafts import CoreferenceLink, Draft
from transforms.coder.geolocate import Located
from transforms.coder.pair_odds import PairWeights, rate_clusters
from transforms.coder.quantities import Bound
from transforms.coder.resolve_dates import DateSpan
from transforms.coder.same_event import (
    LINKED,
    LINKED_WHEN_BARE,
    NEVER,
    is_bare,
    last_word,
    meet,
    rate_link,
    weigh_link,
)
from transforms.records import Actor

_PRECISE = ("suicide-attack", "targeted", "unconventional", "riot", "drone", "aerial")
"""Modes that say more than those they go with."""


def merge_drafts(
    drafts: list[Draft], published: date | None, pairs: PairWeights | None = None
) -> list[Draft]:
    """Put together the drafts that can be the same incident; each joins the one that it fits best.

    Where the mentions were judged, `pairs` say which are of one event, unless a fact speaks against it.

    Those told last of its type are looked at, `_MOST_COMPARED` of them, so that a list of a thousand takes no hours.
    """
    merged: list[Draft] = []
    numbers: dict[str, list[int]] = defaultdict(list)
    for draft in drafts:
        alike = numbers[draft.event_type][-_MOST_COMPARED:]
        main = max((merged[number].mentions for number in alike), default=0)
        by = pairs if _has_vectors(draft) else None  # what only counts the dead has no words to compare
        rated = [
            (_rate(told, draft, published, told.mentions == main > 1, by), told.mentions, -number)
            for number in alike
            for told in (merged[number],)
        ]
        best = max(rated, default=(0.0, 0, 0))
        least = LEAST_LOGIT if by else LINKED_WHEN_BARE if is_bare(draft) else LINKED
        if rated and best[0] >= least:
            told = merged[-best[2]]
            parts = (
                [("learnt from pairs", round(best[0], 2))]
                if by
                else weigh_link(told, draft, published, told.mentions == main > 1)
            )
            link = CoreferenceLink(draft.sentence.start, tuple(part for part in parts if part[1]))
            merged[-best[2]] = replace(_merge(told, draft), links=(*told.links, link))
        else:
            numbers[draft.event_type].append(len(merged))
            merged.append(
                replace(draft, days=_tell_days(draft), sites=_one(draft.where), tolls=(draft.toll,))
            )
    return [
        replace(draft, when=_vote_day(draft), where=_vote_site(draft.sites), recipients=_add_counted(draft))
        for draft in merged
        if not _is_response(draft, merged)
    ]


_MOST_COMPARED = 100
LEAST_LOGIT = 0.0
"""Of two groups of mentions, to be one event."""
WEIGHT_OF_FACTS, MOST_OF_FACTS = 0.3, 4.0
"""What a point of the facts adds to the logit of the pairs, and the most points that count."""


def _has_vectors(draft: Draft) -> bool:
    return any(one.vector is not None for one in draft.judged)


def _rate(
    told: Draft, draft: Draft, published: date | None, is_main: bool, pairs: PairWeights | None
) -> float:
    points = rate_link(told, draft, published, is_main)
    if pairs is None or points == NEVER:
        return points
    if not _has_vectors(told):
        return NEVER
    facts = max(-MOST_OF_FACTS, min(MOST_OF_FACTS, points))
    return rate_clusters(told.judged, draft.judged, pairs) + WEIGHT_OF_FACTS * facts


T = TypeVar("T")


def _one(value: T | None) -> tuple[T, ...]:
    return () if value is None else (value,)


def _tell_days(draft: Draft) -> tuple[DateSpan, ...]:
    return () if draft.loose_day else _one(draft.when)


def _vote_day(draft: Draft) -> DateSpan | None:
    """The day that most sentences give, the finer of equal ones; then the first."""
    starts = Counter(day.start for day in draft.days)
    return max(draft.days, key=lambda day: (starts[day.start], len(day.start)), default=draft.when)


def _is_response(draft: Draft, merged: list[Draft]) -> bool:
    """`police shot the gunman dead`: part of the incident that he began, if the text tells of it."""
    if draft.event_type != "ASSAULT" or len(draft.recipients) != 1 or not draft.actors:
        return False
    if draft.recipients[0].kind != "person" or any(actor.sector != "COP" for actor in draft.actors):
        return False
    return any(
        other is not draft
        and other.event_type == "ASSAULT"
        and meet(other.actors, draft.recipients)
        and not (other.when and draft.when and other.when.start != draft.when.start)
        for other in merged
    )


def _add_counted(draft: Draft) -> tuple[Actor, ...]:
    """Where only things were hit so far, the people whom the toll counts suffered too."""
    people = any(map(is_human, draft.recipients))
    return draft.recipients if people else join_actors(draft.recipients, draft.counted[:1])


_FINENESS = {"country": 0, "region": 1, "admin1": 1, "admin2": 1, "unknown": 2, "city": 2}


def _vote_site(sites: tuple[Located, ...]) -> Located | None:
    """The place that most sentences give; one that tells of a province speaks for a town in it as well."""
    return max(
        sites,
        key=lambda site: (
            site.place.kind != "country",
            sum(_speaks_for(other, site) for other in sites) + 0.6 * _FINENESS[site.place.kind],
        ),
        default=None,
    )


def _adds_no_site(told: Draft, draft: Draft) -> bool:
    """Whether one more vote changes nothing: none, or one more for the site that was chosen."""
    if draft.where is None or told.where is None:
        return draft.where is None
    return (draft.where.text, draft.where.place) == (told.where.text, told.where.place)


def _speaks_for(other: Located, site: Located) -> bool:
    """Whether `other` is the same place or a province that holds it."""
    p, q = other.place, site.place
    if p == q or other.text == site.text:
        return True
    inside = q.kind == "unknown" or (q.kind == "city" and p.admin1 == q.admin1)
    return p.kind == "admin1" and inside and p.country == q.country


def _vote_toll(tolls: tuple[Toll, ...]) -> Toll:
    """The counts that most sentences give; of equally frequent ones the greatest: tolls rise.

    What those who did it claim counts only where nobody else gives a number.
    """
    counted = [toll for toll in tolls if _counts(toll)]
    heard = [toll for toll in counted if not toll.claimed] or counted
    return Toll(
        killed=_vote_bound([toll.killed for toll in heard]),
        injured=_vote_bound([toll.injured for toll in heard]),
        attackers_killed=_vote_bound([toll.attackers_killed for toll in tolls]),
        any_killed=any(toll.any_killed for toll in tolls),
        any_injured=any(toll.any_injured for toll in tolls),
        claimed=bool(heard) and all(toll.claimed for toll in heard),
        killed_least=max((t.killed_least for t in heard if t.killed_least is not None), default=None),
        injured_least=max((t.injured_least for t in heard if t.injured_least is not None), default=None),
    )


def _counts(toll: Toll) -> bool:
    """Whether it gives a number, or `dozens`."""
    told = toll.killed != (None, None) or toll.injured != (None, None)
    return told or toll.killed_least is not None or toll.injured_least is not None


def _vote_bound(bounds: list[Bound]) -> Bound:
    given = [bound for bound in bounds if bound != (None, None)]
    numbers = Counter(map(_number, given))
    return max(given, key=lambda bound: (numbers[_number(bound)], _number(bound) or 0), default=(None, None))


def _number(bound: Bound) -> int | None:
    return bound[1] if bound[0] is None else bound[0]


def _merge(a: Draft, b: Draft) -> Draft:
    """The earlier draft keeps its fields, the later one fills gaps; of two tolls the greater one holds."""
    tolls = (*a.tolls, b.toll)
    mode = b.mode if not a.mode or (b.mode in _PRECISE and a.mode not in _PRECISE) else a.mode
    better = a.headline or (_richness(b) > _richness(a) + 1 and not b.headline)
    actors = join_actors(a.actors, b.actors if not a.actors else _named(a.actors, b.actors))
    return replace(
        a,
        mode=mode,
        actors=_spell_out(actors) if a.headline else actors,
        recipients=join_actors(a.recipients, b.recipients),
        counted=(*a.counted, *b.counted),
        weapons=tuple(dict.fromkeys((*a.weapons, *b.weapons))),
        when=b.when if b.when and (a.when is None or (a.loose_day and not b.loose_day)) else a.when,
        loose_day=(a.when is None or a.loose_day) and (b.when is None or b.loose_day),
        where=a.where if _adds_no_site(a, b) else _vote_site((*a.sites, *_one(b.where))),
        days=(*a.days, *_tell_days(b)),
        sites=(*a.sites, *_one(b.where)),
        toll=_vote_toll(tolls),
        tolls=tolls,
        sentence=b.sentence if better else a.sentence,
        strength=max(a.strength, b.strength),
        parts=a.parts if a.strength >= b.strength else b.parts,
        headline=a.headline and b.headline,
        definite=a.definite and b.definite,
        told_at=a.told_at | b.told_at,
        anchors=(*a.anchors, *b.anchors),
        judged=(*a.judged, *b.judged),
        mentions=a.mentions + b.mentions,
        cameo=(a.cameo or b.cameo) if mode == a.mode else b.cameo,
    )


def _richness(draft: Draft) -> int:
    return (
        bool(draft.actors)
        + bool(draft.recipients)
        + bool(draft.when)
        + bool(draft.where)
        + (draft.toll.killed != (None, None))
        + (draft.toll.injured != (None, None))
        + bool(draft.mode)
    )


def join_actors(a: tuple[Actor, ...], b: tuple[Actor, ...]) -> tuple[Actor, ...]:
    """The first telling's actors and those that a later one adds; other words for the same one are its mentions."""
    joined = list(a)
    for other in b:
        for number, actor in enumerate(joined):
            same = (other.name and other.name == actor.name) or last_word(other) == last_word(actor)
            if same:
                if other.text != actor.text and other.text not in actor.mentions:
                    joined[number] = replace(actor, mentions=(*actor.mentions, other.text))
                break
        else:
            if len(joined) < _MOST_ACTORS:
                joined.append(other)
    return tuple(joined)


_MOST_ACTORS = 4


def _named(known: tuple[Actor, ...], more: tuple[Actor, ...]) -> tuple[Actor, ...]:
    """Of a later sentence's actors those that say who the known ones are: names where these have none."""
    last = {last_word(actor) for actor in known}
    if any(actor.name for actor in known):
        return tuple(actor for actor in more if last_word(actor) in last)
    nameless = not any(_bears_name(actor) for actor in known)
    return tuple(
        actor
        for actor in more
        if actor.name
        or actor.kind != "person"
        or (nameless and _bears_name(actor))
        or last_word(actor) in last
    )


def _bears_name(actor: Actor) -> bool:
    """`Paul Mensah`; of `a gunman` a later sentence may tell it."""
    return actor.kind == "person" and actor.text[:1].isupper()


def _spell_out(actors: tuple[Actor, ...]) -> tuple[Actor, ...]:
    """A headline shortens names: of `IS`, `IS fighters` what the text says first."""
    return tuple(
        replace(actor, text=actor.mentions[0], mentions=(actor.text, *actor.mentions[1:]))
        if actor.mentions and actor.mentions[0].startswith(f"{actor.text} ")
        else actor
        for actor in actors
    )
