"""What cannot be one event: tellings with other days, countries, numbers or manners. Whether the others are one is
learnt (`pair_odds`); points for facts that agree were measured and added nothing."""

from collections.abc import Sequence
from datetime import date

from transforms.coder.actors import meet
from transforms.coder.coded_text import TriggerMention
from transforms.coder.counts import Count
from transforms.coder.geolocate import Located
from transforms.coder.resolve_dates import DateSpan, earliest_day, latest_day
from transforms.records import Actor

BACKGROUND_DAYS = 30
_MANNERS = (
    frozenset({"aerial", "drone", "heavy-weapons", "destroy", "massacre", "explosives", "battle"}),
    frozenset(
        {
            "firearms", "explosives", "suicide-attack", "targeted", "primitive", "destroy", "battle", "massacre",
            "execute", "heavy-weapons", "abduct", "beat", "torture",
        }
    ),
    frozenset({"targeted", "drone", "aerial"}),
    frozenset({"beat", "torture", "primitive", "crowd-control", "sexual"}),
)  # fmt: skip
"""Modes of an assault that may be said of one and the same."""


def find_conflict(told: Sequence[TriggerMention], new: TriggerMention) -> str:
    """Why `new` cannot tell of the event that `told` tells of; "" if it can."""
    if new.trigger.realis not in {one.trigger.realis for one in told}:
        return "realis"
    if new.event_type == "ASSAULT":
        mode = next((one.trigger.mode for one in told if one.trigger.mode), "")
        if mode and new.trigger.mode and not _may_be_one(mode, new.trigger.mode):
            return "mode"
        if meet(_list_actors(told), [party.actor for party in new.recipients]) and not meet(
            _list_actors(told), [party.actor for party in new.actors]
        ):
            return "the other side"
    if any(_are_countries_apart(one.where, new.where) for one in told):
        return "place"
    if new.when and any(one.when and _are_days_apart(one.when.span, new.when.span) for one in told):
        return "day"
    if any(_cannot_become(one.killed, new.killed) for one in told):
        return "killed"
    return ""


def _list_actors(told: Sequence[TriggerMention]) -> list[Actor]:
    return [party.actor for one in told for party in one.actors]


def _may_be_one(mode: str, other: str) -> bool:
    return mode == other or any(mode in group and other in group for group in _MANNERS)


def _are_countries_apart(told: Located | None, new: Located | None) -> bool:
    if told is None or new is None:
        return False
    return bool(told.place.country and new.place.country) and told.place.country != new.place.country


def _are_days_apart(told: DateSpan, new: DateSpan) -> bool:
    """Whether more than a day lies between two spans."""
    first, last = earliest_day(told.start), latest_day(told.end)
    other_first, other_last = earliest_day(new.start), latest_day(new.end)
    if not (first and last and other_first and other_last):
        return False
    return (other_first - last).days > 1 or (first - other_last).days > 1


def _cannot_become(told: Count | None, new: Count | None) -> bool:
    """Numbers of dead of which one is more than thrice the other."""
    if told is None or new is None:
        return False
    first, second = (count.bound[0] or count.bound[1] for count in (told, new))
    if first is None or second is None:
        return False
    return max(first, second) > 3 * min(first, second) + 3


def is_background(when: DateSpan | None, published: date | None) -> bool:
    """Whether an event lies more than 30 days before publication, or nobody knows how long ago."""
    if when is not None and not when.start:
        return True
    last = latest_day(when.end) if when else None
    return bool(published and last and (published - last).days > BACKGROUND_DAYS)
