"""The other side of a battle, where the sentence names one: the armed side that the text named last before."""

from dataclasses import replace

from transforms.coder.code_actors import is_armed
from transforms.coder.drafts import Draft
from transforms.coder.lexicon import Lexicon
from transforms.coder.resolve_references import Discourse
from transforms.coder.same_event import meet
from transforms.records import Actor

_STATE = frozenset({"MIL", "COP", "GOV", "SPY"})
_REACH = 900  # characters, about a paragraph or two


def infer_opponent(draft: Draft, discourse: Discourse, lexicon: Lexicon) -> Draft:
    """Give a battle told of one side its other side; any other draft is returned as it is."""
    if draft.mode != "battle":
        return draft
    known = (*draft.actors, *(actor for actor in draft.recipients if is_armed(actor)))
    if not known or (draft.actors and any(map(is_armed, draft.recipients))):
        return draft
    near = [
        mention.actor
        for mention in reversed(discourse.mentions)
        if draft.sentence.end - _REACH <= mention.at < draft.sentence.end
        and is_armed(mention.actor)
        and mention.actor.text.rsplit(" ", 1)[-1].lower() not in lexicon.weapons  # jets hold no ground
        and not meet(known, (mention.actor,))
    ]
    state = known[0].sector in _STATE
    enemies = [actor for actor in near if (actor.sector in _STATE) != state and _is_side(actor)]
    other = next((actor for actor in enemies if actor.name), None) or next(iter(enemies), None)
    other = other or next((actor for actor in near if _are_at_war(known[0], actor)), None)
    if other is None:
        return draft
    if draft.actors:
        return replace(draft, recipients=(other, *draft.recipients))
    return replace(draft, actors=(other,))


def _is_side(actor: Actor) -> bool:
    """A force that fights on its own account: `allied militiamen` do not say for whom."""
    return actor.sector in _STATE or bool(actor.name) or actor.sector == "REB"


def _are_at_war(a: Actor, b: Actor) -> bool:
    """The forces of two states."""
    return (
        a.sector in _STATE and b.sector in _STATE and bool(a.country and b.country and a.country != b.country)
    )
