"""Settle an attack's actors, recipients and weapons: what the rules found, with what was learnt over it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from transforms.coder.code_actors import is_armed, is_human
from transforms.coder.describe_fillers import Scene
from transforms.coder.drafts import LEAST_SURE, QUIET, Draft, sum_strength
from transforms.coder.same_event import is_bare
from transforms.coder.score_fillers import Scored, Scorer, score_event, score_fillers
from transforms.records import Actor

VETO = {"recipient": 0.1, "weapon": 0.36}
"""What the rules chose stays unless it is less likely than this."""
FULL_OF_FACTS = 0.8  # of a draft's strength: most of who, whom, where, when and how many
LEAST_NEWS_OF_WAR = 0.1  # the texts of the training leave warfare out, so less is asked of it
LIKELY_NEWS = 0.3
MOST_UNNAMED = 3  # people without a name among the recipients: "three soldiers", "a farmer"
_MOST = 4


def choose_fillers(scene: Scene, scorer: Scorer) -> list[Draft]:
    """The attacks of the scene in their order, settled, each with its odds of being news."""
    return [
        _settle(replace(draft, odds=score_event(scene, draft, scorer)), found, scorer)
        for draft, found in zip(scene.drafts, score_fillers(scene, scorer), strict=True)
    ]


def find_least_odds(draft: Draft, scorer: Scorer) -> float:
    """The least odds with which an attack becomes an event.

    One that is told in full does whatever its odds; a likely one even where the rules found little, unless they
    found nothing but its word or the text is one of quiet matters. In between the odds decide: history, threats
    and figures of speech drop out.
    """
    strength = sum_strength(draft)
    if strength >= FULL_OF_FACTS:
        return 0.0
    if strength >= LEAST_SURE:
        return LEAST_NEWS_OF_WAR if is_warfare(draft) else scorer.thresholds["event"]
    quiet = any(name == QUIET for name, _ in draft.parts)
    return _NEVER if quiet or is_bare(draft) else LIKELY_NEWS


_NEVER = 2.0


def is_warfare(draft: Draft) -> bool:
    """Fighting of states and of armed sides."""
    return _acts_as_state(draft) or draft.mode in _MODES_OF_WAR or any(map(is_armed, draft.recipients))


def _settle(draft: Draft, found: Mapping[str, Sequence[Scored]], scorer: Scorer) -> Draft:
    odds = draft.odds or 0.0

    def choose(role: str) -> list[Scored]:
        return [one for one in found[role] if odds * one.probability >= scorer.thresholds["filler"]][:_MOST]

    by_state = _acts_as_state(draft)
    inside = [one for one in found["organization"] if _is_theirs(one, draft.actors)]
    # "the rebels claimed the attack, an answer to US air strikes": they did not fly them
    forces = list(dict.fromkeys((*([] if by_state else choose("organization")), *inside)))
    doers = [doer for doer in _list_doers(choose("individual"), forces) if not _is_sufferers(doer, draft)]
    actors = _join(draft.actors, doers)
    hit = [_to_victim(one) for one in choose("victim")] + [_to_thing(one) for one in choose("target")]
    hit = [one for one in hit if not any(_holds(actor.text, one.text) for actor in draft.recipients)]
    veto = 0.0 if is_warfare(draft) else VETO["recipient"]
    kept = _keep(draft.recipients, (*found["victim"], *found["target"]), veto)
    acting = {actor.text for actor in actors}
    recipients = _limit_unnamed([actor for actor in _join(kept, hit) if actor.text not in acting])
    return replace(
        draft,
        actors=tuple(actors),
        recipients=tuple(recipients),
        weapons=_choose_weapons(draft, found, choose("weapon")),
    )


def _acts_as_state(draft: Draft) -> bool:
    return any(actor.kind == "country" or actor.sector in _STATES for actor in draft.actors)


_STATES = frozenset({"MIL", "COP", "GOV"})
_MODES_OF_WAR = frozenset({"aerial", "drone", "heavy-weapons", "battle", "crowd-control", "unconventional"})


def _list_doers(individuals: Sequence[Scored], organizations: Sequence[Scored]) -> list[Actor]:
    """People first; a phrase that may be both is what is likelier."""
    better = {one.filler.text: one.probability for one in individuals}
    forces = [one for one in organizations if one.probability >= better.get(one.filler.text, 0.0)]
    taken = {one.filler.text for one in forces}
    people = [_to_individual(one) for one in individuals if one.filler.text not in taken]
    return [*people, *map(_to_organization, forces)]


def _keep(actors: Sequence[Actor], scored: Sequence[Scored], veto: float) -> list[Actor]:
    """What the rules chose and nothing learnt speaks strongly against; who was not asked about stays."""
    odds: dict[str, float] = {}
    for one in scored:
        if one.filler.actor is not None:
            text = one.filler.actor.text
            odds[text] = max(odds.get(text, 0.0), one.probability)
    return [actor for actor in actors if odds.get(actor.text, 1.0) >= veto]


def _join(kept: Sequence[Actor], learnt: Sequence[Actor]) -> list[Actor]:
    """In the rules' order, then what they did not find; of equal texts what was learnt says what it is."""
    better = {actor.text: actor for actor in learnt}
    joined = [better.get(actor.text, actor) for actor in kept]
    texts = {text for actor in joined for text in (actor.text, *actor.mentions)}
    more = [actor for actor in learnt if actor.text not in texts]
    return [*joined, *(actor for actor in more if not any(_is_shorter(actor, known) for known in joined))]


