"""Whether a sentence tells of an incident that the document told before: what speaks for it and against it.

Points are our own weighing, in steps of a half; `LINKED` is enough. What cannot be one incident has `NEVER`.
"""

from collections.abc import Iterator
from datetime import date

from transforms.coder.drafts import Draft, Part, is_background
from transforms.coder.resolve_dates import DateSpan, earliest_day, latest_day
from transforms.records import Actor

LINKED = 2.0
LINKED_WHEN_BARE = 1.0
"""For a draft that names neither side, place, day nor toll: it can hardly be another incident."""
NEVER = -100.0
_BESIDE = 160  # characters between the beginnings of two sentences in a row
_NEAR = 450  # the sentence before, or the one before that
_SAME_MANNER = (
    frozenset({"explosives", "suicide-attack"}),
    frozenset({"primitive", "suicide-attack"}),  # a car rammed into a gate
    frozenset({"targeted", "firearms", "explosives"}),
    frozenset({"targeted", "drone", "aerial"}),
    frozenset({"massacre", "firearms", "execute", "primitive", "aerial"}),
    frozenset({"battle", "firearms"}),
    frozenset({"demo", "riot"}),
    frozenset({"demo", "obstruct"}),
)
"""Modes that often name one and the same thing."""
_POSSIBLE_TOGETHER = (
    frozenset({"explosives", "primitive", "destroy", "targeted", "firearms", "battle", "suicide-attack"}),
    frozenset({"aerial", "heavy-weapons", "destroy"}),
    frozenset({"heavy-weapons", "explosives", "destroy"}),
    frozenset({"aerial", "drone", "massacre"}),
    frozenset({"firearms", "battle", "targeted", "execute", "heavy-weapons"}),
    frozenset({"demo", "riot", "obstruct", "vandalize"}),
    frozenset({"massacre", "execute", "primitive", "explosives", "heavy-weapons"}),
    frozenset({"beat", "torture", "primitive"}),
)
_CLAIM = 1.0
"""What a toll that those who did it claim adds, for an attack that was told without their claim."""
_PHYSICAL = ("ASSAULT", "PROTEST", "MOBILIZE", "COERCE", "RETREAT")


def rate_link(told: Draft, draft: Draft, published: date | None, is_main: bool) -> float:
    """How well `draft` fits the incident `told`; `is_main`: it is the one that the document is about."""
    total = 0.0
    for _, points in weigh_link(told, draft, published, is_main):
        if points == NEVER:
            return NEVER  # most pairs end here, at the first parts
        total += points
    return total


def weigh_link(told: Draft, draft: Draft, published: date | None, is_main: bool) -> Iterator[Part]:
    """What speaks for `draft` telling of the incident `told`, and what against it."""
    if draft.event_type != told.event_type or not _realities_fit(told, draft):
        yield "type", NEVER
        return
    if not _modes_fit(told.mode, draft.mode):
        yield "mode", NEVER
        return
    yield "place", _rate_places(told, draft)
    yield "day", _rate_days(told, draft, published)
    yield "toll", _rate_tolls(told, draft)
    yield "actors", _rate_actors(told, draft)
    yield "recipients", _rate_recipients(told, draft)
    yield "manner", _rate_manner(told, draft)
    yield "wording", _rate_telling(told, draft, is_main)


def is_bare(draft: Draft) -> bool:
    """Names nobody, no place, no day and no number."""
    counted = draft.toll.killed != (None, None) or draft.toll.injured != (None, None)
    return not (draft.actors or draft.recipients or draft.when or draft.where or counted)


def _realities_fit(told: Draft, draft: Draft) -> bool:
    """What is called possible may be what was told as a fact (`strikes that may have killed civilians`)."""
    if told.realis == draft.realis:
        return True
    return (
        told.event_type == "ASSAULT"
        and told.realis == "actual"
        and draft.realis == "hypothetical"
        and draft.definite
    )


