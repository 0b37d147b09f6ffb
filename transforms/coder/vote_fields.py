"""The fields of an incident, by the votes of all its mentions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transforms.coder.actors import is_human, join_actors, last_word
from transforms.coder.coded_text import Incident, Party, TriggerMention
from transforms.coder.counts import UNKNOWN, Bound, Count, Kind
from transforms.coder.geolocate import Located
from transforms.coder.lexicon import Lexicon
from transforms.coder.resolve_dates import DateSpan
from transforms.records import Actor, Realis


@dataclass(frozen=True, slots=True)
class Fields:
    """What an incident is, as far as its sentences say."""

    mention: TriggerMention  # whose sentence stands for it
    mode: str
    realis: Realis
    background: bool
    odds: float
    actors: tuple[Actor, ...]
    recipients: tuple[Actor, ...]
    weapons: tuple[str, ...]
    when: DateSpan | None
    where: Located | None
    site: str  # words for the place, where no place name is among them
    killed: Bound
    injured: Bound
    claimed: bool
    cameo: str  # of a row of the user's


def vote_fields(incident: Incident, text: str, lexicon: Lexicon) -> Fields:
    """The fields that most mentions give; where they are equal the first, of numbers the greatest."""
    told = incident.mentions
    body = [one for one in told if not one.headline] or list(told)
    actors = _join(one.actors for one in (*body, *told))
    counted = [one for one in told if one.killed or one.injured]
    heard = [one for one in counted if not one.claimed] or counted
    return Fields(
        mention=_choose_sentence(body),
        mode=_vote_mode(told, actors, text, lexicon),
        realis=_vote_realis(told),
        background=2 * sum(one.trigger.background for one in told) > len(told),
        odds=max(one.trigger.odds for one in told),
        actors=actors,
        recipients=_join_recipients((*body, *told), actors),
        weapons=tuple(dict.fromkeys(text[start:end] for one in told for start, end in one.weapons)),
        when=_vote_day([one.when.span for one in told if one.when]),
        where=_vote_site([one.where for one in told if one.where]),
        site=next((text[slice(*one.site)] for one in told if one.site), ""),
        killed=_vote_count([one.killed for one in heard], _list_counts(incident, "killed")),
        injured=_vote_count([one.injured for one in heard], _list_counts(incident, "injured")),
        claimed=bool(counted) and all(one.claimed for one in counted),
        cameo=next((one.row.cameo for one in told if one.row and one.row.cameo), ""),
    )


def _choose_sentence(told: Sequence[TriggerMention]) -> TriggerMention:
    """The first that says more than the others: who, whom, where, when and how many."""
    best = max(_measure(one) for one in told)
    return next(one for one in told if _measure(one) >= best - 1)


def _measure(mention: TriggerMention) -> int:
    slots = (mention.actors, mention.recipients, mention.when, mention.where, mention.killed, mention.injured)
    return sum(map(bool, slots))


def _vote_realis(told: Sequence[TriggerMention]) -> Realis:
    realis = max(told, key=lambda one: one.trigger.odds).trigger.realis
    return "hypothetical" if realis == "generic" else realis


_PRECISE = ("suicide-attack", "unconventional", "drone", "aerial")
"""Modes that say more than those they go with."""


def _vote_mode(told: Sequence[TriggerMention], actors: Sequence[Actor], text: str, lexicon: Lexicon) -> str:
    users = next((one.row.mode for one in told if one.row and one.row.mode), "")
    votes = Counter(one.trigger.mode for one in told if one.trigger.mode)
    if users or votes:
        return users or max(votes, key=lambda mode: votes[mode] + (mode in _PRECISE))
    if told[0].event_type != "ASSAULT":
        return ""
    for words in (
        *(text[start:end] for one in told for start, end in one.weapons),
        *(a.text for a in actors),
    ):
        mode = find_means(words, lexicon)
        if mode:
            return mode
    return ""


def find_means(words: str, lexicon: Lexicon) -> str:
    """The mode that a weapon or an actor tells: `Russian jets`, `suicide bomber`, `gunmen`: who does it says how."""
    lower = words.lower().split()
    for size in (3, 2, 1):
        mode = lexicon.weapons.get(" ".join(lower[-size:])) if len(lower) >= size else None
        if mode:
            return mode
    return _MEANS_OF_PEOPLE.get(lower[-1] if lower else "", "")


_MEANS_OF_PEOPLE = {
    "gunman": "firearms", "gunmen": "firearms", "sniper": "firearms", "snipers": "firearms",
    "shooter": "firearms", "shooters": "firearms", "pilot": "aerial", "pilots": "aerial",
    "knifeman": "primitive", "arsonist": "primitive", "arsonists": "primitive",
}  # fmt: skip


def _join(told: Iterable[Sequence[Party]]) -> tuple[Actor, ...]:
    joined: tuple[Actor, ...] = ()
    for parties in told:
        actors = tuple(party.actor for party in parties)
        joined = join_actors(joined, actors if not joined else _name_known(joined, actors))
    return joined


def _name_known(known: Sequence[Actor], more: Sequence[Actor]) -> tuple[Actor, ...]:
    """Of a later sentence's actors those that say who the known ones are: names where these have none."""
    last = {last_word(actor) for actor in known}
    if any(actor.name for actor in known):
        return tuple(actor for actor in more if last_word(actor) in last)
    nameless = not any(actor.kind == "person" and actor.text[:1].isupper() for actor in known)
    return tuple(
        actor
        for actor in more
        if actor.name
        or actor.kind != "person"
        or (nameless and actor.text[:1].isupper())
        or last_word(actor) in last
    )


