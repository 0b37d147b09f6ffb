"""An event in words: a heading and a line."""

from collections.abc import Mapping
from typing import Any


def title_event(event: Mapping[str, Any], country: str = "") -> str:
    """`Assault (aerial) in Lorvan, Ukraine, 2026-03-09: 5 killed`."""
    mode = f" ({event['mode']})" if event["mode"] else ""
    names = dict.fromkeys((event["place_name"], country or event["country"]))
    place = ", ".join(name for name in names if name)
    title = (
        f"{event['event_type'].capitalize()}{mode}{f' in {place}' if place else ''}, {event['date_start']}"
    )
    killed = event["killed_best"]
    return f"{title}: {killed:,} killed" if killed is not None else title


def name_parties(event: Mapping[str, Any]) -> str:
    """`Russia against five villagers`; empty where nobody is named."""
    actor, recipient = event["actor"], event["recipient"]
    if actor and recipient:
        return f"{actor} against {recipient}"
    return str(actor) or (f"against {recipient}" if recipient else "")