def _modes_fit(a: str, b: str) -> bool:
    return a == b or not a or not b or _share_group(a, b, (*_SAME_MANNER, *_POSSIBLE_TOGETHER))


def _share_group(a: str, b: str, groups: tuple[frozenset[str], ...]) -> bool:
    return any(a in group and b in group for group in groups)


def _rate_days(told: Draft, draft: Draft, published: date | None) -> float:
    if (told.when and told.loose_day) or (draft.when and draft.loose_day):
        return 0.0
    if told.when and draft.when:
        gap = _measure_gap(told.when, draft.when)
        if gap is None:
            return 0.0
        if gap > 1:
            return NEVER
        if _is_earlier(told.when, draft.when, published) or _is_earlier(draft.when, told.when, published):
            return -2.0
        if len(told.when.start) != len(draft.when.start):
            return -0.5  # "earlier this month" beside "on Sunday"
        return (1.5 if len(draft.when.start) == 10 else 1.0) if gap == 0 else -1.0
    dated = told.when or draft.when
    if dated is None:
        return 0.0
    if is_background(dated, published):
        return 0.0 if draft.definite and draft.when is None else -2.0
    if draft.when and not draft.definite and _is_past_news(draft.when, published):
        return -1.5
    return 0.0


def _is_earlier(early: DateSpan, when: DateSpan, published: date | None) -> bool:
    """`earlier this month` is not the last days."""
    last = latest_day(when.end) if len(when.start) == 10 else None
    recent = published is not None and last is not None and (published - last).days <= 3
    return recent and early.text.lower().startswith("earlier this")


def _is_past_news(when: DateSpan, published: date | None) -> bool:
    """More than a week ago: what the news has not dated so far hardly is it."""
    last = latest_day(when.end)
    return bool(published and last and (published - last).days > 7)


def _measure_gap(a: DateSpan, b: DateSpan) -> int | None:
    """The days between two spans, 0 where they overlap."""
    first, last = earliest_day(a.start), latest_day(a.end)
    other_first, other_last = earliest_day(b.start), latest_day(b.end)
    if not (first and last and other_first and other_last):
        return None
    return max(0, (other_first - last).days, (first - other_last).days)


def _rate_places(told: Draft, draft: Draft) -> float:
    if told.where is None or draft.where is None:
        return 0.0
    p, q = told.where.place, draft.where.place
    if p.country and q.country and p.country != q.country:
        return NEVER
    if p == q or told.where.text == draft.where.text:
        return 2.0
    if "unknown" in (p.kind, q.kind):
        return -1.0 if {p.kind, q.kind} & {"country", "admin1", "region"} else NEVER
    if "country" in (p.kind, q.kind):
        return 0.5
    if p.admin1 and p.admin1 == q.admin1 and (p.kind != "city" or q.kind != "city"):
        return 1.0
    near = abs(p.lat - q.lat) < 0.4 and abs(p.lon - q.lon) < 0.5
    return 0.5 if near else NEVER


def _rate_tolls(told: Draft, draft: Draft) -> float:
    points = 0.0
    if told.toll.claimed != draft.toll.claimed:
        # two sides count, one incident; a claim alone, behind the news of an attack, hardly is another
        return _CLAIM if draft.toll.claimed and not draft.fresh else points
    for a, b, weight in (
        (told.toll.killed, draft.toll.killed, 2.5),
        (told.toll.injured, draft.toll.injured, 1.5),
    ):
        first, second = (a[0] or a[1]), (b[0] or b[1])
        if first is None or second is None:
            continue
        if first == second:
            points += weight
        elif max(first, second) > 3 * min(first, second) + 3:
            points -= 2 * weight
        elif second > 1:
            points -= 1.0
    return points