def _join_recipients(told: Sequence[TriggerMention], actors: Sequence[Actor]) -> tuple[Actor, ...]:
    """People before things; nobody who acts."""
    everyone = [party.actor for one in told for party in one.recipients]
    does = {actor.text for actor in actors}
    ranked = sorted((one for one in everyone if one.text not in does), key=lambda one: not is_human(one))
    return join_actors((), ranked)


def _vote_day(days: Sequence[DateSpan]) -> DateSpan | None:
    """The day that most sentences give, the finer of equal ones; then the first."""
    starts = Counter(day.start for day in days)
    return max(days, key=lambda day: (starts[day.start], len(day.start)), default=None)


_FINENESS = {"country": 0, "region": 1, "admin1": 1, "admin2": 1, "unknown": 2, "city": 2}


def _vote_site(sites: Sequence[Located]) -> Located | None:
    """The place that most sentences give; one that tells of a province speaks for a town in it as well."""
    return max(
        sites,
        key=lambda site: (
            site.place.kind != "country",
            sum(_speaks_for(other, site) for other in sites) + 0.6 * _FINENESS[site.place.kind],
        ),
        default=None,
    )


def _speaks_for(other: Located, site: Located) -> bool:
    """Whether `other` is the same place or a province that holds it."""
    p, q = other.place, site.place
    if p == q or other.text == site.text:
        return True
    inside = q.kind == "unknown" or (q.kind == "city" and p.admin1 == q.admin1)
    return p.kind == "admin1" and inside and p.country == q.country


def _list_counts(incident: Incident, kind: Kind) -> list[Count]:
    return [one.count for one in incident.counted if one.kind == kind]


def _vote_count(told: Sequence[Count | None], counted: Sequence[Count]) -> Bound:
    """The number that most sentences give, those too that only count; of equally frequent ones the greatest: tolls
    rise."""
    counts = [*told, *counted]
    given = [count.bound for count in counts if count is not None and count.bound != UNKNOWN]
    if given:
        numbers = Counter(map(_number, given))
        return max(given, key=lambda bound: (numbers[_number(bound)], _number(bound) or 0))
    least = max((count.least for count in counts if count and count.least is not None), default=None)
    return least, None


def _number(bound: Bound) -> int | None:
    return bound[1] if bound[0] is None else bound[0]
