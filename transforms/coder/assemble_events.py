"""One record per real-world event of a document: merge the sentences that tell of the same incident."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from transforms.coder.count_casualties import Toll
from transforms.coder.find_events import Hit
from transforms.coder.geolocate import Located
from transforms.coder.quantities import Bound
from transforms.coder.resolve_dates import DateSpan, earliest_day, latest_day
from transforms.coder.sentences import Sentence
from transforms.records import Actor, Realis

BACKGROUND_DAYS = 30
_COMPATIBLE_MODES = (
    frozenset({"explosives", "suicide-attack", "primitive"}),
    frozenset({"aerial", "heavy-weapons", "explosives"}),
    frozenset({"aerial", "drone"}),
    frozenset({"firearms", "battle", "targeted", "execute"}),
    frozenset({"demo", "riot", "obstruct"}),
    frozenset({"battle", "heavy-weapons"}),
    frozenset({"explosives", "battle"}),
    frozenset({"massacre", "firearms", "execute", "battle", "primitive"}),
)
_PRECISE = ("suicide-attack", "massacre", "targeted", "unconventional", "riot", "drone")
"""Modes that say more than those they go with."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A trigger that tells of an event."""

    sentence_start: int  # character offset into the document's text
    hit: Hit


@dataclass(frozen=True, slots=True)
class Draft:
    """An event as one sentence tells it, or as several do after merging."""

    event_type: str
    mode: str
    realis: Realis
    actors: tuple[Actor, ...]
    recipients: tuple[Actor, ...]
    weapons: tuple[str, ...]
    when: DateSpan | None
    where: Located | None
    toll: Toll
    sentence: Sentence
    strength: float  # how sure the trigger and its surroundings make us
    definite: bool  # "the attack", "the blast": speaks of one told before
    fresh: bool = False  # "in another attack": not one told before
    told_at: frozenset[int] = frozenset()  # where the sentences that tell it begin
    anchors: tuple[Anchor, ...] = ()
    mentions: int = 1
    days: tuple[DateSpan, ...] = ()  # what each sentence says of the day
    sites: tuple[Located, ...] = ()  # and of the place


def merge_drafts(drafts: list[Draft], published: date | None) -> list[Draft]:
    """Put together the drafts that can be the same incident; each joins the one that it fits best."""
    merged: list[Draft] = []
    for draft in drafts:
        fits = [
            (_count_agreements(earlier, draft), earlier.mentions, number)
            for number, earlier in enumerate(merged)
            if _same_incident(earlier, draft, published)
        ]
        if fits:
            number = max(fits)[2]
            merged[number] = _merge(merged[number], draft)
        else:
            merged.append(replace(draft, days=_one(draft.when), sites=_one(draft.where)))
    return [replace(draft, when=_vote_day(draft), where=_vote_site(draft)) for draft in merged]


T = TypeVar("T")


def _one(value: T | None) -> tuple[T, ...]:
    return () if value is None else (value,)


def _vote_day(draft: Draft) -> DateSpan | None:
    """The day that most sentences give, the finer of equal ones; then the first."""
    starts = [day.start for day in draft.days]
    return max(draft.days, key=lambda day: (starts.count(day.start), len(day.start)), default=None)


_FINENESS = {"country": 0, "region": 1, "admin1": 1, "city": 2}


def _vote_site(draft: Draft) -> Located | None:
    """The place that most sentences give; a country only where nothing finer is told."""
    places = [site.place for site in draft.sites]
    return max(
        draft.sites,
        key=lambda site: (
            site.place.kind != "country",
            places.count(site.place) + 0.6 * _FINENESS[site.place.kind],
        ),
        default=None,
    )


def _count_agreements(a: Draft, b: Draft) -> int:
    """What speaks for it that two drafts which could be the same incident are."""
    same_day = bool(a.when and b.when and a.when.start == b.when.start)
    same_place = bool(a.where and b.where and a.where.place == b.where.place)
    same_toll = a.toll.killed == b.toll.killed != (None, None)
    who = bool(a.actors and b.actors) and _names_meet(a.actors, b.actors)
    whom = bool(a.recipients and b.recipients) and _names_meet(a.recipients, b.recipients)
    near = max(a.told_at, default=0) >= max(b.told_at, default=0) - _NEAR
    return near + 2 * (same_day + same_place + same_toll + who + whom) + _rate_modes(a.mode, b.mode)


_NEAR = 600  # characters: two or three sentences


def _rate_modes(a: str, b: str) -> int:
    """Equal modes speak for one incident, different though possible ones against it."""
    if not a or not b:
        return 1
    return 2 if a == b else 0


def is_background(when: DateSpan | None, published: date | None) -> bool:
    """Whether an event lies more than 30 days before publication."""
    last = latest_day(when.end) if when else None
    return bool(published and last and (published - last).days > BACKGROUND_DAYS)