def _rate_actors(told: Draft, draft: Draft) -> float:
    if not told.actors or not draft.actors:
        return 0.0
    if meet(told.actors, draft.actors):
        return 1.5
    if meet(told.actors, draft.recipients) and told.event_type == "ASSAULT":
        return NEVER  # the other side strikes back
    ours, theirs = _sides(told.actors), _sides(draft.actors)
    everyone = (*told.actors, *draft.actors)
    allied = any(actor.sector == "IGO" for actor in everyone) and all(
        actor.sector in _OF_STATES or actor.kind == "country" for actor in everyone
    )  # "Nato air strikes", "US jets"
    if ours and theirs and not ours & theirs and not allied:
        return NEVER if told.event_type == "ASSAULT" else -1.5
    return -0.5


_OF_STATES = frozenset({"IGO", "GOV", "MIL", "COP"})


def _sides(actors: tuple[Actor, ...]) -> frozenset[str]:
    """Whose the actors are: a name or a country."""
    named = {actor.name for actor in actors if actor.name and actor.kind != "country"}
    return frozenset(named or {actor.country for actor in actors if actor.country})


def _rate_recipients(told: Draft, draft: Draft) -> float:
    if not told.recipients or not draft.recipients:
        return 0.0
    if meet(told.recipients, draft.recipients):
        return 1.5
    if told.event_type not in _PHYSICAL or (told.event_type == "COERCE" and not draft.definite):
        return NEVER
    kinds = {actor.kind for actor in told.recipients}, {actor.kind for actor in draft.recipients}
    if kinds == ({"property"}, {"property"}):
        return -1.5
    if any(last_word(actor) in ("victim", "victims") for actor in draft.recipients):
        return 0.5  # "the victim": of the attack told
    people = all(kind <= {"person", "group"} for kind in kinds)
    return -0.5 if people else 0.0


def _rate_manner(told: Draft, draft: Draft) -> float:
    if not told.mode or not draft.mode:
        return 0.5
    if told.mode == draft.mode:
        return 1.5 if told.event_type in ("ASSAULT", "PROTEST") else 1.0
    return 0.5 if _share_group(told.mode, draft.mode, _SAME_MANNER) else -0.5


def _rate_telling(told: Draft, draft: Draft, is_main: bool) -> float:
    """The article before its noun, nearness in the text, and whether it is what the document is about."""
    points = 0.0
    gap = min(draft.told_at, default=0) - max(told.told_at, default=0)
    if draft.fresh and 0 < gap <= _NEAR:
        return NEVER
    if draft.fresh:
        points -= 3.0
    elif draft.indefinite and told.when is not None and not told.headline:
        points -= 1.0
    if told.told_at & draft.told_at:
        points -= 3.0 if draft.actors or draft.recipients else 1.5
    elif gap <= _BESIDE:
        points += 1.5
    elif gap <= _NEAR:
        points += 1.0
    if draft.definite:
        points += 1.5
    return points + (1.0 if is_main else 0.0)


def meet(a: tuple[Actor, ...], b: tuple[Actor, ...]) -> bool:
    """Whether the two lists share somebody: by name, by text or by the head of the phrase."""
    return any(
        x.text == y.text
        or (x.name and x.name == y.name and x.kind == y.kind)
        or (last_word(x) == last_word(y) and not _belong_to_others(x, y))
        or (x.kind == y.kind == "property" and _share_word(x.text, y.text) and not _belong_to_others(x, y))
        for x in a
        for y in b
    )


def _belong_to_others(a: Actor, b: Actor) -> bool:
    """`the Indian consulate`, `the German consulate`."""
    return a.kind == b.kind == "property" and bool(a.country and b.country) and a.country != b.country


def _share_word(a: str, b: str) -> bool:
    """`the wall of the German consulate`, `the consulate`."""
    words = {word for word in a.lower().split() if len(word) > 3}
    return not words.isdisjoint(b.lower().split())


def last_word(actor: Actor) -> str:
    """The head of an actor's phrase: what stands before `of`, or its last word."""
    return actor.text.lower().partition(" of ")[0].rsplit(" ", 1)[-1]