def _is_shorter(actor: Actor, known: Actor) -> bool:
    """`militants`, where `Boko Haram militants` are known."""
    return not actor.name and known.text.lower().endswith(f" {actor.text.lower()}")


def _is_sufferers(doer: Actor, draft: Draft) -> bool:
    """`A Hamas commander was killed`: that names nobody who did it."""
    return any(
        recipient.text == doer.text or _holds(recipient.text, doer.text) for recipient in draft.recipients
    ) and not any(_holds(actor.text, doer.text) or actor.text == doer.text for actor in draft.actors)


def _is_theirs(one: Scored, actors: Sequence[Actor]) -> bool:
    """`Taliban` of `Taliban fighters`: a known organisation whose people act acts too."""
    actor = one.filler.actor
    if actor is None or actor.kind != "organization" or not actor.name or one.filler.cut != "modifier":
        return False
    return any(is_human(other) and _holds(other.text, actor.text) for other in actors)


def _holds(outer: str, inner: str) -> bool:
    """Whether a phrase is part of a longer one."""
    return outer != inner and f" {inner} " in f" {outer} "


def _limit_unnamed(recipients: Sequence[Actor]) -> list[Actor]:
    """Things, names, and of people without a name the first ones."""
    kept, unnamed = [], 0
    for actor in recipients:
        if is_human(actor) and not actor.name and not actor.text[0].isupper():
            unnamed += 1
            if unnamed > MOST_UNNAMED:
                continue
        kept.append(actor)
    return kept


def _to_individual(one: Scored) -> Actor:
    """People, whatever the tables took them for: `a squad`, `unknown persons`."""
    actor = one.filler.actor or Actor(one.filler.text)
    if is_human(actor):
        return actor
    return replace(actor, kind="group", sector=actor.sector or "UAF")


def _to_organization(one: Scored) -> Actor:
    actor = one.filler.actor or Actor(one.filler.text)
    kind = actor.kind if actor.kind == "country" else "organization"
    others = tuple(alias for alias in one.aliases if alias != actor.text)
    return replace(actor, kind=kind, mentions=others)


def _to_victim(one: Scored) -> Actor:
    actor = one.filler.actor or Actor(one.filler.text)
    return replace(actor, kind="person")


def _to_thing(one: Scored) -> Actor:
    actor = one.filler.actor or Actor(one.filler.text)
    kind = actor.kind if actor.kind in ("organization", "country") else "property"
    return replace(actor, text=one.filler.text, kind=kind)


def _choose_weapons(
    draft: Draft, found: Mapping[str, Sequence[Scored]], chosen: Sequence[Scored]
) -> tuple[str, ...]:
    texts = [one.filler.text for one in chosen]
    odds = {one.filler.text: one.probability for one in found["weapon"]}
    words = " ".join(texts).lower()
    kept = [
        text for text in draft.weapons
        if odds.get(text, 1.0) >= VETO["weapon"] and text.lower() not in words
    ]  # fmt: skip
    return tuple(dict.fromkeys((*texts, *kept)))[:_MOST]
