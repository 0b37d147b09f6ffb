"""How it was done: the mode of an event, from its triggers, the weapons named and who did it."""

from collections.abc import Sequence

from transforms.coder.lexicon import Lexicon
from transforms.records import Actor

_ACTS = ("abduct", "sexual", "torture", "unconventional")
"""Modes that say what was done, whatever with."""
_OVERRIDING = ("suicide-attack", "drone", "aerial", "crowd-control")
"""Means that say more than the verb: `jets bombed`, `a drone struck`, `fired tear gas`."""
_VAGUE = ("battle", "destroy", "massacre")
"""Modes that give way to the means where one is named."""


def choose_mode(
    event_type: str,
    trigger_modes: Sequence[str],
    weapon_modes: Sequence[str],
    actors: Sequence[Actor],
    lexicon: Lexicon,
) -> str:
    """The mode of an event, "" where the text does not say.

    `trigger_modes` and `weapon_modes` stand in the order of the text, without empty ones.
    """
    if event_type != "ASSAULT":
        return trigger_modes[0] if trigger_modes else ""
    for act in _ACTS:
        if act in trigger_modes:
            return act
    means = [mode for actor in actors if (mode := find_means(actor, lexicon))]
    for mode in _OVERRIDING:
        if (
            mode in trigger_modes
            or mode in means
            or (mode in weapon_modes and trigger_modes[:1] != ["battle"])
        ):
            return mode
    if trigger_modes[:1] == ["firearms"] and weapon_modes[:1] == ["heavy-weapons"]:
        return "heavy-weapons"  # "shells fired at a station"
    specific = [mode for mode in trigger_modes if mode not in _VAGUE]
    if specific:
        return specific[0]
    if trigger_modes and trigger_modes[0] == "battle":
        return "battle"
    return (*weapon_modes, *means, *trigger_modes, "")[0]


def find_means(actor: Actor, lexicon: Lexicon) -> str:
    """The mode that an actor's words tell: `Russian jets`, `suicide bomber`, `gunmen`: who does it says how."""
    words = actor.text.lower().split()
    for size in (2, 1):
        mode = lexicon.weapons.get(" ".join(words[-size:]))
        if mode:
            return mode
    if words[:1] == ["suicide"]:
        return "suicide-attack"  # "suicide attackers"
    return _MEANS_OF_PEOPLE.get(words[-1] if words else "", "")


_MEANS_OF_PEOPLE = {
    "gunman": "firearms", "gunmen": "firearms", "sniper": "firearms", "snipers": "firearms",
    "shooter": "firearms", "shooters": "firearms", "pilot": "aerial", "pilots": "aerial",
    "knifeman": "primitive", "arsonist": "primitive", "arsonists": "primitive",
}  # fmt: skip