def _same_incident(a: Draft, b: Draft, published: date | None) -> bool:
    if b.fresh or a.event_type != b.event_type or a.realis != b.realis or a.told_at & b.told_at:
        return False
    if not _modes_fit(a.mode, b.mode) or not _dates_fit(a, b, published) or not _places_fit(a, b):
        return False
    if a.event_type not in ("ASSAULT", "PROTEST", "MOBILIZE", "COERCE", "RETREAT"):
        return _names_meet(a.actors, b.actors) and _names_meet(a.recipients, b.recipients)
    if not _tolls_fit(a.toll.killed, b.toll.killed, b.definite):
        return False
    if b.strength == 0.0 and a.mode in ("crowd-control", "destroy") and b.toll.killed != (None, None):
        return False
    if a.event_type == "COERCE" and a.mode == "arrest" and not b.definite:
        return _names_meet(a.recipients, b.recipients)
    return _countries_fit(a, b)


def _modes_fit(a: str, b: str) -> bool:
    return a == b or not a or not b or any(a in group and b in group for group in _COMPATIBLE_MODES)


def _dates_fit(a: Draft, b: Draft, published: date | None) -> bool:
    if a.when and b.when:
        first, last = earliest_day(a.when.start), latest_day(a.when.end)
        other_first, other_last = earliest_day(b.when.start), latest_day(b.when.end)
        if not (first and last and other_first and other_last):
            return True
        return (other_first - last).days <= 1 and (first - other_last).days <= 1
    dated = a.when or b.when
    if dated and len(dated.start) < 7:
        return False  # "in 2016" is hardly the day's news
    return is_background(a.when, published) == is_background(b.when, published)


def _places_fit(a: Draft, b: Draft) -> bool:
    if a.where is None or b.where is None:
        return True
    p, q = a.where.place, b.where.place
    if p.country and q.country and p.country != q.country:
        return False
    if "country" in (p.kind, q.kind) or p == q:
        return True
    if p.admin1 and p.admin1 == q.admin1 and (p.kind != "city" or q.kind != "city"):
        return True
    return abs(p.lat - q.lat) < 0.4 and abs(p.lon - q.lon) < 0.5


def _tolls_fit(a: Bound, b: Bound, definite: bool) -> bool:
    first, second = (a[0] or a[1]), (b[0] or b[1])
    if first is None or second is None or definite:
        return True
    return max(first, second) <= 2 * min(first, second) + 3


def _countries_fit(a: Draft, b: Draft) -> bool:
    """Attackers of different countries make different attacks."""
    ours = {actor.country for actor in a.actors if actor.country}
    theirs = {actor.country for actor in b.actors if actor.country}
    return not ours or not theirs or bool(ours & theirs)


def _names_meet(a: tuple[Actor, ...], b: tuple[Actor, ...]) -> bool:
    if not a or not b:
        return True
    return any(
        x.text == y.text or (x.name and x.name == y.name) or _last_word(x) == _last_word(y)
        for x in a
        for y in b
    )


def _last_word(actor: Actor) -> str:
    return actor.text.rsplit(" ", 1)[-1].lower()


def _merge(a: Draft, b: Draft) -> Draft:
    """The earlier draft keeps its fields, the later one fills gaps; of two tolls the greater one holds."""
    toll = Toll(
        killed=_later(a.toll.killed, b.toll.killed),
        injured=_later(a.toll.injured, b.toll.injured),
        attackers_killed=_later(a.toll.attackers_killed, b.toll.attackers_killed),
        any_killed=a.toll.any_killed or b.toll.any_killed,
        any_injured=a.toll.any_injured or b.toll.any_injured,
    )
    mode = b.mode if not a.mode or (b.mode in _PRECISE and a.mode not in _PRECISE) else a.mode
    better = _richness(b) > _richness(a) + 1
    return replace(
        a,
        mode=mode,
        actors=join_actors(a.actors, b.actors if not a.actors else _named(a.actors, b.actors)),
        recipients=join_actors(a.recipients, b.recipients),
        weapons=tuple(dict.fromkeys((*a.weapons, *b.weapons))),
        when=a.when or b.when,
        where=a.where or b.where,
        days=(*a.days, *_one(b.when)),
        sites=(*a.sites, *_one(b.where)),
        toll=toll,
        sentence=b.sentence if better else a.sentence,
        strength=max(a.strength, b.strength),
        definite=a.definite and b.definite,
        told_at=a.told_at | b.told_at,
        anchors=(*a.anchors, *b.anchors),
        mentions=a.mentions + b.mentions,
    )


def _later(a: Bound, b: Bound) -> Bound:
    """Texts name the newest toll first and smaller counts of parts of it later: keep the greater one."""
    first, second = (a[0] or a[1]), (b[0] or b[1])
    if first is None:
        return b
    return b if second is not None and second > first else a


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
            same = (other.name and other.name == actor.name) or _last_word(other) == _last_word(actor)
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
    if any(actor.name for actor in known):
        last = {_last_word(actor) for actor in known}
        return tuple(actor for actor in more if _last_word(actor) in last)
    return tuple(actor for actor in more if actor.name or actor.kind != "person")
